# ruff: noqa: E501 - a table is read by columns
"""Bugs in what follows from a deed: events, entries of the ledger, renewals, revisions, and what is read later."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from conformance.reference.api import closing, invoices
from conformance.reference.api.call import Call
from conformance.reference.misbehaviour.tools import (
    FINALIZE,
    INVOICE,
    PAY,
    Misbehaviour,
    Plant,
    after,
    before,
    instead,
    nothing,
    shown,
    then,
)
from conformance.reference.model.table import Body
from conformance.reference.model.world import World


def _event(change: Callable[[Body], object], *kinds: str) -> Plant:
    """Events (of some types, or all) are told otherwise."""
    return shown("event", lambda one: change(one) if not kinds or one["type"] in kinds else None)


def _in_data(**values: Any) -> Callable[[Body], None]:
    def change(event: Body) -> None:
        event["data"]["object"] = {**event["data"]["object"], **values}

    return change


def _nothing_previous(event: Body) -> None:
    event["data"].pop("previous_attributes", None)


def _without_entry(*kinds: str) -> Plant:
    """The balance moves, the ledger knows nothing of it."""

    def record(original: Any, world: World, customer: Body, amount: int, kind: str, **named: Any) -> Body:
        entry: Body = original(world, customer, amount, kind, **named)
        if kind in kinds:
            world.balances.remove(entry)
        return entry

    return instead("model.ledger.record", record)


def _entries(change: Callable[[Body], object], *kinds: str) -> Plant:
    return shown("customer_balance_transaction", lambda one: change(one) if one.get("type") in kinds else None)


def _unnumbered_when_nothing_is_due(_: Call, row: Body) -> None:
    if row["status"] == "paid":
        row["number"] = None


def _no_next_attempt(world: World, invoice: Body) -> None:  # noqa: ARG001 - as the function it follows
    invoice["next_payment_attempt"] = None


def _advances_by_hand(world: World, invoice: Body) -> None:  # noqa: ARG001 - as the function it follows
    invoice["auto_advance"] = False


def _cycle_ended(
    original: Any, world: World, row: Body, subscription: Body, start: int, end: int, **named: Any
) -> None:
    """Lines of a renewal are of the cycle that is over."""
    past = row["billing_reason"] == "subscription_cycle"
    original(world, row, subscription, row["period_start"] if past else start, start if past else end, **named)


def _drafts_deleted(original: Any, world: World, subscription: Body) -> None:
    original(world, subscription)
    for invoice in list(world.invoices.of("_subscription", subscription["id"])):
        if invoice["status"] == "draft":
            world.invoices.remove(invoice)


def _new_line_ids() -> Plant:
    looks = itertools.count()

    def change(one: Body) -> None:
        one["id"] = f"il_{next(looks):024d}"

    return shown("line_item", change)


def _made_now(call: Call, row: Body) -> None:
    row["created"] = call.world.now() + 7


def _customers_stay(original: Any, call: Call) -> Body:
    clock = call.world.test_clocks.rows.get(call.ids[0])
    if clock is None:
        answer: Body = original(call)
        return answer
    call.world.test_clocks.remove(clock)
    return {"id": clock["id"], "object": clock["object"], "deleted": True}


def _unrevised(_: Any, world: World, row: Body) -> None:
    """The original is void and does not say by what it was replaced."""
    closing.void_open(world, world.invoices.rows[row["from_invoice"]["invoice"]])


def _kept_items(original: Any, world: World, customer: Body, row: Body, sent: Body, param: str) -> Body:
    item: Body = original(world, customer, row, sent, param)
    world.items.add({**item, "id": world.new("ii_")})
    return item


def _total_asked_for(world: World, invoice: Body, *_: Any) -> None:
    world.payment_intents.rows[invoice["_intent"]]["amount"] = invoice["total"]
    for payment in world.invoice_payments.of("invoice", invoice["id"]):
        payment["amount_requested"] = invoice["total"]


def _paid_in_part(_: Call, row: Body) -> None:
    if row["status"] == "paid" and row["amount_paid"]:
        row["amount_remaining"] = -row["amount_paid"]


def _own_currency(call: Call, row: Body) -> None:
    customer = call.world.customers.get(row["customer"])
    if customer is not None:
        customer["currency"] = None


def _transitions_on_pay(_: Call, row: Body) -> None:
    row["status_transitions"] = {**row["status_transitions"], "finalized_at": None}


# fmt: off
MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    Misbehaviour("events-name-no-request", "INV-EVT-001", "request of an event is empty", _event(lambda one: one.update(request={"id": None, "idempotency_key": None}))),
    Misbehaviour("events-name-no-version", "INV-EVT-001", "api_version of an event is null", _event(lambda one: one.update(api_version=None))),
    Misbehaviour("updates-do-not-tell-what-was", "INV-EVT-006", "previous_attributes are missing", _event(_nothing_previous)),
    Misbehaviour("paid-events-show-it-open", "INV-EVT-025", "the invoice of invoice.paid is still open", _event(_in_data(status="open"), "invoice.paid")),
    Misbehaviour("finalized-events-show-a-draft", "INV-EVT-006", "the invoice of invoice.finalized is still a draft", _event(_in_data(status="draft"), "invoice.finalized")),
    Misbehaviour("voided-events-show-it-open", "INV-EVT-014", "the invoice of invoice.voided is still open", _event(_in_data(status="open"), "invoice.voided")),
    Misbehaviour("finalized-is-told-as-paid", "INV-EVT-006", "invoice.paid is told at finalization", then("api.finalization.finalize_draft", lambda world, row, *_: world.journal.tell("invoice.paid", row) if row["status"] == "open" else None)),
    Misbehaviour("too-small-has-no-entry", "INV-FIN-019", "what is too small to charge has no entry of its own", _without_entry("invoice_too_small")),
    Misbehaviour("returned-credit-has-no-entry", "INV-TRN-004", "credit that voiding gives back has no entry", _without_entry("unapplied_from_invoice")),
    Misbehaviour("overpaid-has-no-entry", "INV-ARI-040", "what is paid too much has no entry", _without_entry("invoice_overpaid")),
    Misbehaviour("applied-entries-name-no-invoice", "INV-FIN-015", "entries of used credit do not name the invoice", _entries(lambda one: one.update(invoice=None), "applied_to_invoice")),
    Misbehaviour("credit-note-entries-name-no-note", "INV-BAL-015", "entries of credit notes do not name the note", _entries(lambda one: one.update(credit_note=None), "credit_note")),
    Misbehaviour("nothing-due-has-no-number", "INV-FIN-011", "an invoice of nothing has no number", after("POST", FINALIZE, _unnumbered_when_nothing_is_due)),
    Misbehaviour("payment-asks-for-the-total", "INV-FIN-008", "the PaymentIntent asks for the total, whatever credit was used", then("api.settlement.start", _total_asked_for)),
    Misbehaviour("originals-do-not-know-their-revision", "INV-FIN-030", "latest_revision stays null", instead("api.finalization._replace", _unrevised)),
    Misbehaviour("paying-clears-finalized-at", "INV-PAY-001", "paying clears finalized_at", after("POST", PAY, _transitions_on_pay)),
    Misbehaviour("paying-leaves-less-than-nothing", "INV-OBJ-039", "amount_remaining of a paid invoice is negative", after("POST", PAY, _paid_in_part)),
    Misbehaviour("updates-make-it-new", "INV-EDT-025", "an update moves created", after("POST", INVOICE, _made_now)),
    Misbehaviour("line-ids-change", "INV-OBJ-002", "ids of lines differ from one look to the next", _new_line_ids()),
    Misbehaviour("currency-is-not-kept", "INV-CRE-021", "the first invoice does not settle the customer's currency", after("POST", "/v1/invoiceitems", _own_currency)),
    Misbehaviour("renewals-have-no-next-attempt", "INV-SUB-009", "the draft of a renewal has no next attempt", then("api.cycles.advance_later", _no_next_attempt)),
    Misbehaviour("renewals-wait-for-somebody", "INV-SUB-009", "the draft of a renewal does not advance", then("api.cycles.advance_later", _advances_by_hand)),
    Misbehaviour("renewals-bill-the-past", "INV-OBJ-014", "lines of a renewal are of the cycle that is over", instead("api.cycles.put_lines", _cycle_ended)),
    Misbehaviour("once-is-for-ever", "INV-SUB-046", "a coupon for once lowers renewals, too", instead("api.cycles._discounts", lambda original, world, subscription, customer: world.invoices.rows[subscription["latest_invoice"]]["discounts"] if subscription["latest_invoice"] else original(world, subscription, customer))),
    Misbehaviour("for-ever-is-once", "INV-SUB-046", "a coupon for ever lowers the first invoice only", instead("api.cycles._discounts", lambda original, world, subscription, customer: [] if subscription["latest_invoice"] else original(world, subscription, customer))),
    Misbehaviour("canceling-deletes-drafts", "INV-TRN-019", "canceling deletes the drafts of a subscription", instead("api.cycles.end", _drafts_deleted)),
    Misbehaviour("clocks-leave-their-customers", "INV-SUB-032", "deleting a clock leaves its customers", instead("api.test_clocks.delete", _customers_stay)),
    Misbehaviour("previews-leave-items", "INV-PRV-001", "the items of a preview stay pending", instead("api.previews._passing", _kept_items)),
    Misbehaviour("any-payment-can-be-attached", "INV-PAY-027", "a payment of any currency, customer and size can be attached", nothing("api.collection._check_attachable")),
    Misbehaviour("void-gives-credit-twice", "INV-TRN-004", "voiding gives the used credit back twice", then("api.closing._give_back_balance", lambda world, row: world.customers.rows[row["customer"]].update(balance=world.customers.rows[row["customer"]]["balance"] + row["starting_balance"]) if row["starting_balance"] < 0 else None)),
    Misbehaviour("drafts-last-a-day", "INV-FIN-026", "drafts are finalized after a day, not an hour", lambda: setattr(invoices, "HOUR", 86400)),
    Misbehaviour("lines-of-previews-are-missing", "INV-PRV-012", "previews ignore tax rates", before("POST", "/v1/invoices/create_preview", lambda call: [item.pop("tax_rates", None) for item in call.get("invoice_items", ())])),
)
# fmt: on
