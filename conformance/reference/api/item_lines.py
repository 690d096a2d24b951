"""The line that an item makes on an invoice. The item is the source; its line is made anew after each change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def put_on(world: World, invoice: Body, item: Body) -> Body:
    """The item becomes the first line (INV-OBJ-021, INV-EDT-013)."""
    world.journal.watch(invoice)
    world.items.set(item, "invoice", invoice["id"])
    world.items.set(item, "_pending_for", None)
    return show_on(world, invoice, item)


def show_on(world: World, invoice: Body, item: Body) -> Body:
    """A line for ``item`` on top of the others."""
    line: Body = {"id": world.new("il_"), "object": "line_item", "_item": item["id"]}
    line.update(line_fields(item, invoice))
    invoice["_lines"].insert(0, line)
    return line


def line_fields(item: Body, invoice: Body) -> Body:
    """What a line shows of its item (INV-OBJ-022, INV-OBJ-023, INV-EDT-033)."""
    return {
        "amount": item["amount"],
        "currency": item["currency"],
        "description": item["description"],
        "discount_amounts": [],
        "discountable": item["discountable"],
        "discounts": item["discounts"],
        "invoice": invoice["id"],
        "livemode": False,
        "metadata": dict(item["metadata"]),
        "parent": _parent(item),
        "period": item["period"],
        "pretax_credit_amounts": [],
        "pricing": item["pricing"],
        "quantity": item["quantity"],
        "quantity_decimal": item["quantity_decimal"],
        "subtotal": item["amount"],
        "taxes": [],
        "_tax_rates": item["_tax_rates"],
    }


def _parent(item: Body) -> Body:
    """INV-OBJ-023; a proration belongs to its subscription item (INV-SUB-026)."""
    details = {
        "invoice_item": item["id"],
        "proration": item["proration"],
        "proration_details": {"credited_items": item.get("_credited")},
        "subscription": item["_subscription"],
    }
    if item["_subscription_item"]:
        details["subscription_item"] = item["_subscription_item"]
        return {"invoice_item_details": None, "subscription_item_details": details, "type": "subscription_item_details"}
    return {"invoice_item_details": details, "subscription_item_details": None, "type": "invoice_item_details"}


def line_of(invoice: Body, item: Body) -> Body:
    return next(line for line in invoice["_lines"] if line["_item"] == item["id"])
