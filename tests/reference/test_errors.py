"""Every row of the error table that a caller can provoke: status, type, code, param, message, and the keys that must
not be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from conformance.rules.errors import ERRORS, ErrorRule
from tests.reference import states
from tests.reference.conftest import Answer, Client

Provoke = Callable[[Client], Answer]


def _invoice(rest: str, state: str = "draft", card: str | None = "pm_card_visa", **params: Any) -> Provoke:
    """POST to a sub-path of an invoice in ``state``."""

    def provoke(api: Client) -> Answer:
        invoice = states.BUILD[state](api, states.customer(api, payment_method=card))
        return api.post(f"/v1/invoices/{invoice['id']}{rest}", **params)

    return provoke


def _create(**params: Any) -> Provoke:
    return lambda api: api.post("/v1/invoices", customer=states.customer(api)["id"], **params)


def _item(method: str, state: str) -> Provoke:
    """Change or delete the item of an invoice in ``state``."""

    def provoke(api: Client) -> Answer:
        invoice = states.BUILD[state](api)
        item = invoice["lines"]["data"][0]["parent"]["invoice_item_details"]["invoice_item"]
        return api.send(method, f"/v1/invoiceitems/{item}", {"amount": 5} if method == "POST" else {})

    return provoke


def _key_for_two_things(api: Client) -> Answer:
    owner = states.customer(api)["id"]
    api.send("POST", "/v1/invoices", {"customer": owner}, Idempotency_Key="k1")
    return api.send("POST", "/v1/invoices", {"customer": owner, "description": "other"}, Idempotency_Key="k1")


def _recurring_price(api: Client) -> Answer:
    price = api.make(
        "/v1/prices", currency="usd", unit_amount=100, product_data={"name": "P"}, recurring={"interval": "month"}
    )
    return api.post("/v1/invoiceitems", customer=states.customer(api)["id"], pricing={"price": price["id"]})


def _repeating_coupon(api: Client) -> Answer:
    coupon = api.make("/v1/coupons", percent_off=10, duration="repeating", duration_in_months=3)
    return _create(discounts=[{"coupon": coupon["id"]}])(api)


def _six_rates(api: Client) -> Answer:
    rate = api.make("/v1/tax_rates", display_name="VAT", percentage=5, inclusive=False)
    return _create(default_tax_rates=[rate["id"]] * 6)(api)


def _processing(rest: str) -> Provoke:
    def provoke(api: Client) -> Answer:
        invoice = states.opened(api)
        intent = api.make(
            "/v1/payment_intents",
            amount=2000,
            currency="usd",
            customer=invoice["customer"],
            payment_method="pm_usBankAccount_processing",
            confirm=True,
        )
        api.make(f"/v1/invoices/{invoice['id']}/attach_payment", payment_intent=intent["id"])
        return api.post(f"/v1/invoices/{invoice['id']}{rest}")

    return provoke


def _void_note_of_paid(api: Client) -> Answer:
    note = api.make("/v1/credit_notes", invoice=states.paid(api)["id"], amount=500, credit_amount=500)
    return api.post(f"/v1/credit_notes/{note['id']}/void")


def _taken_prefix(api: Client) -> Answer:
    states.customer(api, invoice_prefix="TAKEN1")
    return api.post("/v1/customers", invoice_prefix="TAKEN1")


#: (operation, condition) -> what provokes it, and the parameter at fault where the row says ``<name>``.
PROVOKED: dict[tuple[str, str], tuple[Provoke, str]] = {
    ("any", "no-authorization-header"): (
        lambda api: Client(api.base, "").send("GET", "/v1/invoices", Authorization=""),
        "",
    ),
    ("any", "bad-key"): (lambda api: Client(api.base, "sk_test_bogus").get("/v1/invoices"), ""),
    ("any", "unknown-url"): (lambda api: api.get("/v1/nope"), ""),
    ("any", "invalid-stripe-version"): (
        lambda api: api.send("GET", "/v1/invoices", Stripe_Version="not-a-real-version"),
        "",
    ),
    ("any POST", "idempotency-key-reused-with-other-params"): (_key_for_two_things, ""),
    ("any", "unknown-parameter"): (_create(nope=1), "nope"),
    ("any", "missing-parameter"): (_invoice("/add_lines"), "lines"),
    ("any", "empty-string"): (lambda api: api.post("/v1/invoices", customer=""), "customer"),
    ("any", "bad-integer"): (lambda api: api.get("/v1/invoices", limit="abc"), "limit"),
    ("any", "bad-enum-value"): (_create(pending_invoice_items_behavior="bogus"), "pending_invoice_items_behavior"),
    ("any", "exclusive-parameters"): (lambda api: api.post("/v1/coupons", percent_off=5, amount_off=5), ""),
    ("GET list", "unknown-cursor"): (lambda api: api.get("/v1/invoices", starting_after="in_nope"), ""),
    ("GET list", "both-cursors"): (
        lambda api: api.get("/v1/invoices", starting_after="in_a", ending_before="in_b"),
        "",
    ),
    ("GET /v1/invoices", "bad-status"): (lambda api: api.get("/v1/invoices", status="bogus"), ""),
    ("GET /v1/invoices", "unknown-customer"): (lambda api: api.get("/v1/invoices", customer="cus_invalid"), ""),
    ("GET /v1/invoices/search", "missing-query"): (lambda api: api.get("/v1/invoices/search"), ""),
    ("GET /v1/invoices/search", "unparsable"): (lambda api: api.get("/v1/invoices/search", query="asdf"), ""),
    ("GET /v1/invoices/search", "unsupported-field"): (lambda api: api.get("/v1/invoices/search", query='foo:"x"'), ""),
    ("GET /v1/invoices/{id}", "unknown"): (lambda api: api.get("/v1/invoices/in_nope"), ""),
    ("POST /v1/invoices/{id}", "unknown"): (lambda api: api.post("/v1/invoices/in_nope", description="x"), ""),
    ("…/pay", "unknown"): (lambda api: api.post("/v1/invoices/in_nope/pay"), ""),
    ("…/finalize", "unknown"): (lambda api: api.post("/v1/invoices/in_nope/finalize"), ""),
    ("…/void", "unknown"): (lambda api: api.post("/v1/invoices/in_nope/void"), ""),
    ("…/mark_uncollectible", "unknown"): (lambda api: api.post("/v1/invoices/in_nope/mark_uncollectible"), ""),
    ("DELETE /v1/invoices/{id}", "unknown"): (lambda api: api.delete("/v1/invoices/in_nope"), ""),
    ("…/send", "unknown"): (lambda api: api.post("/v1/invoices/in_nope/send"), ""),
    ("…/add_lines", "unknown"): (lambda api: api.post("/v1/invoices/in_nope/add_lines", lines=[{"amount": 1}]), ""),
    ("POST /v1/invoices", "nothing-to-invoice"): (
        lambda api: api.send(
            "POST", "/v1/invoices", {"customer": states.customer(api)["id"]}, Stripe_Version="2020-08-27"
        ),
        "",
    ),
    ("POST /v1/invoices", "unknown-customer"): (lambda api: api.post("/v1/invoices", customer="cus_nope"), ""),
    ("POST /v1/invoices", "send_invoice-without-due"): (_create(collection_method="send_invoice"), ""),
    ("POST /v1/invoices", "due-with-charge_automatically"): (_create(days_until_due=5), ""),
    ("POST /v1/invoices", "send_invoice-no-email"): (
        lambda api: api.post(
            "/v1/invoices",
            customer=api.make("/v1/customers")["id"],
            collection_method="send_invoice",
            days_until_due=30,
        ),
        "",
    ),
    ("POST /v1/invoices", "repeating-coupon"): (_repeating_coupon, ""),
    ("POST /v1/invoices", "too-many-tax-rates"): (_six_rates, ""),
    ("POST /v1/invoices", "discount-id-no-longer-exists"): (_create(discounts=[{"discount": "di_gone"}]), ""),
    ("POST /v1/invoices/{id}", "finalized-any-field-but-metadata-auto_advance"): (
        _invoice("", "paid", description="x", footer="y"),
        "description",
    ),
    ("DELETE /v1/invoices/{id}", "not-draft"): (lambda api: api.delete(f"/v1/invoices/{states.paid(api)['id']}"), ""),
    ("…/finalize", "not-draft"): (_invoice("/finalize", "paid"), ""),
    ("…/finalize", "automatic-tax-location"): (
        lambda api: api.post(f"/v1/invoices/{states.draft(api, automatic_tax={'enabled': True})['id']}/finalize"),
        "",
    ),
    ("…/pay", "paid"): (_invoice("/pay", "paid"), ""),
    ("…/pay", "void"): (_invoice("/pay", "void"), ""),
    ("…/pay", "no-payment-method"): (_invoice("/pay", "open", None), ""),
    ("…/pay", "card-declined"): (_invoice("/pay", "open", "pm_card_chargeCustomerFail"), ""),
    ("…/pay", "authentication-required"): (_invoice("/pay", "open", "pm_card_authenticationRequired"), ""),
    ("…/pay", "payment-processing"): (_processing("/pay"), ""),
    ("…/void", "payment-processing"): (_processing("/void"), ""),
    ("…/mark_uncollectible", "payment-processing"): (_processing("/mark_uncollectible"), ""),
    ("…/void", "draft-or-void"): (_invoice("/void", "void"), ""),
    ("…/void", "paid"): (_invoice("/void", "paid"), ""),
    ("…/mark_uncollectible", "draft-or-paid"): (_invoice("/mark_uncollectible", "paid"), ""),
    ("…/mark_uncollectible", "already"): (_invoice("/mark_uncollectible", "uncollectible"), ""),
    ("…/send", "paid"): (_invoice("/send", "paid"), ""),
    ("…/add_lines", "not-draft"): (_invoice("/add_lines", "paid", lines=[{"amount": 1}]), ""),
    ("…/update_lines", "not-draft"): (_invoice("/update_lines", "paid", lines=[{"id": "il_x", "amount": 1}]), ""),
    ("…/remove_lines", "not-draft"): (
        _invoice("/remove_lines", "paid", lines=[{"id": "il_x", "behavior": "delete"}]),
        "",
    ),
    ("…/add_lines", "amount-and-quantity"): (_invoice("/add_lines", lines=[{"amount": 10, "quantity": 2}]), ""),
    ("…/remove_lines", "behavior-missing"): (_invoice("/remove_lines", lines=[{"id": "il_x"}]), ""),
    ("GET /v1/invoiceitems/{id}", "unknown"): (lambda api: api.get("/v1/invoiceitems/ii_nope"), ""),
    ("POST /v1/invoiceitems", "price-param-in-basil"): (
        lambda api: api.post("/v1/invoiceitems", customer=states.customer(api)["id"], price="price_x"),
        "",
    ),
    ("POST /v1/invoiceitems", "recurring-price"): (_recurring_price, ""),
    ("POST /v1/invoiceitems/{id}", "its-draft-was-deleted"): (_item("POST", "deleted"), ""),
    ("POST /v1/invoiceitems/{id}", "on-a-finalized-invoice"): (_item("POST", "paid"), ""),
    ("DELETE /v1/invoiceitems/{id}", "on-a-finalized-or-deleted-invoice"): (_item("DELETE", "deleted"), ""),
    ("POST /v1/invoices/create_preview", "only-customer-given"): (
        lambda api: api.post("/v1/invoices/create_preview", customer=states.customer(api)["id"]),
        "",
    ),
    ("POST /v1/credit_notes", "sum-mismatch-on-paid"): (
        lambda api: api.post("/v1/credit_notes", invoice=states.paid(api)["id"], amount=200, credit_amount=100),
        "",
    ),
    ("POST /v1/credit_notes/{id}/void", "invoice-not-open"): (_void_note_of_paid, ""),
    ("POST /v1/customers[/{id}]", "invoice_prefix-malformed"): (
        lambda api: api.post("/v1/customers", invoice_prefix="abc"),
        "",
    ),
    ("POST /v1/customers[/{id}]", "invoice_prefix-taken"): (_taken_prefix, ""),
    ("POST /v1/payment_methods/{pm}/attach", "declining-card-0002"): (
        lambda api: api.post(
            "/v1/payment_methods/pm_card_visa_chargeDeclined/attach", customer=states.customer(api)["id"]
        ),
        "",
    ),
    ("POST /v1/payment_intents", "amount-below-minimum"): (
        lambda api: api.post("/v1/payment_intents", amount=10, currency="usd"),
        "",
    ),
    ("charges / items", "amount-above-maximum"): (
        lambda api: api.post("/v1/payment_intents", amount=100_000_000, currency="usd"),
        "",
    ),
}

#: Rows this test leaves out, with the reason.
LEFT_OUT = {
    ("any", "restricted-key-lacks-permission"): "the model has no restricted keys",
    ("any", "rate-limited"): "the model has no rate limit",
    ("any", "object-lock"): "the model answers one request at a time",
    ("any POST", "same-key-in-flight"): "the model answers one request at a time",
    ("POST /v1/invoices", "subscription-given-nothing-pending"): "old version, message from memory",
    ("POST /v1/invoices", "currency-clash-on-customer"): "accounts with the multi-currency feature do not refuse",
    ("POST /v1/invoices/{id}", "on_behalf_of-after-numbering"): "the model has no Connect",
    ("DELETE /v1/invoices/{id}", "subscription-draft"): "asserted with subscriptions",
    ("…/finalize", "no-payment-method-types"): "an account setting of the Dashboard",
    ("…/pay", "insufficient-funds-card"): "the card refuses to be attached; asserted with payment intents",
    ("…/void", "paid-quoted-2022"): "what Stripe answered in 2022; the model answers as of 2026",
    ("GET /v1/invoices/upcoming", "nothing-upcoming"): "asserted with the old versions",
    ("GET /v1/invoices/upcoming", "no-customer-subscription"): "asserted with the old versions",
    ("…/attach_payment", "automatic-subscription-invoice-other-amount"): "asserted with subscriptions",
    ("POST /v1/subscriptions", "no-payment-method"): "asserted with subscriptions",
    ("POST /v1/subscriptions", "unknown-price"): "asserted with subscriptions",
    ("POST /v1/subscriptions", "one-time-price"): "asserted with subscriptions",
    ("POST /v1/subscriptions", "3ds-error_if_incomplete"): "asserted with subscriptions",
    ("POST /v1/subscriptions", "declined-old-versions"): "2018-2019: older than the versions the model speaks",
}
ROWS = [row for row in ERRORS if (row.operation, row.condition) in PROVOKED]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.operation}: {row.condition}")
def test_the_error_is_the_one_of_the_table(api: Client, row: ErrorRule) -> None:
    provoke, named = PROVOKED[row.operation, row.condition]
    answer = provoke(api)
    assert answer.status == row.http_status, answer.body
    error = answer.error
    assert error["type"] in (row.type, *row.other_types)
    assert error.get("code") in (row.code, *row.other_codes)
    assert error.get("decline_code") == row.decline_code
    assert re.fullmatch(row.pattern, error["message"]), error["message"]
    if row.param == "(empty string)":
        assert error["param"] == ""
    elif named:
        assert error["param"] == named
    elif not (row.param or "").startswith("<") and row.confidence == "high" and row.condition != "exclusive-parameters":
        assert error.get("param") == row.param


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.operation}: {row.condition}")
def test_the_envelope_has_nothing_but_the_error_and_no_nulls(api: Client, row: ErrorRule) -> None:
    provoke, _ = PROVOKED[row.operation, row.condition]
    answer = provoke(api)
    assert set(answer.body) == {"error"}
    assert None not in answer.error.values()
    assert answer.error.get("doc_url", "").endswith(answer.error.get("code", "").replace("_", "-"))
    assert ("doc_url" in answer.error) is ("code" in answer.error)
    assert ("request_log_url" in answer.error) is (answer.status != 401 and row.condition != "invalid-stripe-version")


def test_every_row_is_provoked_or_left_out_for_a_reason() -> None:
    rows = {(row.operation, row.condition) for row in ERRORS}
    assert rows == PROVOKED.keys() | LEFT_OUT.keys()
    assert not PROVOKED.keys() & LEFT_OUT.keys()
