"""What the endpoints of payment methods, payments, refunds and credit notes accept."""

from __future__ import annotations

from conformance.reference.api.params.shared import ADDRESS, EXPAND, PAGING, TAX_RATES, WHEN
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

_BILLING_DETAILS = fields(
    address=or_empty(ADDRESS), email=or_empty(text), name=or_empty(text), phone=or_empty(text), tax_id=text
)
PAYMENT_METHOD_CREATE = fields(
    type=text,
    billing_details=_BILLING_DETAILS,
    card=fields(cvc=text, exp_month=whole, exp_year=whole, number=text, token=text, networks=anything),
    allow_redisplay=one_of("always", "limited", "unspecified"),
    metadata=metadata,
    us_bank_account=anything,
    sepa_debit=anything,
    **EXPAND,
)
PAYMENT_METHOD_UPDATE = fields(
    billing_details=_BILLING_DETAILS,
    card=fields(exp_month=whole, exp_year=whole, networks=anything),
    allow_redisplay=one_of("always", "limited", "unspecified"),
    metadata=metadata,
    **EXPAND,
)
PAYMENT_METHOD_ATTACH = fields(("customer",), customer=text, customer_account=text, **EXPAND)
PAYMENT_METHOD_LIST = fields(customer=text, type=text, allow_redisplay=text, **PAGING)
_INTENT: dict[str, Shape] = {
    "amount_details": anything,
    "application_fee_amount": whole,
    "on_behalf_of": text,
    "transfer_data": anything,
    "transfer_group": text,
    "automatic_payment_methods": fields(("enabled",), enabled=flag, allow_redirects=one_of("always", "never")),
    "customer": text,
    "description": limited(1000),
    "metadata": metadata,
    "payment_method": text,
    "payment_method_options": anything,
    "payment_method_types": many(text),
    "receipt_email": or_empty(text),
    "setup_future_usage": or_empty(one_of("off_session", "on_session")),
    "shipping": or_empty(anything),
    "statement_descriptor": limited(22),
    "statement_descriptor_suffix": limited(22),
    **EXPAND,
}
INTENT_CREATE = fields(
    ("amount", "currency"),
    amount=whole,
    currency=text,
    confirm=flag,
    off_session=either(flag, one_of("one_off", "recurring")),
    return_url=text,
    capture_method=one_of("automatic", "automatic_async", "manual"),
    confirmation_method=one_of("automatic", "manual"),
    error_on_requires_action=flag,
    mandate_data=anything,
    **_INTENT,
)
INTENT_UPDATE = fields(amount=whole, currency=text, **_INTENT)
INTENT_CONFIRM = fields(
    payment_method=text,
    off_session=anything,
    return_url=text,
    mandate_data=anything,
    error_on_requires_action=flag,
    **EXPAND,
)
INTENT_CAPTURE = fields(
    amount_to_capture=positive,
    application_fee_amount=whole,
    final_capture=flag,
    metadata=metadata,
    statement_descriptor=limited(22),
    statement_descriptor_suffix=limited(22),
    **EXPAND,
)
INTENT_CANCEL = fields(
    cancellation_reason=one_of("duplicate", "fraudulent", "requested_by_customer", "abandoned"), **EXPAND
)
INTENT_LIST = fields(created=WHEN, customer=text, **PAGING)
CHARGE_UPDATE = fields(
    customer=text,
    description=limited(5000),
    fraud_details=anything,
    metadata=metadata,
    receipt_email=or_empty(text),
    shipping=or_empty(anything),
    transfer_group=text,
    **EXPAND,
)
CHARGE_LIST = fields(created=WHEN, customer=text, payment_intent=text, transfer_group=text, **PAGING)
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
            tax_amounts=or_empty(
                many(
                    fields(("amount", "tax_rate", "taxable_amount"), amount=whole, tax_rate=text, taxable_amount=whole),
                    20,
                )
            ),
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
    **EXPAND,
}
CREDIT_NOTE_CREATE = fields(("invoice",), **_NOTE)
CREDIT_NOTE_PREVIEW = fields(("invoice",), **_NOTE)
CREDIT_NOTE_PREVIEW_LINES = fields(("invoice",), **{**_NOTE, **PAGING})
CREDIT_NOTE_UPDATE = fields(memo=limited(5000), metadata=metadata, **EXPAND)
CREDIT_NOTE_LIST = fields(created=WHEN, customer=text, customer_account=text, invoice=text, **PAGING)
REFUND_CREATE = fields(
    amount=positive,
    charge=text,
    payment_intent=text,
    metadata=metadata,
    reason=one_of("duplicate", "fraudulent", "requested_by_customer"),
    **EXPAND,
)
REFUND_UPDATE = fields(metadata=metadata, **EXPAND)
REFUND_LIST = fields(charge=text, created=WHEN, payment_intent=text, **PAGING)
