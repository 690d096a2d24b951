"""What an item costs: an amount, a price that is known, or one that is made for it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conformance.reference.api import prices
from conformance.reference.api.call import found
from conformance.reference.model import money
from conformance.reference.model.problems import exclusive, missing_param, problem, refused

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: The parameters that say what an item costs; at most one is sent.
WAYS = ("amount", "pricing", "price_data", "unit_amount_decimal", "price", "unit_amount")


def priced(world: World, currency: str, sent: dict[str, Any], param: str) -> dict[str, Any]:
    """Amount, quantity, pricing and default description (INV-CRE-042, INV-CRE-045, INV-OBJ-026)."""
    name = (lambda key: f"{param}[{key}]") if param else (lambda key: key)
    if "amount" in sent and ("quantity" in sent or "quantity_decimal" in sent):
        raise exclusive("amount", "quantity", param=name("amount"))
    used = [way for way in WAYS if way in sent]
    if len(used) > 1:
        raise exclusive(*used, param=name(used[0]))
    quantity = sent.get("quantity", 1)
    if "amount" in sent:
        _check_size(sent["amount"], name("amount"))
        return _pricing(prices.adhoc_price(world, currency, Decimal(sent["amount"])), sent["amount"], 1, None)
    if "unit_amount_decimal" in sent or "unit_amount" in sent:
        price = prices.adhoc_price(world, currency, prices.unit_amount(sent) or Decimal(0))
        return _pricing(price, prices.amount_of(price, Decimal(quantity)), quantity, None)
    price = _price(world, sent, name)
    if price["currency"] != currency:
        raise problem(
            f"The price specified only supports `{price['currency']}`. This doesn't match the expected currency: "
            f"`{currency}`.",
            param=name("price"),
        )
    description = world.products.rows[price["product"]]["name"] if price["product"] in world.products else None
    return _pricing(price, prices.amount_of(price, Decimal(quantity)), quantity, description)


def reprice(world: World, row: Body, sent: dict[str, Any], param: str) -> None:
    """INV-EDT-024: another amount stands on another generated price."""
    if any(way in sent for way in WAYS):
        new = priced(world, row["currency"], sent, param)
    elif "quantity" in sent:
        price = world.prices.rows[row["pricing"]["price_details"]["price"]]
        new = _pricing(price, prices.amount_of(price, Decimal(sent["quantity"])), sent["quantity"], None)
    else:
        return
    row.update(amount=new["amount"], net_amount=new["amount"], quantity=new["quantity"], pricing=new["pricing"])
    row["quantity_decimal"] = str(new["quantity"])


def _price(world: World, sent: dict[str, Any], name: Any) -> Body:
    if "price_data" in sent:
        return prices.inline_price(world, sent["price_data"], name("price_data"))
    identifier = sent["price"] if "price" in sent else sent["pricing"].get("price")
    where = name("price") if "price" in sent else f"{name('pricing')}[price]"
    if identifier is None:
        raise missing_param(where)
    price = found(world.prices, identifier, "price", where, status=400)
    if price["type"] == "recurring":
        message = (
            "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`."
        )
        raise refused("POST /v1/invoiceitems", "recurring-price", message)
    if not price["active"] and "_hidden" not in price:
        raise problem("The price specified is inactive. This field only accepts active prices.", param=where)
    return price


def _pricing(price: Body, amount: int, quantity: int, description: str | None) -> dict[str, Any]:
    details = {"price": price["id"], "product": price["product"]}
    pricing = {"price_details": details, "type": "price_details", "unit_amount_decimal": price["unit_amount_decimal"]}
    return {"amount": amount, "quantity": quantity, "pricing": pricing, "description": description}


def _check_size(amount: int, param: str) -> None:
    """INV-ARI-036."""
    if abs(amount) > money.MAXIMUM:
        raise problem("Amount must be no more than $999,999.99", code="amount_too_large", param=param)
