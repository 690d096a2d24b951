"""Which operation an invoice refuses in which status: read from ``rules.lifecycle``, never decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.reference.model.problems import literal, problem
from conformance.rules.lifecycle import LIFECYCLE

if TYPE_CHECKING:
    from conformance.reference.model.table import Body

#: Conditions that name a field or the date of a recording: the model need not check anything to know they hold.
_ALWAYS = frozenset({"", "frozen-field", "its-item", "on", "recorded-2026", "reported-2026"})
#: Said where the table knows that Stripe refuses but not in which words.
_UNRECORDED = {
    "add_invoiceitem": "This invoice is no longer editable",
    "update_line": "Invalid invoice: This invoice is no longer editable",
    "create_credit_note": "You can only create a credit note for an invoice that is open, paid or uncollectible.",
    "attach_payment": "You can only attach payments to open invoices. This invoice isn't open.",
    "send": "This invoice cannot be sent right now. Please contact us via "
    "https://support.stripe.com/contact with details, so we can help.",
}


class Refusal(NamedTuple):
    status: int
    code: str | None
    message: str
    requirement: str


def _refusals() -> dict[tuple[str, str], Refusal]:
    made: dict[tuple[str, str], Refusal] = {}
    for row in LIFECYCLE:
        if row.http_status and row.http_status >= 400 and row.condition in _ALWAYS:
            message = literal(row.pattern) if row.pattern else _UNRECORDED.get(row.operation, "")
            made.setdefault((row.status, row.operation), Refusal(row.http_status, row.code, message, row.requirement))
    return made


REFUSALS = _refusals()

#: Operations without rows of their own follow the row of another one.
_LIKE = {
    "update_lines": "add_lines",
    "remove_lines": "add_lines",
    "update_line": "add_lines",
    "delete_invoiceitem": "update_invoiceitem",
}
_DRAFT_ONLY = frozenset(
    {
        "add_invoiceitem",
        "update_invoiceitem",
        "delete_invoiceitem",
        "add_lines",
        "update_lines",
        "remove_lines",
        "update_line",
    }
)


#: What versions before this one were seen to allow (INV-SND-005).
_REFUSED_SINCE = {("paid", "send"): "2022-08-01"}


def check(invoice: Body, operation: str, *, param: str | None = None, version: str = "~") -> None:
    """Raise what Stripe answers when ``operation`` is tried on an invoice in this status (INV-TRN-014, INV-TRN-016)."""
    status = invoice["status"]
    if version < _REFUSED_SINCE.get((status, operation), ""):
        return
    refusal = REFUSALS.get((status, operation))
    if refusal is None and operation in _DRAFT_ONLY and status != "draft":
        refusal = _by_analogy(status, operation)
    if refusal is not None:
        raise problem(refusal.message, code=refusal.code, param=param, status=refusal.status)


def _by_analogy(status: str, operation: str) -> Refusal:
    """The same operation's refusal in another finalized status, or that of the operation it is like."""
    for name in (operation, _LIKE.get(operation, operation)):
        for other in (status, "paid", "open", "void", "uncollectible"):
            if (other, name) in REFUSALS:
                return REFUSALS[other, name]
    return Refusal(400, None, "This invoice is no longer editable", "")
