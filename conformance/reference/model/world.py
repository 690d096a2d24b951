"""One account: everything behind one API key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.model.events import Events
from conformance.reference.model.ids import Minter, fixed
from conformance.reference.model.table import Body, Table, Undo, Written
from conformance.reference.model.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.model.clock import Clock

#: Types that not every version of an account is sent: from which version on, and before which (INV-EVT-005).
SENT_BETWEEN = {"invoiceitem.updated": ("", "2023-08-16"), "invoice_payment.paid": ("2025-03-31.basil", "~")}
#: Beside the ``….updated`` ones.
TELL_WHAT_CHANGED = frozenset(["charge.captured", "charge.refunded"])
#: Told even where nothing is said to have changed: recorded of refunds, whatever was updated.
TELL_ANYWAY = frozenset(["charge.refund.updated"])


class World:
    """The ledger of one account. ``country``, ``name`` and ``currency`` are what Stripe keeps as account settings
    (INV-OBJ-041).
    """

    country = "US"
    name = "Reference"
    currency = "usd"

    def __init__(
        self,
        seed: str,
        key: str,
        clock: Clock,
        version: str,
        snapshot: Callable[[World, Body], bytes],
        previous: Callable[[World, Body, Body, Body], Body],
    ) -> None:
        self.key = key
        self.snapshot = snapshot
        self.previous = previous
        self.clock = clock
        self.version = version
        self.asked = version  # by the request that is being answered
        self.ids = Minter(seed, key)
        self.requests = Minter(seed, f"{key}\0requests")
        undo: Undo = []
        #: Rows as they were last shown, by id, until they change: only a row that is watched, set or removed does.
        self.written: Written = {}

        def table(*indexed: str) -> Table:
            return Table(*indexed, undo=undo, written=self.written)

        self.account = "acct_1" + fixed(seed, key, length=15)
        self.customers = table("email", "test_clock")
        self.deleted_customers: dict[str, Body] = {}
        self.tax_ids = table("customer")
        self.products = table()
        self.prices = table("product", "lookup_key")
        self.tax_rates = table()
        self.coupons = table()
        self.promotion_codes = table("_word")
        self.discounts = table()
        self.shipping_rates = table()
        self.payment_methods = table("customer")
        self.payment_intents = table("customer")
        self.charges = table("customer", "payment_intent")
        self.refunds = table("charge", "payment_intent")
        self.items = table("customer", "invoice", "_pending_for")
        self.invoices = table("customer", "status", "_number", "_subscription", "_draft_of")
        self.previews = table()
        self.invoice_payments = table("invoice", "_intent")
        self.credit_notes = table("customer", "invoice")
        self.balance_transactions = table()
        self.balances = table("customer")
        self.subscriptions = table("customer", "status")
        self.subscription_items = table("subscription")
        self.log = Events(self.ids, version)
        self.test_clocks = table()
        self.timelines: dict[str | None, Timeline] = {None: Timeline()}
        self.moment: int | None = None
        self.prefixes: dict[str, str] = {}  # invoice_prefix -> customer
        self.lost_items: set[str] = set()  # items whose draft was deleted with them
        self.adhoc: dict[Any, str] = {}  # what an amount without a price stands on -> its generated price
        self.listener: Callable[[Body], None] | None = None  # hears of every event
        self.journal = Journal(self, undo)

    @property
    def events(self) -> Table:
        return self.log.written()

    def now(self) -> int:
        """The moment of the request: the server's clock, or that of the test clock the request is about."""
        return self.clock.now() if self.moment is None else self.moment

    def plan(self, row: Body, at: int, kind: str) -> None:
        """Let ``kind`` happen to ``row`` at ``at``, on the timeline the row lives on."""
        timeline = self.timelines.get(row["test_clock"])
        if timeline is not None:  # a deleted clock takes its future with it
            timeline.plan(at, kind, row["id"])

    def new(self, prefix: str) -> str:
        return self.ids.new(prefix)


