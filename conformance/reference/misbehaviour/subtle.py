# ruff: noqa: E501 - a table is read by columns
"""Bugs that a look at one answer does not show: at the edge of a page, half of a refused call, the wrong moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.api import drafts
from conformance.reference.api.call import Call
from conformance.reference.api.shapes import Shape
from conformance.reference.misbehaviour.tools import (
    FINALIZE,
    INVOICE,
    INVOICES,
    ITEMS,
    MARK,
    PAY,
    SEND,
    VOID,
    Heard,
    Misbehaviour,
    Plant,
    after,
    before,
    instead,
    nothing,
    of_invoice,
    on_answer,
    on_route,
    refusing,
    shown,
)
from conformance.reference.model.table import Body
from conformance.reference.model.world import World


def _in_list(path: str, change: Callable[[Heard], object]) -> Plant:
    def every(heard: Heard) -> None:
        if heard.method == "GET" and heard.path == path and heard.status == 200:
            change(heard)

    return on_answer(every)


def _more_on_a_full_page(heard: Heard) -> None:
    """``has_more`` is guessed from a page that is full."""
    size = next((int(part[6:]) for part in heard.query.split("&") if part.startswith("limit=")), 10)
    heard.body["has_more"] = len(heard.body["data"]) == size


def _bounds(name: str, *turned: tuple[str, str]) -> Callable[[Call], None]:
    """Bounds with another sign: included is left out, or the other way round."""
    signs = dict(turned)

    def change(call: Call) -> None:
        sent = call.get(name)
        if isinstance(sent, dict):
            call.params[name] = {signs.get(sign, sign): value for sign, value in sent.items()}

    return change


def _half_done(_: Any, journal: Any) -> None:
    """What a refused call did before it was refused stays done."""
    journal._told.clear()  # noqa: SLF001 - as forgetting does
    journal.shown = None
    journal.close()


def _due_from_finalization(_: Call, row: Body) -> None:
    if row["due_date"]:
        row["due_date"] += 3600


def _method_remembered(call: Call, row: Body) -> None:
    row["default_payment_method"] = call.get("payment_method") or row["default_payment_method"]


def _effective_again(call: Call, row: Body) -> None:
    row["effective_at"] = call.world.now() + 5


def _finalized_again(call: Call, row: Body) -> None:
    row["status_transitions"] = {**row["status_transitions"], "finalized_at": call.world.now() + 5}


def _description_lost(call: Call) -> None:
    call.params.setdefault("description", "")


def _advances_again(call: Call) -> None:
    row = call.world.invoices.get(call.ids[0])
    if row is not None and row["status"] == "draft":
        call.params.setdefault("auto_advance", True)


def _of_everybody(original: Any, world: World, customer: Body, currency: str, subscription: Any) -> list[Body]:
    own: list[Body] = original(world, customer, currency, subscription)
    waiting = [row for row in world.items.rows.values() if row["invoice"] is None and row["currency"] == currency]
    return own or waiting[:1]


def _oldest_on_top(original: Any, world: World, customer: Body, currency: str, subscription: Any) -> list[Body]:
    return list(reversed(original(world, customer, currency, subscription)))


def _unassigned_keeps_invoice(call: Call, row: Body) -> None:
    for sent in call.params["lines"]:
        if sent["behavior"] == "unassign":
            for item in call.world.items.of("_pending_for", row["customer"]):
                item["frozen_fields"] = ["invoice"]
                item["invoice"] = row["id"]


def _still_listed(original: Any, call: Call) -> Body:
    """A deleted draft is only hidden from those who ask for it by its id."""
    row = call.world.invoices.get(call.ids[0])
    kept = dict(row) if row is not None and row["status"] == "draft" else None
    answer: Body = original(call)
    if kept is not None:
        call.world.invoices.add({**kept, "id": call.world.new("in_")})
    return answer


def _open_with_others(call: Call) -> None:
    if call.get("status") == "open":
        del call.params["status"]


def _under_the_first(one: Body) -> None:
    """Every discount is noted under the first one's id."""
    amounts: list[Body] = one.get("total_discount_amounts") or []
    for each in amounts[1:]:
        each["discount"] = amounts[0]["discount"]


def _restored(_: Call, row: Body) -> None:
    row["ending_balance"] = row["starting_balance"]


def _long_number(original: Any, *arguments: Any) -> str:
    prefix, _, sequence = original(*arguments).rpartition("-")
    return f"{prefix}-{int(sequence):05d}"


def _deaf_to_case(original: Any, clause: Any, row: Body) -> bool:
    """A number in a query is compared as text."""
    if clause.operator in ("<", ">", "<=", ">="):
        return bool(original(clause._replace(operator=":"), row))
    return bool(original(clause, row))


