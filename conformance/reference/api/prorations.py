"""Changing a subscription in the middle of a cycle: what was paid and not used comes back, what is left of the new
price is due (INV-ARI-049..053).
"""

from __future__ import annotations

from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.reference.api import items, prices
from conformance.reference.model.calendar import day_text

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


class Part(NamedTuple):
    """A price and a quantity of it, and the tax rates of its own."""

    price: Body
    quantity: int
    tax_rates: tuple[str, ...] = ()

    @property
    def amount(self) -> int:
        return prices.amount_of(self.price, Decimal(self.quantity))


def part_of(item: Body) -> Part:
    """A subscription item as it is."""
    return Part(item["price"], item["quantity"], tuple(item["_tax_rates"]))


def rounded(amount: Decimal) -> int:
    """The nearest integer; exact halves towards minus infinity (INV-ARI-050)."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_DOWN if amount >= 0 else ROUND_HALF_UP))


def prorate(
    world: World, subscription: Body, item: Body, old: Part, new: Part | None, at: int, until: int = 0
) -> list[Body]:
    """Two pending items, the credit and the charge (INV-SUB-014..016, INV-ARI-051). ``new`` None: the item is given
    up. Nothing is charged for nothing.
    """
    begin, end = item["current_period_start"], item["current_period_end"]
    left = Decimal(max(0, end - at)) / (end - begin)
    made = []
    if new is not None and new.quantity:
        until = until or end
        ahead = Decimal(max(0, until - at)) / (until - begin)
        made.append(_item(world, subscription, item, new, rounded_share(new, ahead), "Remaining", at, until))
    old = billed(item, old)
    credit = _item(world, subscription, item, old, -rounded_share(old, left, credit=True), "Unused", at, end)
    credit["_credited"] = _credited(world, subscription, item, at)
    made.append(credit)  # the newer one: it stands above the charge
    for row in made:
        world.journal.tell("invoiceitem.created", row)
    return made


def billed(item: Body, old: Part) -> Part:
    """What comes back: ``old``, or what was billed before a change that was not (INV-SUB-042)."""
    kept = item.get("_billed")
    if kept is None or kept["start"] != item["current_period_start"]:
        return old
    return Part(kept["price"], kept["quantity"], old.tax_rates)


def keep_billed(subscription: Body, item: Body, old: Part) -> None:
    """``item`` is about to change without a proration. Classic billing forgets what was billed."""
    if subscription["billing_mode"]["type"] == "flexible":
        price, quantity, _ = billed(item, old)
        item["_billed"] = {"price": price, "quantity": quantity, "start": item["current_period_start"]}


def _credited(world: World, subscription: Body, item: Body, at: int) -> Body | None:
    """Which line the credit takes back: the last one that billed the item for this period (INV-OBJ-028)."""
    for invoice in reversed(world.invoices.of("_subscription", subscription["id"])):
        for line in invoice["_lines"]:
            details = line["parent"]["subscription_item_details"] or {}
            inside = line["period"]["start"] <= at < line["period"]["end"] and line["amount"] > 0
            if details.get("subscription_item") == item["id"] and inside:
                return {"invoice": invoice["id"], "invoice_line_items": [line["id"]]}
    return None


def rounded_share(part: Part, left: Decimal, *, credit: bool = False) -> int:
    """``part`` for what is left of the period. A credit is rounded as the negative amount it becomes."""
    share = part.amount * left
    return -rounded(-share) if credit else rounded(share)


def _item(world: World, subscription: Body, item: Body, part: Part, amount: int, word: str, at: int, end: int) -> Body:
    """A pending item that says it is a proration; it cannot be discounted (INV-OBJ-028, INV-ARI-014)."""
    quantity = f"{part.quantity} × " if part.quantity != 1 else ""
    customer = world.customers.rows[subscription["customer"]]
    sent: dict[str, Any] = {
        "amount": amount,
        "description": f"{word} time on {quantity}{prices.product_name(world, part.price)} after {day_text(at)}",
        "discountable": False,
        "period": {"end": end, "start": at},
        "tax_rates": part.tax_rates,
    }
    row = items.make(world, customer, subscription["currency"], sent)
    details = {"price": part.price["id"], "product": part.price["product"]}
    row.update(
        proration=True,
        quantity=part.quantity,
        quantity_decimal=str(part.quantity),
        pricing={"price_details": details, "type": "price_details", "unit_amount_decimal": None},
        parent={
            "subscription_details": {"subscription": subscription["id"], "subscription_item": item["id"]},
            "type": "subscription_details",
        },
        _subscription=subscription["id"],
        _subscription_item=item["id"],
    )
    return row
