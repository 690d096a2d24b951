"""The pytest plugin: scenario files become test items wherever ``--stripe-target`` is given.

Installed but not asked for, it adds its options and nothing else; everything heavy is imported when a target is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_OPTIONS = (
    ("--stripe-target", {"metavar": "TARGET", "help": "run scenario files against TARGET: reference, cassettes, stripe, a URL, or a name from conformance.toml"}),
    ("--stripe-version", {"metavar": "VERSION", "help": "Stripe API version to ask for (default: the target's, else the newest known)"}),
    ("--stripe-config", {"metavar": "FILE", "help": "conformance.toml to read (default: searched upward)"}),
    ("--stripe-key-env", {"metavar": "NAME", "help": "environment variable that holds the test key for the target"}),
    ("--stripe-concurrency", {"metavar": "N", "type": int, "help": "scenarios in flight at once in one process (default: the target's, else 1)"}),
    ("--stripe-record", {"metavar": "DIR", "help": "write a cassette per scenario under DIR (only of scenarios that hold)"}),
    ("--stripe-cassettes", {"metavar": "DIR", "help": "folder that the target 'cassettes' replays (default: those that ship with the suite)"}),
    ("--stripe-report-dir", {"metavar": "DIR", "help": "where journal, HTML and JUnit are written (default: reports)"}),
    ("--stripe-baseline", {"metavar": "FILE", "help": "known failures of this target; an entry that passes fails the run"}),
    ("--stripe-evidence", {"choices": ("failures", "all"), "help": "keep request and response of which scenarios in the journal (default: failures)"}),
)  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the group ``stripe invoice conformance``."""
    group = parser.getgroup("stripe invoice conformance")
    for name, attributes in _OPTIONS:
        group.addoption(name, default=None, **attributes)  # type: ignore[arg-type]
    parser.addini("stripe_target", "default of --stripe-target", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Register the suite only where a target is named."""
    target = config.getoption("stripe_target") or config.getini("stripe_target")
    if target:
        from conformance.pytest_plugin.suite import SuitePlugin

        config.pluginmanager.register(SuitePlugin(config, target), "stripe-conformance-suite")
