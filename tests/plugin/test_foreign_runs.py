"""Installed and not asked for, the plugin is not noticed."""

from __future__ import annotations

import sys

import pytest

HEAVY = (
    "conformance.pytest_plugin.suite",
    "conformance.engine",
    "yaml",
    "vcr",
    "stripe",
    "deepdiff",
    "jsonschema",
    "jinja2",
    "orjson",
)


def test_a_run_without_a_target_imports_nothing_of_ours_but_the_options(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        f"""
        import sys
        def pytest_unconfigure():
            print("IMPORTED", [name for name in {HEAVY!r} if name in sys.modules])
        """
    )
    pytester.makepyfile("def test_theirs(): pass")
    result = pytester.run(sys.executable, "-m", "pytest", "-s")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*IMPORTED []*"])
