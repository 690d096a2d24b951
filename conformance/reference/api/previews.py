"""Previews: the arithmetic of an invoice without the invoice (INV-PRV-001..015)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from conformance.reference.api import (
    changes,
    customers,
    cycles,
    discounts,
    drafts,
    fresh,
    fresh_subscriptions,
    invoices,
    item_lines,
    items,
    prices,
)
from conformance.reference.api.call import found
from conformance.reference.model import calendar
from conformance.reference.model.problems import StripeError, problem, refused

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: Oldest previews are forgotten beyond this many (Stripe keeps them for 72 hours).
MOST_PREVIEWS = 1000
_RENEWING = frozenset({"active", "past_due", "trialing", "unpaid", "incomplete"})
_NAMED = ("subscription", "schedule", "subscription_details", "schedule_details", "invoice_items")


def create(call: Call) -> Body:
    """One-off items on top of what is pending for the customer (INV-PRV-009)."""
    world, sent = call.world, call.params
    if not any(name in sent for name in _NAMED):
        raise refused("POST /v1/invoices/create_preview", "only-customer-given")
    if "schedule" in sent or "schedule_details" in sent:
        raise problem("The reference has no subscription schedules.", param="schedule")
    details = sent.get("subscription_details", {})
    if "subscription" in sent:
        return _keep(world, _of_subscription(call, details))
    if "customer" not in sent:
        return _keep(world, _of_nobody(call))
    if "items" in details:
        return _keep(world, _of_new_subscription(call, details))
    return _keep(world, _of_items(call))


def _of_nobody(call: Call) -> Body:
    """INV-PRV-017: somebody who is no customer yet is one for as long as it takes."""
    world, details = call.world, call.get("customer_details", {})
    named = {name: details[name] for name in ("address", "shipping", "tax_exempt") if details.get(name)}
    call.params["customer"] = customers.create(replace(call, params=named))["id"]
    items_of_subscription = call.get("subscription_details", {})
    row = _of_new_subscription(call, items_of_subscription) if "items" in items_of_subscription else _of_items(call)
    shown = {**row, "customer": None, "_lines": [dict(line) for line in row["_lines"]]}
    world.journal.forget()
    return shown


def _of_items(call: Call) -> Body:
    world, sent = call.world, call.params
    customer = found(world.customers, sent["customer"], "customer", "customer", status=400)
    currency = prices.currency_of(sent["currency"]) if "currency" in sent else _currency(world, customer, sent)
    row = _row(world, customer, currency)
    _fill(call, row, customer)
    drafts.recompute(world, row)
    return row


def upcoming(call: Call) -> Body:
    """The endpoint of versions before basil (INV-PRV-002..004): what the next invoice would be, without an id."""
    world, sent = call.world, call.params
    if "customer" not in sent and "subscription" not in sent:
        raise refused("GET /v1/invoices/upcoming", "no-customer-subscription")
    named: dict[str, str] = {str(name): sent[name] for name in ("customer", "subscription") if name in sent}
    if "subscription" not in sent:
        customer = found(world.customers, sent["customer"], "customer", "customer", status=400)
        rows = [row for row in world.subscriptions.of("customer", customer["id"]) if row["status"] in _RENEWING]
        if not rows and not world.items.has("_pending_for", customer["id"]) and "invoice_items" not in sent:
            raise _none(customer["id"])
        if not rows:
            row = _row(world, customer, _currency(world, customer, sent))
            _fill(call, row, customer)
            drafts.recompute(world, row)
            return _nameless(row, named)
        sent["subscription"] = rows[-1]["id"]
    details = dict(sent.get("subscription_details", {}))
    for name in ("items", "proration_behavior", "proration_date"):
        if f"subscription_{name}" in sent:
            details[name] = sent[f"subscription_{name}"]
    return _nameless(_of_subscription(call, details), named)


def _nameless(row: Body, named: dict[str, str]) -> Body:
    """``named``: by what its lines can be listed."""
    return {**row, "_nameless": f"/v1/invoices/upcoming/lines?{urlencode(named)}"}


def _none(customer: str) -> StripeError:
    """INV-PRV-003."""
    return refused("GET /v1/invoices/upcoming", "nothing-upcoming", f"No upcoming invoices for customer: {customer}")


def _of_subscription(call: Call, details: dict[str, Any]) -> Body:
    """The next invoice of a subscription, perhaps after a change (INV-PRV-007). The change is made, looked at, and
    taken back.
    """
    world = call.world
    subscription = found(world.subscriptions, call.params["subscription"], "subscription", "subscription", status=400)
    ending = details.get("cancel_at_period_end", subscription["cancel_at_period_end"])
    if subscription["status"] not in _RENEWING or (
        ending and not world.items.has("_pending_for", subscription["customer"])
    ):
        raise _none(subscription["customer"])  # INV-PRV-014
    world.journal.watch(subscription)
    changed = {"proration_behavior": "create_prorations", **details}
    if call.get("preview_mode") == "recurring":  # INV-PRV-008
        changed["proration_behavior"] = "none"
    if "items" in details:
        changes.change_items(call, subscription, changed)
    first = cycles.items_of(world, subscription)[0]
    begin, boundary = first["current_period_start"], first["current_period_end"]
    recurring = first["price"]["recurring"]
    until = calendar.period_after(boundary, recurring["interval"], recurring["interval_count"], boundary)
    row = cycles.draft_for(world, subscription, "upcoming", begin, boundary)
    if not ending:
        cycles.put_lines(world, row, subscription, boundary, until)
    return _taken_back(call, row, subscription, boundary)


def _of_new_subscription(call: Call, details: dict[str, Any]) -> Body:
    """INV-PRV-018: what the first invoice of a subscription with these items would be."""
    world = call.world
    sent = {**details, "customer": call.params["customer"], "payment_behavior": "default_incomplete"}
    subscription = fresh_subscriptions.set_up(replace(call, params=sent))
    begin = subscription["created"]
    row = cycles.draft_for(world, subscription, "upcoming", begin, begin)
    until = cycles.items_of(world, subscription)[0]["current_period_end"]
    cycles.put_lines(world, row, subscription, begin, until, trial=subscription["trial_end"] is not None)
    return _taken_back(call, row, subscription, begin)


def _taken_back(call: Call, row: Body, subscription: Body, at: int) -> Body:
    """The draft as a preview of ``at``; all that was done for it is undone."""
    world = call.world
    _fill_sent(call, row, world.customers.rows[subscription["customer"]])
    if "discounts" in call.params:
        row["discounts"] = discounts.apply(world, call.params["discounts"], row, once=False, counts=False)
    drafts.recompute(world, row)
    shown = {
        **row,
        "id": f"upcoming_{row['id']}",
        "created": at,
        "due_date": row["due_date"] and at + row["due_date"] - row["created"],
        "next_payment_attempt": at + invoices.HOUR if row["collection_method"] == "charge_automatically" else None,
        "webhooks_delivered_at": None,
        "auto_advance": True,
        "_draft_of": None,
    }
    shown["_lines"] = [{**line, "invoice": shown["id"]} for line in row["_lines"]]
    world.journal.forget()
    return shown


def _keep(world: World, row: Body) -> Body:
    world.previews.add(row)
    if len(world.previews) > MOST_PREVIEWS:
        world.previews.remove(next(iter(world.previews.rows.values())))
    return row


def _currency(world: World, customer: Body, sent: dict[str, Any]) -> str:
    named = next((item["currency"].lower() for item in sent.get("invoice_items", ()) if "currency" in item), None)
    return str(named or customer["currency"] or world.currency)


def _row(world: World, customer: Body, currency: str) -> Body:
    """INV-PRV-001: a draft that nobody can find in a list."""
    row = fresh.draft(world, customer, currency)
    row["id"] = f"upcoming_{row['id']}"
    row["billing_reason"] = "upcoming"
    row["webhooks_delivered_at"] = None
    row["auto_advance"] = True
    row["next_payment_attempt"] = row["period_end"] + invoices.HOUR  # INV-PRV-011
    row["_draft_of"] = None
    world.journal.born(row)
    return row


def _fill(call: Call, row: Body, customer: Body) -> None:
    """Lines: pending items, then the ones of the call, newest on top."""
    world, sent = call.world, call.params
    named = {item["invoiceitem"] for item in sent.get("invoice_items", ()) if "invoiceitem" in item}
    for item in world.items.of("_pending_for", customer["id"]):
        if item["currency"] == row["currency"] and item["id"] not in named:
            item_lines.show_on(world, row, item)
    _fill_sent(call, row, customer)
    if "discounts" in sent:
        row["discounts"] = discounts.apply(world, sent["discounts"], row, counts=False)
    elif customer["discount"]:
        row["discounts"] = [customer["discount"]["id"]]


def _fill_sent(call: Call, row: Body, customer: Body) -> None:
    """The items that were sent to look at."""
    world = call.world
    for index, one in enumerate(call.get("invoice_items", ())):
        param = f"invoice_items[{index}]"
        if "invoiceitem" in one:
            pending = found(world.items, one["invoiceitem"], "Invoice Item", f"{param}[invoiceitem]", status=400)
            item_lines.show_on(
                world, row, {**pending, **{name: one[name] for name in ("amount", "description") if name in one}}
            )
            continue
        item_lines.show_on(world, row, _passing(world, customer, row, one, param))


def _passing(world: World, customer: Body, row: Body, sent: dict[str, Any], param: str) -> Body:
    """An item that exists for this preview only."""
    item = items.make(world, customer, row["currency"], sent, param)
    world.items.remove(item)
    return item
