"""Events: what happened, newest first (INV-EVT-001)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api.call import Call, found
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.table import Body


def retrieve(call: Call) -> Body:
    return found(call.world.events, call.ids[0], "event")


def listed(call: Call) -> Body:
    """``type`` may end in ``.*``; ``types`` is a list."""
    kind, kinds = call.get("type"), call.get("types")
    equal = {"type": kind} if kind and not kind.endswith("*") else {}
    start = kind[:-1] if kind and kind.endswith("*") else ""
    return pages.page(
        call.world.events,
        call.params,
        "/v1/events",
        noun="event",
        equal=equal,
        keep=lambda row: row["type"].startswith(start) and (kinds is None or row["type"] in kinds),
    )
