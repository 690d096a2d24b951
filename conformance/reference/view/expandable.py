"""Which fields can be expanded, what is behind them, and which keys are there only when they are expanded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.model.table import Body
from conformance.reference.model.world import World
from conformance.reference.view.render import embedded, render

Find = Callable[[World, Any], "Body | None"]


def _in(table: str) -> Find:
    def find(world: World, identifier: Any) -> Body | None:
        row: Body | None = getattr(world, table).get(identifier)
        return row

    return find


_CUSTOMER, _INVOICE, _INTENT, _METHOD = (
    _in("customers"),
    _in("invoices"),
    _in("payment_intents"),
    _in("payment_methods"),
)
_CHARGE, _DISCOUNT, _RATE, _PRICE, _PRODUCT = (
    _in("charges"),
    _in("discounts"),
    _in("tax_rates"),
    _in("prices"),
    _in("products"),
)
_BALANCE_TRANSACTION = _in("balance_transactions")
_SUBSCRIPTION, _ITEM, _COUPON, _NOTE = _in("subscriptions"), _in("items"), _in("coupons"), _in("credit_notes")
_BALANCE, _REFUND, _PROMOTION, _SHIPPING = (
    _in("balances"),
    _in("refunds"),
    _in("promotion_codes"),
    _in("shipping_rates"),
)


def _NONE(_world: World, _identifier: Any) -> None:  # noqa: N802 - a row like the others: kinds the model has no objects of
    return None


#: (object, path from it) -> where the object behind the id is.
EXPANDABLE: dict[str, dict[str, Find]] = {
    "invoice": {
        "customer": _CUSTOMER,
        "default_payment_method": _METHOD,
        "default_source": _NONE,
        "discounts": _DISCOUNT,
        "latest_revision": _INVOICE,
        "from_invoice.invoice": _INVOICE,
        "total_discount_amounts.discount": _DISCOUNT,
        "total_taxes.tax_rate_details.tax_rate": _RATE,
        "parent.subscription_details.subscription": _SUBSCRIPTION,
        "test_clock": _NONE,
        "account_tax_ids": _NONE,
        "on_behalf_of": _NONE,
        "application": _NONE,
        "total_pretax_credit_amounts.discount": _DISCOUNT,
        "shipping_cost.shipping_rate": _SHIPPING,
        "payment_intent": _INTENT,
        "charge": _CHARGE,
        "subscription": _SUBSCRIPTION,
        "total_tax_amounts.tax_rate": _RATE,
    },
    "line_item": {
        "discounts": _DISCOUNT,
        "discount_amounts.discount": _DISCOUNT,
        "taxes.tax_rate_details.tax_rate": _RATE,
        "pretax_credit_amounts.discount": _DISCOUNT,
        "pricing.price_details.price": _PRICE,
        "pricing.price_details.product": _PRODUCT,
        "parent.subscription_item_details.subscription": _SUBSCRIPTION,
        "tax_amounts.tax_rate": _RATE,
    },
    "invoiceitem": {
        "customer": _CUSTOMER,
        "invoice": _INVOICE,
        "discounts": _DISCOUNT,
        "test_clock": _NONE,
        "pricing.price_details.price": _PRICE,
        "pricing.price_details.product": _PRODUCT,
        "parent.subscription_details.subscription": _SUBSCRIPTION,
        "subscription": _SUBSCRIPTION,
    },
    "invoice_payment": {"invoice": _INVOICE, "payment.payment_intent": _INTENT, "payment.charge": _CHARGE},
    "payment_intent": {
        "customer": _CUSTOMER,
        "payment_method": _METHOD,
        "latest_charge": _CHARGE,
        "application": _NONE,
        "on_behalf_of": _NONE,
        "review": _NONE,
        "invoice": _INVOICE,
    },
    "charge": {
        "customer": _CUSTOMER,
        "payment_intent": _INTENT,
        "balance_transaction": _BALANCE_TRANSACTION,
        "application": _NONE,
        "invoice": _INVOICE,
        "review": _NONE,
    },
    "refund": {"charge": _CHARGE, "payment_intent": _INTENT, "balance_transaction": _BALANCE_TRANSACTION},
    "payment_method": {"customer": _CUSTOMER},
    "price": {"product": _PRODUCT},
    "tax_id": {"customer": _CUSTOMER, "owner.customer": _CUSTOMER},
    "product": {"default_price": _PRICE, "tax_code": _NONE},
    "customer": {"invoice_settings.default_payment_method": _METHOD, "default_source": _NONE, "test_clock": _NONE},
    "discount": {"customer": _CUSTOMER, "promotion_code": _PROMOTION, "source.coupon": _COUPON},
    "promotion_code": {"customer": _CUSTOMER, "promotion.coupon": _COUPON},
    "customer_balance_transaction": {"customer": _CUSTOMER, "invoice": _INVOICE, "credit_note": _NOTE},
    "credit_note": {
        "customer": _CUSTOMER,
        "invoice": _INVOICE,
        "customer_balance_transaction": _BALANCE,
        "refunds.refund": _REFUND,
        "refund": _REFUND,
        "discount_amounts.discount": _DISCOUNT,
        "total_taxes.tax_rate_details.tax_rate": _RATE,
    },
    "credit_note_line_item": {"discount_amounts.discount": _DISCOUNT, "taxes.tax_rate_details.tax_rate": _RATE},
    "subscription": {
        "customer": _CUSTOMER,
        "latest_invoice": _INVOICE,
        "default_payment_method": _METHOD,
        "discounts": _DISCOUNT,
        "default_source": _NONE,
        "pending_setup_intent": _NONE,
        "schedule": _NONE,
        "test_clock": _NONE,
        "application": _NONE,
    },
    "subscription_item": {"discounts": _DISCOUNT},
}


def _payments(world: World, row: Body, version: str) -> Body:
    """INV-OBJ-032: the url is a literal."""
    rows = reversed(world.invoice_payments.of("invoice", row["id"]))
    return embedded([render(world, payment, version) for payment in rows], "/v1/invoices/payments")


def _confirmation_secret(world: World, row: Body, version: str) -> Body | None:  # noqa: ARG001
    """INV-OBJ-033: only where a payment is needed."""
    intent = world.payment_intents.get(row["_intent"] or "")
    return {"client_secret": intent["client_secret"], "type": "payment_intent"} if intent else None


def _refunds(world: World, row: Body, version: str) -> Body:
    rows = reversed(world.refunds.of("charge", row["id"]))
    data = [render(world, refund, version) for refund in rows]
    return embedded(data, f"/v1/charges/{row['id']}/refunds", total_count=len(data))


def _subscriptions(world: World, row: Body, version: str) -> Body:
    rows = [one for one in reversed(world.subscriptions.of("customer", row["id"])) if one["status"] != "canceled"]
    return embedded(
        [render(world, one, version) for one in rows], f"/v1/customers/{row['id']}/subscriptions", total_count=len(rows)
    )


def _tax_ids(world: World, row: Body, version: str) -> Body:
    rows = world.tax_ids.of("customer", row["id"])
    made = [render(world, one, version) for one in rows[::-1]]
    return embedded(made, f"/v1/customers/{row['id']}/tax_ids", total_count=len(made))


Include = Callable[[World, Body, str], Any]


def _field(name: str) -> Include:
    return lambda _world, row, _version: row.get(name)


def _constant(value: Any) -> Include:
    return lambda *_: value


_TAX = {"automatic_tax": "unrecognized_location", "ip_address": None, "location": None, "provider": "stripe"}

#: Keys that are absent unless expanded (INV-OBJ-031).
INCLUDABLE: dict[str, dict[str, Include]] = {
    "invoice": {
        "payments": _payments,
        "confirmation_secret": _confirmation_secret,
        "amount_paid_off_stripe": _field("_off_stripe"),
        "threshold_reason": _constant(None),
    },
    "charge": {"refunds": _refunds},
    "customer": {
        "sources": _constant(embedded([], "/v1/customers/sources", total_count=0)),
        "subscriptions": _subscriptions,
        "tax_ids": _tax_ids,
        "invoice_credit_balance": _constant({}),
        "cash_balance": _constant(None),
        "tax": _constant(_TAX),
    },
    "price": {"tiers": _field("_tiers"), "currency_options": _constant({})},
    "coupon": {"applies_to": _field("_applies_to"), "currency_options": _constant({})},
}
