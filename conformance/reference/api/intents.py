"""PaymentIntents and charges: the endpoints. What a confirmation does is in ``api.charging``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import charging, payment_methods, settlement
from conformance.reference.api.call import Call, found, merge_metadata, or_none
from conformance.reference.api.prices import currency_of
from conformance.reference.model import money
from conformance.reference.model.problems import missing_param, problem
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.table import Body


#: Since these versions a PaymentIntent without types takes what the account allows, and is captured in the background.
AUTOMATIC_SINCE = "2023-08-16"
ASYNC_SINCE = "2024-04-10"


def create(call: Call) -> Body:
    """A PaymentIntent of its own; with ``confirm`` it is charged at once."""
    world, sent = call.world, call.params
    currency = currency_of(sent["currency"])
    _check_amount(sent["amount"], currency)
    customer = (
        found(world.customers, sent["customer"], "customer", "customer", status=400)["id"]
        if "customer" in sent
        else None
    )
    row = charging.make(world, amount=sent["amount"], currency=currency, customer=customer)
    if "payment_method_types" not in sent and call.version >= AUTOMATIC_SINCE:
        row["automatic_payment_methods"] = {"allow_redirects": "always", "enabled": True}
        row["capture_method"] = "automatic_async" if call.version >= ASYNC_SINCE else "automatic"
    _set_fields(call, row)
    if "payment_method" in sent:
        _use(row, payment_methods.resolve(world, sent["payment_method"], "payment_method"))
    if sent.get("confirm"):
        return _confirm(call, row)
    return row


_NO_ADDRESS = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
_NO_SHIPPING = {"address": None, "carrier": None, "name": None, "phone": None, "tracking_number": None}


def _check_amount(amount: int, currency: str) -> None:
    if amount < 1:
        raise problem(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    least = money.MINIMUM.get(currency, 1)
    if amount < least:
        raise problem(
            f"Amount must be at least {money.shown(least, currency)} {currency}",
            code="amount_too_small",
            param="amount",
        )
    if currency in money.THREE_DECIMAL and amount % 10:  # INV-ARI-038
        raise problem(
            f"Amount must be a multiple of 10 in {currency}", code="parameter_invalid_integer", param="amount"
        )
    if amount > money.MAXIMUM:
        raise problem("Amount must be no more than $999,999.99", code="amount_too_large", param="amount")


def _set_fields(call: Call, row: Body) -> None:
    sent = call.params
    for name in (
        "application_fee_amount",
        "description",
        "on_behalf_of",
        "receipt_email",
        "setup_future_usage",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "capture_method",
    ):
        if name in sent:
            row[name] = or_none(sent[name])
    if "payment_method_types" in sent:
        row["payment_method_types"] = sent["payment_method_types"]
    if "automatic_payment_methods" in sent:
        row["automatic_payment_methods"] = {"allow_redirects": "always", **sent["automatic_payment_methods"]}
    if sent.get("shipping"):
        row["shipping"] = {
            **_NO_SHIPPING,
            **sent["shipping"],
            "address": {**_NO_ADDRESS, **sent["shipping"].get("address", {})},
        }
    merge_metadata(row, sent.get("metadata"))


def _use(row: Body, method: Body) -> None:
    if method["customer"] not in (None, row["customer"]):
        raise problem(
            f"The provided PaymentMethod ({method['id']}) is attached to a customer and cannot be used with this "
            "PaymentIntent.",
            param="payment_method",
        )
    row["payment_method"] = method["id"]
    row["status"] = "requires_confirmation"


def retrieve(call: Call) -> Body:
    return found(call.world.payment_intents, call.ids[0], "payment_intent", "intent")


def update(call: Call) -> Body:
    row = retrieve(call)
    _refuse_default(row, "updated", call.params.keys() - {"metadata", "description", "receipt_email", "shipping"})
    call.world.journal.watch(row)
    if "amount" in call.params:
        row["amount"] = call.params["amount"]
    _set_fields(call, row)
    if "payment_method" in call.params:
        _use(row, payment_methods.resolve(call.world, call.params["payment_method"], "payment_method"))
    return row


def _refuse_default(row: Body, verb: str, fields: Any = True) -> None:
    """INV-PAY-030: the intent of an invoice is the invoice's."""
    if row["_invoice"] and fields:
        raise problem(
            f"This PaymentIntent belongs to an invoice and cannot be {verb} directly. Use the invoice instead.",
            code="payment_intent_invalid_parameter",
        )


def confirm_one(call: Call) -> Body:
    row = retrieve(call)
    if row["status"] in ("succeeded", "canceled"):
        message = (
            "You cannot confirm this PaymentIntent because it has already "
            f"{'succeeded after being previously confirmed' if row['status'] == 'succeeded' else 'been canceled'}."
        )
        raise problem(message, code="payment_intent_unexpected_state")
    call.world.journal.watch(row)
    if "payment_method" in call.params:
        _use(row, payment_methods.resolve(call.world, call.params["payment_method"], "payment_method"))
    return _confirm(call, row)


def _confirm(call: Call, row: Body) -> Body:
    world = call.world
    if row["payment_method"] is None:
        raise missing_param("payment_method")
    method = world.payment_methods.rows[row["payment_method"]]
    charging.confirm(world, row, method)
    if row["status"] == "requires_payment_method":
        raise charging.decline_error(world, row, method, call.version)
    settlement.follow(world, row)
    return row


def cancel_one(call: Call) -> Body:
    row = retrieve(call)
    _refuse_default(row, "canceled")
    if row["status"] in ("succeeded", "canceled"):
        message = (
            f"You cannot cancel this PaymentIntent because it has a status of {row['status']}. Only a "
            "PaymentIntent with one of the following statuses "
            "may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, "
            "processing."
        )
        raise problem(message, code="payment_intent_unexpected_state")
    charging.cancel(call.world, row, call.get("cancellation_reason"))
    settlement.follow(call.world, row)
    return row


def capture_one(call: Call) -> Body:
    row = retrieve(call)
    if row["status"] != "requires_capture":
        message = (
            f"This PaymentIntent could not be captured because it has a status of {row['status']}. "
            "Only a PaymentIntent with one of the following statuses may be captured: requires_capture."
        )
        raise problem(message, code="payment_intent_unexpected_state")
    amount = call.get("amount_to_capture")
    if amount is not None and amount > row["amount_capturable"]:
        raise problem(
            "The amount to capture is greater than the amount that can be captured.", param="amount_to_capture"
        )
    charging.capture(call.world, row, amount)
    settlement.follow(call.world, row)
    return row


def listed(call: Call) -> Body:
    equal = {"customer": call.params["customer"]} if "customer" in call.params else {}
    return pages.page(
        call.world.payment_intents, call.params, "/v1/payment_intents", noun="payment_intent", equal=equal
    )


def retrieve_charge(call: Call) -> Body:
    return found(call.world.charges, call.ids[0], "charge", "charge")


def update_charge(call: Call) -> Body:
    row = retrieve_charge(call)
    call.world.journal.watch(row)
    for name in ("description", "receipt_email", "transfer_group"):
        if name in call.params:
            row[name] = or_none(call.params[name])
    if "shipping" in call.params:
        row["shipping"] = {**_NO_SHIPPING, **call.params["shipping"]} if call.params["shipping"] else None
    merge_metadata(row, call.get("metadata"))
    call.world.journal.tell("charge.updated", row)
    return row


def list_charges(call: Call) -> Body:
    equal: dict[str, Any] = {name: call.params[name] for name in ("customer", "payment_intent") if name in call.params}
    return pages.page(call.world.charges, call.params, "/v1/charges", noun="charge", equal=equal)
