"""``--stripe-target``: scenario files become items; without it the plugin does nothing."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project


def test_each_scenario_is_one_item_and_conforming_ones_pass(project: Project) -> None:
    project.scenario("first")
    project.scenario("second")
    project.run().assert_outcomes(passed=2)


def test_a_deviation_fails_its_item_and_shows_what_was_expected(project: Project) -> None:
    project.scenario("wrong", name="Bob")
    result = project.run()
    result.assert_outcomes(failed=1)
    assert result.ret == 1
    shown = result.stdout.str()
    assert "wrong.yaml:8" in shown
    assert "Bob" in shown
    assert "Ada" in shown
    assert "Traceback" not in shown


def test_nothing_is_collected_without_a_target(pytester: pytest.Pytester, project: Project) -> None:
    project.scenario("first")
    result = pytester.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_other_yaml_files_are_left_alone(project: Project) -> None:
    project.scenario("first")
    (project.path / "docker-compose.yml").write_text("services:\n  db: {image: postgres}\n")
    (project.path / "broken.yaml").write_text("a: [")
    project.run().assert_outcomes(passed=1)


def test_python_tests_run_beside_scenarios(project: Project, pytester: pytest.Pytester) -> None:
    project.scenario("first")
    pytester.makepyfile("def test_python(): pass")
    project.run().assert_outcomes(passed=2)


def test_a_malformed_scenario_is_one_line_with_its_place(project: Project) -> None:
    project.scenario("good")
    (project.path / "bad.yaml").write_text("id: bad\ntitle: x\ncovers: [MINE-1]\nstps: []\n")
    result = project.run()
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*bad.yaml:4:1: *stps*steps*"])
    assert "Traceback" not in result.stdout.str()


def test_two_files_with_one_id_are_refused(project: Project) -> None:
    project.scenario("one")
    (project.path / "sub").mkdir()
    (project.path / "sub" / "one.yaml").write_text((project.path / "one.yaml").read_text())
    result = project.run()
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*'one' is also in *one.yaml*"])


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://127.0.0.1:9", "*nothing listens on 127.0.0.1:9*"),
        ("refrence", "*refrence*Did you mean 'reference'*"),
    ],
)
def test_a_target_that_is_not_there_is_one_line_and_a_usage_error(project: Project, target: str, said: str) -> None:
    project.scenario("first")
    result = project.run(target=target)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([said])
    assert "Traceback" not in result.stderr.str() + result.stdout.str()


def test_the_target_may_stand_in_the_settings(project: Project, pytester: pytest.Pytester) -> None:
    project.scenario("first")
    pytester.makeini(f"[pytest]\nstripe_target = {project.server.url}\n")
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_selection_by_keyword_works_on_scenario_ids(project: Project) -> None:
    project.scenario("first")
    project.scenario("second", name="Bob")
    project.run("-k", "first").assert_outcomes(passed=1, deselected=1 if not project._workers else 0)


def test_collecting_only_contacts_nobody(project: Project) -> None:
    project.scenario("first")
    project.run("--collect-only")
    assert not project.server.sent


def test_a_target_in_the_settings_is_left_alone_where_no_scenario_is_wanted(
    project: Project, pytester: pytest.Pytester
) -> None:
    """Made ready while files are read is only what the command line names."""
    project.scenario("first")
    pytester.makeini(f"[pytest]\nstripe_target = {project.server.url}\n")
    pytester.makepyfile(test_mine="def test_mine(): pass\n")
    pytester.runpytest_subprocess("-k", "mine").assert_outcomes(passed=1, deselected=1)
    assert project.server.sent == []


def test_a_server_that_was_started_for_files_that_cannot_be_run_is_stopped(project: Project) -> None:
    project.scenario("first", text="id: first\nsteps: 3\n")
    result = project.run(target="reference")
    assert result.ret not in (0, 5)
    assert "first.yaml:2" in result.stdout.str()
    assert result.duration < 30
