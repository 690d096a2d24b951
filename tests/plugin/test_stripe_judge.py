"""``--stripe-judge=sdk``: stripe-python is asked about every answer, and only then imported."""

from __future__ import annotations

from tests.plugin.conftest import PASSING, Project

BROKEN = PASSING.replace("/v1/customers/cus_1", "/v1/nowhere").replace(
    "{{status: 200, body: {{name: {name}}}}}", "{{status: 404}}"
)


def test_a_conforming_server_passes_with_more_checks(project: Project) -> None:
    project.scenario("first")
    project.run().assert_outcomes(passed=1)
    without = project.journal()[-1]["checks"]
    project.run("--stripe-judge=sdk").assert_outcomes(passed=1)
    assert project.journal()[-1]["checks"] == without + 1


def test_what_the_sdk_trips_over_fails(project: Project) -> None:
    project.server.envelope = {"detail": "Not Found"}
    project.scenario("wrong", text=BROKEN)
    project.run("--stripe-judge=sdk").assert_outcomes(failed=1)
    aspects = {
        check["aspect"]
        for line in project.journal()
        if line["type"] == "scenario"
        for check in line["steps"][0]["checks"]
    }
    assert "sdk" in aspects, project.journal()
