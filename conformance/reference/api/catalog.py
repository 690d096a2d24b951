"""Products and prices: create, retrieve, update, delete, list. How they are made is in ``api.prices``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api import prices
from conformance.reference.api.call import Call, clean_metadata, found, merge_metadata, or_none, stub
from conformance.reference.model.problems import exclusive, missing_param, problem
from conformance.reference.view import pages
from conformance.reference.view.earlier import plan

if TYPE_CHECKING:
    from conformance.reference.model.table import Body


def create_product(call: Call) -> Body:
    row = prices.new_product(call.world, call.params, call.params.get("id"))
    _set_product(call, row)
    if "default_price_data" in call.params:
        sent = dict(call.params["default_price_data"])
        made = prices.price_of_data(call.world, {**sent, "unit_amount": int(sent.get("unit_amount", 0))}, row["id"])
        row["default_price"] = made["id"]
    call.world.journal.tell("product.created", row)
    return row


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
        else prices.new_product(world, sent["product_data"])["id"]
    )
    row = prices.price_of_data(world, sent, owner)
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
