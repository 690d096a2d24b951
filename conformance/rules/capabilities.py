# ruff: noqa: E501 - a table is read by columns
"""What a target may leave out. Scenarios name what they need (``needs``), targets what they offer; the rest is not applicable.

Creating, reading, updating and deleting customers and invoices, and paying with a test card, are no capabilities: a target
without them has nothing to be tested. A target that declares nothing is held to all of its profile.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Profile = Literal["core", "billing", "full"]


class Capability(NamedTuple):
    """One row. ``profile`` is the smallest profile that needs it; ``endpoints`` are what it answers, beyond request parameters."""

    title: str
    includes: str
    endpoints: tuple[str, ...]
    profile: Profile


_INVOICE = "/v1/invoices/{id}"

# fmt: off
CAPABILITIES: dict[str, Capability] = {
    "invoices.finalize": Capability("Finalization", "draft -> open, or paid when nothing is due", (f"POST {_INVOICE}/finalize",), "core"),
    "invoices.pay": Capability("Payment", "by card, by another method, out of band", (f"POST {_INVOICE}/pay",), "core"),
    "invoices.void": Capability("Voiding", "open or uncollectible -> void", (f"POST {_INVOICE}/void",), "core"),
    "invoices.mark_uncollectible": Capability("Bad debt", "open -> uncollectible", (f"POST {_INVOICE}/mark_uncollectible",), "core"),
    "invoices.send": Capability("Sending", "finalizes a draft and says it was sent", (f"POST {_INVOICE}/send",), "core"),
    "invoices.list": Capability("Lists", "filters, cursors, limits", ("GET /v1/invoices", f"GET {_INVOICE}/lines"), "core"),
    "invoices.lines.edit": Capability(
        "Editing lines",
        "one line, or many at once",
        (f"POST {_INVOICE}/lines/{{line}}", f"POST {_INVOICE}/add_lines", f"POST {_INVOICE}/update_lines", f"POST {_INVOICE}/remove_lines"),
        "billing",
    ),
    "invoices.search": Capability("Search", "the query language, over invoices", ("GET /v1/invoices/search",), "full"),
    "invoices.create_preview": Capability("Previews", "an invoice that is not kept", ("POST /v1/invoices/create_preview",), "billing"),
    "invoices.attach_payment": Capability("Attached payments", "partial payments", (f"POST {_INVOICE}/attach_payment",), "full"),
    "invoices.customer_numbering": Capability("Numbers per customer", "each customer has a sequence; an account may be set to one for all", (), "core"),
    "invoices.revisions": Capability("Revisions", "from_invoice, latest_revision", ("POST /v1/invoices",), "full"),
    "invoice_items": Capability(
        "Invoice items",
        "pending items, items of a draft",
        ("POST /v1/invoiceitems", "GET /v1/invoiceitems", "GET /v1/invoiceitems/{id}", "POST /v1/invoiceitems/{id}", "DELETE /v1/invoiceitems/{id}"),
        "core",
    ),
    "invoice_payments": Capability("Invoice payments", "what paid an invoice, from basil on", ("GET /v1/invoice_payments", "GET /v1/invoice_payments/{id}"), "billing"),
    "payment_intents": Capability("Payment intents", "the payment behind an invoice", ("GET /v1/payment_intents/{id}",), "billing"),
    "credit_notes": Capability(
        "Credit notes",
        "before and after payment, voiding",
        ("POST /v1/credit_notes", "GET /v1/credit_notes", "GET /v1/credit_notes/{id}", "POST /v1/credit_notes/{id}", "POST /v1/credit_notes/{id}/void"),
        "billing",
    ),
    "customer_balance": Capability(
        "Customer balance",
        "credit and debt, applied at finalization",
        ("POST /v1/customers/{id}/balance_transactions", "GET /v1/customers/{id}/balance_transactions"),
        "billing",
    ),
    "coupons": Capability("Coupons and discounts", "on customers, invoices, items", ("POST /v1/coupons", "GET /v1/coupons/{id}"), "billing"),
    "promotion_codes": Capability(
        "Promotion codes",
        "codes for coupons, and who may redeem them",
        ("POST /v1/promotion_codes", "GET /v1/promotion_codes", "GET /v1/promotion_codes/{id}", "POST /v1/promotion_codes/{id}"),
        "full",
    ),
    "tax_ids": Capability("Tax ids", "of customers, shown on their invoices", ("POST /v1/customers/{id}/tax_ids", "DELETE /v1/customers/{id}/tax_ids/{tax_id}"), "full"),
    "tax_rates": Capability("Tax rates", "inclusive and exclusive, default and per line", ("POST /v1/tax_rates", "POST /v1/tax_rates/{id}"), "billing"),
    "prices": Capability("Prices", "one-time prices for items and lines", ("POST /v1/products", "POST /v1/prices"), "billing"),
    "subscriptions": Capability(
        "Subscriptions",
        "their first invoice, prorations, renewals",
        ("POST /v1/subscriptions", "GET /v1/subscriptions/{id}", "POST /v1/subscriptions/{id}", "DELETE /v1/subscriptions/{id}"),
        "full",
    ),
    "test_clocks": Capability(
        "Test clocks",
        "time that passes when told to",
        ("POST /v1/test_helpers/test_clocks", "GET /v1/test_helpers/test_clocks/{id}", "POST /v1/test_helpers/test_clocks/{id}/advance"),
        "full",
    ),
    "events": Capability("Events", "what happened, as a list", ("GET /v1/events", "GET /v1/events/{id}"), "full"),
    "webhooks": Capability("Webhooks", "events sent to an endpoint", ("POST /v1/webhook_endpoints",), "full"),
    "idempotency": Capability("Idempotency keys", "a repeated POST is answered again, not done again", (), "core"),
    "expand": Capability("Expansion", "expand[] on reads, writes and lists", (), "core"),
    "authentication": Capability("Authentication", "requests without a known key are refused", (), "core"),
    "versions": Capability("Version header", "Stripe-Version chooses the shape and is echoed", (), "billing"),
    "unknown_parameters": Capability("Strict parameters", "unknown names and impossible values are refused", (), "core"),
}
# fmt: on

PROFILES: dict[Profile, str] = {
    "core": "one-off invoices: draft, items, finalize, pay, void, lists, errors",
    "billing": "what a billing integration leans on: discounts, tax, balance, credit notes, previews, line editing",
    "full": "subscriptions, test clocks, events, search, partial payments",
}


def needed_by(profile: Profile) -> tuple[str, ...]:
    """The capabilities ``profile`` needs, those of the smaller profiles included."""
    order: tuple[Profile, ...] = tuple(PROFILES)
    upto = order[: order.index(profile) + 1]
    return tuple(name for name, capability in CAPABILITIES.items() if capability.profile in upto)
