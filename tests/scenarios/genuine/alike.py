"""When a genuine exchange is like one of ours: the same call, of the same meaning, on an object in the same state.

Names, amounts and times are each account's own. What decides the answer is not: which parameters are sent, which words
they say, whether a number is none, some or less than none, and the circumstances of the object that the call is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from conformance import match
from conformance.target import encoding

Body = dict[str, Any]
Like = tuple[tuple[str, Any], ...]  # what must be equal for two things to be alike

#: Keys that came to every version on a day after some of the recordings were made.
CAME_LATER = frozenset({"test_clock", "quote"})
#: What changed in every version on some day (or came into force after the version): field -> since when.
SILENTLY: Mapping[str, str] = {"number": "2021-01-01"}  # drafts were numbered on, INV-FIN-010

#: Parameters that are shown and do nothing else; where only one side sends them the fields they fill are not compared.
INERT = frozenset({"description", "email", "name", "phone", "footer", "metadata", "address", "statement_descriptor"})

MOST = 5  # rows of a list that are looked at
SMALLEST = 50  # minor units: below it nobody is charged

#: A test card's name says how it will behave; of other ids only the kind counts.
_TEST_NAME = re.compile(r"(pm_card|tok|pm)_[a-z][a-zA-Z]*")
_ID = re.compile(r"([a-z]{2,8})_\w{6,}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_WORD = re.compile(r"[a-z]+(_[a-z0-9]+)*")


#: Where things are named whose names the account chooses; a plan is the price of older calls.
_NAMING = ("price", "price]", "coupon", "coupon]", "product", "product]")
_PLAN = re.compile(r"\[?plan\]?$")


class Sent(NamedTuple):
    """The parameters of a request, flat, without what only widens the answer."""

    pairs: Mapping[str, str]
    expanded: tuple[str, ...]

    @property
    def like(self) -> Like:
        named = ((_PLAN.sub("[price]", name), value) for name, value in self.pairs.items() if not inert(name))
        return tuple(sorted((name, "…" if name.endswith(_NAMING) else value_like(value)) for name, value in named))


#: What a call means as well when it does not say so (INV-CRE-003, INV-CRE-008).
_DEFAULTS = {
    ("POST /v1/invoices", "auto_advance"): "false",
    ("POST /v1/invoices", "collection_method"): "charge_automatically",
    ("POST /v1/subscriptions", "collection_method"): "charge_automatically",
    ("POST /v1/subscriptions", "items[0][quantity]"): "1",
}


def sent(params: Mapping[str, Any], operation: str) -> Sent:
    """``params`` as scenarios and recordings write them, for ``operation``."""
    pairs = encoding.pairs(params)
    flat = {name: value for name, value in pairs if _DEFAULTS.get((operation, name)) != value}
    expanded = tuple(value for name, value in flat.items() if name.startswith("expand"))
    return Sent({name: value for name, value in flat.items() if not name.startswith("expand")}, expanded)


def inert(name: str) -> bool:
    return name.partition("[")[0] in INERT


def value_like(value: str) -> str:
    """``usd`` and ``true`` are themselves, ``in_1`` is ``in_…``, 2000 is ``+``."""
    if _TEST_NAME.fullmatch(value) or value in {"true", "false", ""}:
        return value
    if found := _ID.fullmatch(value):
        return f"{found[1]}_…"
    if _NUMBER.fullmatch(value):
        return sign(float(value))
    return value if _WORD.fullmatch(value) else "text"


def sign(number: float) -> str:
    """None, more or less than none; and what is too small to be charged."""
    if number == 0:
        return "0"
    return ("+" if number > 0 else "-") + ("small" if abs(number) < SMALLEST else "")


#: object -> the circumstances on which the answer to a call may depend as a whole.
_STATE: Mapping[str, tuple[str, ...]] = {
    "invoice": (
        *(
            "status",
            "attempted",
            "attempt_count",
            "amount_overpaid",
            "amount_due",
            "amount_paid",
            "amount_remaining",
            "total",
            "starting_balance",
        ),
        *("default_tax_rates", "total_discount_amounts", "total_tax_amounts", "total_taxes"),
        *("pre_payment_credit_notes_amount", "post_payment_credit_notes_amount", "latest_revision", "from_invoice"),
    ),
    "credit_note": ("status", "type", "refund", "refunds", "customer_balance_transaction", "out_of_band_amount"),
    "invoiceitem": ("proration", "amount", "invoice", "discounts"),
    "customer": ("deleted",),
    "customer_balance_transaction": ("type", "amount", "ending_balance"),
    "subscription": (
        *("status", "collection_method", "cancel_at_period_end", "pause_collection", "trial_end", "schedule"),
        *("items.data", "discounts", "discount", "billing_cycle_anchor_config"),
    ),
    "payment_method": ("type", "customer"),
    "payment_intent": ("status", "capture_method", "currency", "customer"),
    "charge": ("status", "paid", "refunded", "customer"),
    "tax_rate": ("active", "inclusive"),
    "invoice_payment": ("status", "is_default", "amount_paid"),
}
_NO_AMOUNT: Mapping[Any, str] = {"0": "none"}  # older answers leave out what is nothing
_ADVANCE = ("auto_advance", "next_payment_attempt", "automatically_finalizes_at")
_BILLED = (
    *("parent", "subscription", "billing_reason", "subscription_details", "rendering", "description", "quote"),
    *("period_start", "period_end", "lines"),
)
#: object -> a circumstance on which only some fields depend -> those fields.
_PARTLY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "invoice": {
        "auto_advance": _ADVANCE,
        "next_payment_attempt": _ADVANCE,
        "collection_method": (*_ADVANCE, "collection_method", "due_date", "default_payment_method", "payment_settings"),
        "due_date": ("due_date",),
        "payment_settings.payment_method_types": ("payment_settings",),
        "payment_settings.payment_method_options": ("payment_settings",),
        "default_payment_method": ("default_payment_method",),
        "currency": ("currency",),
        "lines.data": ("lines",),
        "lines.has_more": ("lines",),
        "billing_reason": _BILLED,
        "parent": _BILLED,
        "subscription": _BILLED,
    },
    "invoiceitem": {"currency": ("currency",)},
    "customer": {
        "balance": ("balance",),
        "discount": ("discount",),
        "currency": ("currency",),
        "tax_exempt": ("tax_exempt",),
        "default_source": ("default_source", "invoice_settings"),
        "invoice_settings.default_payment_method": ("invoice_settings",),
        "next_invoice_sequence": ("next_invoice_sequence",),
    },
}


#: What an answer shows of a state that no earlier one had shown: pending items, credit, a card that needs its owner.
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "invoice": (
        *("lines.data", "total", "amount_due", "starting_balance", "billing_reason", "currency", "default_tax_rates"),
        *("total_discount_amounts", "collection_method", "total_tax_amounts", "total_taxes"),
        *("pre_payment_credit_notes_amount", "post_payment_credit_notes_amount"),
    ),
    "invoiceitem": ("currency", "proration", "invoice", "discounts"),
    "customer": ("balance", "discount"),
    "subscription": ("status", "collection_method", "trial_end", "schedule", "discounts", "items.data", "currency"),
    "payment_intent": ("status", "capture_method", "currency"),
    "payment_method": ("type",),
}


def state_like(body: Body | None) -> Like:
    """The circumstances of an object before a call."""
    return _circumstances(body, _STATE)


def shown_like(body: Body) -> Like:
    """What the answer to a call that makes an object tells of the circumstances it met."""
    return _circumstances(body, _SHOWN)


def differing(ours: Body | None, theirs: Body | None) -> frozenset[str]:
    """The fields of which nothing can be said, because something on which they alone depend is not alike."""
    if ours is None or theirs is None:
        return frozenset()
    found = _PARTLY.get(str(theirs.get("object")), {})
    return frozenset(
        field
        for circumstance, fields in found.items()
        for place in [match.parse_path(circumstance)]
        if thing_like(match.at(ours, place)) != thing_like(match.at(theirs, place))
        for field in fields
    )


def _circumstances(body: Body | None, table: Mapping[str, tuple[str, ...]]) -> Like:
    if body is None:
        return ()
    kind = body.get("object", "")
    if kind == "list":
        rows = tuple(_circumstances(row, table) for row in body["data"] if isinstance(row, dict))
        return (("list", rows[:MOST]), ("rows", thing_like(list(rows))), ("more", body.get("has_more")))
    fields = table.get(kind, ())
    found = ((field, thing_like(match.at(body, match.parse_path(field)))) for field in fields)
    return (("object", kind), *((field, _NO_AMOUNT.get(like, like)) for field, like in found))


def thing_like(value: Any) -> Any:
    """A value of a body: its word, its sign, whether there is any, how many there are up to one or two."""
    if value is match.MISSING or value is None:
        return "none"
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return sign(value)
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) else "some"
    if isinstance(value, list):
        if value and isinstance(value[0], dict) and isinstance(value[0].get("amount"), int):
            return tuple(sign(row["amount"]) for row in value[:2])
        return "none" if not value else "one" if len(value) == 1 else "many"
    return "some"


def collapsed(theirs: Any, ours: Any) -> Any:
    """``theirs`` with the id in place of an object that ours names by its id, or does not have."""
    if isinstance(theirs, dict):
        if isinstance(theirs.get("id"), str) and (ours is None or isinstance(ours, str)):
            return theirs["id"]
        inner = ours if isinstance(ours, dict) else {}
        return {key: collapsed(value, inner[key]) if key in inner else value for key, value in theirs.items()}
    if isinstance(theirs, list) and isinstance(ours, list) and ours:
        return [collapsed(value, ours[min(n, len(ours) - 1)]) for n, value in enumerate(theirs)]
    return theirs


def leaves(value: Any, path: tuple[str | int, ...] = (), depth: int = 6) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Each plain value of a body with its path."""
    if isinstance(value, dict) and depth:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key), depth - 1)
    elif isinstance(value, list) and depth:
        for n, inner in enumerate(value):
            yield from leaves(inner, (*path, n), depth - 1)
    elif not isinstance(value, (dict, list)):
        yield path, value
