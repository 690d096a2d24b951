"""Details that genuine recordings show and no requirement names."""

from __future__ import annotations

import pytest

from tests.reference import states
from tests.reference.conftest import Client
from tests.reference.test_subscriptions import DAY, invoice_of, subscribe


@pytest.mark.parametrize(
    ("billing_mode", "unit", "text"),
    [
        ("flexible", "user", "Free trial for 2 user × Test Subscription"),
        ("flexible", None, "Free trial for 2 × Test Subscription"),
        ("classic", "user", "Trial period for Test Subscription (per user)"),
        ("classic", None, "Trial period for Test Subscription"),
    ],
)
def test_a_trial_is_described_as_its_billing_mode_does(
    api: Client, billing_mode: str, unit: str | None, text: str
) -> None:
    labelled = {"unit_label": unit} if unit else {}
    product = api.make("/v1/products", name="Test Subscription", **labelled)
    price = api.make(
        "/v1/prices", currency="usd", unit_amount=900, recurring={"interval": "month"}, product=product["id"]
    )
    subscription = subscribe(
        api,
        states.customer(api),
        items=[{"price": price["id"], "quantity": 2}],
        trial_period_days=14,
        billing_mode={"type": billing_mode},
    )
    assert subscription["billing_mode"]["type"] == billing_mode
    (line,) = invoice_of(api, subscription)["lines"]["data"]
    assert line["description"] == text


def test_an_authorization_says_until_when_it_waits_for_its_capture(api: Client) -> None:
    held, taken = (
        api.make(
            "/v1/payment_intents",
            amount=2900,
            currency="usd",
            payment_method="pm_card_visa",
            capture_method=method,
            confirm=True,
            return_url="https://example.com",
            expand=["latest_charge"],
        )["latest_charge"]
        for method in ("manual", "automatic")
    )
    assert held["payment_method_details"]["card"]["capture_before"] == held["created"] + 7 * DAY
    assert "capture_before" not in taken["payment_method_details"]["card"]


@pytest.mark.parametrize("discountable", [True, False])
def test_an_items_net_amount_is_shown_where_no_discount_can_change_it(api: Client, discountable: bool) -> None:
    item = api.make(
        "/v1/invoiceitems",
        customer=states.customer(api)["id"],
        amount=1000,
        currency="usd",
        discountable=discountable,
    )
    assert ("net_amount" in item) is not discountable
