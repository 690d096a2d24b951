"""What each operation answers, by method and path. Paths that are not here make no promise beyond the object they
name.
"""

from __future__ import annotations

from typing import NamedTuple


class Answer(NamedTuple):
    """``schema`` is a name `conformance.contract.schema` knows: ``invoice``, ``preview`` (of one, perhaps without an
    id), ``list<invoice>``, ``deleted`` …
    """

    operation: str
    schema: str


_INVOICE_ACTIONS = (
    "finalize",
    "pay",
    "send",
    "void",
    "mark_uncollectible",
    "attach_payment",
    "add_lines",
    "remove_lines",
    "update_lines",
)
_TABLE: tuple[tuple[str, str], ...] = (
    ("POST /v1/invoices", "invoice"),
    ("GET /v1/invoices", "list<invoice>"),
    ("GET /v1/invoices/search", "search<invoice>"),
    ("GET /v1/invoices/upcoming", "preview"),
    ("GET /v1/invoices/upcoming/lines", "list<line_item>"),
    ("POST /v1/invoices/create_preview", "preview"),
    ("GET /v1/invoices/{id}", "invoice"),
    ("POST /v1/invoices/{id}", "invoice"),
    ("DELETE /v1/invoices/{id}", "deleted"),
    *((f"POST /v1/invoices/{{id}}/{action}", "invoice") for action in _INVOICE_ACTIONS),
    ("GET /v1/invoices/{id}/lines", "list<line_item>"),
    ("POST /v1/invoices/{id}/lines/{line}", "line_item"),
    ("POST /v1/invoiceitems", "invoiceitem"),
    ("GET /v1/invoiceitems", "list<invoiceitem>"),
    ("GET /v1/invoiceitems/{id}", "invoiceitem"),
    ("POST /v1/invoiceitems/{id}", "invoiceitem"),
    ("DELETE /v1/invoiceitems/{id}", "deleted"),
    ("POST /v1/credit_notes", "credit_note"),
    ("GET /v1/credit_notes", "list<credit_note>"),
    ("GET /v1/credit_notes/preview", "credit_note"),
    ("GET /v1/credit_notes/preview/lines", "list<credit_note_line_item>"),
    ("GET /v1/credit_notes/{id}", "credit_note"),
    ("POST /v1/credit_notes/{id}", "credit_note"),
    ("GET /v1/credit_notes/{id}/lines", "list<credit_note_line_item>"),
    ("POST /v1/credit_notes/{id}/void", "credit_note"),
    ("GET /v1/invoice_payments", "list<invoice_payment>"),
    ("GET /v1/invoice_payments/{id}", "invoice_payment"),
    ("GET /v1/events", "list<event>"),
    ("GET /v1/events/{id}", "event"),
    *(
        (f"{method} /v1/{plural}{tail}", f"object<{name}>")
        for plural, name in (
            ("customers", "customer"),
            ("products", "product"),
            ("prices", "price"),
            ("coupons", "coupon"),
            ("tax_rates", "tax_rate"),
            ("subscriptions", "subscription"),
        )
        for method, tail in (("POST", ""), ("GET", "/{id}"), ("POST", "/{id}"))
    ),
    *(
        (f"GET /v1/{plural}", f"list<{name}>")
        for plural, name in (
            ("customers", "customer"),
            ("products", "product"),
            ("prices", "price"),
            ("coupons", "coupon"),
            ("tax_rates", "tax_rate"),
            ("subscriptions", "subscription"),
        )
    ),
)
_EXACT = {operation: Answer(operation, schema) for operation, schema in _TABLE}
ID, LINE = 3, 5  # positions in "", "v1", "invoices", "in_1", "lines", "il_1"
_FIXED = {part for operation in _EXACT for part in operation.split("/")[2:] if not part.startswith("{")}


def find(method: str, path: str) -> Answer | None:
    """The row for ``POST``, ``/v1/invoices/in_123/pay`` (a query string is ignored), or None."""
    answer = _EXACT.get(f"{method} {path}")
    if answer is not None:
        return answer
    parts = path.partition("?")[0].rstrip("/").split("/")
    if len(parts) > ID:
        if parts[ID] not in _FIXED:
            parts[ID] = "{id}"
        if len(parts) > LINE:
            parts[LINE] = "{line}"
    return _EXACT.get(f"{method} {'/'.join(parts)}")


def known() -> tuple[Answer, ...]:
    """Every operation that makes a promise."""
    return tuple(_EXACT.values())
