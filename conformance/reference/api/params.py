"""What each endpoint accepts: names, types, nesting. One table per endpoint; the texts of refusals are in ``api.shapes``."""

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

_EXPAND: dict[str, Shape] = {"expand": many(text)}
_PAGE: dict[str, Shape] = {"limit": whole, "starting_after": text, "ending_before": text, **_EXPAND}

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
    ("currency",), currency=text, product=text, product_data=PRODUCT_DATA, tax_behavior=TAX_BEHAVIOR, unit_amount=whole,
    unit_amount_decimal=decimal,
)  # fmt: skip
RECURRING = fields(
    ("interval",), interval=one_of("day", "week", "month", "year"), interval_count=positive, meter=text, usage_type=one_of("licensed", "metered"),
    trial_period_days=counting,
)  # fmt: skip
AUTOMATIC_TAX = fields(
    ("enabled",), enabled=flag, liability=fields(("type",), type=one_of("account", "self"), account=text)
)
PAYMENT_SETTINGS = fields(
    default_mandate=or_empty(text), payment_method_options=anything, payment_method_types=or_empty(many(text))
)
RENDERING = fields(
    amount_tax_display=or_empty(one_of("exclude_tax", "include_inclusive_tax")), pdf=fields(page_size=one_of("a4", "auto", "letter")),
    template=text, template_version=or_empty(whole),
)  # fmt: skip
_SHIPPING_RATE: dict[str, Shape] = {
    "delivery_estimate": anything,
    "display_name": text,
    "fixed_amount": fields(("amount", "currency"), amount=counting, currency=text, currency_options=anything),
    "metadata": metadata,
    "tax_behavior": TAX_BEHAVIOR,
    "tax_code": text,
    "type": one_of("fixed_amount"),
}
SHIPPING_RATE_DATA = fields(("display_name",), **_SHIPPING_RATE)
SHIPPING_COST = fields(shipping_rate=text, shipping_rate_data=SHIPPING_RATE_DATA)

#: Fields of an invoice that creation and update share.
_INVOICE: dict[str, Shape] = {
    "account_tax_ids": or_empty(many(text)), "application_fee_amount": whole, "auto_advance": flag, "automatic_tax": AUTOMATIC_TAX,
    "automatically_finalizes_at": whole, "collection_method": COLLECTION, "custom_fields": CUSTOM_FIELDS, "days_until_due": counting,
    "default_payment_method": or_empty(text), "default_source": or_empty(text), "default_tax_rates": TAX_RATES, "description": limited(1500),
    "discounts": DISCOUNTS, "due_date": whole, "effective_at": or_empty(whole), "footer": limited(5000),
    "issuer": fields(("type",), type=one_of("account", "self"), account=text), "metadata": metadata, "number": or_empty(limited(26)),
    "on_behalf_of": or_empty(text), "payment_settings": PAYMENT_SETTINGS, "rendering": RENDERING, "shipping_cost": or_empty(SHIPPING_COST),
    "shipping_details": or_empty(SHIPPING), "statement_descriptor": or_empty(limited(22)), "transfer_data": or_empty(anything), **_EXPAND,
}  # fmt: skip

INVOICE_CREATE = fields(
    customer=text, customer_account=text, currency=text, from_invoice=fields(("action", "invoice"), action=one_of("revision"), invoice=text),
    pending_invoice_items_behavior=one_of("include", "exclude"), subscription=text, **_INVOICE,
)  # fmt: skip
INVOICE_UPDATE = fields(**_INVOICE)
INVOICE_LIST = fields(
    collection_method=COLLECTION, created=WHEN, customer=text, customer_account=text, due_date=WHEN,
    status=one_of("draft", "open", "void", "paid", "uncollectible"), subscription=text, **_PAGE,
)  # fmt: skip
INVOICE_SEARCH = fields(("query",), query=text, limit=whole, page=text, **_EXPAND)
INVOICE_FINALIZE = fields(auto_advance=flag, **_EXPAND)
INVOICE_PAY = fields(
    forgive=flag,
    mandate=or_empty(text),
    off_session=flag,
    paid_out_of_band=flag,
    payment_method=text,
    source=text,
    **_EXPAND,
)
ATTACH_PAYMENT = fields(payment_intent=text, payment_record=text, **_EXPAND)
ONLY_EXPAND = fields(**_EXPAND)
NOTHING = fields()
PAGE = fields(**_PAGE)

