"""Credit notes: what is credited, and where it goes: less to pay, a refund, the balance, or outside Stripe
(INV-BAL-009..028).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.reference.api import credited, drafts, guard, refunds, settlement
from conformance.reference.api.call import clean_metadata, found, merge_metadata, or_none
from conformance.reference.model import ledger, money
from conformance.reference.model.problems import missing_param, problem, refused
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

_WAYS = ("amount", "lines", "shipping_cost")


class Split(NamedTuple):
    """Where the money of a note goes; ``pre`` lowers what is still to be paid, the others give back what was paid."""

    pre: int
    refund: int
    credit: int
    out_of_band: int

    @property
    def post(self) -> int:
        return self.refund + self.credit + self.out_of_band


def create(call: Call) -> Body:
    world = call.world
    invoice = found(world.invoices, call.params["invoice"], "invoice", "invoice", status=400)
    row, split = _note(call, invoice)
    world.credit_notes.add(row)
    world.journal.watch(invoice)
    invoice["_notes"] = invoice.get("_notes", 0) + 1
    _give_back(call, row, invoice, split)
    _settle(world, invoice, split)
    world.journal.tell("invoice.updated", invoice)
    if invoice["status"] == "paid" and split.pre:
        world.journal.tell("invoice.paid", invoice)
        world.journal.tell("invoice.payment_succeeded", invoice)
    customer = world.customers.get(row["customer"])
    if split.credit and customer is not None:
        world.journal.tell("customer.updated", customer)
    world.journal.tell("credit_note.created", row)
    return row


def preview(call: Call) -> Body:
    """The same arithmetic, nothing stored."""
    invoice = found(call.world.invoices, call.params["invoice"], "invoice", "invoice", status=400)
    row, _ = _note(call, invoice)
    return row


def preview_lines(call: Call) -> Body:
    row = preview(call)
    return pages.slice_of(row["_lines"], call.params, "/v1/credit_notes/preview/lines", noun="credit note line item")


def _note(call: Call, invoice: Body) -> tuple[Body, Split]:
    """A checked note and its split."""
    world, sent = call.world, call.params
    guard.check(invoice, "create_credit_note")
    if not any(way in sent for way in _WAYS):
        raise missing_param("amount")
    lines = credited.lines(world, invoice, sent)
    shipping = credited.shipping(world, invoice, sent)
    total = sum(line["_total"] for line in lines) + (shipping["amount_total"] if shipping else 0)
    if sent.get("amount", total) != total:
        raise problem("The credit note amount must equal the total of its lines.", param="amount")
    _check_total(invoice, total, sent)
    split = _split(invoice, total, sent)
    now = world.now()
    taxes = credited.taxes(lines)
    exclusive = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    discounts = credited.discounts(lines)
    subtotal = sum(line["amount"] for line in lines)
    row: Body = {
        "id": world.new("cn_"),
        "object": "credit_note",
        "amount": total,
        "amount_shipping": shipping["amount_subtotal"] if shipping else 0,
        "created": now,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_account": None,
        "customer_balance_transaction": None,
        "discount_amount": sum(one["amount"] for one in discounts),
        "discount_amounts": discounts,
        "effective_at": sent.get("effective_at", now),
        "invoice": invoice["id"],
        "lines": None,
        "livemode": False,
        "memo": or_none(sent.get("memo")),
        "metadata": clean_metadata(sent.get("metadata")),
        "number": f"{invoice['number']}-CN-{invoice.get('_notes', 0) + 1:02d}",
        "out_of_band_amount": split.out_of_band or None,
        "pdf": f"https://pay.stripe.com/credit_notes/{world.account}/test_{world.ids.token(40)}/pdf?s=ap",
        "post_payment_amount": split.post,
        "pre_payment_amount": split.pre,
        "pretax_credit_amounts": [{**one, "type": "discount"} for one in discounts],
        "reason": sent.get("reason"),
        "refunds": [],
        "shipping_cost": shipping,
        "status": "issued",
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "total": total,
        "total_excluding_tax": total - exclusive,
        "total_taxes": taxes,
        "type": _type(split),
        "voided_at": None,
        "_lines": lines,
    }
    return row, split


def _type(split: Split) -> str:
    """INV-BAL-011, INV-BAL-013."""
    if split.pre and split.post:
        return "mixed"
    return "post_payment" if split.post else "pre_payment"


def _check_total(invoice: Body, total: int, sent: dict[str, Any]) -> None:
    """INV-BAL-019."""
    param = next(way for way in _WAYS if way in sent)
    if total <= 0:
        raise problem("The credit note amount must be greater than zero.", param=param)
    left = invoice["amount_remaining"] + invoice["amount_paid"] - invoice["post_payment_credit_notes_amount"]
    if total > left:
        raise problem(
            f"The credit note amount ({money.shown(total, invoice['currency'])}) is greater than the amount that "
            "can still be credited "
            f"({money.shown(left, invoice['currency'])}).",
            param=param,
        )


def _split(invoice: Body, total: int, sent: dict[str, Any]) -> Split:
    """First less to pay, then the rest as the call says (INV-BAL-012, INV-BAL-013)."""
    pre = min(total, invoice["amount_remaining"])
    attached = sum(one.get("amount_refunded", 0) for one in sent.get("refunds", ()))
    split = Split(
        pre, sent.get("refund_amount", 0) + attached, sent.get("credit_amount", 0), sent.get("out_of_band_amount", 0)
    )
    if split.post != total - pre:
        currency = invoice["currency"]
        message = (
            f"The sum of credit amount, refund amount and out of band amount ({money.shown(split.post, currency)}) "
            f"must equal the credit note amount ({money.shown(total - pre, currency)})."
        )
        raise refused("POST /v1/credit_notes", "sum-mismatch-on-paid", message)
    return split


def _give_back(call: Call, row: Body, invoice: Body, split: Split) -> None:
    """INV-BAL-014..016."""
    world = call.world
    attached = 0
    for index, one in enumerate(call.get("refunds", ())):
        refund = found(world.refunds, one.get("refund", ""), "refund", f"refunds[{index}][refund]", status=400)
        attached += one.get("amount_refunded", 0)
        row["refunds"].append(_refund_entry(refund, one.get("amount_refunded", refund["amount"])))
    if split.refund > attached:
        row["refunds"] += [
            _refund_entry(refund, refund["amount"])
            for refund in refunds.of_invoice(world, invoice, split.refund - attached)
        ]
    customer = world.customers.get(row["customer"])
    if split.credit and customer is not None:
        entry = ledger.record(
            world,
            customer,
            -split.credit,
            "credit_note",
            currency=row["currency"],
            invoice=invoice["id"],
            credit_note=row["id"],
        )
        row["customer_balance_transaction"] = entry["id"]
        drafts.refresh(world, customer)


def _refund_entry(refund: Body, amount: int) -> Body:
    return {"amount_refunded": amount, "payment_record_refund": None, "refund": refund["id"], "type": "refund"}


def _settle(world: World, invoice: Body, split: Split) -> None:
    """INV-ARI-042..044: what is credited before payment lowers the due, what is credited afterwards is only counted."""
    world.journal.watch(invoice)
    invoice["pre_payment_credit_notes_amount"] += split.pre
    invoice["post_payment_credit_notes_amount"] += split.post
    invoice["amount_due"] -= split.pre
    invoice["amount_remaining"] -= split.pre
    settlement.resize_default(world, invoice)
    if split.pre and invoice["amount_remaining"] == 0:
        invoice["attempted"] = True
        settlement.close(world, invoice)


def retrieve(call: Call) -> Body:
    return found(call.world.credit_notes, call.ids[0], "credit note", "id")


def update(call: Call) -> Body:
    """INV-BAL-026."""
    row = retrieve(call)
    call.world.journal.watch(row)
    if "memo" in call.params:
        row["memo"] = or_none(call.params["memo"])
    merge_metadata(row, call.get("metadata"))
    call.world.journal.tell("credit_note.updated", row)
    return row


def void(call: Call) -> Body:
    """INV-BAL-024, INV-BAL-025: only while the invoice is open, and only a note that lowered its due."""
    world = call.world
    row = retrieve(call)
    invoice = world.invoices.rows[row["invoice"]]
    if row["status"] == "void":
        raise problem("This credit note has already been voided.")
    if invoice["status"] != "open" or row["type"] != "pre_payment":
        raise refused("POST /v1/credit_notes/{id}/void", "invoice-not-open")
    world.journal.watch(invoice)
    world.journal.watch(row)
    row.update(status="void", voided_at=world.now())
    invoice["pre_payment_credit_notes_amount"] -= row["pre_payment_amount"]
    invoice["amount_due"] += row["pre_payment_amount"]
    invoice["amount_remaining"] += row["pre_payment_amount"]
    settlement.resize_default(world, invoice)
    world.journal.tell("invoice.updated", invoice)
    world.journal.tell("credit_note.voided", row)
    return row


def listed(call: Call) -> Body:
    """INV-BAL-028."""
    world, sent = call.world, call.params
    equal: dict[str, Any] = {}
    if "invoice" in sent:
        equal["invoice"] = found(world.invoices, sent["invoice"], "invoice", "invoice", status=400)["id"]
    if "customer" in sent:
        equal["customer"] = found(world.customers, sent["customer"], "customer", "customer", status=400)["id"]
    return pages.page(world.credit_notes, sent, "/v1/credit_notes", noun="credit note", equal=equal)


def list_lines(call: Call) -> Body:
    row = retrieve(call)
    return pages.slice_of(row["_lines"], call.params, call.path, noun="credit note line item")
