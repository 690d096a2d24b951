"""Items on drafts, fifteen lines, void, uncollectible, paid as a draft."""

from __future__ import annotations

from tests.reference.tabledog.making import FINALIZED, PAID_AT_ONCE, customer, item, percent, price, two_off
from tests.reference.telling import Body, Figures, Line, Story, figures, lines, told


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
