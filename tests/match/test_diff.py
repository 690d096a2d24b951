"""Minimal path-addressed diffs, safe to print and bounded in size."""

from __future__ import annotations

import subprocess
import sys

from conformance import match


def test_only_what_differs_is_shown_in_document_order():
    old = {"id": "in_1", "status": "draft", "lines": {"data": [{"id": "il_1", "amount": 1}]}, "gone": 1}
    new = {"id": "in_1", "status": "open", "lines": {"data": [{"id": "il_1", "amount": 2}]}, "came": None}
    assert match.diff(old, new) == (
        '- status: "draft"',
        '+ status: "open"',
        "- lines.data[0].amount: 1",
        "+ lines.data[0].amount: 2",
        "- gone: 1",
        "+ came: null",
    )


def test_equal_values_have_no_diff():
    assert match.diff({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}) == ()


def test_one_inserted_line_item_is_one_line():
    items = [{"id": f"il_{n}", "amount": n} for n in range(5)]
    assert match.diff({"data": items}, {"data": [{"id": "il_new", "amount": 9}, *items]}) == (
        '+ data[0]: {"id": "il_new", "amount": 9}',
    )


def test_a_new_order_of_elements_with_ids_is_one_line():
    items = [{"id": f"il_{n}"} for n in range(2)]
    assert match.diff(items, items[::-1]) == ('~ body: order ["il_0", "il_1"] became ["il_1", "il_0"]',)


def test_one_inserted_element_without_an_id_is_one_line():
    assert match.diff({"a": ["x", "y", "z"]}, {"a": ["w", "x", "y", "z"]}) == ('+ a[0]: "w"',)
    assert match.diff([{"k": 1}, {"k": 2}], [{"k": 2}]) == ('- [0]: {"k": 1}',)


def test_a_new_order_of_elements_without_ids_is_one_line():
    assert match.diff({"a": ["x", "y"]}, {"a": ["y", "x"]}) == ('~ a: order ["x", "y"] became ["y", "x"]',)


def test_a_changed_element_in_place_is_told_by_its_field():
    assert match.diff([{"k": 1, "n": 1}, {"k": 2}], [{"k": 1, "n": 2}, {"k": 2}]) == ("- [0].n: 1", "+ [0].n: 2")


def test_at_most_so_many_differences_are_shown():
    lines = match.diff({}, {f"k{n}": n for n in range(30)}, limit=3)
    assert lines == ("+ k0: 0", "+ k1: 1", "+ k2: 2", "… 27 more")


def test_types_that_look_alike_differ():
    assert match.diff({"a": 1}, {"a": True}) == ("- a: 1", "+ a: true")


def test_mismatches_are_shown_the_same_way(scope):
    found = match.compile({"a": 1, "b": {"$absent": True}}).check({"b": 2}, scope())
    assert match.lines(found) == ("- a: 1", '- b: {"$absent": true}', "+ b: 2")


def test_terminal_escapes_and_direction_changes_never_get_through():
    evil = "\x1b[31mred\x07\x00\u202eevil\u200b\x9b\ud800\r\n"
    for line in match.diff({"a": 1}, {"a": evil, evil: evil}):
        assert line.isprintable(), line
        line.encode()
    assert match.safe(evil).isprintable()


def test_huge_values_stay_short():
    huge = {"a": "x" * 1_000_000, "b": list(range(100_000)), "c": {str(n): n for n in range(100_000)}, "d": 10**4000}
    lines = match.diff({"a": 1, "b": 1, "c": 1, "d": 1}, huge)
    assert len(lines) == 8
    assert max(map(len, lines)) < 400
    assert '"xxx' in lines[1]
    assert "(1,000,000 characters)" in lines[1]


def test_deep_values_do_not_exhaust_the_stack(scope):
    deep: object = 1
    for _ in range(900):
        deep = {"a": [deep]}
    other: object = 2
    for _ in range(900):
        other = {"a": [other]}
    assert match.diff(deep, other)
    assert match.same(deep, other, {})
    assert match.compile({"a": [{"a": 5}]}).check(deep, scope())


def test_deepdiff_is_loaded_only_where_it_pays():
    code = (
        "import sys; from conformance import match; match.diff({'a': [{'id': 'x'}]}, {'a': [{'id': 'y'}], 'b': 2});"
        "assert 'deepdiff' not in sys.modules; match.diff([1, 2], [2]); assert 'deepdiff' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
