"""What the endpoints of customers, their balance, test clocks and events accept."""

from __future__ import annotations

from conformance.reference.api.params.shared import (
    ADDRESS,
    COUPON,
    CUSTOM_FIELDS,
    EXPAND,
    PAGING,
    SHIPPING,
    TAX_EXEMPT,
    WHEN,
)
from conformance.reference.api.shapes import (
    Shape,
    anything,
    fields,
    flag,
    limited,
    many,
    metadata,
    or_empty,
    positive,
    text,
    whole,
)

_CUSTOMER: dict[str, Shape] = {
    "address": or_empty(ADDRESS),
    "balance": whole,
    "business_name": or_empty(text),
    "cash_balance": anything,
    "default_source": or_empty(text),
    "description": limited(5000),
    "email": limited(512),
    "individual_name": or_empty(text),
    "invoice_prefix": limited(5000),
    "invoice_settings": fields(
        custom_fields=CUSTOM_FIELDS,
        default_payment_method=or_empty(text),
        footer=limited(5000),
        rendering_options=anything,
    ),
    "metadata": metadata,
    "name": limited(256),
    "next_invoice_sequence": positive,
    "phone": limited(5000),
    "preferred_locales": or_empty(many(text)),
    "shipping": or_empty(SHIPPING),
    "source": text,
    "tax": anything,
    "tax_exempt": or_empty(TAX_EXEMPT),
    **EXPAND,
}
_TAX_IDS = many(fields(("type", "value"), type=text, value=text))
TAX_ID = fields(("type", "value"), type=text, value=text, **EXPAND)
CUSTOMER_CREATE = fields(payment_method=text, tax_id_data=_TAX_IDS, test_clock=text, **_CUSTOMER)
CUSTOMER_UPDATE = fields(**_CUSTOMER)
CUSTOMER_CREATE_BEFORE_BASIL = fields(payment_method=text, tax_id_data=_TAX_IDS, test_clock=text, **_CUSTOMER, **COUPON)
CUSTOMER_UPDATE_BEFORE_BASIL = fields(**_CUSTOMER, **COUPON)
CUSTOMER_LIST = fields(created=WHEN, email=text, test_clock=text, **PAGING)
BALANCE_CREATE = fields(
    ("amount", "currency"), amount=whole, currency=text, description=limited(350), metadata=metadata, **EXPAND
)
BALANCE_UPDATE = fields(description=limited(350), metadata=metadata, **EXPAND)
EVENT_LIST = fields(created=WHEN, delivery_success=flag, type=text, types=many(text), **PAGING)
CLOCK_CREATE = fields(("frozen_time",), frozen_time=whole, name=limited(300), **EXPAND)
CLOCK_ADVANCE = fields(("frozen_time",), frozen_time=whole, **EXPAND)
