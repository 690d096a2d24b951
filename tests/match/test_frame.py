"""The frame condition and equality of bodies."""

from __future__ import annotations

import copy

import pytest

from conformance import match
from conformance.rules.volatile import VOLATILE

INVOICE = {
    "id": "in_1",
    "object": "invoice",
    "status": "open",
    "hosted_invoice_url": "https://invoice.stripe.com/i/a",
    "status_transitions": {"finalized_at": 5, "voided_at": None},
    "lines": {"data": [{"id": "il_1", "amount": 1}, {"id": "il_2", "amount": 2}], "total_count": 2},
    "metadata": {},
    "tags": ["a", "b"],
}
ALLOWED = {"status": "void", "status_transitions.voided_at": {"$type": "timestamp"}}


def after(**changed):
    return {
        **copy.deepcopy(INVOICE),
        "status": "void",
        "status_transitions": {"finalized_at": 5, "voided_at": 9},
        **changed,
    }


def changes(body, scope, allowed=ALLOWED, before=INVOICE):
    return match.changes(before, body, {path: match.compile(node) for path, node in allowed.items()}, VOLATILE, scope())


def test_exactly_the_declared_changes_hold(scope):
    assert changes(after(), scope) == []


def test_what_is_minted_anew_may_differ_wherever_the_object_stands(scope):
    assert changes(after(hosted_invoice_url="https://invoice.stripe.com/i/b"), scope) == []
    before = {"object": "subscription", "latest_invoice": INVOICE}
    body = {"object": "subscription", "latest_invoice": {**INVOICE, "hosted_invoice_url": "x"}}
    assert match.same(before, body, VOLATILE) == []
    assert (
        match.same(
            {"object": "customer", "hosted_invoice_url": 1}, {"object": "customer", "hosted_invoice_url": 2}, VOLATILE
        )
        != []
    )


def test_a_declared_value_that_did_not_come_is_told_at_its_line(scope):
    (found,) = changes(after(status="open"), scope)
    assert (found.path, found.message, found.where) == ("status", '"open" instead of "void"', ("to", "status"))


@pytest.mark.parametrize(
    ("changed", "path", "message"),
    [
        ({"metadata": {"a": "1"}}, "metadata.a", 'appeared with "1" (string), and should not'),
        ({"id": "in_2"}, "id", 'changed from "in_1" to "in_2", and should not'),
        ({"metadata": None}, "metadata", "changed from {} to null, and should not"),
        ({"new": {"deep": {"er": 1}}}, "new", 'appeared with {"deep": {"er": 1}} (object), and should not'),
        ({"tags": ["a"]}, "tags[1]", 'vanished (it was "b"), and should not'),
        ({"tags": ["b", "b"]}, "tags[0]", 'changed from "a" to "b", and should not'),
    ],
)
def test_any_other_difference_is_told_once_at_its_highest_level(changed, path, message, scope):
    (found,) = changes(after(**changed), scope)
    assert (found.path, found.message, found.where) == (path, message, ())


def test_a_vanished_key_is_told(scope):
    body = after()
    del body["metadata"]
    (found,) = changes(body, scope)
    assert (found.path, found.message, found.actual) == (
        "metadata",
        "vanished (it was {}), and should not",
        match.MISSING,
    )


@pytest.mark.parametrize("value", [True, 1.0])
def test_a_value_that_only_python_takes_for_the_same_is_a_difference(value, scope):
    assert [one.path for one in match.same({"a": 1}, {"a": value}, {})] == ["a"]


def test_elements_with_ids_are_aligned_by_id(scope):
    lines = {
        "data": [{"id": "il_0", "amount": 7}, {"id": "il_1", "amount": 1}, {"id": "il_2", "amount": 3}],
        "total_count": 2,
    }
    found = changes(after(lines=lines), scope)
    assert [(one.path, one.actual) for one in found] == [
        ("lines.data[2].amount", 3),
        ("lines.data[0]", {"id": "il_0", "amount": 7}),
    ]


def test_an_element_that_vanished_is_addressed_by_its_old_place(scope):
    (found,) = changes(after(lines={"data": [{"id": "il_2", "amount": 2}], "total_count": 2}), scope)
    assert (found.path, found.expected) == ("lines.data[0]", {"id": "il_1", "amount": 1})


def test_another_order_is_told_as_such_and_once(scope):
    (found,) = changes(after(lines={"data": INVOICE["lines"]["data"][::-1], "total_count": 2}), scope)
    assert found.path == "lines.data"
    assert (
        found.message == 'the order of its elements changed from ["il_1", "il_2"] to ["il_2", "il_1"], and should not'
    )


def test_a_path_allows_everything_below_it(scope):
    allowed = {**ALLOWED, "lines": {"total_count": 0}}
    assert changes(after(lines={"data": [], "total_count": 0}), scope, allowed) == []


def test_an_object_that_appeared_may_be_allowed_member_by_member(scope):
    allowed = {**ALLOWED, "new.a": 1}
    assert changes(after(new={"a": 1}), scope, allowed) == []
    assert [one.path for one in changes(after(new={"a": 1, "b": 2}), scope, allowed)] == ["new.b"]


def test_a_member_of_an_allowed_path_does_not_allow_the_object_to_become_null(scope):
    allowed = {**ALLOWED, "metadata.a": {"$absent": True}}
    assert [one.path for one in changes(after(metadata=None), scope, allowed)] == ["metadata"]


def test_a_declared_absence_holds(scope):
    body = after()
    del body["metadata"]
    assert changes(body, scope, {**ALLOWED, "metadata": {"$absent": True}}) == []


def test_more_than_ten_differences_are_counted(scope):
    found = changes(after(**{f"extra_{n:02}": n for n in range(25)}), scope)
    assert len(found) == 11
    assert [one.path for one in found[:2]] == ["extra_00", "extra_01"]
    assert found[-1].message == "+ 15 more differences"


def test_an_empty_body_where_an_invoice_was_does_not_crash(scope):
    for body in (None, "", [], 5, {}, {"object": ["x"]}, {"object": {}}):
        assert changes(body, scope) != []


def test_same_says_what_differs(scope):
    body = {**INVOICE, "status": "void", "extra": 1}
    del body["tags"]
    found = match.same(INVOICE, body, VOLATILE)
    assert [(one.path, one.message) for one in found] == [
        ("status", '"void" instead of "open"'),
        ("tags", 'is missing, expected ["a", "b"]'),
        ("extra", "is there with 1 (integer), and was not before"),
    ]


def test_a_path_that_is_none_is_refused(scope):
    with pytest.raises(ValueError, match="not a field path"):
        changes(after(), scope, {"lines[": 1})
