"""What the endpoints of products, prices, rates and coupons accept."""

from __future__ import annotations

from conformance.reference.api.params.shared import (
    EXPAND,
    PAGING,
    PRODUCT_DATA,
    RECURRING,
    SHIPPING_RATE,
    TAX_BEHAVIOR,
    WHEN,
)
from conformance.reference.api.shapes import (
    Shape,
    anything,
    counting,
    decimal,
    either,
    fields,
    flag,
    limited,
    many,
    metadata,
    one_of,
    or_empty,
    positive,
    text,
    whole,
)

_PRODUCT: dict[str, Shape] = {
    "active": flag,
    "description": limited(40000),
    "images": or_empty(many(text)),
    "marketing_features": or_empty(anything),
    "metadata": metadata,
    "package_dimensions": or_empty(anything),
    "shippable": flag,
    "statement_descriptor": limited(22),
    "tax_code": or_empty(text),
    "tax_details": or_empty(anything),
    "unit_label": limited(12),
    "url": or_empty(text),
    **EXPAND,
}
PRODUCT_CREATE = fields(
    ("name",), name=text, id=text, type=one_of("good", "service"), default_price_data=anything, **_PRODUCT
)
PRODUCT_UPDATE = fields(name=text, default_price=text, **_PRODUCT)
PRODUCT_LIST = fields(active=flag, created=WHEN, ids=many(text), shippable=flag, type=text, url=text, **PAGING)
TIER = fields(
    ("up_to",),
    up_to=either(one_of("inf"), positive),
    flat_amount=whole,
    flat_amount_decimal=decimal,
    unit_amount=whole,
    unit_amount_decimal=decimal,
)
PRICE_CREATE = fields(
    ("currency",),
    currency=text,
    active=flag,
    billing_scheme=one_of("per_unit", "tiered"),
    currency_options=anything,
    custom_unit_amount=anything,
    lookup_key=limited(200),
    metadata=metadata,
    nickname=limited(5000),
    product=text,
    product_data=PRODUCT_DATA,
    recurring=RECURRING,
    tax_behavior=TAX_BEHAVIOR,
    tiers=many(TIER),
    tiers_mode=one_of("graduated", "volume"),
    transfer_lookup_key=flag,
    transform_quantity=fields(("divide_by", "round"), divide_by=positive, round=one_of("down", "up")),
    unit_amount=counting,
    unit_amount_decimal=decimal,
    **EXPAND,
)
PRICE_UPDATE = fields(
    active=flag,
    currency_options=anything,
    lookup_key=limited(200),
    metadata=metadata,
    nickname=limited(5000),
    tax_behavior=TAX_BEHAVIOR,
    transfer_lookup_key=flag,
    **EXPAND,
)
PRICE_LIST = fields(
    active=flag,
    created=WHEN,
    currency=text,
    lookup_keys=many(text),
    product=text,
    recurring=anything,
    type=one_of("one_time", "recurring"),
    **PAGING,
)
_TAX_TYPE = text
_RATE: dict[str, Shape] = {
    "active": flag,
    "country": text,
    "description": limited(5000),
    "display_name": text,
    "jurisdiction": limited(50),
    "metadata": metadata,
    "state": limited(50),
    "tax_type": _TAX_TYPE,
    **EXPAND,
}
TAX_RATE_CREATE = fields(("display_name", "inclusive", "percentage"), inclusive=flag, percentage=decimal, **_RATE)
TAX_RATE_UPDATE = fields(**_RATE)  # INV-ARI-027: percentage and inclusive never change
TAX_RATE_LIST = fields(active=flag, created=WHEN, inclusive=flag, **PAGING)
COUPON_CREATE = fields(
    amount_off=positive,
    applies_to=fields(products=many(text)),
    currency=text,
    currency_options=anything,
    duration=one_of("forever", "once", "repeating"),
    duration_in_months=positive,
    id=text,
    max_redemptions=positive,
    metadata=metadata,
    name=limited(40),
    percent_off=decimal,
    redeem_by=whole,
    **EXPAND,
)
COUPON_UPDATE = fields(currency_options=anything, metadata=metadata, name=limited(40), **EXPAND)
_PROMOTION_CODE: dict[str, Shape] = {
    "active": flag,
    "code": limited(500),
    "customer": text,
    "customer_account": text,
    "expires_at": whole,
    "max_redemptions": positive,
    "metadata": metadata,
    "restrictions": fields(
        currency_options=anything, first_time_transaction=flag, minimum_amount=positive, minimum_amount_currency=text
    ),
    **EXPAND,
}
PROMOTION_CODE_CREATE = fields(
    ("promotion",), promotion=fields(("type",), coupon=text, type=one_of("coupon")), **_PROMOTION_CODE
)
PROMOTION_CODE_CREATE_BEFORE_CLOVER = fields(("coupon",), coupon=text, **_PROMOTION_CODE)
PROMOTION_CODE_UPDATE = fields(
    active=flag, metadata=metadata, restrictions=fields(currency_options=anything), **EXPAND
)  # INV-CRE-056
PROMOTION_CODE_LIST = fields(
    active=flag, code=text, coupon=text, created=WHEN, customer=text, customer_account=text, **PAGING
)
SHIPPING_RATE_CREATE = fields(("display_name",), **SHIPPING_RATE, active=flag, **EXPAND)
SHIPPING_RATE_UPDATE = fields(active=flag, metadata=metadata, tax_behavior=TAX_BEHAVIOR, **EXPAND)
SHIPPING_RATE_LIST = fields(active=flag, created=WHEN, currency=text, **PAGING)