def _taken(name: str) -> Plant:
    """An update accepts the parameter and forgets it."""

    def without(accepts: Shape) -> Shape:
        return lambda raw, where: accepts({key: value for key, value in raw.items() if key != name}, where)

    return lambda: on_route("POST", INVOICE, lambda route: route._replace(accepts=without(route.accepts)))


def _canceled_stays_payable(original: Any, world: World, intent: Body, *arguments: Any) -> None:
    if intent["_invoice"]:
        return
    original(world, intent, *arguments)


def _stale_mirror(world: World, customer: Body) -> None:
    for invoice in world.invoices.of("_draft_of", customer["id"]):
        drafts.mirror(world, customer, invoice)


# fmt: off
MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    Misbehaviour("a-full-page-has-more", "INV-LST-010", "has_more is true whenever a page is full", _in_list(INVOICES, _more_on_a_full_page)),
    Misbehaviour("created-gte-leaves-out-its-bound", "INV-LST-002", "created[gte] leaves out the very second", before("GET", INVOICES, _bounds("created", ("gte", "gt")))),
    Misbehaviour("created-lte-leaves-out-its-bound", "INV-LST-002", "created[lte] leaves out the very second", before("GET", INVOICES, _bounds("created", ("lte", "lt")))),
    Misbehaviour("created-gt-takes-its-bound", "INV-LST-002", "created[gt] takes the very second", before("GET", INVOICES, _bounds("created", ("gt", "gte")))),
    Misbehaviour("created-lt-takes-its-bound", "INV-LST-002", "created[lt] takes the very second", before("GET", INVOICES, _bounds("created", ("lt", "lte")))),
    Misbehaviour("due-dates-turn-around", "INV-LST-002", "due_date[lt] and [gt] are read the other way round", before("GET", INVOICES, _bounds("due_date", ("lt", "gt"), ("gt", "lt"), ("lte", "gte"), ("gte", "lte")))),
    Misbehaviour("open-lists-everything", "INV-LST-002", "status=open lists every status", before("GET", INVOICES, _open_with_others)),
    Misbehaviour("items-created-filter-takes-bounds", "INV-CRE-047", "created[lt] of items takes the very second", before("GET", ITEMS, _bounds("created", ("lt", "lte")))),
    Misbehaviour("refused-calls-are-half-done", "INV-CRE-039", "what a refused call did before it was refused stays done", instead("model.world.Journal.forget", _half_done)),
    Misbehaviour("due-date-from-finalization", "INV-CRE-015", "finalization counts the days until due anew", after("POST", FINALIZE, _due_from_finalization)),
    Misbehaviour("pay-keeps-the-method", "INV-PAY-008", "the payment method of a call becomes the invoice's own", after("POST", PAY, _method_remembered)),
    Misbehaviour("send-is-effective-again", "INV-SND-002", "sending an open invoice moves effective_at", after("POST", SEND, _effective_again)),
    Misbehaviour("send-finalizes-again", "INV-SND-002", "sending an open invoice moves finalized_at", after("POST", SEND, _finalized_again)),
    Misbehaviour("pay-finalizes-again", "INV-PAY-001", "paying an open invoice moves finalized_at", after("POST", PAY, _finalized_again)),
    Misbehaviour("void-is-effective-again", "INV-TRN-001", "voiding moves effective_at", after("POST", VOID, _effective_again)),
    Misbehaviour("updates-clear-the-description", "INV-CRE-027", "an update without a description clears it", before("POST", INVOICE, _description_lost)),
    Misbehaviour("updates-advance", "INV-EDT-003", "an update of a draft makes it advance", before("POST", INVOICE, _advances_again)),
    Misbehaviour("items-of-everybody-are-swept", "INV-CRE-006", "where a customer has nothing pending somebody else's item is taken", instead("api.invoices._pending", _of_everybody)),
    Misbehaviour("swept-items-upside-down", "INV-OBJ-021", "the oldest pending item stands on top", instead("api.invoices._pending", _oldest_on_top)),
    Misbehaviour("unassigned-items-stay-on-it", "INV-EDT-022", "an unassigned item still names the invoice", after("POST", f"{INVOICE}/remove_lines", _unassigned_keeps_invoice)),
    Misbehaviour("deleted-drafts-are-listed", "INV-EDT-005", "a deleted draft is still in the list", instead("api.invoices.delete", _still_listed)),
    Misbehaviour("discounts-under-one-id", "INV-OBJ-042", "all discount amounts of an invoice name the first discount", shown("invoice", _under_the_first)),
    Misbehaviour("uncollectible-is-tried-again", "INV-TRN-010", "an uncollectible invoice that is sent has a next attempt", after("POST", MARK, lambda call, row: row.update(next_payment_attempt=call.world.now() + 3600))),
    Misbehaviour("void-is-tried-again", "INV-TRN-001", "a void invoice has a next attempt", after("POST", VOID, lambda call, row: row.update(next_payment_attempt=call.world.now() + 3600))),
    Misbehaviour("void-turns-the-ending-balance", "INV-TRN-004", "voiding rewrites ending_balance", after("POST", VOID, _restored)),
    Misbehaviour("numbers-of-five-digits", "INV-FIN-010", "numbers have five digits", instead("api.finalization._next_number", _long_number)),
    Misbehaviour("search-compares-as-text", "INV-LST-019", "< and > find what is equal", instead("api.search.Clause.holds", _deaf_to_case)),
    Misbehaviour("void-leaves-its-payment", "INV-TRN-003", "the PaymentIntent of a void invoice can still be paid", instead("api.charging.cancel", _canceled_stays_payable)),
    Misbehaviour("tax-exemption-comes-late", "INV-ARI-030", "a draft shows the exemption and keeps its tax", instead("api.drafts.refresh", lambda _, world, customer: _stale_mirror(world, customer))),
    Misbehaviour("due-with-automatic-collection-is-accepted", "INV-CRE-013", "a due date is accepted and dropped where the card is charged", before("POST", INVOICES, lambda call: [call.params.pop(name, None) for name in ("due_date", "days_until_due")] if call.get("collection_method") != "send_invoice" else None)),
    Misbehaviour("sent-without-a-due-date-is-accepted", "INV-CRE-012", "an invoice to send is due in 30 days unless something is sent", before("POST", INVOICES, lambda call: call.params.setdefault("days_until_due", 30) if call.get("collection_method") == "send_invoice" and "due_date" not in call.params else None)),
    Misbehaviour("sent-to-nobody-is-accepted", "INV-CRE-014", "an invoice is sent to a customer without an address", nothing("api.invoices._check_collection")),
    Misbehaviour("periods-may-end-before-they-begin", "INV-CRE-046", "the period of an item is shown the other way round", shown("invoiceitem", lambda one: one.update(period={"start": one["period"]["end"], "end": one["period"]["start"]}) if one.get("period") else None)),
    Misbehaviour("letters-are-not-needed", "INV-CRE-038", "a statement descriptor may be all digits", before("POST", INVOICE, lambda call: call.params.pop("statement_descriptor", None) if str(call.get("statement_descriptor", "x")).isdigit() else None)),
    Misbehaviour("coupons-twice-are-one", "INV-CRE-032", "a coupon that is named twice is taken once", before("POST", INVOICES, lambda call: call.params.update(discounts=list({str(one): one for one in call.params["discounts"]}.values())) if call.get("discounts") else None)),
    Misbehaviour("toggling-forgets-the-time", "INV-EDT-004", "auto_advance set again schedules for an hour from now", after("POST", INVOICE, lambda call, row: row.update(automatically_finalizes_at=call.world.now() + 7200) if row["status"] == "draft" and call.get("auto_advance") else None)),
    Misbehaviour("the-customer-can-be-changed", "INV-EDT-031", "customer is accepted by an update", _taken("customer")),
    Misbehaviour("paid-again-in-silence", "INV-PAY-005", "paying twice is answered with the invoice", instead("api.collection.pay", lambda original, call: call.world.invoices.rows[call.ids[0]] if (call.world.invoices.get(call.ids[0]) or {}).get("status") == "paid" else original(call))),
    Misbehaviour("marked-again-in-silence", "INV-TRN-013", "marking twice is answered with the invoice", instead("api.closing.mark_uncollectible", lambda original, call: call.world.invoices.rows[call.ids[0]] if (call.world.invoices.get(call.ids[0]) or {}).get("status") == "uncollectible" else original(call))),
    Misbehaviour("an-open-invoice-cannot-be-credited", "INV-BAL-011", "only paid invoices can be credited", refusing("POST", "/v1/credit_notes", lambda call: call.world.invoices.rows[call.params["invoice"]]["status"] == "open" if call.params["invoice"] in call.world.invoices else False)),
    Misbehaviour("only-sent-invoices-can-be-marked", "INV-TRN-010", "what is charged automatically cannot be given up", refusing("POST", MARK, of_invoice(lambda row: row["status"] == "open" and row["collection_method"] == "charge_automatically"))),
    Misbehaviour("line-metadata-is-lost", "INV-OBJ-022", "lines do not show the metadata of their item", shown("line_item", lambda one: one.update(metadata={}) if "metadata" in one else None)),
    Misbehaviour("drafts-lose-their-discount-on-update", "INV-EDT-025", "an update without discounts takes them away", before("POST", INVOICE, lambda call: call.params.setdefault("discounts", []) if of_invoice(lambda row: row["status"] == "draft")(call) else None)),
)
# fmt: on
