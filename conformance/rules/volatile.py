"""What Stripe mints anew on each read, or changes by itself between two reads: left out where two bodies are compared.

A key stands here only where genuine consecutive reads, or Stripe's own description, show that it changes with no write
in between; everything else on an object is held still. The keys are those of the object, wherever in a body it stands.
"""

from __future__ import annotations

from typing import NamedTuple

ERROR = ""  # an error carries no ``object``


class Row(NamedTuple):
    """One key of one object type (the value of its ``object``), why it is volatile, the requirement that says so."""

    object: str
    key: str
    reason: str
    requirement: str = ""


ROWS = (
    Row("invoice", "hosted_invoice_url", "the token in it is minted on each read", "INV-OBJ-036"),
    Row("invoice", "invoice_pdf", "the token in it is minted on each read", "INV-OBJ-036"),
    Row("invoice", "webhooks_delivered_at", "set seconds later, once webhooks are delivered, or never", "INV-OBJ-037"),
    Row("invoice", "confirmation_secret", "there only where asked for, never kept in a recording", "INV-OBJ-033"),
    Row("charge", "receipt_url", "the token in it is minted on each read"),
    Row("credit_note", "pdf", "the token in it is minted on each read"),
    Row("event", "pending_webhooks", "counts down as webhooks are delivered"),
    Row(ERROR, "request_log_url", "names the request itself", "INV-API-004"),
)

VOLATILE: dict[str, frozenset[str]] = {
    kind: frozenset(row.key for row in ROWS if row.object == kind) for kind in {row.object for row in ROWS}
}
