"""Previews: the arithmetic of an invoice without the invoice (INV-PRV-001..015)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import catalog, drafts, invoices, items, rates
from conformance.reference.api.call import found
from conformance.reference.model.problems import problem, refused

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: Oldest previews are forgotten beyond this many (Stripe keeps them for 72 hours).
MOST_PREVIEWS = 1000
_NAMED = ("subscription", "schedule", "subscription_details", "schedule_details", "invoice_items")


def create(call: Call) -> Body:
    """One-off items on top of what is pending for the customer (INV-PRV-009)."""
    world, sent = call.world, call.params
    if "customer" not in sent and "subscription" not in sent:
        raise refused("GET /v1/invoices/upcoming", "no-customer-subscription")
    if not any(name in sent for name in _NAMED):
        raise refused("POST /v1/invoices/create_preview", "only-customer-given")
    if "schedule" in sent or "schedule_details" in sent:
        raise problem("The reference has no subscription schedules.", param="schedule")
    if "subscription" in sent:
        found(world.subscriptions, sent["subscription"], "subscription", "subscription", status=400)
    customer = found(world.customers, sent["customer"], "customer", "customer", status=400)
    currency = catalog.currency_of(sent["currency"]) if "currency" in sent else _currency(world, customer, sent)
    row = _row(world, customer, currency)
    _fill(call, row, customer)
    drafts.recompute(world, row)
    world.previews.add(row)
    if len(world.previews) > MOST_PREVIEWS:
        world.previews.remove(next(iter(world.previews.rows.values())))
    return row


def _currency(world: World, customer: Body, sent: dict[str, Any]) -> str:
    named = next((item["currency"].lower() for item in sent.get("invoice_items", ()) if "currency" in item), None)
    return str(named or customer["currency"] or world.currency)


def _row(world: World, customer: Body, currency: str) -> Body:
    """INV-PRV-001: a draft that nobody can find in a list."""
    row = invoices.draft(world, customer, currency)
    row["id"] = f"upcoming_{row['id']}"
    row["billing_reason"] = "upcoming"
    row["webhooks_delivered_at"] = None
    row["auto_advance"] = True
    row["next_payment_attempt"] = row["period_end"] + invoices.HOUR  # INV-PRV-011
    row["_draft_of"] = None
    return row


def _fill(call: Call, row: Body, customer: Body) -> None:
    """Lines: pending items, then the ones of the call, newest on top."""
    world, sent = call.world, call.params
    named = {item["invoiceitem"] for item in sent.get("invoice_items", ()) if "invoiceitem" in item}
    for item in world.items.of("_pending_for", customer["id"]):
        if item["currency"] == row["currency"] and item["id"] not in named:
            items.show_on(world, row, item)
    for index, one in enumerate(sent.get("invoice_items", ())):
        param = f"invoice_items[{index}]"
        if "invoiceitem" in one:
            pending = found(world.items, one["invoiceitem"], "Invoice Item", f"{param}[invoiceitem]", status=400)
            items.show_on(
                world, row, {**pending, **{name: one[name] for name in ("amount", "description") if name in one}}
            )
            continue
        items.show_on(world, row, _passing(world, customer, row, one, param))
    if "discounts" in sent:
        row["discounts"] = rates.discounts(world, sent["discounts"], row)
    elif customer["discount"]:
        row["discounts"] = [customer["discount"]["id"]]


def _passing(world: World, customer: Body, row: Body, sent: dict[str, Any], param: str) -> Body:
    """An item that exists for this preview only."""
    item = items.make(world, customer, row["currency"], sent, param)
    world.items.remove(item)
    return item
