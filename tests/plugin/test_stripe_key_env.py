"""``--stripe-key-env``: the key comes from the environment and stays out of every artifact."""

from __future__ import annotations

import base64

import pytest

from tests.plugin.conftest import Project

CANARY = "sk_test_canary51Qx7ZrT9uVwXyAbC"


def test_the_key_is_sent_and_occurs_in_no_artifact(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", CANARY)
    project.scenario("first")
    project.scenario("wrong", name="Bob")
    result = project.run("--stripe-key-env=MY_KEY", "--stripe-evidence=all", "--stripe-record=tapes", "-v")
    assert any(headers.get("Authorization") == f"Bearer {CANARY}" for _, _, headers in project.server.sent)
    written = [path for path in project.path.rglob("*") if path.is_file()]
    assert {path.suffix for path in written} >= {".ndjson", ".html", ".xml", ".yaml"}
    assert list((project.path / "tapes").rglob("first*.yaml"))
    forms = [CANARY, base64.b64encode(f"{CANARY}:".encode()).decode()]
    for form in forms:
        assert form not in result.stdout.str() + result.stderr.str()
        assert [path for path in written if form.encode() in path.read_bytes()] == []


def test_a_key_that_is_promised_and_missing_is_one_line(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    project.scenario("first")
    result = project.run("--stripe-key-env=MY_KEY")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*$MY_KEY*not set*"])


def test_a_live_key_is_refused_and_never_sent_nor_shown(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk_live_canary51Qx7ZrT9uVwXyAbC")
    project.scenario("first")
    result = project.run("--stripe-key-env=MY_KEY")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "live key" in result.stderr.str()
    assert "canary51Qx" not in result.stderr.str() + result.stdout.str()
    assert not project.server.sent
