"""What ties a line to the invoice it is on, and an item or a line to its price."""

from __future__ import annotations

from typing import Any

from conformance.contract.invariants.registry import STATUSES, Body, Broken, invariant


@invariant("invoice", "INV-OBJ-007", "lines are in the invoice's currency, in which they are added up")
def lines_currency(i: Body) -> Broken | None:
    own = i["currency"]
    for index, line in enumerate(i["lines"]["data"]):
        if line["currency"] != own and type(own) is str:
            return Broken(f"lines.data[{index}].currency", own, line["currency"])
    return None


@invariant(
    "invoice",
    "INV-OBJ-022",
    "from this version on each line says which invoice it is on",
    versions=">=2025-03-31.basil",
    statuses=STATUSES,
)
def lines_name_invoice(i: Body) -> Broken | None:
    for index, line in enumerate(i["lines"]["data"]):
        if line["invoice"] is None:
            return Broken(f"lines.data[{index}].invoice", i["id"], None)
    return None


@invariant("line_item", "INV-OBJ-026", "a line names the price and the product it is of", versions=">=2025-03-31.basil")
def line_pricing(line: Body) -> Broken | None:
    pricing = line["pricing"]
    return None if pricing.get("price_details") else _pricing(pricing)


@invariant(
    "invoiceitem", "INV-OBJ-026", "an item names the price and the product it is of", versions=">=2025-03-31.basil"
)
def item_pricing(item: Body) -> Broken | None:
    return _pricing(item["pricing"])


def _pricing(pricing: Any) -> Broken | None:
    if pricing["type"] != "price_details":
        return None
    details = pricing.get("price_details")
    return None if details else Broken("pricing.price_details", "an object", details)


@invariant("line_item", "INV-ARI-001", "a line from an invoice item says of how many", versions=">=2025-03-31.basil")
def line_counted(line: Body) -> Broken | None:
    if "quantity_decimal" not in line and line["quantity"] is not None:
        return None
    return _counted(line) if line["parent"]["type"] == "invoice_item_details" else None


@invariant("invoiceitem", "INV-OBJ-029", "an invoice item says of how many", versions=">=2020-08-27")
def item_counted(item: Body) -> Broken | None:
    return _counted(item)


def _counted(line: Body) -> Broken | None:
    """``quantity_decimal`` (since 2026-03-25.dahlia) is the same number; whole ones can be compared."""
    quantity, exact = line["quantity"], line.get("quantity_decimal")
    if quantity is None:
        return None if exact is not None else Broken("quantity", "a number", None)
    if exact is None or exact == str(quantity):
        return None
    number = float(exact)
    return Broken("quantity_decimal", str(quantity), exact) if number.is_integer() and number != quantity else None
