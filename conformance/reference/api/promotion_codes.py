"""Promotion codes: the words customers type for a coupon, and who may redeem them (INV-CRE-053..058)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conformance.reference.api.call import Call, clean_metadata, found, merge_metadata
from conformance.reference.api.prices import amount_of, currency_of
from conformance.reference.model.problems import missing_param, problem
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

_CODE = re.compile(r"[a-zA-Z0-9\-_]+\Z")
YEARS_AHEAD = 5 * 366 * 86400
#: What an invoice is that says its customer has bought before.
_BOUGHT = ("open", "paid", "uncollectible")
_CANNOT = "This promotion code cannot be redeemed"


def create(call: Call) -> Body:
    """Of a coupon: ``promotion[coupon]`` since clover, ``coupon`` before (INV-CRE-053)."""
    world, sent = call.world, call.params
    coupon = _coupon(world, sent)
    customer = (
        found(world.customers, sent["customer"], "customer", "customer", status=400)["id"]
        if "customer" in sent
        else None
    )
    _check_times(world, coupon, sent)
    code = sent.get("code") or world.ids.token(8, upper=True)
    _check_code(world, code)
    row: Body = {
        "id": world.new("promo_"),
        "object": "promotion_code",
        "active": sent.get("active", True),
        "code": code,
        "created": world.now(),
        "customer": customer,
        "customer_account": None,
        "expires_at": sent.get("expires_at"),
        "livemode": False,
        "max_redemptions": sent.get("max_redemptions"),
        "metadata": clean_metadata(sent.get("metadata")),
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": _restrictions(sent.get("restrictions", {})),
        "times_redeemed": 0,
        "_coupon": coupon,
        "_word": code.lower(),
    }
    world.promotion_codes.add(row)
    world.journal.tell("promotion_code.created", row)
    return row


def _coupon(world: World, sent: dict[str, Any]) -> Body:
    if "promotion" not in sent:
        return found(world.coupons, sent["coupon"], "coupon", "coupon", status=400)
    if "coupon" not in sent["promotion"]:
        raise problem("You must pass promotion.coupon when passing promotion", param="promotion.coupon")
    return found(world.coupons, sent["promotion"]["coupon"], "coupon", "promotion[coupon]", status=400)


def _check_times(world: World, coupon: Body, sent: dict[str, Any]) -> None:
    """Nothing can be promised that the coupon does not keep (INV-CRE-057)."""
    at, most = sent.get("expires_at"), sent.get("max_redemptions")
    if at is not None and at <= world.now():
        message = f"This value must be in the future. You specified the value `{at}` which is in the past."
        raise problem(message, param="expires_at")
    if at is not None and at > world.now() + YEARS_AHEAD:
        raise problem("Invalid timestamp: can be no more than five years in the future.", param="expires_at")
    if at is not None and coupon["redeem_by"] is not None and at > coupon["redeem_by"]:
        raise problem("expires_at cannot be after the coupon's redeem_by.", param="expires_at")
    if most is not None and coupon["max_redemptions"] is not None and most > coupon["max_redemptions"]:
        raise problem("max_redemptions cannot be greater than the coupon's max_redemptions.", param="max_redemptions")


def _check_code(world: World, code: str) -> None:
    """INV-CRE-055: letters, digits, dashes; one active code of that name, whatever its case."""
    if not _CODE.match(code):
        pattern = r"/\A[a-zA-Z0-9\-_]+\z/"
        message = f"This value must match the regex pattern. ({pattern} does not match for the value {code})."
        raise problem(message, param="code")
    _refuse_twin(world, code)


def _refuse_twin(world: World, code: str) -> None:
    if any(is_active(world, one) for one in world.promotion_codes.of("_word", code.lower())):
        raise problem(f"An active promotion code with `code: {code}` already exists.")


def _restrictions(sent: dict[str, Any]) -> Body:
    """``minimum_amount`` and its currency come together."""
    for name, other in (
        ("minimum_amount", "minimum_amount_currency"),
        ("minimum_amount_currency", "minimum_amount"),
    ):
        if name in sent and other not in sent:
            raise missing_param(f"restrictions[{other}]")
    currency = sent.get("minimum_amount_currency")
    return {
        "first_time_transaction": sent.get("first_time_transaction", False),
        "minimum_amount": sent.get("minimum_amount"),
        "minimum_amount_currency": currency and currency_of(currency, "restrictions[minimum_amount_currency]"),
    }


def is_active(world: World, row: Body) -> bool:
    """Only while its coupon can be redeemed, and its own time and number allow it."""
    return bool(
        row["active"]
        and row["_coupon"]["valid"]
        and row["_coupon"]["id"] in world.coupons
        and (row["expires_at"] is None or row["expires_at"] > world.now())
        and not _used_up(row)
    )


def _used_up(row: Body) -> bool:
    return row["max_redemptions"] is not None and row["times_redeemed"] >= row["max_redemptions"]


def _current(world: World, row: Body) -> Body:
    """The code as it is now: time passes without a request."""
    if row["active"] and not is_active(world, row):
        world.journal.watch(row)
        row["active"] = False
    return row


def retrieve(call: Call) -> Body:
    return _current(call.world, found(call.world.promotion_codes, call.ids[0], "promotion code", "promotion_code"))


def update(call: Call) -> Body:
    """INV-CRE-056: on and off, and metadata; what it promises stays."""
    world = call.world
    row = retrieve(call)
    world.journal.watch(row)
    if call.get("active") and not row["active"]:
        _refuse_twin(world, row["code"])
    row["active"] = call.get("active", row["active"])
    if row["active"] and not is_active(world, row):
        raise problem("This promotion code cannot be activated because it can no longer be redeemed.", param="active")
    merge_metadata(row, call.get("metadata"))
    world.journal.tell("promotion_code.updated", row)
    return row


def listed(call: Call) -> Body:
    world, sent = call.world, call.params
    if "coupon" in sent:
        found(world.coupons, sent["coupon"], "coupon", "coupon", status=400)
    if "customer" in sent:
        found(world.customers, sent["customer"], "customer", "customer", status=400)
    wanted = {name: sent[name] for name in ("active", "code", "customer") if name in sent}

    def keep(row: Body) -> bool:
        shown = _current(world, row)
        return all(shown[name] == value for name, value in wanted.items()) and (
            "coupon" not in sent or row["promotion"]["coupon"] == sent["coupon"]
        )

    return pages.page(world.promotion_codes, sent, "/v1/promotion_codes", noun="promotion code", keep=keep)


def count(world: World, row: Body) -> None:
    """One redemption more; told before the discount that it made (recorded at 2020-08-27)."""
    world.journal.watch(row)
    row["times_redeemed"] += 1
    row["active"] = is_active(world, row)
    world.journal.tell("promotion_code.updated", row)


def check(world: World, row: Body, owner: Body, param: str) -> None:
    """Raise what keeps ``owner`` from redeeming the code (INV-CRE-057, INV-CRE-058)."""
    customer = owner["id"] if owner["object"] == "customer" else owner.get("customer")
    for broken, why in (
        (_used_up(row), "it has been used the maximum number of times."),
        (not is_active(world, row), "it is not active."),
        (row["customer"] not in (None, customer), "it belongs to another customer."),
        (_is_second(world, row, owner, customer), "the associated customer has prior transactions."),
    ):
        if broken:
            raise problem(f"{_CANNOT} because {why}", param=param)
    least, currency = row["restrictions"]["minimum_amount"], row["restrictions"]["minimum_amount_currency"]
    if least is None:
        return
    amount = _purchase(world, owner)
    if amount is None:
        what = "a customer" if owner["object"] == "customer" else "a subscription update"
        why = "it uses the `minimum_amount` restriction and the amount may change."
        raise problem(f"{_CANNOT} on {what} because {why}", param=param)
    if amount < least or currency != owner["currency"]:
        why = "the associated purchase does not meet the minimum amount requirement."
        raise problem(f"{_CANNOT} because {why}", param=param)


def _purchase(world: World, owner: Body) -> int | None:
    """What is bought, before discounts; None where that is not settled."""
    if owner["object"] == "invoice":
        return sum((int(line["amount"]) for line in owner["_lines"]), 0)
    if owner["object"] == "invoiceitem":
        return int(owner["amount"])
    if owner["object"] == "subscription_item":
        return amount_of(owner["price"], Decimal(owner["quantity"]))
    if owner["object"] == "subscription" and owner["latest_invoice"] is None:
        rows = world.subscription_items.of("subscription", owner["id"])
        return sum((amount_of(one["price"], Decimal(one["quantity"])) for one in rows), 0)
    return None


def _is_second(world: World, row: Body, owner: Body, customer: str | None) -> bool:
    """A code for first purchases. An invoice that is open counts as one, as users reported."""
    if not row["restrictions"]["first_time_transaction"] or customer is None:
        return False
    paid = any(one["paid"] for one in world.charges.of("customer", customer))
    invoices = world.invoices.of("customer", customer)
    return paid or any(one["status"] in _BOUGHT and one["id"] != owner["id"] for one in invoices)
