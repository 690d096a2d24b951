"""Flows that were recorded as event streams (test mode, May 2022, API 2020-08-27), rebuilt from their steps: the
recorded figures, the order of events and what each event says has changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.reference.conftest import Client, start, stop
from tests.reference.telling import Body, Figures, Line, Story, figures, lines, told

VERSION = "2020-08-27"
_accounts = itertools.count()

FINALIZED = "ending_balance hosted_invoice_url invoice_pdf number payment_intent status status_transitions.finalized_at"
PAID = "amount_paid amount_remaining attempt_count attempted charge paid status status_transitions.paid_at"
#: Stripe shows an invoice that was finalized by being paid as it is at the end, in every event of the call.
PAID_AT_ONCE = (
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    f"invoice.updated: {PAID}",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice.finalized",
)


#: Paid with its first invoice: all of that invoice's events follow the payment's.
SUBSCRIBED = (
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "customer.updated: currency",
    "invoice.created",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_succeeded",
    "customer.subscription.created",
)


@pytest.fixture(scope="module")
def then() -> Iterator[str]:
    """A server whose accounts have the recordings' version, in its events too."""
    process, base = start("--api-version", VERSION)
    yield base
    assert stop(process) == "", "the server printed a traceback"


@pytest.fixture
def story(then: str) -> Story:
    return Story(Client(then, f"sk_test_then{next(_accounts)}", **{"Stripe-Version": VERSION}))


def customer(story: Story, *, card: bool = True) -> str:
    """A customer, who may have a card to pay with."""
    owner: str = story.make("/customers", email="made@example.com")["id"]
    if card:
        method = story.make("/payment_methods", type="card", card={"token": "tok_visa"})
        story.make(f"/payment_methods/{method['id']}/attach", customer=owner)
        story.make(f"/customers/{owner}", invoice_settings={"default_payment_method": method["id"]})
    return owner


def price(story: Story, amount: int = 2000) -> str:
    product = story.make("/products", name="Chocolate")
    return str(story.make("/prices", product=product["id"], unit_amount=amount, currency="gbp")["id"])


def recurring(story: Story, amount: int) -> str:
    product = story.make("/products", name="Chocolate")
    every: Body = {"interval": "month"}
    made = story.make("/prices", product=product["id"], unit_amount=amount, currency="gbp", recurring=every)
    return str(made["id"])


def coupon(story: Story, **terms: object) -> str:
    return str(story.make("/coupons", **terms)["id"])


def percent(story: Story, off: int, duration: str = "once") -> str:
    return coupon(story, percent_off=off, duration=duration)


def item(story: Story, owner: str, **params: object) -> Body:
    return story.make("/invoiceitems", customer=owner, currency="gbp", **params)


def two_off(story: Story) -> list[Body]:
    """10% and then 20% of what is left."""
    return [{"coupon": percent(story, 10)}, {"coupon": percent(story, 20)}]


