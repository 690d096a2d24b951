"""What ties the parts of a body together: ids, urls, the window of embedded lines, parents; and the envelopes around
bodies.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import Any

from conformance.contract.invariants.registry import FINALIZED, STATUSES, Body, Broken, Rule, invariant

INLINE_LINES = 10
HOSTED = ("https://invoice.stripe.com/i/", "https://pay.stripe.com/invoice/")  # the second up to 2020
PDF = "https://pay.stripe.com/invoice/"
_NUMBER = re.compile(r"[A-Za-z0-9]{1,12}-[0-9]{4,}")
_NUMBERS = itemgetter(
    *("amount_due", "amount_paid", "amount_remaining", "total", "subtotal", "starting_balance", "ending_balance"),
    *("attempt_count", "created", "period_start", "period_end", "due_date", "next_payment_attempt"),
)
_CURRENCY = re.compile(r"[a-z]{3}")


def _form(prefix: str, other: str = "") -> Rule:
    """An id is its prefix, then letters and digits."""
    fits = re.compile(f"{prefix}(?:{other})?[A-Za-z0-9]+").fullmatch

    def rule(body: Body) -> Broken | None:
        return None if fits(body["id"]) else Broken("id", f"{prefix}… (letters and digits)", body["id"])

    return rule


_INVOICE_ID, _LINE_ID, _ITEM_ID, _PAYMENT_ID = _form("in_"), _form("il_", "tmp_"), _form("ii_"), _form("inpay_")
_NOTE_ID, _NOTE_LINE_ID = _form("cn_"), _form("cnli_")


@invariant("invoice", "INV-OBJ-001", "invoice ids start with in_", statuses=STATUSES, facet="ids")
def invoice_id(i: Body) -> Broken | None:
    return _INVOICE_ID(i)


@invariant("line_item", "INV-OBJ-002", "line ids start with il_", versions=">=2019-12-03", facet="ids")
def line_id(line: Body) -> Broken | None:
    return _LINE_ID(line)


@invariant("invoiceitem", "INV-OBJ-002", "invoice item ids start with ii_", facet="ids")
def item_id(item: Body) -> Broken | None:
    return _ITEM_ID(item)


@invariant("invoice_payment", "INV-OBJ-003", "invoice payment ids start with inpay_", severity="warning", facet="ids")
def payment_id(payment: Body) -> Broken | None:
    return _PAYMENT_ID(payment)


@invariant("credit_note", "INV-OBJ-003", "credit note ids start with cn_", severity="warning", facet="ids")
def credit_note_id(note: Body) -> Broken | None:
    return _NOTE_ID(note)


@invariant(
    "credit_note_line_item", "INV-OBJ-003", "credit note line ids start with cnli_", severity="warning", facet="ids"
)
def credit_note_line_id(line: Body) -> Broken | None:
    return _NOTE_LINE_ID(line)


@invariant("invoice", "INV-OBJ-007", "currencies are three lower-case letters")
def currency(i: Body) -> Broken | None:
    return None if _CURRENCY.fullmatch(i["currency"]) else Broken("currency", "three lower-case letters", i["currency"])


@invariant("invoice", "INV-OBJ-045", "unset metadata is an empty object, never null")
def metadata(i: Body) -> Broken | None:
    return Broken("metadata", {}, None) if i["metadata"] is None else None


@invariant("invoice", "INV-OBJ-007", "amounts and times are whole numbers, written without a decimal point")
def whole_numbers(i: Body) -> Broken | None:
    if float not in map(type, _NUMBERS(i)):
        return None
    for name, value in i.items():
        if type(value) is float and name != "tax_percent":  # a rate of versions before 2020-08-27
            return Broken(name, "an integer", value)
    return None


@invariant(
    "line_item", "INV-OBJ-007", "a line's amount and quantity are whole numbers, written without a decimal point"
)
def whole_line_numbers(line: Body) -> Broken | None:
    for name in ("amount", "quantity"):
        if type(line[name]) is float:
            return Broken(name, "an integer", line[name])
    return None


@invariant("invoice", "INV-OBJ-020", "at most ten lines are embedded; total_count and has_more say how many there are")
def line_window(i: Body) -> Broken | None:
    lines = i["lines"]
    count, shown = lines["total_count"], len(lines["data"])
    if shown != min(INLINE_LINES, count):
        return Broken("lines.data", f"{min(INLINE_LINES, count)} lines of {count}", f"{shown} lines")
    if lines["has_more"] != (count > INLINE_LINES):
        return Broken("lines.has_more", count > INLINE_LINES, lines["has_more"])
    return None


@invariant("invoice", "INV-OBJ-020", "the embedded list says how many lines there are")
def line_count(i: Body) -> Broken | None:
    return (
        None
        if type(i["lines"].get("total_count")) is int
        else Broken("lines.total_count", "an integer", i["lines"].get("total_count"))
    )


@invariant(
    "invoice", "INV-OBJ-020", "the embedded list says where the rest of its lines is", statuses=STATUSES, facet="ids"
)
def lines_url(i: Body) -> Broken | None:
    expected = f"/v1/invoices/{i['id']}/lines"
    return None if i["lines"]["url"] == expected else Broken("lines.url", expected, i["lines"]["url"])


@invariant("invoice", "INV-OBJ-002", "each line names the invoice it belongs to", statuses=STATUSES, facet="ids")
def lines_belong(i: Body) -> Broken | None:
    own = i["id"]
    for index, line in enumerate(i["lines"]["data"]):
        if line.get("invoice", own) not in (own, None):
            return Broken(f"lines.data[{index}].invoice", own, line["invoice"])
    return None


@invariant(
    "invoice",
    "INV-OBJ-042",
    "a discounted amount names a discount of the invoice or of a line",
    versions=">=2020-08-27",
    facet="ids",
)
def discounts_known(i: Body) -> Broken | None:
    amounts = i["total_discount_amounts"]
    if not amounts or i["lines"]["has_more"]:
        return None
    known = set(map(_id, i["discounts"]))
    for line in i["lines"]["data"]:
        known.update(map(_id, line["discounts"]))
    for index, amount in enumerate(amounts):
        if _id(amount["discount"]) not in known:
            return Broken(
                f"total_discount_amounts[{index}].discount",
                f"one of {sorted(map(str, known))}",
                _id(amount["discount"]),
            )
    return None


def _id(reference: Any) -> Any:
    return reference["id"] if isinstance(reference, dict) else reference


@invariant(
    "invoice", "INV-OBJ-036", "the public page is at Stripe", statuses=FINALIZED, severity="warning", facet="urls"
)
def hosted_url(i: Body) -> Broken | None:
    url = i["hosted_invoice_url"]
    return (
        None
        if url is None or url.startswith(HOSTED)
        else Broken("hosted_invoice_url", "https://invoice.stripe.com/i/…", url)
    )


@invariant("invoice", "INV-OBJ-036", "the PDF is at Stripe", statuses=FINALIZED, severity="warning", facet="urls")
def pdf_url(i: Body) -> Broken | None:
    url = i["invoice_pdf"]
    return (
        None
        if url is None or (url.startswith(PDF) and "/pdf" in url)
        else Broken("invoice_pdf", "https://pay.stripe.com/invoice/…/pdf", url)
    )


@invariant(
    "invoice",
    "INV-FIN-010",
    "a number is a prefix and a sequence of at least four digits, unless the caller gave it",
    versions=">=2020-03-02",
    statuses=FINALIZED,
    severity="warning",
    facet="ids",
)
def number_form(i: Body) -> Broken | None:
    return None if _NUMBER.fullmatch(i["number"]) else Broken("number", "PREFIX-0001", i["number"])


DETAILS = {"invoice_item_details": "subscription_item_details", "subscription_item_details": "invoice_item_details"}


@invariant(
    "line_item",
    "INV-OBJ-023",
    "a line has the details of its own kind of parent and not of the other",
    versions=">=2025-03-31.basil",
)
def line_parent(line: Body) -> Broken | None:
    parent = line["parent"]
    kind = parent["type"]
    if kind not in DETAILS:
        return None
    if not parent[kind]:
        return Broken(f"parent.{kind}", "an object", parent[kind])
    other = parent[DETAILS[kind]]
    return None if other is None else Broken(f"parent.{DETAILS[kind]}", None, other)


@invariant("invoice_payment", "INV-OBJ-034", "exactly a paid payment has an amount and a time")
def payment_state(payment: Body) -> Broken | None:
    if payment["status"] == "paid":
        if payment["amount_paid"] is None:
            return Broken("amount_paid", "an amount", None)
        if payment["status_transitions"]["paid_at"] is None:
            return Broken("status_transitions.paid_at", "a time", None)
    elif payment["status"] == "open" and payment["status_transitions"]["paid_at"] is not None:
        return Broken("status_transitions.paid_at", None, payment["status_transitions"]["paid_at"])
    return None


@invariant("credit_note", "INV-BAL-018", "a credit note's amount is its total")
def credit_note_amount(note: Body) -> Broken | None:
    return None if note["amount"] == note["total"] else Broken("amount", note["total"], note["amount"])


@invariant("credit_note", "INV-BAL-024", "exactly a void credit note has a time of voiding")
def credit_note_voided(note: Body) -> Broken | None:
    if (note["status"] == "void") == (note["voided_at"] is not None):
        return None
    return Broken("voided_at", "a time" if note["status"] == "void" else None, note["voided_at"])


@invariant(
    "credit_note",
    "INV-BAL-017",
    "a credit note's number is the invoice's and -CN-01, -CN-02 and so on",
    severity="warning",
    facet="ids",
)
def credit_note_number(note: Body) -> Broken | None:
    return (
        None
        if re.fullmatch(r".+-CN-[0-9]{2,}", note["number"])
        else Broken("number", "INVOICE-NUMBER-CN-01", note["number"])
    )


@invariant("list", "INV-LST-001", "lists of invoices, items and credit notes are newest first", facet="clock")
def newest_first(body: Body) -> Broken | None:
    rows = body["data"]
    if len(rows) < 2 or rows[0]["object"] not in {"invoice", "invoiceitem", "credit_note"}:
        return None
    name = "date" if rows[0]["object"] == "invoiceitem" else "created"
    for index in range(1, len(rows)):
        if rows[index][name] > rows[index - 1][name]:
            return Broken(f"data[{index}].{name}", f"{rows[index - 1][name]} or earlier", rows[index][name])
    return None


@invariant("error", "INV-API-001", "members of an error without a value are left out, not null")
def error_no_nulls(body: Body) -> Broken | None:
    for name, value in body["error"].items():
        if value is None:
            return Broken(f"error.{name}", "left out", None)
    return None


@invariant("error", "INV-API-030", "an error has a doc_url exactly when it has a code", versions=">=2018-01-01")
def error_doc_url(body: Body) -> Broken | None:
    error = body["error"]
    if ("code" in error) == ("doc_url" in error):
        return None
    return Broken(
        "error.doc_url", "a link for the code" if "code" in error else "left out", error.get("doc_url", "missing")
    )
