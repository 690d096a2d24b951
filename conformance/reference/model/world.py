"""One account: everything behind one API key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from conformance.reference.model.ids import Minter, fixed
from conformance.reference.model.table import Body, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.model.clock import Clock

#: Oldest events are forgotten beyond this many (Stripe keeps 30 days).
MOST_EVENTS = 20_000


class World:
    """The ledger of one account. ``country``, ``name`` and ``currency`` are what Stripe keeps as account settings (INV-OBJ-041)."""

    country = "US"
    name = "Reference"
    currency = "usd"

    def __init__(
        self, seed: str, key: str, clock: Clock, version: str, snapshot: Callable[[World, Body], bytes]
    ) -> None:
        self.key = key
        self.snapshot = snapshot
        self.clock = clock
        self.version = version
        self.ids = Minter(seed, key)
        self.requests = Minter(seed, f"{key}\0requests")
        self.account = "acct_1" + fixed(seed, key, length=15)
        self.customers = Table("email")
        self.deleted_customers: dict[str, Body] = {}
        self.products = Table()
        self.prices = Table("product", "lookup_key", "_hidden")
        self.tax_rates = Table()
        self.coupons = Table()
        self.promotion_codes = Table("code")
        self.discounts = Table()
        self.shipping_rates = Table()
        self.payment_methods = Table("customer")
        self.payment_intents = Table("customer")
        self.charges = Table("customer", "payment_intent")
        self.refunds = Table("charge", "payment_intent")
        self.items = Table("customer", "invoice", "_pending_for")
        self.invoices = Table("customer", "status", "number", "_subscription", "_draft_of")
        self.previews = Table()
        self.invoice_payments = Table("invoice", "_intent")
        self.credit_notes = Table("customer", "invoice")
        self.balances = Table("customer")
        self.subscriptions = Table("customer", "status")
        self.events = Table("type")
        self.prefixes: dict[str, str] = {}  # invoice_prefix -> customer
        self.lost_items: set[str] = set()  # items whose draft was deleted with them
        self.adhoc: dict[Any, str] = {}  # what an amount without a price stands on -> its generated price
        self.journal = Journal(self)

    def now(self) -> int:
        return self.clock.now()

    def new(self, prefix: str) -> str:
        return self.ids.new(prefix)


class Journal:
    """What one request has done, until it is told as events. Snapshots are taken when the request is over: each shows the end state (INV-EVT-010, INV-EVT-021)."""

    __slots__ = ("_before", "_told", "_world", "idempotency_key", "request_id")

    def __init__(self, world: World) -> None:
        self._world = world
        self._before: dict[str, Body] = {}
        self._told: list[tuple[str, Body]] = []
        self.request_id: str | None = None
        self.idempotency_key: str | None = None

    def watch(self, row: Body) -> None:
        """Remember how ``row`` looked before this request first changed it."""
        if row["id"] not in self._before:
            self._before[row["id"]] = _frozen(row)

    def tell(self, kind: str, row: Body) -> None:
        """Note the event ``kind`` about ``row``; ``….updated`` events that turn out to change nothing are not sent (INV-EDT-030)."""
        self._told.append((kind, row))

    def close(self) -> None:
        """Turn the notes into events."""
        if self._told:
            snapshots: dict[str, bytes] = {}
            for kind, row in self._told:
                self._record(kind, row, snapshots)
            self._told.clear()
        self._before.clear()

    def _record(self, kind: str, row: Body, snapshots: dict[str, bytes]) -> None:
        world = self._world
        data: Body = {}
        if kind.endswith(".updated"):
            data["previous_attributes"] = previous = _changed(self._before.get(row["id"], {}), row)
            if not previous:
                return
        shown = snapshots.get(row["id"])
        if shown is None:
            shown = snapshots[row["id"]] = world.snapshot(world, row)
        world.events.add(
            {
                "id": world.new("evt_"),
                "object": "event",
                "api_version": world.version,
                "created": world.now(),
                "data": {"object": orjson.Fragment(shown), **data},
                "livemode": False,
                "pending_webhooks": 0,
                "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
                "type": kind,
            }
        )
        if len(world.events) > MOST_EVENTS:
            world.events.remove(next(iter(world.events.rows.values())))


def _frozen(row: Body) -> Body:
    """A copy deep enough to see what changed: nested objects are copied once, lines by their rows."""
    copy = {key: dict(value) if isinstance(value, dict) else value for key, value in row.items() if key[0] != "_"}
    if "_lines" in row:
        copy["lines"] = [{key: value for key, value in line.items() if key[0] != "_"} for line in row["_lines"]]
    return copy


def _changed(before: Body, row: Body) -> Body:
    """Earlier values of what differs; inside nested objects only what differs there."""
    now = _frozen(row)
    changed: Body = {}
    for key, old in before.items():
        new = now.get(key)
        if old == new:
            continue
        if key == "lines":
            changed[key] = {
                "object": "list",
                "data": old[:10],
                "has_more": len(old) > 10,
                "total_count": len(old),
                "url": f"/v1/invoices/{row['id']}/lines",
            }
        elif isinstance(old, dict) and isinstance(new, dict) and key != "metadata":
            changed[key] = {name: value for name, value in old.items() if new.get(name) != value}
        else:
            changed[key] = old
    return changed
