"""``--stripe-evidence``: whose requests and responses the journal keeps."""

from __future__ import annotations

from tests.plugin.conftest import Project


def _kept(project: Project) -> list[str]:
    return [line["scenario"] for line in project.journal() if line["type"] == "exchange"]


def test_only_failures_keep_their_exchanges_by_default(project: Project) -> None:
    project.scenario("first")
    project.scenario("wrong", name="Bob")
    project.run()
    assert _kept(project) == ["wrong"]


def test_all_keeps_every_exchange(project: Project) -> None:
    project.scenario("first")
    project.scenario("wrong", name="Bob")
    project.run("--stripe-evidence=all")
    assert _kept(project) == ["first", "wrong"]
