"""Discounts of customers, subscriptions, invoices and items: put on, replaced, taken off."""

from __future__ import annotations

from tests.reference.tabledog.making import (
    PAID_AT_ONCE,
    SUBSCRIBED,
    coupon,
    customer,
    inline,
    item,
    percent,
    price,
    recurring,
)
from tests.reference.telling import Figures, Line, Story, figures, lines, told


def test_discount_1_lines_and_invoice_discounted_together(story: Story) -> None:
    """Amounts and percentages on a line and on its invoice: the line's come first, and the 400 is shared by weight."""
    owner = customer(story)
    third = percent(story, 30, "forever")
    four, five = (coupon(story, amount_off=off, currency="gbp", duration="once") for off in (400, 500))
    six = coupon(story, amount_off=600, currency="gbp", duration="forever")
    ten = coupon(story, percent_off=10, duration="repeating", duration_in_months=3)
    story.make(f"/customers/{owner}", coupon=ten)
    inline(story, owner, 2000)
    first = story.make("/invoices", customer=owner)
    assert figures(first) == Figures("draft", 2000, 1800, 1800, 0, 1800, (200,))
    assert first["discount"]["coupon"]["id"] == ten

    small = item(story, owner, price=price(story, 5))
    both = inline(story, owner, 2000, discounts=[{"coupon": five}, {"coupon": six}])
    kept = both["discounts"][0]
    story.told()
    both = story.make(f"/invoiceitems/{both['id']}", discounts=[{"discount": kept}, {"coupon": six}])
    assert story.told() == told(
        "customer.discount.created", "customer.discount.deleted", "invoiceitem.updated: discounts"
    )
    assert both["discounts"][0] == kept
    invoice = story.make("/invoices", customer=owner, discounts=[{"coupon": third}, {"coupon": four}])
    swept = story.events()
    assert [event["data"]["object"]["id"] for event in swept[:2]] == [both["id"], small["id"]]
    assert [event["type"] for event in swept] == [
        *["invoiceitem.updated"] * 2,
        *["customer.discount.created"] * 2,
        "invoice.created",
    ]
    reduced = (500, 600, 272, 400)
    assert figures(invoice) == Figures("draft", 905, 233, 233, 0, 233, reduced)
    assert lines(invoice) == [Line(2000, 1, (500, 600, 270, 398)), Line(5, 1, (2, 2))]

    story.make(f"/invoices/{first['id']}/pay")
    assert story.told() == told(*PAID_AT_ONCE)
    invoice = story.make(f"/invoices/{invoice['id']}/pay")
    assert story.told() == told("customer.discount.deleted", "customer.discount.deleted", *PAID_AT_ONCE)
    assert figures(invoice) == Figures("paid", 905, 233, 233, 233, 0, reduced)

    lone = inline(story, owner, 2000, discounts=[{"coupon": five}])
    invoice = story.make("/invoices", customer=owner, discounts=[{"coupon": third}])
    path = f"/invoices/{invoice['id']}"
    assert figures(invoice) == Figures("draft", 1500, 1050, 1050, 0, 1050, (500, 450))
    assert lines(invoice) == [Line(2000, 1, (500, 450))]
    story.told()
    story.delete(f"/invoiceitems/{lone['id']}")
    assert story.told() == told(
        "customer.discount.deleted",
        "invoiceitem.deleted",
        "invoice.updated: amount_due amount_remaining lines subtotal total total_discount_amounts",
    )
    invoice = story.read(path)
    assert figures(invoice) == Figures("draft", 0, 0, 0, 0, 0, (0,)), "the discount stands, with nothing to reduce"
    story.delete(path)
    assert story.told() == told("invoice.deleted", "customer.discount.deleted")


def test_discount_1_a_subscription_under_a_once_coupon(story: Story) -> None:
    """20% off the first invoice of a subscription: the discount comes and goes with the call."""
    owner = customer(story)
    once = percent(story, 20)
    monthly = recurring(story, 20000)
    story.told()
    subscription = story.make("/subscriptions", customer=owner, items=[{"price": monthly}], coupon=once)
    assert story.told() == told(
        *SUBSCRIBED[:4], "customer.discount.created", "customer.discount.deleted", *SUBSCRIBED[4:]
    )
    invoice = story.read(f"/invoices/{subscription['latest_invoice']}")
    assert figures(invoice) == Figures("paid", 20000, 16000, 16000, 16000, 0, (4000,))
    assert lines(invoice) == [Line(20000, 1, (4000,))]
    assert subscription["discount"] is None, "it was used up by the first invoice"


