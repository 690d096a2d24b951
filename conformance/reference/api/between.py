"""What is pending for a subscription, billed between its cycles: ``pending_invoice_item_interval`` (INV-SUB-044); and
the amount at which it would be billed, ``billing_thresholds`` (INV-VER-020, INV-SUB-037).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conformance.reference.api import cycles, prices
from conformance.reference.model import calendar
from conformance.reference.model.problems import problem

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: At most a year.
_MOST = {"day": 365, "week": 52, "month": 12, "year": 1}


def set_terms(world: World, subscription: Body, sent: dict[str, Any]) -> None:
    if "pending_invoice_item_interval" in sent:
        set_interval(world, subscription, sent["pending_invoice_item_interval"])
    if "billing_thresholds" in sent:
        set_thresholds(world, subscription, sent["billing_thresholds"])


def set_interval(world: World, subscription: Body, sent: Any) -> None:
    """Counted from now; an empty value ends it."""
    if not sent:
        subscription.update(pending_invoice_item_interval=None, next_pending_invoice_item_invoice=None)
        return
    interval, count = sent["interval"], sent.get("interval_count", 1)
    if count > _MOST[interval]:
        name = "pending_invoice_item_interval[interval_count]"
        raise problem("The interval may be at most one year (1 year, 12 months, 52 weeks, or 365 days).", param=name)
    subscription["pending_invoice_item_interval"] = {"interval": interval, "interval_count": count}
    _plan(world, subscription, world.now())


def _plan(world: World, subscription: Body, begin: int) -> None:
    every = subscription["pending_invoice_item_interval"]
    at = calendar.add(begin, every["interval"], every["interval_count"])
    subscription["next_pending_invoice_item_invoice"] = at
    world.plan(subscription, at, "bill_pending")


def bill(world: World, identifier: str, at: int) -> None:
    """As if an invoice were made for the subscription now: one that advances, where something is pending."""
    subscription = world.subscriptions.get(identifier)
    if subscription is None or subscription["next_pending_invoice_item_invoice"] != at:
        return
    if subscription["status"] in cycles.ENDED:
        return
    world.journal.watch(subscription)
    pending = world.items.of("_pending_for", subscription["customer"])
    if any(item["_subscription"] == subscription["id"] for item in pending):
        begin = cycles.items_of(world, subscription)[0]["current_period_start"]
        invoice = cycles.draft_for(world, subscription, "manual", begin, at)
        cycles.finish(world, subscription, invoice)
        if cycles.collects(subscription):
            cycles.advance_later(world, invoice)
    _plan(world, subscription, at)
    world.journal.tell("customer.subscription.updated", subscription)


def set_thresholds(world: World, subscription: Body, sent: Any) -> None:
    """Kept and shown. Only metered usage could reach them, which has no meters here: the licensed items together must
    stay below.
    """
    if not sent:
        subscription["billing_thresholds"] = None
        return
    amount = sent.get("amount_gte")
    rows = cycles.items_of(world, subscription)
    licensed = sum(
        prices.amount_of(row["price"], Decimal(row["quantity"]))
        for row in rows
        if row["price"]["recurring"]["usage_type"] == "licensed"
    )
    if amount is not None and amount <= licensed:
        message = "The monetary threshold must be greater than the sum of the prices of all licensed items."
        raise problem(message, param="billing_thresholds[amount_gte]")
    reset = sent.get("reset_billing_cycle_anchor", False)
    subscription["billing_thresholds"] = {"amount_gte": amount, "reset_billing_cycle_anchor": reset}
