"""What the recordings without parameters show, one fact each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.reference import states
from tests.reference.conftest import Client, start, stop

ADDRESS = {"line1": "123 Main St", "postal_code": "12345"}


@pytest.fixture(scope="module")
def then() -> Iterator[Client]:
    """An account of 2020."""
    process, base = start("--api-version", "2020-08-27")
    yield Client(base, "sk_test_details", **{"Stripe-Version": "2020-08-27"})
    assert stop(process) == ""


def card(api: Client, number: str = "4242424242424242", **details: Any) -> dict[str, Any]:
    sent = {"number": number, "exp_month": 1, "exp_year": 2033, "cvc": "333"}
    return api.make("/v1/payment_methods", type="card", card=sent, billing_details={"address": ADDRESS, **details})


def intent(api: Client, owner: str, **params: Any) -> dict[str, Any]:
    return api.make("/v1/payment_intents", amount=48000, currency="usd", customer=owner, **params)


def checks(method: dict[str, Any]) -> set[str]:
    return set(method["card"]["checks"].values())


def test_a_card_is_checked_when_it_is_attached(api: Client) -> None:
    made = card(api)
    assert checks(made) == {"unchecked"}
    attached = api.make(f"/v1/payment_methods/{made['id']}/attach", customer=states.customer(api)["id"])
    assert checks(attached) == {"pass"}


def test_what_is_not_there_is_not_checked(api: Client) -> None:
    made = api.make("/v1/payment_methods", type="card", card={"token": "tok_visa"})
    assert made["card"]["checks"] == {
        "address_line1_check": None,
        "address_postal_code_check": None,
        "cvc_check": "unchecked",
    }


def test_a_charge_says_what_its_intent_says(api: Client) -> None:
    owner = states.customer(api)["id"]
    said = {"metadata": {"licenses": "6"}, "receipt_email": "a@example.com", "statement_descriptor": "Zulip Standard"}
    made = intent(api, owner, **said)
    api.make(f"/v1/payment_intents/{made['id']}/confirm", payment_method="pm_card_visa")
    (charge,) = api.get("/v1/charges", customer=owner)["data"]
    assert {name: charge[name] for name in said} == said


def test_an_intent_of_2020_holds_its_newest_charge_and_counts_them(then: Client) -> None:
    owner = states.customer(then)["id"]
    made = intent(then, owner, payment_method_types=["card"])
    assert made["charges"]["data"] == []
    path = f"/v1/payment_intents/{made['id']}/confirm"
    assert then.post(path, payment_method="pm_card_chargeCustomerFail").status == 402
    charges = then.make(path, payment_method="pm_card_visa")["charges"]
    (charge,) = charges["data"]
    assert (charges["total_count"], charges["has_more"]) == (2, True)
    assert charges["url"] == f"/v1/charges?payment_intent={made['id']}"
    assert (charge["status"], charge["refunds"]["total_count"], charge["refunds"]["data"]) == ("succeeded", 0, [])


def test_each_plain_amount_of_2020_has_a_price_and_a_product_of_its_own(then: Client) -> None:
    owner = states.customer(then)["id"]
    items = [then.make("/v1/invoiceitems", customer=owner, amount=10000, currency="usd") for _ in range(2)]
    assert len({item["price"]["id"] for item in items}) == len({item["price"]["product"] for item in items}) == 2


def test_a_long_descriptor_of_an_invoice_is_taken(then: Client) -> None:
    owner = states.customer(then)["id"]
    then.make("/v1/invoiceitems", customer=owner, amount=10000, currency="usd")
    made = then.make("/v1/invoices", customer=owner, statement_descriptor="Zulip Cloud Standard Credit")
    assert made["statement_descriptor"] == "Zulip Cloud Standard Credit"


def test_paying_out_of_band_cancels_the_intent_at_the_customers_request(api: Client) -> None:
    owner = states.customer(api)["id"]
    invoice = states.opened(api, {"id": owner})
    api.make(f"/v1/invoices/{invoice['id']}/pay", paid_out_of_band=True)
    (made,) = api.get("/v1/payment_intents", customer=owner)["data"]
    assert (made["status"], made["cancellation_reason"]) == ("canceled", "requested_by_customer")
    (method,) = api.get("/v1/payment_methods", customer=owner, type="card")["data"]
    assert made["payment_method"] == method["id"]


@pytest.mark.parametrize(("version", "referred"), [("2025-11-17.clover", True), ("2025-10-29.clover", False)])
def test_an_intent_names_its_invoice_once_something_became_of_it(api: Client, version: str, referred: bool) -> None:
    owner = states.customer(api)["id"]
    invoice = states.opened(api, {"id": owner})
    (made,) = api.get("/v1/payment_intents", customer=owner)["data"]
    assert "payment_details" not in made
    api.make(f"/v1/invoices/{invoice['id']}/pay")
    (made,) = api.send("GET", "/v1/payment_intents", {"customer": owner}, Stripe_Version=version)["data"]
    wanted = {"customer_reference": None, "order_reference": invoice["id"]}
    assert made.get("payment_details") == (wanted if referred else None)


def test_an_event_tells_of_lines_only_what_changed(api: Client) -> None:
    invoice = states.draft(api)
    told = api.get("/v1/events", type="invoice.updated")["data"]
    (before,) = (event["data"]["previous_attributes"] for event in told)
    assert before["lines"] == {"data": [], "total_count": 0}
    assert invoice["lines"]["total_count"] == 1


def monthly(api: Client, owner: str, **params: Any) -> dict[str, Any]:
    product = api.make("/v1/products", name="Seats")
    price = api.make(
        "/v1/prices", product=product["id"], unit_amount=8000, currency="usd", recurring={"interval": "year"}
    )
    return api.make("/v1/subscriptions", customer=owner, items=[{"price": price["id"], "quantity": 8}], **params)


def test_what_is_not_used_any_more_is_given_back_and_nothing_is_charged_for_nothing(then: Client) -> None:
    subscription = monthly(then, states.customer(then)["id"])
    none = [{"id": subscription["items"]["data"][0]["id"], "quantity": 0}]
    coming = then.get("/v1/invoices/upcoming", subscription=subscription["id"], subscription_items=none)
    assert [line["amount"] for line in coming["lines"]["data"]] == [-64000, 0]
    assert coming["lines"]["url"] == f"/v1/invoices/upcoming/lines?subscription={subscription['id']}"


def test_an_invoice_to_come_that_is_sent_is_due_and_never_attempted(then: Client) -> None:
    owner = states.customer(then)["id"]
    monthly(then, owner, collection_method="send_invoice", days_until_due=30)
    coming = then.get("/v1/invoices/upcoming", customer=owner)
    assert coming["next_payment_attempt"] is None
    assert coming["due_date"] == coming["created"] + 30 * 86400
    assert coming["lines"]["url"] == f"/v1/invoices/upcoming/lines?customer={owner}"