def test_discount_2_a_subscription_takes_pending_items(story: Story) -> None:
    """A second subscription's first invoice has the pending item above its own line."""
    owner = customer(story)
    inline(story, owner, 1000)
    monthly = recurring(story, 20000)
    story.told()
    subscription = story.make("/subscriptions", customer=owner, items=[{"price": monthly}])
    assert story.told() == told(*SUBSCRIBED[:3], "invoiceitem.updated: invoice", *SUBSCRIBED[4:])
    invoice = story.read(f"/invoices/{subscription['latest_invoice']}")
    assert figures(invoice) == Figures("paid", 21000, 21000, 21000, 21000, 0)
    assert [(line["amount"], line["type"]) for line in invoice["lines"]["data"]] == [
        (1000, "invoiceitem"),
        (20000, "subscription"),
    ]


def test_discount_2_put_on_and_taken_off(story: Story) -> None:
    """30% and 30% of the rest, put on a draft and taken off it again; the same on a pending item."""
    owner = customer(story)
    off = [{"coupon": percent(story, 30, "forever")} for _ in range(2)]
    inline(story, owner, 1000)
    path = f"/invoices/{story.make('/invoices', customer=owner)['id']}"
    story.told()
    changed = "invoice.updated: amount_due amount_remaining discounts lines total total_discount_amounts"
    invoice = story.make(path, discounts=off)
    assert story.told() == told("customer.discount.created", "customer.discount.created", changed)
    assert figures(invoice) == Figures("draft", 1000, 490, 490, 0, 490, (300, 210))
    assert lines(invoice) == [Line(1000, 1, (300, 210))]
    invoice = story.make(path, discounts="")
    assert story.told() == told("customer.discount.deleted", "customer.discount.deleted", changed)
    assert figures(invoice) == Figures("draft", 1000, 1000, 1000, 0, 1000)

    pending = inline(story, owner, 1000)
    story.told()
    pending = story.make(f"/invoiceitems/{pending['id']}", discounts=off)
    assert story.told() == told(
        "customer.discount.created", "customer.discount.created", "invoiceitem.updated: discounts"
    )
    one, other = pending["discounts"]
    story.make(f"/invoiceitems/{pending['id']}", discounts="")
    events = story.events()
    assert [event["data"]["object"]["id"] for event in events] == [other, one, pending["id"]]


def test_discount_3_one_discount_at_a_time(story: Story) -> None:
    """The customer's discount reaches the drafts made after it; taken off, replaced, and put on the line instead."""
    owner = customer(story)
    ten = coupon(story, percent_off=10, duration="repeating", duration_in_months=3)
    third = percent(story, 30, "forever")
    inline(story, owner, 1000)
    assert figures(story.make("/invoices", customer=owner)) == Figures("draft", 1000, 1000, 1000, 0, 1000)
    story.make(f"/customers/{owner}", coupon=ten)
    line = inline(story, owner, 1000)
    invoice = story.make("/invoices", customer=owner)
    path = f"/invoices/{invoice['id']}"
    assert figures(invoice) == Figures("draft", 1000, 900, 900, 0, 900, (100,))
    story.told()
    changed = "invoice.updated: amount_due amount_remaining discount discounts lines total total_discount_amounts"
    invoice = story.make(path, discounts="")
    assert story.told() == told(changed), "the customer's own discount is not deleted with it"
    assert figures(invoice) == Figures("draft", 1000, 1000, 1000, 0, 1000)
    invoice = story.make(path, discounts=[{"coupon": third}])
    assert story.told() == told("customer.discount.created", changed)
    assert figures(invoice) == Figures("draft", 1000, 700, 700, 0, 700, (300,))
    invoice = story.make(path, discounts="")
    assert story.told() == told("customer.discount.deleted", changed)
    story.make(f"/invoiceitems/{line['id']}", discounts=[{"coupon": third}])
    assert story.told() == told(
        "invoice.updated: amount_due amount_remaining lines subtotal total total_discount_amounts",
        "customer.discount.created",
        "invoiceitem.updated: discounts",
    )
    invoice = story.read(path)
    assert figures(invoice) == Figures("draft", 700, 700, 700, 0, 700, (300,))
    assert (lines(invoice), invoice["discounts"]) == ([Line(1000, 1, (300,))], [])
