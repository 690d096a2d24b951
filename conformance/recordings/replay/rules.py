"""What a replay does not hold against a target, and why. One row for each key; everything else is compared."""

from __future__ import annotations

import re
from typing import NamedTuple

from conformance.rules import volatile

ERROR = "error"  # the name under which the fields of an error are counted


class Row(NamedTuple):
    """A key of one kind of object (``*``: of every kind) that depends on more than the requests."""

    object: str
    key: str
    reason: str


_SETTING = "a setting of the recording's account"
_NUMBERING = "numbers run per account or customer"
_CARD = "depends on the day a test card was made, on its issuer, or on the account"

ACCOUNT = (
    Row("invoice", "account_country", _SETTING),
    Row("invoice", "account_name", _SETTING),
    Row("invoice", "account_tax_ids", _SETTING),
    Row("invoice", "number", _NUMBERING),
    Row("invoice", "receipt_number", _NUMBERING),
    Row("customer", "invoice_prefix", "minted for each customer"),
    Row("customer", "next_invoice_sequence", _NUMBERING),
    Row("credit_note", "number", _NUMBERING),
    Row("charge", "receipt_number", _NUMBERING),
    Row("charge", "calculated_statement_descriptor", _SETTING),
    Row("charge", "statement_descriptor_suffix", _SETTING),
    Row("charge", "radar_options", "what Radar thinks of the account's traffic"),
    Row("*", "risk_score", "what Radar thinks of the account's traffic"),
    Row("charge", "balance_transaction", "the account's balance is not part of invoicing"),
    Row("refund", "balance_transaction", "the account's balance is not part of invoicing"),
    Row("refund", "destination_details", "depends on the card network"),
    Row("balance_transaction", "*", "fees and balances are the account's"),
    Row("payment_intent", "payment_method_configuration_details", _SETTING),
    Row("payment_intent", "payment_method_types", "the methods an account has switched on"),
    Row("payment_intent", "payment_method_options", "the methods an account has switched on"),
    Row("payment_intent", "automatic_payment_methods", _SETTING),
    Row("coupon", "times_redeemed", "counts what was redeemed before the recording, too"),
    Row("payment_intent", "use_stripe_sdk", "what Stripe.js needs for 3-D Secure; not documented, not for servers"),
    Row("*", "fingerprint", _CARD),
    Row("*", "exp_year", _CARD),
    Row("*", "exp_month", _CARD),
    Row("*", "network_transaction_id", "minted by the card network"),
    Row("*", "authorization_code", "minted by the card network"),
    Row("*", "application", "the platform that sent the requests"),
)

_SKIPPED = {
    kind: frozenset(row.key for row in ACCOUNT if row.object == kind) | volatile.VOLATILE.get(kind, frozenset())
    for kind in {row.object for row in ACCOUNT} | set(volatile.VOLATILE)
}
_ANY = _SKIPPED["*"]
_NOTHING: frozenset[str] = frozenset()
_ALL = frozenset({"*"})


def reason(kind: str, key: str) -> str:
    """Why a key is not compared."""
    rows = [row for row in ACCOUNT if row.object in (kind, "*") and row.key in (key, "*")]
    return rows[0].reason if rows else "minted anew, or set by Stripe on its own time"


def skipped(kind: str) -> frozenset[str]:
    """The keys of an object of this kind that are not compared; ``{"*"}`` where none is."""
    own = _SKIPPED.get("" if kind == ERROR else kind, _NOTHING)
    return _ALL if "*" in own else own | _ANY


_TIME = re.compile(
    r"(?:^|_)(?:created|date|start|end|at|on|anchor|timestamp|until|before|due|updated|attempt|effective|deleted)$"
)
_EARLIEST, _LATEST = 1_000_000_000, 10_000_000_000


def is_time(key: str, value: object) -> bool:
    """A count of Unix seconds under a key that names a time."""
    return type(value) is int and _EARLIEST < value < _LATEST and _TIME.search(key) is not None


#: Keys whose values name an object even where the name does not look like an id (``small-monthly``).
NAMES = frozenset({"id", "price", "plan", "product", "coupon", "customer", "promotion_code", "tax_rate", "lookup_key"})

#: The kinds of object whose shares are shown one by one.
SHOWN = ("invoice", "invoiceitem", "line_item", "invoice_payment", "credit_note")
