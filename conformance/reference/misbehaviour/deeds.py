# ruff: noqa: E501 - a table is read by columns
"""What finalizing, paying, sending, ending and renewing do that they should not: a bug for each rule of its own."""

from __future__ import annotations

from typing import Any

from conformance.reference.api import collection, cycles, finalization, passage, settlement
from conformance.reference.api.call import Call
from conformance.reference.api.shapes import Shape
from conformance.reference.misbehaviour.tools import (
    FINALIZE,
    INVOICE,
    INVOICES,
    ITEMS,
    PAY,
    SEND,
    VOID,
    Misbehaviour,
    accepting,
    after,
    before,
    constant,
    ignored,
    instead,
    nothing,
    of_invoice,
    refusing,
    shown,
    then,
)
from conformance.reference.model.problems import StripeError, problem
from conformance.reference.model.table import Body
from conformance.reference.model.world import World

_SUBSCRIPTION, _CLOCK = "/v1/subscriptions/{}", "/v1/test_helpers/test_clocks/{}"


def _anything_goes(accepts: Shape) -> Shape:
    return lambda raw, where: accepts({key: value for key, value in raw.items() if key == "expand"}, where)


def _pay_nothing(original: Any, world: World, row: Body, *arguments: Any) -> None:
    original(world, row, *arguments)
    if row["status"] == "paid":
        settlement.start(world, row)


def _number_used_up(call: Call) -> None:
    row = call.world.invoices.get(call.ids[0])
    customer = call.world.customers.get(row["customer"]) if row else None
    if row is not None and customer is not None and row["status"] == "draft":
        customer["next_invoice_sequence"] += 1


def _covered_is_an_attempt(_: Call, row: Body) -> None:
    if row["status"] == "paid" and row["starting_balance"] < 0:
        row["attempt_count"] = 1


def _frozen_dropped(original: Any, invoice: Body, operation: str, **named: Any) -> None:
    """Frozen parameters are dropped in silence instead of refused."""
    if operation != "update_fields" or named.get("param") not in ("footer", "due_date", "days_until_due"):
        original(invoice, operation, **named)


def _moment_forgotten(_: Call, row: Body) -> None:
    row["status_transitions"] = {**row["status_transitions"], "marked_uncollectible_at": None}


def _answered_as_it_is(original: Any, call: Call) -> Body:
    """What is over is answered with, not refused."""
    row = call.world.invoices.get(call.ids[0])
    if row is not None and row["status"] in ("paid", "void"):
        return row
    answer: Body = original(call)
    return answer


def _attach_any(original: Any, world: World, row: Body, intent: Body) -> None:
    original(world, {**row, "parent": None}, intent)


def _needs_nobody(call: Call) -> None:
    """Without ``off_session`` somebody is taken to be there, who authenticates."""
    if not call.get("off_session", False):
        for method in call.world.payment_methods.rows.values():
            method["_card"] = method["_card"]._replace(authenticate="")


def _overdue(call: Call, row: Body) -> None:
    world = call.world
    for invoice in world.invoices.of("status", "open"):
        if invoice["due_date"] and invoice["test_clock"] == row["id"] and invoice["due_date"] < row["frozen_time"]:
            world.invoices.set(invoice, "status", "uncollectible")


def _only_drafts_are_told(original: Any, journal: Any, told: str, row: Body) -> None:
    """The event of a mail nobody gets is not worth sending."""
    if told != "invoice.sent":
        original(journal, told, row)


def _sent_too_early(original: Any, journal: Any, told: str, row: Body) -> None:
    original(journal, "invoice.created" if told == "invoice.sent" else told, row)


def _not_found_when_empty(_: Call, answer: Body) -> None:
    if not answer["data"]:
        raise problem("No invoices found.", code="resource_missing", status=404)


def _preview_of(call: Call) -> None:
    """What is done to a preview is done to an invoice like it."""
    preview = call.world.previews.get(call.ids[0])
    if preview is not None and call.ids[0] not in call.world.invoices:
        preview["_draft_of"] = None
        call.world.invoices.add(preview)


def _previews_are_invoices() -> None:
    for path in (FINALIZE, PAY, INVOICE):
        before("POST", path, _preview_of)()


def _nothing_pending(
    original: Any, world: World, subscription: Body, reason: str, *arguments: Any, **named: Any
) -> Body:
    row: Body = original(world, subscription, reason, *arguments, **named)
    if reason == "upcoming":
        row["_lines"].clear()
    return row


def _change_unseen(call: Call) -> None:
    call.params.get("subscription_details", {}).pop("items", None)


def _waiting_is_no_attempt(original: Any, world: World, row: Body, *arguments: Any, **named: Any) -> Any:
    error = original(world, row, *arguments, **named)
    if world.payment_intents.rows[row["_intent"]]["status"] == "requires_action":
        row["attempted"] = False
    return error


def _plain_decline(original: Any, *arguments: Any) -> Any:
    error = original(*arguments)
    if isinstance(error, StripeError):
        error.fields.pop("code", None)
    return error


