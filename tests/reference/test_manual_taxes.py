"""Taxes that the client has worked out itself: on lines, on subscriptions' lines, and credited (INV-ARI-028)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reference import states
from tests.reference.conftest import Client

SALES = {"display_name": "Sales", "percentage": "7.25", "inclusive": False, "country": "US"}
OLD = {"Stripe-Version": "2024-06-20"}


def taxed(amount: int, taxable: int, **data: Any) -> list[dict[str, Any]]:
    return [{"amount": amount, "taxable_amount": taxable, "tax_rate_data": {**SALES, **data}}]


def with_line(api: Client) -> tuple[str, str]:
    """A draft of one line of 2000: the paths of both."""
    draft = states.draft(api, states.customer(api))
    path = f"/v1/invoices/{draft['id']}"
    return path, f"{path}/lines/{draft['lines']['data'][0]['id']}"


def test_an_exclusive_amount_is_added_as_it_is(api: Client) -> None:
    path, line = with_line(api)
    shown = api.make(line, tax_amounts=taxed(146, 2000))
    [tax] = shown["taxes"]
    assert (tax["amount"], tax["taxable_amount"], tax["tax_behavior"]) == (146, 2000, "exclusive")
    invoice = api.get(path)
    assert (invoice["subtotal"], invoice["total"], invoice["total_excluding_tax"]) == (2000, 2146, 2000)
    assert [one["amount"] for one in invoice["total_taxes"]] == [146]
    api.make(line, tax_amounts="")
    assert api.get(path)["total"] == 2000


def test_an_inclusive_amount_is_inside_the_line(api: Client) -> None:
    path, line = with_line(api)
    api.make(line, tax_amounts=taxed(135, 1865, inclusive=True))
    invoice = api.get(path)
    assert (invoice["total"], invoice["subtotal_excluding_tax"], invoice["total_excluding_tax"]) == (2000, 1865, 1865)


def test_the_rate_behind_it_is_archived_made_once_and_nobodys(api: Client) -> None:
    path, line = with_line(api)
    first = api.make(line, tax_amounts=taxed(146, 2000))["taxes"][0]["tax_rate_details"]["tax_rate"]
    again = api.make(line, tax_amounts=taxed(150, 2000))["taxes"][0]["tax_rate_details"]["tax_rate"]
    other = api.make(line, tax_amounts=taxed(150, 2000, state="CA"))["taxes"][0]["tax_rate_details"]["tax_rate"]
    assert (first, first == other) == (again, False)
    assert api.get(f"/v1/tax_rates/{first}")["active"] is False
    assert api.post(path, default_tax_rates=[first]).status == 400
    older = api.send("GET", path, None, **OLD)
    assert older["lines"]["data"][0]["tax_rates"] == []
    assert older["lines"]["data"][0]["tax_amounts"][0]["amount"] == 150


@pytest.mark.parametrize("where", ["line", "invoice"])
def test_amounts_do_not_go_with_rates(api: Client, where: str) -> None:
    path, line = with_line(api)
    rate = api.make("/v1/tax_rates", display_name="VAT", percentage=10, inclusive=False)["id"]
    api.make(
        *{"line": (line,), "invoice": (path,)}[where],
        **{{"line": "tax_rates", "invoice": "default_tax_rates"}[where]: [rate]},
    )
    before = api.get(path).body
    assert api.post(line, tax_amounts=taxed(146, 2000)).status == 400
    assert api.get(path).body == before


def test_lines_are_added_with_their_taxes(api: Client) -> None:
    path, _ = with_line(api)
    invoice = api.make(f"{path}/add_lines", lines=[{"amount": 1000, "tax_amounts": taxed(73, 1000)}])
    assert (invoice["total"], [one["amount"] for one in invoice["total_taxes"]]) == (3073, [73])


def test_they_are_credited_by_the_rate_that_was_made(api: Client) -> None:
    path, line = with_line(api)
    made = api.make(line, tax_amounts=taxed(146, 2000))["taxes"][0]["tax_rate_details"]["tax_rate"]
    rate = api.make("/v1/tax_rates", display_name="VAT", percentage=10, inclusive=False)["id"]
    invoice = api.make(f"{path}/finalize")

    def credited(tax_rate: str, **more: Any) -> Any:
        part = {"amount": 73, "tax_rate": tax_rate, "taxable_amount": 1000}
        one = {"type": "custom_line_item", "description": "Half", "quantity": 1, "unit_amount": 1000, **more}
        return api.post("/v1/credit_notes", invoice=invoice["id"], lines=[{**one, "tax_amounts": [part]}])

    assert credited(rate).status == 400, "that rate is nobody's but the account's"
    assert credited(made, tax_rates=[rate]).status == 400
    note = credited(made)
    assert (note["amount"], note["subtotal"], [one["amount"] for one in note["total_taxes"]]) == (1073, 1000, [73])
    assert api.get(path)["amount_due"] == 2146 - 1073


@pytest.mark.parametrize("behavior", ["exclusive", "inclusive", "unspecified"])
def test_default_rates_tax_the_lines_and_leave_the_shipping(api: Client, behavior: str) -> None:
    """INV-ARI-041: documented for "all invoice line items", which the shipping is none of."""
    path, _ = with_line(api)
    rate = api.make("/v1/tax_rates", display_name="VAT", percentage=10, inclusive=False)["id"]
    post = {"display_name": "Post", "tax_behavior": behavior, "fixed_amount": {"amount": 500, "currency": "usd"}}
    invoice = api.make(path, default_tax_rates=[rate], shipping_cost={"shipping_rate_data": post})
    assert (invoice["subtotal"], invoice["total"], invoice["amount_shipping"]) == (2000, 2700, 500)
    cost = invoice["shipping_cost"]
    assert (cost["amount_subtotal"], cost["amount_tax"], cost["amount_total"]) == (500, 0, 500)
    assert api.get(f"/v1/shipping_rates/{cost['shipping_rate']}")["tax_behavior"] == behavior
