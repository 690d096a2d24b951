"""What a scenario remembers: rows, lines, what nobody asked for, what was sent."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.engine import history
from conformance.engine.memory import Memory
from conformance.rules.kept import FROZEN, KEPT, SHOWN
from conformance.target.base import Exchange, Request, Response

Body = dict[str, Any]
LINE: Body = {
    "id": "il_1",
    "object": "line_item",
    "currency": "usd",
    "amount": 5,
    "description": "Tea",
    "invoice": "in_1",
}
ITEM: Body = {"id": "ii_1", "object": "invoiceitem", "amount": 5, "customer": "cus_1"}
CUSTOMER: Body = {"id": "cus_1", "object": "customer", "email": "a@example.com", "name": "Ann", "balance": 0}


def invoice(**changes: Any) -> Body:
    made = {
        "id": "in_1",
        "object": "invoice",
        "status": "draft",
        "customer_email": "a@example.com",
        "description": None,
    }
    return made | {"metadata": {}, "total": 5, "lines": {"object": "list", "data": [LINE]}} | changes


def listed(*rows: Body) -> Body:
    return {"object": "list", "data": list(rows)}


class Talk:
    """One conversation; what the last answer was accused of, as ``aspect path``."""

    def __init__(self) -> None:
        self.memory = Memory()

    def __call__(self, asked: str, body: Body, *, polled: bool = False, **params: Any) -> list[str]:
        method, _, path = asked.partition(" ")
        exchange = Exchange(Request(method, path, params), Response(200, {}, b"", body))
        return [f"{one.aspect} {one.path}" for one in self.memory.judge(exchange, polled=polled)[1]]


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_a_row_of_a_list_is_the_object_as_it_was_answered(talk: Talk) -> None:
    talk("POST /v1/invoices", invoice())
    assert talk("GET /v1/invoices", listed(invoice())) == []
    assert talk("GET /v1/invoices", listed(invoice(total=6))) == ["read-back data[0].total"]


def test_what_a_search_finds_may_lag_behind(talk: Talk) -> None:
    talk("POST /v1/invoices", invoice())
    assert talk("GET /v1/invoices/search", {"object": "search_result", "data": [invoice(total=6)]}) == []


def test_rows_of_a_list_that_is_polled_are_not_held_to_anything(talk: Talk) -> None:
    talk("POST /v1/invoices", invoice(status="open"))
    assert talk("GET /v1/invoices", listed(invoice(status="draft")), polled=True) == []


def test_what_a_write_did_not_name_stays(talk: Talk) -> None:
    talk("POST /v1/invoices", invoice())
    assert talk("POST /v1/invoices/in_1", invoice(metadata={"a": "b"}), metadata={"a": "b"}) == []
    assert talk("POST /v1/invoices/in_1", invoice(metadata={}), footer="Thanks") == ["kept metadata"]


def test_a_write_on_another_object_counts_too(talk: Talk) -> None:
    talk("POST /v1/invoices", invoice())
    talk("POST /v1/customers/cus_1", CUSTOMER, email="b@example.com")
    assert talk("GET /v1/invoices/in_1", invoice(customer_email="b@example.com")) == []
    talk("POST /v1/invoiceitems", ITEM, amount=5)
    assert talk("GET /v1/invoices/in_1", invoice(customer_email="c@example.com")) == ["kept customer_email"]


def test_a_preview_writes_nothing(talk: Talk) -> None:
    talk("POST /v1/invoices", invoice())
    talk("POST /v1/invoices/create_preview", invoice(id="upcoming_in_1"), customer="cus_1")
    assert talk("GET /v1/invoices/in_1", invoice(total=6)) == ["read-back total"]


def test_a_clock_may_change_what_it_likes_but_not_what_is_frozen(talk: Talk) -> None:
    talk("POST /v1/invoices", invoice(status="open"))
    talk("POST /v1/test_helpers/test_clocks/clock_1/advance", {"id": "clock_1", "object": "test_helpers.test_clock"})
    assert talk("GET /v1/invoices/in_1", invoice(status="open", description="Due")) == []
    assert talk("GET /v1/invoices/in_1", invoice(status="paid", total=6)) == ["kept total"]


def test_a_line_keeps_its_currency_whatever_is_written(talk: Talk) -> None:
    talk("POST /v1/invoices", invoice())
    other = invoice(lines={"object": "list", "data": [LINE | {"currency": "eur"}]})
    assert talk("POST /v1/invoices/in_1/update_lines", other) == ["fixed lines.data[0].currency"]


def test_a_line_changes_with_its_item_and_not_otherwise(talk: Talk) -> None:
    talk("POST /v1/invoices", invoice())
    other = invoice(lines={"object": "list", "data": [LINE | {"description": "Coffee"}]})
    assert talk("POST /v1/invoices/in_1/finalize", other) == ["kept lines.data[0].description"]
    talk("POST /v1/invoiceitems/ii_1", ITEM, description="Tea")
    assert talk("GET /v1/invoices/in_1", invoice()) == []


def test_an_expanded_object_is_another_view_of_its_id(talk: Talk) -> None:
    talk("POST /v1/invoices", invoice(default_payment_method="pm_1"))
    expanded = {"id": "pm_1", "object": "payment_method"}
    talk("POST /v1/invoiceitems", ITEM, amount=5)
    assert (
        talk("GET /v1/invoices/in_1", invoice(default_payment_method=expanded), expand=["default_payment_method"]) == []
    )


def test_another_api_version_shows_other_shapes_of_the_same_things(talk: Talk) -> None:
    talk("POST /v1/invoices", invoice())
    request = Request("GET", "/v1/invoices/in_1", {}, {"Stripe-Version": "2022-11-15"})
    _, found = talk.memory.judge(Exchange(request, Response(200, {}, b"", invoice(total=6))))
    assert found == []


def test_a_line_shows_what_its_item_shows(talk: Talk) -> None:
    line = LINE | {"parent": {"invoice_item_details": {"invoice_item": "ii_1"}}}
    made = invoice(lines={"object": "list", "data": [line]})
    talk("POST /v1/invoiceitems", ITEM | {"description": "Tea"}, description="Tea")
    assert talk("POST /v1/invoices", made) == []
    line["description"] = "Coffee"
    assert "copied lines.data[0].description" in talk("GET /v1/invoices/in_1", made)


def test_a_line_may_differ_from_an_item_that_was_changed_since(talk: Talk) -> None:
    line = LINE | {"parent": {"invoice_item_details": {"invoice_item": "ii_1"}}, "description": "Coffee"}
    talk("POST /v1/invoiceitems", ITEM | {"description": "Tea"})
    talk("POST /v1/invoices/in_1/update_lines", {"id": "in_0", "object": "invoice"}, lines=[{"description": "Coffee"}])
    assert talk("GET /v1/invoices/in_1", invoice(lines={"object": "list", "data": [line]})) == []


@pytest.mark.parametrize(
    ("status", "id", "found"),
    [("draft", "in_1", ["copied customer_email"]), ("open", "in_1", []), ("draft", "upcoming_in_1", [])],
)
def test_a_draft_shows_what_its_customer_shows(talk: Talk, status: str, id: str, found: list[str]) -> None:
    talk("POST /v1/customers", CUSTOMER)
    other = invoice(id=id, status=status, customer="cus_1", customer_email="b@example.com")
    assert talk("POST /v1/invoices", other) == found


def test_a_list_is_the_one_that_was_asked_for(talk: Talk) -> None:
    assert talk("GET /v1/invoices", listed() | {"url": "/v1/invoices"}) == []
    assert talk("GET /v1/invoices/in_1/lines", listed() | {"url": "/v1/invoices/in_1/lines"}) == []
    assert talk("GET /v1/invoices", listed() | {"url": "/v1/invoiceitems"}) == ["identity url"]


@pytest.mark.parametrize(
    ("sent", "shown", "right"),
    [
        ("Ann", "Ann", True),
        ("Ann", "Bob", False),
        ("Ann", None, False),
        ("", None, True),
        (" Ann ", "Ann", True),
        (None, "Bob", True),
    ],
)
def test_what_is_sent_is_shown(talk: Talk, sent: Any, shown: Any, *, right: bool) -> None:
    found = talk("POST /v1/customers", CUSTOMER | {"name": shown}, name=sent)
    assert found == ([] if right else ["sent name"])


@pytest.mark.parametrize(("sent", "shown"), [("USD", "usd"), (5, "5"), ("7.250", 7.25), (True, True)])
def test_what_is_sent_is_text_however_it_is_shown(sent: Any, shown: Any) -> None:
    request = Request("POST", "/v1/prices", {"currency": sent})
    assert list(history.unheeded(request, {"object": "price", "currency": shown})) == []


def test_an_action_on_an_object_is_no_update_of_it(talk: Talk) -> None:
    assert talk("POST /v1/invoices/in_1/pay", invoice(), description="x") == []


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("POST", "/v1/invoices", {"invoices"}),
        ("POST", "/v1/invoices/in_1", {"invoices/"}),
        ("POST", "/v1/invoices/in_1/finalize", {"invoices/", "finalize"}),
        ("DELETE", "/v1/customers/cus_1", {"customers/"}),
        ("POST", "/v1/invoices/create_preview", set()),
        ("GET", "/v1/invoices", set()),
    ],
)
def test_the_words_of_a_request(method: str, path: str, found: set[str]) -> None:
    assert history.words(Request(method, path)) == found


def test_the_tables_name_catalogued_requirements() -> None:
    from conformance.contract.requirements import get

    named = {kept.requirement for rows in KEPT.values() for kept in rows.values()} | {one for _, one in SHOWN.values()}
    assert all(get(one) for one in named - {""})
    assert not set(FROZEN) & {"amount_due", "amount_paid", "status"}


@pytest.mark.parametrize("wrong", [{}, [], 5, None])
def test_an_answer_may_be_anything(talk: Talk, wrong: Any) -> None:
    talk("POST /v1/invoices", invoice())
    assert talk("GET /v1/invoices", listed() | {"object": wrong}) == []
    assert talk("GET /v1/invoices", {"object": "list", "data": wrong}) == []
    assert talk("GET /v1/invoices/in_1", invoice(status=wrong, customer=wrong, lines=wrong)) != []
