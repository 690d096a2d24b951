"""What is not held against the reference, and why: a row for each key that depends on more than the calls."""

from __future__ import annotations

from typing import NamedTuple

from conformance.recordings.replay.compare import Field
from tests.reference.zulip.recorded import OLDEST

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
    Row("invoice", "ending_balance", "in 2018 an invoice to come had one", OLDEST),
    Row("line_item", "id", "until 2019 a line had the name of its item", OLDEST),
    Row("invoice", "description", "what is not there was an empty text until 2019", OLDEST),
    Row("invoice", "tax", "no tax was 0 until 2019", OLDEST),
    Row("invoice", "due_date", "until 2019 an invoice that is charged was due, too", OLDEST),
    Row("plan", "id", "made again: what was there before the flow", OLDEST),
    Row("coupon", "id", "made again: what was there before the flow", OLDEST),
    Row("customer", "delinquent", "a payment by hand that failed once made it true, and does not since", GROWING),
)


def apart(field: Field, version: str) -> str:
    """Why a field is not counted; empty where it is."""
    kind, name = field.top[:2] if field.top else (field.object, field.field)
    if field.how == "extra" and version < GROWING:
        return "Stripe shows newer fields at every version (INV-VER-018)"
    if field.how in ("missing", "type") and version < OLDEST:
        return "a version that the reference does not speak: only what both show is compared"
    if (kind, name, field.expected) == ("list", "has_more", True):
        return "how many a list was asked for is not recorded"
    for row in ROWS:
        inside = not row.field or name == row.field or name.startswith((f"{row.field}.", f"{row.field}["))
        if row.object == kind and inside and version < row.before:
            return row.reason
    return ""
