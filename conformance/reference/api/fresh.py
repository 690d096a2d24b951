"""A fresh draft: every key an invoice has, with what it holds before anything is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api import drafts
from conformance.reference.model.table import Body

if TYPE_CHECKING:
    from conformance.reference.model.world import World


#: What stands in every fresh draft, all zeros, nulls and empty lists as recorded (INV-OBJ-004..006, INV-OBJ-009,
#: INV-OBJ-017, INV-OBJ-038, INV-OBJ-043, INV-OBJ-045). Its objects and lists are shared by all drafts: what a row holds
#: is replaced, never changed in place.
_BLANK: Body = {
    "id": None,
    "object": "invoice",
    "account_country": None,
    "account_name": None,
    "account_tax_ids": None,
    "amount_due": 0,
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_remaining": 0,
    "amount_shipping": 0,
    "application": None,
    "attempt_count": 0,
    "attempted": False,
    "auto_advance": False,
    "automatic_tax": {
        "disabled_reason": None,
        "enabled": False,
        "liability": None,
        "provider": None,
        "status": None,
    },
    "automatically_finalizes_at": None,
    "billing_reason": "manual",
    "collection_method": "charge_automatically",  # INV-OBJ-011
    "created": None,
    "currency": None,
    "custom_fields": None,
    "customer": None,
    "customer_account": None,
    "customer_address": None,
    "customer_email": None,
    "customer_name": None,
    "customer_phone": None,
    "customer_shipping": None,
    "customer_tax_exempt": "none",
    "customer_tax_ids": [],
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "due_date": None,
    "effective_at": None,
    "ending_balance": None,
    "footer": None,
    "from_invoice": None,
    "hosted_invoice_url": None,
    "invoice_pdf": None,
    "issuer": {"type": "self"},
    "last_finalization_error": None,
    "latest_revision": None,
    "lines": None,
    "livemode": False,
    "metadata": {},
    "next_payment_attempt": None,
    "number": None,
    "on_behalf_of": None,
    "parent": None,
    "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
    "period_end": None,
    "period_start": None,
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "receipt_number": None,
    "rendering": {
        "amount_tax_display": None,
        "pdf": {"page_size": "auto"},
        "template": None,
        "template_version": None,
    },
    "shipping_cost": None,
    "shipping_details": None,
    "starting_balance": 0,
    "statement_descriptor": None,
    "status": "draft",
    "status_details": None,
    "status_transitions": {
        "finalized_at": None,
        "marked_uncollectible_at": None,
        "paid_at": None,
        "voided_at": None,
    },
    "subtotal": 0,
    "subtotal_excluding_tax": 0,
    "test_clock": None,
    "total": 0,
    "total_discount_amounts": [],
    "total_excluding_tax": 0,
    "total_pretax_credit_amounts": [],
    "total_taxes": [],
    "webhooks_delivered_at": None,
    "_lines": None,
    "_token": None,
    "_intent": None,
    "_off_stripe": 0,
    "_draft_of": None,
    "_tax_rates": [],
    "_paid_out_of_band": False,
    "_number": None,
}


def draft(world: World, customer: Body, currency: str) -> Body:
    """A fresh manual draft (INV-CRE-003, INV-CRE-040, INV-OBJ-010, INV-OBJ-046, INV-OBJ-047)."""
    now = world.now()
    row: Body = {
        **_BLANK,
        "id": world.new("in_"),
        "account_country": world.country,
        "account_name": world.name,
        "created": now,
        "currency": currency,
        "customer": customer["id"],
        "footer": customer["invoice_settings"]["footer"],
        "period_end": now,
        "period_start": now,
        "test_clock": customer["test_clock"],
        "webhooks_delivered_at": now,
        "_lines": [],
        "_draft_of": customer["id"],
    }
    if customer["invoice_settings"]["custom_fields"]:
        row["custom_fields"] = customer["invoice_settings"]["custom_fields"]
    drafts.mirror(world, customer, row)
    return row


def attach_to_subscription(row: Body, subscription: Body) -> None:
    """INV-OBJ-025, INV-CRE-025."""
    details = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    row["parent"] = {"quote_details": None, "subscription_details": details, "type": "subscription_details"}
    row["period_start"] = subscription["start_date"]
    row["_subscription"] = subscription["id"]
