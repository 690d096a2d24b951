"""What happened, newest last: noted while it happens, written as an object when somebody asks for events."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import orjson

from conformance.reference.model.table import Body, Table

if TYPE_CHECKING:
    from conformance.reference.model.ids import Minter

#: Oldest events are forgotten beyond this many (Stripe keeps 30 days).
MOST_EVENTS = 20_000


class Noted(NamedTuple):
    """One event: the number of its id, the object as it was, and what it had been before."""

    number: int
    kind: str
    created: int
    shown: bytes
    previous: Body | None
    request_id: str | None
    idempotency_key: str | None


class Events:
    """The events of an account that shows them in ``version``."""

    __slots__ = ("_ids", "_noted", "_table", "_version")

    def __init__(self, ids: Minter, version: str) -> None:
        self._ids = ids
        self._version = version
        self._noted: deque[Noted] = deque(maxlen=MOST_EVENTS)
        self._table = Table("type", undo=deque(maxlen=0))  # they are noted when nothing can be taken back any more

    def note(
        self, kind: str, created: int, shown: bytes, previous: Body | None, request_id: str | None, key: str | None
    ) -> None:
        """``previous`` None: the event does not say what has changed."""
        self._noted.append(Noted(self._ids.take(), kind, created, shown, previous, request_id, key))

    def written(self) -> Table:
        """All of them as objects."""
        while self._noted:
            self._table.add(self._event(self._noted.popleft()))
            if len(self._table) > MOST_EVENTS:
                self._table.remove(next(iter(self._table.rows.values())))
        return self._table

    def newest(self) -> Body:
        """The one that was noted last."""
        rows = self.written().rows
        return rows[next(reversed(rows))]

    def _event(self, noted: Noted) -> Body:
        data: Body = {"object": orjson.Fragment(noted.shown)}
        if noted.previous is not None:
            data["previous_attributes"] = noted.previous
        return {
            "id": self._ids.numbered(noted.number, "evt_"),
            "object": "event",
            "api_version": self._version,
            "created": noted.created,
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": noted.request_id, "idempotency_key": noted.idempotency_key},
            "type": noted.kind,
        }
