"""A fresh subscription: every key it has, its items and discounts, before anything of it is billed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import between, changes, discounts, items, rates
from conformance.reference.api.call import clean_metadata, found, or_none
from conformance.reference.model.problems import missing_param, problem, refused

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body

DAY = 86400
FLEXIBLE_SINCE = "2025-09-30.clover"


def set_up(call: Call) -> Body:
    """A subscription with its items and discounts, before anything of it is billed."""
    world, sent = call.world, call.params
    for name in ("customer", "items"):
        if name not in sent:
            raise missing_param(name)
    customer = found(world.customers, sent["customer"], "customer", "customer", status=400)
    priced = [changes.price_of(world, one, f"items[{index}]") for index, one in enumerate(sent["items"])]
    begin = world.now()
    trial_end = _trial_end(sent, begin)
    row = _row(call, customer, priced[0]["currency"], begin, trial_end)
    _check_collection(row, customer, sent)
    world.subscriptions.add(row)
    world.journal.born(row)
    for index, (one, price) in enumerate(zip(sent["items"], priced, strict=True)):
        changes.add_item(world, row, one, price, trial_end, f"items[{index}]")
    row["discounts"] = discounts.of_subscription(world, row, sent)
    between.set_terms(world, row, sent)
    items.take_currency(world, customer, row["currency"])
    if trial_end:
        world.subscriptions.set(row, "status", "trialing")
    return row


def _row(call: Call, customer: Body, currency: str, begin: int, trial_end: int | None) -> Body:
    world, sent = call.world, call.params
    tax_rates = rates.checked_rates(world, sent.get("default_tax_rates"), "default_tax_rates")
    return {
        "id": world.new("sub_"),
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": trial_end or begin,
        "billing_cycle_anchor_config": None,
        "billing_mode": _billing_mode(call, begin),
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": sent.get("cancel_at"),
        "cancel_at_period_end": sent.get("cancel_at_period_end", False),
        "canceled_at": begin if sent.get("cancel_at_period_end") else None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": sent.get("collection_method", "charge_automatically"),
        "created": begin,
        "currency": currency,
        "customer": customer["id"],
        "customer_account": None,
        "days_until_due": sent.get("days_until_due"),
        "default_payment_method": own_method(call, customer),
        "default_source": None,
        "default_tax_rates": [items.drop_private(world.tax_rates.rows[one]) for one in tax_rates],
        "description": or_none(sent.get("description")),
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": None,
        "latest_invoice": None,
        "livemode": False,
        "metadata": clean_metadata(sent.get("metadata")),
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": begin,
        "status": "active",
        "test_clock": customer["test_clock"],
        "transfer_data": None,
        "trial_end": trial_end,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": begin if trial_end else None,
        "_tax_rates": tax_rates,
    }


def _billing_mode(call: Call, begin: int) -> Body:
    """INV-SUB-026: flexible by itself since clover, classic before; or what is asked for."""
    asked = call.params.get("billing_mode")
    kind = asked.get("type") if isinstance(asked, dict) else None
    if (kind or ("flexible" if call.version >= FLEXIBLE_SINCE else "classic")) == "classic":
        return {"flexible": None, "type": "classic"}
    return {"flexible": {"proration_discounts": "included"}, "type": "flexible", "updated_at": begin}


def _trial_end(sent: dict[str, Any], begin: int) -> int | None:
    if "trial_period_days" in sent:
        return begin + int(sent["trial_period_days"]) * DAY if sent["trial_period_days"] else None
    end = sent.get("trial_end")
    return None if end in (None, "now") or end <= begin else int(end)


def _check_collection(row: Body, customer: Body, sent: dict[str, Any]) -> None:
    """INV-SUB-003."""
    if row["collection_method"] == "send_invoice":
        if row["days_until_due"] is None:
            raise problem(
                "You must pass `days_until_due` when creating a subscription with `collection_method` set to "
                "`send_invoice`."
            )
        return
    methods = (
        row["default_payment_method"],
        customer["invoice_settings"]["default_payment_method"],
        customer["default_source"],
    )
    if any(methods) or row["trial_end"] or sent.get("payment_behavior") == "default_incomplete":
        return
    message = (
        "This customer has no attached payment source or default payment method. Please consider adding a "
        "default payment method. For more "
        "information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority."
    )
    raise refused("POST /v1/subscriptions", "no-payment-method", message)


def own_method(call: Call, customer: Body) -> str | None:
    identifier = call.get("default_payment_method")
    if not identifier:
        return None
    method = call.world.payment_methods.get(identifier)
    if method is None or method["customer"] != customer["id"]:
        raise problem(
            f"The customer does not have a payment method with the ID {identifier}. The payment method must be "
            "attached to the customer.",
            code="resource_missing",
            param="default_payment_method",
        )
    return str(identifier)
