"""Wire mutants: what a fault is, how it is planted, and that the library notices nearly all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.api_version import ApiVersion
from conformance.mutation import equivalents, faults, stage, wire, wire_markdown, wire_summary
from conformance.mutation.faults import GONE, WireFault
from conformance.results.model import Outcome
from conformance.target.base import Exchange, Request, Response

VERSION = "2026-10-28.endive"
LINE = 95.0  # per cent
HEADERS = {"content-type": "application/json"}


def answer(body: Any, status: int = 200) -> Exchange:
    return Exchange(Request("GET", "/v1/invoices/in_1"), Response(status, HEADERS, b"", body))


def wrong(body: Any, before: Any = GONE, status: int = 200) -> dict[tuple[str, str], Any]:
    """(fault, place) -> the wrong value, for every fault of one answer."""
    known = faults.words([body, before])
    return {
        (one.name, faults.shown(one.path)): one.value for one in faults.of_exchange(answer(body, status), before, known)
    }


def test_every_field_at_any_depth_is_dropped_nulled_and_retyped() -> None:
    found = wrong({"object": "invoice", "lines": {"data": [{"object": "line_item", "amount": 5}]}})
    for place in ("object", "lines", "lines.data", "lines.data[].amount"):
        assert found["dropped", place] is GONE
        assert found["nulled", place] is None
        assert ("retyped", place) in found
    assert found["retyped", "lines.data[].amount"] == "5"


@pytest.mark.parametrize(
    ("value", "off"),
    [
        (5, 6),
        (-1, 0),
        (2.5, 3.5),
        ("12", "13"),
        ("0.5", "1.5"),
        ([1, 2], [1]),
        ([], None),
        (True, None),
        ("text", None),
    ],
)
def test_numbers_are_off_by_one_however_they_are_written(value: Any, off: Any) -> None:
    assert wrong({"x": value}).get(("off-by-one", "x")) == off


def test_a_stale_value_is_that_of_the_same_object_one_answer_earlier() -> None:
    found = wrong({"id": "in_1", "status": "open", "total": 5}, before={"id": "in_1", "status": "draft", "total": 5})
    assert found["stale", "status"] == "draft"
    assert ("stale", "total") not in found


def test_a_word_is_swapped_for_another_seen_in_its_place() -> None:
    found = wrong({"object": "invoice", "status": "open"}, before={"object": "invoice", "status": "paid"})
    assert found["swapped", "status"] == "paid"


def test_a_place_that_ever_holds_one_word_has_nothing_to_swap() -> None:
    assert ("swapped", "status") not in wrong({"object": "invoice", "status": "open"})


def test_an_id_becomes_another_one_of_its_form() -> None:
    other = wrong({"customer": "cus_AbCdEfGh123456"})["other-id", "customer"]
    assert other != "cus_AbCdEfGh123456"
    assert other[:-1] == "cus_AbCdEfGh12345"


@pytest.mark.parametrize(("status", "others"), [(200, {201, 400}), (404, {422, 200}), (402, {422, 200})])
def test_the_http_status_becomes_a_neighbour_and_the_opposite(status: int, others: set[int]) -> None:
    found = {one.value for one in faults.of_exchange(answer({}, status), GONE, {}) if not one.path}
    assert found == others


def test_planting_changes_one_place_of_a_copy() -> None:
    body = {"a": [{"b": 1}, {"b": 2}], "c": {}}
    original = answer(body)
    planted = faults.planted(original, WireFault("dropped", "", ("a", 1, "b"), GONE))
    assert planted.response is not None
    assert planted.response.json == {"a": [{"b": 1}, {}], "c": {}}
    assert body == {"a": [{"b": 1}, {"b": 2}], "c": {}}


def test_the_same_fault_is_found_in_another_answer_or_not_at_all() -> None:
    fault = WireFault("off-by-one", "invoice", ("total",), 6)
    again = faults.again(answer({"total": 8}), GONE, {}, fault)
    assert again is not None
    assert again.value == 9
    assert faults.again(answer({"subtotal": 8}), GONE, {}, fault) is None
    assert faults.again(answer({"total": None}), GONE, {}, fault) is None


def test_only_what_a_table_names_is_excused() -> None:
    assert equivalents.reason("customer", "phone", "dropped")
    assert equivalents.reason("invoice", "data[].hosted_invoice_url", "reworded")
    assert equivalents.reason("invoice", "created", "off-by-one")
    for kind, path, fault in [
        ("customer", "balance", "off-by-one"),
        ("invoice", "created", "dropped"),
        ("invoice", "status", "swapped"),
        ("invoice", "amount_due", "off-by-one"),
        ("error", "error.code", "dropped"),
    ]:
        assert not equivalents.reason(kind, path, fault), (kind, path, fault)


def test_a_wrong_id_is_excused_where_nothing_else_speaks_of_it() -> None:
    assert not equivalents.reason("invoice", "id", "other-id")
    assert equivalents.reason("invoice", "id", "other-id", lonely=True) == equivalents.LONELY


def test_nearly_every_fault_is_noticed(cassettes: Path, scenarios: Path) -> None:
    """A sample that holds the line: what still gets by is told first in the report."""
    tried, every = wire.run(wire.Job((scenarios,), cassettes, VERSION, sample=6000))
    assert len(tried) >= 6000
    assert wire_summary.rate(tried) >= LINE, "\n".join(wire_summary.lines(tried, every=every))
    assert not [one for one in tried if one.how == "error"]


def test_without_a_fault_every_recorded_scenario_holds(cassettes: Path, scenarios: Path) -> None:
    """Else everything would be noticed."""
    play, recorded = stage.load((scenarios / "pay", scenarios / "void"), cassettes, ApiVersion.parse(VERSION))
    assert recorded
    for one in recorded:
        result, diverged = play.play(one, one.exchanges)
        assert (result.outcome.value, diverged) == ("pass", False)


def test_what_is_judged_at_its_own_step_is_judged_as_in_the_whole_scenario(cassettes: Path, scenarios: Path) -> None:
    """A glance is a short cut: it says nothing that playing the scenario does not say."""
    play, recorded = stage.load((scenarios / "void",), cassettes, ApiVersion.parse(VERSION))
    seen = set()
    for one in recorded:
        for at, exchange in enumerate(one.exchanges):
            for fault in list(faults.of_exchange(exchange, GONE, {}))[::29]:
                wrong = faults.planted(exchange, fault)
                at_once = play.glance(one, at, wrong)
                whole, _ = play.play(one, (*one.exchanges[:at], wrong, *one.exchanges[at + 1 :]))
                if at_once.gravity >= Outcome.NOT_TESTABLE.gravity:
                    assert whole.outcome is at_once, (one.scenario.id, at, fault)
                seen.add(at_once)
    assert {Outcome.PASS, Outcome.FAIL, Outcome.NOT_TESTABLE} <= seen


def test_glancing_leaves_no_trace(cassettes: Path, scenarios: Path) -> None:
    play, recorded = stage.load((scenarios / "void",), cassettes, ApiVersion.parse(VERSION))
    one = recorded[0]
    for _ in range(2):
        assert {play.glance(one, at, exchange) for at, exchange in enumerate(one.exchanges)} == {Outcome.PASS}


def test_the_page_tells_the_rate_with_and_without_excuses_and_why_each_survivor_got_by() -> None:
    spot = stage.Spot("read", "", "GET /v1/invoices/{id}", ())
    hows = [("fail", ""), ("fail", ""), ("survived", ""), ("equivalent", "because")]
    tried = [wire.Tried("one", "pay", spot, "nulled", "invoice", "lines.data[].id", how, why) for how, why in hows]
    assert wire_summary.rate(tried) == pytest.approx(200 / 3)
    assert wire_summary.strict_rate(tried) == 50
    page = wire_markdown.page(tried, every=1, version=VERSION)
    assert "**Noticed: 66.67 %**; with nothing excused 50.00 %" in page
    assert "| 1 | because |" in page
    assert f"| 1 | invoice | `id` | nulled | one, read | {equivalents.gap('invoice', 'id', 'nulled')} |" in page


def test_every_fault_that_may_get_by_has_a_reason() -> None:
    for name in faults.NAMES:
        kind, path = ("http", "") if name.startswith("http") else ("invoice", "any_field")
        assert equivalents.gap(kind, path, name) != equivalents.UNKNOWN or name == "other-id"


def test_processes_share_the_work_and_change_nothing(cassettes: Path, scenarios: Path) -> None:
    job = wire.Job((scenarios / "void",), cassettes, VERSION, every=40)
    assert wire.run(job, 2) == wire.run(job)