#: Fields of a charge on an invoice, whether it is an invoice item, a line, or part of a preview.
_CHARGE: dict[str, Shape] = {
    "amount": whole, "description": limited(5000), "discountable": flag, "discounts": DISCOUNTS, "metadata": metadata, "period": PERIOD,
    "price_data": PRICE_DATA, "quantity": counting, "quantity_decimal": decimal, "tax_rates": TAX_RATES,
}  # fmt: skip
_ITEM: dict[str, Shape] = {
    **_CHARGE, "pricing": PRICING, "tax_behavior": TAX_BEHAVIOR, "tax_code": or_empty(text), "unit_amount_decimal": decimal, **_EXPAND
}  # fmt: skip
ITEM_CREATE = fields(customer=text, customer_account=text, currency=text, invoice=text, subscription=text, **_ITEM)
ITEM_UPDATE = fields(invoicing_rules=anything, **_ITEM)
_ITEM_BEFORE_BASIL = {
    **{name: shape for name, shape in _ITEM.items() if name != "pricing"},
    "price": text,
    "unit_amount": whole,
}
ITEM_CREATE_BEFORE_BASIL = fields(customer=text, currency=text, invoice=text, subscription=text, **_ITEM_BEFORE_BASIL)
ITEM_UPDATE_BEFORE_BASIL = fields(**_ITEM_BEFORE_BASIL)
ITEM_LIST = fields(created=WHEN, customer=text, customer_account=text, invoice=text, pending=flag, **_PAGE)
_LINE = {**_CHARGE, "pricing": PRICING, "tax_amounts": anything}
LINE_UPDATE = fields(**_LINE, **_EXPAND)
LINES_ADD = fields(("lines",), lines=many(fields(invoice_item=text, **_LINE), 50), invoice_metadata=metadata, **_EXPAND)
LINES_UPDATE = fields(
    ("lines",), lines=many(fields(("id",), id=text, **_LINE), 50), invoice_metadata=metadata, **_EXPAND
)
LINES_REMOVE = fields(
    ("lines",), lines=many(fields(("id", "behavior"), id=text, behavior=one_of("delete", "unassign")), 50),
    invoice_metadata=metadata, **_EXPAND,
)  # fmt: skip
PAYMENT_LIST = fields(
    created=WHEN, invoice=text, payment=fields(("type",), type=one_of("payment_intent", "payment_record"), payment_intent=text, payment_record=text),
    status=one_of("canceled", "open", "paid"), **_PAGE,
)  # fmt: skip

_CUSTOMER: dict[str, Shape] = {
    "address": or_empty(ADDRESS), "balance": whole, "business_name": or_empty(text), "cash_balance": anything, "default_source": or_empty(text),
    "description": limited(5000), "email": limited(512), "individual_name": or_empty(text),
    "invoice_prefix": limited(5000),
    "invoice_settings": fields(custom_fields=CUSTOM_FIELDS, default_payment_method=or_empty(text), footer=limited(5000), rendering_options=anything),
    "metadata": metadata, "name": limited(256), "next_invoice_sequence": positive, "phone": limited(5000), "preferred_locales": or_empty(many(text)),
    "shipping": or_empty(SHIPPING), "source": text, "tax": anything, "tax_exempt": or_empty(TAX_EXEMPT), **_EXPAND,
}  # fmt: skip
CUSTOMER_CREATE = fields(payment_method=text, tax_id_data=anything, test_clock=text, **_CUSTOMER)
CUSTOMER_UPDATE = fields(**_CUSTOMER)
_COUPON: dict[str, Shape] = {"coupon": or_empty(text), "promotion_code": or_empty(text)}
CUSTOMER_CREATE_BEFORE_BASIL = fields(
    payment_method=text, tax_id_data=anything, test_clock=text, **_CUSTOMER, **_COUPON
)
CUSTOMER_UPDATE_BEFORE_BASIL = fields(**_CUSTOMER, **_COUPON)
CUSTOMER_LIST = fields(created=WHEN, email=text, test_clock=text, **_PAGE)
BALANCE_CREATE = fields(
    ("amount", "currency"), amount=whole, currency=text, description=limited(350), metadata=metadata, **_EXPAND
)
BALANCE_UPDATE = fields(description=limited(350), metadata=metadata, **_EXPAND)

_PRODUCT: dict[str, Shape] = {
    "active": flag, "description": limited(40000), "images": or_empty(many(text)), "marketing_features": or_empty(anything), "metadata": metadata,
    "package_dimensions": or_empty(anything), "shippable": flag, "statement_descriptor": limited(22), "tax_code": or_empty(text),
    "tax_details": or_empty(anything), "unit_label": limited(12), "url": or_empty(text), **_EXPAND,
}  # fmt: skip
PRODUCT_CREATE = fields(
    ("name",), name=text, id=text, type=one_of("good", "service"), default_price_data=anything, **_PRODUCT
)
PRODUCT_UPDATE = fields(name=text, default_price=text, **_PRODUCT)
PRODUCT_LIST = fields(active=flag, created=WHEN, ids=many(text), shippable=flag, type=text, url=text, **_PAGE)