class Journal:
    """What one request has done, until it is told as events, or undone because the request is refused.

    Event snapshots are taken when the request is over: each shows the end state (INV-EVT-010, INV-EVT-021).
    """

    __slots__ = ("_before", "_born", "_since", "_told", "_undo", "_world", "idempotency_key", "request_id", "shown")

    def __init__(self, world: World, undo: Undo) -> None:
        self._world = world
        self._before: dict[str, tuple[Body, Body]] = {}
        self._since: dict[str, Body] = {}
        self._born: set[str] = set()
        self._told: list[tuple[str, Body]] = []
        self._undo = undo
        #: What the answer says about a row, where events say the same: (object, id), JSON.
        self.shown: tuple[tuple[str, str], bytes] | None = None
        self.request_id: str | None = None
        self.idempotency_key: str | None = None

    def born(self, row: Body) -> None:
        """``row`` is new in this request: there is no earlier state to remember."""
        self._born.add(row["id"])

    def is_born(self, row: Body) -> bool:
        return row["id"] in self._born

    def watched(self, kind: str) -> list[Body]:
        """The rows of ``kind`` that this request has changed, as they were before."""
        return [before for row, before in self._before.values() if before["object"] == kind]

    def watch(self, row: Body) -> None:
        """Remember how ``row`` looks before this request changes it. Nothing else may change a row."""
        self._world.written.pop(row["id"], None)
        if row["id"] not in self._before and row["id"] not in self._born:
            self._before[row["id"]] = (row, _copy(row))

    def restart(self, row: Body) -> None:
        """What events call changed counts from here; undoing still goes back to where the request began."""
        self._since[row["id"]] = _copy(row)

    def earlier(self, row: Body) -> Body:
        """``row`` as it was before what events call changed; ``row`` itself when nothing is."""
        watched = self._before.get(row["id"])
        return self._since.get(row["id"]) or (watched[1] if watched else row)

    def tell(self, kind: str, row: Body) -> None:
        """Note the event ``kind`` about ``row``; ``….updated`` events that turn out to change nothing are not sent
        (INV-EDT-030).
        """
        self._told.append((kind, row))

    def replaces(self, row: Body, old: Body, noted: str, kind: str) -> None:
        """``row`` took the place of ``old``: what was ``noted`` of it is told as ``kind``, with what ``old`` had."""
        self._told = [(kind if told == noted and one is row else told, one) for told, one in self._told]
        self._since[row["id"]] = old

    def arrange(self, order: tuple[str, ...]) -> None:
        """Tell what was noted in this order of the beginnings of types; equals stay as they were noted."""
        starts = (*order, "")
        self._told.sort(key=lambda told: next(rank for rank, start in enumerate(starts) if told[0].startswith(start)))

    def forget(self) -> None:
        """The request is refused: everything is as it was before."""
        for step, arguments in reversed(self._undo):
            step(*arguments)
        for row, before in self._before.values():
            row.clear()
            row.update(before)
        self._told.clear()
        self.shown = None
        self.close()

    def close(self) -> None:
        """Turn the notes into events."""
        snapshots: dict[tuple[str, str], bytes] = {}
        if self.shown is not None:
            snapshots[self.shown[0]] = self.shown[1]
            self.shown = None
        for kind, row in self._told:
            self._record(kind, row, snapshots)
        self._told.clear()
        self._since.clear()
        self._before.clear()
        self._born.clear()
        self._undo.clear()

    def _record(self, kind: str, row: Body, snapshots: dict[tuple[str, str], bytes]) -> None:
        world = self._world
        since, until = SENT_BETWEEN.get(kind, ("", "~"))
        if not since <= world.version < until:
            return
        previous = None
        if kind.endswith(".updated") or kind in TELL_WHAT_CHANGED:
            before = self.earlier(row)
            previous = world.previous(world, before, row, _changed(before, row))
            if not previous and kind not in TELL_ANYWAY:
                return
        name = row["object"], row["id"]  # a plan has the id of its price
        shown = snapshots.get(name)
        if shown is None:
            shown = snapshots[name] = world.snapshot(world, row)
        world.log.note(kind, world.clock.now(), shown, previous, self.request_id, self.idempotency_key)
        if world.listener is not None:
            world.listener(world.log.newest())


def _copy(row: Body) -> Body:
    """What a row holds is never changed in place but replaced, all but the lines: they are rows themselves."""
    copy = row.copy()
    if "_lines" in row:
        copy["_lines"] = [line.copy() for line in row["_lines"]]
    return copy


def _counted(lines: list[Body]) -> Body:
    """What a list of lines says of itself."""
    return {"has_more": len(lines) > 10, "total_count": len(lines)}


def _changed(before: Body, row: Body) -> Body:
    """Earlier values of what differs; inside nested objects only what differs there."""
    changed: Body = {}
    for key in [key for key, old in before.items() if row.get(key) is not old]:
        old, new = before[key], row.get(key)
        if old == new or (key[0] == "_" and key != "_lines"):
            continue
        if key == "_lines":
            shown = [{name: value for name, value in line.items() if name[0] != "_"} for line in old[:10]]
            was, now = _counted(old), _counted(row["_lines"])
            changed["lines"] = {"data": shown, **{name: value for name, value in was.items() if value != now[name]}}
        elif key == "metadata" and isinstance(new, dict):  # what was not there yet was null
            changed[key] = {name: old.get(name) for name in (*old, *new) if old.get(name) != new.get(name)}
        elif isinstance(old, dict) and isinstance(new, dict):
            changed[key] = {name: value for name, value in old.items() if new.get(name) != value}
        else:
            changed[key] = old
    return changed
