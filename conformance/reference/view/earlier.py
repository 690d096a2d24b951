"""What earlier versions showed of an object: each function changes what is ``shown`` of the stored ``row`` to what it
was before one change of the API. Which version shows what is in ``view.eras``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conformance.reference.model import money

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def public(row: Body) -> Body:
    return {key: value for key, value in row.items() if key[0] != "_"}


def discount(_world: World, row: Body, shown: Body) -> None:
    """INV-VER-010, INV-LST-017: the coupon itself instead of its source."""
    del shown["source"]
    shown["coupon"] = public(row["_coupon"])


def promotion_code(_world: World, row: Body, shown: Body) -> None:
    """INV-CRE-053: the coupon itself instead of the promotion."""
    del shown["promotion"]
    shown["coupon"] = public(row["_coupon"])


def customer(world: World, row: Body, shown: Body) -> None:
    if row["discount"]:
        shown["discount"] = public(row["discount"])
        discount(world, row["discount"], shown["discount"])


def invoice(world: World, row: Body, shown: Body) -> None:
    """INV-VER-001..006, INV-PAY-038."""
    intent = world.payment_intents.get(row["_intent"] or "")
    charged = intent is not None and not row["_paid_out_of_band"]
    details = (row["parent"] or {}).get("subscription_details") or {}
    shown.update(
        application_fee_amount=None,
        charge=intent["latest_charge"] if intent is not None and charged else None,
        discount=only_discount(world, row),
        paid=row["status"] == "paid",
        paid_out_of_band=row["_paid_out_of_band"],
        payment_intent=row["_intent"] if charged else None,
        quote=None,
        subscription=details.get("subscription"),
        subscription_details={"metadata": details.get("metadata")},
        tax=sum(tax["amount"] for tax in row["total_taxes"]) if row["total_taxes"] else None,
        total_tax_amounts=[tax_amount(tax) for tax in row["total_taxes"]],
        transfer_data=None,
    )
    if row["_paid_out_of_band"]:  # INV-PAY-018, INV-VER-012
        shown.update(amount_paid=row["amount_paid"] - row["_off_stripe"], amount_remaining=row["_off_stripe"])
    for line in shown["lines"]["data"]:
        line_item(world, row, line)


def _first_discount(world: World, row: Body) -> Body | None:
    if not row["discounts"]:
        return None
    found = world.discounts.rows[row["discounts"][0]]
    shown = public(found)
    discount(world, found, shown)
    return shown


def only_discount(world: World, row: Body) -> Body | None:
    """An invoice with several discounts shows none of them here."""
    return _first_discount(world, row) if len(row["discounts"]) == 1 else None


def tax_amount(tax: Body) -> Body:
    reason = tax["taxability_reason"]
    return {
        "amount": tax["amount"],
        "inclusive": tax["tax_behavior"] == "inclusive",
        "tax_rate": tax["tax_rate_details"]["tax_rate"],
        "taxability_reason": None if reason == "not_available" else reason,
        "taxable_amount": tax["taxable_amount"],
    }


def _rate_objects(world: World, shown: Body, item: str | None) -> list[Body]:
    """The rates of a line as they were when they were put on it (INV-EDT-029). Those that were made for amounts the
    client worked out are none of them (INV-ARI-028).
    """
    held = world.items.get(item or "")
    invoice = world.invoices.get(shown["invoice"]) or {"default_tax_rates": []}
    known = {rate["id"]: rate for rate in (*invoice["default_tax_rates"], *(held["tax_rates"] if held else ()))}
    ids = [tax["tax_rate_details"]["tax_rate"] for tax in shown["taxes"]]
    rows = [known.get(one) or world.tax_rates.rows[one] for one in ids]
    return [public(row) for row in rows if "_automatic" not in row]


def line_item(world: World, _row: Body, shown: Body) -> None:
    """INV-VER-007."""
    parent = shown["parent"]
    details = parent[parent["type"]]
    inclusive = sum(tax["amount"] for tax in shown["taxes"] if tax["tax_behavior"] == "inclusive")
    from_item = details["invoice_item"]
    shown.update(
        amount_excluding_tax=shown["amount"] - inclusive,
        **_priced(world, shown["pricing"]),
        proration=details["proration"],
        proration_details=details["proration_details"],
        subscription=details["subscription"],
        tax_amounts=[tax_amount(tax) for tax in shown["taxes"]],
        tax_rates=_rate_objects(world, shown, from_item),
        type="invoiceitem" if from_item else "subscription",
        unit_amount_excluding_tax=_each(shown["amount"] - inclusive, shown["quantity"]),
    )
    if from_item:
        shown["invoice_item"] = from_item
    if details.get("subscription_item"):
        shown["subscription_item"] = details["subscription_item"]


def _each(amount: int, quantity: int | None) -> str:
    each = Decimal(amount) / (quantity or 1)
    return money.plain(each.quantize(Decimal("1.000000000000")))


def _priced(world: World, pricing: Body | None) -> Body:
    """``price`` and ``plan`` as objects."""
    price = world.prices.get(pricing["price_details"]["price"]) if pricing else None
    if price is None:
        return {"price": None, "plan": None}
    shown = public(price)
    price_usage(world, price, shown)
    return {"price": shown, "plan": {**plan(price), "aggregate_usage": None} if price["recurring"] else None}


def price_usage(_world: World, row: Body, shown: Body) -> None:
    """Usage was once aggregated by the price itself."""
    if row["recurring"]:
        shown["recurring"] = {"aggregate_usage": None, **row["recurring"]}


def plan_usage(_world: World, _row: Body, shown: Body) -> None:
    shown["aggregate_usage"] = None


def subscription_item(world: World, _row: Body, shown: Body) -> None:
    price_usage(world, shown["price"], shown["price"])
    shown["plan"] = {**shown["plan"], "aggregate_usage": None}


def invoiceitem(world: World, row: Body, shown: Body) -> None:
    """INV-VER-008."""
    unit = row["pricing"]["unit_amount_decimal"]
    shown.update(
        **_priced(world, row["pricing"]),
        subscription=row["_subscription"],
        unit_amount=None if unit is None or "." in unit else int(unit),
        unit_amount_decimal=unit,
    )
    if row["_subscription_item"]:
        shown["subscription_item"] = row["_subscription_item"]


def names_its_invoice(_world: World, row: Body, shown: Body) -> None:
    shown["invoice"] = row["_invoice"]


def unreferred(_world: World, row: Body, shown: Body) -> None:
    """INV-PAY-034: once only the intents of subscriptions named their invoice so."""
    if "_referred" in row:
        del shown["payment_details"]


def charges(world: World, row: Body, shown: Body) -> None:
    """An intent once listed its charges, of which it held only the newest; a charge listed its refunds."""
    made = world.charges.of("payment_intent", row["id"])
    newest = [_charge(world, one) for one in made[-1:]]
    shown["charges"] = _listed(newest, f"/v1/charges?payment_intent={row['id']}", len(made))


def _charge(world: World, row: Body) -> Body:
    shown = public(row)
    names_its_invoice(world, row, shown)
    refunds(world, row, shown)
    return shown


def refunds(world: World, row: Body, shown: Body) -> None:
    made = [public(one) for one in world.refunds.of("charge", row["id"])]
    shown["refunds"] = _listed(made[::-1], f"/v1/charges/{row['id']}/refunds", len(made))


def _listed(shown: list[Body], url: str, count: int) -> Body:
    return {"object": "list", "data": shown, "has_more": count > len(shown), "total_count": count, "url": url}


def credit_note(world: World, row: Body, shown: Body) -> None:
    """INV-VER-011."""
    shown["refund"] = row["refunds"][0]["refund"] if row["refunds"] else None
    shown["tax_amounts"] = [tax_amount(tax) for tax in row["total_taxes"]]
    if shown["type"] == "mixed":
        shown["type"] = "post_payment"
    for line in shown["lines"]["data"]:
        credit_note_line_item(world, row, line)


def credit_note_line_item(_world: World, _row: Body, shown: Body) -> None:
    inclusive = sum(tax["amount"] for tax in shown["taxes"] if tax["tax_behavior"] == "inclusive")
    shown["amount_excluding_tax"] = shown["amount"] - inclusive
    shown["tax_amounts"] = [tax_amount(tax) for tax in shown["taxes"]]
    shown["unit_amount_excluding_tax"] = _each(shown["amount"] - inclusive, shown["quantity"])


def subscription(world: World, row: Body, shown: Body) -> None:
    """INV-VER-021."""
    items = shown["items"]["data"]
    for item in items:
        subscription_item(world, item, item)
    shown["plan"] = items[0]["plan"] if len(items) == 1 else None
    shown.update(
        current_period_end=items[0]["current_period_end"] if items else None,
        current_period_start=items[0]["current_period_start"] if items else None,
        discount=_first_discount(world, row),
    )


def rendering_options(_world: World, _row: Body, shown: Body) -> None:
    """INV-VER-013."""
    shown["rendering_options"] = None


def plan(price: Body) -> Body:
    """The older face of a recurring price."""
    recurring: dict[str, Any] = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "meter": recurring["meter"],
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": price["tiers_mode"],
        "transform_usage": price["transform_quantity"],
        "trial_period_days": recurring["trial_period_days"],
        "usage_type": recurring["usage_type"],
    }
