"""``--stripe-baseline``: known failures are told apart from new ones, and an entry that holds fails the run."""

from __future__ import annotations

from tests.plugin.conftest import Project

BASELINE = """
target: {url}
entries:
  - scenario: wrong
    check: read/body:name
    reason: the mock calls everybody Ada
"""


def test_a_known_failure_does_not_fail_the_run(project: Project) -> None:
    project.scenario("first")
    project.scenario("wrong", name="Bob")
    (project.path / "known.yml").write_text(BASELINE.format(url=project.server.url))
    result = project.run("--stripe-baseline=known.yml")
    assert result.ret == 0, result.stdout.str()
    outcomes = {line["id"]: line["outcome"] for line in project.journal() if line["type"] == "scenario"}
    assert outcomes["wrong"] == "known"


def test_an_entry_that_holds_by_now_fails_the_run(project: Project) -> None:
    project.scenario("first")
    project.scenario("wrong", name="Ada")
    (project.path / "known.yml").write_text(BASELINE.format(url=project.server.url))
    result = project.run("--stripe-baseline=known.yml")
    assert result.ret != 0
    assert "read/body:name" in result.stdout.str()


def test_a_baseline_that_is_none_is_one_line_and_a_usage_error(project: Project) -> None:
    project.scenario("first")
    (project.path / "known.yml").write_text("target: x\nentries: {}\n")
    result = project.run("--stripe-baseline=known.yml")
    assert result.ret == 4
    assert "known.yml:" in result.stderr.str()
    assert "Traceback" not in result.stderr.str() + result.stdout.str()
