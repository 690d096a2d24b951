"""What each endpoint accepts: names, types, nesting. One table per endpoint; the texts of refusals are in
``api.shapes``.
"""

from __future__ import annotations

from conformance.reference.api.params import catalog, customers, invoices, items, payments, shared, subscriptions

__all__ = ["catalog", "customers", "invoices", "items", "payments", "shared", "subscriptions"]