TIER = fields(
    ("up_to",),
    up_to=either(one_of("inf"), positive),
    flat_amount=whole,
    flat_amount_decimal=decimal,
    unit_amount=whole,
    unit_amount_decimal=decimal,
)
PRICE_CREATE = fields(
    ("currency",), currency=text, active=flag, billing_scheme=one_of("per_unit", "tiered"), currency_options=anything, custom_unit_amount=anything,
    lookup_key=limited(200), metadata=metadata, nickname=limited(5000), product=text, product_data=PRODUCT_DATA, recurring=RECURRING,
    tax_behavior=TAX_BEHAVIOR, tiers=many(TIER), tiers_mode=one_of("graduated", "volume"), transfer_lookup_key=flag,
    transform_quantity=fields(("divide_by", "round"), divide_by=positive, round=one_of("down", "up")), unit_amount=counting,
    unit_amount_decimal=decimal, **_EXPAND,
)  # fmt: skip
PRICE_UPDATE = fields(
    active=flag, currency_options=anything, lookup_key=limited(200), metadata=metadata, nickname=limited(5000), tax_behavior=TAX_BEHAVIOR,
    transfer_lookup_key=flag, **_EXPAND,
)  # fmt: skip
PRICE_LIST = fields(
    active=flag,
    created=WHEN,
    currency=text,
    lookup_keys=many(text),
    product=text,
    recurring=anything,
    type=one_of("one_time", "recurring"),
    **_PAGE,
)

_TAX_TYPE = text
_RATE: dict[str, Shape] = {
    "active": flag, "country": text, "description": limited(5000), "display_name": text, "jurisdiction": limited(50), "metadata": metadata,
    "state": limited(50), "tax_type": _TAX_TYPE, **_EXPAND,
}  # fmt: skip
TAX_RATE_CREATE = fields(("display_name", "inclusive", "percentage"), inclusive=flag, percentage=decimal, **_RATE)
TAX_RATE_UPDATE = fields(**_RATE)  # INV-ARI-027: percentage and inclusive never change
TAX_RATE_LIST = fields(active=flag, created=WHEN, inclusive=flag, **_PAGE)

COUPON_CREATE = fields(
    amount_off=positive, applies_to=fields(products=many(text)), currency=text, currency_options=anything, duration=one_of("forever", "once", "repeating"),
    duration_in_months=positive, id=text, max_redemptions=positive, metadata=metadata, name=limited(40), percent_off=decimal, redeem_by=whole, **_EXPAND,
)  # fmt: skip
COUPON_UPDATE = fields(currency_options=anything, metadata=metadata, name=limited(40), **_EXPAND)
CREATED_LIST = fields(created=WHEN, **_PAGE)

_BILLING_DETAILS = fields(
    address=or_empty(ADDRESS), email=or_empty(text), name=or_empty(text), phone=or_empty(text), tax_id=text
)
PAYMENT_METHOD_CREATE = fields(
    type=text, billing_details=_BILLING_DETAILS, card=fields(cvc=text, exp_month=whole, exp_year=whole, number=text, token=text, networks=anything),
    allow_redisplay=one_of("always", "limited", "unspecified"), metadata=metadata, us_bank_account=anything, sepa_debit=anything, **_EXPAND,
)  # fmt: skip
PAYMENT_METHOD_UPDATE = fields(
    billing_details=_BILLING_DETAILS, card=fields(exp_month=whole, exp_year=whole, networks=anything),
    allow_redisplay=one_of("always", "limited", "unspecified"), metadata=metadata, **_EXPAND,
)  # fmt: skip
PAYMENT_METHOD_ATTACH = fields(("customer",), customer=text, customer_account=text, **_EXPAND)
PAYMENT_METHOD_LIST = fields(customer=text, type=text, allow_redisplay=text, **_PAGE)

