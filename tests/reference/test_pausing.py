"""Collection on pause, and what is billed between cycles (INV-SUB-041, INV-SUB-043, INV-SUB-044)."""

from __future__ import annotations

import pytest

from tests.reference import states
from tests.reference.conftest import Client
from tests.reference.test_subscriptions import DAY, START, Clock, price, subscribe


@pytest.mark.parametrize(
    ("behavior", "status"), [("keep_as_draft", "draft"), ("mark_uncollectible", "uncollectible"), ("void", "void")]
)
def test_renewals_end_as_the_pause_says_and_leave_the_credit(api: Client, behavior: str, status: str) -> None:
    clock = Clock(api)
    subscription = subscribe(api, clock.customer)
    owner = f"/v1/customers/{clock.customer['id']}"
    api.make(f"{owner}/balance_transactions", amount=-5000, currency="usd")
    path = f"/v1/subscriptions/{subscription['id']}"
    api.make(path, pause_collection={"behavior": behavior, "resumes_at": START + 40 * DAY})
    clock.to(START + 35 * DAY)
    renewal, _ = clock.invoices()
    assert (renewal["status"], renewal["auto_advance"], renewal["amount_paid"]) == (status, False, 0)
    assert api.get(owner)["balance"] == -5000
    assert api.get(path)["status"] == "active"
    clock.to(START + 41 * DAY)
    assert api.get(path)["pause_collection"] is None
    clock.to(START + 65 * DAY)
    assert clock.invoices()[0]["status"] == "paid", "collection goes on"


def test_a_pause_is_ended_by_an_empty_value_and_never_ends_before_it_begins(api: Client) -> None:
    clock = Clock(api)
    path = f"/v1/subscriptions/{subscribe(api, clock.customer)['id']}"
    assert api.post(path, pause_collection={"behavior": "void", "resumes_at": START}).status == 400
    api.make(path, pause_collection={"behavior": "void"})
    assert api.make(path, pause_collection="")["pause_collection"] is None
    clock.to(START + 35 * DAY)
    assert [one["status"] for one in clock.invoices()] == ["paid", "paid"]


def test_what_is_pending_is_billed_at_its_own_interval(api: Client) -> None:
    clock = Clock(api)
    every = {"interval": "week", "interval_count": 2}
    subscription = subscribe(api, clock.customer, pending_invoice_item_interval=every)
    assert subscription["pending_invoice_item_interval"] == every
    assert subscription["next_pending_invoice_item_invoice"] == START + 14 * DAY
    api.make(
        "/v1/invoiceitems", customer=clock.customer["id"], subscription=subscription["id"], amount=700, currency="usd"
    )
    clock.to(START + 15 * DAY)
    billed, _ = clock.invoices()
    assert (billed["total"], billed["status"]) == (700, "paid")
    clock.to(START + 29 * DAY)
    assert len(clock.invoices()) == 2, "nothing was pending"
    path = f"/v1/subscriptions/{subscription['id']}"
    assert api.get(path)["next_pending_invoice_item_invoice"] == START + 42 * DAY
    ended = api.make(path, pending_invoice_item_interval="")
    assert (ended["pending_invoice_item_interval"], ended["next_pending_invoice_item_invoice"]) == (None, None)


def test_an_interval_is_at_most_a_year(api: Client) -> None:
    path = f"/v1/subscriptions/{subscribe(api, states.customer(api))['id']}"
    answer = api.post(path, pending_invoice_item_interval={"interval": "month", "interval_count": 13})
    assert (answer.status, answer.error["param"]) == (400, "pending_invoice_item_interval[interval_count]")


def test_thresholds_are_kept_above_what_is_billed_anyway(api: Client) -> None:
    owner = states.customer(api)
    low = api.post(
        "/v1/subscriptions",
        customer=owner["id"],
        items=[{"price": price(api, 2500)["id"]}],
        billing_thresholds={"amount_gte": 2500},
    )
    assert (low.status, low.error["param"]) == (400, "billing_thresholds[amount_gte]")
    kept = subscribe(api, owner, 2500, billing_thresholds={"amount_gte": 10000})
    assert kept["billing_thresholds"] == {"amount_gte": 10000, "reset_billing_cycle_anchor": False}
    assert api.make(f"/v1/subscriptions/{kept['id']}", billing_thresholds="")["billing_thresholds"] is None
