"""What each status implies: which times are set, which fields exist only once finalized, what collection still does."""

from __future__ import annotations

from typing import Any

from conformance.contract.invariants.registry import FINALIZED, STATUSES, Body, Broken, invariant

NOT_PAID = tuple(status for status in STATUSES if status != "paid")
NOT_VOID = tuple(status for status in STATUSES if status != "void")
TRANSITIONS = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")


def _null(body: Body, *names: str) -> Broken | None:
    for name in names:
        if body.get(name) is not None:
            return Broken(name, None, body[name])
    return None


def _set(body: Body, *names: str) -> Broken | None:
    for name in names:
        if body.get(name) is None:
            return Broken(name, "a value", body.get(name, "missing"))
    return None


def _is(body: Body, name: str, expected: Any) -> Broken | None:
    return None if body[name] == expected else Broken(name, expected, body[name])


@invariant("invoice", "INV-OBJ-047", "a draft has no public page, no settled balance", statuses=("draft",))
def draft_unpublished(i: Body) -> Broken | None:
    return _null(i, "hosted_invoice_url", "invoice_pdf", "ending_balance")


@invariant("invoice", "INV-OBJ-047", "a draft was never finalized", statuses=("draft",))
def draft_not_finalized(i: Body) -> Broken | None:
    at = i["status_transitions"]["finalized_at"]
    return None if at is None else Broken("status_transitions.finalized_at", None, at)


@invariant("invoice", "INV-OBJ-005", "no receipt is sent for a draft", statuses=("draft",))
def draft_receipt(i: Body) -> Broken | None:
    return None if i["receipt_number"] is None else Broken("receipt_number", None, i["receipt_number"])


@invariant("invoice", "INV-PAY-026", "payment of a draft is never attempted", statuses=("draft",))
def draft_not_attempted(i: Body) -> Broken | None:
    return _is(i, "attempted", expected=False) or _is(i, "attempt_count", 0)


@invariant(
    "invoice",
    "INV-FIN-008",
    "a draft has neither charge nor payment intent",
    versions="<2025-03-31.basil",
    statuses=("draft",),
)
def draft_without_payment(i: Body) -> Broken | None:
    return _null(i, "charge", "payment_intent")


@invariant(
    "invoice", "INV-OBJ-047", "a finalized invoice has its public page and its settled balance", statuses=FINALIZED
)
def finalized_published(i: Body) -> Broken | None:
    return _set(i, "hosted_invoice_url", "invoice_pdf", "ending_balance")


@invariant("invoice", "INV-OBJ-046", "a finalized invoice has a number", statuses=FINALIZED)
def finalized_number(i: Body) -> Broken | None:
    return Broken("number", "a value", None) if i["number"] is None else None


@invariant("invoice", "INV-OBJ-047", "a finalized invoice knows when", statuses=FINALIZED)
def finalized_time(i: Body) -> Broken | None:
    if i["status_transitions"]["finalized_at"] is not None:
        return None
    return Broken("status_transitions.finalized_at", "a time", None)


@invariant(
    "invoice", "INV-FIN-001", "a finalized invoice is in effect", versions=">=2025-03-31.basil", statuses=FINALIZED
)
def finalized_effective(i: Body) -> Broken | None:
    return Broken("effective_at", "a value", None) if i["effective_at"] is None else None


@invariant(
    "invoice", "INV-OBJ-009", "the four transition times are always there", versions=">=2019-03-14", statuses=STATUSES
)
def transition_keys(i: Body) -> Broken | None:
    times = i["status_transitions"]
    for name in TRANSITIONS:
        if name not in times:
            return Broken(f"status_transitions.{name}", "a time or null", "missing")
    return None


@invariant("invoice", "INV-OBJ-009", "a paid invoice knows when", statuses=("paid",))
def paid_time(i: Body) -> Broken | None:
    if i["status_transitions"]["paid_at"] is not None:
        return None
    return Broken("status_transitions.paid_at", "a time", None)


@invariant("invoice", "INV-OBJ-009", "an invoice that is not paid has no time of payment", statuses=NOT_PAID)
def unpaid_no_time(i: Body) -> Broken | None:
    at = i["status_transitions"]["paid_at"]
    return None if at is None else Broken("status_transitions.paid_at", None, at)


