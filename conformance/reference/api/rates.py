"""Tax rates, coupons, promotion codes, and the discounts made from them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conformance.reference.api.call import Call, clean_metadata, found, merge_metadata, or_none, stub
from conformance.reference.api.catalog import currency_of
from conformance.reference.model.problems import exclusive, missing_object, missing_param, problem, refused
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: INV-CRE-034.
MOST_RATES = 5
MOST_RATES_THEN = 10  # recorded at 2020-08-27


def create_tax_rate(call: Call) -> Body:
    sent = call.params
    percentage: Decimal = sent["percentage"]
    if not 0 <= percentage <= 100 or percentage != percentage.quantize(Decimal("0.0001")):
        raise problem(
            "Tax rate percentages must be between 0 and 100 with at most 4 decimal places.", param="percentage"
        )
    row: Body = {
        "id": call.world.new("txr_"),
        "object": "tax_rate",
        "active": sent.get("active", True),
        "country": sent.get("country"),
        "created": call.world.now(),
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
    return call.world.tax_rates.add(row)


def retrieve_tax_rate(call: Call) -> Body:
    return found(call.world.tax_rates, call.ids[0], "tax rate", "tax_rate")


def update_tax_rate(call: Call) -> Body:
    """INV-EDT-029: invoices that use the rate do not move."""
    row = retrieve_tax_rate(call)
    for name in ("active", "country", "description", "display_name", "jurisdiction", "state", "tax_type"):
        if name in call.params:
            row[name] = or_none(call.params[name])
    merge_metadata(row, call.get("metadata"))
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
    most = MOST_RATES if world.version >= "2022-08-01" else MOST_RATES_THEN
    if len(sent) > most:
        raise refused("POST /v1/invoices", "too-many-tax-rates", f"You cannot apply more than {most} tax rates here.")
    return [
        found(world.tax_rates, one, "tax rate", f"{param}[{index}]", status=400)["id"] for index, one in enumerate(sent)
    ]


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
    return found(call.world.coupons, call.ids[0], "coupon", "coupon")


def update_coupon(call: Call) -> Body:
    row = retrieve_coupon(call)
    if "name" in call.params:
        row["name"] = or_none(call.params["name"])
    merge_metadata(row, call.get("metadata"))
    return row


def delete_coupon(call: Call) -> Body:
    row = retrieve_coupon(call)
    call.world.coupons.remove(row)
    call.world.journal.tell("coupon.deleted", row)
    return stub(row)


def list_coupons(call: Call) -> Body:
    return pages.page(call.world.coupons, call.params, "/v1/coupons", noun="coupon")


def discounts(world: World, sent: Any, owner: Body, *, param: str = "discounts", once: bool = True) -> list[str]:
    """Discounts of ``owner`` (an invoice or an item) from coupons, promotion codes or its own earlier discounts
    (INV-CRE-029..032, INV-OBJ-042).
    """
    made = []
    for index, one in enumerate(sent or ()):
        name = f"{param}[{index}]"
        if len(one) != 1:
            raise exclusive("coupon", "discount", "promotion_code", param=name)
        made.append(one.get("discount"))
        if "discount" in one:
            _own_discount(world, one["discount"], owner, f"{name}[discount]")
            continue
        code = (
            found(world.promotion_codes, one["promotion_code"], "promotion code", f"{name}[promotion_code]", status=400)
            if "promotion_code" in one
            else None
        )
        coupon = found(
            world.coupons,
            code["promotion"]["coupon"] if code else one["coupon"],
            "coupon",
            f"{name}[coupon]",
            status=400,
        )
        if once and coupon["duration"] == "repeating":  # INV-CRE-030
            message = f"Coupon {coupon['id']} has `duration=repeating` and cannot be applied to one-time objects."
            raise refused("POST /v1/invoices", "repeating-coupon", message)
        if not coupon["valid"]:
            raise problem(f"Coupon expired: {coupon['id']}", code="coupon_expired", param=f"{name}[coupon]")
        made[-1] = discount(world, coupon, owner, code)["id"]
    coupons = [world.discounts.rows[one]["_coupon"]["id"] for one in made if one]
    if len(set(coupons)) < len(coupons):
        raise problem("You may not apply the same coupon more than once.", param=param)
    return [one for one in made if one]


def by_coupon(sent: dict[str, Any]) -> list[dict[str, str]]:
    """The ``coupon`` and ``promotion_code`` parameters of versions before basil, as ``discounts``."""
    return [{name: sent[name]} for name in ("coupon", "promotion_code") if sent.get(name)]


def _own_discount(world: World, identifier: str, owner: Body, param: str) -> None:
    """INV-CRE-031: a discount can be reused on the object it was made for, while it is there."""
    known = world.discounts.get(identifier)
    holder = known and (known["invoice"] or known["invoice_item"] or known["subscription"])
    if known is None or holder not in (None, owner["id"]):
        raise missing_object("discount", identifier, param, status=400)


def discount(world: World, coupon: Body, owner: Body, code: Body | None = None) -> Body:
    """A new discount; the coupon counts it."""
    kind = owner["object"]
    customer = owner["id"] if kind == "customer" else owner.get("customer")
    world.journal.watch(coupon)
    coupon["times_redeemed"] += 1
    if coupon["max_redemptions"] and coupon["times_redeemed"] >= coupon["max_redemptions"]:
        coupon["valid"] = False
    row: Body = {
        "id": world.new("di_"),
        "object": "discount",
        "checkout_session": None,
        "customer": customer,
        "customer_account": None,
        "end": None,
        "invoice": owner["id"] if kind == "invoice" else None,
        "invoice_item": owner["id"] if kind == "invoiceitem" else None,
        "promotion_code": code["id"] if code else None,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": world.now(),
        "subscription": owner["id"] if kind == "subscription" else None,
        "subscription_item": None,
        "_coupon": coupon,
    }
    world.discounts.add(row)
    world.journal.tell("customer.discount.created", row)
    return row


def drop(world: World, identifiers: list[str]) -> None:
    """Discounts that are taken off an object (INV-EVT-020). They stay readable where an invoice still names them; the
    customer's own goes on for others (INV-CRE-029).
    """
    for one in identifiers:
        row = world.discounts.get(one)
        inherited = row is not None and not (row["invoice"] or row["invoice_item"] or row["subscription"])
        if row is not None and row["customer"] is not None and not inherited:
            world.journal.tell("customer.discount.deleted", row)
