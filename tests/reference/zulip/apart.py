"""What is not held against the reference, and why: a row for each key that depends on more than the calls."""

from __future__ import annotations

from typing import NamedTuple

from conformance.recordings.replay.compare import Field

#: Up to this version of the account it cannot be told when Stripe added a field: one too many says nothing.
GROWING = "2022-08-01"


class Row(NamedTuple):
    """A kind of object and the field of it that is left out, with all it holds; the versions are those before."""

    object: str
    field: str
    reason: str
    before: str = "9999"


_SOURCES = "a card kept as a source: an API from before payment methods, which the reference does not have"
_RECEIPTS = "a setting of the account: whether Stripe writes to customers who have paid"
ROWS = (
    Row("customer", "default_source", _SOURCES),
    Row("customer", "sources", _SOURCES),
    Row("card", "", _SOURCES),
    Row("source", "", _SOURCES),
    Row("charge", "receipt_email", _RECEIPTS),
    Row("payment_intent", "receipt_email", _RECEIPTS),
    Row("payment_intent", "payment_details.order_reference", "the invoice's own name was made equal to others"),
    Row("customer_balance_transaction", "customer_account", "Stripe added it after the recording"),
    Row("customer", "delinquent", "a payment by hand that failed once made it true, and does not since", GROWING),
)


def apart(field: Field, version: str) -> str:
    """Why a field is not counted; empty where it is."""
    kind, name = field.top[:2] if field.top else (field.object, field.field)
    if field.how == "extra" and version < GROWING:
        return "Stripe shows newer fields at every version (INV-VER-018)"
    if (kind, name, field.expected) == ("list", "has_more", True):
        return "how many a list was asked for is not recorded"
    for row in ROWS:
        inside = not row.field or name == row.field or name.startswith((f"{row.field}.", f"{row.field}["))
        if row.object == kind and inside and version < row.before:
            return row.reason
    return ""
