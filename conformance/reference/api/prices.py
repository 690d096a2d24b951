"""Products and prices as they are made, sent as such or behind a plain amount, and what a quantity costs; the endpoints
are in ``api.catalog``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conformance.reference.api.call import clean_metadata, found, or_none
from conformance.reference.model import money
from conformance.reference.model.problems import exclusive, missing_param, problem

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: Generated prices are recorded as shared from this version on, and as made one by one in 2022.
SHARED_SINCE = "2026-03-25.dahlia"


def currency_of(sent: str, param: str = "currency") -> str:
    """Lower case, and one Stripe knows (INV-OBJ-007)."""
    currency = sent.lower()
    if currency not in money.KNOWN:
        listed = ", ".join(sorted(money.KNOWN))
        raise problem(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: {listed}", param=param
        )
    return currency


def new_product(world: World, sent: dict[str, Any], identifier: str | None = None) -> Body:
    if identifier and identifier in world.products:
        raise problem("Product already exists.", code="resource_already_exists", param="id")
    now = world.now()
    row: Body = {
        "id": identifier or world.new("prod_"),
        "object": "product",
        "active": True,
        "attributes": [],
        "created": now,
        "default_price": None,
        "description": or_none(sent.get("description")),
        "images": sent.get("images") or [],
        "livemode": False,
        "marketing_features": [],
        "metadata": clean_metadata(sent.get("metadata")),
        "name": sent["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": or_none(sent.get("tax_code")),
        "tax_details": None,
        "type": "service",
        "unit_label": or_none(sent.get("unit_label")),
        "updated": now,
        "url": None,
    }
    return world.products.add(row)


def product_name(world: World, price: Body) -> str:
    product = world.products.get(price["product"])
    return str(product["name"]) if product else "Product"


def price_of_data(world: World, sent: dict[str, Any], owner: str) -> Body:
    """A price from the parameters of a price or of ``price_data``."""
    amount = unit_amount(sent)
    tiered = sent.get("billing_scheme") == "tiered"
    if amount is None and not tiered and "custom_unit_amount" not in sent:
        raise missing_param("unit_amount")
    row: Body = {
        "id": world.new("price_"),
        "object": "price",
        "active": True,
        "billing_scheme": sent.get("billing_scheme", "per_unit"),
        "created": world.now(),
        "currency": currency_of(sent["currency"]),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": owner,
        "recurring": _recurring(sent.get("recurring")),
        "tax_behavior": sent.get("tax_behavior", "unspecified"),
        "tiers_mode": sent.get("tiers_mode"),
        "transform_quantity": sent.get("transform_quantity"),
        "type": "recurring" if sent.get("recurring") else "one_time",
        "unit_amount": None if amount is None or amount != amount.to_integral_value() else int(amount),
        "unit_amount_decimal": None if amount is None else money.plain(amount),
    }
    row["_unit"] = amount
    row["_tiers"] = [_tier(tier) for tier in sent["tiers"]] if "tiers" in sent else None
    return world.prices.add(row)


def unit_amount(sent: dict[str, Any]) -> Decimal | None:
    """``unit_amount`` or ``unit_amount_decimal``, whichever was sent."""
    if "unit_amount" in sent and "unit_amount_decimal" in sent:
        raise exclusive("unit_amount", "unit_amount_decimal")
    if "unit_amount_decimal" in sent:
        return Decimal(sent["unit_amount_decimal"])
    return Decimal(sent["unit_amount"]) if "unit_amount" in sent else None


def _recurring(sent: dict[str, Any] | None) -> Body | None:
    if not sent:
        return None
    return {
        "interval": sent["interval"],
        "interval_count": sent.get("interval_count", 1),
        "meter": sent.get("meter"),
        "trial_period_days": sent.get("trial_period_days"),
        "usage_type": sent.get("usage_type", "licensed"),
    }


def _tier(sent: dict[str, Any]) -> Body:
    flat, unit = Decimal(sent.get("flat_amount_decimal", sent.get("flat_amount", 0))), unit_amount(sent)
    given = "flat_amount" in sent or "flat_amount_decimal" in sent
    return {
        "flat_amount": int(flat) if given else None,
        "flat_amount_decimal": money.plain(flat) if given else None,
        "unit_amount": None if unit is None else int(unit),
        "unit_amount_decimal": None if unit is None else money.plain(unit),
        "up_to": None if sent["up_to"] == "inf" else sent["up_to"],
    }


def inline_price(world: World, sent: dict[str, Any], param: str) -> Body:
    """``price_data``: a price made for one charge."""
    if "product" in sent:
        owner = found(world.products, sent["product"], "product", f"{param}[product]", status=400)["id"]
    elif "product_data" in sent:
        owner = new_product(world, sent["product_data"])["id"]
    else:
        raise missing_param(f"{param}[product]")
    row = price_of_data(world, sent, owner)
    row["active"] = False
    row["_hidden"] = True
    return row


def adhoc_price(world: World, currency: str, amount: Decimal) -> Body:
    """The generated price behind a plain amount (INV-OBJ-026); equal amounts share one (INV-OBJ-027). Once each had a
    price and a product of its own.

    One that was made by a request which was refused afterwards is gone with it.
    """
    shared = world.version >= SHARED_SINCE
    known = world.prices.rows.get(world.adhoc.get((currency, amount), ""))
    if known is not None and shared:
        return known
    if not shared or world.adhoc.get("product", "") not in world.products.rows:
        owner = new_product(world, {"name": "Invoice item"})
        owner["active"], owner["_hidden"] = False, True
        world.adhoc["product"] = owner["id"]
    row = price_of_data(world, {"currency": currency, "unit_amount_decimal": amount}, world.adhoc["product"])
    row["active"] = False
    row["_hidden"] = True
    world.adhoc[currency, amount] = row["id"]
    return row


def amount_of(price: Body, quantity: Decimal) -> int:
    """What ``quantity`` units cost (INV-ARI-001, INV-ARI-046, INV-ARI-047), rounded per line (INV-ARI-002)."""
    if price["_tiers"]:
        return money.half_up(_tiered(price["_tiers"], price["tiers_mode"], quantity))
    transform = price["transform_quantity"]
    if transform:
        whole, rest = divmod(quantity, transform["divide_by"])
        quantity = whole + (1 if rest and transform["round"] == "up" else 0)
    return money.half_up(price["_unit"] * quantity)


def _tiered(tiers: list[Body], mode: str | None, quantity: Decimal) -> Decimal:
    """Volume: one tier for everything. Graduated: each slice its own, flat amounts of every tier reached."""
    total, floor = Decimal(0), 0
    for tier in tiers:
        top = tier["up_to"]
        inside = top is None or quantity <= top
        unit, flat = Decimal(tier["unit_amount_decimal"] or 0), Decimal(tier["flat_amount_decimal"] or 0)
        if mode == "volume" and inside:
            return unit * quantity + flat
        if mode != "volume":
            total += unit * ((quantity if inside else Decimal(top)) - floor) + flat
            floor = top or 0
            if inside:
                break
    return total
