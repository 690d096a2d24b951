"""Stripe-shaped bodies for the benchmark server: every key of the newest API version, 4 to 6 KB for a filled invoice.

They satisfy the schema and the universal checks: a run of the suite pays for all of those and finds nothing.
"""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

CUSTOMER: Body = {
    "object": "customer",
    "address": None,
    "balance": 0,
    "currency": None,
    "customer_account": None,
    "default_source": None,
    "delinquent": False,
    "description": None,
    "discount": None,
    "invoice_settings": {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    },
    "livemode": False,
    "metadata": {},
    "next_invoice_sequence": 1,
    "phone": None,
    "preferred_locales": [],
    "shipping": None,
    "tax_exempt": "none",
    "test_clock": None,
}

INVOICE: Body = {
    "object": "invoice",
    "account_country": "US",
    "account_name": "Benchmark",
    "account_tax_ids": None,
    "amount_overpaid": 0,
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
    "collection_method": "charge_automatically",
    "currency": "usd",
    "custom_fields": None,
    "customer_account": None,
    "customer_address": None,
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
    "livemode": False,
    "metadata": {},
    "next_payment_attempt": None,
    "number": None,
    "on_behalf_of": None,
    "parent": None,
    "payment_settings": {
        "default_mandate": None,
        "payment_method_options": None,
        "payment_method_types": None,
    },
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "receipt_number": None,
    "shipping_cost": None,
    "shipping_details": None,
    "starting_balance": 0,
    "statement_descriptor": None,
    "test_clock": None,
    "total_discount_amounts": [],
    "total_pretax_credit_amounts": [],
    "total_taxes": [],
}


def customer(number: int, params: dict[str, str], now: int) -> Body:
    return {
        "id": f"cus_{number:014}",
        **CUSTOMER,
        "created": now,
        "email": params.get("email"),
        "invoice_prefix": f"BENCH{number % 1000:03}",
        "name": params.get("name"),
    }


def invoice(number: int, owner: Body, now: int) -> Body:
    row = {
        "id": f"in_{number:024}",
        **INVOICE,
        "created": now,
        "customer": owner["id"],
        "customer_email": owner["email"],
        "customer_name": owner["name"],
        "period_end": now,
        "period_start": now,
        "rendering": {
            "amount_tax_display": None,
            "pdf": {"page_size": "auto"},
            "template": None,
            "template_version": None,
        },
        "status": "draft",
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "webhooks_delivered_at": now,
    }
    return with_lines(row, [])


def with_lines(row: Body, lines: list[Body]) -> Body:
    """The draft with these lines, and the amounts that follow from them."""
    amount = sum(line["amount"] for line in lines)
    row["lines"] = {
        "object": "list",
        "data": lines,
        "has_more": False,
        "total_count": len(lines),
        "url": f"/v1/invoices/{row['id']}/lines",
    }
    for key in ("amount_due", "amount_remaining", "subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax"):
        row[key] = amount
    row["amount_paid"] = 0
    return row


def finalized(row: Body, now: int) -> Body:
    token = f"acct_bench/test_{row['id'][-12:]}"
    return {
        **row,
        "effective_at": now,
        "ending_balance": 0,
        "hosted_invoice_url": f"https://invoice.stripe.com/i/{token}?s=ap",
        "invoice_pdf": f"https://pay.stripe.com/invoice/{token}/pdf?s=ap",
        "number": f"BENCH000-{int(row['id'][-12:]) % 10_000:04}",
        "rendering": {**row["rendering"], "pdf": {"page_size": "letter"}},
        "status": "open",
        "status_transitions": {**row["status_transitions"], "finalized_at": now},
    }


def paid(row: Body, now: int) -> Body:
    return {
        **row,
        "amount_paid": row["amount_due"],
        "amount_remaining": 0,
        "attempt_count": 1,
        "attempted": True,
        "status": "paid",
        "status_transitions": {**row["status_transitions"], "paid_at": now},
    }


def _pricing(number: int, amount: int) -> Body:
    return {
        "price_details": {"price": f"price_{number:024}", "product": f"prod_{number:014}"},
        "type": "price_details",
        "unit_amount_decimal": str(amount),
    }


def item(number: int, params: dict[str, str], now: int) -> Body:
    amount = int(params["amount"])
    return {
        "id": f"ii_{number:024}",
        "object": "invoiceitem",
        "amount": amount,
        "currency": params.get("currency", "usd"),
        "customer": params["customer"],
        "customer_account": None,
        "date": now,
        "description": params.get("description"),
        "discountable": True,
        "discounts": [],
        "frozen_fields": [],
        "invoice": params.get("invoice"),
        "invoicing_rules": None,
        "livemode": False,
        "metadata": {},
        "net_amount": amount,
        "parent": None,
        "period": {"end": now, "start": now},
        "pricing": _pricing(number, amount),
        "proration": False,
        "proration_details": None,
        "quantity": 1,
        "quantity_decimal": "1",
        "tax_rates": [],
        "test_clock": None,
    }


def line(number: int, source: Body) -> Body:
    return {
        "id": f"il_{number:024}",
        "object": "line_item",
        "amount": source["amount"],
        "currency": source["currency"],
        "description": source["description"],
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": source["invoice"],
        "livemode": False,
        "metadata": {},
        "parent": {
            "invoice_item_details": {
                "invoice_item": source["id"],
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": None,
            },
            "subscription_item_details": None,
            "type": "invoice_item_details",
        },
        "period": source["period"],
        "pretax_credit_amounts": [],
        "pricing": source["pricing"],
        "quantity": 1,
        "quantity_decimal": "1",
        "subtotal": source["amount"],
        "taxes": [],
    }
