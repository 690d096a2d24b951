from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from conformance.target.base import Reply, Request
from conformance.target.managed import ManagedTarget
from conformance.target.process import Process, TargetNotStarted
from conformance.target.settings import Ready, Settings
from tests.target.conftest import ask

ROOT = Path(__file__).parents[2]


def miniature_command(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tests.miniatures", name, "--port", "{port}")


def managed(start: tuple[str, ...], **settings: object) -> ManagedTarget:
    given = {"timeout": 2.0, "cwd": str(ROOT), "ready": Ready(within=15.0), **settings}
    return ManagedTarget(Settings("mock", "http://127.0.0.1:{port}", start=start, **given))  # type: ignore[arg-type]


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").exists() and " Z " in Path(f"/proc/{pid}/stat").read_text()


def test_a_server_is_started_used_and_stopped():
    target = managed(miniature_command("good"))
    target.start()
    try:
        session = target.open("s")
        assert session.send(Request("POST", "/v1/customers", {"name": "x"}), "create").reply is Reply.ANSWERED
        session.close()
    finally:
        target.stop()
    assert session.send(Request("GET", "/v1/customers"), "late").reply is Reply.UNREACHABLE
    assert target._process is None  # nor is it started again for a straggler


def test_a_server_that_dies_is_started_again_and_the_run_goes_on():
    target = managed(miniature_command("dies_on_finalize"))
    target.start()
    try:
        first, bystander = target.open("first"), target.open("bystander")
        invoice = first.send(Request("POST", "/v1/invoices", {"x": 1}), "create").response.json["id"]
        killer = first.send(Request("POST", f"/v1/invoices/{invoice}/finalize"), "finalize")
        assert killer.reply is Reply.CRASHED
        assert "started again" in killer.detail
        later = bystander.send(Request("GET", f"/v1/invoices/{invoice}"), "read")
        assert later.reply is Reply.UNREACHABLE  # what it had made is gone, which is not its own fault
        assert "first/finalize" in later.detail
        assert ask(target, Request("GET", "/v1/customers"), "second").reply is Reply.ANSWERED
        first.close()
        bystander.close()
        assert target.alive
    finally:
        target.stop()


@pytest.mark.parametrize(
    ("start", "within", "said"),
    [
        (
            (sys.executable, "-c", "import sys; sys.exit('no \\x1b[31mlicence')"),
            15.0,
            "ended with 1 before it was ready",
        ),
        ((sys.executable, "-c", "import time; time.sleep(60)"), 0.3, "was not ready within 0.3 s"),
        (("no-such-mock-anywhere",), 1.0, "cannot start 'no-such-mock-anywhere'"),
        (miniature_command("always_500"), 15.0, None),
    ],
)
def test_a_server_that_does_not_get_ready_is_an_error_with_its_last_words(start, within, said):
    target = managed(start, ready=Ready(within=within))
    began = time.monotonic()
    with pytest.raises(Exception) as refused:  # noqa: PT011 - which one is what is tested
        target.start()
    if said:
        assert isinstance(refused.value, TargetNotStarted)
        assert said in str(refused.value)
    assert str(refused.value).isprintable()
    assert time.monotonic() - began < within + 5
    assert target._process is None


def test_the_last_words_are_shown():
    with pytest.raises(TargetNotStarted, match="no licence"):
        managed((sys.executable, "-c", "import sys; sys.exit('no licence')")).start()


def test_readiness_may_demand_a_status():
    target = managed(miniature_command("good"), ready=Ready("/v1/customers", status=204, within=1.0))
    with pytest.raises(TargetNotStarted, match="answered 200"):
        target.start()


def test_an_attached_worker_starts_nothing():
    first = managed(miniature_command("good"), cwd=str(ROOT))
    first.start()
    try:
        settings = Settings("mock", first.settings.url, start=("no-such-mock-anywhere",), timeout=2.0)
        worker = ManagedTarget(settings, attach=True)
        worker.start()
        assert worker.attached == first.settings.url
        worker.stop()
        assert ask(first, Request("GET", "/v1/customers")).reply is Reply.ANSWERED
    finally:
        first.stop()


def test_the_whole_family_of_a_process_ends_with_it(tmp_path):
    script = (
        "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)"
    )
    process = Process([sys.executable, "-c", script], read_stdout=True)
    grandchild = int(process.first_line(10))
    assert not gone(grandchild)
    process.stop()
    deadline = time.monotonic() + 5
    while not gone(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gone(grandchild)
    assert not process.running
