"""Tax rates of lines and subscriptions, tax ids of customers."""

from __future__ import annotations

from tests.reference.tabledog.making import SUBSCRIBED, customer, item, price, rate, recurring
from tests.reference.telling import Figures, Line, Story, figures, lines, told

#: Ten inclusive rates, 6% to 15%, together in 2000.
WITHIN = (58, 68, 78, 88, 98, 107, 117, 127, 136, 147)


def test_tax_rate_1_ten_inclusive_rates_on_one_line(story: Story) -> None:
    """Inclusive taxes share the amount that is left without all of them, and change neither total nor due."""
    owner = customer(story, card=False)
    rates = [rate(story, percentage, inclusive=True) for percentage in range(6, 16)]
    line = item(story, owner, price=price(story), tax_rates=rates)
    story.told()
    invoice = story.make("/invoices", customer=owner)
    assert story.told() == told("invoiceitem.updated: invoice", "invoice.created")
    assert figures(invoice) == Figures("draft", 2000, 2000, 2000, 0, 2000, (), WITHIN)
    assert lines(invoice) == [Line(2000, 1, (), WITHIN)]
    assert invoice["tax"] == 1024
    assert [tax["tax_rate"] for tax in invoice["total_tax_amounts"]] == rates
    assert [one["id"] for one in line["tax_rates"]] == rates
    story.delete(f"/invoices/{invoice['id']}")
    assert story.told() == told("invoice.deleted", "invoiceitem.deleted")


def test_tax_rate_1_two_exclusive_rates_of_a_subscription(story: Story) -> None:
    """Exclusive taxes are added: 10% and 20% of 2000."""
    owner = customer(story)
    rates = [rate(story, percentage, inclusive=False) for percentage in (10, 20)]
    product = story.make("/products", name="Chocolate")["id"]
    monthly = story.make("/prices", product=product, unit_amount=2000, currency="gbp", recurring={"interval": "month"})
    story.told()
    subscription = story.make(
        "/subscriptions", customer=owner, items=[{"price": monthly["id"]}], default_tax_rates=rates
    )
    invoice = story.read(f"/invoices/{subscription['latest_invoice']}")
    assert figures(invoice) == Figures("paid", 2000, 2600, 2600, 2600, 0, (), (200, 400))
    assert lines(invoice) == [Line(2000, 1, (), (200, 400))]
    assert (invoice["tax"], invoice["lines"]["data"][0]["type"]) == (600, "subscription")
    assert story.told() == told(*SUBSCRIBED)


def test_tax_rate_1_rates_tell_when_they_are_archived(story: Story) -> None:
    made = rate(story, 10, inclusive=False)
    assert story.told() == told("tax_rate.created")
    for active in (False, True):
        story.make(f"/tax_rates/{made}", active=active)
        assert story.told() == told("tax_rate.updated: active")


NUMBERS = ("DE123456780", "DE123456781", "DE123456782", "DE123456783")


def test_tax_rate_1_tax_ids_stand_on_drafts(story: Story) -> None:
    """Four ids told after their customer; one more on a draft without an event of the draft's own."""
    given = [{"type": "eu_vat", "value": value} for value in NUMBERS]
    owner = story.make("/customers", email="made@example.com", tax_id_data=given)["id"]
    events = story.events()
    assert [event["type"] for event in events] == ["customer.created", *["customer.tax_id.created"] * 4]
    first = events[1]["data"]["object"]
    assert (first["country"], first["value"], first["verification"]["status"]) == ("DE", NUMBERS[0], "pending")
    item(story, owner, price=price(story))
    invoice = story.make("/invoices", customer=owner)
    assert invoice["customer_tax_ids"] == given
    story.told()
    more = story.make(f"/customers/{owner}/tax_ids", type="eu_vat", value="DE123456789")
    assert story.told() == told("customer.tax_id.created")
    path = f"/invoices/{invoice['id']}"
    assert story.read(path)["customer_tax_ids"] == [*given, {"type": "eu_vat", "value": "DE123456789"}]
    story.delete(f"/customers/{owner}/tax_ids/{more['id']}")
    assert story.told() == told("customer.tax_id.deleted")
    assert story.read(path)["customer_tax_ids"] == given


def test_tax_rate_1_tax_ids_are_verified_a_minute_later(story: Story) -> None:
    """Nobody asks for it; here the time of a test clock passes."""
    clock = story.make("/test_helpers/test_clocks", frozen_time=1_790_000_000)["id"]
    given = [{"type": "eu_vat", "value": value} for value in NUMBERS]
    owner = story.make("/customers", email="made@example.com", test_clock=clock, tax_id_data=given)["id"]
    story.told()
    story.make(f"/test_helpers/test_clocks/{clock}/advance", frozen_time=1_790_000_120)
    events = [event for event in story.events() if event["type"].startswith("customer.")]
    assert [event["type"] for event in events] == ["customer.tax_id.updated"] * 4
    for event, value in zip(events, NUMBERS, strict=True):
        assert (event["data"]["object"]["value"], event["data"]["object"]["customer"]) == (value, owner)
        assert event["data"]["object"]["verification"]["status"] == "verified"
        before = event["data"]["previous_attributes"]["verification"]
        assert before == {"status": "pending", "verified_address": None, "verified_name": None}


def test_tax_rate_1_other_rates_of_a_subscription(story: Story) -> None:
    """Rates of an item prorate it; default rates do not. What is pending goes with the subscription, newest first."""
    owner = customer(story)
    old = [rate(story, percentage, inclusive=False) for percentage in (10, 20)]
    new = [rate(story, percentage, inclusive=True) for percentage in (30, 40)]
    subscription = story.make(
        "/subscriptions", customer=owner, items=[{"price": recurring(story, 2000)}], default_tax_rates=old
    )
    path = f"/subscriptions/{subscription['id']}"
    story.told()
    [held] = subscription["items"]["data"]
    story.make(path, items=[{"id": held["id"], "tax_rates": new}])
    charge, credit, updated = story.events()
    assert [event["type"] for event in (charge, credit)] == ["invoiceitem.created"] * 2
    assert (charge["data"]["object"]["amount"], credit["data"]["object"]["amount"]) == (2000, -2000)
    shown = [[one["id"] for one in event["data"]["object"]["tax_rates"]] for event in (charge, credit)]
    assert shown == [new, []]
    assert updated["type"] == "customer.subscription.updated"
    [before] = updated["data"]["previous_attributes"]["items"]["data"]
    assert (before["id"], before["tax_rates"]) == (held["id"], [])
    assert set(updated["data"]["previous_attributes"]) == {"items"}
    story.make(path, default_tax_rates="")
    assert story.told() == told("customer.subscription.updated: default_tax_rates")
    story.delete(path)
    ended, *gone = story.events()
    assert ended["type"] == "customer.subscription.deleted"
    assert [event["data"]["object"]["id"] for event in gone] == [
        credit["data"]["object"]["id"],
        charge["data"]["object"]["id"],
    ]
    assert [event["type"] for event in gone] == ["invoiceitem.deleted"] * 2