@invariant("invoice", "INV-TRN-001", "a void invoice knows when", statuses=("void",))
def void_time(i: Body) -> Broken | None:
    if i["status_transitions"]["voided_at"] is not None:
        return None
    return Broken("status_transitions.voided_at", "a time", None)


@invariant("invoice", "INV-OBJ-009", "void is terminal: no other status has a time of voiding", statuses=NOT_VOID)
def unvoid_no_time(i: Body) -> Broken | None:
    at = i["status_transitions"]["voided_at"]
    return None if at is None else Broken("status_transitions.voided_at", None, at)


@invariant("invoice", "INV-TRN-010", "an uncollectible invoice knows when", statuses=("uncollectible",))
def uncollectible_time(i: Body) -> Broken | None:
    if i["status_transitions"]["marked_uncollectible_at"] is not None:
        return None
    return Broken("status_transitions.marked_uncollectible_at", "a time", None)


@invariant("invoice", "INV-OBJ-009", "no draft or open invoice was marked uncollectible", statuses=("draft", "open"))
def collectible_no_time(i: Body) -> Broken | None:
    at = i["status_transitions"]["marked_uncollectible_at"]
    return None if at is None else Broken("status_transitions.marked_uncollectible_at", None, at)


@invariant(
    "invoice",
    "INV-PAY-035",
    "an invoice that is over is not advanced any more",
    statuses=("paid", "void", "uncollectible"),
)
def over_not_advanced(i: Body) -> Broken | None:
    return Broken("auto_advance", False, i["auto_advance"]) if i["auto_advance"] else None


@invariant("invoice", "INV-PAY-035", "no payment is planned for a paid or void invoice", statuses=("paid", "void"))
def over_no_next_attempt(i: Body) -> Broken | None:
    return (
        None if i["next_payment_attempt"] is None else Broken("next_payment_attempt", None, i["next_payment_attempt"])
    )


@invariant("invoice", "INV-FIN-032", "an invoice that is sent is never charged by itself", statuses=STATUSES)
def sent_no_next_attempt(i: Body) -> Broken | None:
    if i["next_payment_attempt"] is None or i["collection_method"] != "send_invoice":
        return None
    return Broken("next_payment_attempt", None, i["next_payment_attempt"])


@invariant(
    "invoice",
    "INV-FIN-004",
    "a draft that advances by itself and is charged has its first attempt planned",
    statuses=("draft",),
    severity="warning",
)
def advancing_draft_planned(i: Body) -> Broken | None:
    if not i["auto_advance"] or i["collection_method"] != "charge_automatically" or i.get("last_finalization_error"):
        return None
    return Broken("next_payment_attempt", "a value", None) if i["next_payment_attempt"] is None else None


@invariant(
    "invoice",
    "INV-FIN-004",
    "a draft that does not advance has no attempt planned",
    statuses=("draft",),
    severity="warning",
)
def resting_draft_unplanned(i: Body) -> Broken | None:
    return None if i["auto_advance"] else _null(i, "next_payment_attempt")


@invariant(
    "invoice", "INV-FIN-031", "automatic finalization is planned exactly for drafts that advance", statuses=STATUSES
)
def automatic_finalization(i: Body) -> Broken | None:
    planned = i.get("automatically_finalizes_at")
    if i["status"] != "draft" or not i["auto_advance"]:
        return None if planned is None else Broken("automatically_finalizes_at", None, planned)
    if planned is None and "automatically_finalizes_at" in i and not i.get("last_finalization_error"):
        return Broken("automatically_finalizes_at", "a time", None)
    return None


@invariant(
    "invoice",
    "INV-FIN-033",
    "exactly an invoice that is sent has a due date",
    versions=">=2025-03-31.basil",
    statuses=STATUSES,
)
def due_date(i: Body) -> Broken | None:
    if i["collection_method"] == "send_invoice":
        return Broken("due_date", "a value", None) if i["due_date"] is None else None
    return None if i["due_date"] is None else Broken("due_date", None, i["due_date"])


