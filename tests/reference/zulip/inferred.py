"""What must have been sent, told from what was answered: a row for each method of the SDK.

A parameter comes back in the answer; which fields those are is said beside it, and they are not counted as equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.reference.zulip.recorded import Body, hollow

DAYS_UNTIL_DUE = 30
#: The card of a test token by its last digits.
TOKENS = {
    "4242": "tok_visa",
    "4444": "tok_mastercard",
    "0341": "tok_chargeCustomerFail",
    "0002": "tok_chargeDeclined",
    "9987": "tok_visa_chargeDeclinedLostCard",
}


class Sent(NamedTuple):
    """Parameters, and the paths of the answer that say no more than they do."""

    params: Body
    given: frozenset[str]


Own = Callable[[str, Any], str]  # the target's name for a recorded one, by its prefix


def _said(body: Body, *keys: str) -> Body:
    return {key: body[key] for key in keys if body.get(key) not in (None, "", [], {}) and not hollow(body[key])}


def _sent(params: Body, *also: str) -> Sent:
    return Sent(params, frozenset(params) | frozenset(also))


def customer(body: Body, own: Own) -> Sent:
    params = _said(body, "description", "email", "metadata", "name", "address", "phone")
    also = []
    method = (body.get("invoice_settings") or {}).get("default_payment_method")
    if method:
        params["invoice_settings"] = {"default_payment_method": own("pm_", method)}
        also = ["invoice_settings.default_payment_method"]
    sent = _sent(params, *also)
    return sent._replace(given=sent.given - {"invoice_settings"})


def payment_method(body: Body, _own: Own) -> Sent:
    params: Body = {"type": "card", "card": {"token": TOKENS[body["card"]["last4"]]}}
    details = body["billing_details"]
    said = _said(details, "name", "email", "phone")
    if address := _said(details["address"] or {}, "city", "country", "line1", "line2", "postal_code", "state"):
        said["address"] = address
    if said:
        params["billing_details"] = said
    return Sent(params, frozenset({"billing_details", "card.last4", "type"} if said else {"card.last4", "type"}))


def invoice(body: Body, own: Own) -> Sent:
    params = _said(body, "collection_method", "statement_descriptor", "description", "metadata", "footer")
    params |= {"customer": own("cus_", body["customer"]), "auto_advance": bool(body["auto_advance"])}
    if "collection_method" not in params:
        params["collection_method"] = body["billing"]  # its name until 2019
    if body["due_date"] and params["collection_method"] == "send_invoice":
        params["days_until_due"] = DAYS_UNTIL_DUE
    return _sent(params)


def invoice_item(body: Body, own: Own) -> Sent:
    params = _said(body, "description", "currency", "metadata", "tax_rates")
    params |= {"customer": own("cus_", body["customer"]), "discountable": bool(body["discountable"])}
    pricing = body.get("pricing")
    quantity = body.get("quantity") or 1
    each = pricing["unit_amount_decimal"] if pricing else body.get("unit_amount")
    if each is None or quantity == 1:
        params["amount"] = body["amount"]
    else:
        params["quantity"] = quantity
        params["unit_amount_decimal" if pricing else "unit_amount"] = each
    if body.get("subscription"):
        params["subscription"] = own("sub_", body["subscription"])
    if not any(hollow(at) for at in body["period"].values()):
        params["period"] = body["period"]
    if body.get("invoice"):
        params["invoice"] = own("in_", body["invoice"])
    also = ("pricing.unit_amount_decimal",) if pricing and "amount" not in params else ()
    return _sent(params, *also)


def payment_intent(body: Body, own: Own) -> Sent:
    params = _said(body, "amount", "currency", "description", "metadata", "receipt_email", "statement_descriptor")
    params["customer"] = own("cus_", body["customer"])
    if body.get("payment_method_types"):
        params["payment_method_types"] = body["payment_method_types"]
    return _sent(params)


def balance(body: Body, _own: Own) -> Sent:
    return _sent(_said(body, "amount", "currency", "description", "metadata"))


class Row(NamedTuple):
    """How a write is sent: where, and with what. ``id`` is the prefix of what the path names."""

    path: str
    infer: Callable[[Body, Own], Sent]
    id: str = ""


def nothing(_body: Body, _own: Own) -> Sent:
    return Sent({}, frozenset())


WRITES = {
    "Customer.create": Row("/v1/customers", customer),
    "Customer.modify": Row("/v1/customers/{}", customer, "cus_"),
    "Customer.save": Row("/v1/customers/{}", customer, "cus_"),
    "Customer.create_balance_transaction": Row("/v1/customers/{}/balance_transactions", balance, "cus_"),
    "PaymentMethod.create": Row("/v1/payment_methods", payment_method),
    "PaymentMethod.detach": Row("/v1/payment_methods/{}/detach", nothing, "pm_"),
    "PaymentIntent.create": Row("/v1/payment_intents", payment_intent),
    "PaymentIntent.confirm": Row("/v1/payment_intents/{}/confirm", nothing, "pi_"),
    "InvoiceItem.create": Row("/v1/invoiceitems", invoice_item),
    "Invoice.create": Row("/v1/invoices", invoice),
    "Invoice.finalize_invoice": Row("/v1/invoices/{}/finalize", nothing, "in_"),
    "Invoice.pay": Row("/v1/invoices/{}/pay", nothing, "in_"),
    "Invoice.void_invoice": Row("/v1/invoices/{}/void", nothing, "in_"),
}
