"""Promotion codes: of which coupon, who may redeem them, and how they are counted (INV-CRE-053..058)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reference import states
from tests.reference.conftest import Answer, Client
from tests.reference.test_subscriptions import DAY, START, Clock, price, subscribe

Body = dict[str, Any]
OLD = "2024-06-20"


def coupon(api: Client, **terms: Any) -> Body:
    return api.make("/v1/coupons", **{"percent_off": 10, "duration": "once", **terms})


def code(api: Client, of: Body | None = None, **params: Any) -> Body:
    promotion = {"type": "coupon", "coupon": (of or coupon(api))["id"]}
    return api.make("/v1/promotion_codes", promotion=promotion, **params)


def redeem(api: Client, made: Body, owner: Body | None = None) -> Answer:
    draft = states.draft(api, owner)
    return api.post(f"/v1/invoices/{draft['id']}", discounts=[{"promotion_code": made["id"]}])


def why(answer: Answer) -> str:
    assert (answer.status, answer.error["type"]) == (400, "invalid_request_error")
    return str(answer.error["message"])


def test_versions_below_clover_name_the_coupon_itself(api: Client) -> None:
    of = coupon(api)
    old = api.send("POST", "/v1/promotion_codes", {"coupon": of["id"]}, Stripe_Version=OLD)
    assert (old.status, old["coupon"]["id"], "promotion" in old.body) == (200, of["id"], False)
    new = api.get(f"/v1/promotion_codes/{old['id']}")
    assert (new["promotion"], "coupon" in new.body) == ({"coupon": of["id"], "type": "coupon"}, False)
    expanded = api.get(f"/v1/promotion_codes/{old['id']}", expand=["promotion.coupon"])
    assert expanded["promotion"]["coupon"]["object"] == "coupon"
    assert api.post("/v1/promotion_codes", coupon=of["id"]).error["code"] == "parameter_unknown"
    refused = api.send("POST", "/v1/promotion_codes", {"promotion": {"type": "coupon"}}, Stripe_Version=OLD)
    assert refused.error["code"] == "parameter_unknown"


@pytest.mark.parametrize(
    ("params", "param", "message"),
    [
        ({}, "promotion", "Missing required param: promotion."),
        (
            {"promotion": {"type": "coupon"}},
            "promotion.coupon",
            "You must pass promotion.coupon when passing promotion",
        ),
        ({"promotion": {"type": "coupon", "coupon": "NOPE"}}, "promotion[coupon]", "No such coupon: 'NOPE'"),
    ],
)
def test_there_is_no_code_without_a_coupon(api: Client, params: Body, param: str, message: str) -> None:
    answer = api.post("/v1/promotion_codes", **params)
    assert (answer.status, answer.error["param"], answer.error["message"]) == (400, param, message)


def test_a_code_is_taken_while_it_is_active_whatever_its_case(api: Client) -> None:
    made = code(api, code="Autumn-10")
    assert made["code"] == "Autumn-10"
    promotion = {"type": "coupon", "coupon": made["promotion"]["coupon"]}
    taken = api.post("/v1/promotion_codes", promotion=promotion, code="AUTUMN-10")
    assert why(taken) == "An active promotion code with `code: AUTUMN-10` already exists."
    api.make(f"/v1/promotion_codes/{made['id']}", active=False)
    api.make("/v1/promotion_codes", promotion=promotion, code="AUTUMN-10")
    assert api.post(f"/v1/promotion_codes/{made['id']}", active=True).status == 400, "the other one has it now"
    assert "regex" in why(api.post("/v1/promotion_codes", promotion=promotion, code="no spaces"))


def test_a_redemption_is_counted_on_the_code_and_on_its_coupon(api: Client) -> None:
    of = coupon(api)
    made = code(api, of, max_redemptions=2)
    for count in (1, 2):
        assert redeem(api, made)["total"] == 1800
        now = api.get(f"/v1/promotion_codes/{made['id']}")
        assert (now["times_redeemed"], now["active"]) == (count, count < 2)
    assert api.get(f"/v1/coupons/{of['id']}")["times_redeemed"] == 2
    assert "maximum number of times" in why(redeem(api, made))


def test_looking_at_a_preview_redeems_nothing(api: Client) -> None:
    of = coupon(api)
    made = code(api, of)
    sent = {"discounts": [{"promotion_code": made["id"]}], "invoice_items": [{"amount": 1000, "currency": "usd"}]}
    preview = api.make("/v1/invoices/create_preview", customer=states.customer(api)["id"], **sent)
    assert preview["total"] == 900
    assert api.get(f"/v1/promotion_codes/{made['id']}")["times_redeemed"] == 0
    assert api.get(f"/v1/coupons/{of['id']}")["times_redeemed"] == 0
    assert not api.get("/v1/events", type="customer.discount.created")["data"]


def test_a_refused_redemption_counts_nothing(api: Client) -> None:
    made = code(api)
    draft = states.draft(api)
    path = f"/v1/invoices/{draft['id']}"
    twice = [{"promotion_code": made["id"]}, {"coupon": made["promotion"]["coupon"]}]
    assert api.post(path, discounts=twice).status == 400, "one coupon, two ways"
    assert api.get(f"/v1/promotion_codes/{made['id']}")["times_redeemed"] == 0
    assert api.get(path).body == draft


def test_a_code_can_be_one_customers(api: Client) -> None:
    owner = states.customer(api)
    made = code(api, customer=owner["id"])
    assert "customer" in why(redeem(api, made))
    assert redeem(api, made, owner)["total"] == 1800
    assert [one["id"] for one in api.get("/v1/promotion_codes", customer=owner["id"])["data"]] == [made["id"]]


def test_a_code_can_be_for_first_purchases(api: Client) -> None:
    made = code(api, restrictions={"first_time_transaction": True})
    owner = states.customer(api)
    assert redeem(api, made, owner)["total"] == 1800
    states.opened(api, owner)
    assert why(redeem(api, made, owner)) == (
        "This promotion code cannot be redeemed because the associated customer has prior transactions."
    )


def test_a_code_can_ask_for_a_minimum(api: Client) -> None:
    least = {"minimum_amount": 2500, "minimum_amount_currency": "usd"}
    made = code(api, coupon(api, duration="forever"), restrictions=least)
    assert "minimum amount" in why(redeem(api, made))
    owner = states.customer(api)
    discounts = [{"promotion_code": made["id"]}]
    cheap, dear = (price(api, amount)["id"] for amount in (2000, 3000))
    refused = api.post("/v1/subscriptions", customer=owner["id"], items=[{"price": cheap}], discounts=discounts)
    assert "minimum amount" in why(refused)
    subscription = subscribe(api, owner, items=[{"price": dear}], discounts=discounts)
    assert api.get(f"/v1/invoices/{subscription['latest_invoice']}")["total"] == 2700
    plain = subscribe(api, owner, items=[{"price": dear}])
    updated = api.post(f"/v1/subscriptions/{plain['id']}", discounts=discounts)
    assert "on a subscription update because it uses the `minimum_amount` restriction" in why(updated)
    currency = api.post("/v1/promotion_codes", promotion=made["promotion"], restrictions={"minimum_amount": 2500})
    assert currency.error["param"] == "restrictions[minimum_amount_currency]"


def test_a_code_goes_with_its_time_and_its_coupon(api: Client) -> None:
    of = coupon(api, max_redemptions=1)
    made = code(api, of)
    too_many = api.post("/v1/promotion_codes", promotion=made["promotion"], max_redemptions=2)
    assert too_many.error["param"] == "max_redemptions"
    assert api.post("/v1/promotion_codes", promotion=made["promotion"], expires_at=2000).error["param"] == "expires_at"
    states.draft(api, discounts=[{"coupon": of["id"]}])
    assert api.get(f"/v1/promotion_codes/{made['id']}")["active"] is False, "its coupon is used up"
    assert why(redeem(api, made)).startswith("This promotion code cannot be redeemed because")


def test_a_customer_redeems_a_code_where_customers_have_discounts(api: Client) -> None:
    """The parameter went with basil, the discount did not."""
    owner, made = states.customer(api), code(api)
    path = f"/v1/customers/{owner['id']}"
    assert api.post(path, promotion_code=made["id"]).error["code"] == "parameter_unknown"
    discounted = api.send("POST", path, {"promotion_code": made["id"]}, Stripe_Version=OLD)
    assert discounted["discount"]["promotion_code"] == made["id"]
    assert states.draft(api, owner)["total"] == 1800


def test_a_discount_of_three_months_reaches_three_renewals_counting_the_first(api: Client) -> None:
    clock = Clock(api)
    of = coupon(api, duration="repeating", duration_in_months=3)
    made = code(api, of)
    subscribe(api, clock.customer, 1000, discounts=[{"promotion_code": made["id"]}])
    for month in (1, 2, 3, 4):
        clock.to(START + 32 * month * DAY)
    assert [one["total"] for one in clock.invoices()][::-1] == [900, 900, 900, 1000, 1000]
