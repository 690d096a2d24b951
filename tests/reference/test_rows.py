"""What the model stores and what it remembers of it: no row changes unannounced, a refused request leaves no trace,
and JSON that is kept is never stale.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.reference.http.app import Reference
from conformance.reference.http.versions import NEWEST
from conformance.reference.model.clock import Clock
from conformance.reference.model.table import Table
from conformance.reference.model.world import Journal, World
from conformance.reference.view.render import render, written
from tests.reference.conftest import flat
from tests.reference.test_properties import CARDS, STEPS, VERSIONS, Run

KEY = "sk_test_rows"
Rows = dict[str, dict[str, Any]]


class Reply:
    """An answer as the client of the other tests has it."""

    def __init__(self, status: int, headers: Any, raw: bytes) -> None:
        self.status, self.raw = status, raw
        self.headers = {name.decode(): value.decode() for name, value in headers}
        self.body = json.loads(raw)


class Inside:
    """One account at a server in this process; after every request its memory is looked at."""

    def __init__(self, version: str) -> None:
        self.headers = {"Stripe-Version": version}
        self.reference = Reference(clock=Clock(1_790_000_000), version=version)
        self.world = self.reference.account(KEY).world

    def send(self, method: str, path: str, params: dict[str, Any] | None = None) -> Reply:
        form = urlencode(flat(params or {})).encode()
        query, body = (b"", form) if method == "POST" else (form, b"")
        sent = [(b"authorization", b"Bearer " + KEY.encode())]
        answer = Reply(*self.reference.answer(method, path, query, sent, body))
        assert answer.status < 500, answer.body
        self.check()
        return answer

    def check(self) -> None:
        for identifier in self.world.written:
            row = self.world.invoices.rows[identifier]
            assert written(self.world, row, NEWEST) == orjson.dumps(render(self.world, row, NEWEST))


def stored(world: World) -> Rows:
    tables = [table for table in vars(world).values() if isinstance(table, Table)]
    return {name: row for table in tables for name, row in table.rows.items()}


def unannounced(journal: Journal, was: Rows) -> list[str]:
    """Fields that this request changed although the row was not watched by then, nor the field set through its table.

    A discount shows its coupon, which is watched itself.
    """
    put = {(arguments[0]["id"], arguments[1]) for step, arguments in journal._undo if step.__name__ == "_put"}
    found = []
    rows = stored(journal._world)
    for identifier in was.keys() & rows.keys():
        old, row = was[identifier], rows[identifier]
        watched = journal._before.get(identifier)
        known = watched[1] if watched else row
        names = [name for name in old if old[name] != known.get(name) and name != "_coupon"]
        found += [f"{row['object']}.{name}" for name in names if (identifier, name) not in put]
    return found


@pytest.fixture(autouse=True)
def traces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is taken back is held against how it was when the request began."""
    before: WeakKeyDictionary[World, Rows] = WeakKeyDictionary()
    close, forget = Journal.close, Journal.forget

    def closed(self: Journal) -> None:
        assert unannounced(self, before.get(self._world, {})) == []
        close(self)
        before[self._world] = deepcopy(stored(self._world))

    def forgotten(self: Journal) -> None:
        was = before.get(self._world, {})
        forget(self)
        assert stored(self._world) == was

    monkeypatch.setattr(Journal, "close", closed)
    monkeypatch.setattr(Journal, "forget", forgotten)
    yield
    before.clear()


@given(st.sampled_from([*VERSIONS, NEWEST, NEWEST]), CARDS, st.lists(STEPS, max_size=14))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_row_changes_unannounced_nor_stays_changed_by_a_refused_request_nor_is_kept_stale(
    version: str, card: str | None, steps: list[tuple[Any, ...]]
) -> None:
    run = Run(Inside(version), card)  # type: ignore[arg-type]
    for step in steps:
        run.step(*step)
        run.send("GET", f"/v1/invoices/{run.invoice}")
        run.send("GET", "/v1/invoices", {"limit": 3})
