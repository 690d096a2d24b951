"""Were the ids of a body put there by hand, or by a tool that normalizes recordings?"""

from __future__ import annotations

from typing import Any

# Objects whose ids only Stripe makes, and what those start with. Customers, products, prices and coupons may be named
# by the caller.
MINTED = {
    "invoice": ("in_", "upcoming_in_"),
    "line_item": ("il_", "ii_", "sli_", "sub_", "su_"),
    "invoiceitem": ("ii_",),
    "invoice_payment": ("inpay_",),
    "credit_note": ("cn_",),
    "credit_note_line_item": ("cnli_",),
    "event": ("evt_",),
    "charge": ("ch_", "py_"),
    "payment_intent": ("pi_",),
    "setup_intent": ("seti_",),
    "refund": ("re_", "pyr_"),
}
SHORTEST = 8  # characters of an id after its prefix
PLACEHOLDERS = ("NORMALIZED", "REDACTED", "FILTERED", "xxxxxx", "XXXXXX", "00000000")


def replaced(body: dict[str, Any]) -> bool:
    """True when an id that only Stripe mints is not one of Stripe's: normalized by a tool, or written by hand."""
    kind = body.get("object")
    if kind == "list":
        rows = body.get("data")
        return type(rows) is list and bool(rows) and type(rows[0]) is dict and replaced(rows[0])
    if kind == "event":
        data = body.get("data")
        inner = data.get("object") if type(data) is dict else None
        if type(inner) is dict and replaced(inner):
            return True
    prefix = MINTED.get(kind) if type(kind) is str else None
    identity = body.get("id")
    if prefix is None or type(identity) is not str or not identity:
        return False
    return not (identity.startswith(prefix) and _minted(identity.rpartition("_")[2]))


def _minted(tail: str) -> bool:
    """True when the part after the prefix may be Stripe's."""
    return len(tail) >= SHORTEST and tail.isalnum() and not any(map(tail.__contains__, PLACEHOLDERS))
