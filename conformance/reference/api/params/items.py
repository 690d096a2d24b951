"""What the endpoints of invoice items and lines accept."""

from __future__ import annotations

from conformance.reference.api.params.shared import CHARGE, EXPAND, PAGING, PRICING, TAX_AMOUNTS, TAX_BEHAVIOR, WHEN
from conformance.reference.api.shapes import (
    Shape,
    anything,
    decimal,
    fields,
    flag,
    many,
    metadata,
    one_of,
    or_empty,
    text,
    whole,
)

#: INV-CRE-052, INV-OBJ-029.
_ITEM: dict[str, Shape] = {
    **CHARGE,
    "pricing": PRICING,
    "tax_behavior": TAX_BEHAVIOR,
    "tax_code": or_empty(text),
    "unit_amount_decimal": decimal,
    **EXPAND,
}
ITEM_CREATE = fields(customer=text, customer_account=text, currency=text, invoice=text, subscription=text, **_ITEM)
ITEM_UPDATE = fields(invoicing_rules=anything, **_ITEM)
_ITEM_BEFORE_BASIL = {
    **{name: shape for name, shape in _ITEM.items() if name != "pricing"},
    "price": text,
    "unit_amount": whole,
}
ITEM_CREATE_BEFORE_BASIL = fields(customer=text, currency=text, invoice=text, subscription=text, **_ITEM_BEFORE_BASIL)
ITEM_UPDATE_BEFORE_BASIL = fields(**_ITEM_BEFORE_BASIL)
ITEM_LIST = fields(created=WHEN, customer=text, customer_account=text, invoice=text, pending=flag, **PAGING)
_LINE = {**CHARGE, "pricing": PRICING, "tax_amounts": TAX_AMOUNTS}
LINE_UPDATE = fields(**_LINE, **EXPAND)
LINES_ADD = fields(("lines",), lines=many(fields(invoice_item=text, **_LINE), 50), invoice_metadata=metadata, **EXPAND)
LINES_UPDATE = fields(
    ("lines",), lines=many(fields(("id",), id=text, **_LINE), 50), invoice_metadata=metadata, **EXPAND
)
LINES_REMOVE = fields(
    ("lines",),
    lines=many(fields(("id", "behavior"), id=text, behavior=one_of("delete", "unassign")), 50),
    invoice_metadata=metadata,
    **EXPAND,
)
