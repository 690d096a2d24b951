"""Whatever is called in whatever order: never a 5xx, every answer keeps the contract, and the same calls give the
same bytes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.reference.http.versions import NEWEST
from tests.reference.conftest import Client, start, stop

_keys = itertools.count()

AMOUNTS = st.one_of(st.integers(-5000, 5000), st.sampled_from([0, 1, 49, 50, 99_999_999]))
CARDS = st.sampled_from(["pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_threeDSecure2Required", None])
STEPS = st.one_of(
    st.tuples(st.just("item"), AMOUNTS, st.booleans()),
    st.tuples(st.just("balance"), st.integers(-3000, 3000)),
    st.tuples(st.just("coupon"), st.integers(1, 100)),
    st.tuples(st.just("coupon_off"), st.integers(1, 4000)),
    st.tuples(st.just("rate"), st.integers(0, 30), st.booleans()),
    st.tuples(
        st.just("note"),
        st.integers(1, 3000),
        st.sampled_from(["refund_amount", "credit_amount", "out_of_band_amount", None]),
    ),
    st.tuples(st.just("attach"), st.integers(50, 3000)),
    st.tuples(st.sampled_from(["create", "include", "revision", "preview"])),
    st.tuples(st.sampled_from(["finalize", "pay", "void", "mark_uncollectible", "send", "oob"])),
    st.tuples(st.just("advance"), st.sampled_from([1800, 3700, 86400, 40 * 86400])),
    st.tuples(
        st.just("subscribe"),
        st.sampled_from(["allow_incomplete", "default_incomplete", "error_if_incomplete"]),
        st.booleans(),
    ),
    st.tuples(
        st.just("change_plan"),
        st.integers(0, 3),
        st.sampled_from(["month", "year"]),
        st.sampled_from(["none", "always_invoice"]),
    ),
    st.tuples(st.just("redeem"), st.sampled_from(["invoice", "subscription"]), st.sampled_from([None, 1, 3000])),
    st.tuples(st.just("pause"), st.sampled_from(["keep_as_draft", "mark_uncollectible", "void", None])),
    st.tuples(st.just("taxed"), st.integers(0, 300), st.booleans()),
    st.tuples(st.sampled_from(["interval", "tax_id", "ship", "credit_shipping", "undiscount", "retax"])),
    st.tuples(st.sampled_from(["end", "delete_customer", "upcoming", "use_card", "charge_now"])),
    st.tuples(st.sampled_from(["delete", "void_note", "get", "list", "search", "events", "lines", "change", "remove"])),
)


def _carrying(card: str) -> dict[str, Any]:
    return {"payment_method": card, "invoice_settings": {"default_payment_method": card}}


class Run:
    """Applies steps to one customer and the invoice it last made."""

    def __init__(self, api: Client, card: str | None) -> None:
        self.api = api
        self.bodies: list[bytes] = []
        self.note = "cn_nope"
        self.now = 1_790_000_000
        self.subscription = "sub_nope"
        self.clock = self.send("POST", "/v1/test_helpers/test_clocks", {"frozen_time": self.now})["id"]
        params = {"email": "a@example.com", "test_clock": self.clock, **(_carrying(card) if card else {})}
        made = self.send("POST", "/v1/customers", params)
        self.customer = made["id"]
        self.invoice = self.send("POST", "/v1/invoices", {"customer": self.customer})["id"]

    def send(self, method: str, path: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self.api.send(method, path, params)
        self.bodies.append(answer.raw + str(sorted(answer.headers.items())).encode())
        return dict(answer.body)

    def on(self, rest: str, **params: Any) -> dict[str, Any]:
        return self.send("POST", f"/v1/invoices/{self.invoice}{rest}", params)

    def step(self, name: str, *values: Any) -> None:
        getattr(self, f"do_{name}", lambda: self.on(f"/{name}"))(*values)

    def do_item(self, amount: int, attached: bool) -> None:
        self.send(
            "POST",
            "/v1/invoiceitems",
            {"customer": self.customer, "amount": amount, **({"invoice": self.invoice} if attached else {})},
        )

    def do_balance(self, amount: int) -> None:
        self.send("POST", f"/v1/customers/{self.customer}/balance_transactions", {"amount": amount, "currency": "usd"})

    def do_coupon(self, percent: int) -> None:
        coupon = self.send("POST", "/v1/coupons", {"percent_off": percent, "duration": "once"})
        self.on("", discounts=[{"coupon": coupon["id"]}])

    def do_coupon_off(self, amount: int) -> None:
        coupon = self.send("POST", "/v1/coupons", {"amount_off": amount, "currency": "usd", "duration": "forever"})
        self.on("", discounts=[{"coupon": coupon["id"]}])

    def do_rate(self, percent: int, inclusive: bool) -> None:
        rate = self.send("POST", "/v1/tax_rates", {"display_name": "T", "percentage": percent, "inclusive": inclusive})
        self.on("", default_tax_rates=[rate["id"]])

    def do_note(self, amount: int, way: str | None) -> None:
        params = {"invoice": self.invoice, "amount": amount, **({way: amount} if way else {})}
        self.note = self.send("POST", "/v1/credit_notes", params).get("id", self.note)

    def do_void_note(self) -> None:
        self.send("POST", f"/v1/credit_notes/{self.note}/void")

    def do_attach(self, amount: int) -> None:
        params = {
            "amount": amount,
            "currency": "usd",
            "customer": self.customer,
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
        intent = self.send("POST", "/v1/payment_intents", params)
        self.on("/attach_payment", payment_intent=intent.get("id", "pi_nope"))

    def do_create(self) -> None:
        self.invoice = self.send("POST", "/v1/invoices", {"customer": self.customer}).get("id", self.invoice)

    def do_include(self) -> None:
        params = {"customer": self.customer, "pending_invoice_items_behavior": "include", "auto_advance": True}
        self.invoice = self.send("POST", "/v1/invoices", params).get("id", self.invoice)

    def do_revision(self) -> None:
        made = self.send("POST", "/v1/invoices", {"from_invoice": {"action": "revision", "invoice": self.invoice}})
        self.invoice = made.get("id", self.invoice)

    def do_preview(self) -> None:
        self.send(
            "POST", "/v1/invoices/create_preview", {"customer": self.customer, "invoice_items": [{"amount": 300}]}
        )

    def do_oob(self) -> None:
        self.on("/pay", paid_out_of_band=True)

    def do_advance(self, seconds: int) -> None:
        self.now += seconds
        self.send("POST", f"/v1/test_helpers/test_clocks/{self.clock}/advance", {"frozen_time": self.now})
        self.send("GET", "/v1/invoices", {"customer": self.customer})

    def _price(self, interval: str) -> str:
        params = {
            "currency": "usd",
            "unit_amount": 1500,
            "product_data": {"name": "P"},
            "recurring": {"interval": interval},
        }
        return str(self.send("POST", "/v1/prices", params)["id"])

    def do_subscribe(self, behavior: str, trial: bool) -> None:
        params = {"customer": self.customer, "items": [{"price": self._price("month")}], "payment_behavior": behavior}
        made = self.send("POST", "/v1/subscriptions", {**params, **({"trial_period_days": 3} if trial else {})})
        self.subscription = made.get("id", self.subscription)
        self.invoice = made.get("latest_invoice") or self.invoice

    def do_change_plan(self, quantity: int, interval: str, behavior: str) -> None:
        held = self.send("GET", "/v1/subscription_items", {"subscription": self.subscription}).get("data", [])
        item = {"id": held[0]["id"] if held else "si_nope", "price": self._price(interval), "quantity": quantity}
        self.send("POST", f"/v1/subscriptions/{self.subscription}", {"items": [item], "proration_behavior": behavior})

    def do_end(self) -> None:
        self.send("DELETE", f"/v1/subscriptions/{self.subscription}", {"prorate": True, "invoice_now": True})

    def do_delete_customer(self) -> None:
        self.send("DELETE", f"/v1/customers/{self.customer}")

    def do_upcoming(self) -> None:
        self.send("POST", "/v1/invoices/create_preview", {"subscription": self.subscription, "customer": self.customer})

    def do_redeem(self, where: str, least: int | None) -> None:
        coupon = self.send("POST", "/v1/coupons", {"percent_off": 15, "duration": "once"})
        terms = (
            {"minimum_amount": least, "minimum_amount_currency": "usd"} if least else {"first_time_transaction": True}
        )
        newer, older = {"promotion": {"type": "coupon", "coupon": coupon["id"]}}, {"coupon": coupon["id"]}
        codes = [self.send("POST", "/v1/promotion_codes", {**of, "restrictions": terms}) for of in (newer, older)]
        code = next(one for one in codes if "id" in one)
        path = f"/v1/invoices/{self.invoice}" if where == "invoice" else f"/v1/subscriptions/{self.subscription}"
        self.send("POST", path, {"discounts": [{"promotion_code": code["id"]}]})

    def do_undiscount(self) -> None:
        self.send("DELETE", f"/v1/subscriptions/{self.subscription}/discount")

    def do_pause(self, behavior: str | None) -> None:
        pause = {"behavior": behavior, "resumes_at": self.now + 30 * 86400} if behavior else ""
        self.send("POST", f"/v1/subscriptions/{self.subscription}", {"pause_collection": pause})

    def do_interval(self) -> None:
        every = {"interval": "week", "interval_count": 1}
        self.send("POST", f"/v1/subscriptions/{self.subscription}", {"pending_invoice_item_interval": every})

    def do_tax_id(self) -> None:
        self.send("POST", f"/v1/customers/{self.customer}/tax_ids", {"type": "eu_vat", "value": "DE123456789"})

    def do_ship(self) -> None:
        price = {"amount": 500, "currency": "usd"}
        self.on("", shipping_cost={"shipping_rate_data": {"display_name": "Post", "fixed_amount": price}})

    def do_credit_shipping(self) -> None:
        cost = self.send("GET", f"/v1/invoices/{self.invoice}").get("shipping_cost") or {}
        named = {"shipping_rate": cost.get("shipping_rate", "shr_nope")}
        self.send("POST", "/v1/credit_notes", {"invoice": self.invoice, "shipping_cost": named})

    def do_taxed(self, amount: int, inclusive: bool) -> None:
        data = {"display_name": "Own", "percentage": 5, "inclusive": inclusive}
        taxes = [{"amount": amount, "taxable_amount": 1000, "tax_rate_data": data}]
        self.on(f"/lines/{self._line()}", tax_amounts=taxes)

    def do_retax(self) -> None:
        rate = self.send("POST", "/v1/tax_rates", {"display_name": "T", "percentage": 20, "inclusive": False})
        held = self.send("GET", "/v1/subscription_items", {"subscription": self.subscription}).get("data", [])
        item = {"id": held[0]["id"] if held else "si_nope", "tax_rates": [rate["id"]]}
        self.send("POST", f"/v1/subscriptions/{self.subscription}", {"items": [item]})

    def do_use_card(self) -> None:
        self.on("", default_payment_method="pm_card_visa", description="x")

    def do_charge_now(self) -> None:
        self.on("/pay", payment_method="pm_card_visa")

    def do_delete(self) -> None:
        self.send("DELETE", f"/v1/invoices/{self.invoice}")

    def do_get(self) -> None:
        self.send("GET", f"/v1/invoices/{self.invoice}", {"expand": ["payments", "customer", "confirmation_secret"]})

    def do_list(self) -> None:
        self.send("GET", "/v1/invoices", {"customer": self.customer, "limit": 2, "expand": ["data.discounts"]})

    def do_search(self) -> None:
        self.send("GET", "/v1/invoices/search", {"query": f"customer:'{self.customer}' AND total>0"})

    def do_events(self) -> None:
        self.send("GET", "/v1/events", {"limit": 100})

    def do_lines(self) -> None:
        self.on("/add_lines", lines=[{"amount": 999, "description": "d"}, {"amount": -100}])

    def _line(self) -> str:
        lines = self.send("GET", f"/v1/invoices/{self.invoice}/lines").get("data", [])
        return str(lines[0]["id"]) if lines else "il_nope"

    def do_change(self) -> None:
        self.on(f"/lines/{self._line()}", amount=1234)

    def do_remove(self) -> None:
        self.on("/remove_lines", lines=[{"id": self._line(), "behavior": "unassign"}])


VERSIONS = [
    "2022-11-15",
    "2023-10-16",
    "2024-06-20",
    "2024-12-18.acacia",
    "2025-03-31.basil",
    "2025-11-17.clover",
    "2026-08-26.dahlia",
]


@given(st.sampled_from([*VERSIONS, NEWEST, NEWEST]), CARDS, st.lists(STEPS, max_size=14))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_sequence_of_calls_breaks_the_ledger(
    server: str, version: str, card: str | None, steps: list[tuple[Any, ...]]
) -> None:
    run = Run(Client(server, f"sk_test_random{next(_keys)}", **{"Stripe-Version": version}), card)
    for step in steps:
        run.step(*step)
    run.do_get()


SCRIPT: list[tuple[Any, ...]] = [
    ("item", 2000, True),
    ("coupon", 10),
    ("rate", 20, False),
    ("balance", -500),
    ("finalize",),
    ("pay",),
    ("note", 300, "refund_amount"),
    ("include",),
    ("lines",),
    ("change",),
    ("send",),
    ("void",),
    ("search",),
    ("list",),
    ("preview",),
    ("events",),
    ("get",),
]


@pytest.fixture
def two_servers() -> Iterator[list[str]]:
    started = [start("--clock", "2026-11-01T00:00:00Z", "--seed", "s") for _ in range(2)]
    yield [base for _, base in started]
    assert [stop(process) for process, _ in started] == ["", ""]


def test_same_key_seed_and_clock_give_the_same_bytes(two_servers: list[str]) -> None:
    other = Client(two_servers[1], "sk_test_neighbour")
    runs = []
    for base in two_servers:
        run = Run(Client(base, "sk_test_same"), "pm_card_visa")
        for step in SCRIPT:
            run.step(*step)
            other.get("/v1/invoices")  # what another account does must not show
        runs.append(run.bodies)
    assert runs[0] == runs[1]
    assert b"Sun, 01 Nov 2026 00:00:00 GMT" in runs[0][0]
