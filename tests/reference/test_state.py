"""The state file: nothing is lost, nothing hostile gets in, and what cannot be restored is said."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3

from conformance.reference import state as state_module
from conformance.reference.http.app import Reference
from conformance.reference.model.clock import Clock
from conformance.reference.state import StateFile, StateProblem
from tests.reference import states
from tests.reference.conftest import Client, start, stop

MADE_WITH = {"seed": "0", "clock": None, "api_version": "2026-10-28.endive"}


@contextmanager
def kept(path: Path, *options: str) -> Iterator[str]:
    process, base = start("--state", str(path), *options)
    try:
        yield base
    finally:
        errors = stop(process)
    assert errors == ""


def everything(api: Client) -> dict[str, Any]:
    paths = ("customers", "invoices", "invoiceitems", "credit_notes", "events", "charges", "subscriptions", "refunds")
    headers = {"Authorization": f"Bearer {api.key}"}
    shown = {path: urllib3.request("GET", f"{api.base}/v1/{path}?limit=100", headers=headers).json() for path in paths}
    for invoice in shown["invoices"]["data"]:  # these are made anew on every read
        invoice["hosted_invoice_url"] = invoice["invoice_pdf"] = None
    return shown


@pytest.mark.parametrize("clock", [[], ["--clock", "2026-11-01T00:00:00Z"]], ids=["machine", "requests"])
def test_an_account_is_the_same_after_a_restart(tmp_path: Path, clock: list[str]) -> None:
    path = tmp_path / "state"
    with kept(path, *clock) as base:
        api, other = Client(base, "sk_test_a"), Client(base, "sk_test_b")
        paid = states.paid(api)
        api.get("/v1/invoices")
        api.make("/v1/credit_notes", invoice=paid["id"], amount=100, refund_amount=100)
        declining = states.opened(api, states.customer(api, payment_method="pm_card_chargeCustomerFail"))
        assert api.post(f"/v1/invoices/{declining['id']}/pay").status == 402
        assert api.post("/v1/invoices", customer="cus_none").status == 400
        api.delete(f"/v1/invoices/{states.draft(api)['id']}")
        other.make("/v1/customers", name="Zoë", metadata={"a": "\x7f\u2028"})
        before = everything(api), everything(other)
    with kept(path, *clock) as base:
        api, other = Client(base, "sk_test_a"), Client(base, "sk_test_b")
        assert (everything(api), everything(other)) == before
        new = api.make("/v1/customers")
        assert new["id"] not in {one["id"] for one in before[0]["customers"]["data"]}


def test_idempotency_keys_outlive_a_restart(tmp_path: Path) -> None:
    answers = []
    for _ in range(2):
        with kept(tmp_path / "state") as base:
            answers.append(Client(base, "sk_test_a").send("POST", "/v1/customers", {"name": "A"}, Idempotency_Key="k"))
    assert answers[0].raw == answers[1].raw
    assert answers[1].headers["idempotent-replayed"] == "true"


def test_what_time_made_is_the_same_after_a_restart(tmp_path: Path) -> None:
    """A read may be what notices that an hour has passed; the ids it made must stay."""
    path = tmp_path / "state"
    clock = {"n": 1_800_000_000}
    reference = restored(path, clock["n"])
    reference.clock.held = clock["n"]
    key = [(b"authorization", b"Bearer sk_test_a")]

    def ask(server: Reference, method: str, where: str, body: bytes = b"") -> Any:
        return json.loads(server.answer(method, where, b"", key, body)[2])

    owner = ask(reference, "POST", "/v1/customers")["id"]
    body = f"customer={owner}&auto_advance=true".encode()
    invoice = ask(reference, "POST", "/v1/invoices", body)["id"]
    reference.clock.held = clock["n"] + 4000
    assert ask(reference, "GET", f"/v1/invoices/{invoice}")["status"] != "draft"
    ask(reference, "POST", "/v1/customers")
    events = ask(reference, "GET", "/v1/events")
    again = restored(path, clock["n"] + 5000)
    assert ask(again, "GET", "/v1/events") == events


def restored(path: Path, now: int) -> Reference:
    """The open file of the one before is let go first."""
    for file in OPEN:
        file.close()
    OPEN[:] = [StateFile(path, MADE_WITH)]
    reference = Reference(clock=Clock())
    OPEN[0].restore(reference)
    reference.clock.held = now
    return reference


OPEN: list[StateFile] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    for file in OPEN:
        file.close()
    OPEN.clear()


def test_a_killed_server_has_lost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state"
    process, base = start("--state", str(path))
    made = Client(base, "sk_test_a").make("/v1/customers")
    process.kill()
    process.communicate()
    with path.open("ab") as file:
        file.write(b'{"key":"sk_te')  # and was killed once more in the middle of a line
    with kept(path) as base:
        api = Client(base, "sk_test_a")
        assert api.get(f"/v1/customers/{made['id']}").status == 200
        second = api.make("/v1/customers")
    with kept(path) as base:
        assert Client(base, "sk_test_a").get(f"/v1/customers/{second['id']}").status == 200


def test_a_reset_empties_the_file_of_that_account(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with kept(path) as base:
        one, other = Client(base, "sk_test_one"), Client(base, "sk_test_other")
        lost, stays = one.make("/v1/customers", name="lost"), other.make("/v1/customers", name="stays")
        one.post("/_reference/reset")
        after = one.make("/v1/customers", name="after")
    assert after["id"] == lost["id"]
    with kept(path) as base:
        assert Client(base, "sk_test_one").get(f"/v1/customers/{after['id']}")["name"] == "after"
        assert Client(base, "sk_test_other").get(f"/v1/customers/{stays['id']}")["name"] == "stays"
    assert "lost" not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0


def test_reads_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with kept(path) as base:
        api = Client(base, "sk_test_a")
        api.make("/v1/customers")
        for _ in range(5):
            api.get("/v1/customers")
    assert len(path.read_text().splitlines()) == 2


def refused(path: Path, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "conformance.reference", "--state", str(path), *options],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    return line


def test_a_file_is_for_one_server_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with kept(path):
        assert "in use" in refused(path)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "state"
    with kept(path) as base:
        Client(base, "sk_test_a").make("/v1/customers", name="A")
    return path


def test_other_options_than_it_was_made_with_are_refused(written: Path) -> None:
    before = written.read_bytes()
    assert "seed" in refused(written, "--seed", "1")
    assert "api_version" in refused(written, "--api-version", "2024-06-20")
    assert "clock" in refused(written, "--clock", "1")
    assert written.read_bytes() == before


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.json"
    for content in ('{"dear": "Jenny"}\n', "Dear Jenny,\n", "[]\n"):
        path.write_text(content)
        refused(path)
        assert path.read_text() == content


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": "sk_live_abc"}, "not a request"),
        ({"key": 5}, "'key'"),
        ({"key": "sk_test_\u20ac"}, "not a request"),
        ({"ids": -1}, "out of bounds"),
        ({"at": 10**30}, "out of bounds"),
        ({"ticks": True}, "'ticks'"),
        ({"headers": {"authorization": "Bearer sk_test_other"}}, "unknown headers"),
        ({"headers": {"stripe-version": 5}}, "unknown headers"),
        ({"body": "\u20ac"}, "not a request"),
        ({"status": 404}, "is now 200"),
        ({"path": "/v1/nothing\x1b[2J"}, "is now 404"),
    ],
)
def test_a_line_that_was_tampered_with_is_named(written: Path, change: dict[str, Any], said: str) -> None:
    head, line = written.read_text().splitlines()
    written.write_text(f"{head}\n{json.dumps({**json.loads(line), **change})}\n")
    told = refused(written)
    assert f"{written}:2: " in told
    assert said in told
    assert told.isprintable()


@pytest.mark.parametrize("line", ["nonsense", "[" * 100_000, "[]", "null", '{"key": "sk_test_a"}'])
def test_a_line_that_is_none_is_named(written: Path, line: str) -> None:
    with written.open("a") as file:
        file.write(line + "\n")
    assert f"{written}:3: " in refused(written)


def test_a_full_file_says_so_once_and_the_server_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(state_module, "MOST_BYTES", 1000)
    reference = restored(tmp_path / "state", 1_800_000_000)
    key = [(b"authorization", b"Bearer sk_test_a")]
    for _ in range(20):
        assert reference.answer("POST", "/v1/customers", b"", key, b"name=A")[0] == 200
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert OPEN[0].lost > 10
    assert (tmp_path / "state").stat().st_size <= 1000


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_module, "MOST_BYTES", 1000)
    path = tmp_path / "state"
    path.write_bytes(b"x" * 1001)
    with pytest.raises(StateProblem, match="larger"):
        restored(path, 0)
