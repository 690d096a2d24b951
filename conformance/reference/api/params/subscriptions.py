"""What the endpoints of subscriptions and previews accept."""

from __future__ import annotations

from conformance.reference.api.params.shared import (
    AUTOMATIC_TAX,
    CHARGE,
    COLLECTION,
    COUPON,
    DISCOUNTS,
    EXPAND,
    PAGING,
    PRICE_DATA,
    RECURRING,
    TAX_BEHAVIOR,
    TAX_RATES,
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

_RECURRING_PRICE_DATA = fields(
    ("currency", "product", "recurring"),
    currency=text,
    product=text,
    recurring=RECURRING,
    tax_behavior=TAX_BEHAVIOR,
    unit_amount=whole,
    unit_amount_decimal=decimal,
)
PRORATION = one_of("always_invoice", "create_prorations", "none")
_SUBSCRIPTION_ITEM: dict[str, Shape] = {
    "billing_thresholds": anything,
    "discounts": DISCOUNTS,
    "metadata": metadata,
    "plan": text,
    "price": text,
    "price_data": _RECURRING_PRICE_DATA,
    "quantity": counting,
    "tax_rates": TAX_RATES,
}
_SUBSCRIPTION: dict[str, Shape] = {
    "automatic_tax": AUTOMATIC_TAX,
    "billing_thresholds": or_empty(fields(amount_gte=positive, reset_billing_cycle_anchor=flag)),
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
    "pending_invoice_item_interval": or_empty(
        fields(("interval",), interval=one_of("day", "week", "month", "year"), interval_count=positive)
    ),
    "proration_behavior": one_of("always_invoice", "create_prorations", "none"),
    "trial_end": either(one_of("now"), whole),
    "trial_from_plan": flag,
    "trial_settings": anything,
    **EXPAND,
}
EXTRAS = many(
    fields(
        discountable=flag,
        discounts=DISCOUNTS,
        metadata=metadata,
        price=text,
        price_data=PRICE_DATA,
        quantity=counting,
        tax_rates=TAX_RATES,
    ),
    20,
)
SUBSCRIPTION_CREATE = fields(
    add_invoice_items=EXTRAS,
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
    add_invoice_items=EXTRAS,
    backdate_start_date=whole,
    billing_cycle_anchor=whole,
    currency=text,
    customer=text,
    items=many(fields(**_SUBSCRIPTION_ITEM), 20),
    trial_period_days=counting,
    **COUPON,
    **_SUBSCRIPTION,
)
SUBSCRIPTION_ITEM_CREATE = fields(
    ("subscription",),
    subscription=text,
    payment_behavior=text,
    proration_behavior=PRORATION,
    proration_date=whole,
    **EXPAND,
    **_SUBSCRIPTION_ITEM,
)
SUBSCRIPTION_ITEM_UPDATE = fields(
    off_session=flag,
    payment_behavior=text,
    proration_behavior=PRORATION,
    proration_date=whole,
    **EXPAND,
    **_SUBSCRIPTION_ITEM,
)
SUBSCRIPTION_ITEM_DELETE = fields(clear_usage=flag, proration_behavior=PRORATION, proration_date=whole)
SUBSCRIPTION_ITEM_LIST = fields(("subscription",), subscription=text, **PAGING)
_SUBSCRIPTION_UPDATE: dict[str, Shape] = {
    "plan": text,
    "quantity": counting,
    "billing_cycle_anchor": one_of("now", "unchanged"),
    "cancellation_details": anything,
    "items": many(fields(id=text, deleted=flag, clear_usage=flag, **_SUBSCRIPTION_ITEM), 20),
    "pause_collection": or_empty(
        fields(("behavior",), behavior=one_of("keep_as_draft", "mark_uncollectible", "void"), resumes_at=whole)
    ),
    "proration_date": whole,
    **_SUBSCRIPTION,
}
SUBSCRIPTION_UPDATE = fields(**_SUBSCRIPTION_UPDATE)
SUBSCRIPTION_UPDATE_BEFORE_BASIL = fields(**COUPON, **_SUBSCRIPTION_UPDATE)
SUBSCRIPTION_CANCEL = fields(
    cancellation_details=fields(comment=limited(5000), feedback=text), invoice_now=flag, prorate=flag, **EXPAND
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
    **PAGING,
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
_PREVIEWED_ITEMS = many(
    fields(
        currency=text,
        invoiceitem=text,
        price=text,
        tax_behavior=TAX_BEHAVIOR,
        tax_code=or_empty(text),
        unit_amount=whole,
        unit_amount_decimal=decimal,
        **CHARGE,
    ),
    250,
)
PREVIEW = fields(
    automatic_tax=AUTOMATIC_TAX,
    currency=text,
    customer=text,
    customer_account=text,
    customer_details=anything,
    discounts=DISCOUNTS,
    invoice_items=_PREVIEWED_ITEMS,
    issuer=anything,
    on_behalf_of=or_empty(text),
    preview_mode=one_of("next", "recurring"),
    schedule=text,
    schedule_details=anything,
    subscription=text,
    subscription_details=SUBSCRIPTION_DETAILS,
    **EXPAND,
)
UPCOMING = fields(
    coupon=text,
    currency=text,
    customer=text,
    discounts=DISCOUNTS,
    invoice_items=_PREVIEWED_ITEMS,
    subscription=text,
    subscription_details=SUBSCRIPTION_DETAILS,
    subscription_items=many(fields(id=text, deleted=flag, **_SUBSCRIPTION_ITEM), 20),
    subscription_proration_behavior=one_of("always_invoice", "create_prorations", "none"),
    subscription_proration_date=whole,
    **EXPAND,
)
