"""The line of a subscription's item for one period, and the words on it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from conformance.reference.api import discounts, prices
from conformance.reference.model import money

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def line(world: World, invoice: Body, subscription: Body, item: Body, start: int, end: int, *, trial: bool) -> Body:
    """INV-OBJ-024, INV-SUB-002."""
    price = world.prices.rows[item["price"]["id"]]
    amount = 0 if trial else prices.amount_of(price, Decimal(item["quantity"]))
    details = {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": subscription["id"],
        "subscription_item": item["id"],
    }
    return {
        "id": world.new("il_"),
        "object": "line_item",
        "amount": amount,
        "currency": invoice["currency"],
        "description": _trial_text(world, subscription, price, item["quantity"])
        if trial
        else description(world, price, item["quantity"]),
        "discount_amounts": [],
        "discountable": True,
        "discounts": [one for one in item["discounts"] if discounts.stands(world, one)],
        "invoice": invoice["id"],
        "livemode": False,
        "metadata": dict(subscription["metadata"]),
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        },
        "period": {"end": end, "start": start},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": "0" if trial else price["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "quantity_decimal": str(item["quantity"]),
        "subtotal": amount,
        "taxes": [],
        "_item": None,
        "_tax_rates": list(item["_tax_rates"]),
    }


def _trial_text(world: World, subscription: Body, price: Body, quantity: int) -> str:
    """``Free trial for 1 user × Plan``; ``Trial period for Plan (per user)`` in the classic billing mode."""
    unit, name = _unit_of(world, price), prices.product_name(world, price)
    if subscription["billing_mode"]["type"] == "classic":
        return f"Trial period for {name}" + (f" (per {unit})" if unit else "")
    return f"Free trial for {quantity}{f' {unit}' if unit else ''} × {name}"


def description(world: World, price: Body, quantity: int) -> str:
    """INV-SUB-002: ``1 user × Plan (at $25.00 / month)``."""
    unit = _unit_of(world, price)
    recurring = price["recurring"]
    count = recurring["interval_count"]
    every = f"/ {recurring['interval']}" if count == 1 else f"every {count} {recurring['interval']}s"
    at = (
        f" (at {money.shown(price['unit_amount'], price['currency'])} {every})"
        if price["unit_amount"] is not None
        else ""
    )
    return f"{quantity}{f' {unit}' if unit else ''} × {prices.product_name(world, price)}{at}"


def _unit_of(world: World, price: Body) -> str:
    product = world.products.get(price["product"]) or {}
    return str(product.get("unit_label") or "")
