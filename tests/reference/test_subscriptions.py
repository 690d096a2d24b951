"""Subscriptions and what time does to them, under test clocks."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.reference import states
from tests.reference.conftest import Answer, Client

Body = dict[str, Any]
START = 1_790_000_000
HOUR, DAY = 3600, 86400


def price(api: Client, amount: int = 2500, **params: Any) -> Body:
    recurring = {"interval": "month", **params.pop("recurring", {})}
    params.setdefault("product_data", {"name": "Test Subscription"})
    return api.make("/v1/prices", currency="usd", unit_amount=amount, recurring=recurring, **params)


def subscribe(api: Client, owner: Body, amount: int = 2500, **params: Any) -> Body:
    items = params.pop("items", None) or [{"price": price(api, amount)["id"]}]
    return api.make("/v1/subscriptions", customer=owner["id"], items=items, **params)


def invoice_of(api: Client, subscription: Body) -> Body:
    return api.get(f"/v1/invoices/{subscription['latest_invoice']}").body


class Clock:
    """A test clock with one customer."""

    def __init__(self, api: Client, **customer: Any) -> None:
        self.api = api
        self.id = api.make("/v1/test_helpers/test_clocks", frozen_time=START)["id"]
        self.customer = states.customer(api, test_clock=self.id, **customer)

    def to(self, moment: int) -> None:
        answer = self.api.make(f"/v1/test_helpers/test_clocks/{self.id}/advance", frozen_time=moment)
        assert answer["status"] == "advancing"
        assert self.api.get(f"/v1/test_helpers/test_clocks/{self.id}")["status"] == "ready"

    def invoices(self) -> list[Body]:
        return list(self.api.get("/v1/invoices", customer=self.customer["id"])["data"])


def test_a_good_card_pays_the_first_invoice_at_once(api: Client) -> None:
    subscription = subscribe(api, states.customer(api))
    invoice = invoice_of(api, subscription)
    assert subscription["status"] == "active"
    assert (invoice["status"], invoice["billing_reason"], invoice["attempt_count"]) == (
        "paid",
        "subscription_create",
        1,
    )
    assert invoice["auto_advance"] is False
    assert invoice["number"].endswith("-0001")
    assert invoice["rendering"] is None
    line = invoice["lines"]["data"][0]
    assert line["description"] == "1 × Test Subscription (at $25.00 / month)"
    assert line["parent"]["subscription_item_details"]["subscription"] == subscription["id"]
    assert invoice["period_start"] == invoice["period_end"] == line["period"]["start"]


def test_a_card_that_declines_leaves_the_subscription_incomplete(api: Client) -> None:
    subscription = subscribe(api, states.customer(api, payment_method="pm_card_chargeCustomerFail"))
    invoice = invoice_of(api, subscription)
    assert subscription["status"] == "incomplete"
    assert (invoice["status"], invoice["attempted"], invoice["attempt_count"]) == ("open", True, 1)


def test_a_card_that_needs_authentication_was_attempted_but_not_counted(api: Client) -> None:
    subscription = subscribe(api, states.customer(api, payment_method="pm_card_threeDSecure2Required"))
    invoice = invoice_of(api, subscription)
    assert subscription["status"] == "incomplete"
    assert (invoice["status"], invoice["attempted"], invoice["attempt_count"]) == ("open", True, 0)
    assert invoice["auto_advance"] is True
    assert invoice["next_payment_attempt"] is None


def test_error_if_incomplete_leaves_nothing_behind(api: Client) -> None:
    owner = states.customer(api, payment_method="pm_card_threeDSecure2Required")
    answer = api.post(
        "/v1/subscriptions",
        customer=owner["id"],
        items=[{"price": price(api)["id"]}],
        payment_behavior="error_if_incomplete",
    )
    assert answer.status == 402
    assert answer.error["code"] == "subscription_payment_intent_requires_action"
    assert api.get("/v1/subscriptions", customer=owner["id"], status="all")["data"] == []
    assert api.get("/v1/invoices", customer=owner["id"])["data"] == []


def test_default_incomplete_waits_for_a_payment_that_activates_it(api: Client) -> None:
    owner = states.customer(api)
    subscription = subscribe(api, owner, payment_behavior="default_incomplete")
    invoice = invoice_of(api, subscription)
    assert subscription["status"] == "incomplete"
    assert (invoice["status"], invoice["attempted"], invoice["auto_advance"]) == ("open", False, False)
    api.make(f"/v1/invoices/{invoice['id']}/pay")
    assert api.get(f"/v1/subscriptions/{subscription['id']}")["status"] == "active"


@pytest.mark.parametrize(
    ("params", "message", "param", "code"),
    [
        ({"items": [{"price": "price_nope"}]}, r"No such price: 'price_nope'", "items[0][price]", "resource_missing"),
        ({}, r"This customer has no attached payment source or default payment method\..*", None, "resource_missing"),
    ],
)
def test_creation_is_refused(api: Client, params: Body, message: str, param: str | None, code: str) -> None:
    owner = states.customer(api, payment_method=None)
    answer = api.post("/v1/subscriptions", customer=owner["id"], **{"items": [{"price": price(api)["id"]}], **params})
    assert answer.status == 400
    assert re.fullmatch(message, answer.error["message"])
    assert (answer.error.get("param"), answer.error.get("code")) == (param, code)


def test_a_one_time_price_is_refused(api: Client) -> None:
    one_time = api.make("/v1/prices", currency="usd", unit_amount=100, product_data={"name": "P"})
    answer = api.post("/v1/subscriptions", customer=states.customer(api)["id"], items=[{"price": one_time["id"]}])
    assert answer.error["message"].startswith("The price specified is set to `type=one_time`")
    assert answer.error["param"] == "items[0][price]"


def test_pending_items_stand_above_the_subscription(api: Client) -> None:
    owner = states.customer(api)
    api.make("/v1/invoiceitems", customer=owner["id"], amount=1000, currency="usd")
    invoice = invoice_of(api, subscribe(api, owner, 20000))
    assert [line["amount"] for line in invoice["lines"]["data"]] == [1000, 20000]
    assert invoice["total"] == 21000


@pytest.mark.parametrize(
    ("coupon", "total"), [({"percent_off": 10}, 2250), ({"amount_off": 1000, "currency": "usd"}, 1500)]
)
def test_discounts_of_the_subscription_reduce_its_invoice(api: Client, coupon: Body, total: int) -> None:
    made = api.make("/v1/coupons", duration="forever", **coupon)
    invoice = invoice_of(api, subscribe(api, states.customer(api), discounts=[{"coupon": made["id"]}]))
    assert (invoice["subtotal"], invoice["total"]) == (2500, total)
    assert invoice["total_discount_amounts"][0]["amount"] == 2500 - total


def test_a_trial_starts_with_a_paid_invoice_of_nothing(api: Client) -> None:
    clock = Clock(api)
    subscription = subscribe(api, clock.customer, trial_period_days=14)
    invoice = invoice_of(api, subscription)
    assert subscription["status"] == "trialing"
    assert (invoice["total"], invoice["status"], invoice["attempt_count"], invoice["attempted"]) == (0, "paid", 0, True)
    clock.to(START + 14 * DAY + 2 * HOUR)
    cycle = clock.invoices()[0]
    assert (cycle["billing_reason"], cycle["total"], cycle["status"]) == ("subscription_cycle", 2500, "paid")
    assert api.get(f"/v1/subscriptions/{subscription['id']}")["status"] == "active"


def test_a_renewal_is_a_draft_for_an_hour_and_paid_afterwards(api: Client) -> None:
    clock = Clock(api)
    subscription = subscribe(api, clock.customer)
    boundary = subscription["items"]["data"][0]["current_period_end"]
    clock.to(boundary + 1800)
    draft = clock.invoices()[0]
    assert (draft["status"], draft["billing_reason"], draft["auto_advance"]) == ("draft", "subscription_cycle", True)
    assert draft["next_payment_attempt"] == draft["created"] + HOUR
    assert draft["period_end"] == boundary == draft["lines"]["data"][0]["period"]["start"]
    assert draft["test_clock"] == clock.id
    refused = api.delete(f"/v1/invoices/{draft['id']}")
    assert refused.error["message"].rstrip(".") == "You can't delete invoices created by subscriptions"
    clock.to(boundary + 2 * HOUR)
    paid = api.get(f"/v1/invoices/{draft['id']}")
    moments = paid["status_transitions"]
    assert paid["status"] == "paid"
    assert moments["paid_at"] == moments["finalized_at"]
    assert 3600 <= moments["finalized_at"] - paid["created"] <= 4100


def _fail_from_now_on(api: Client, clock: Clock) -> None:
    method = api.make("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=clock.customer["id"])
    api.make(f"/v1/customers/{clock.customer['id']}", invoice_settings={"default_payment_method": method["id"]})


def test_a_failing_renewal_is_retried_until_it_is_given_up(api: Client) -> None:
    clock = Clock(api)
    subscription = subscribe(api, clock.customer)
    boundary = subscription["items"]["data"][0]["current_period_end"]
    _fail_from_now_on(api, clock)
    clock.to(boundary + 2 * HOUR)
    invoice = clock.invoices()[0]
    seen = []
    for days in (0, 4, 9, 16):
        clock.to(boundary + days * DAY + 3 * HOUR)
        now = api.get(f"/v1/invoices/{invoice['id']}")
        seen.append((now["attempt_count"], now["next_payment_attempt"] is None))
    assert seen == [(1, False), (2, False), (3, False), (4, True)]
    assert api.get(f"/v1/subscriptions/{subscription['id']}")["status"] == "past_due"
    api.make(f"/v1/invoices/{invoice['id']}/pay", payment_method="pm_card_visa")
    assert api.get(f"/v1/subscriptions/{subscription['id']}")["status"] == "active"


def test_a_subscription_that_is_never_paid_expires_and_its_invoice_is_void(api: Client) -> None:
    clock = Clock(api, payment_method="pm_card_chargeCustomerFail")
    subscription = subscribe(api, clock.customer)
    clock.to(START + 23 * HOUR + 60)
    assert api.get(f"/v1/subscriptions/{subscription['id']}")["status"] == "incomplete_expired"
    invoice = invoice_of(api, subscription)
    assert (invoice["status"], invoice["attempted"]) == ("void", True)
    assert invoice["status_transitions"]["voided_at"] is not None


def test_canceling_stops_the_collection_of_what_is_still_a_draft(api: Client) -> None:
    clock = Clock(api)
    subscription = subscribe(api, clock.customer)
    clock.to(subscription["items"]["data"][0]["current_period_end"] + 60)
    assert api.delete(f"/v1/subscriptions/{subscription['id']}")["status"] == "canceled"
    draft = clock.invoices()[0]
    assert (draft["status"], draft["auto_advance"], draft["next_payment_attempt"]) == ("draft", False, None)


def test_an_upgrade_half_way_is_worth_half(api: Client) -> None:
    """INV-ARI-052: 10 to 20 per month at half: -500 and +1000."""
    clock = Clock(api)
    subscription = subscribe(api, clock.customer, 1000)
    item = subscription["items"]["data"][0]
    half = (item["current_period_start"] + item["current_period_end"]) // 2
    clock.to(half)
    api.make(
        f"/v1/subscriptions/{subscription['id']}",
        items=[{"id": item["id"], "price": price(api, 2000)["id"]}],
        proration_behavior="always_invoice",
    )
    invoice = clock.invoices()[0]
    assert (invoice["billing_reason"], invoice["total"], invoice["status"]) == ("subscription_update", 500, "paid")
    assert sorted(line["amount"] for line in invoice["lines"]["data"]) == [-500, 1000]
    assert all(line["discountable"] is False for line in invoice["lines"]["data"])
    assert all(line["pricing"]["unit_amount_decimal"] is None for line in invoice["lines"]["data"])
    assert {line["description"].split(" after ")[0] for line in invoice["lines"]["data"]} == {
        "Unused time on Test Subscription",
        "Remaining time on Test Subscription",
    }


def test_half_cents_of_prorations_go_down(api: Client) -> None:
    """INV-ARI-050: 1000 a month, 6480 of 2592000 seconds left, quantity 1 to 3: -3 and +7; the 4 left are too small
    to charge.
    """
    clock = Clock(api)
    monthly = price(api, 1000, recurring={"interval": "day", "interval_count": 30})
    subscription = subscribe(api, clock.customer, items=[{"price": monthly["id"]}])
    item = subscription["items"]["data"][0]
    api.make(
        f"/v1/subscriptions/{subscription['id']}",
        items=[{"id": item["id"], "quantity": 3}],
        proration_behavior="always_invoice",
        proration_date=item["current_period_end"] - 6480,
    )
    invoice = clock.invoices()[0]
    assert sorted(line["amount"] for line in invoice["lines"]["data"]) == [-3, 7]
    assert (invoice["total"], invoice["amount_due"], invoice["ending_balance"], invoice["status"]) == (4, 0, 4, "paid")


def test_create_prorations_leaves_pending_items_that_cancellation_removes(api: Client) -> None:
    clock = Clock(api)
    subscription = subscribe(api, clock.customer, 1000)
    item = subscription["items"]["data"][0]
    clock.to(START + 10 * DAY)
    api.make(f"/v1/subscriptions/{subscription['id']}", items=[{"id": item["id"], "quantity": 2}])
    pending = api.get("/v1/invoiceitems", customer=clock.customer["id"], pending=True)["data"]
    assert [one["proration"] for one in pending] == [True, True]
    api.delete(f"/v1/subscriptions/{subscription['id']}")
    assert api.get("/v1/invoiceitems", customer=clock.customer["id"], pending=True)["data"] == []


def test_send_invoice_subscriptions_begin_with_a_draft(api: Client) -> None:
    clock = Clock(api, payment_method=None)
    subscription = subscribe(api, clock.customer, collection_method="send_invoice", days_until_due=30)
    invoice = invoice_of(api, subscription)
    assert (subscription["status"], invoice["status"], invoice["auto_advance"]) == ("active", "draft", True)
    clock.to(START + 2 * HOUR)
    invoice = invoice_of(api, subscription)
    assert (invoice["status"], invoice["attempted"]) == ("open", False)


def test_a_paused_subscription_keeps_its_renewal_as_a_draft(api: Client) -> None:
    clock = Clock(api)
    subscription = subscribe(api, clock.customer)
    api.make(f"/v1/subscriptions/{subscription['id']}", pause_collection={"behavior": "keep_as_draft"})
    clock.to(subscription["items"]["data"][0]["current_period_end"] + 2 * HOUR)
    draft = clock.invoices()[0]
    assert (draft["status"], draft["auto_advance"]) == ("draft", False)


def _clocked_draft(api: Client, **params: Any) -> tuple[Clock, Body]:
    clock = Clock(api)
    return clock, states.draft(api, clock.customer, auto_advance=True, **params)


def test_a_manual_draft_that_advances_is_paid_after_an_hour(api: Client) -> None:
    clock, draft = _clocked_draft(api)
    assert draft["automatically_finalizes_at"] == draft["created"] + 3601
    clock.to(START + 1800)
    assert api.get(f"/v1/invoices/{draft['id']}")["status"] == "draft"
    clock.to(START + 2 * HOUR)
    assert api.get(f"/v1/invoices/{draft['id']}")["status"] == "paid"


def test_payments_and_events_know_nothing_of_a_clock(api: Client) -> None:
    """An invoice lives on the time of its clock, its payment and its events on that of the server (INV-SUB-045)."""
    clock, draft = _clocked_draft(api)
    made = api.get(f"/v1/test_helpers/test_clocks/{clock.id}")["created"]
    clock.to(START + 2 * HOUR)
    times = api.get(f"/v1/invoices/{draft['id']}")["status_transitions"]
    assert START + HOUR <= times["finalized_at"] == times["paid_at"] < START + 2 * HOUR
    [paid] = api.get("/v1/events", type="invoice.paid")["data"]
    [intent] = api.get("/v1/payment_intents", customer=clock.customer["id"])["data"]
    assert all(made <= one["created"] <= made + HOUR for one in (paid, intent))


def test_a_draft_that_does_not_advance_stays_a_draft(api: Client) -> None:
    clock, draft = _clocked_draft(api)
    api.make(f"/v1/invoices/{draft['id']}", auto_advance=False)
    clock.to(START + 100 * DAY)
    assert api.get(f"/v1/invoices/{draft['id']}")["status"] == "draft"


def test_a_finalization_that_fails_says_why(api: Client) -> None:
    clock, draft = _clocked_draft(api, automatic_tax={"enabled": True})
    clock.to(START + 2 * HOUR)
    invoice = api.get(f"/v1/invoices/{draft['id']}")
    assert invoice["status"] == "draft"
    assert invoice["last_finalization_error"]["code"] == "customer_tax_location_invalid"


def _attach(api: Client, invoice: Body, amount: int) -> Answer:
    intent = api.make(
        "/v1/payment_intents",
        amount=amount,
        currency="usd",
        customer=invoice["customer"],
        payment_method="pm_card_visa",
        confirm=True,
    )
    return api.post(f"/v1/invoices/{invoice['id']}/attach_payment", payment_intent=intent["id"])


def test_an_automatic_subscription_invoice_takes_only_its_whole_amount(api: Client) -> None:
    invoice = invoice_of(api, subscribe(api, states.customer(api), payment_behavior="default_incomplete"))
    refused = _attach(api, invoice, 100)
    assert refused.status == 400
    assert refused.error["message"].startswith("For charge_automatically subscription invoices")
    assert _attach(api, invoice, 2500)["status"] == "paid"


def test_a_clock_only_goes_forward_and_takes_its_customers_along(api: Client) -> None:
    clock = Clock(api)
    assert api.post(f"/v1/test_helpers/test_clocks/{clock.id}/advance", frozen_time=START - 1).status == 400
    assert api.delete(f"/v1/test_helpers/test_clocks/{clock.id}").status == 200
    assert api.get(f"/v1/customers/{clock.customer['id']}")["deleted"] is True


def test_a_discount_of_one_item_is_for_that_item_and_a_once_coupon_for_one_invoice(api: Client) -> None:
    clock = Clock(api)
    once = api.make("/v1/coupons", percent_off=50, duration="once")["id"]
    items = [
        {"price": price(api, 1000)["id"], "discounts": [{"coupon": once}]},
        {"price": price(api, 2000)["id"]},
    ]
    made = subscribe(api, clock.customer, items=items, expand=["items.data.discounts"])
    first = invoice_of(api, made)
    assert (first["subtotal"], first["total"]) == (2500, 2500), "a line's own discount comes before the subtotal"
    [discount] = api.get("/v1/events", type="customer.discount.created")["data"]
    shown = discount["data"]["object"]
    held = [item["id"] for item in made["items"]["data"]]
    assert (shown["subscription_item"], shown["subscription"]) == (held[0], None)
    clock.to(START + 35 * DAY)
    assert clock.invoices()[0]["total"] == 3000
    path = f"/v1/subscriptions/{made['id']}"
    again = api.make("/v1/coupons", percent_off=10, duration="forever")["id"]
    changed = api.make(path, items=[{"id": held[1], "discounts": [{"coupon": again}]}])
    assert [len(item["discounts"]) for item in changed["items"]["data"]] == [0, 1]
    clock.to(START + 65 * DAY)
    assert clock.invoices()[0]["total"] == 2800


def test_what_belongs_to_a_customer_of_a_clock_lives_in_its_time(api: Client) -> None:
    """A revision, a change of one item, a voided note: none of them is asked for by the customer's id (INV-SUB-034)."""
    clock = Clock(api)
    opened = states.opened(api, clock.customer)
    revision = api.make("/v1/invoices", from_invoice={"action": "revision", "invoice": opened["id"]})
    assert revision["created"] == START
    note = api.make("/v1/credit_notes", invoice=opened["id"], amount=500)
    clock.to(START + HOUR)
    assert api.make(f"/v1/credit_notes/{note['id']}/void")["voided_at"] == START + HOUR
    [item] = subscribe(api, clock.customer)["items"]["data"]
    clock.to(START + 2 * HOUR)
    api.make(f"/v1/subscription_items/{item['id']}", quantity=2)
    pending = api.get("/v1/invoiceitems", customer=clock.customer["id"], pending=True)["data"]
    assert [one["date"] for one in pending] == [START + 2 * HOUR] * 2