def test_credit_note_1_before_and_after_payment(story: Story) -> None:
    """A note of one unit before payment, taken back; then two notes that split into refund, balance and out of band."""
    owner = customer(story)
    chocolate = price(story)
    story.told()
    item(story, owner, price=chocolate, quantity=10)
    assert story.told() == told("customer.updated: currency", "invoiceitem.created")
    invoice = story.make("/invoices", customer=owner)
    assert story.told() == told("invoiceitem.updated: invoice", "invoice.created")
    assert figures(invoice) == Figures("draft", 20000, 20000, 20000, 0, 20000)
    assert lines(invoice) == [Line(20000, 10)]
    path = f"/invoices/{invoice['id']}"
    invoice = story.make(f"{path}/finalize")
    assert story.told() == told("payment_intent.created", f"invoice.updated: {FINALIZED}", "invoice.finalized")
    line = invoice["lines"]["data"][0]["id"]

    note = story.make(
        "/credit_notes",
        invoice=invoice["id"],
        lines=[{"type": "invoice_line_item", "invoice_line_item": line, "quantity": 1}],
        memo="This is a memo",
        reason="order_change",
    )
    lowered = "amount_due amount_remaining pre_payment_credit_notes_amount"
    assert story.told() == told(f"invoice.updated: {lowered}", "credit_note.created")
    assert (note["type"], note["amount"], note["subtotal"], note["total"]) == ("pre_payment", 2000, 2000, 2000)
    assert [(one["type"], one["amount"], one["quantity"]) for one in note["lines"]["data"]] == [
        ("invoice_line_item", 2000, 1)
    ]
    assert figures(story.read(path)) == Figures("open", 20000, 20000, 18000, 0, 18000)

    assert story.make(f"/credit_notes/{note['id']}/void")["status"] == "void"
    assert story.told() == told(f"invoice.updated: {lowered}", "credit_note.voided")
    assert figures(story.read(path)) == Figures("open", 20000, 20000, 20000, 0, 20000)

    story.make(f"{path}/pay")
    assert story.told() == told(
        "charge.succeeded",
        "payment_intent.succeeded",
        f"invoice.updated: {PAID}",
        "invoice.paid",
        "invoice.payment_succeeded",
    )
    assert figures(story.read(path)) == Figures("paid", 20000, 20000, 20000, 20000, 0)

    note = story.make(
        "/credit_notes",
        invoice=invoice["id"],
        lines=[
            {"type": "custom_line_item", "description": "Custom", "quantity": count, "unit_amount": 100}
            for count in (1, 2, 3)
        ],
        refund_amount=100,
        credit_amount=200,
        out_of_band_amount=300,
        reason="order_change",
    )
    split = (
        "charge.refunded: amount_refunded",  # and the list of refunds, which no version here still shows
        "invoice.updated: post_payment_credit_notes_amount",
        "customer.updated: balance",
        "credit_note.created",
    )
    assert story.told() == told(*split)
    assert (note["type"], note["amount"], note["out_of_band_amount"]) == ("post_payment", 600, 300)
    assert [(one["amount"], one["quantity"]) for one in note["lines"]["data"]] == [(100, 1), (200, 2), (300, 3)]
    assert note["refund"].startswith("re_")
    assert note["customer_balance_transaction"].startswith("cbtxn_")
    assert story.read(f"/customers/{owner}")["balance"] == -200
    story.make(f"/credit_notes/{note['id']}", memo="Update 1")
    assert story.told() == told("credit_note.updated: memo")

    note = story.make(
        "/credit_notes",
        invoice=invoice["id"],
        lines=[
            {"type": "custom_line_item", "description": "Custom", "quantity": 1, "unit_amount": 1} for _ in range(15)
        ],
        refund_amount=2,
        credit_amount=4,
        out_of_band_amount=9,
        reason="order_change",
    )
    assert story.told() == told(*split)
    assert (note["amount"], len(note["lines"]["data"]), note["lines"]["has_more"]) == (15, 10, True)
    assert [note["number"].removeprefix(invoice["number"])] == ["-CN-03"]
    after = story.read(path)
    assert figures(after) == Figures("paid", 20000, 20000, 20000, 20000, 0)
    assert (after["pre_payment_credit_notes_amount"], after["post_payment_credit_notes_amount"]) == (0, 615)
    assert story.read(f"/customers/{owner}")["balance"] == -204


def test_invoice_1_items_are_added_and_removed_in_a_draft(story: Story) -> None:
    """Two pending items, one removed from the draft, then a discount on the item that is left."""
    owner = customer(story, card=False)
    off, chocolate = percent(story, 10), price(story)
    first, second, third = (item(story, owner, price=chocolate) for _ in range(3))
    story.told()
    story.make(f"/invoiceitems/{third['id']}", description="Update 1", metadata={"update": "u1"})
    assert story.told() == told("invoiceitem.updated: description metadata.update")
    story.delete(f"/invoiceitems/{third['id']}")
    assert story.told() == told("invoiceitem.deleted")
    invoice = story.make("/invoices", customer=owner)
    path = f"/invoices/{invoice['id']}"
    events = story.events()
    assert [event["type"] for event in events] == ["invoiceitem.updated", "invoiceitem.updated", "invoice.created"]
    assert [event["data"]["object"]["id"] for event in events] == [second["id"], first["id"], invoice["id"]]
    assert figures(invoice) == Figures("draft", 4000, 4000, 4000, 0, 4000)
    story.delete(f"/invoiceitems/{second['id']}")
    assert story.told() == told(
        "invoiceitem.deleted", "invoice.updated: amount_due amount_remaining lines subtotal total"
    )
    assert figures(story.read(path)) == Figures("draft", 2000, 2000, 2000, 0, 2000)
    story.make(f"/invoiceitems/{first['id']}", discounts=[{"coupon": off}])
    assert story.told() == told(
        "invoice.updated: amount_due amount_remaining lines subtotal total total_discount_amounts",
        "customer.discount.created",
        "invoiceitem.updated: discounts",
    )
    invoice = story.read(path)
    assert figures(invoice) == Figures("draft", 1800, 1800, 1800, 0, 1800, (200,))
    assert lines(invoice) == [Line(2000, 1, (200,))]
    story.delete(path)
    assert story.told() == told("invoice.deleted", "invoiceitem.deleted", "customer.discount.deleted")


