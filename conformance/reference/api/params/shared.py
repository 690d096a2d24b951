"""Shapes that several endpoints accept."""

from __future__ import annotations

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

EXPAND: dict[str, Shape] = {"expand": many(text)}
PAGING: dict[str, Shape] = {"limit": whole, "starting_after": text, "ending_before": text, **EXPAND}
WHEN = either(fields(gt=whole, gte=whole, lt=whole, lte=whole), whole)
ADDRESS = fields(
    city=limited(5000),
    country=limited(5000),
    line1=limited(5000),
    line2=limited(5000),
    postal_code=limited(5000),
    state=limited(5000),
)
SHIPPING = fields(("address", "name"), address=ADDRESS, name=text, phone=limited(5000))
COLLECTION = one_of("charge_automatically", "send_invoice")
TAX_BEHAVIOR = one_of("exclusive", "inclusive", "unspecified")
TAX_EXEMPT = one_of("none", "exempt", "reverse")
DISCOUNTS = or_empty(many(fields(coupon=text, discount=text, promotion_code=text), 20))  # INV-CRE-032
TAX_RATES = or_empty(many(text))
CUSTOM_FIELDS = or_empty(many(fields(("name", "value"), name=limited(40), value=limited(140)), 4))  # INV-CRE-026
PERIOD = fields(("start", "end"), start=whole, end=whole)
PRICING = fields(price=text)
PRODUCT_DATA = fields(
    ("name",),
    name=text,
    description=text,
    images=many(text),
    metadata=metadata,
    tax_code=text,
    unit_label=text,
    tax_details=anything,
)
PRICE_DATA = fields(
    ("currency",),
    currency=text,
    product=text,
    product_data=PRODUCT_DATA,
    tax_behavior=TAX_BEHAVIOR,
    unit_amount=whole,
    unit_amount_decimal=decimal,
)
RECURRING = fields(
    ("interval",),
    interval=one_of("day", "week", "month", "year"),
    interval_count=positive,
    meter=text,
    usage_type=one_of("licensed", "metered"),
    trial_period_days=counting,
)
AUTOMATIC_TAX = fields(
    ("enabled",), enabled=flag, liability=fields(("type",), type=one_of("account", "self"), account=text)
)
PAYMENT_SETTINGS = fields(
    default_mandate=or_empty(text), payment_method_options=anything, payment_method_types=or_empty(many(text))
)
RENDERING = fields(
    amount_tax_display=or_empty(one_of("exclude_tax", "include_inclusive_tax")),
    pdf=fields(page_size=one_of("a4", "auto", "letter")),
    template=text,
    template_version=or_empty(whole),
)
SHIPPING_RATE: dict[str, Shape] = {
    "delivery_estimate": anything,
    "display_name": text,
    "fixed_amount": fields(("amount", "currency"), amount=counting, currency=text, currency_options=anything),
    "metadata": metadata,
    "tax_behavior": TAX_BEHAVIOR,
    "tax_code": text,
    "type": one_of("fixed_amount"),
}
SHIPPING_RATE_DATA = fields(("display_name",), **SHIPPING_RATE)
SHIPPING_COST = fields(shipping_rate=text, shipping_rate_data=SHIPPING_RATE_DATA)
#: Taxes of a line that the client has worked out (INV-ARI-028).
TAX_AMOUNTS = or_empty(
    many(
        fields(
            ("amount", "tax_rate_data", "taxable_amount"),
            amount=whole,
            tax_rate_data=fields(
                ("display_name", "inclusive", "percentage"),
                country=text,
                description=text,
                display_name=text,
                inclusive=flag,
                jurisdiction=text,
                jurisdiction_level=one_of("city", "country", "county", "district", "multiple", "state"),
                percentage=decimal,
                state=text,
                tax_type=text,
            ),
            taxability_reason=text,
            taxable_amount=whole,
        ),
        20,
    )
)
ONLY_EXPAND = fields(**EXPAND)
NOTHING = fields()
PAGE = fields(**PAGING)
#: Fields of a charge on an invoice, whether it is an invoice item, a line, or part of a preview.
CHARGE: dict[str, Shape] = {
    "amount": whole,
    "description": limited(5000),
    "discountable": flag,
    "discounts": DISCOUNTS,
    "metadata": metadata,
    "period": PERIOD,
    "price_data": PRICE_DATA,
    "quantity": counting,
    "quantity_decimal": decimal,
    "tax_rates": TAX_RATES,
}
COUPON: dict[str, Shape] = {"coupon": or_empty(text), "promotion_code": or_empty(text)}
CREATED_LIST = fields(created=WHEN, **PAGING)
