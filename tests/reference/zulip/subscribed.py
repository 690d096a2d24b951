"""Subscriptions of 2018: their plan is made again from what it shows, a customer has a card from the beginning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.reference.conftest import Client
from tests.reference.zulip.chains import AGAIN
from tests.reference.zulip.inferred import Own, Sent, customer
from tests.reference.zulip.recorded import Body, Flow, Recorded

CALLS = ("Subscription.create", "Subscription.save", "Subscription.delete")
CARD = "pm_card_visa"
#: ``8 user × Zulip Cloud Premium (at $80.00 / year)``
_LINE = re.compile(r"\d+ (?:(?P<unit_label>\S+) )?× (?P<name>.+) \(at .+\)")
_PLAN = ("currency", "nickname")


def subscribes(flow: Flow) -> bool:
    return bool(flow.of(*CALLS, "Invoice.upcoming"))


def created(flow: Flow) -> list[Recorded]:
    """The calls that made subscriptions; one that is not recorded is told by its line on the invoice to come."""
    found = flow.of("Subscription.create")
    for one in () if found else flow.of("Invoice.upcoming"):
        for line in one.body["lines"]["data"]:
            if line["plan"] and line["quantity"]:
                item = {"plan": line["plan"], "quantity": line["quantity"], "id": line.get("subscription_item", "")}
                body = {**one.body, "id": line["subscription"], "items": {"data": [item]}}
                return [Recorded("Subscription.create", AGAIN, 200, body, 0)]
    return found


def subscription(body: Body, own: Own) -> Sent:
    (item,) = body["items"]["data"]
    price = own("price_", item["plan"]["id"])
    params = {
        "customer": own("cus_", body["customer"]),
        "items": [{"price": price, "quantity": item["quantity"]}],
        "collection_method": body["billing"],
    }
    if body["billing"] == "send_invoice":
        params["days_until_due"] = body["days_until_due"] or 30
    return Sent(params, frozenset({"items.data[0].quantity", "quantity", "days_until_due"}))


def change(body: Body, own: Own) -> Sent:
    (item,) = body["items"]["data"]
    params = {"items": [{"id": own("si_", item["id"]), "quantity": item["quantity"]}]}
    return Sent(params, frozenset({"items.data[0].quantity", "quantity"}))


def make_plan(flow: Flow, plan: Body, api: Client, called: Callable[[str, str, str], None]) -> None:
    """The price of a plan and its product, whose name and unit a line of the invoice to come tells."""
    found = (_LINE.fullmatch(text) for text in _texts(flow))
    said = next((match.groupdict() for match in found if match), {"name": "a product"})
    product = api.make("/v1/products", **{key: value for key, value in said.items() if value})
    price = api.make(
        "/v1/prices",
        product=product["id"],
        unit_amount=plan["amount"],
        recurring={"interval": plan["interval"], "interval_count": plan["interval_count"]},
        **{key: plan[key] for key in _PLAN if plan[key]},
    )
    called("prod_", plan["product"], product["id"])
    called("price_", plan["id"], price["id"])


def _texts(flow: Flow) -> Iterator[str]:
    for one in flow.of("Invoice.upcoming", "Invoice.list"):
        for invoice in one.body["data"] if one.call == "Invoice.list" else [one.body]:
            yield from (line["description"] for line in invoice["lines"]["data"] if line["description"])


def owner(body: Body, own: Own, api: Client, called: Callable[[str, str, str], None]) -> Sent:
    """A customer of then: a card kept as a source is a payment method, a discount is its coupon, made again once."""
    sent = customer(body, own)
    params = {**sent.params, "balance": body.get("account_balance", 0)}
    if discount := body.get("discount"):
        coupon = discount["coupon"]
        kept = {key: coupon[key] for key in ("percent_off", "duration", "name") if coupon[key] is not None}
        if own("", coupon["id"]) == coupon["id"]:
            called("", coupon["id"], api.make("/v1/coupons", **kept)["id"])
        params["coupon"] = own("", coupon["id"])
    return Sent(params, sent.given)


def upcoming(rebuilt: Any) -> Iterator[tuple[str, Body]]:
    """What is to come as it is, and if nothing were used any more."""
    for name in rebuilt.customers():
        yield "/v1/invoices/upcoming", {"customer": name}
        for held, item in zip(rebuilt.made("sub_"), rebuilt.made("si_"), strict=True):
            none = {"subscription_items": [{"id": item, "quantity": 0}]}
            yield "/v1/invoices/upcoming", {"customer": name, "subscription": held, **none}
