"""``--stripe-record`` writes cassettes of what holds; ``--stripe-target=cassettes`` replays them, exactly."""

from __future__ import annotations

from tests.plugin.conftest import Project


def test_what_holds_is_recorded_and_replays_without_a_server(project: Project) -> None:
    project.scenario("first")
    project.scenario("wrong", name="Bob")
    project.run("--stripe-record=tapes")
    tapes = sorted(path.name for path in (project.path / "tapes").rglob("*.yaml"))
    assert tapes == ["first.yaml"]
    sent = len(project.server.sent)
    (project.path / "wrong.yaml").unlink()
    project.run("--stripe-cassettes=tapes", target="cassettes").assert_outcomes(passed=1)
    assert len(project.server.sent) == sent


def test_a_recording_is_the_same_bytes_every_time_but_for_the_servers_own_clock(project: Project) -> None:
    project.scenario("first")
    texts = []
    for folder in ("one", "two"):
        project.run(f"--stripe-record={folder}")
        (tape,) = (project.path / folder).rglob("*.yaml")
        texts.append([line for line in tape.read_text().splitlines() if "GMT" not in line])
    assert texts[0] == texts[1]


def test_a_changed_request_is_an_error_that_names_the_step(project: Project) -> None:
    file = project.scenario("first")
    project.run("--stripe-record=tapes")
    file.write_text(file.read_text().replace("cus_1", "cus_2"))
    result = project.run("--stripe-cassettes=tapes", target="cassettes")
    assert result.ret == 1
    assert "step 'read': request 1 differs: path /v1/customers/cus_2" in " ".join(result.stdout.str().split())


def test_an_interaction_that_nobody_asks_for_is_an_error(project: Project) -> None:
    file = project.scenario("first")
    file.write_text(
        file.read_text()
        + "  - id: more\n    request: GET /v1/customers/cus_1\n    expect: {status: 200, same_as: '${read}'}\n"
    )
    project.run("--stripe-record=tapes").assert_outcomes(passed=1)
    project.scenario("first")
    result = project.run("--stripe-cassettes=tapes", target="cassettes")
    assert result.ret == 1
    assert "1 recorded requests were not sent, the first is GET /v1/customers/cus_1" in " ".join(
        result.stdout.str().split()
    )


def test_a_missing_cassette_is_an_error_that_names_the_scenario(project: Project) -> None:
    project.scenario("first")
    project.run("--stripe-record=tapes")
    project.scenario("second")
    result = project.run("--stripe-cassettes=tapes", target="cassettes")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*second*"])
