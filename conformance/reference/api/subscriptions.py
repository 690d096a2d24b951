"""Subscriptions: create, update, cancel, list. Their life in time is in ``api.cycles``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import catalog, collection, cycles, items, prorations, rates
from conformance.reference.api.call import clean_metadata, found, merge_metadata, or_none
from conformance.reference.model import calendar
from conformance.reference.model.problems import missing_param, problem, refused
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

DAY = 86400
#: From this version on new subscriptions are billed flexibly.
FLEXIBLE = "2025-09-30.clover"


def create(call: Call) -> Body:
    world, sent = call.world, call.params
    for name in ("customer", "items"):
        if name not in sent:
            raise missing_param(name)
    customer = found(world.customers, sent["customer"], "customer", "customer", status=400)
    priced = [_price(world, one, f"items[{index}]") for index, one in enumerate(sent["items"])]
    begin = world.now()
    trial_end = _trial_end(sent, begin)
    row = _row(call, customer, priced[0]["currency"], begin, trial_end)
    _check_collection(row, customer, sent)
    world.subscriptions.add(row)
    row["discounts"] = rates.discounts(world, rates.by_coupon(sent) or sent.get("discounts"), row, once=False)
    for index, (one, price) in enumerate(zip(sent["items"], priced, strict=True)):
        _add_item(world, row, one, price, trial_end, f"items[{index}]")
    items.take_currency(world, customer, row["currency"])
    if trial_end:
        world.subscriptions.set(row, "status", "trialing")
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


def _price(world: World, sent: dict[str, Any], param: str) -> Body:
    if "price_data" in sent:
        return catalog.inline_price(world, sent["price_data"], f"{param}[price_data]")
    name = "plan" if "plan" in sent else "price"  # the older word for the same thing
    if name not in sent:
        raise missing_param(f"{param}[price]")
    price = found(world.prices, sent[name], name, f"{param}[{name}]", status=400)
    if price["type"] != "recurring":
        message = (
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`."
        )
        raise problem(message, param=f"{param}[price]")
    return price


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
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible", "updated_at": begin},
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
        "default_payment_method": _own_method(call, customer),
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


def _own_method(call: Call, customer: Body) -> str | None:
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


def _add_item(
    world: World, subscription: Body, sent: dict[str, Any], price: Body, trial_end: int | None, param: str
) -> Body:
    recurring = price["recurring"]
    now = world.now()
    end = trial_end or calendar.period_after(
        subscription["billing_cycle_anchor"], recurring["interval"], recurring["interval_count"], now
    )
    tax_rates = rates.checked_rates(world, sent.get("tax_rates"), f"{param}[tax_rates]")
    row: Body = {
        "id": world.new("si_"),
        "object": "subscription_item",
        "billed_until": None,
        "billing_thresholds": None,
        "created": now,
        "current_period_end": end,
        "current_period_start": now,
        "discounts": [],
        "metadata": clean_metadata(sent.get("metadata")),
        "price": price,
        "quantity": sent.get("quantity", 1),
        "subscription": subscription["id"],
        "tax_rates": [items.drop_private(world.tax_rates.rows[one]) for one in tax_rates],
        "_tax_rates": tax_rates,
    }
    world.subscription_items.add(row)
    row["discounts"] = rates.discounts(
        world, sent.get("discounts"), subscription, param=f"{param}[discounts]", once=False
    )
    return row


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
        change_items(call, row, sent)
    merge_metadata(row, sent.get("metadata"))
    world.journal.tell("customer.subscription.updated", row)
    return row


def _set_fields(call: Call, row: Body) -> None:
    world, sent = call.world, call.params
    customer = world.customers.rows[row["customer"]]
    if "default_payment_method" in sent:
        row["default_payment_method"] = _own_method(call, customer)
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
        row["pause_collection"] = {"resumes_at": None, **sent["pause_collection"]} if sent["pause_collection"] else None
    if "discounts" in sent:
        row["discounts"] = rates.discounts(world, sent["discounts"], row, once=False)
    if "default_tax_rates" in sent:
        row["_tax_rates"] = rates.checked_rates(world, sent["default_tax_rates"], "default_tax_rates")
        row["default_tax_rates"] = [items.drop_private(world.tax_rates.rows[one]) for one in row["_tax_rates"]]


def _end_trial(world: World, row: Body) -> None:
    """The first real cycle begins at once."""
    now = world.now()
    row["trial_end"] = now
    for item in cycles.items_of(world, row):
        item["current_period_end"] = now
    cycles.renew(world, row["id"], now)


def change_items(call: Call, row: Body, sent: dict[str, Any]) -> None:
    """Quantity and price changes; how they are billed is ``proration_behavior`` (INV-SUB-014)."""
    world = call.world
    at = sent.get("proration_date", world.now())
    behavior = sent.get("proration_behavior", "create_prorations")
    trial = row["status"] == "trialing"
    made: list[Body] = []
    if sent.get("billing_cycle_anchor") == "now" or (call.version < FLEXIBLE and _new_interval(world, sent)):
        _restart(call, row, sent, at, prorated=behavior != "none" and not trial)
        return
    for index, one in enumerate(sent["items"]):
        made += _change_item(world, row, one, f"items[{index}]", at, prorated=behavior != "none" and not trial)
    if behavior == "always_invoice" and made:
        _invoice_now(call, row)


def _new_interval(world: World, sent: dict[str, Any]) -> bool:
    """In classic billing a new cycle begins with another interval; flexible billing keeps the anchor (INV-SUB-026)."""
    for index, one in enumerate(sent["items"]):
        known = world.subscription_items.get(one.get("id", ""))
        if known is None or not {"price", "price_data", "plan"} & one.keys():
            continue
        new = _price(world, one, f"items[{index}]")["recurring"]
        old = known["price"]["recurring"]
        if (new["interval"], new["interval_count"]) != (old["interval"], old["interval_count"]):
            return True
    return False


def _restart(call: Call, row: Body, sent: dict[str, Any], at: int, *, prorated: bool) -> None:
    """What was paid and not used comes back, the new cycle is billed in full, at once."""
    world = call.world
    if prorated:
        for item in cycles.items_of(world, row):
            prorations.prorate(world, row, item, prorations.Part(item["price"], item["quantity"]), None, at)
    for index, one in enumerate(sent["items"]):
        _change_item(world, row, one, f"items[{index}]", at, prorated=False)
    now = world.now()
    row["billing_cycle_anchor"] = now
    for item in cycles.items_of(world, row):
        recurring = item["price"]["recurring"]
        item["current_period_start"] = now
        item["current_period_end"] = calendar.add(now, recurring["interval"], recurring["interval_count"])
    cycles.plan_cycle(world, row)
    _invoice_now(call, row, with_cycle=True)


def _change_item(world: World, row: Body, sent: dict[str, Any], param: str, at: int, *, prorated: bool) -> list[Body]:
    if "id" not in sent:
        _add_item(
            world,
            row,
            sent,
            _price(world, sent, param),
            row["trial_end"] if row["status"] == "trialing" else None,
            param,
        )
        return []
    item = found(world.subscription_items, sent["id"], "subscription item", f"{param}[id]", status=400)
    world.journal.watch(item)
    old = prorations.Part(item["price"], item["quantity"])
    if sent.get("deleted"):
        made = prorations.prorate(world, row, item, old, None, at) if prorated else []
        world.subscription_items.remove(item)
        return made
    price = _price(world, sent, param) if {"price", "price_data", "plan"} & sent.keys() else item["price"]
    quantity: int = sent["quantity"] if "quantity" in sent else item["quantity"]
    new = prorations.Part(price, quantity)
    merge_metadata(item, sent.get("metadata"))
    if (new.price["id"], new.quantity) == (old.price["id"], old.quantity):
        return []
    until = _until(row, item, new, at)
    made = prorations.prorate(world, row, item, old, new, at, until) if prorated else []
    item["price"], item["quantity"] = new.price, new.quantity
    if until != item["current_period_end"]:
        item["current_period_end"] = until
        cycles.plan_cycle(world, row)
    return made


def _until(row: Body, item: Body, new: prorations.Part, at: int) -> int:
    """When the period of the changed item ends: where it did, unless the interval is another one."""
    old, recurring = item["price"]["recurring"], new.price["recurring"]
    if (old["interval"], old["interval_count"]) == (recurring["interval"], recurring["interval_count"]):
        return int(item["current_period_end"])
    return calendar.period_after(row["billing_cycle_anchor"], recurring["interval"], recurring["interval_count"], at)


def _invoice_now(call: Call, row: Body, *, with_cycle: bool = False) -> None:
    """What is pending is billed at once; ``with_cycle`` also the cycle that begins now."""
    world = call.world
    now = world.now()
    begin = cycles.items_of(world, row)[0]["current_period_start"]
    invoice = cycles.draft_for(world, row, "subscription_update", begin, now)
    if with_cycle:
        first = cycles.items_of(world, row)[0]
        cycles.put_lines(world, invoice, row, first["current_period_start"], first["current_period_end"])
    cycles.finish(world, row, invoice)
    if row["collection_method"] == "send_invoice":
        cycles.advance_later(world, invoice)
        return
    invoice["auto_advance"] = True
    collection.finalize_draft(world, invoice, cycles.payment_description(invoice))
    if invoice["status"] == "open":
        method = collection.resolved_method(world, invoice)
        if method is not None:
            collection.attempt(world, invoice, method, call.version)
        world.journal.tell("invoice.finalized", invoice)
    else:
        collection.tell_finalized(world, invoice)
    if invoice["status"] == "open":
        cycles.payment_failed(world, invoice)


def cancel(call: Call) -> Body:
    """INV-SUB-019: at once; ``prorate`` credits what was not used, ``invoice_now`` bills what is pending."""
    world = call.world
    row = retrieve(call)
    if row["status"] in ("canceled", "incomplete_expired"):
        raise problem(f"No such subscription: '{row['id']}'", code="resource_missing", param="id", status=404)
    world.journal.watch(row)
    if call.get("prorate") and row["status"] == "active":
        for item in cycles.items_of(world, row):
            prorations.prorate(world, row, item, prorations.Part(item["price"], item["quantity"]), None, world.now())
    if call.get("invoice_now"):
        _invoice_now(call, row)
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
