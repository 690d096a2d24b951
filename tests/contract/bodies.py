"""Bodies this project made: the least that each API version demands, with amounts and times that make sense
together.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from conformance.api_version import ApiVersion
from conformance.contract import chronicle
from conformance.contract.presence import always_there, never_null

Body = dict[str, Any]
NEWEST = "2026-10-28.endive"
CLOVER = "2025-11-17.clover"
BASIL = "2025-03-31.basil"
ACACIA = "2025-02-24.acacia"
OLD = "2020-08-27"
CREATED = 1_760_000_000
_EMPTY: dict[str, Any] = {
    "string": "text",
    "integer": 0,
    "number": 0,
    "boolean": False,
    "decimal": "0",
    "any": {},
    "array": [],
    "map": {},
    "ref": {"object": "thing", "id": "th_1"},
    "expandable": "th_Made1Made1",
}


def skeleton(path: str, version: str) -> Body:
    """The keys an object must have at ``version``: null where that is allowed, else something empty of the right
    type.
    """
    sure, full = (find(path, ApiVersion.parse(version)) for find in (always_there, never_null))
    return {
        name: None if word.endswith("?") and name not in full else _value(f"{path}.{name}", word.rstrip("?"), version)
        for name, word in _children(version).get(path, {}).items()
        if not word.endswith("?") or name in sure
    }


@cache
def _children(version: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path, word in chronicle.objects().at(ApiVersion.parse(version)):
        parent, _, name = path.rpartition(".")
        found.setdefault(parent, {})[name] = word
    return found


def _value(path: str, word: str, version: str) -> Any:
    kind, _, inner = word.partition("<")
    if kind == "enum":
        return chronicle.objects().values(path, ApiVersion.parse(version))[0]
    if kind == "object":
        return skeleton(path, version)
    if kind == "list":
        return {"object": "list", "data": [], "has_more": False, "url": f"/v1/{inner[:-1]}s", "total_count": 0}
    return {"any": {}, "array": [], "map": {}}.get(kind, _EMPTY[kind])


def line(version: str = NEWEST, amount: int = 1500, quantity: int = 3, **changes: Any) -> Body:
    """A line from an invoice item: 3 times 5.00."""
    made = skeleton("line_item", version)
    made |= {
        "id": "il_MadeHere000001"[:14],
        "amount": amount,
        "currency": "usd",
        "invoice": "in_MadeHere1",
        "quantity": quantity,
        "livemode": False,
    }
    unit = f"{amount / quantity:g}"
    if version >= BASIL:
        details = skeleton("line_item.parent.invoice_item_details", version) | {"invoice_item": "ii_MadeHere1"}
        made["parent"] = skeleton("line_item.parent", version) | {
            "type": "invoice_item_details",
            "invoice_item_details": details,
            "subscription_item_details": None,
        }
        made["pricing"] = skeleton("line_item.pricing", version) | {
            "type": "price_details",
            "price_details": {"price": "price_MadeHere1", "product": "prod_MadeHere1"},
            "unit_amount_decimal": unit,
        }
    else:
        price = {"object": "price", "id": "price_1", "billing_scheme": "per_unit", "transform_quantity": None}
        made |= {"type": "invoiceitem", "proration": False, "price": price | {"unit_amount_decimal": unit}}
    if "subtotal" in made:
        made["subtotal"] = amount
    return made | {"discount_amounts": []} | changes


_TIMES = {"open": "finalized_at", "paid": "paid_at", "void": "voided_at", "uncollectible": "marked_uncollectible_at"}


def invoice(version: str = NEWEST, status: str = "open", lines: int = 2, **changes: Any) -> Body:
    """A manual invoice that the customer is to be sent, with ``lines`` lines of 15.00."""
    rows = [line(version, id=f"il_MadeHere{number:04}", invoice="in_MadeHere1") for number in range(min(lines, 10))]
    total = 1500 * lines
    made = skeleton("invoice", version)
    made |= {
        "id": "in_MadeHere1",
        "object": "invoice",
        "status": status,
        "currency": "usd",
        "customer": "cus_MadeHere1",
        "billing_reason": "manual",
        "collection_method": "send_invoice",
        "metadata": {},
        "created": CREATED,
        "period_start": CREATED,
        "period_end": CREATED,
        "due_date": CREATED + 86_400 * 30,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": False,
        "customer_tax_ids": [],
        "discounts": [],
        "total_discount_amounts": [],
    }
    for name in (
        "total",
        "subtotal",
        "amount_due",
        "amount_remaining",
        "total_excluding_tax",
        "subtotal_excluding_tax",
    ):
        if name in made or name in {"total", "subtotal"}:
            made[name] = total
    made["total_taxes" if version >= BASIL else "total_tax_amounts"] = []
    made["lines"] = {
        "object": "list",
        "data": rows,
        "has_more": lines > 10,
        "total_count": lines,
        "url": "/v1/invoices/in_MadeHere1/lines",
    }
    times: dict[str, Any] = dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at"))
    made["status_transitions"] = times
    if status != "draft":
        _finalize(made, status, version)
    return made | changes


def _finalize(made: Body, status: str, version: str) -> None:
    made["status_transitions"]["finalized_at"] = CREATED + 60
    made["status_transitions"][_TIMES[status]] = CREATED + 60
    made |= {
        "number": "MADE-0001",
        "ending_balance": 0,
        "effective_at": CREATED + 60,
        "hosted_invoice_url": "https://invoice.stripe.com/i/acct_1/test_1?s=ap",
        "invoice_pdf": "https://pay.stripe.com/invoice/acct_1/test_1/pdf?s=ap",
    }
    if status == "paid":
        made |= {"amount_paid": made["amount_due"], "amount_remaining": 0, "attempted": True, "attempt_count": 1}
    if version < BASIL:
        made |= {"paid": status == "paid", "payment_intent": "pi_MadeHere1"}


def error(**changes: Any) -> Body:
    """An error as Stripe words it."""
    made = {
        "type": "invalid_request_error",
        "code": "resource_missing",
        "param": "invoice",
        "message": "No such invoice: 'in_x'",
        "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
    }
    return {"error": made | changes}


def listed(*rows: Body, url: str = "/v1/invoices") -> Body:
    """A list envelope."""
    return {"object": "list", "data": list(rows), "has_more": False, "url": url}


def event(inner: Body, version: str = NEWEST, **changes: Any) -> Body:
    """A webhook's payload."""
    made = skeleton("event", version)
    made |= {
        "id": "evt_MadeHere1",
        "object": "event",
        "type": "invoice.updated",
        "api_version": version,
        "created": CREATED,
    }
    return made | {"data": {"object": inner}, "livemode": False} | changes
