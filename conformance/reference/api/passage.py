"""The passage of time: what is due happens in order, each at its own moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import between, collection, cycles, finalization, invoices, pausing, settlement, tax_ids
from conformance.reference.model.calendar import days
from conformance.reference.model.problems import StripeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.model.table import Body
    from conformance.reference.model.timeline import Timeline
    from conformance.reference.model.world import World

#: Days between the attempts to collect, counted from the one before (INV-SUB-023: +3, +8, +15 days from creation).
RETRIES = (3, 5, 7)


def catch_up(world: World) -> None:
    """Everything that is due by the server's clock. Costs one comparison when nothing is."""
    run(world, world.timelines[None], world.clock.now())


def run(world: World, timeline: Timeline, until: int) -> None:
    while happening := timeline.next(until):
        world.moment = happening.at
        HAPPENINGS[happening.kind](world, happening.id, happening.at)
        world.journal.close()
    world.moment = None


def _finalize(world: World, identifier: str, at: int) -> None:
    """An hour after its creation a draft that advances is finalized, then collected or sent (INV-FIN-026,
    INV-SUB-010).
    """
    invoice = world.invoices.get(identifier)
    if invoice is None or invoice["status"] != "draft" or invoice["automatically_finalizes_at"] != at:
        return
    try:
        finalization.finalize_draft(world, invoice, cycles.payment_description(invoice))
    except StripeError as error:  # INV-FIN-023
        world.journal.watch(invoice)
        invoice["last_finalization_error"] = dict(error.fields)
        invoice["automatically_finalizes_at"] = at + invoices.HOUR
        world.plan(invoice, at + invoices.HOUR, "finalize")
        world.journal.tell("invoice.finalization_failed", invoice)
        return
    if invoice["status"] == "open" and invoice["collection_method"] == "charge_automatically":
        _attempt(world, invoice)
        world.journal.tell("invoice.finalized", invoice)
        return
    finalization.tell_finalized(world, invoice)
    if invoice["collection_method"] == "send_invoice":
        world.journal.tell("invoice.sent", invoice)


def _collect(world: World, identifier: str, at: int) -> None:
    """The first attempt on an open invoice that was told to advance, or a retry."""
    invoice = world.invoices.get(identifier)
    if invoice is not None and invoice["status"] == "open" and invoice["next_payment_attempt"] == at:
        _attempt(world, invoice)


def _attempt(world: World, invoice: Body) -> None:
    """INV-PAY-025: automatic attempts count one by one; between them the subscription is past due (INV-SUB-022)."""
    world.journal.watch(invoice)
    before = invoice["attempt_count"]
    method = collection.resolved_method(world, invoice)
    if method is not None:
        collection.attempt(world, invoice, method, world.version, counts=False)
    invoice["attempted"] = True
    intent = world.payment_intents.rows[invoice["_intent"]]
    if intent["status"] != "requires_action":  # INV-SUB-040
        invoice["attempt_count"] = before + 1
    if invoice["status"] != "open" or settlement.has_pending(world, invoice):
        return
    retry = RETRIES[before] if before < len(RETRIES) else None
    invoice["next_payment_attempt"] = None if retry is None else world.now() + days(retry)
    if retry is not None:
        world.plan(invoice, invoice["next_payment_attempt"], "collect")
    if method is None:
        world.journal.tell("invoice.updated", invoice)
        world.journal.tell("invoice.payment_failed", invoice)
    cycles.payment_failed(world, invoice)


HAPPENINGS: dict[str, Callable[[World, str, int], None]] = {
    "finalize": _finalize,
    "collect": _collect,
    "cycle": cycles.renew,
    "expire": cycles.expire,
    "cancel": cycles.cancel_when_due,
    "resume": pausing.resume,
    "bill_pending": between.bill,
    "verify": tax_ids.verify,
}


def enter(world: World, ids: tuple[str, ...], params: dict[str, Any]) -> None:
    """Let the request happen at the time of the test clock its objects live under, if they do (INV-SUB-034)."""
    world.moment = None
    if not len(world.test_clocks):
        return
    named = [
        *ids[:1],
        *(
            params[name]
            for name in ("customer", "invoice", "subscription", "test_clock")
            if isinstance(params.get(name), str)
        ),
        *([params["from_invoice"]["invoice"]] if "from_invoice" in params else ()),
    ]
    for identifier in named:
        clock = world.test_clocks.get(_clock_of(world, identifier) or identifier)
        if clock is not None:
            world.moment = clock["frozen_time"]


def _clock_of(world: World, identifier: str) -> str | None:
    """What has no clock itself has that of the object it belongs to."""
    part = world.subscription_items.get(identifier) or world.credit_notes.get(identifier)
    if part is not None:
        identifier = part["subscription"] if part["object"] == "subscription_item" else part["invoice"]
    for table in (world.customers, world.invoices, world.subscriptions, world.items):
        row = table.get(identifier)
        if row is not None:
            clock: str | None = row["test_clock"]
            return clock
    return None
