"""What holds for every value: nothing is accused wrongly, no difference is overlooked."""

from __future__ import annotations

import copy

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance import match
from conformance.api_version import ApiVersion
from conformance.match.values import at, equal
from conformance.match.walk import differences

KEYS = st.sampled_from(["id", "object", "amount", "status", "lines", "data", "a.b", "x y"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.sampled_from([0.0, 1.0, 2.5])
    | st.sampled_from(["", "a", "in_1", "invoice"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=5)
OTHER = "\u2260 anything generated"


def scope() -> match.Scope:
    return match.Scope({}, match.Symbols(), 0.0, ApiVersion.parse("2025-03-31.basil"))


def leaves(value, path=()):
    """The paths of every leaf: a scalar or an empty container."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [path_below for key, item in items for path_below in leaves(item, (*path, key))]
    return below or [path]


def replaced(value, path, new):
    if not path:
        return new
    out = copy.copy(value)
    out[path[0]] = replaced(value[path[0]], path[1:], new)
    return out


@given(VALUES)
def test_a_value_is_what_it_literally_is(value):
    assert match.compile(value).check(copy.deepcopy(value), scope()) == []
    assert match.same(value, copy.deepcopy(value), {}) == []
    assert match.diff(value, copy.deepcopy(value)) == ()


@given(VALUES, st.data())
def test_any_single_changed_leaf_is_caught_and_addressed(value, data):
    path = data.draw(st.sampled_from(leaves(value)))
    changed = replaced(value, path, OTHER)
    (found,) = match.compile(value).check(changed, scope())
    assert match.parse_path(found.path) == path
    assert (found.expected, found.actual) == (at(value, path), OTHER)
    assert at(value, found.where) == at(value, path)
    assert match.same(value, changed, {})
    assert match.diff(value, changed)


@given(VALUES, VALUES)
def test_every_comparison_agrees_on_whether_two_values_are_the_same(one, other):
    alike = equal(one, other)
    assert (differences(one, other) == []) == alike
    assert (match.diff(one, other) == ()) == alike
    if alike:
        assert match.compile(one).check(other, scope()) == []


@given(VALUES, VALUES)
def test_the_leaves_that_failed_are_never_more_than_there_are(expected, actual):
    expectation = match.compile(expected)
    found = expectation.check(actual, scope())
    assert 0 <= sum(one.leaves for one in found) <= expectation.count
    assert bool(found) == bool(sum(one.leaves for one in found))


@given(OBJECTS, st.data())
def test_the_frame_catches_a_planted_difference_outside_and_allows_it_inside(before, data):
    key = data.draw(st.sampled_from(sorted(before)))
    assume(before[key] != [])  # an element would appear below it, told one level lower
    path = (key, *data.draw(st.sampled_from(leaves(before[key]))))
    assume(path[-1] != "id")  # another id is another element: one went, one came
    after = replaced(before, path, OTHER)
    outside = match.changes(before, after, {}, {}, scope())
    assert len(outside) == 1
    allowed = {one.path: match.compile(at(after, match.parse_path(one.path))) for one in outside}
    top = match.compile({"$present": True})
    assert match.changes(before, after, allowed, {}, scope()) == []
    assert match.changes(before, after, {match.field_path((key,)): top}, {}, scope()) == []


@settings(max_examples=200)
@given(OBJECTS, OBJECTS)
def test_the_frame_holds_with_nothing_allowed_only_for_equal_bodies(before, after):
    assert (match.changes(before, after, {}, {}, scope()) == []) == equal(before, after)


@given(st.lists(st.sampled_from(["a", "b", {"n": 1}, {"n": 1, "m": 2}]), max_size=5), st.randoms())
def test_unordered_holds_for_every_order_and_for_no_other_multiset(items, random):
    shuffled = copy.deepcopy(items)
    random.shuffle(shuffled)
    expectation = match.compile({"$unordered": items})
    assert expectation.check(shuffled, scope()) == []
    assert expectation.check([*shuffled, "a"], scope()) != []
    if shuffled:
        shuffled[0] = OTHER
        assert expectation.check(shuffled, scope()) != []


@given(st.lists(KEYS | st.integers(0, 99), max_size=5))
def test_a_path_reads_back_as_what_it_was_made_from(parts):
    assert match.parse_path(match.field_path(tuple(parts))) == tuple(parts)


@given(st.text())
def test_whatever_a_target_sends_is_shown_in_printable_characters(text):
    assert match.safe(text).isprintable()
    shown = match.show({text: text})
    assert shown.isprintable()
    shown.encode()