_INTENT: dict[str, Shape] = {
    "automatic_payment_methods": fields(("enabled",), enabled=flag, allow_redirects=one_of("always", "never")), "customer": text,
    "description": limited(1000), "metadata": metadata, "payment_method": text, "payment_method_options": anything,
    "payment_method_types": many(text), "receipt_email": or_empty(text), "setup_future_usage": or_empty(one_of("off_session", "on_session")),
    "shipping": or_empty(anything), "statement_descriptor": limited(22), "statement_descriptor_suffix": limited(22), **_EXPAND,
}  # fmt: skip
INTENT_CREATE = fields(
    ("amount", "currency"), amount=whole, currency=text, confirm=flag, off_session=either(flag, one_of("one_off", "recurring")), return_url=text,
    capture_method=one_of("automatic", "automatic_async", "manual"), confirmation_method=one_of("automatic", "manual"), error_on_requires_action=flag,
    mandate_data=anything, **_INTENT,
)  # fmt: skip
INTENT_UPDATE = fields(amount=whole, currency=text, **_INTENT)
INTENT_CONFIRM = fields(
    payment_method=text,
    off_session=anything,
    return_url=text,
    mandate_data=anything,
    error_on_requires_action=flag,
    **_EXPAND,
)
INTENT_CANCEL = fields(
    cancellation_reason=one_of("duplicate", "fraudulent", "requested_by_customer", "abandoned"), **_EXPAND
)
INTENT_LIST = fields(created=WHEN, customer=text, **_PAGE)
EVENT_LIST = fields(created=WHEN, delivery_success=flag, type=text, types=many(text), **_PAGE)
CHARGE_LIST = fields(created=WHEN, customer=text, payment_intent=text, transfer_group=text, **_PAGE)
SHIPPING_RATE_CREATE = fields(("display_name",), **_SHIPPING_RATE, active=flag, **_EXPAND)
SHIPPING_RATE_UPDATE = fields(active=flag, metadata=metadata, tax_behavior=TAX_BEHAVIOR, **_EXPAND)
SHIPPING_RATE_LIST = fields(active=flag, created=WHEN, currency=text, **_PAGE)

_NOTE: dict[str, Shape] = {
    "amount": whole,
    "credit_amount": counting,
    "effective_at": whole,
    "email_type": one_of("credit_note", "none"),
    "invoice": text,
    "lines": many(
        fields(
            ("type",),
            amount=whole,
            description=text,
            invoice_line_item=text,
            metadata=metadata,
            quantity=positive,
            tax_amounts=anything,
            tax_rates=TAX_RATES,
            type=one_of("custom_line_item", "invoice_line_item"),
            unit_amount=whole,
            unit_amount_decimal=decimal,
        )
    ),
    "memo": limited(5000),
    "metadata": metadata,
    "out_of_band_amount": counting,
    "reason": one_of("duplicate", "fraudulent", "order_change", "product_unsatisfactory"),
    "refund_amount": counting,
    "refunds": many(fields(amount_refunded=counting, payment_record_refund=anything, refund=text, type=text)),
    "shipping_cost": fields(shipping_rate=text),
    **_EXPAND,
}
CREDIT_NOTE_CREATE = fields(("invoice",), **_NOTE)
CREDIT_NOTE_PREVIEW = fields(("invoice",), **_NOTE)
CREDIT_NOTE_PREVIEW_LINES = fields(("invoice",), **{**_NOTE, **_PAGE})
CREDIT_NOTE_UPDATE = fields(memo=limited(5000), metadata=metadata, **_EXPAND)
CREDIT_NOTE_LIST = fields(created=WHEN, customer=text, customer_account=text, invoice=text, **_PAGE)
REFUND_CREATE = fields(
    amount=positive,
    charge=text,
    payment_intent=text,
    metadata=metadata,
    reason=one_of("duplicate", "fraudulent", "requested_by_customer"),
    **_EXPAND,
)
REFUND_UPDATE = fields(metadata=metadata, **_EXPAND)
REFUND_LIST = fields(charge=text, created=WHEN, payment_intent=text, **_PAGE)

CLOCK_CREATE = fields(("frozen_time",), frozen_time=whole, name=limited(300), **_EXPAND)
CLOCK_ADVANCE = fields(("frozen_time",), frozen_time=whole, **_EXPAND)

