"""Faults that no suite should notice, each with its reason. A mutant is looked up here only after it has survived."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from conformance.rules.volatile import ROWS


class Equivalent(NamedTuple):
    """Survivors this row excuses: ``kind`` is the object, ``path`` where it is in the answer, ``fault`` its name."""

    kind: str
    path: str
    fault: str
    reason: str


#: Objects that only bring an invoice into its state, with the keys that the catalogue of invoice behaviour speaks of.
#: Whoever leaves out a customer's phone number does not break an invoice; to blame it would accuse an honest mock.
MEANS: Mapping[str, str] = {
    "customer": "id|object|balance|currency|invoice_prefix|next_invoice_sequence|discount|deleted",
    "payment_method": "id|object",
    "payment_intent": "id|object|status|amount|amount_received|invoice",
    "charge": "id|object|amount|amount_refunded|paid|status|invoice",
    "refund": "id|object|amount|status",
    "subscription": "id|object|status|latest_invoice",
    "subscription_item": "id",
    "plan": "",
    "price": "id|object|unit_amount|currency",
    "product": "id|object",
    "coupon": "id|object|percent_off|amount_off",
    "discount": "id|object|coupon|source",
    "tax_rate": "id|object|percentage|inclusive|active",
    "shipping_rate": "id|object",
    "test_helpers.test_clock": "id|object|status|frozen_time",
}

_TIMES = (
    r"(.*\.)?(created|date|effective_at|due_date|next_payment_attempt|automatically_finalizes_at|frozen_time|[a-z]+_at|"
    r"period_start|period_end|period\.start|period\.end|current_period_start|current_period_end|start_date)"
)
_ACCOUNT = (
    r"(.*\.)?(account_name|account_country|account_tax_ids|application|on_behalf_of|footer|issuer\.type|receipt_number|"
    r"rendering|rendering\..*|payment_settings\..*|statement_descriptor|customer_account|default_source)"
)

EQUIVALENTS: tuple[Equivalent, ...] = (
    *(Equivalent(row.object or "error", rf"(.*\.)?{row.key}", ".*", row.reason) for row in ROWS),
    *(
        Equivalent(
            kind,
            rf"(?!(.*\.)?({keys})$).*" if keys else ".*",
            ".*",
            f"{kind}: only a means to an invoice; its types are held",
        )
        for kind, keys in MEANS.items()
    ),
    Equivalent(
        "list|search_result",
        r"(.*\.)?items(\..*)?",
        ".*",
        "subscription: only a means to an invoice; its types are held",
    ),
    Equivalent(
        ".*",
        r"data\[\]\.data\.object\.(?!(id|object|status)$).+",
        ".*",
        "a snapshot in an event: its shape is held, what it says is held where its object is answered",
    ),
    Equivalent(".*", _TIMES, "off-by-one", "one second: times are compared with tolerance"),
    Equivalent(".*", r"(.*\.)?livemode", "flipped", "the target itself ends the run at a livemode body"),
    Equivalent(
        "invoice", _ACCOUNT, "retyped|nulled|reworded|swapped", "set for an account or a template, not by what is sent"
    ),
    Equivalent(
        "error", r".*\.(doc_url|message)", "reworded|dropped", "words for people, which Stripe rewrites at will"
    ),
)

#: Misbehaviours of the reference that no client can see, each with its reason.
BEHAVIOURS: Mapping[str, str] = {
    "retries-never-end": "how often Stripe tries again is a setting of the account",
    "no-retries": "how often Stripe tries again is a setting of the account",
    "processing-payments-do-not-block": "only bank debits stay on their way, which an account must have been allowed",
}

LONELY = "an id that nothing else speaks of: nobody can tell it from the right one"

_COMPILED = tuple(
    (re.compile(row.kind), re.compile(row.path), re.compile(row.fault), row.reason) for row in EQUIVALENTS
)


def reason(kind: str, path: str, fault: str, *, lonely: bool = False) -> str:
    """Why this survivor is right, or an empty string. ``lonely``: the id at fault stands nowhere else."""
    if lonely and fault == "other-id":
        return LONELY
    for of, where, what, why in _COMPILED:
        if of.fullmatch(kind) and where.fullmatch(path) and what.fullmatch(fault):
            return why
    return ""


class Gap(NamedTuple):
    """Survivors that count against the rate, and why nothing notices them. ``path`` is a field as `field` gives it."""

    kind: str
    path: str
    fault: str
    reason: str


_ANY = r"(.*\.)?"
GAPS: tuple[Gap, ...] = (
    Gap("http", "", ".*", "a step that may only warn, or a success whose exact number says nothing"),
    Gap(
        "invoice|invoiceitem",
        "status_details|frozen_fields|invoicing_rules|customer_account",
        "dropped|nulled|retyped",
        "newer than the recordings: whether it is absent or null without a value is not known",
    ),
    Gap("event", ".*", ".*", "an event in a list of everybody's: not tied to the request that caused it"),
    Gap("error", ".*", ".*", "which parameter or code an error names is told with less confidence than that it is one"),
    Gap("customer_balance_transaction", ".*", ".*", "its types are held; no recording has enough of them for more"),
    Gap("|".join(MEANS), ".*", ".*", "an object around the invoice: its types and identity are held"),
    Gap("list|search_result", "has_more", "flipped", "the scenario's rows fit one page, others' may follow"),
    Gap(
        ".*", f"{_ANY}(id|price|product|invoice_item|subscription|customer|discount)", "other-id", "an id met only once"
    ),
    Gap(".*", ".*", "retyped", "a text where nothing was: nobody says that nothing was set"),
    Gap(".*", ".*", "dropped", "optional by the types, and no recording settles it; or in a preview, which none shows"),
    Gap(".*", ".*", "nulled", "nullable by the types, and first seen here; or in a preview, which no recording shows"),
    Gap(".*", ".*", "flipped", "a flag first seen here that no identity ties to another field"),
    Gap(".*", ".*", "off-by-one", "a number first seen here that no identity ties to another"),
    Gap(".*", ".*", "stale", "the step does not ask whether it has changed"),
    Gap(".*", ".*", "reworded|swapped", "a text or word first seen here that is copied from nothing known"),
)
UNKNOWN = "no check looks at it here"

_GAPS = tuple((re.compile(row.kind), re.compile(row.path), re.compile(row.fault), row.reason) for row in GAPS)


def gap(kind: str, path: str, fault: str) -> str:
    """Why a survivor that is not excused got by."""
    where = field(path)
    for of, place, what, why in _GAPS:
        if of.fullmatch(kind) and place.fullmatch(where) and what.fullmatch(fault):
            return why
    return UNKNOWN


def field(path: str) -> str:
    """``data[].lines.data[].period.start`` -> ``period.start``: the field in its object."""
    return path.rpartition("data[].")[2]
