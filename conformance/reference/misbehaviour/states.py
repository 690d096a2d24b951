# ruff: noqa: E501 - a table is read by columns
"""What an invoice becomes: statuses, moments, attempts, numbers, and what goes with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from conformance.reference.api import charging, collection, drafts, item_lines
from conformance.reference.api.call import Call
from conformance.reference.misbehaviour.tools import (
    FINALIZE,
    MARK,
    PAY,
    SEND,
    VOID,
    Misbehaviour,
    Plant,
    after,
    before,
    constant,
    instead,
    nothing,
    then,
)
from conformance.reference.model.table import Body
from conformance.reference.model.world import World

Change = Callable[[Call, Body], object]


def _status(value: str) -> Change:
    def change(call: Call, row: Body) -> None:
        call.world.invoices.set(row, "status", value)

    return change


def _status_if(was: str, value: str) -> Change:
    def change(call: Call, row: Body) -> None:
        if row["status"] == was:
            call.world.invoices.set(row, "status", value)

    return change


def _set(**values: Any) -> Change:
    return lambda _, row: row.update(values)


def _moment(name: str, value: Any = None) -> Change:
    def change(_: Call, row: Body) -> None:
        row["status_transitions"] = {**row["status_transitions"], name: value}

    return change


#: name, requirement, sentence, path, what is done to the row once the handler is through.
# fmt: off
_AFTER: tuple[tuple[str, str, str, str, Change], ...] = (
    ("finalized-stays-draft", "INV-FIN-001", "finalize leaves the invoice a draft", FINALIZE, _status_if("open", "draft")),
    ("finalize-pays", "INV-FIN-002", "finalize answers paid at once", FINALIZE, _status_if("open", "paid")),
    ("zero-due-stays-open", "INV-FIN-006", "a zero due is finalized to open", FINALIZE, _status_if("paid", "open")),
    ("paid-stays-open", "INV-PAY-001", "pay leaves the invoice open", PAY, _status_if("paid", "open")),
    ("void-stays-open", "INV-TRN-001", "void leaves the invoice open", VOID, _status("open")),
    ("void-deletes-status", "INV-TRN-001", "a voided invoice is uncollectible", VOID, _status("uncollectible")),
    ("uncollectible-stays-open", "INV-TRN-010", "mark_uncollectible leaves the invoice open", MARK, _status("open")),
    ("uncollectible-is-void", "INV-TRN-010", "mark_uncollectible voids", MARK, _status("void")),
    ("sent-stays-draft", "INV-SND-001", "send leaves a draft a draft", SEND, _status_if("open", "draft")),
    ("finalized-at-missing", "INV-FIN-001", "finalized_at stays null", FINALIZE, _moment("finalized_at")),
    ("paid-at-missing", "INV-PAY-001", "paid_at stays null", PAY, _moment("paid_at")),
    ("paid-at-missing-on-zero-due", "INV-FIN-006", "paid_at stays null where nothing is due", FINALIZE, _moment("paid_at")),
    ("voided-at-missing", "INV-TRN-001", "voided_at stays null", VOID, _moment("voided_at")),
    ("marked-uncollectible-at-missing", "INV-TRN-010", "marked_uncollectible_at stays null", MARK, _moment("marked_uncollectible_at")),
    ("finalized-at-in-milliseconds", "INV-FIN-001", "finalized_at is in milliseconds", FINALIZE, lambda call, row: _moment("finalized_at", call.world.now() * 1000)(call, row)),
    ("void-forgets-finalized-at", "INV-TRN-001", "void clears finalized_at", VOID, _moment("finalized_at")),
    ("effective-at-missing", "INV-CRE-037", "effective_at stays null at finalization", FINALIZE, _set(effective_at=None)),
    ("number-missing", "INV-FIN-010", "a finalized invoice has no number", FINALIZE, _set(number=None)),
    ("number-is-the-id", "INV-FIN-010", "the number is made of the id", FINALIZE, lambda _, row: row.update(number=row["id"][3:11])),
    ("hosted-url-missing", "INV-OBJ-047", "a finalized invoice has no hosted page", FINALIZE, _set(_token=None, hosted_invoice_url=None, invoice_pdf=None)),
    ("ending-balance-missing", "INV-OBJ-047", "ending_balance stays null", FINALIZE, _set(ending_balance=None)),
    ("finalize-clears-auto-advance", "INV-FIN-003", "finalize turns auto_advance off", FINALIZE, _set(auto_advance=False)),
    ("finalize-keeps-schedule", "INV-FIN-031", "automatically_finalizes_at stays after finalization", FINALIZE, lambda _, row: row.update(automatically_finalizes_at=row["created"] + 3601)),
    ("void-zeroes-amounts", "INV-TRN-001", "void sets amount_due to 0", VOID, _set(amount_due=0, amount_remaining=0)),
    ("void-pays-the-rest", "INV-TRN-001", "void sets amount_remaining to 0", VOID, _set(amount_remaining=0)),
    ("void-keeps-auto-advance", "INV-TRN-001", "a void invoice still advances", VOID, _set(auto_advance=True)),
    ("uncollectible-zeroes-amounts", "INV-TRN-010", "mark_uncollectible sets amount_remaining to 0", MARK, _set(amount_remaining=0)),
    ("uncollectible-keeps-auto-advance", "INV-EDT-003", "an uncollectible invoice still advances", MARK, _set(auto_advance=True)),
    ("paid-keeps-auto-advance", "INV-PAY-035", "a paid invoice still advances", PAY, lambda _, row: row.update(auto_advance=row["status"] == "paid")),
    ("amount-paid-stays-zero", "INV-PAY-001", "amount_paid stays 0", PAY, _set(amount_paid=0)),
    ("amount-remaining-stays", "INV-OBJ-039", "amount_remaining is not lowered by payment", PAY, lambda _, row: row.update(amount_remaining=row["amount_due"])),
    ("paid-lowers-amount-due", "INV-PAY-001", "amount_due of a paid invoice is 0", PAY, _set(amount_due=0)),
    ("attempt-count-not-raised", "INV-PAY-025", "attempt_count stays 0", PAY, _set(attempt_count=0)),
    ("attempt-count-raised-by-out-of-band", "INV-PAY-016", "paying out of band counts as an attempt", PAY, lambda call, row: row.update(attempt_count=1, attempted=True) if call.get("paid_out_of_band") else None),
    ("attempted-stays-false", "INV-PAY-026", "attempted stays false", PAY, _set(attempted=False)),
    ("attempted-false-on-zero-due", "INV-FIN-006", "attempted stays false where nothing is due", FINALIZE, _set(attempted=False)),
    ("finalize-counts-an-attempt", "INV-FIN-002", "finalization counts as an attempt", FINALIZE, lambda _, row: row.update(attempted=True, attempt_count=1)),
    ("finalize-changes-description", "INV-FIN-001", "finalization rewrites the description", FINALIZE, _set(description="Invoice")),
)
# fmt: on


def _afterwards() -> Iterator[Misbehaviour]:
    for name, requirement, sentence, path, change in _AFTER:
        yield Misbehaviour(name, requirement, sentence, after("POST", path, change))


def _declined(change: Callable[[Body], object]) -> Plant:
    """After a decline the invoice is changed."""

    def attempt(original: Any, world: World, row: Body, *arguments: Any, **named: Any) -> Any:
        error = original(world, row, *arguments, **named)
        if error is not None:
            change(row)
        return error

    return instead("api.collection.attempt", attempt)


def _counts_every_try(original: Any, world: World, row: Body, *arguments: Any, **named: Any) -> Any:
    before_it = row["attempt_count"]
    error = original(world, row, *arguments, **named)
    row["attempt_count"] = before_it + 1
    return error


def _not_deleted(original: Any, call: Call) -> Body:
    row = call.world.invoices.get(call.ids[0])
    if row is None or row["status"] != "draft":
        refused: Body = original(call)
        return refused
    return {"id": row["id"], "object": "invoice", "deleted": True}


def _archived(call: Call, rate: Body) -> None:
    for invoice in call.world.invoices.rows.values():
        if invoice["status"] == "draft" and rate["active"] is False:
            invoice["_tax_rates"] = [one for one in invoice["_tax_rates"] if one != rate["id"]]
            drafts.recompute(call.world, invoice)


def _keep_items(call: Call) -> None:
    row = call.world.invoices.get(call.ids[0])
    for line in row["_lines"] if row else ():
        line["_item"] = None


def _freed(call: Call) -> None:
    row = call.world.invoices.get(call.ids[0])
    if row is None or row["status"] != "draft":
        return
    for line in row["_lines"]:
        item = call.world.items.get(line["_item"] or "")
        line["_item"] = None
        if item is not None:
            call.world.items.set(item, "invoice", None)
            call.world.items.set(item, "_pending_for", item["customer"])


def _replace_metadata(row: Body, sent: Any) -> None:
    if sent is not None:
        row["metadata"] = dict(sent or {})


def _metadata_only_grows(row: Body, sent: Any) -> None:
    if sent:
        row["metadata"] = {**row["metadata"], **sent}


def _line_at_the_end(_: Any, world: World, invoice: Body, item: Body) -> Body:
    line: Body = {"id": world.new("il_"), "object": "line_item", "_item": item["id"]}
    line.update(item_lines.line_fields(item, invoice))
    invoice["_lines"].append(line)
    return line


def _mirrored_for_ever(world: World, customer: Body) -> None:
    for invoice in world.invoices.of("customer", customer["id"]):
        drafts.mirror(world, customer, invoice)


def _never_mirrored(_: Any, world: World, customer: Body) -> None:
    for invoice in world.invoices.of("_draft_of", customer["id"]):
        drafts.recompute(world, invoice)


def _sweep_all(_: Any, world: World, customer: Body, __: str, ___: Any) -> list[Body]:
    return list(world.items.of("_pending_for", customer["id"]))


def _without_charge(original: Any, world: World, intent: Body, method: Body) -> None:
    """Every card is good."""
    charging._succeed(world, intent, method) if method["_card"].on_charge else original(world, intent, method)  # noqa: SLF001


def _one_sequence(original: Any, customer: Body | None) -> str:
    number: str = original(customer)
    if customer is not None:
        customer["next_invoice_sequence"] -= 1
    return number


def _number_of_drafts(call: Call, row: Body) -> None:
    customer = call.world.customers.get(row["customer"])
    if customer is not None:
        row["number"] = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
        customer["next_invoice_sequence"] += 1


def _pay_void(original: Any, call: Call) -> Any:
    row = call.world.invoices.get(call.ids[0])
    if row is not None and row["status"] == "uncollectible":
        from conformance.reference.model.problems import problem

        raise problem("This invoice is uncollectible.")
    return original(call)


def _finalizing_collects(original: Any, world: World, row: Body, *arguments: Any) -> None:
    original(world, row, *arguments)
    method = collection.resolved_method(world, row)
    if row["status"] == "open" and method is not None:
        collection.attempt(world, row, method, world.version)


# fmt: off
MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    *_afterwards(),
    Misbehaviour("finalize-collects", "INV-FIN-002", "manual finalization charges the customer's card", instead("api.finalization.finalize_draft", _finalizing_collects)),
    Misbehaviour("declines-go-through", "INV-PAY-010", "a card that declines pays", instead("api.charging.confirm", _without_charge)),
    Misbehaviour("decline-voids", "INV-PAY-012", "a declined invoice is uncollectible", _declined(lambda row: row.update(status="uncollectible"))),
    Misbehaviour("decline-is-no-attempt", "INV-PAY-012", "a decline leaves attempted and attempt_count", _declined(lambda row: row.update(attempted=False, attempt_count=0))),
    Misbehaviour("decline-undoes-finalization", "INV-PAY-013", "a decline of a draft leaves a draft", _declined(lambda row: row.update(status="draft"))),
    Misbehaviour("every-manual-attempt-counts", "INV-PAY-014", "each manual retry raises attempt_count", instead("api.collection.attempt", _counts_every_try)),
    Misbehaviour("uncollectible-cannot-be-paid", "INV-TRN-015", "pay on an uncollectible invoice is refused", instead("api.collection.pay", _pay_void)),
    Misbehaviour("deleted-draft-frees-its-items", "INV-EDT-008", "items of a deleted draft are pending again", before("DELETE", "/v1/invoices/{}", _freed)),
    Misbehaviour("deleted-draft-keeps-its-items", "INV-EDT-009", "items of a deleted draft stay as they were", before("DELETE", "/v1/invoices/{}", _keep_items)),
    Misbehaviour("deleted-draft-is-still-there", "INV-EDT-005", "a deleted draft can still be read", instead("api.invoices.delete", _not_deleted)),
    Misbehaviour("metadata-is-replaced", "INV-CRE-028", "metadata is replaced, not merged", instead("api.call.merge_metadata", lambda _, row, sent: _replace_metadata(row, sent))),
    Misbehaviour("empty-metadata-values-stay", "INV-CRE-028", "an empty value does not remove a key of metadata", instead("api.call.merge_metadata", lambda _, row, sent: _metadata_only_grows(row, sent))),
    Misbehaviour("new-lines-at-the-end", "INV-OBJ-021", "a new line is put below the others", instead("api.item_lines.show_on", _line_at_the_end)),
    Misbehaviour("finalized-follows-its-customer", "INV-OBJ-015", "finalized invoices follow changes of their customer", then("api.drafts.refresh", _mirrored_for_ever)),
    Misbehaviour("drafts-do-not-follow-their-customer", "INV-OBJ-015", "a draft keeps the customer's first name and address", instead("api.drafts.refresh", _never_mirrored)),
    Misbehaviour("pending-items-swept-by-default", "INV-CRE-004", "pending items are put on every new invoice", before("POST", "/v1/invoices", lambda call: call.params.setdefault("pending_invoice_items_behavior", "include"))),
    Misbehaviour("pending-items-of-other-currencies-swept", "INV-CRE-023", "pending items in other currencies are put on, too", instead("api.invoices._pending", _sweep_all)),
    Misbehaviour("auto-advance-is-on-by-default", "INV-CRE-003", "auto_advance is true unless sent", before("POST", "/v1/invoices", lambda call: call.params.setdefault("auto_advance", True))),
    Misbehaviour("billing-reason-follows-subscription", "INV-OBJ-010", "a manual invoice of a subscription says subscription_update", after("POST", "/v1/invoices", lambda _, row: row.update(billing_reason="subscription_update") if row["parent"] else None)),
    Misbehaviour("default-method-is-copied", "INV-CRE-040", "a draft shows the customer's default payment method", after("POST", "/v1/invoices", lambda call, row: row.update(default_payment_method=call.world.customers.rows[row["customer"]]["invoice_settings"]["default_payment_method"]))),
    Misbehaviour("due-date-a-day-late", "INV-CRE-015", "days_until_due is counted from the next day", after("POST", "/v1/invoices", lambda call, row: row.update(due_date=row["due_date"] + 86400) if "days_until_due" in call.params else None)),
    Misbehaviour("due-date-on-automatic-collection", "INV-CRE-016", "every invoice has a due date", after("POST", "/v1/invoices", lambda _, row: row.update(due_date=row["due_date"] or row["created"]))),
    Misbehaviour("drafts-are-numbered", "INV-OBJ-046", "a draft has a number already", after("POST", "/v1/invoices", _number_of_drafts)),
    Misbehaviour("numbers-do-not-count", "INV-FIN-011", "the customer's sequence does not grow", instead("api.finalization._next_number", _one_sequence)),
    Misbehaviour("numbers-of-three-digits", "INV-FIN-010", "numbers have three digits", instead("api.finalization._next_number", lambda original, customer: original(customer).replace("-0", "-", 1))),
    Misbehaviour("no-payment-for-a-finalized-invoice", "INV-FIN-008", "finalization makes no PaymentIntent worth the due", then("api.settlement.start", lambda world, invoice, *_: world.payment_intents.rows[invoice["_intent"]].update(amount=0))),
    Misbehaviour("out-of-band-leaves-remaining", "INV-PAY-017", "paid out of band, amount_remaining is still the due", after("POST", PAY, lambda call, row: row.update(amount_paid=0, amount_remaining=row["amount_due"]) if call.get("paid_out_of_band") else None)),
    Misbehaviour("void-keeps-the-credit", "INV-TRN-004", "void does not give back the balance that was used", nothing("api.closing._give_back_balance")),
    Misbehaviour("own-method-does-not-win", "INV-PAY-008", "the customer's default card is charged before the invoice's own", instead("api.collection.resolved_method", lambda original, world, row: original(world, {**row, "default_payment_method": None}))),
    Misbehaviour("anybodys-method-pays", "INV-PAY-024", "the payment method of another customer pays", instead("api.collection._given_method", lambda _, call, __: call.world.payment_methods.get(call.get("payment_method") or ""))),
    Misbehaviour("anybodys-method-is-kept", "INV-CRE-039", "default_payment_method of another customer is kept", instead("api.invoices._own_method", lambda _, __, ___, identifier: identifier or None)),
    Misbehaviour("once-coupons-last", "INV-FIN-022", "coupons for once are not used up", nothing("api.finalization._consume_discounts"), at="2020-08-27"),
    Misbehaviour("automatic-finalization-at-once", "INV-CRE-019", "a draft that advances is scheduled for now", constant("api.invoices.HOUR", 0)),
    Misbehaviour("time-finalizes-nothing", "INV-FIN-026", "drafts are never finalized by time", instead("api.passage.run", lambda *_: None)),
    Misbehaviour("revision-leaves-the-original", "INV-FIN-030", "finalizing a revision leaves the original open", nothing("api.finalization._replace")),
    Misbehaviour("currency-of-the-customer-ignored", "INV-CRE-021", "an invoice without currency is in the account's", before("POST", "/v1/invoices", lambda call: call.params.setdefault("currency", call.world.currency))),
    Misbehaviour("item-currency-of-the-account", "INV-CRE-043", "an item without currency is in the account's", before("POST", "/v1/invoiceitems", lambda call: call.params.setdefault("currency", call.world.currency))),
    Misbehaviour("negative-items-are-discountable", "INV-CRE-044", "a credit line can be discounted", before("POST", "/v1/invoiceitems", lambda call: call.params.setdefault("discountable", True))),
    Misbehaviour("unassigned-items-are-lost", "INV-EDT-022", "unassigned lines are deleted", before("POST", "/v1/invoices/{}/remove_lines", lambda call: [line.update(behavior="delete") for line in call.params["lines"]])),
    Misbehaviour("deleted-lines-become-pending", "INV-EDT-021", "deleted lines become pending items", before("POST", "/v1/invoices/{}/remove_lines", lambda call: [line.update(behavior="unassign") for line in call.params["lines"]])),
    Misbehaviour("line-update-answers-the-invoice", "INV-EDT-019", "updating a line answers with the invoice", instead("api.lines.update_one", lambda original, call: (original(call), call.world.invoices.rows[call.ids[0]])[1])),
    Misbehaviour("pending-item-survives-deletion", "INV-EDT-010", "a deleted item is still there", instead("api.items.forget", lambda *_: None)),
    Misbehaviour("archived-rate-drops-tax", "INV-EDT-029", "archiving a tax rate takes it off drafts", after("POST", "/v1/tax_rates/{}", _archived)),
    Misbehaviour("period-of-an-item-is-a-month", "INV-CRE-046", "an item without a period lasts a month", after("POST", "/v1/invoiceitems", lambda call, row: None if "period" in call.params else row.update(period={"start": row["date"], "end": row["date"] + 2592000}))),
)
# fmt: on
