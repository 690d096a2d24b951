"""Literals, partial objects, whole lists, references."""

from __future__ import annotations

import pytest

from conformance import match
from conformance.scenario.model import Reference, Template


def only(node, value, scope):
    (found,) = match.compile(node).check(value, scope)
    return found


@pytest.mark.parametrize(
    ("expected", "actual", "message"),
    [
        (False, "false", '"false" (string) instead of false (boolean)'),
        (1, True, "true (boolean) instead of 1 (integer)"),
        (0, False, "false (boolean) instead of 0 (integer)"),
        (True, 1, "1 (integer) instead of true (boolean)"),
        (1, 1.0, "1.0 (number) instead of 1 (integer)"),
        (1.0, 1, "1 (integer) instead of 1.0 (number)"),
        ("1", 1, '1 (integer) instead of "1" (string)'),
        (None, "", '"" (string) instead of null'),
        (None, 0, "0 (integer) instead of null"),
        ("open", "draft", '"draft" instead of "open"'),
        (2000, 200000, "200000 instead of 2000"),
    ],
)
def test_a_literal_wants_its_own_type_and_value(expected, actual, message, scope):
    assert match.compile(expected).check(expected, scope()) == []
    assert only(expected, actual, scope()).message == message


def test_objects_are_partial_and_address_what_differs(scope):
    body = {"id": "in_1", "lines": {"data": [{"amount": 5, "currency": "usd"}], "has_more": False}}
    node = {"lines": {"data": [{"amount": 6}]}}
    found = only(node, body, scope())
    assert (found.path, found.expected, found.actual) == ("lines.data[0].amount", 6, 5)
    assert found.where == ("lines", "data", 0, "amount")
    assert match.compile({"lines": {"has_more": False}}).check(body, scope()) == []


def test_every_leaf_that_fails_is_told_and_counted(scope):
    expectation = match.compile({"a": 1, "b": {"c": 2, "d": 3}, "e": [4, 5]})
    found = expectation.check({"a": 0, "b": {"c": 2}, "e": [4, 6]}, scope())
    assert [one.path for one in found] == ["a", "b.d", "e[1]"]
    assert expectation.count == 5
    assert sum(one.leaves for one in found) == 3


def test_what_is_no_object_fails_every_leaf_below_at_once(scope):
    expectation = match.compile({"b": {"c": 2, "d": 3}})
    (found,) = expectation.check({"b": "<html>"}, scope())
    assert (found.path, found.leaves, found.message) == ("b", 2, 'expected an object, got "<html>" (string)')


def test_a_missing_key_is_told_with_the_keys_like_it(scope):
    found = only({"status": "open"}, {"state": 1, "Status": "open", "id": 5}, scope())
    assert found.actual is match.MISSING
    assert found.message == 'is missing, expected "open"; near: Status, state'


def test_null_is_not_missing(scope):
    assert match.compile({"a": None}).check({"a": None}, scope()) == []
    assert only({"a": None}, {}, scope()).actual is match.MISSING
    assert only({"a": {"$absent": True}}, {"a": None}, scope()).actual is None


def test_lists_are_whole(scope):
    assert match.compile([{"a": 1}, 2]).check([{"a": 1, "b": 1}, 2], scope()) == []
    assert only([1, 2], [1], scope()).message == "1 element instead of 2"
    assert only([], [1], scope()).message == "1 element instead of 0"
    assert only([1], {"0": 1}, scope()).message == 'expected a list, got {"0": 1} (object)'
    assert [one.path for one in match.compile([1, 2]).check([2, 1], scope())] == ["[0]", "[1]"]


def test_an_empty_object_demands_an_object(scope):
    assert match.compile({}).check({"a": 1}, scope()) == []
    assert match.compile({}).check([], scope()) != []
    assert match.compile({}).count == 1


def test_a_reference_is_compared_with_its_whole_value(scope):
    names = {"a": {"lines": {"data": [{"id": "il_1", "amount": 1}]}}}
    node = {"data": Reference("a", ("lines", "data"))}
    assert match.compile(node).check({"data": [{"id": "il_1", "amount": 1}]}, scope(**names)) == []
    for wrong in (
        [{"id": "il_1", "amount": 1, "more": 1}],
        [{"id": "il_1", "amount": True}],
        [{"id": "il_1", "amount": 1.0}],
        [],
    ):
        found = only(node, {"data": wrong}, scope(**names))
        assert found.message.endswith("the value of ${a.lines.data}")


def test_a_template_is_compared_as_text(scope):
    node = Template(("/v1/invoices/", Reference("a", ("id",)), "/lines"))
    assert match.compile(node).check("/v1/invoices/in_1/lines", scope(a={"id": "in_1"})) == []
    assert match.compile(node).check("/v1/invoices/in_2/lines", scope(a={"id": "in_1"})) != []


def test_a_reference_without_a_value_is_one_mismatch_that_stands_for_all(scope):
    expectation = match.compile({"a": Reference("draft", ("number",)), "b": 1})
    (found,) = expectation.check({"a": 1, "b": 1}, scope(draft={"id": "in_1"}))
    assert found.message == "cannot be compared: ${draft.number}: 'number' is missing in ${draft} (there: id)"
    assert found.leaves == 2


def test_expected_values_are_plain_data_for_files(scope):
    found = only({"a": {"b": Reference("x", ("id",)), "c": [Template(("p", Reference("x")))]}}, {"a": 5}, scope())
    assert found.expected == {"b": "${x.id}", "c": ["p${x}"]}


def test_keys_that_are_no_plain_words_are_quoted_in_paths(scope):
    found = only({"metadata": {"a.b[0]": "x"}}, {"metadata": {"a.b[0]": "y"}}, scope())
    assert found.path == 'metadata["a.b[0]"]'
    assert match.parse_path(found.path) == ("metadata", "a.b[0]")