@invariant(
    "invoice",
    "INV-FIN-033",
    "an invoice that is charged has no due date; one that is sent has it once finalized",
    versions=">=2019-10-17 <2025-03-31.basil",
    statuses=STATUSES,
)
def due_date_before_basil(i: Body) -> Broken | None:
    date = i["due_date"]
    if i["collection_method"] == "charge_automatically":
        return None if date is None else Broken("due_date", None, date)
    return Broken("due_date", "a time", None) if date is None and i["status"] != "draft" else None


@invariant("invoice", "INV-PAY-026", "with nothing due nothing is ever charged", statuses=STATUSES)
def nothing_due_no_attempts(i: Body) -> Broken | None:
    if i["amount_due"] or not i["attempt_count"] or i.get("pre_payment_credit_notes_amount"):
        return None
    return Broken("attempt_count", 0, i["attempt_count"])


@invariant("invoice", "INV-FIN-006", "an invoice paid because nothing is due counts as attempted", statuses=("paid",))
def nothing_due_attempted(i: Body) -> Broken | None:
    return None if i["amount_due"] else _is(i, "attempted", expected=True)


@invariant(
    "invoice", "INV-PAY-038", "with nothing due there is no charge", versions="<2025-03-31.basil", statuses=("paid",)
)
def nothing_due_no_charge(i: Body) -> Broken | None:
    return None if i["amount_due"] else _null(i, "charge")


@invariant(
    "invoice",
    "INV-FIN-008",
    "an open invoice has its payment intent",
    versions=">=2019-03-14 <2025-03-31.basil",
    statuses=("open",),
)
def open_payment_intent(i: Body) -> Broken | None:
    return Broken("payment_intent", "a value", None) if i["payment_intent"] is None else None


@invariant(
    "invoice", "INV-VER-001", "`paid` says the same as the status", versions="<2025-03-31.basil", statuses=STATUSES
)
def paid_flag(i: Body) -> Broken | None:
    return _is(i, "paid", i["status"] == "paid")


@invariant("invoice", "INV-FIN-001", "finalization does not come before creation", statuses=FINALIZED, facet="clock")
def finalized_after_created(i: Body) -> Broken | None:
    earliest, actual = i["created"] - 1, i["status_transitions"]["finalized_at"]
    return None if actual >= earliest else Broken("status_transitions.finalized_at", f"{earliest} or later", actual)


@invariant(
    "invoice",
    "INV-PAY-036",
    "payment does not come before finalization, a second apart at most",
    statuses=("paid",),
    severity="warning",
    facet="clock",
)
def paid_after_finalized(i: Body) -> Broken | None:
    times = i["status_transitions"]
    if times["paid_at"] >= times["finalized_at"] - 1:
        return None
    return Broken("status_transitions.paid_at", f"{times['finalized_at'] - 1} or later", times["paid_at"])


@invariant(
    "invoice",
    "INV-OBJ-013",
    "a subscription's first invoice covers a moment, its lines cover the cycle",
    statuses=STATUSES,
    severity="warning",
    facet="clock",
)
def first_invoice_period(i: Body) -> Broken | None:
    return _is(i, "period_end", i["period_start"]) if i["billing_reason"] == "subscription_create" else None


@invariant(
    "invoice",
    "INV-OBJ-019",
    "at finalization the page size is settled",
    versions=">=2025-03-31.basil",
    statuses=FINALIZED,
    severity="warning",
)
def page_size_settled(i: Body) -> Broken | None:
    rendering = i["rendering"]
    if not rendering or not rendering["pdf"]:
        return None
    size = rendering["pdf"]["page_size"]
    return Broken("rendering.pdf.page_size", "letter or a4", size) if size == "auto" else None


@invariant(
    "invoice",
    "INV-OBJ-025",
    "an invoice that a subscription made names it",
    versions=">=2025-03-31.basil",
    statuses=STATUSES,
)
def subscription_parent(i: Body) -> Broken | None:
    parent = i["parent"]
    kind = parent["type"] if parent else None
    if kind == "subscription_details" or not i["billing_reason"].startswith("subscription_"):
        return None
    return Broken("parent.type", "subscription_details", kind)