_RECURRING_PRICE_DATA = fields(
    ("currency", "product", "recurring"),
    currency=text,
    product=text,
    recurring=RECURRING,
    tax_behavior=TAX_BEHAVIOR,
    unit_amount=whole,
    unit_amount_decimal=decimal,
)
_SUBSCRIPTION_ITEM: dict[str, Shape] = {
    "billing_thresholds": anything,
    "discounts": DISCOUNTS,
    "metadata": metadata,
    "price": text,
    "price_data": _RECURRING_PRICE_DATA,
    "quantity": counting,
    "tax_rates": TAX_RATES,
}
_SUBSCRIPTION: dict[str, Shape] = {
    "automatic_tax": AUTOMATIC_TAX,
    "billing_thresholds": anything,
    "cancel_at": or_empty(whole),
    "cancel_at_period_end": flag,
    "collection_method": COLLECTION,
    "days_until_due": counting,
    "default_payment_method": or_empty(text),
    "default_source": or_empty(text),
    "default_tax_rates": TAX_RATES,
    "description": limited(500),
    "discounts": DISCOUNTS,
    "invoice_settings": anything,
    "metadata": metadata,
    "off_session": flag,
    "on_behalf_of": or_empty(text),
    "payment_behavior": one_of(
        "allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"
    ),
    "payment_settings": anything,
    "pending_invoice_item_interval": anything,
    "proration_behavior": one_of("always_invoice", "create_prorations", "none"),
    "trial_end": either(one_of("now"), whole),
    "trial_from_plan": flag,
    "trial_settings": anything,
    **_EXPAND,
}
SUBSCRIPTION_CREATE = fields(
    add_invoice_items=anything,
    backdate_start_date=whole,
    billing_cycle_anchor=whole,
    billing_cycle_anchor_config=anything,
    billing_mode=anything,
    currency=text,
    customer=text,
    customer_account=text,
    items=many(fields(**_SUBSCRIPTION_ITEM), 20),
    trial_period_days=counting,
    **_SUBSCRIPTION,
)
SUBSCRIPTION_CREATE_BEFORE_BASIL = fields(
    billing_cycle_anchor=whole,
    currency=text,
    customer=text,
    items=many(fields(**_SUBSCRIPTION_ITEM), 20),
    trial_period_days=counting,
    **_COUPON,
    **_SUBSCRIPTION,
)
SUBSCRIPTION_UPDATE = fields(
    billing_cycle_anchor=one_of("now", "unchanged"),
    cancellation_details=anything,
    items=many(fields(id=text, deleted=flag, clear_usage=flag, **_SUBSCRIPTION_ITEM), 20),
    pause_collection=or_empty(
        fields(("behavior",), behavior=one_of("keep_as_draft", "mark_uncollectible", "void"), resumes_at=whole)
    ),
    proration_date=whole,
    **_SUBSCRIPTION,
)
SUBSCRIPTION_CANCEL = fields(
    cancellation_details=fields(comment=limited(5000), feedback=text), invoice_now=flag, prorate=flag, **_EXPAND
)
SUBSCRIPTION_LIST = fields(
    collection_method=COLLECTION,
    created=WHEN,
    current_period_end=WHEN,
    current_period_start=WHEN,
    customer=text,
    price=text,
    status=one_of(
        "active",
        "past_due",
        "unpaid",
        "canceled",
        "incomplete",
        "incomplete_expired",
        "trialing",
        "paused",
        "all",
        "ended",
    ),
    test_clock=text,
    **_PAGE,
)

SUBSCRIPTION_DETAILS = fields(
    billing_cycle_anchor=anything,
    billing_mode=anything,
    cancel_at=or_empty(anything),
    cancel_at_period_end=flag,
    cancel_now=flag,
    default_tax_rates=TAX_RATES,
    items=many(fields(id=text, deleted=flag, clear_usage=flag, **_SUBSCRIPTION_ITEM), 20),
    metadata=metadata,
    proration_behavior=one_of("always_invoice", "create_prorations", "none"),
    proration_date=whole,
    start_date=whole,
    trial_end=either(one_of("now"), whole),
)

PREVIEW = fields(
    automatic_tax=AUTOMATIC_TAX, currency=text, customer=text, customer_account=text, customer_details=anything, discounts=DISCOUNTS,
    invoice_items=many(fields(currency=text, invoiceitem=text, price=text, tax_behavior=TAX_BEHAVIOR, tax_code=or_empty(text), unit_amount=whole,
                              unit_amount_decimal=decimal, **_CHARGE), 250),
    issuer=anything, on_behalf_of=or_empty(text), preview_mode=one_of("next", "recurring"), schedule=text, schedule_details=anything,
    subscription=text, subscription_details=SUBSCRIPTION_DETAILS, **_EXPAND,
)  # fmt: skip
UPCOMING = fields(
    coupon=text,
    currency=text,
    customer=text,
    discounts=DISCOUNTS,
    subscription=text,
    subscription_details=SUBSCRIPTION_DETAILS,
    subscription_items=many(fields(id=text, deleted=flag, **_SUBSCRIPTION_ITEM), 20),
    subscription_proration_behavior=one_of("always_invoice", "create_prorations", "none"),
    subscription_proration_date=whole,
    **_EXPAND,
)
