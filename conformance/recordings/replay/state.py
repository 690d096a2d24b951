"""What was there before a recording began, made again from what the recording shows of it.

A recording that subscribes a customer to a price seldom holds the request that made the price. Its answers show the
price, though, and with it all that is needed to make one like it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.recordings.replay.ids import DEEPEST
from conformance.target.base import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Body = dict[str, Any]

#: ``1 user × Seats (at $10.00 / month)``, ``Trial period for Seats (per user)``.
_PRICED = re.compile(r"[\d,]+ (?:(?P<unit>.+?) )?× (?P<name>.+?) \(.*\)")
_TRIAL = re.compile(r"Trial period for (?P<name>.+?)(?: \(per (?P<unit>.+)\))?")
_FREE = re.compile(r"Free trial for [\d,]+ (?:(?P<unit>.+?) )?× (?P<name>.+)")
_CHANGE = re.compile(r"(?:Remaining|Unused) time on (?:[\d,]+ (?:.+? )?× )?(?P<name>.+?) after .+")

#: Stripe's test payment methods by the last digits of their cards.
CARDS = {
    "4242": "pm_card_visa",
    "4444": "pm_card_mastercard",
    "1117": "pm_card_discover",
    "9424": "pm_card_discover",
    "8431": "pm_card_amex",
    "3184": "pm_card_authenticationRequired",
    "3220": "pm_card_threeDSecure2Required",
    "0341": "pm_card_chargeCustomerFail",
}


class Made(NamedTuple):
    """A request that makes something, and the recording's name for it."""

    name: str
    request: Request


class Past:
    """What the answers of one recording show of things by their names."""

    def __init__(self) -> None:
        self._seen: dict[str, Body] = {}
        self._products: dict[str, dict[str, str]] = {}
        self._cards: dict[str, tuple[str, str]] = {}  # payment method -> its card's last digits, its customer

    def note(self, node: Any, depth: int = 0) -> None:
        """Remember the first sight of everything in a body."""
        if depth > DEEPEST:
            return
        if isinstance(node, list):
            for item in node:
                self.note(item, depth + 1)
        elif isinstance(node, dict):
            self._one(node)
            for value in node.values():
                if type(value) in (dict, list):
                    self.note(value, depth + 1)

    def _one(self, body: Body) -> None:
        kind, name = body.get("object"), body.get("id")
        if kind in _MAKERS and type(name) is str and not body.get("deleted"):
            known = self._seen.get(name)
            if known is None or (known["object"] == "plan" and kind == "price"):
                self._seen[name] = body
        elif kind == "line_item":
            self._line(body)
        elif kind in ("charge", "payment_method"):
            self._card(body)
        elif kind == "product" and type(name) is str:
            self._products[name] = {key: body[key] for key in ("name", "unit_label") if type(body.get(key)) is str}

    def _line(self, line: Body) -> None:
        """What a line's text says of its product."""
        product, text = _product_of(line), line.get("description")
        if not product or type(text) is not str:
            return
        for pattern in (_PRICED, _TRIAL, _FREE, _CHANGE):
            if found := pattern.fullmatch(text):
                said = {"name": found["name"], "unit_label": found.groupdict().get("unit") or ""}
                if pattern is _PRICED or product not in self._products:
                    self._products[product] = {key: value for key, value in said.items() if value}
                return
        self._products.setdefault(product, {"name": text})

    def _card(self, body: Body) -> None:
        own = body["object"] == "payment_method"
        name, details = (
            (body.get("id"), body) if own else (body.get("payment_method"), _at(body, "payment_method_details"))
        )
        digits, customer = _at(details, "card").get("last4"), body.get("customer")
        if type(name) is str and digits in CARDS and type(customer) is str:
            self._cards[name] = (digits, customer)

    def making(self, name: str) -> Iterator[Made]:
        """The requests that make ``name`` once more, in their order; none where the recording does not show enough."""
        if name in self._cards:
            digits, customer = self._cards[name]
            yield Made(name, Request("POST", f"/v1/payment_methods/{CARDS[digits]}/attach", {"customer": customer}))
        elif name in self._seen:
            body = self._seen[name]
            yield from _MAKERS[body["object"]](self, body)

    def product(self, name: str) -> dict[str, str]:
        """What is known of a product's name and unit."""
        return self._products.get(name, {})

    def customer_of(self, name: str) -> str:
        """Whose payment method it is; empty where that is not shown, or ``name`` is none."""
        return self._cards[name][1] if name in self._cards else ""


_CUSTOMER = (
    "name",
    "email",
    "description",
    "phone",
    "metadata",
    "address",
    "shipping",
    "preferred_locales",
    "tax_exempt",
)
_COUPON = ("name", "percent_off", "amount_off", "currency", "duration", "duration_in_months", "metadata")
_PRICE = ("currency", "unit_amount", "nickname", "metadata", "billing_scheme", "tax_behavior")
#: What is so if nothing is said.
_USUAL = (
    ("tax_exempt", "none"),
    ("billing_scheme", "per_unit"),
    ("tax_behavior", "unspecified"),
    ("usage_type", "licensed"),
)
_RECURRING = ("interval", "interval_count", "usage_type", "trial_period_days")


def _price(past: Past, body: Body) -> Iterator[Made]:
    product = body.get("product")
    product = product.get("id") if type(product) is dict else product
    if type(product) is not str:
        return
    yield Made(product, Request("POST", "/v1/products", {"name": product, **past.product(product)}))
    yield Made(body["id"], Request("POST", "/v1/prices", {**_price_params(body), "product": product}))


def _customer(_past: Past, body: Body) -> Iterator[Made]:
    yield Made(body["id"], Request("POST", "/v1/customers", _given(body, _CUSTOMER)))


def _coupon(_past: Past, body: Body) -> Iterator[Made]:
    yield Made(body["id"], Request("POST", "/v1/coupons", _given(body, _COUPON)))


_MAKERS: dict[str, Callable[[Past, Body], Iterator[Made]]] = {
    "price": _price,
    "plan": _price,
    "customer": _customer,
    "coupon": _coupon,
}


def _price_params(body: Body) -> Body:
    """Of a price, or of its older face, a plan."""
    params = _given(body, _PRICE)
    if body["object"] == "plan" and type(body.get("amount")) is int:
        params["unit_amount"] = body["amount"]
    if "unit_amount" not in params:
        params["unit_amount_decimal"] = body.get("unit_amount_decimal") or body.get("amount_decimal")
    recurring = body if body["object"] == "plan" else _at(body, "recurring")
    if recurring.get("interval"):
        params["recurring"] = _given(recurring, _RECURRING)
    return params


def _given(body: Body, keys: tuple[str, ...]) -> Body:
    """What has a value of its own; nothing is said of the rest, for a target may not know every parameter."""
    return {
        key: body[key] for key in keys if body.get(key) not in (None, "", [], {}) and (key, body[key]) not in _USUAL
    }


def _at(body: Body, key: str) -> Body:
    value = body.get(key)
    return value if type(value) is dict else {}


def _product_of(line: Body) -> str:
    found = _at(_at(line, "pricing"), "price_details").get("product") or _at(line, "price").get("product")
    return found if type(found) is str else ""
