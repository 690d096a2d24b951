"""``--stripe-version``: what is asked for on every request, and which scenarios hold there."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import PASSING, Project


def test_the_version_is_sent_with_every_request_and_stands_in_the_journal(project: Project) -> None:
    project.scenario("first")
    project.run("--stripe-version=2024-06-20").assert_outcomes(passed=1)
    assert {headers["Stripe-Version"] for _, _, headers in project.server.sent} == {"2024-06-20"}
    assert project.journal()[0]["api_version"] == "2024-06-20"


def test_a_scenario_of_another_version_is_not_applicable(project: Project) -> None:
    project.scenario("first")
    project.scenario("newer", text=PASSING.replace("covers:", 'versions: ">=2025-03-31.basil"\ncovers:'))
    project.run("--stripe-version=2024-06-20").assert_outcomes(passed=1, skipped=1)


def test_what_is_no_version_is_one_line(project: Project) -> None:
    project.scenario("first")
    result = project.run("--stripe-version=newest")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*not an API version: 'newest'*"])
