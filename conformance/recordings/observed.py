"""The statuses one invoice was seen in, judged in the order in which they were seen."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.contract import lifecycle
from conformance.contract.contract import CLIENT_ERROR
from conformance.contract.violation import Violation
from conformance.recordings.model import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.recordings.model import Captured

SHOWING = ("invoice", "list", "event")  # bodies that show the status of invoices as it is then
REMEMBERED = 4096  # invoices whose last status is remembered


class Seen(NamedTuple):
    """The last status of an invoice, and when the event that told it was created (0: not told by an event)."""

    status: str
    created: float


class Statuses:
    """The last status of each invoice, of the `REMEMBERED` seen last."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, Seen] = OrderedDict()

    def judge(self, item: Captured, body: dict[str, Any]) -> Iterator[Violation]:
        """Hold each invoice's status against the one before. Only where the order of what was seen is known."""
        event = body.get("object") == "event"
        if item.status >= CLIENT_ERROR or not (item.ordered or event):
            return
        if header(item.headers, "idempotent-replayed") == "true":
            return
        for path, invoice in _invoices(item, body, event=event):
            identity, status = invoice.get("id"), _status(invoice)
            if type(identity) is not str or not status:
                continue
            created = body.get("created") if event else 0
            before = self._follow(identity, Seen(status, created if isinstance(created, int | float) else 0))
            if before and not lifecycle.allowed(before.status, status):
                message = f"an invoice that was {before.status} is {status}: no call leads from the one to the other"
                yield Violation("lifecycle", lifecycle.REQUIREMENT, path, message, "fail", before.status, status)

    def _follow(self, identity: str, now: Seen) -> Seen | None:
        """Remember ``now``; give what it follows. Events of one second, or delivered late, come in any order."""
        before = self._seen.get(identity)
        if before and now.created and now.created <= before.created:
            return None
        self._seen[identity] = now
        self._seen.move_to_end(identity)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return before


def _status(invoice: dict[str, Any]) -> str:
    status = "deleted" if invoice.get("deleted") is True else invoice.get("status")
    return status if type(status) is str else ""


def _invoices(item: Captured, body: dict[str, Any], *, event: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Invoices that ``body`` shows as they are now: events inside lists are history."""
    if body.get("object") == "list" and item.path.startswith("/v1/events"):
        return
    if event:
        data = body.get("data")
        inner = data.get("object") if type(data) is dict else None
        if type(inner) is dict and inner.get("object") == "invoice" and body.get("type") != "invoice.deleted":
            yield "data.object.status", inner
    elif body.get("object") == "invoice":
        yield "status", body
    elif body.get("object") == "list":
        rows = body.get("data")
        for index, row in enumerate(rows if type(rows) is list else ()):
            if type(row) is dict and row.get("object") == "invoice":
                yield f"data[{index}].status", row
