"""The pytest plugin: scenario files become test items wherever ``--stripe-target`` is given.

Installed but not asked for, it adds its options and nothing else; everything heavy is imported when a target is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

#: option -> metavar (or choices), help.
_OPTIONS: dict[str, tuple[str | tuple[str, ...], str]] = {
    "--stripe-target": (
        "TARGET",
        "run scenario files against TARGET: reference, cassettes, stripe, a URL, or a name from conformance.toml",
    ),
    "--stripe-version": ("VERSION", "Stripe API version to ask for (default: the target's, else the newest known)"),
    "--stripe-config": ("FILE", "conformance.toml to read (default: searched upward)"),
    "--stripe-key-env": ("NAME", "environment variable that holds the test key for the target"),
    "--stripe-concurrency": ("N", "scenarios in flight at once in one process (default: the target's, else 1)"),
    "--stripe-record": ("DIR", "write a cassette of every scenario that holds under DIR"),
    "--stripe-cassettes": ("DIR", "folder that the target 'cassettes' replays (default: those of the suite)"),
    "--stripe-report-dir": ("DIR", "where journal, HTML and JUnit are written (default: reports)"),
    "--stripe-baseline": ("FILE", "known failures of this target; an entry that passes fails the run"),
    "--stripe-judge": (("sdk",), "ask stripe-python, too, whether it accepts each answer and raises the right error"),
    "--stripe-evidence": (("failures", "all"), "whose requests and responses the journal keeps (default: failures)"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the group ``stripe invoice conformance``."""
    group = parser.getgroup("stripe invoice conformance")
    for name, (values, text) in _OPTIONS.items():
        if isinstance(values, tuple):
            group.addoption(name, choices=values, help=text)
        else:
            group.addoption(name, metavar=values, type=int if values == "N" else str, help=text)
    parser.addini("stripe_target", "default of --stripe-target", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Register the suite only where a target is named."""
    target = config.getoption("stripe_target") or config.getini("stripe_target")
    if target:
        from conformance.pytest_plugin.suite import SuitePlugin

        config.pluginmanager.register(SuitePlugin(config, target), "stripe-conformance-suite")
