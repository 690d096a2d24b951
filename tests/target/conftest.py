"""Targets over the miniatures: real servers on loopback, short patience."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from conformance.target.base import Exchange, Request
from conformance.target.http import HttpSession, HttpTarget
from conformance.target.settings import Settings
from tests.miniature_server import Miniature
from tests.miniatures import miniature

KEY = "sk_test_c4n4ryc4n4ryc4n4ry"


class Talk:
    """A started target over one miniature, and a scenario's conversation with it."""

    def __init__(self, server: Miniature, **settings: Any) -> None:
        self.server = server
        self.target = HttpTarget(Settings("mini", server.url, **{"key": KEY, "timeout": 1.0, **settings}))
        self._session: HttpSession | None = None

    def started(self) -> Talk:
        self.target.start()
        self.server.calls.clear()
        self.server.seen.clear()
        return self

    @property
    def session(self) -> HttpSession:
        if self._session is None:
            self._session = self.target.open("void-open[paid]")
        return self._session

    def next_scenario(self) -> None:
        if self._session:
            self._session.close()
        self._session = None

    def send(self, method: str, path: str, params: Mapping[str, Any] | None = None, **headers: Any) -> Exchange:
        step = path.rpartition("/")[2]
        return self.session.send(Request(method, path, params or {}, headers), step)

    def invoice(self) -> str:
        """A new customer's new invoice."""
        customer = self.send("POST", "/v1/customers", {"email": "jenny@example.com"}).response
        assert customer is not None
        invoice = self.send("POST", "/v1/invoices", {"customer": customer.json["id"]}).response
        assert invoice is not None
        return f"/v1/invoices/{invoice.json['id']}"

    def stop(self) -> None:
        self.next_scenario()
        self.target.stop()


def ask(target: HttpTarget, request: Request, scenario: str = "s") -> Exchange:
    """One request in a scenario of its own."""
    session = target.open(scenario)
    try:
        return session.send(request, "step")
    finally:
        session.close()


@pytest.fixture
def talk() -> Iterator[Callable[..., Talk]]:
    """``talk("html_errors", timeout=0.5)``: a target (not started) over that miniature."""
    with ExitStack() as stack:

        def begin(name: str = "good", **settings: Any) -> Talk:
            made = Talk(stack.enter_context(miniature(name)), **settings)
            stack.callback(made.stop)
            return made

        yield begin
