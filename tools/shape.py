"""One API version's shape as flat rows, and what is read: which objects, which operations."""

from __future__ import annotations

from dataclasses import dataclass, field

# Object -> the first API version that has it. These are validated in depth; every other object by its name and id only.
OBJECTS = {
    "invoice": "2000-01-01",
    "line_item": "2000-01-01",
    "invoiceitem": "2000-01-01",
    "credit_note": "2000-01-01",
    "credit_note_line_item": "2020-03-02",
    "invoice_payment": "2025-03-31",
    "event": "2000-01-01",
}

# Operation -> (resource, action) as the SDK names its parameters.
REQUESTS = {
    "POST /v1/invoices": ("invoice", "create"),
    "GET /v1/invoices": ("invoice", "list"),
    "GET /v1/invoices/{id}": ("invoice", "retrieve"),
    "POST /v1/invoices/{id}": ("invoice", "modify"),
    "DELETE /v1/invoices/{id}": ("invoice", "delete"),
    "GET /v1/invoices/search": ("invoice", "search"),
    "GET /v1/invoices/upcoming": ("invoice", "upcoming"),
    "GET /v1/invoices/upcoming/lines": ("invoice", "upcoming_lines"),
    "POST /v1/invoices/create_preview": ("invoice", "create_preview"),
    "POST /v1/invoices/{id}/finalize": ("invoice", "finalize_invoice"),
    "POST /v1/invoices/{id}/pay": ("invoice", "pay"),
    "POST /v1/invoices/{id}/send": ("invoice", "send_invoice"),
    "POST /v1/invoices/{id}/void": ("invoice", "void_invoice"),
    "POST /v1/invoices/{id}/mark_uncollectible": ("invoice", "mark_uncollectible"),
    "POST /v1/invoices/{id}/attach_payment": ("invoice", "attach_payment"),
    "POST /v1/invoices/{id}/add_lines": ("invoice", "add_lines"),
    "POST /v1/invoices/{id}/remove_lines": ("invoice", "remove_lines"),
    "POST /v1/invoices/{id}/update_lines": ("invoice", "update_lines"),
    "GET /v1/invoices/{id}/lines": ("invoice", "list_lines"),
    "POST /v1/invoices/{id}/lines/{line}": ("invoice_line_item", "modify"),
    "POST /v1/invoiceitems": ("invoice_item", "create"),
    "GET /v1/invoiceitems": ("invoice_item", "list"),
    "GET /v1/invoiceitems/{id}": ("invoice_item", "retrieve"),
    "POST /v1/invoiceitems/{id}": ("invoice_item", "modify"),
    "DELETE /v1/invoiceitems/{id}": ("invoice_item", "delete"),
    "POST /v1/credit_notes": ("credit_note", "create"),
    "GET /v1/credit_notes": ("credit_note", "list"),
    "GET /v1/credit_notes/{id}": ("credit_note", "retrieve"),
    "POST /v1/credit_notes/{id}": ("credit_note", "modify"),
    "GET /v1/credit_notes/preview": ("credit_note", "preview"),
    "GET /v1/credit_notes/preview/lines": ("credit_note", "preview_lines"),
    "GET /v1/credit_notes/{id}/lines": ("credit_note", "list_lines"),
    "POST /v1/credit_notes/{id}/void": ("credit_note", "void_credit_note"),
    "GET /v1/invoice_payments": ("invoice_payment", "list"),
    "GET /v1/invoice_payments/{id}": ("invoice_payment", "retrieve"),
}

# Where the SDK's type is about the SDK, not about the wire; whether it may be null or absent stays as the SDK says.
OVERRIDES = {
    "event.data.object": "map<any>",  # any object, in the event's own API version
    "event.data.previous_attributes": "any",
    "event.type": "string",  # hundreds of names, more with every version
    "invoice.last_finalization_error.code": "string",  # an open set: Stripe's OpenAPI says string
    # Stripe's OpenAPI has these expandable, and INV-LST-016 has them expanded.
    "invoice.total_taxes[].tax_rate_details.tax_rate": "expandable<tax_rate>",
    "line_item.taxes[].tax_rate_details.tax_rate": "expandable<tax_rate>",
    "credit_note.total_taxes[].tax_rate_details.tax_rate": "expandable<tax_rate>",
    "credit_note_line_item.taxes[].tax_rate_details.tax_rate": "expandable<tax_rate>",
}


@dataclass
class Shape:
    """``fields``: path -> type word, with ``?`` where the SDK says it may be null or absent. ``enums``: path ->
    values.
    """

    api_version: str = ""
    release: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    enums: dict[str, list[str]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)  # enums the SDK types as open to other values
    absent: set[str] = field(
        default_factory=set
    )  # fields the SDK says may be absent, where it keeps that apart from null
    operations: set[str] = field(default_factory=set)
    unresolved: list[str] = field(default_factory=list)

    def override(self) -> None:
        """Put `OVERRIDES` in the place of what was read."""
        for path, word in OVERRIDES.items():
            if path in self.fields:
                self.fields[path] = word + ("?" if self.fields[path].endswith("?") else "")
                self.enums.pop(path, None)

    def unsure(self, path: str, what: str) -> str:
        """A type this reader does not know: it becomes ``any`` and is counted (a derivation with one fails)."""
        self.unresolved.append(f"{path}: {what}")
        return "any"


def merge(shapes: list[Shape]) -> Shape:
    """The union of the releases pinned to one version: a field is sure to be there only when all of them say so."""
    merged = Shape(shapes[-1].api_version, ", ".join(shape.release for shape in shapes))
    for shape in reversed(shapes):
        merged.operations |= shape.operations
        merged.unresolved += shape.unresolved
        merged.open |= shape.open
        for path, values in shape.enums.items():
            known = merged.enums.setdefault(path, [])
            known.extend(value for value in values if value not in known)
    for path in dict.fromkeys(path for shape in reversed(shapes) for path in shape.fields):
        words = [shape.fields.get(path) for shape in shapes]
        newest = next(word for word in reversed(words) if word)
        sure = all(word is not None and not word.endswith("?") for word in words)
        merged.fields[path] = newest if sure or newest.endswith("?") else newest + "?"
    return merged


def _camel(words: str) -> str:
    return "".join(word.title() for word in words.split("_"))


# The names npm's types give the same parameters; earlier releases differ.
_NODE_ACTIONS = {
    "modify": ("update",),
    "delete": ("delete", "del"),
    "upcoming": ("retrieve_upcoming",),
    "upcoming_lines": ("list_upcoming_lines",),
    "preview_lines": ("list_preview_line_items", "list_preview_lines"),
    "list_lines": ("list_line_items",),
}
NODE_NAMES = {
    operation: [f"{_camel(resource)}{_camel(name)}Params" for name in _NODE_ACTIONS.get(action, (action,))]
    for operation, (resource, action) in REQUESTS.items()
}
NODE_NAMES["GET /v1/invoices/{id}/lines"].append("InvoiceLineItemListParams")
NODE_NAMES["GET /v1/credit_notes/{id}/lines"].append("CreditNoteLineItemListParams")
