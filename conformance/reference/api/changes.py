"""Changes of a subscription's items: prices, quantities, intervals, and how they are billed (INV-SUB-014)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import collection, cycles, discounts, finalization, items, prices, prorations, rates
from conformance.reference.api.call import clean_metadata, found, merge_metadata
from conformance.reference.model import calendar
from conformance.reference.model.problems import missing_param, problem

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: From this version on new subscriptions are billed flexibly.
FLEXIBLE = "2025-09-30.clover"


def price_of(world: World, sent: dict[str, Any], param: str) -> Body:
    if "price_data" in sent:
        return prices.inline_price(world, sent["price_data"], f"{param}[price_data]")
    name = "plan" if "plan" in sent else "price"  # the older word for the same thing
    if name not in sent:
        raise missing_param(f"{param}[price]")
    price = found(world.prices, sent[name], name, f"{param}[{name}]", status=400)
    if price["type"] != "recurring":
        message = (
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`."
        )
        raise problem(message, param=f"{param}[price]")
    return price


def add_item(
    world: World, subscription: Body, sent: dict[str, Any], price: Body, trial_end: int | None, param: str
) -> Body:
    recurring = price["recurring"]
    now = world.now()
    end = trial_end or calendar.period_after(
        subscription["billing_cycle_anchor"], recurring["interval"], recurring["interval_count"], now
    )
    tax_rates = rates.checked_rates(world, sent.get("tax_rates"), f"{param}[tax_rates]")
    row: Body = {
        "id": world.new("si_"),
        "object": "subscription_item",
        "billed_until": None,
        "billing_thresholds": None,
        "created": now,
        "current_period_end": end,
        "current_period_start": now,
        "discounts": [],
        "metadata": clean_metadata(sent.get("metadata")),
        "price": price,
        "quantity": sent.get("quantity", 1),
        "subscription": subscription["id"],
        "tax_rates": [],
        "_tax_rates": [],
    }
    _set_rates(world, row, tuple(tax_rates))
    world.subscription_items.add(row)
    world.journal.born(row)
    row["discounts"] = _sent_discounts(world, subscription, row, sent, param)
    return row


def _sent_discounts(world: World, subscription: Body, item: Body, sent: dict[str, Any], param: str) -> list[str]:
    """Discounts of this item alone."""
    owner = {**item, "customer": subscription["customer"], "currency": subscription["currency"]}
    return discounts.apply(world, sent.get("discounts"), owner, param=f"{param}[discounts]", once=False)


def change_items(call: Call, row: Body, sent: dict[str, Any]) -> None:
    """Quantity and price changes; how they are billed is ``proration_behavior`` (INV-SUB-014)."""
    world = call.world
    at = sent.get("proration_date", world.now())
    behavior = sent.get("proration_behavior", "create_prorations")
    trial = row["status"] == "trialing"
    made: list[Body] = []
    if sent.get("billing_cycle_anchor") == "now" or (call.version < FLEXIBLE and _new_interval(world, sent)):
        _restart(call, row, sent, at, prorated=behavior != "none" and not trial)
        return
    for index, one in enumerate(sent["items"]):
        made += _change_item(world, row, one, f"items[{index}]", at, prorated=behavior != "none" and not trial)
    if behavior == "always_invoice" and made:
        invoice_now(call, row)


def _new_interval(world: World, sent: dict[str, Any]) -> bool:
    """In classic billing a new cycle begins with another interval; flexible billing keeps the anchor (INV-SUB-026)."""
    for index, one in enumerate(sent["items"]):
        known = world.subscription_items.get(one.get("id", ""))
        if known is None or not {"price", "price_data", "plan"} & one.keys():
            continue
        new = price_of(world, one, f"items[{index}]")["recurring"]
        old = known["price"]["recurring"]
        if (new["interval"], new["interval_count"]) != (old["interval"], old["interval_count"]):
            return True
    return False


def _restart(call: Call, row: Body, sent: dict[str, Any], at: int, *, prorated: bool) -> None:
    """What was paid and not used comes back, the new cycle is billed in full, at once."""
    world = call.world
    if prorated:
        for item in cycles.items_of(world, row):
            prorations.prorate(world, row, item, prorations.part_of(item), None, at)
    for index, one in enumerate(sent["items"]):
        _change_item(world, row, one, f"items[{index}]", at, prorated=False)
    now = world.now()
    row["billing_cycle_anchor"] = now
    for item in cycles.items_of(world, row):
        world.journal.watch(item)
        recurring = item["price"]["recurring"]
        world.journal.watch(item)
        item.pop("_billed", None)
        item["current_period_start"] = now
        item["current_period_end"] = calendar.add(now, recurring["interval"], recurring["interval_count"])
    cycles.plan_cycle(world, row)
    invoice_now(call, row, with_cycle=True)


def _change_item(world: World, row: Body, sent: dict[str, Any], param: str, at: int, *, prorated: bool) -> list[Body]:
    if "id" not in sent:
        add_item(
            world,
            row,
            sent,
            price_of(world, sent, param),
            row["trial_end"] if row["status"] == "trialing" else None,
            param,
        )
        return []
    item = found(world.subscription_items, sent["id"], "subscription item", f"{param}[id]", status=400)
    world.journal.watch(item)
    old = prorations.part_of(item)
    if sent.get("deleted"):
        made = prorations.prorate(world, row, item, old, None, at) if prorated else []
        world.subscription_items.remove(item)
        return made
    price = price_of(world, sent, param) if {"price", "price_data", "plan"} & sent.keys() else item["price"]
    quantity: int = sent["quantity"] if "quantity" in sent else item["quantity"]
    new = prorations.Part(price, quantity, _sent_rates(world, item, sent, param))
    merge_metadata(item, sent.get("metadata"))
    if "discounts" in sent:
        kept = _sent_discounts(world, row, item, sent, param)
        discounts.drop(world, [one for one in item["discounts"] if one not in kept])
        item["discounts"] = kept
    if (new.price["id"], *new[1:]) == (old.price["id"], *old[1:]):
        return []
    until = _until(row, item, new, at)
    if prorated:
        made = prorations.prorate(world, row, item, old, new, at, until)
        item.pop("_billed", None)
    else:
        made = []
        prorations.keep_billed(row, item, old)
    item["price"], item["quantity"] = new.price, new.quantity
    _set_rates(world, item, new.tax_rates)
    if until != item["current_period_end"]:
        item["current_period_end"] = until
        cycles.plan_cycle(world, row)
    return made


def _sent_rates(world: World, item: Body, sent: dict[str, Any], param: str) -> tuple[str, ...]:
    """Other tax rates make prorations, as another price does (recorded at 2020-08-27)."""
    if "tax_rates" not in sent:
        return tuple(item["_tax_rates"])
    return tuple(rates.checked_rates(world, sent["tax_rates"], f"{param}[tax_rates]"))


def _set_rates(world: World, item: Body, tax_rates: tuple[str, ...]) -> None:
    item["_tax_rates"] = list(tax_rates)
    item["tax_rates"] = [items.drop_private(world.tax_rates.rows[one]) for one in tax_rates]


def _until(row: Body, item: Body, new: prorations.Part, at: int) -> int:
    """When the period of the changed item ends: where it did, unless the interval is another one."""
    old, recurring = item["price"]["recurring"], new.price["recurring"]
    if (old["interval"], old["interval_count"]) == (recurring["interval"], recurring["interval_count"]):
        return int(item["current_period_end"])
    return calendar.period_after(row["billing_cycle_anchor"], recurring["interval"], recurring["interval_count"], at)


def invoice_now(call: Call, row: Body, *, with_cycle: bool = False) -> None:
    """What is pending is billed at once; ``with_cycle`` also the cycle that begins now."""
    world = call.world
    now = world.now()
    begin = cycles.items_of(world, row)[0]["current_period_start"]
    invoice = cycles.draft_for(world, row, "subscription_update", begin, now)
    if with_cycle:
        first = cycles.items_of(world, row)[0]
        cycles.put_lines(world, invoice, row, first["current_period_start"], first["current_period_end"])
    cycles.finish(world, row, invoice)
    if row["collection_method"] == "send_invoice":
        cycles.advance_later(world, invoice)
        return
    invoice["auto_advance"] = True
    finalization.finalize_draft(world, invoice, cycles.payment_description(invoice))
    if invoice["status"] == "open":
        method = collection.resolved_method(world, invoice)
        if method is not None:
            collection.attempt(world, invoice, method, call.version)
        world.journal.tell("invoice.finalized", invoice)
    else:
        finalization.tell_finalized(world, invoice)
    if invoice["status"] == "open":
        cycles.payment_failed(world, invoice)
