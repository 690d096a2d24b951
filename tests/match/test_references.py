"""References, templates, times and version alternatives in parameters."""

from __future__ import annotations

import pytest

from conformance import match
from conformance.api_version import ApiVersion
from conformance.scenario.model import Reference, Template

NAMES = {"invoice": {"id": "in_1", "amount": 5, "paid": False, "lines": {"data": [{"id": "il_1"}]}, "customer": None}}


def ref(text: str) -> Reference:
    name, _, rest = text.partition(".")
    return Reference(name, match.parse_path(rest))


def test_a_reference_keeps_its_type_and_a_template_makes_text():
    node = {
        "a": ref("invoice.amount"),
        "b": [ref("invoice.paid")],
        "c": Template(("x-", ref("invoice.amount"), "-", ref("invoice.paid"))),
    }
    assert match.resolve(node, NAMES) == {"a": 5, "b": [False], "c": "x-5-false"}


def test_a_text_that_looks_like_a_reference_in_a_value_is_left_alone():
    assert match.resolve(ref("a.b"), {"a": {"b": "${invoice.id}"}}) == "${invoice.id}"


def test_nodes_without_references_come_back_equal():
    node = {"expand": ["customer"], "metadata": {"a": "1"}, "n": None, "t": True}
    assert match.resolve(node, {}) == node


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("invoic.id", "nothing is named 'invoic' here, near: invoice"),
        (
            "invoice.custmer",
            "'custmer' is missing in ${invoice}, near: customer (there: id, amount, paid, lines, customer)",
        ),
        ("invoice.customer.id", "'id' is missing: ${invoice.customer} is null"),
        ("invoice.lines.data[1].id", "[1] is missing: ${invoice.lines.data} has 1 elements"),
        ("invoice.lines[0]", '[0] is missing: ${invoice.lines} is {"data": [{… 1}]} (object)'),
        ("invoice.id[0]", '[0] is missing: ${invoice.id} is "in_1" (string)'),
    ],
)
def test_a_missing_value_says_which_part_is_missing_and_what_is_there(reference, reason):
    with pytest.raises(match.Unresolved) as caught:
        match.resolve({"x": [ref(reference)]}, NAMES)
    assert caught.value.reason == reason
    assert str(caught.value.reference) == f"${{{reference}}}"


def test_an_object_cannot_stand_inside_a_string():
    with pytest.raises(match.Unresolved, match=r"is \{.*\} \(object\), which cannot stand inside a string"):
        match.resolve(Template(("/v1/", ref("invoice.lines"))), NAMES)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ({"after": ref("customer.created")}, 1000),
        ({"after": ref("customer.created"), "plus": "30d"}, 1000 + 30 * 86400),
        ({"after": ref("customer.created"), "minus": "10m"}, 400),
        ({"after": 50, "plus": "2h", "minus": "1s"}, 50 + 7199),
    ],
)
def test_a_time_is_an_earlier_time_plus_an_offset(argument, expected):
    assert match.resolve({"due_date": {"$time": argument}}, {"customer": {"created": 1000}}) == {"due_date": expected}


@pytest.mark.parametrize(
    "argument", [5, {}, {"plus": "1s"}, {"after": "now"}, {"after": 5, "plus": "1 day"}, {"after": 5, "times": "2s"}]
)
def test_a_malformed_time_is_refused(argument):
    with pytest.raises(match.BadMatcher, match=r"\$time"):
        match.resolve({"$time": argument}, {})


def test_a_time_after_something_that_is_no_time_is_unresolved():
    with pytest.raises(match.Unresolved, match="not a timestamp"):
        match.resolve({"$time": {"after": ref("invoice.id")}}, NAMES)


def test_version_alternatives_choose_or_leave_the_key_out():
    node = {
        "a": {"$versions": {">=2025-03-31.basil": ref("invoice.id"), "<2020-01-01": 1}},
        "b": [{"$versions": {"<2020-01-01": 2}}],
        "c": 3,
    }
    resolved = {
        v: match.resolve(node, NAMES, ApiVersion.parse(v)) for v in ("2025-03-31.basil", "2022-08-01", "2019-01-01")
    }
    assert resolved == {
        "2025-03-31.basil": {"a": "in_1", "b": [], "c": 3},
        "2022-08-01": {"b": [], "c": 3},
        "2019-01-01": {"a": 1, "b": [2], "c": 3},
    }


@pytest.mark.parametrize(
    ("text", "seconds"), [("0s", 0), ("120s", 120), ("10m", 600), ("2h", 7200), ("30d", 2_592_000)]
)
def test_durations_are_a_number_and_a_unit(text, seconds):
    assert match.duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "s", "10", 10, "1.5h", "-1s", "1 s", "1S", "01s", "1h30m", "1w", "9999999999s", None, "1s\n", "١s"]
)
def test_anything_else_is_no_duration(text):
    with pytest.raises(ValueError, match="not a duration"):
        match.duration(text)
