"""`replay` as a user calls it."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from conformance.results.reading import read
from tests.miniature_server import Call, answer
from tests.recordings.replays import THEN, row, serving, write

Cli = Callable[..., Any]
CUSTOMER = {"id": "cus_Recorded00", "object": "customer", "email": "a@example.com", "created": THEN, "livemode": False}


@pytest.fixture
def recording(cli: Cli, tmp_path: Path) -> Path:
    return write(tmp_path, row("POST", "/v1/customers", CUSTOMER, {"email": "a@example.com"}))


def customers(**different: Any) -> Callable[[Call], Any]:
    """A server that makes customers, otherwise than recorded where ``different`` says so."""
    import time

    def fault(call: Call) -> Any:
        if (call.method, call.path) != ("POST", "/v1/customers"):
            return None
        ours = {**CUSTOMER, "id": "cus_Received00", "created": int(time.time()), **different}
        return answer(200, ours, date=formatdate(usegmt=True))

    return fault


def test_a_target_that_answers_as_recorded_conforms(cli: Cli, recording: Path) -> None:
    with serving(customers()) as server:
        ran = cli("replay", str(recording), "--target", server.url)
    assert (ran.code, ran.err) == (0, "")
    assert "CONFORMS" in ran.out
    assert "5/5 (100.00%)" in ran.out


def test_a_target_that_answers_otherwise_does_not(cli: Cli, recording: Path, tmp_path: Path) -> None:
    reports = {name: tmp_path / f"out/a.{name}" for name in ("html", "junit", "markdown", "journal")}
    options = [word for name, path in reports.items() for word in (f"--{name}", str(path))]
    with serving(customers(email="b@example.com", invented=1)) as server:
        ran = cli("replay", str(recording), "-t", server.url, *options, "--differences", "-v")
    assert ran.code == 1
    assert "NOT CONFORMANT" in ran.out
    assert 'customer.email value: "a@example.com" -> "b@example.com"' in ran.out
    assert "customer.invented extra: MISSING -> 1" in ran.out
    assert "4/6 (66.67%)" in ran.out
    assert "stripe-conformance replay" in ran.out
    assert all(path.is_file() for path in reports.values())
    (scenario,) = read(reports["journal"], validate=True).scenarios
    assert (scenario.area, scenario.profile) == ("recordings", "replay")


def test_what_cannot_be_replayed_at_all_is_no_verdict(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, row("GET", "/v1/invoices/in_1Earlier000", {"id": "in_1Earlier000", "object": "invoice"}))
    with serving() as server:
        ran = cli("replay", str(path), "-t", server.url)
    assert ran.code == 3
    assert "no check was evaluated" in ran.out
    assert "not replayable: needs in_…" in ran.out


def test_what_a_target_sends_cannot_move_the_cursor(cli: Cli, recording: Path) -> None:
    with serving(customers(email="\x1b[2J")) as server:
        ran = cli("replay", str(recording), "-t", server.url, "--differences", "-v")
    assert ran.code == 1
    assert "\x1b" not in ran.out


def test_a_path_that_is_not_there_is_one_line_and_nothing_is_started(cli: Cli) -> None:
    with serving() as server:
        ran = cli("replay", "nowhere.jsonl", "-t", server.url)
        assert server.calls == []
    assert ran.code == 4
    assert ran.err == "stripe-conformance: nowhere.jsonl: no such file [recording]\n"


def test_a_version_that_is_none_is_told(cli: Cli, recording: Path) -> None:
    ran = cli("replay", str(recording), "--since", "yesterday")
    assert ran.code == 4
    assert "unknown-version" in ran.err
