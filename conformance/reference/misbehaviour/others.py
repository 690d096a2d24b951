# ruff: noqa: E501 - a table is read by columns
"""Credit notes, the ledger, payments, previews, subscriptions and events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from conformance.reference.api.call import Call
from conformance.reference.api.credit_notes import Split
from conformance.reference.misbehaviour.tools import (
    Misbehaviour,
    Plant,
    after,
    constant,
    instead,
    nothing,
    refusing,
    shown,
    then,
)
from conformance.reference.model.table import Body
from conformance.reference.model.world import World

Change = Callable[[Call, Body], object]
_NOTES, _ATTACH = "/v1/credit_notes", "/v1/invoices/{}/attach_payment"


def _invoice_of(call: Call, note: Body) -> Body:
    invoice: Body = call.world.invoices.rows[note["invoice"]]
    return invoice


def _on_its_invoice(change: Callable[[Body, Body], object]) -> Change:
    return lambda call, note: change(_invoice_of(call, note), note)


def _untouched(invoice: Body, note: Body) -> None:
    invoice["amount_due"] += note["pre_payment_amount"]
    invoice["amount_remaining"] += note["pre_payment_amount"]


def _lowers_total(invoice: Body, note: Body) -> None:
    invoice["total"] -= note["pre_payment_amount"]
    invoice["subtotal"] -= note["pre_payment_amount"]


def _reopened(call: Call, note: Body) -> None:
    invoice = _invoice_of(call, note)
    if invoice["status"] == "paid" and note["pre_payment_amount"]:
        call.world.invoices.set(invoice, "status", "open")


def _uncollectible_left_out(call: Call) -> bool:
    invoice = call.world.invoices.get(str(call.params.get("invoice")))
    return invoice is not None and invoice["status"] == "uncollectible"


#: name, requirement, sentence, path, what is done to the note's row once the handler is through.
# fmt: off
_NOTES_AFTER: tuple[tuple[str, str, str, str, Change], ...] = (
    ("credit-note-leaves-the-due", "INV-ARI-042", "a credit note on an open invoice leaves its due", _NOTES, _on_its_invoice(_untouched)),
    ("credit-note-lowers-total", "INV-ARI-042", "a credit note lowers total and subtotal", _NOTES, _on_its_invoice(_lowers_total)),
    ("credit-note-is-not-counted", "INV-ARI-042", "pre_payment_credit_notes_amount stays 0", _NOTES, _on_its_invoice(lambda invoice, _: invoice.update(pre_payment_credit_notes_amount=0))),
    ("post-payment-note-is-not-counted", "INV-ARI-043", "post_payment_credit_notes_amount stays 0", _NOTES, _on_its_invoice(lambda invoice, _: invoice.update(post_payment_credit_notes_amount=0))),
    ("post-payment-note-lowers-amount-paid", "INV-ARI-043", "a credit note after payment lowers amount_paid", _NOTES, _on_its_invoice(lambda invoice, note: invoice.update(amount_paid=invoice["amount_paid"] - note["post_payment_amount"]))),
    ("credited-in-full-stays-open", "INV-ARI-044", "an invoice credited in full stays open", _NOTES, _reopened),
    ("credit-note-type-is-always-pre", "INV-BAL-011", "type is always pre_payment", _NOTES, lambda _, row: row.update(type="pre_payment")),
    ("credit-note-type-is-always-post", "INV-BAL-011", "type is always post_payment", _NOTES, lambda _, row: row.update(type="post_payment")),
    ("credit-note-number-is-the-invoices", "INV-BAL-017", "a note has the number of its invoice", _NOTES, lambda _, row: row.update(number=row["number"].split("-CN")[0])),
    ("credit-note-numbers-do-not-count", "INV-BAL-017", "every note of an invoice is CN-01", _NOTES, _on_its_invoice(lambda invoice, _: invoice.update(_notes=0))),
    ("credit-note-is-a-draft", "INV-BAL-018", "a new note is a draft", _NOTES, lambda _, row: row.update(status="draft")),
    ("credit-note-amount-is-the-invoices", "INV-BAL-018", "amount of a note is the invoice's total", _NOTES, _on_its_invoice(lambda invoice, note: note.update(amount=invoice["total"]))),
    ("credit-note-lacks-refunds", "INV-BAL-014", "a note does not name its refunds", _NOTES, lambda _, row: row.update(refunds=[])),
    ("credit-note-lacks-its-transaction", "INV-BAL-015", "a note does not name its balance transaction", _NOTES, lambda _, row: row.update(customer_balance_transaction=None)),
    ("credit-note-lacks-out-of-band", "INV-BAL-016", "out_of_band_amount stays null", _NOTES, lambda _, row: row.update(out_of_band_amount=None)),
    ("voided-note-stays-issued", "INV-BAL-024", "a voided note stays issued", "/v1/credit_notes/{}/void", lambda _, row: row.update(status="issued")),
    ("voided-note-has-no-moment", "INV-BAL-024", "voided_at of a note stays null", "/v1/credit_notes/{}/void", lambda _, row: row.update(voided_at=None)),
    ("voided-note-gives-nothing-back", "INV-BAL-024", "voiding a note leaves the due lowered", "/v1/credit_notes/{}/void", _on_its_invoice(lambda invoice, note: invoice.update(amount_due=invoice["amount_due"] - note["pre_payment_amount"], amount_remaining=invoice["amount_remaining"] - note["pre_payment_amount"]))),
)
# fmt: on


def _notes() -> Iterator[Misbehaviour]:
    for name, requirement, sentence, path, change in _NOTES_AFTER:
        yield Misbehaviour(name, requirement, sentence, after("POST", path, change))


#: event types a server may forget, each with its rule.
# fmt: off
_EVENTS: dict[str, str] = {
    "invoice.created": "INV-EVT-003",
    "invoiceitem.created": "INV-EVT-004",
    "invoice.updated": "INV-EVT-006",
    "invoice.finalized": "INV-EVT-006",
    "invoice.paid": "INV-EVT-025",
    "invoice.payment_succeeded": "INV-EVT-009",
    "invoice.payment_failed": "INV-EVT-012",
    "invoice.voided": "INV-EVT-014",
    "invoice.marked_uncollectible": "INV-EVT-015",
    "invoice.sent": "INV-EVT-016",
    "invoice.deleted": "INV-EVT-017",
    "credit_note.created": "INV-EVT-018",
    "charge.refunded": "INV-EVT-019",
    "credit_note.updated": "INV-EVT-019",
}
# fmt: on

#: Rules that are known of that version only.
_SEEN_IN_2020 = frozenset({"INV-EVT-017"})


def _untold(kind: str) -> Plant:
    def tell(original: Any, journal: Any, told: str, row: Body) -> None:
        if told != kind:
            original(journal, told, row)

    return instead("model.world.Journal.tell", tell)


def _events() -> Iterator[Misbehaviour]:
    for kind, requirement in _EVENTS.items():
        name = f"no-{kind.replace('.', '-').replace('_', '-')}-event"
        at = "2020-08-27" if requirement in _SEEN_IN_2020 else ""
        yield Misbehaviour(name, requirement, f"{kind} is never sent", _untold(kind), at)


def _succeeded_out_of_band(original: Any, journal: Any, told: str, row: Body) -> None:
    original(journal, told, row)
    if told == "invoice.paid" and row.get("_paid_out_of_band"):
        original(journal, "invoice.payment_succeeded", row)


def _previous_is_whole(event: Body) -> None:
    data = event.get("data", {})
    if "previous_attributes" in data:
        data["previous_attributes"] = dict(data["object"])


def _kept_preview(original: Any, world: World, row: Body) -> Body:
    kept: Body = original(world, row)
    world.invoices.add(kept)
    return kept


def _overpayment_is_paid(original: Any, world: World, invoice: Body, payment: Body, amount: int) -> None:
    original(world, invoice, payment, amount)
    invoice["amount_paid"] += invoice["amount_overpaid"]
    invoice["amount_overpaid"] = 0


def _partly_is_paid(original: Any, world: World, invoice: Body, payment: Body, amount: int) -> None:
    original(world, invoice, payment, amount)
    if invoice["status"] == "open":
        world.invoices.set(invoice, "status", "paid")


def _incomplete_is_active(original: Any, world: World, subscription: Body, *arguments: Any) -> Any:
    error = original(world, subscription, *arguments)
    if subscription["status"] == "incomplete":
        world.subscriptions.set(subscription, "status", "active")
    return error


def _without_pending(original: Any, world: World, subscription: Body, *arguments: Any) -> Body:
    row: Body = original(world, subscription, *arguments)
    for line in list(row["_lines"]):
        row["_lines"].remove(line)
    return row


def _reasons(value: str) -> Plant:
    def draft_for(original: Any, world: World, subscription: Body, reason: str, *arguments: Any) -> Body:
        row: Body = original(world, subscription, reason, *arguments)
        if reason != "upcoming":
            row["billing_reason"] = value
        return row

    return instead("api.cycles.draft_for", draft_for)


def _same_period(original: Any, *arguments: Any, **named: Any) -> Body:
    line: Body = original(*arguments, **named)
    line["period"] = {"start": line["period"]["start"], "end": line["period"]["start"]}
    return line


def _any_credit() -> None:
    nothing("api.credit_notes._check_total")()
    instead("api.credit_notes._split", _all_of_it)()


def _all_of_it(original: Any, invoice: Body, total: int, sent: Body) -> Any:
    """More than is left lowers the due to less than nothing."""
    if total <= invoice["amount_remaining"] + invoice["amount_paid"]:
        return original(invoice, total, sent)
    return Split(total, 0, 0, 0)


def _as_manual(original: Any, call: Call) -> Any:
    row = call.world.invoices.get(call.ids[0])
    if row is not None and row["status"] == "draft":
        row["billing_reason"] = "manual"
    return original(call)


def _anywhen(original: Any, call: Call) -> Any:
    clock = call.world.test_clocks.get(call.ids[0])
    if clock is not None and call.params["frozen_time"] <= clock["frozen_time"]:
        clock["frozen_time"] = call.params["frozen_time"]
        return clock
    return original(call)


# fmt: off
MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    *_notes(),
    *_events(),
    Misbehaviour("uncollectible-cannot-be-credited", "INV-BAL-010", "a note on an uncollectible invoice is refused", refusing("POST", _NOTES, _uncollectible_left_out)),
    Misbehaviour("credit-note-may-exceed", "INV-BAL-019", "a note above what can be credited is accepted", _any_credit),
    Misbehaviour("credit-of-a-note-stays-out-of-the-balance", "INV-BAL-015", "credit_amount does not move the balance", instead("api.credit_notes._give_back", lambda original, call, row, invoice, split: original(call, row, invoice, split._replace(credit=0)))),
    Misbehaviour("refund-of-a-note-is-not-made", "INV-BAL-014", "refund_amount makes no refund", instead("api.credit_notes._give_back", lambda original, call, row, invoice, split: original(call, row, invoice, split._replace(refund=0)))),
    Misbehaviour("credited-taxes-forgotten", "INV-BAL-022", "taxes of a credited line are not credited", instead("api.credited._part_of_tax", lambda _, tax, __: {**tax, "amount": 0})),
    Misbehaviour("balance-adjustment-replaces", "INV-BAL-002", "an adjustment replaces the balance", instead("model.ledger.record", lambda original, world, customer, amount, kind, **more: original(world, customer, amount - (customer["balance"] if kind == "adjustment" else 0), kind, **more))),
    Misbehaviour("balance-adjustment-is-not-added", "INV-BAL-001", "an adjustment leaves the balance", after("POST", "/v1/customers/{}/balance_transactions", lambda call, _: call.world.customers.rows[call.ids[0]].update(balance=0))),
    Misbehaviour("ledger-type-is-always-adjustment", "INV-FIN-015", "every entry is an adjustment", instead("model.ledger.record", lambda original, world, customer, amount, _, **more: original(world, customer, amount, "adjustment", **more))),
    Misbehaviour("ledger-ending-balance-is-the-amount", "INV-BAL-002", "ending_balance of an entry is its amount", shown("customer_balance_transaction", lambda one: one.update(ending_balance=one["amount"]))),
    Misbehaviour("overpayment-counts-as-paid", "INV-ARI-040", "what is paid too much is in amount_paid", instead("api.settlement.receive", _overpayment_is_paid)),
    Misbehaviour("part-payment-pays", "INV-PAY-027", "a part of the due makes the invoice paid", instead("api.settlement.receive", _partly_is_paid)),
    Misbehaviour("attached-payment-is-forgotten", "INV-PAY-027", "attach_payment leaves the amounts", after("POST", _ATTACH, lambda _, row: row.update(amount_paid=0, amount_remaining=row["amount_due"]))),
    Misbehaviour("default-payment-keeps-its-amount", "INV-PAY-029", "the default payment still asks for the whole due", nothing("api.settlement.resize_default")),
    Misbehaviour("invoice-payments-do-not-follow", "INV-PAY-028", "canceling an attached PaymentIntent leaves its payment open", nothing("api.settlement.cancel_payment")),
    Misbehaviour("default-intent-can-be-canceled", "INV-PAY-030", "an invoice's own PaymentIntent can be canceled", nothing("api.intents._refuse_default")),
    Misbehaviour("processing-payments-do-not-block", "INV-TRN-009", "an invoice with a payment on its way can be voided", instead("api.settlement.has_pending", lambda *_: False)),
    Misbehaviour("previews-are-kept", "INV-PRV-001", "a preview is an invoice like others", instead("api.previews._keep", _kept_preview)),
    Misbehaviour("preview-leaves-out-pending-items", "INV-PRV-016", "a preview shows only what is passed", then("api.previews._fill", lambda call, row, _: row.update(_lines=row["_lines"][: len(call.get("invoice_items", ()))]))),
    Misbehaviour("preview-total-is-zero", "INV-PRV-001", "the total of a preview is 0", after("POST", "/v1/invoices/create_preview", lambda _, row: row.update(total=0, subtotal=0, amount_due=0, amount_remaining=0))),
    Misbehaviour("incomplete-is-active", "INV-SUB-004", "a subscription whose first payment failed is active", instead("api.cycles.start", _incomplete_is_active)),
    Misbehaviour("first-invoice-is-manual", "INV-SUB-001", "invoices of subscriptions are manual", _reasons("manual")),
    Misbehaviour("renewals-say-create", "INV-SUB-009", "every invoice of a subscription says subscription_create", _reasons("subscription_create")),
    Misbehaviour("renewals-leave-pending-items", "INV-SUB-012", "pending items stay pending at a renewal", instead("api.cycles.draft_for", _without_pending)),
    Misbehaviour("subscription-lines-have-no-period", "INV-OBJ-013", "lines of subscriptions start and end at once", instead("api.subscription_lines.line", _same_period)),
    Misbehaviour("subscription-line-description", "INV-SUB-002", "lines of subscriptions are called Subscription", instead("api.subscription_lines.description", lambda *_: "Subscription")),
    Misbehaviour("trials-are-charged", "INV-SUB-008", "a trial is charged like a first period", instead("api.cycles.put_lines", lambda original, *arguments, **_: original(*arguments))),
    Misbehaviour("failed-renewals-stay-active", "INV-SUB-022", "a subscription whose renewal failed stays active", nothing("api.cycles.payment_failed")),
    Misbehaviour("payment-does-not-activate", "INV-SUB-039", "paying the first invoice leaves the subscription incomplete", nothing("api.settlement._activate")),
    Misbehaviour("retries-never-end", "INV-SUB-023", "failed renewals are tried again every day", constant("api.passage.RETRIES", (1,) * 30)),
    Misbehaviour("no-retries", "INV-SUB-023", "a failed renewal is not tried again", constant("api.passage.RETRIES", ())),
    Misbehaviour("canceling-leaves-invoices", "INV-TRN-019", "canceling a subscription leaves its open invoices advancing", nothing("api.cycles._stop_advancing")),
    Misbehaviour("subscription-coupon-is-ignored", "INV-SUB-018", "the customer's coupon wins over the subscription's", instead("api.cycles._discounts", lambda original, world, subscription, customer: [customer["discount"]["id"]] if customer["discount"] else original(world, subscription, customer)), at="2024-06-20"),
    Misbehaviour("subscription-drafts-can-be-deleted", "INV-EDT-007", "the draft of a subscription can be deleted", instead("api.invoices.delete", _as_manual)),
    Misbehaviour("clocks-go-backwards", "INV-SUB-031", "a test clock can be set back", instead("api.test_clocks.advance", _anywhen)),
    Misbehaviour("clocks-go-anywhere", "INV-SUB-031", "a test clock can be advanced by years", instead("api.test_clocks._furthest", lambda *_: 1 << 40)),
    Misbehaviour("clocks-have-no-limit", "INV-SUB-032", "any number of customers fits a test clock", constant("api.customers.MOST_ON_A_CLOCK", 1000)),
    Misbehaviour("out-of-band-payment-succeeds", "INV-EVT-025", "invoice.payment_succeeded is sent for payments out of band", instead("model.world.Journal.tell", _succeeded_out_of_band)),
    Misbehaviour("previous-attributes-are-whole", "INV-EVT-004", "previous_attributes is the whole object", shown("event", _previous_is_whole)),
    Misbehaviour("events-have-no-object", "INV-EVT-001", "data.object of an event is its id", shown("event", lambda one: one.update(data={**one["data"], "object": one["data"]["object"].get("id")}))),
)
# fmt: on
