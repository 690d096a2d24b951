"""A fresh draft: every key an invoice has, with what it holds before anything is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api import drafts

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def draft(world: World, customer: Body, currency: str) -> Body:
    """A fresh manual draft: all zeros, nulls and empty lists as recorded (INV-OBJ-004..006, INV-OBJ-009, INV-OBJ-017,
    INV-OBJ-038, INV-OBJ-043, INV-OBJ-045).
    """
    now = world.now()
    row: Body = {
        "id": world.new("in_"),
        "object": "invoice",
        "account_country": world.country,
        "account_name": world.name,
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
        "created": now,
        "currency": currency,
        "custom_fields": None,
        "customer": customer["id"],
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
        "footer": customer["invoice_settings"]["footer"],
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
        "period_end": now,
        "period_start": now,
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
        "test_clock": customer["test_clock"],
        "total": 0,
        "total_discount_amounts": [],
        "total_excluding_tax": 0,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": now,
        "_lines": [],
        "_token": None,
        "_intent": None,
        "_off_stripe": 0,
        "_draft_of": customer["id"],
        "_tax_rates": [],
        "_paid_out_of_band": False,
        "_number": None,
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
