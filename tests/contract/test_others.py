"""Objects around an invoice are held to their types and to nothing else; what is never null is not null."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.api_version import ApiVersion
from conformance.contract import chronicle, for_version, others
from conformance.contract.presence import always_there, never_null
from tests.contract import bodies
from tests.contract.bodies import NEWEST, OLD

CUSTOMER: dict[str, Any] = {"id": "cus_1", "object": "customer"}
PRICE: dict[str, Any] = {"id": "price_1", "object": "price", "currency": "usd", "unit_amount": 5}


def told(path: str, body: Any, version: str = NEWEST) -> list[tuple[str, str]]:
    method, _, where = path.partition(" ")
    found = for_version(version).check(method, where, 200, {"stripe-version": version, "request-id": "req_1"}, body)
    return [(one.path, one.severity) for one in found]


def test_nothing_has_to_be_there() -> None:
    assert told("GET /v1/customers/cus_1", CUSTOMER) == []


@pytest.mark.parametrize("version", [OLD, NEWEST])
def test_what_is_there_is_of_its_type_at_every_version(version: str) -> None:
    assert told("GET /v1/customers/cus_1", CUSTOMER | {"balance": -5, "phone": None}, version) == []
    assert told("GET /v1/customers/cus_1", CUSTOMER | {"balance": "5"}, version) == [("balance", "fail")]


def test_what_may_be_null_may_be_null() -> None:
    assert told("GET /v1/customers/cus_1", CUSTOMER | {"email": None}) == []
    assert told("GET /v1/customers/cus_1", CUSTOMER | {"created": None}) == [("created", "fail")]


def test_rows_and_what_is_inside_are_held_too() -> None:
    listed = {"object": "list", "url": "/v1/customers", "has_more": False, "data": [CUSTOMER | {"created": "now"}]}
    assert told("GET /v1/customers", listed) == [("data[0].created", "fail")]
    item = {"id": "si_1", "object": "subscription_item", "price": PRICE | {"unit_amount": "5"}}
    items = {"object": "list", "data": [item], "has_more": False, "url": "/v1/subscription_items"}
    body = {"id": "sub_1", "object": "subscription", "items": items}
    assert told("GET /v1/subscriptions/sub_1", body) == [("items.data[0].price.unit_amount", "fail")]


def test_stripes_own_bodies_only_warn() -> None:
    contract = for_version(NEWEST, genuine=True)
    (found,) = contract.check_body(CUSTOMER | {"balance": "5"}, "object<customer>")
    assert found.severity == "warning"


def test_fields_that_nobody_knows_are_no_fault() -> None:
    assert told("GET /v1/customers/cus_1", CUSTOMER | {"made_up": {"object": 5}}) == []
    assert not others.known("made_up")


def test_an_event_is_about_what_its_type_says() -> None:
    event = bodies.skeleton("event", NEWEST) | {"id": "evt_1", "object": "event", "type": "invoice.paid"}
    event |= {"api_version": NEWEST, "request": {"id": None, "idempotency_key": None}, "data": {"object": CUSTOMER}}
    assert ("data.object.object", "fail") in told("GET /v1/events/evt_1", event)
    assert told("GET /v1/events/evt_1", event | {"type": "customer.created"}) == []


def test_what_is_never_null_is_nullable_by_the_types_and_always_there() -> None:
    version = ApiVersion.parse(NEWEST)
    words = dict(chronicle.objects().at(version))
    for kind in ("invoice", "line_item", "invoiceitem"):
        names = never_null(kind, version)
        assert names
        assert names <= always_there(kind, version)
        assert all(words[f"{kind}.{name}"].endswith("?") for name in names)


def test_a_null_where_none_was_ever_seen_fails_a_server_and_not_a_preview() -> None:
    made = bodies.invoice(total_taxes=None)
    assert [(v.path, v.severity) for v in for_version(NEWEST).check_body(made, "invoice")] == [("total_taxes", "fail")]
    preview = made | {"id": "upcoming_in_1"}
    preview["lines"] = {**made["lines"], "url": "/v1/invoices/upcoming_in_1/lines"}
    assert {v.severity for v in for_version(NEWEST).check_body(preview, "invoice")} == {"warning"}
