"""Discounts: what a coupon or a promotion code becomes on a customer, a subscription, an invoice or an item
(INV-CRE-029..032, INV-OBJ-042).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import promotion_codes, rates
from conformance.reference.api.call import Call, found
from conformance.reference.model import calendar
from conformance.reference.model.problems import exclusive, missing_object, problem, refused

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def apply(
    world: World, sent: Any, owner: Body, *, param: str = "discounts", once: bool = True, counts: bool = True
) -> list[str]:
    """Discounts of ``owner`` from coupons, promotion codes or its own earlier discounts. ``once``: the owner is billed
    one time, so that no coupon can repeat (INV-CRE-030). ``param`` empty: they were sent by ``coupon`` and
    ``promotion_code`` themselves. ``counts`` False: nothing is redeemed, it is looked at.
    """
    made = []
    for index, one in enumerate(sent or ()):
        name = f"{param}[{index}]" if param else ""
        if len(one) != 1:
            raise exclusive("coupon", "discount", "promotion_code", param=name)
        if "discount" in one:
            _check_own(world, one["discount"], owner, _inside(name, "discount"))
            made.append(one["discount"])
            continue
        coupon, code = _redeemable(world, one, owner, name)
        if once and coupon["duration"] == "repeating":
            message = f"Coupon {coupon['id']} has `duration=repeating` and cannot be applied to one-time objects."
            raise refused("POST /v1/invoices", "repeating-coupon", message)
        if counts:
            redeem(world, coupon, code)
        row = make(world, coupon, owner, code)
        made.append(row["id"])
        if counts:
            world.journal.tell("customer.discount.created", row)
    coupons = [world.discounts.rows[one]["_coupon"]["id"] for one in made if one]
    if len(set(coupons)) < len(coupons):
        raise problem("You may not apply the same coupon more than once.", param=param)
    return [one for one in made if one]


def _redeemable(world: World, sent: dict[str, Any], owner: Body, name: str) -> tuple[Body, Body | None]:
    """The coupon, and the promotion code that stands for it. Raise what keeps them from being redeemed."""
    code = None
    if "promotion_code" in sent:
        param = _inside(name, "promotion_code")
        code = found(world.promotion_codes, sent["promotion_code"], "promotion code", param, status=400)
        promotion_codes.check(world, code, owner, param)
    identifier = code["promotion"]["coupon"] if code else sent["coupon"]
    param = _inside(name, "coupon")
    coupon = rates.current(world, found(world.coupons, identifier, "coupon", param, status=400))
    if not coupon["valid"]:
        raise problem(f"Coupon expired: {coupon['id']}", code="coupon_expired", param=param)
    return coupon, code


def _inside(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key


def by_coupon(sent: dict[str, Any]) -> list[dict[str, str]]:
    """The ``coupon`` and ``promotion_code`` parameters of versions before basil, as ``discounts``."""
    return [{name: sent[name]} for name in ("coupon", "promotion_code") if sent.get(name)]


def _check_own(world: World, identifier: str, owner: Body, param: str) -> None:
    """INV-CRE-031: a discount can be reused on the object it was made for, while it is there."""
    known = world.discounts.get(identifier)
    if known is None or "_dropped" in known or _holder(known) not in (None, owner["id"]):
        raise missing_object("discount", identifier, param, status=400)


def redeem(world: World, coupon: Body, code: Body | None) -> None:
    """The coupon counts its discounts, and so does the promotion code."""
    world.journal.watch(coupon)
    coupon["times_redeemed"] += 1
    if coupon["max_redemptions"] and coupon["times_redeemed"] >= coupon["max_redemptions"]:
        coupon["valid"] = False
    if code is not None:
        promotion_codes.count(world, code)


def make(world: World, coupon: Body, owner: Body, code: Body | None = None) -> Body:
    """A new discount."""
    kind = owner["object"]
    now = world.now()
    row: Body = {
        "id": world.new("di_"),
        "object": "discount",
        "checkout_session": None,
        "customer": owner["id"] if kind == "customer" else owner.get("customer"),
        "customer_account": None,
        "end": _end(coupon, now),
        "invoice": owner["id"] if kind == "invoice" else None,
        "invoice_item": owner["id"] if kind == "invoiceitem" else None,
        "promotion_code": code["id"] if code else None,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": now,
        "subscription": owner["id"] if kind == "subscription" else None,
        "subscription_item": owner["id"] if kind == "subscription_item" else None,
        "_coupon": coupon,
    }
    return world.discounts.add(row)


def _end(coupon: Body, now: int) -> int | None:
    """Recorded: three months after its start for a coupon of three months."""
    return calendar.add(now, "month", coupon["duration_in_months"]) if coupon["duration"] == "repeating" else None


def stands(world: World, identifier: str) -> bool:
    """False once the months of a repeating coupon are over."""
    end = world.discounts.rows[identifier]["end"]
    return end is None or end > world.now()


def drop(world: World, identifiers: list[str]) -> None:
    """Discounts that are taken off an object (INV-EVT-020). They stay readable where an invoice still names them; the
    customer's own goes on for others (INV-CRE-029).
    """
    for one in identifiers:
        row = world.discounts.get(one)
        if row is not None and row["customer"] is not None and _holder(row) is not None:
            world.journal.watch(row)
            row["_dropped"] = True
            world.journal.tell("customer.discount.deleted", row)


def _holder(row: Body) -> str | None:
    """What the discount was made for; None where that is the customer."""
    holder: str | None = row["invoice"] or row["invoice_item"] or row["subscription"] or row["subscription_item"]
    return holder


def replace(world: World, old: list[str], new: list[str]) -> None:
    """One discount takes the place of one other: recorded as an update of the discount, not as an end and a
    beginning. Any other change is told as it is.
    """
    gone = [world.discounts.rows[one] for one in old if one not in new]
    fresh = [world.discounts.rows[one] for one in new if one not in old]
    if len(gone) == len(fresh) == 1:
        world.journal.replaces(fresh[0], gone[0], "customer.discount.created", "customer.discount.updated")
        return
    for row in gone:
        world.journal.tell("customer.discount.deleted", row)


def of_subscription(world: World, row: Body, sent: dict[str, Any]) -> list[str]:
    """Versions before basil name one coupon or promotion code; ``discounts`` is a list in all of them."""
    named = by_coupon(sent)
    if named:
        return apply(world, named, row, param="", once=False)
    return apply(world, sent.get("discounts"), row, once=False)


def change_of_subscription(world: World, row: Body, sent: dict[str, Any]) -> None:
    """INV-EVT-031: another coupon is told as an update of the discount."""
    old = row["discounts"]
    if "coupon" in sent or "promotion_code" in sent:
        row["discounts"] = of_subscription(world, row, sent)
        replace(world, old, row["discounts"])
    elif "discounts" in sent:
        row["discounts"] = of_subscription(world, row, sent)
        drop(world, [one for one in old if one not in row["discounts"]])


def delete_of_customer(call: Call) -> Body:
    """``DELETE /v1/customers/{id}/discount``."""
    world = call.world
    row = found(world.customers, call.ids[0], "customer", "customer")
    discount = row["discount"]
    if discount is None:
        raise _none(f"customer: {row['id']}")
    world.journal.watch(row)
    row["discount"] = None
    world.journal.tell("customer.discount.deleted", discount)
    return _gone(discount)


def delete_of_subscription(call: Call) -> Body:
    """``DELETE /v1/subscriptions/{id}/discount``."""
    world = call.world
    row = found(world.subscriptions, call.ids[0], "subscription", "subscription_exposed_id")
    if not row["discounts"]:
        raise _none(f"subscription {row['id']} on customer {row['customer']}")
    world.journal.watch(row)
    discount = world.discounts.rows[row["discounts"][0]]
    for one in row["discounts"]:
        world.journal.tell("customer.discount.deleted", world.discounts.rows[one])
    row["discounts"] = []
    world.journal.tell("customer.subscription.updated", row)
    return _gone(discount)


def _gone(discount: Body) -> Body:
    """What is shown of a discount that is deleted: itself, without its end."""
    return {**{name: value for name, value in discount.items() if name != "end"}, "deleted": True}


def _none(holder: str) -> Exception:
    return problem(f"No active discount for {holder}", code="resource_missing", status=404)
