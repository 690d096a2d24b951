"""Tax rates and coupons. What is made of coupons is in ``api.discounts``."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conformance.reference.api.call import Call, clean_metadata, found, merge_metadata, or_none, stub
from conformance.reference.api.prices import currency_of
from conformance.reference.model.problems import exclusive, missing_param, problem, refused
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: INV-CRE-034.
MOST_RATES = 5
MOST_RATES_THEN = 10  # recorded at 2020-08-27


def create_tax_rate(call: Call) -> Body:
    row = make_tax_rate(call.world, call.params)
    call.world.journal.tell("tax_rate.created", row)
    return row


def make_tax_rate(world: World, sent: dict[str, Any]) -> Body:
    percentage: Decimal = sent["percentage"]
    if not 0 <= percentage <= 100 or percentage != percentage.quantize(Decimal("0.0001")):
        raise problem(
            "Tax rate percentages must be between 0 and 100 with at most 4 decimal places.", param="percentage"
        )
    row: Body = {
        "id": world.new("txr_"),
        "object": "tax_rate",
        "active": sent.get("active", True),
        "country": sent.get("country"),
        "created": world.now(),
        "description": or_none(sent.get("description")),
        "display_name": sent["display_name"],
        "effective_percentage": None,
        "flat_amount": None,
        "inclusive": sent["inclusive"],
        "jurisdiction": or_none(sent.get("jurisdiction")),
        "jurisdiction_level": None,
        "livemode": False,
        "metadata": clean_metadata(sent.get("metadata")),
        "percentage": float(percentage),
        "rate_type": "percentage",
        "state": or_none(sent.get("state")),
        "tax_type": sent.get("tax_type"),
        "_percentage": percentage,
    }
    return world.tax_rates.add(row)


def retrieve_tax_rate(call: Call) -> Body:
    return found(call.world.tax_rates, call.ids[0], "tax rate", "tax_rate")


def update_tax_rate(call: Call) -> Body:
    """INV-EDT-029: invoices that use the rate do not move."""
    row = retrieve_tax_rate(call)
    call.world.journal.watch(row)
    for name in ("active", "country", "description", "display_name", "jurisdiction", "state", "tax_type"):
        if name in call.params:
            row[name] = or_none(call.params[name])
    merge_metadata(row, call.get("metadata"))
    call.world.journal.tell("tax_rate.updated", row)
    return row


def list_tax_rates(call: Call) -> Body:
    wanted = {name: call.params[name] for name in ("active", "inclusive") if name in call.params}
    return pages.page(
        call.world.tax_rates,
        call.params,
        "/v1/tax_rates",
        noun="tax rate",
        keep=lambda row: all(row[name] is value for name, value in wanted.items()),
    )


def checked_rates(world: World, sent: Any, param: str) -> list[str]:
    """Ids of known tax rates, few enough (INV-CRE-034)."""
    if not sent:
        return []
    most = MOST_RATES if world.asked >= "2022-08-01" else MOST_RATES_THEN
    if len(sent) > most:
        raise refused("POST /v1/invoices", "too-many-tax-rates", f"You cannot apply more than {most} tax rates here.")
    rows = [found(world.tax_rates, one, "tax rate", f"{param}[{index}]", status=400) for index, one in enumerate(sent)]
    if any("_automatic" in row for row in rows):
        raise problem("Tax rates that were created automatically cannot be used directly.", param=param)
    return [row["id"] for row in rows]


def create_coupon(call: Call) -> Body:
    sent = call.params
    if "percent_off" in sent and "amount_off" in sent:
        raise exclusive("percent_off", "amount_off")
    if "percent_off" not in sent and "amount_off" not in sent:
        raise missing_param("percent_off")
    if "amount_off" in sent and "currency" not in sent:
        raise missing_param("currency")
    if sent.get("duration") == "repeating" and "duration_in_months" not in sent:
        raise missing_param("duration_in_months")
    if "percent_off" in sent and not 0 < sent["percent_off"] <= 100:
        raise problem("Invalid percent_off: must be greater than 0 and at most 100.", param="percent_off")
    if sent.get("id", "") in call.world.coupons:
        raise problem("Coupon already exists.", code="resource_already_exists", param="id")
    row: Body = {
        "id": sent.get("id") or call.world.new(""),
        "object": "coupon",
        "amount_off": sent.get("amount_off"),
        "created": call.world.now(),
        "currency": currency_of(sent["currency"]) if "amount_off" in sent else None,
        "duration": sent.get("duration", "once"),
        "duration_in_months": sent.get("duration_in_months"),
        "livemode": False,
        "max_redemptions": sent.get("max_redemptions"),
        "metadata": clean_metadata(sent.get("metadata")),
        "name": or_none(sent.get("name")),
        "percent_off": float(sent["percent_off"]) if "percent_off" in sent else None,
        "redeem_by": sent.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
        "_applies_to": sent.get("applies_to"),
    }
    call.world.coupons.add(row)
    call.world.journal.tell("coupon.created", row)
    return row


def retrieve_coupon(call: Call) -> Body:
    return current(call.world, found(call.world.coupons, call.ids[0], "coupon", "coupon"))


def current(world: World, row: Body) -> Body:
    """The coupon as it is now: after ``redeem_by`` it is not valid any more."""
    if row["valid"] and row["redeem_by"] is not None and row["redeem_by"] <= world.now():
        world.journal.watch(row)
        row["valid"] = False
    return row


def update_coupon(call: Call) -> Body:
    row = retrieve_coupon(call)
    call.world.journal.watch(row)
    if "name" in call.params:
        row["name"] = or_none(call.params["name"])
    merge_metadata(row, call.get("metadata"))
    call.world.journal.tell("coupon.updated", row)
    return row


def delete_coupon(call: Call) -> Body:
    row = retrieve_coupon(call)
    call.world.coupons.remove(row)
    call.world.journal.tell("coupon.deleted", row)
    return stub(row)


def list_coupons(call: Call) -> Body:
    return pages.page(call.world.coupons, call.params, "/v1/coupons", noun="coupon")
