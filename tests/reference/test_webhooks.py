"""Deliveries: signed like Stripe's, in order, tried again, and never in the way of a request."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import queue
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.reference import webhooks
from conformance.reference.webhooks import Webhooks, address, new_secret, signature
from tests.reference.conftest import Client, start, stop
from tests.served import Received, Receiver, receiving

SECRET = "whsec_secret"


def event(number: int = 0) -> dict[str, Any]:
    return {"id": f"evt_{number}", "object": "event", "type": "invoice.paid", "pending_webhooks": 0}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def until(holds: Callable[[], bool], within: float = 5) -> None:
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_signature_is_the_documented_hmac_of_time_and_payload() -> None:
    digest = hmac.new(b"whsec_x", b'1700000000.{"id":"evt_1"}', hashlib.sha256).hexdigest()
    assert signature(b'{"id":"evt_1"}', "whsec_x", 1_700_000_000) == f"t=1700000000,v1={digest}"


def test_secrets_are_new_each_time() -> None:
    assert new_secret().startswith("whsec_")
    assert new_secret() != new_secret()


@pytest.mark.parametrize("text", ["ftp://a/b", "/hooks", "http://", "http://u:p@127.0.0.1/", "file:///etc/passwd", ""])
def test_addresses_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|must not"):
        address(text)


def test_events_arrive_in_order_and_are_counted_down(receiver: Receiver) -> None:
    hooks = Webhooks([receiver.url], SECRET)
    events = [event(n) for n in range(30)]
    for one in events:
        hooks.tell(one)
    assert [json.loads(receiver.next().payload)["id"] for _ in events] == [one["id"] for one in events]
    assert hooks.stop() == 0
    assert [one["pending_webhooks"] for one in events] == [0] * 30


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_taken_is_sent_again_before_what_comes_after(receiver: Receiver, status: int) -> None:
    receiver.statuses = [status, status]
    hooks = Webhooks([receiver.url], SECRET, attempts=(0, 0.01, 0.01))
    hooks.tell(event(1))
    hooks.tell(event(2))
    assert [json.loads(receiver.next().payload)["id"] for _ in range(4)] == ["evt_1", "evt_1", "evt_1", "evt_2"]
    assert hooks.stop() == 0


def test_retries_end_and_later_events_are_tried_once_until_one_arrives(
    receiver: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    receiver.statuses = [500] * 5
    hooks = Webhooks([receiver.url], SECRET, attempts=(0, 0, 0))
    sent = [event(n) for n in range(5)]
    for one in sent:
        hooks.tell(one)
    came = [json.loads(receiver.next().payload)["id"] for _ in range(7)]
    assert came == ["evt_0", "evt_0", "evt_0", "evt_1", "evt_2", "evt_3", "evt_4"]
    assert hooks.stop() == 3
    assert [one["pending_webhooks"] for one in sent] == [1, 1, 1, 0, 0]
    (line,) = capfd.readouterr().err.splitlines()
    assert "evt_0" in line
    assert "answered 500" in line
    assert SECRET not in line


def test_every_receiver_is_served_by_itself(receiver: Receiver) -> None:
    with socket.socket() as silent:  # takes connections and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        hooks = Webhooks([f"http://127.0.0.1:{silent.getsockname()[1]}/", receiver.url], SECRET)
        one = event(1)
        hooks.tell(one)
        assert json.loads(receiver.next(2).payload)["pending_webhooks"] == 2
        until(lambda: one["pending_webhooks"] == 1)
        assert hooks.stop(0.1) == 1


def test_a_full_queue_drops_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "MOST_WAITING", 3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        hooks = Webhooks([f"http://127.0.0.1:{silent.getsockname()[1]}/"], SECRET)
        for n in range(10):
            hooks.tell(event(n))
        assert hooks.stop(0) == 10


@pytest.fixture
def hooked(receiver: Receiver) -> Iterator[Client]:
    process, base = start("--webhook", receiver.url, "--webhook-secret", SECRET)
    yield Client(base, "sk_test_hooked")
    assert stop(process) == ""


def drained(receiver: Receiver) -> list[Received]:
    came = []
    with contextlib.suppress(queue.Empty):
        while True:
            came.append(receiver.next(0.5))
    return came


def test_the_server_delivers_the_events_it_lists(receiver: Receiver, hooked: Client) -> None:
    customer = hooked.make("/v1/customers", name="A")
    hooked.make(f"/v1/customers/{customer['id']}", name="B")
    invoice = hooked.make("/v1/invoices", customer=customer["id"])
    hooked.make(f"/v1/invoices/{invoice['id']}/finalize")
    came = drained(receiver)
    told = [json.loads(one.payload) for one in came]
    listed = hooked.get("/v1/events", limit=100)["data"]
    assert [one["id"] for one in told] == [one["id"] for one in listed][::-1]
    assert [one["data"] for one in told] == [one["data"] for one in listed][::-1]
    assert {one["pending_webhooks"] for one in told} == {1}
    assert {one["pending_webhooks"] for one in listed} == {0}
    for one in came:
        at = one.headers["stripe-signature"].partition(",")[0].removeprefix("t=")
        assert one.headers["stripe-signature"] == signature(one.payload, SECRET, int(at))
        assert abs(int(at) - time.time()) < 60
        assert one.headers["content-type"] == "application/json; charset=utf-8"


def test_a_refused_request_tells_nothing(receiver: Receiver, hooked: Client) -> None:
    assert hooked.post("/v1/customers", nope=1).status == 400
    assert drained(receiver) == []


def test_a_receiver_that_hangs_does_not_slow_requests_down() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        process, base = start("--webhook", f"http://127.0.0.1:{silent.getsockname()[1]}/")
        api = Client(base, "sk_test_slow")
        begun = time.monotonic()
        for _ in range(50):
            api.make("/v1/customers")
        assert time.monotonic() - begun < 5
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    "options", [["--webhook", "ftp://x"], ["--webhook-secret", "x"], ["--webhook", "http://a/"] * 17]
)
def test_bad_webhooks_are_refused_at_the_start(options: list[str]) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "conformance.reference", *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "webhook" in done.stderr
