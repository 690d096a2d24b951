"""Subscriptions: create, update, cancel, list. ``api.fresh_subscriptions`` sets them up; their life in time is in
``api.cycles``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import (
    between,
    changes,
    cycles,
    discounts,
    fresh_subscriptions,
    items,
    pausing,
    prorations,
    rates,
)
from conformance.reference.api.call import found, merge_metadata, or_none
from conformance.reference.model.problems import problem, refused
from conformance.reference.view import pages
from conformance.reference.view.eras import BASIL

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: Recorded at 2020-08-27; no order is known of versions from basil on (INV-EVT-021).
TOLD_ON_CREATE = (
    *("payment_intent.created", "charge.", "payment_intent.", "customer.updated"),
    *("customer.discount.created", "customer.discount.deleted", "invoiceitem."),
    *("invoice.created", "invoice.finalized", "invoice."),
)


def create(call: Call) -> Body:
    world, sent = call.world, call.params
    row = fresh_subscriptions.set_up(call)
    customer, begin = world.customers.rows[row["customer"]], row["created"]
    if row["cancel_at"]:
        world.plan(row, row["cancel_at"], "cancel")
    for index, extra in enumerate(sent.get("add_invoice_items", ())):
        until = cycles.items_of(world, row)[0]["current_period_end"]
        extra = {"period": {"end": until, "start": begin}, **extra}
        item = items.make(world, customer, row["currency"], extra, f"add_invoice_items[{index}]")
        item["_subscription"] = row["id"]
        world.journal.tell("invoiceitem.created", item)
    error = cycles.start(world, row, sent.get("payment_behavior", "allow_incomplete"), call.version)
    if error is not None and sent.get("payment_behavior") == "error_if_incomplete":
        raise _not_started(error)
    world.journal.tell("customer.subscription.created", row)
    if world.version < BASIL:
        world.journal.arrange(TOLD_ON_CREATE)
    return row


def _not_started(error: Any) -> Exception:
    """INV-SUB-006: nothing of the subscription remains."""
    if error.fields.get("code") == "invoice_payment_intent_requires_action":
        message = (
            "Payment for this subscription requires additional user action before it can be completed "
            "successfully. Payment can be completed using "
            "the PaymentIntent associated with its latest invoice. For more details see: https://stripe.com/docs/billing/subscriptions/overview"
        )
        error = refused("POST /v1/subscriptions", "3ds-error_if_incomplete", message)
    error.keeps = False
    failed: Exception = error
    return failed


def retrieve(call: Call) -> Body:
    return found(call.world.subscriptions, call.ids[0], "subscription", "id")


def update(call: Call) -> Body:
    world, sent = call.world, call.params
    row = retrieve(call)
    if row["status"] in ("canceled", "incomplete_expired"):
        raise problem(
            "A canceled subscription can only update its cancellation_details and metadata.",
            param=next(iter(sent), None),
        )
    world.journal.watch(row)
    _set_fields(call, row)
    if sent.get("trial_end") == "now" and row["status"] == "trialing":
        _end_trial(world, row)
    if "items" in sent and {"plan", "quantity"} & sent.keys():
        raise problem("Received both items and quantity parameters. Please pass in only one.")
    if {"plan", "quantity"} & sent.keys():
        only = {name: sent[name] for name in ("plan", "quantity") if name in sent}
        sent["items"] = [{"id": cycles.items_of(world, row)[0]["id"], **only}]
    if "items" in sent:
        changes.change_items(call, row, sent)
    merge_metadata(row, sent.get("metadata"))
    world.journal.tell("customer.subscription.updated", row)
    return row


def _set_fields(call: Call, row: Body) -> None:
    world, sent = call.world, call.params
    customer = world.customers.rows[row["customer"]]
    if "default_payment_method" in sent:
        row["default_payment_method"] = fresh_subscriptions.own_method(call, customer)
    for name in ("collection_method", "days_until_due"):
        if name in sent:
            row[name] = sent[name]
    if "description" in sent:
        row["description"] = or_none(sent["description"])
    if "cancel_at_period_end" in sent:
        row["cancel_at_period_end"] = sent["cancel_at_period_end"]
        row["canceled_at"] = world.now() if sent["cancel_at_period_end"] else None
        reason = "cancellation_requested" if sent["cancel_at_period_end"] else None
        row["cancellation_details"] = {**row["cancellation_details"], "reason": reason}
        row["cancel_at"] = (
            cycles.items_of(world, row)[0]["current_period_end"] if sent["cancel_at_period_end"] else None
        )
    if sent.get("cancel_at"):
        row["cancel_at"] = sent["cancel_at"]
        world.plan(row, sent["cancel_at"], "cancel")
    if "pause_collection" in sent:
        pausing.pause(world, row, sent["pause_collection"])
    between.set_terms(world, row, sent)
    discounts.change_of_subscription(world, row, sent)
    if "default_tax_rates" in sent:
        row["_tax_rates"] = rates.checked_rates(world, sent["default_tax_rates"], "default_tax_rates")
        row["default_tax_rates"] = [items.drop_private(world.tax_rates.rows[one]) for one in row["_tax_rates"]]


def _end_trial(world: World, row: Body) -> None:
    """The first real cycle begins at once."""
    now = world.now()
    row["trial_end"] = now
    for item in cycles.items_of(world, row):
        world.journal.watch(item)
        item["current_period_end"] = now
    cycles.renew(world, row["id"], now)


def cancel(call: Call) -> Body:
    """INV-SUB-019: at once; ``prorate`` credits what was not used, ``invoice_now`` bills what is pending."""
    world = call.world
    row = retrieve(call)
    if row["status"] in ("canceled", "incomplete_expired"):
        raise problem(f"No such subscription: '{row['id']}'", code="resource_missing", param="id", status=404)
    world.journal.watch(row)
    if call.get("prorate") and row["status"] == "active":
        for item in cycles.items_of(world, row):
            prorations.prorate(world, row, item, prorations.part_of(item), None, world.now())
    if call.get("invoice_now"):
        changes.invoice_now(call, row)
    row["cancellation_details"] = {
        **row["cancellation_details"],
        "reason": "cancellation_requested",
        **call.get("cancellation_details", {}),
    }
    cycles.end(world, row)
    return row


def listed(call: Call) -> Body:
    """Canceled ones only when asked for."""
    world, sent = call.world, call.params
    equal: dict[str, Any] = {}
    if "customer" in sent:
        equal["customer"] = found(world.customers, sent["customer"], "customer", "customer", status=400)["id"]
    status = sent.get("status")
    if status not in (None, "all", "ended"):
        equal["status"] = status
    hidden = {None: ("canceled", "incomplete_expired"), "ended": ()}.get(status, ())

    def keep(row: Body) -> bool:
        wanted = (
            row["status"] in ("canceled", "incomplete_expired") if status == "ended" else row["status"] not in hidden
        )
        return wanted and (
            "price" not in sent or any(item["price"]["id"] == sent["price"] for item in cycles.items_of(world, row))
        )

    return pages.page(world.subscriptions, sent, "/v1/subscriptions", noun="subscription", equal=equal, keep=keep)
