"""The life of a subscription in time: its first invoice, renewals, failed payments, expiry, the end
(INV-SUB-001..041).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import (
    closing,
    collection,
    discounts,
    drafts,
    finalization,
    fresh,
    invoices,
    item_lines,
    items,
    pausing,
    subscription_lines,
)
from conformance.reference.model import calendar

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: An incomplete subscription waits this long for its first payment (INV-SUB-007).
INCOMPLETE_FOR = 23 * 3600
ENDED = frozenset({"canceled", "incomplete_expired"})
_DESCRIPTIONS = {
    "subscription_create": "Subscription creation",
    "subscription_cycle": "Subscription update",
    "subscription_update": "Subscription update",
}


def payment_description(invoice: Body) -> str:
    """INV-FIN-009."""
    return _DESCRIPTIONS.get(invoice["billing_reason"], "Payment for Invoice")


def items_of(world: World, subscription: Body) -> list[Body]:
    return world.subscription_items.of("subscription", subscription["id"])


def draft_for(world: World, subscription: Body, reason: str, start: int, end: int) -> Body:
    """A draft of the subscription, with everything pending for it on it (INV-SUB-012); the caller adds the
    subscription's own lines.
    """
    customer = world.customers.rows[subscription["customer"]]
    row = fresh.draft(world, customer, subscription["currency"])
    fresh.attach_to_subscription(row, subscription)
    row.update(
        billing_reason=reason,
        rendering=None,
        period_start=start,
        period_end=end,
        collection_method=subscription["collection_method"],
        _tax_rates=list(subscription["_tax_rates"]),
        default_tax_rates=subscription["default_tax_rates"],
        discounts=_discounts(world, subscription, customer),
    )
    if row["collection_method"] == "send_invoice":
        row["due_date"] = row["created"] + subscription["days_until_due"] * invoices.DAY
    world.invoices.add(row)
    world.journal.born(row)
    swept = [
        item
        for item in world.items.of("_pending_for", customer["id"])
        if item["currency"] == row["currency"] and item["_subscription"] in (None, subscription["id"])
    ]
    items.tell_swept(world, swept)
    for item in swept:
        item_lines.put_on(world, row, item)
    return row


def _discounts(world: World, subscription: Body, customer: Body) -> list[str]:
    """INV-SUB-018, INV-SUB-046: the own discounts win over the customer's; those whose time is over fall away."""
    own = [one for one in subscription["discounts"] if discounts.stands(world, one)]
    if own or not customer["discount"] or not discounts.stands(world, customer["discount"]["id"]):
        return own
    return [customer["discount"]["id"]]


def put_lines(world: World, invoice: Body, subscription: Body, start: int, end: int, *, trial: bool = False) -> None:
    """The subscription's items for the period ``start`` to ``end``, below everything pending."""
    for item in items_of(world, subscription):
        line = subscription_lines.line(world, invoice, subscription, item, start, end, trial=trial)
        invoice["_lines"].append(line)


def finish(world: World, subscription: Body, invoice: Body) -> None:
    """Figures, and the invoice is there."""
    subscription["latest_invoice"] = invoice["id"]
    drafts.recompute(world, invoice)
    world.journal.tell("invoice.created", invoice)


def start(world: World, subscription: Body, behavior: str, version: str) -> Any:
    """The first invoice. Returns the error of a payment that failed, None otherwise (INV-SUB-001, INV-SUB-004..006,
    INV-SUB-008, INV-SUB-013).
    """
    begin = subscription["start_date"]
    trial = subscription["status"] == "trialing"
    first = items_of(world, subscription)[0]
    invoice = draft_for(world, subscription, "subscription_create", begin, begin)
    put_lines(world, invoice, subscription, begin, first["current_period_end"], trial=trial)
    finish(world, subscription, invoice)
    plan_cycle(world, subscription)
    if subscription["collection_method"] == "send_invoice":
        advance_later(world, invoice)
        return None
    return _start_collecting(world, subscription, invoice, behavior, version)


def _start_collecting(world: World, subscription: Body, invoice: Body, behavior: str, version: str) -> Any:
    invoice["auto_advance"] = behavior != "default_incomplete"
    finalization.finalize_draft(world, invoice, payment_description(invoice))
    invoice["next_payment_attempt"] = None
    if invoice["status"] == "paid":
        finalization.tell_finalized(world, invoice)
        return None
    intent = world.payment_intents.rows[invoice["_intent"]]
    world.subscriptions.set(subscription, "status", "incomplete")
    world.plan(subscription, world.now() + INCOMPLETE_FOR, "expire")
    error = None
    method = collection.resolved_method(world, invoice)
    if behavior != "default_incomplete" and method is not None:
        error = collection.attempt(world, invoice, method, version)
        if intent["status"] == "requires_action":
            invoice["attempt_count"] = 0  # INV-SUB-005
    world.journal.tell("invoice.finalized", invoice)
    return error