def test_invoice_2_fifteen_lines_under_two_discounts(story: Story) -> None:
    """Each line is discounted by itself; ten of the fifteen are shown; deleting takes the items newest first."""
    owner = customer(story, card=False)
    off, chocolate = two_off(story), price(story)
    item(story, owner, price=chocolate)
    story.told()
    invoice = story.make("/invoices", customer=owner, discounts=off)
    path = f"/invoices/{invoice['id']}"
    assert story.told() == told(
        "invoiceitem.updated: invoice", "customer.discount.created", "customer.discount.created", "invoice.created"
    )
    assert figures(invoice) == Figures("draft", 2000, 1440, 1440, 0, 1440, (200, 360))
    for count in range(2, 16):
        item(story, owner, price=chocolate, invoice=invoice["id"])
        assert story.told() == told(
            "invoiceitem.created",
            "invoice.updated: amount_due amount_remaining lines subtotal total total_discount_amounts",
        )
        left = 1440 * count
        assert figures(story.read(path)) == Figures(
            "draft", 2000 * count, left, left, 0, left, (200 * count, 360 * count)
        )
    invoice = story.read(path)
    assert figures(invoice) == Figures("draft", 30000, 21600, 21600, 0, 21600, (3000, 5400))
    assert lines(invoice) == [Line(2000, 1, (200, 360))] * 10
    assert (invoice["lines"]["has_more"], invoice["lines"]["total_count"]) == (True, 15)
    story.delete(path)
    events = story.events()
    assert [event["type"] for event in events] == [
        "invoice.deleted",
        *["invoiceitem.deleted"] * 15,
        *["customer.discount.deleted"] * 2,
    ]
    assert figures(events[0]["data"]["object"])[:3] == ("deleted", 30000, 21600)
    gone = [event["data"]["object"]["id"] for event in events[16:]]
    assert gone == [one["discount"] for one in invoice["total_discount_amounts"]][::-1]


def drafted(story: Story, owner: str, chocolate: str, off: list[Body], **params: object) -> str:
    """One pending item swept into a draft with two discounts; the path of the draft."""
    item(story, owner, price=chocolate)
    story.told()
    invoice = story.make("/invoices", customer=owner, discounts=off, **params)
    assert story.told() == told(
        "invoiceitem.updated: invoice", "customer.discount.created", "customer.discount.created", "invoice.created"
    )
    assert figures(invoice) == Figures("draft", 2000, 1440, 1440, 0, 1440, (200, 360))
    assert lines(invoice) == [Line(2000, 1, (200, 360))]
    assert invoice["discount"] is None, "of two discounts neither is the discount"
    return f"/invoices/{invoice['id']}"


def test_invoice_3_voided_uncollectible_and_paid_as_a_draft(story: Story) -> None:
    """Three invoices under two discounts: void, uncollectible, and a sent one that is paid before it is finalized."""
    owner = customer(story)
    off, chocolate = two_off(story), price(story)
    finalized = told(
        "customer.discount.deleted",
        "customer.discount.deleted",
        "payment_intent.created",
        f"invoice.updated: {FINALIZED}",
        "invoice.finalized",
    )
    path = drafted(story, owner, chocolate, off)
    story.make(f"{path}/finalize")
    assert story.told() == finalized
    story.make(f"{path}/void")
    assert story.told() == told(
        "invoice.updated: status status_transitions.voided_at", "invoice.voided", "payment_intent.canceled"
    )
    assert figures(story.read(path)) == Figures("void", 2000, 1440, 1440, 0, 1440, (200, 360))

    path = drafted(story, owner, chocolate, off)
    story.make(f"{path}/finalize")
    assert story.told() == finalized
    story.make(f"{path}/mark_uncollectible")
    assert story.told() == told(
        "invoice.updated: status status_transitions.marked_uncollectible_at", "invoice.marked_uncollectible"
    )
    assert figures(story.read(path)) == Figures("uncollectible", 2000, 1440, 1440, 0, 1440, (200, 360))

    path = drafted(story, owner, chocolate, off, collection_method="send_invoice", days_until_due=99)
    item(story, owner, price=chocolate, invoice=path.removeprefix("/invoices/"))
    assert story.told() == told(
        "invoiceitem.created",
        "invoice.updated: amount_due amount_remaining lines subtotal total total_discount_amounts",
    )
    invoice = story.make(f"{path}/pay")
    assert story.told() == told("customer.discount.deleted", "customer.discount.deleted", *PAID_AT_ONCE)
    assert figures(invoice) == Figures("paid", 4000, 2880, 2880, 2880, 0, (400, 720))
    assert lines(invoice) == [Line(2000, 1, (200, 360))] * 2
    story.make(f"{path}/send")
    assert story.told() == told("invoice.sent")


def inline(story: Story, owner: str, amount: int, **params: object) -> Body:
    return item(story, owner, unit_amount=amount, **params)


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


def rate(story: Story, percentage: float, *, inclusive: bool) -> str:
    made = story.make("/tax_rates", display_name="Tax", percentage=percentage, inclusive=inclusive)
    return str(made["id"])


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
