"""``--stripe-concurrency``: scenarios in flight at once, results in pytest's order."""

from __future__ import annotations

import re

import pytest

from tests.plugin.conftest import Project


@pytest.fixture
def workers() -> tuple[str, ...]:
    """Concurrency is within one process; xdist workers take one scenario at a time."""
    return ()


def test_scenarios_are_in_flight_together_and_reported_in_order(project: Project) -> None:
    project.server.delay = 0.05
    ids = [f"s{n:02}" for n in range(12)]
    for id in ids:
        project.scenario(id)
    result = project.run("--stripe-concurrency=6", "-v")
    result.assert_outcomes(passed=12)
    assert 2 <= project.server.most_at_once <= 6
    assert re.findall(r"::(s\d\d) PASSED", result.stdout.str()) == ids
    assert [line["id"] for line in project.journal() if line["type"] == "scenario"] == ids


def test_one_at_a_time_is_the_default(project: Project) -> None:
    project.server.delay = 0.02
    for n in range(4):
        project.scenario(f"s{n}")
    project.run().assert_outcomes(passed=4)
    assert project.server.most_at_once == 1


def test_stopping_at_the_first_failure_starts_no_more_than_the_window(project: Project) -> None:
    project.scenario("a", name="Bob")
    for n in range(40):
        project.scenario(f"b{n:02}")
    result = project.run("-x", "--stripe-concurrency=2")
    result.assert_outcomes(failed=1)
    scenario_requests = [path for _, path, _ in project.server.sent if path.endswith("cus_1")]
    assert len(scenario_requests) <= 12
