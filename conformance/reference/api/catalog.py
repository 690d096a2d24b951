"""Products, prices, tax rates and coupons."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conformance.reference.api.call import Call, clean_metadata, found, merge_metadata, or_none, stub
from conformance.reference.model import money
from conformance.reference.model.problems import exclusive, missing_param, problem
from conformance.reference.view import pages
from conformance.reference.view.eras import plan

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


def create_product(call: Call) -> Body:
    row = product(call.world, call.params, call.params.get("id"))
    _set_product(call, row)
    if "default_price_data" in call.params:
        sent = dict(call.params["default_price_data"])
        made = _price_of_data(call.world, {**sent, "unit_amount": int(sent.get("unit_amount", 0))}, row["id"])
        row["default_price"] = made["id"]
    call.world.journal.tell("product.created", row)
    return row


def product(world: World, sent: dict[str, Any], identifier: str | None = None) -> Body:
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


def _set_product(call: Call, row: Body) -> None:
    for name in (
        "active",
        "description",
        "shippable",
        "statement_descriptor",
        "unit_label",
        "url",
        "name",
        "tax_code",
        "type",
    ):
        if name in call.params:
            row[name] = or_none(call.params[name])
    if "images" in call.params:
        row["images"] = call.params["images"] or []


def retrieve_product(call: Call) -> Body:
    return found(call.world.products, call.ids[0], "product")


def update_product(call: Call) -> Body:
    row = retrieve_product(call)
    call.world.journal.watch(row)
    _set_product(call, row)
    if "default_price" in call.params:
        row["default_price"] = found(
            call.world.prices, call.params["default_price"], "price", "default_price", status=400
        )["id"]
    merge_metadata(row, call.get("metadata"))
    row["updated"] = call.world.now()
    call.world.journal.tell("product.updated", row)
    return row


def delete_product(call: Call) -> Body:
    row = retrieve_product(call)
    if call.world.prices.has("product", row["id"]):
        raise problem("This product cannot be deleted because it has one or more user-created prices.")
    call.world.products.remove(row)
    call.world.journal.tell("product.deleted", row)
    return stub(row)


def list_products(call: Call) -> Body:
    ids, active = call.get("ids"), call.get("active")
    return pages.page(
        call.world.products,
        call.params,
        "/v1/products",
        noun="product",
        keep=lambda row: (
            "_hidden" not in row and (ids is None or row["id"] in ids) and (active is None or row["active"] is active)
        ),
    )


def create_price(call: Call) -> Body:
    world = call.world
    sent = call.params
    if "product" in sent and "product_data" in sent:
        raise exclusive("product", "product_data")
    if "product" not in sent and "product_data" not in sent:
        raise missing_param("product")
    owner = (
        found(world.products, sent["product"], "product", "product", status=400)["id"]
        if "product" in sent
        else product(world, sent["product_data"])["id"]
    )
    row = _price_of_data(world, sent, owner)
    row["nickname"] = or_none(sent.get("nickname"))
    row["active"] = sent.get("active", True)
    row["metadata"] = clean_metadata(sent.get("metadata"))
    if sent.get("lookup_key"):
        if world.prices.has("lookup_key", sent["lookup_key"]) and not sent.get("transfer_lookup_key"):
            holder = world.prices.of("lookup_key", sent["lookup_key"])[0]["id"]
            raise problem(f"A price (`{holder}`) already uses that lookup key.", param="lookup_key")
        for holder in world.prices.of("lookup_key", sent["lookup_key"]):
            world.prices.set(holder, "lookup_key", None)
        world.prices.set(row, "lookup_key", sent["lookup_key"])
    if row["recurring"]:
        world.journal.tell("plan.created", plan(row))
    world.journal.tell("price.created", row)
    return row


def _price_of_data(world: World, sent: dict[str, Any], owner: str) -> Body:
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


def retrieve_price(call: Call) -> Body:
    return found(call.world.prices, call.ids[0], "price", "price")


def update_price(call: Call) -> Body:
    row = retrieve_price(call)
    call.world.journal.watch(row)
    for name in ("active", "nickname", "tax_behavior"):
        if name in call.params:
            row[name] = or_none(call.params[name])
    merge_metadata(row, call.get("metadata"))
    call.world.journal.tell("price.updated", row)
    return row


def list_prices(call: Call) -> Body:
    sent = call.params
    keys = sent.get("lookup_keys")
    equal = {"product": sent["product"]} if "product" in sent else {}
    wanted = {name: sent[name] for name in ("active", "currency", "type") if name in sent}
    return pages.page(
        call.world.prices,
        sent,
        "/v1/prices",
        noun="price",
        equal=equal,
        keep=lambda row: (
            "_hidden" not in row
            and all(row[name] == value for name, value in wanted.items())
            and (keys is None or row["lookup_key"] in keys)
        ),
    )


def inline_price(world: World, sent: dict[str, Any], param: str) -> Body:
    """``price_data``: a price made for one charge."""
    if "product" in sent:
        owner = found(world.products, sent["product"], "product", f"{param}[product]", status=400)["id"]
    elif "product_data" in sent:
        owner = product(world, sent["product_data"])["id"]
    else:
        raise missing_param(f"{param}[product]")
    row = _price_of_data(world, sent, owner)
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
        owner = product(world, {"name": "Invoice item"})
        owner["active"], owner["_hidden"] = False, True
        world.adhoc["product"] = owner["id"]
    row = _price_of_data(world, {"currency": currency, "unit_amount_decimal": amount}, world.adhoc["product"])
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