def _expired_stays_open(world: World, identifier: str, _: int) -> None:
    subscription = world.subscriptions.get(identifier)
    if subscription is not None and subscription["status"] == "incomplete":
        world.subscriptions.set(subscription, "status", "incomplete_expired")


def _expiring_otherwise() -> None:
    passage.HAPPENINGS["expire"] = _expired_stays_open


def _renewed_at_once(original: Any, world: World, invoice: Body) -> None:
    """A renewal is finalized and charged as it is made."""
    original(world, invoice)
    if invoice["billing_reason"] == "subscription_cycle":
        invoice["automatically_finalizes_at"] = None
        finalization.finalize_draft(world, invoice, cycles.payment_description(invoice))
        method = collection.resolved_method(world, invoice)
        if invoice["status"] == "open" and method is not None:
            collection.attempt(world, invoice, method, world.version)


def _cycle_is_closed(call: Call) -> bool:
    row = call.world.invoices.get(call.get("invoice") or "")
    return row is not None and row["billing_reason"] == "subscription_cycle"


def _free_is_an_attempt(_: World, row: Body, *__: Any) -> None:
    if row["billing_reason"] == "subscription_cycle" and row["total"] == 0:
        row.update(attempt_count=1)


def _negative_cycle_stays(original: Any, world: World, row: Body, *arguments: Any) -> None:
    if row["billing_reason"] == "subscription_cycle" and row["total"] < 0:
        row["auto_advance"] = False
        return
    original(world, row, *arguments)


def _covered_renewal_is_an_attempt(_: World, row: Body, *__: Any) -> None:
    if row["billing_reason"] == "subscription_cycle" and row["status"] == "paid" and row["starting_balance"] < 0:
        row.update(attempt_count=1)


def _refund_on_cancel(call: Call, row: Body) -> None:
    invoice = call.world.invoices.get(row["latest_invoice"] or "")
    if invoice is not None and invoice["status"] == "paid" and invoice["amount_paid"] > 0:
        invoice["post_payment_credit_notes_amount"] = invoice["amount_paid"]


