"""A credit note before payment and two after it."""

from __future__ import annotations

from tests.reference.tabledog.making import FINALIZED, PAID, customer, item, price
from tests.reference.telling import Figures, Line, Story, figures, lines, told


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
        "charge.refunded: amount_refunded refunds",
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