def advance_later(world: World, invoice: Body) -> None:
    """A draft that is finalized in an hour (INV-SUB-009)."""
    invoice["auto_advance"] = True
    invoices.schedule(world, invoice, {})


def plan_cycle(world: World, subscription: Body) -> None:
    world.plan(subscription, items_of(world, subscription)[0]["current_period_end"], "cycle")


def renew(world: World, identifier: str, at: int) -> None:
    """INV-OBJ-014, INV-SUB-009: the invoice covers the cycle just ended, its lines the one that begins."""
    subscription = world.subscriptions.get(identifier)
    if subscription is None or subscription["status"] in ENDED:
        return
    rows = items_of(world, subscription)
    if rows[0]["current_period_end"] != at:
        return
    if subscription["cancel_at_period_end"] or subscription["status"] == "incomplete":
        end(world, subscription)
        return
    world.journal.watch(subscription)
    begin = rows[0]["current_period_start"]
    recurring = rows[0]["price"]["recurring"]
    if subscription["status"] == "trialing":
        world.subscriptions.set(subscription, "status", "active")
        subscription["billing_cycle_anchor"] = at
    until = calendar.period_after(
        subscription["billing_cycle_anchor"], recurring["interval"], recurring["interval_count"], at
    )
    for row in rows:
        world.journal.watch(row)
        row["current_period_start"], row["current_period_end"] = at, until
    invoice = draft_for(world, subscription, "subscription_cycle", begin, at)
    put_lines(world, invoice, subscription, at, until)
    finish(world, subscription, invoice)
    if collects(subscription):
        advance_later(world, invoice)
    elif subscription["pause_collection"]:
        pausing.settle(world, subscription, invoice)
    plan_cycle(world, subscription)
    world.journal.tell("customer.subscription.updated", subscription)


def collects(subscription: Body) -> bool:
    """INV-SUB-021, INV-SUB-041: drafts of unpaid and paused subscriptions stay where they are."""
    return subscription["status"] != "unpaid" and subscription["pause_collection"] is None


def payment_failed(world: World, invoice: Body) -> None:
    """INV-SUB-022."""
    subscription = world.subscriptions.get(invoice.get("_subscription") or "")
    if subscription is not None and subscription["status"] in ("active", "trialing"):
        world.journal.watch(subscription)
        world.subscriptions.set(subscription, "status", "past_due")
        world.journal.tell("customer.subscription.updated", subscription)


def expire(world: World, identifier: str, _at: int) -> None:
    """INV-SUB-007, INV-TRN-020."""
    subscription = world.subscriptions.get(identifier)
    if subscription is not None and subscription["status"] == "incomplete":
        end(world, subscription)


def cancel_when_due(world: World, identifier: str, at: int) -> None:
    subscription = world.subscriptions.get(identifier)
    if subscription is not None and subscription["status"] not in ENDED and subscription["cancel_at"] == at:
        end(world, subscription)


def end(world: World, subscription: Body) -> None:
    """INV-TRN-019, INV-TRN-020, INV-SUB-020: collection of its invoices stops, pending prorations go, a first invoice
    never paid is void.
    """
    world.journal.watch(subscription)
    incomplete = subscription["status"] == "incomplete"
    world.subscriptions.set(subscription, "status", "incomplete_expired" if incomplete else "canceled")
    now = world.now()
    subscription["canceled_at"] = subscription["canceled_at"] or now
    subscription["ended_at"] = now
    subscription.update(cancel_at=None, cancel_at_period_end=False)
    for invoice in world.invoices.of("_subscription", subscription["id"]):
        if incomplete and invoice["status"] == "open":
            closing.void_open(world, invoice)
        elif invoice["status"] in ("draft", "open"):
            _stop_advancing(world, invoice)
    world.journal.tell("customer.subscription.updated" if incomplete else "customer.subscription.deleted", subscription)
    for item in reversed(world.items.of("_pending_for", subscription["customer"])):
        if item["_subscription"] == subscription["id"] and item["proration"]:
            items.forget(world, item)


def _stop_advancing(world: World, invoice: Body) -> None:
    world.journal.watch(invoice)
    invoice.update(auto_advance=False, automatically_finalizes_at=None, next_payment_attempt=None)
    world.journal.tell("invoice.updated", invoice)
