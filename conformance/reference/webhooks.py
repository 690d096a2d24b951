"""Deliveries of events to the addresses the user named: signed, one after the other, tried again a few times.

Each address has a thread of its own, so that no receiver ever holds up a request or another receiver.
"""

from __future__ import annotations

import hmac
import queue
import secrets
import sys
import threading
import time
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import orjson
import urllib3

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.reference.model.table import Body

#: Stripe allows as many addresses to an account.
MOST_ADDRESSES = 16
#: Deliveries that wait for one address; what comes beyond them is dropped and counted.
MOST_WAITING = 10_000
#: Seconds before each attempt. Stripe spreads its own over three days; here they are over while somebody is watching.
ATTEMPTS = (0.0, 0.5, 1.0, 2.0, 4.0)
TIMEOUT = urllib3.Timeout(connect=5, read=10)

_HEADERS = {
    "Accept": "*/*; q=0.5, application/xml",
    "Cache-Control": "no-cache",
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
}


def new_secret() -> str:
    return "whsec_" + secrets.token_hex(16)


def signature(payload: bytes, secret: str, at: int) -> str:
    """The ``Stripe-Signature`` header: HMAC-SHA256 over ``<at>.<payload>`` with the whole secret as the key."""
    digest = hmac.new(secret.encode(), b"%d.%s" % (at, payload), sha256).hexdigest()
    return f"t={at},v1={digest}"


def address(text: str) -> str:
    """``text`` when a webhook can be sent there. Raise ValueError with the reason when not."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write http://host:port/path")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address must not hold a user name or a password")
    return text


class Delivery(NamedTuple):
    event: Body
    payload: bytes


class Address:
    """One receiver: what waits for it, and the thread that sends it. It answers 2xx in time, or is tried again.

    Once an event is given up, the next ones get a single attempt each until one arrives: a receiver that is down does
    not make the others wait for all the retries of all that came before.
    """

    def __init__(self, url: str, secret: str, done: Callable[[Body], None], attempts: Sequence[float]) -> None:
        self._url = url
        self._secret = secret
        self._done = done
        self._attempts = attempts
        self._down = False
        self._stopping = threading.Event()
        self._waiting: queue.Queue[Delivery] = queue.Queue(MOST_WAITING)
        self._pool = urllib3.PoolManager(retries=False)
        self._thread = threading.Thread(target=self._run, name=f"webhooks to {url}", daemon=True)
        self.failed = 0
        self._thread.start()

    @property
    def waiting(self) -> int:
        return self._waiting.unfinished_tasks

    def put(self, delivery: Delivery) -> None:
        """Never waits: what the queue cannot hold is dropped."""
        try:
            self._waiting.put_nowait(delivery)
        except queue.Full:
            self.failed += 1

    def stop(self, within: float) -> None:
        """Give what waits ``within`` seconds to leave; retries are over."""
        self._stopping.set()
        end = time.monotonic() + within
        while self.waiting and time.monotonic() < end:
            time.sleep(0.02)

    def _run(self) -> None:
        while True:
            delivery = self._waiting.get()
            self._deliver(delivery)
            self._waiting.task_done()

    def _deliver(self, delivery: Delivery) -> None:
        problem = ""
        for pause in self._attempts[:1] if self._down else self._attempts:
            if pause and self._stopping.wait(pause):
                break
            problem = self._problem_of_sending(delivery.payload)
            if not problem:
                self._down = False
                self._done(delivery.event)
                return
        if not self._down:
            print(  # noqa: T201
                f"webhook {delivery.event['id']} ({delivery.event['type']}) to {self._url}: {problem}; given up. "
                "Later events are tried once each until one arrives.",
                file=sys.stderr,
                flush=True,
            )
        self._down = True
        self.failed += 1

    def _problem_of_sending(self, payload: bytes) -> str:
        """One attempt; empty when it arrived. Redirects are not followed and the answer's body is not read."""
        headers = {**_HEADERS, "Stripe-Signature": signature(payload, self._secret, int(time.time()))}
        try:
            answer = self._pool.request(
                "POST",
                self._url,
                body=payload,
                headers=headers,
                redirect=False,
                timeout=TIMEOUT,
                preload_content=False,
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return type(error).__name__
        answer.close()
        return "" if 200 <= answer.status < 300 else f"answered {answer.status}"


class Webhooks:
    """All receivers. ``tell`` is what the model calls with each event."""

    def __init__(self, urls: Sequence[str], secret: str, attempts: Sequence[float] = ATTEMPTS) -> None:
        self.secret = secret
        self._lock = threading.Lock()
        self._addresses = [Address(url, secret, self._arrived, attempts) for url in urls]

    def tell(self, event: Body) -> None:
        """Queue ``event`` for every receiver; ``pending_webhooks`` counts those it has not reached."""
        event["pending_webhooks"] = len(self._addresses)
        delivery = Delivery(event, orjson.dumps(event))
        for one in self._addresses:
            one.put(delivery)

    def _arrived(self, event: Body) -> None:
        with self._lock:
            event["pending_webhooks"] -= 1

    def stop(self, within: float = 2.0) -> int:
        """End the deliveries; how many events did not arrive."""
        end = time.monotonic() + within
        for one in self._addresses:
            one.stop(max(end - time.monotonic(), 0.0))
        return sum(one.failed + one.waiting for one in self._addresses)
