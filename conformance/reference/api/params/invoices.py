"""What the invoice endpoints accept."""

from __future__ import annotations

from conformance.reference.api.params.shared import (
    AUTOMATIC_TAX,
    COLLECTION,
    CUSTOM_FIELDS,
    DISCOUNTS,
    EXPAND,
    PAGING,
    PAYMENT_SETTINGS,
    RENDERING,
    SHIPPING,
    SHIPPING_COST,
    TAX_RATES,
    WHEN,
)
from conformance.reference.api.shapes import (
    Shape,
    anything,
    counting,
    fields,
    flag,
    limited,
    many,
    metadata,
    one_of,
    or_empty,
    text,
    whole,
)

#: Fields of an invoice that creation and update share.
_INVOICE: dict[str, Shape] = {
    "account_tax_ids": or_empty(many(text)),
    "application_fee_amount": whole,
    "auto_advance": flag,
    "automatic_tax": AUTOMATIC_TAX,
    "automatically_finalizes_at": whole,
    "collection_method": COLLECTION,
    "custom_fields": CUSTOM_FIELDS,
    "days_until_due": counting,
    "default_payment_method": or_empty(text),
    "default_source": or_empty(text),
    "default_tax_rates": TAX_RATES,
    "description": limited(1500),
    "discounts": DISCOUNTS,
    "due_date": whole,
    "effective_at": or_empty(whole),
    "footer": limited(5000),
    "issuer": fields(("type",), type=one_of("account", "self"), account=text),
    "metadata": metadata,
    "number": or_empty(limited(26)),
    "on_behalf_of": or_empty(text),
    "payment_settings": PAYMENT_SETTINGS,
    "rendering": RENDERING,
    "shipping_cost": or_empty(SHIPPING_COST),
    "shipping_details": or_empty(SHIPPING),
    "statement_descriptor": or_empty(limited(5000)),  # recorded with 27 characters
    "transfer_data": or_empty(anything),
    **EXPAND,
}
INVOICE_CREATE = fields(
    customer=text,
    customer_account=text,
    currency=text,
    from_invoice=fields(("action", "invoice"), action=one_of("revision"), invoice=text),
    pending_invoice_items_behavior=one_of("include", "exclude"),
    subscription=text,
    **_INVOICE,
)
INVOICE_UPDATE = fields(**_INVOICE)
INVOICE_LIST = fields(
    collection_method=COLLECTION,
    created=WHEN,
    customer=text,
    customer_account=text,
    due_date=WHEN,
    status=one_of("draft", "open", "void", "paid", "uncollectible"),
    subscription=text,
    **PAGING,
)
INVOICE_SEARCH = fields(("query",), query=text, limit=whole, page=text, **EXPAND)
INVOICE_FINALIZE = fields(auto_advance=flag, **EXPAND)
INVOICE_PAY = fields(
    forgive=flag,
    mandate=or_empty(text),
    off_session=flag,
    paid_out_of_band=flag,
    payment_method=text,
    source=text,
    **EXPAND,
)
ATTACH_PAYMENT = fields(payment_intent=text, payment_record=text, **EXPAND)
PAYMENT_LIST = fields(
    created=WHEN,
    invoice=text,
    payment=fields(
        ("type",), type=one_of("payment_intent", "payment_record"), payment_intent=text, payment_record=text
    ),
    status=one_of("canceled", "open", "paid"),
    **PAGING,
)