# fmt: off
MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    Misbehaviour("nothing-due-asks-for-a-payment", "INV-FIN-007", "a payment is made for nothing", instead("api.finalization.finalize_draft", _pay_nothing)),
    Misbehaviour("deleted-drafts-use-numbers", "INV-FIN-012", "a deleted draft leaves a gap in the numbers", before("DELETE", INVOICE, _number_used_up)),
    Misbehaviour("credit-counts-as-an-attempt", "INV-FIN-016", "an invoice that credit pays was attempted once", after("POST", FINALIZE, _covered_is_an_attempt)),
    Misbehaviour("frozen-fields-are-dropped", "INV-FIN-021", "frozen fields are dropped in silence instead of refused", instead("api.guard.check", _frozen_dropped)),
    Misbehaviour("sent-invoices-are-charged-next", "INV-FIN-032", "invoices that are sent have a next attempt", shown("invoice", lambda one: one.update(next_payment_attempt=one["created"] + 3600) if one.get("collection_method") == "send_invoice" and one["status"] in ("draft", "open") else None)),
    Misbehaviour("sent-invoices-are-never-due", "INV-FIN-033", "due_date is null though the invoice is sent", shown("invoice", lambda one: one.update(due_date=None) if "due_date" in one else None)),
    Misbehaviour("pay-of-a-draft-is-refused", "INV-PAY-002", "a draft has to be finalized before it is paid", refusing("POST", PAY, of_invoice(lambda row: row["status"] == "draft"))),
    Misbehaviour("pay-of-a-draft-gives-no-number", "INV-PAY-002", "a draft that is paid gets no number", after("POST", PAY, lambda _, row: row.update(number=None) if row["attempt_count"] == 1 else None)),
    Misbehaviour("pay-of-nothing-is-refused", "INV-PAY-004", "paying a draft of nothing is refused", refusing("POST", PAY, of_invoice(lambda row: row["status"] == "draft" and row["amount_due"] == 0))),
    Misbehaviour("paid-was-never-uncollectible", "INV-PAY-007", "paying clears marked_uncollectible_at", after("POST", PAY, _moment_forgotten)),
    Misbehaviour("off-stripe-is-nothing", "INV-PAY-021", "amount_paid_off_stripe is always 0", shown("invoice", lambda one: one.update(amount_paid_off_stripe=0) if "amount_paid_off_stripe" in one else None)),
    Misbehaviour("pay-is-on-session", "INV-PAY-022", "without off_session the cardholder is taken to be there", before("POST", PAY, _needs_nobody)),
    Misbehaviour("part-payments-of-subscriptions", "INV-PAY-040", "a part of a subscription's invoice can be attached", instead("api.collection._check_attachable", _attach_any)),
    Misbehaviour("declined-cannot-be-voided", "INV-TRN-002", "after a decline an invoice cannot be voided", refusing("POST", VOID, of_invoice(lambda row: row["status"] == "open" and row["attempted"]))),
    Misbehaviour("uncollectible-cannot-be-voided", "INV-TRN-008", "an uncollectible invoice cannot be voided", refusing("POST", VOID, of_invoice(lambda row: row["status"] == "uncollectible"))),
    Misbehaviour("paid-and-void-are-answered-with", "INV-TRN-014", "finalizing what is over is answered with it", instead("api.finalization.finalize", _answered_as_it_is)),
    Misbehaviour("voiding-twice-is-fine", "INV-TRN-014", "voiding what is over is answered with it", instead("api.closing.void", _answered_as_it_is)),
    Misbehaviour("void-has-no-lines", "INV-TRN-017", "a void invoice has lost its lines", after("POST", VOID, lambda _, row: row["_lines"].clear())),
    Misbehaviour("paid-lines-cost-nothing", "INV-TRN-017", "lines of a paid invoice are shown with 0", shown("invoice", lambda one: [line.update(amount=0) for line in one["lines"]["data"]] if one.get("status") == "paid" else None)),
    Misbehaviour("sending-is-not-told", "INV-SND-003", "sending is told as nothing but finalization", instead("model.world.Journal.tell", _only_drafts_are_told)),
    Misbehaviour("sending-is-told-as-creation", "INV-SND-004", "in test mode sending is told as another event", instead("model.world.Journal.tell", _sent_too_early)),
    Misbehaviour("overdue-is-uncollectible", "INV-SND-008", "an overdue invoice is uncollectible", after("POST", f"{_CLOCK}/advance", _overdue)),
    Misbehaviour("send-takes-anything", "INV-SND-009", "send ignores parameters it does not know", accepting("POST", SEND, _anything_goes)),
    Misbehaviour("nothing-found-is-404", "INV-LST-024", "a list of nothing is not found", after("GET", INVOICES, _not_found_when_empty)),
    Misbehaviour("previews-can-be-finalized", "INV-PRV-005", "a preview can be finalized, paid and edited", _previews_are_invoices),
    Misbehaviour("previews-of-subscriptions-leave-out-what-is-pending", "INV-PRV-009", "a preview of a subscription shows only what recurs", instead("api.cycles.draft_for", _nothing_pending)),
    Misbehaviour("previews-leave-out-the-balance", "INV-PRV-009", "a preview starts from a balance of 0", after("POST", "/v1/invoices/create_preview", lambda _, row: row.update(starting_balance=0, amount_due=max(0, row["total"]), amount_remaining=max(0, row["total"])))),
    Misbehaviour("previews-of-new-subscriptions-are-empty", "INV-PRV-018", "subscription_details without a subscription are dropped", before("POST", "/v1/invoices/create_preview", lambda call: call.params.pop("subscription_details", None) if "subscription" not in call.params else None)),
    Misbehaviour("preview-sees-no-change", "INV-PRV-007", "a preview of a change shows the subscription as it is", before("POST", "/v1/invoices/create_preview", _change_unseen)),
    Misbehaviour("waiting-for-the-cardholder-is-no-attempt", "INV-SUB-005", "attempted stays false where authentication is needed", instead("api.collection.attempt", _waiting_is_no_attempt)),
    Misbehaviour("three-d-secure-has-no-code", "INV-SUB-006", "error_if_incomplete is refused without a code", instead("api.subscriptions._not_started", _plain_decline)),
    Misbehaviour("expired-leaves-its-invoice-open", "INV-SUB-007", "the invoice of an expired subscription stays open", _expiring_otherwise),
    Misbehaviour("incomplete-never-expires", "INV-SUB-007", "an incomplete subscription waits for ever", constant("api.cycles.INCOMPLETE_FOR", 1 << 40)),
    Misbehaviour("renewals-are-charged-at-once", "INV-SUB-010", "a renewal is charged as it is made, without its hour as a draft", instead("api.cycles.advance_later", _renewed_at_once)),
    Misbehaviour("renewals-take-no-items", "INV-SUB-011", "an item cannot be added to the draft of a renewal", refusing("POST", ITEMS, _cycle_is_closed)),
    Misbehaviour("canceling-refunds", "INV-SUB-019", "canceling at once gives back what was paid", after("DELETE", _SUBSCRIPTION, _refund_on_cancel)),
    Misbehaviour("canceling-ignores-prorate", "INV-SUB-019", "canceling credits nothing, asked or not", ignored("DELETE", _SUBSCRIPTION, "prorate")),
    Misbehaviour("free-renewals-are-attempts", "INV-SUB-027", "a renewal of nothing counts as an attempt", then("api.finalization.finalize_draft", _free_is_an_attempt)),
    Misbehaviour("covered-renewals-are-attempts", "INV-SUB-028", "a renewal that credit covers counts as an attempt", then("api.finalization.finalize_draft", _covered_renewal_is_an_attempt)),
    Misbehaviour("negative-renewals-stay-drafts", "INV-SUB-029", "a renewal below zero is never finalized", instead("api.finalization.finalize_draft", _negative_cycle_stays)),
    Misbehaviour("payment-intents-are-not-canceled", "INV-EVT-011", "paying out of band leaves the PaymentIntent waiting", nothing("api.settlement.abandon")),
)
# fmt: on
