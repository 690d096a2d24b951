"""Payment intents, charges and refunds of their own, without an invoice.

Of ``customer_payment_intent_1`` the bank debit and its dispute (events 15 to 23) are left out: the reference has no
disputes. Of ``session_1`` the intents that Checkout made (45, 46, 48, 49) are: it has no Checkout.
"""

from __future__ import annotations

from tests.reference.tabledog.making import customer, price, recurring
from tests.reference.telling import Body, Story, told

CREATED = told("payment_intent.created")
DECLINED = told("charge.failed", "payment_intent.payment_failed")
SUCCEEDED = told("charge.succeeded", "payment_intent.succeeded")


def intent(story: Story, amount: int, **params: object) -> str:
    made = story.make("/payment_intents", amount=amount, payment_method_types=["card"], **{"currency": "gbp", **params})
    assert (made["amount"], made["status"]) == (amount, "requires_payment_method")
    assert story.told() == CREATED
    return f"/payment_intents/{made['id']}"


def declined(story: Story, path: str, method: str) -> Body:
    answer = story.api.post(f"/v1{path}/confirm", payment_method=method)
    assert answer.status == 402
    assert story.told() == DECLINED
    return answer.error


def charge_of(story: Story, path: str) -> Body:
    return story.read(f"/charges/{story.read(path)['latest_charge']}")


def test_charge_refund_1_two_refunds_of_one_charge(story: Story) -> None:
    """Refunds tell of the charge what it was; updating a refund tells, but not what has changed."""
    owner = customer(story)
    method = story.read(f"/customers/{owner}")["invoice_settings"]["default_payment_method"]
    story.told()
    made = story.make(
        "/payment_intents", amount=2000, currency="gbp", customer=owner, payment_method=method, confirm=True
    )
    assert story.told() == [*CREATED, *SUCCEEDED]
    path = f"/payment_intents/{made['id']}"
    charge = charge_of(story, path)["id"]
    story.make("/refunds", charge=charge, amount=100)
    story.make("/refunds", charge=charge, amount=200)
    first, second = story.events()
    before = [event["data"]["previous_attributes"] for event in (first, second)]
    assert [(one["amount_refunded"], one["refunds"]["total_count"]) for one in before] == [(0, 0), (100, 1)]
    assert [one["amount"] for one in before[1]["refunds"]["data"]] == [100]
    assert [event["type"] for event in (first, second)] == ["charge.refunded"] * 2
    assert [event["data"]["object"]["amount_refunded"] for event in (first, second)] == [100, 300]
    newest = second["data"]["object"]["refunds"]["data"][0]
    assert newest["amount"] == 200
    for count in (1, 2, 3):
        story.make(f"/refunds/{newest['id']}", metadata={"update": count})
    assert story.told() == told(*["charge.refund.updated:"] * 3)
    story.make(f"/charges/{charge}", metadata={"update": 1})
    assert story.told() == told("charge.updated: metadata.update")
    story.delete(f"/customers/{owner}")
    assert story.told() == told("customer.deleted")
    after = story.read(f"/charges/{charge}")
    assert (after["amount_captured"], after["amount_refunded"], after["refunded"]) == (2000, 300, False)


def test_customer_payment_intent_1_declines_and_authentication(story: Story) -> None:
    """Two declines, then a card that asks: each tells what became of the intent."""
    path = intent(story, 1000, currency="eur")
    assert declined(story, path, "pm_card_chargeDeclined")["decline_code"] == "generic_decline"
    assert declined(story, path, "pm_card_chargeDeclinedFraudulent")["decline_code"] == "fraudulent"
    story.make(f"{path}/confirm", payment_method="pm_card_authenticationRequired", return_url="https://example.com")
    assert story.told() == told("payment_intent.requires_action")
    for amount in (2000, 3000):
        path = intent(story, amount)
        story.make(f"{path}/confirm", payment_method="pm_card_visa")
        assert story.told() == SUCCEEDED
    path = intent(story, 4000)
    assert story.make(f"{path}/cancel")["status"] == "canceled"
    assert story.told() == told("payment_intent.canceled")


def test_customer_payment_intent_1_a_part_is_captured(story: Story) -> None:
    """750 of 1099: the rest is given back as a refund, of which only the capture tells."""
    path = intent(story, 1099, currency="usd", capture_method="manual")
    story.make(f"{path}/confirm", payment_method="pm_card_visa")
    assert story.told() == told("charge.succeeded", "payment_intent.amount_capturable_updated")
    taken = story.make(f"{path}/capture", amount_to_capture=750)
    assert (taken["status"], taken["amount_received"]) == ("succeeded", 750)
    assert story.told() == told(
        "charge.captured: amount_captured amount_refunded balance_transaction captured refunds",
        "payment_intent.succeeded",
    )
    charge = charge_of(story, path)
    assert (charge["amount_captured"], charge["amount_refunded"], charge["refunded"]) == (750, 349, False)
    assert [one["amount"] for one in charge["refunds"]["data"]] == [349]
    refused = story.api.post("/v1/refunds", charge=charge["id"], amount=751)
    assert refused.status == 400
    assert story.make("/refunds", charge=charge["id"], amount=750)["amount"] == 750


def test_session_1_a_recurring_price_is_told_with_its_plan(story: Story) -> None:
    """A one-time price, then recurring ones; an address that Checkout collected, set by the API here."""
    owner = customer(story)
    story.told()
    price(story)
    assert story.told() == told("product.created", "price.created")
    recurring(story, 2000)
    events = story.events()
    assert [event["type"] for event in events] == ["product.created", "plan.created", "price.created"]
    plan, made = (event["data"]["object"] for event in events[1:])
    assert (plan["object"], plan["id"], plan["amount"], plan["interval"]) == ("plan", made["id"], 2000, "month")
    assert (made["object"], made["unit_amount"], made["recurring"]["interval"]) == ("price", 2000, "month")
    home = {"city": "Berlin", "country": "DE", "line1": "1 Strasse", "postal_code": "10115"}
    story.make(f"/customers/{owner}", address=home, shipping={"name": "Jenny", "address": home})
    assert story.told() == told("customer.updated: address shipping")
