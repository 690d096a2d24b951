"""Recorded beside received: what counts as the same, and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.recordings.replay.compare import UNCOUNTED, Comparison, Field
from conformance.recordings.replay.ids import Names, last, named, template, tokens
from conformance.recordings.replay.rules import ACCOUNT, is_time, reason, skipped
from conformance.recordings.replay.times import Times, moment, months_later

THEN, NOW = 1_700_000_000, 1_795_000_000
DAY = 86_400


def fields(
    recorded: Any, got: Any, names: Names | None = None, times: Times | None = None, at: int = NOW
) -> list[Field]:
    if times is None:
        times = Times()
        times.passed(THEN, NOW)
    return [
        found for found in Comparison(names or Names(), times).fields(recorded, got, at) if found.how not in UNCOUNTED
    ]


def differing(recorded: Any, got: Any, **more: Any) -> list[str]:
    return [f"{found.object}.{found.field} {found.how}" for found in fields(recorded, got, **more) if found.how]


def invoice(**more: Any) -> dict[str, Any]:
    return {"id": "in_1Recorded00", "object": "invoice", "customer": "cus_Recorded00", "total": 2000, **more}


def theirs(**more: Any) -> dict[str, Any]:
    return {"id": "in_1Received00", "object": "invoice", "customer": "cus_Received00", "total": 2000, **more}


def test_an_answer_that_differs_in_ids_alone_is_equal() -> None:
    assert differing(invoice(), theirs()) == []
    assert [found.field for found in fields(invoice(), theirs())] == ["id", "object", "customer", "total"]


@pytest.mark.parametrize(
    ("recorded", "got", "expected"),
    [
        ({"total": 2000}, {"total": 2001}, ["invoice.total value"]),
        ({"total": 2000}, {"total": "2000"}, ["invoice.total value"]),
        ({"total": 1}, {"total": True}, ["invoice.total value"]),
        ({"total": 1}, {"total": 1.0}, ["invoice.total value"]),
        ({"memo": None}, {"memo": ""}, ["invoice.memo value"]),
        ({"memo": "a"}, {}, ["invoice.memo missing"]),
        ({"memo": None}, {}, ["invoice.memo missing"]),
        ({}, {"memo": None}, ["invoice.memo extra"]),
        ({"memo": {"a": 1, "b": {"c": 2}}}, {}, ["invoice.memo.a missing", "invoice.memo.b.c missing"]),
        ({"memo": {"a": 1}}, {"memo": "a"}, ["invoice.memo.a type"]),
        ({"memo": "a"}, {"memo": {"a": 1}}, ["invoice.memo type"]),
        ({"memo": []}, {"memo": [1]}, ["invoice.memo[] extra"]),
        ({"memo": [1]}, {"memo": []}, ["invoice.memo[] missing"]),
        ({"charge": "ch_1Recorded00"}, {"charge": "py_1Received00"}, ["invoice.charge value"]),
        ({"charge": "ch_1Recorded00"}, {"charge": None}, ["invoice.charge value"]),
        ({"description": "for in_1Recorded00"}, {"description": "for in_1Received00"}, []),
        ({"description": "for in_1Recorded00"}, {"description": "of in_1Received00"}, ["invoice.description value"]),
        ({"created": THEN}, {"created": NOW}, []),
        ({"created": THEN}, {"created": NOW + 60}, ["invoice.created time"]),
        ({"created": THEN}, {"created": None}, ["invoice.created value"]),
        ({"due_date": THEN + 30 * DAY}, {"due_date": NOW + 30 * DAY}, []),
        ({"due_date": THEN + 30 * DAY}, {"due_date": NOW + 31 * DAY}, ["invoice.due_date time"]),
        ({"number": "A-1"}, {"number": "B-7"}, []),
        ({"hosted_invoice_url": "https://a.example/1"}, {"hosted_invoice_url": "https://b.example/2"}, []),
        ({"customer": "cus_Recorded00"}, {"customer": "in_1Received00"}, ["invoice.customer value"]),
    ],
)
def test_what_differs_is_told_by_its_field(recorded: Any, got: Any, expected: list[str]) -> None:
    assert differing(invoice(**recorded), theirs(**got)) == expected


def test_two_ids_that_changed_places_are_not_the_same() -> None:
    names = Names()
    names.bind("cus_Recorded00", "cus_Received00")
    names.bind("cus_Recorded01", "cus_Received01")
    assert differing({"a": "cus_Recorded00"}, {"a": "cus_Received01"}, names=names) == ["body.a identity"]


def test_one_id_of_the_target_cannot_stand_for_two_of_the_recording() -> None:
    recorded = [{"id": "il_1Recorded00", "object": "line_item"}, {"id": "il_1Recorded01", "object": "line_item"}]
    got = [{"id": "il_1Received00", "object": "line_item"}, {"id": "il_1Received00", "object": "line_item"}]
    assert differing(recorded, got) == ["line_item.id identity"]


def test_names_that_somebody_chose_are_known_by_what_has_them_as_its_id() -> None:
    names = Names()
    price = {"id": "small-monthly", "object": "price"}
    assert differing(price, {"id": "price_1Received00", "object": "price"}, names=names) == ["price.id value"]
    names.bind("small-monthly", "price_1Received00")
    assert differing(price, {"id": "price_1Received00", "object": "price"}, names=names) == []
    assert differing({"price": "small-monthly"}, {"price": "price_1Received00"}, names=names) == []
    assert differing({"note": "small-monthly"}, {"note": "price_1Received00"}, names=names) == ["body.note value"]


def test_an_id_that_was_cut_is_the_beginning_of_the_other() -> None:
    names = Names()
    whole, ours = "in_1SRzp4KXBGcbgpbZ9xmUJ3df", "in_14WuqnsKvOhn5WXEP3six4ST"
    names.bind(whole, ours)
    assert differing({"order_reference": whole[:25]}, {"order_reference": ours[:25]}, names=names) == []
    assert differing({"order_reference": whole[:25]}, {"order_reference": ours}, names=names)


def test_ids_in_text_urls_and_secrets_are_found() -> None:
    assert tokens("/v1/invoices/in_1Recorded00/lines") == ["in_1Recorded00"]
    assert tokens("pi_1Recorded00_secret_abcDEF123") == ["pi_1Recorded00_secret_abcDEF123"]
    assert tokens("No such invoice: 'in_1Recorded00'") == ["in_1Recorded00"]
    assert tokens("pm_card_authenticationRequired") == []
    assert tokens("charge_automatically payment_intent") == []
    assert template("/v1/invoices/in_1Recorded00/lines") == "/v1/invoices/in_…/lines"


def test_what_a_request_names_is_found_in_trees_and_in_flat_pairs() -> None:
    params = {"items": [{"price": "default"}], "customer": "cus_Recorded00", "expand": ["in_1NotAnId00"], "name": "x"}
    assert list(named(params)) == [("price", "default"), ("customer", "cus_Recorded00")]
    assert list(named({"items[0][price]": "default"})) == [("price", "default")]
    assert last("discounts[0][coupon]") == "coupon"


def lines(*amounts: int, prefix: str) -> dict[str, Any]:
    rows = [
        {"id": f"il_1{prefix}{amount:04}", "object": "line_item", "amount": amount, "currency": "usd"}
        for amount in amounts
    ]
    return {"lines": {"object": "list", "data": rows, "has_more": False}}


def test_a_list_in_another_order_differs_by_its_order_alone() -> None:
    recorded, got = (
        invoice(**lines(100, 200, 300, prefix="Recorded")),
        theirs(**lines(300, 100, 200, prefix="Received")),
    )
    assert differing(recorded, got) == ["invoice.lines.data[] order"]


def test_an_element_that_is_missing_is_missing_with_all_its_fields() -> None:
    recorded, got = invoice(**lines(100, 200, prefix="Recorded")), theirs(**lines(200, prefix="Received"))
    assert differing(recorded, got) == [f"line_item.{key} missing" for key in ("id", "object", "amount", "currency")]


def test_an_element_too_many_is_told() -> None:
    recorded, got = invoice(**lines(100, prefix="Recorded")), theirs(**lines(50, 100, prefix="Received"))
    assert differing(recorded, got) == [f"line_item.{key} extra" for key in ("id", "object", "amount", "currency")]


def test_fields_are_counted_under_the_object_that_has_them() -> None:
    found = fields(invoice(**lines(100, prefix="Recorded")), theirs(**lines(100, prefix="Received")))
    assert {(one.object, one.field) for one in found} >= {("invoice", "lines.has_more"), ("line_item", "amount")}


def test_an_error_is_compared_by_its_own_fields() -> None:
    recorded = {
        "error": {"type": "invalid_request_error", "message": "No such invoice: 'in_1Recorded00'", "param": "id"}
    }
    got = {"error": {"type": "invalid_request_error", "message": "No such invoice: 'in_1Received00'", "code": "x"}}
    assert differing(recorded, got) == ["error.error.param missing", "error.error.code extra"]


def test_a_field_that_stripe_added_later_is_not_held_against_the_target() -> None:
    recorded, got = invoice(), theirs(customer_account=None, invented=None)
    assert differing(recorded, got, at=moment("2025-11-01")) == ["invoice.invented extra"]
    assert differing(recorded, got, at=moment("2026-06-01")) == [
        "invoice.customer_account extra",
        "invoice.invented extra",
    ]


# --- times ----------------------------------------------------------------------------------------------------------


def test_months_keep_the_day_or_end_with_a_shorter_month() -> None:
    assert months_later(moment("2025-01-31"), 1) == moment("2025-02-28")
    assert months_later(moment("2025-12-10"), 1) == moment("2026-01-10")
    assert months_later(moment("2024-02-29"), 12) == moment("2025-02-28")


def test_a_period_of_a_month_ends_a_month_later_whatever_the_month() -> None:
    times = Times()
    times.passed(moment("2025-02-10"), moment("2026-11-10"))
    assert times.same(moment("2025-03-10"), moment("2026-12-10"))
    assert not times.same(moment("2025-03-10"), moment("2026-12-09"))
    assert times.same(moment("2026-02-10"), moment("2027-11-10"))


def test_a_moment_between_two_exchanges_lies_between_the_same_two() -> None:
    times = Times()
    times.passed(THEN, NOW)
    times.passed(THEN + 3600, NOW + 1)
    times.passed(THEN + 7200, NOW + 2)
    assert times.same(THEN + 3599, NOW + 1)
    assert not times.same(THEN + 7199, NOW - 3600)


def test_a_moment_before_the_recording_is_not_compared() -> None:
    times = Times()
    times.passed(THEN, NOW)
    assert times.same(THEN - 400 * DAY, NOW) is None


def test_a_time_that_was_sent_comes_back_as_it_was_sent() -> None:
    times = Times()
    times.passed(THEN, NOW)
    sent = times.sent(THEN + 5 * DAY, THEN, NOW)
    assert sent == NOW + 5 * DAY
    assert times.same(THEN + 5 * DAY, sent)


def test_days_in_words_move_with_the_clock() -> None:
    times = Times()
    times.passed(moment("2025-10-31T18:00:00Z"), moment("2026-11-20T14:00:00Z"))
    names, text = Names(), "Unused time on Seats after {}"
    compared = Comparison(names, times)
    same = list(compared.fields({"d": text.format("31 Oct 2025")}, {"d": text.format("20 Nov 2026")}, NOW))
    other = list(compared.fields({"d": text.format("31 Oct 2025")}, {"d": text.format("25 Nov 2026")}, NOW))
    assert [one.how for one in same] == [""]
    assert [one.how for one in other] == ["value"]


@pytest.mark.parametrize("key", ["created", "period_end", "due_date", "next_payment_attempt", "paid_at", "start"])
def test_keys_of_times_are_known(key: str) -> None:
    assert is_time(key, NOW)
    assert not is_time(key, 2000)


@pytest.mark.parametrize("key", ["amount", "total", "quantity", "unit_amount", "status", "next_invoice_sequence"])
def test_large_numbers_are_no_times(key: str) -> None:
    assert not is_time(key, NOW)


# --- nothing is let through -----------------------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers(-5000, 5000) | st.text("abc é", max_size=4)
BODIES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcdef"), inner, max_size=4)
)


@given(BODIES)
def test_a_body_is_equal_to_itself(body: Any) -> None:
    assert differing(body, body) == []


@given(BODIES, BODIES)
def test_bodies_that_are_not_equal_differ(one: Any, other: Any) -> None:
    import json

    if json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True):
        assert differing(one, other)


@pytest.mark.parametrize("row", ACCOUNT, ids=lambda row: f"{row.object}.{row.key}")
def test_every_rule_says_why_and_is_applied(row: Any) -> None:
    kind = "invoice" if row.object == "*" else row.object
    assert row.key in skipped(kind)
    assert len(row.reason) > 10
    assert reason(kind, row.key)
