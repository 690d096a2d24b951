"""Customers and their cards."""

from __future__ import annotations

from tests.reference import states
from tests.reference.conftest import Client

CARD = "pm_card_visa"


def test_a_card_named_at_creation_is_attached_and_no_default(api: Client) -> None:
    owner = api.make("/v1/customers", payment_method=CARD)
    assert owner["invoice_settings"]["default_payment_method"] is None
    (card,) = api.get(f"/v1/customers/{owner['id']}/payment_methods")["data"]
    assert card["customer"] == owner["id"]
    invoice = states.opened(api, owner)
    assert api.post(f"/v1/invoices/{invoice['id']}/pay").status == 400


def test_a_test_card_named_twice_at_creation_is_one_card_and_the_default(api: Client) -> None:
    owner = api.make("/v1/customers", payment_method=CARD, invoice_settings={"default_payment_method": CARD})
    (card,) = api.get(f"/v1/customers/{owner['id']}/payment_methods")["data"]
    assert owner["invoice_settings"]["default_payment_method"] == card["id"]


def test_a_default_that_is_not_attached_is_refused(api: Client) -> None:
    answer = api.post("/v1/customers", invoice_settings={"default_payment_method": CARD})
    assert (answer.status, answer["error"]["param"]) == (400, "invoice_settings[default_payment_method]")
    assert api.get("/v1/customers")["data"] == []
