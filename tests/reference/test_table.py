"""The store against a plain list: whatever is added, changed and removed, every page is the one a scan would give."""

from __future__ import annotations

from itertools import islice
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.reference.model.table import Table, Undo

Body = dict[str, Any]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from("ab"), st.integers(0, 3)),
        st.tuples(st.just("set"), st.integers(0, 20), st.sampled_from("abc")),
        st.tuples(st.just("remove"), st.integers(0, 20), st.none()),
    ),
    max_size=25,
)


def everything(_: Body) -> bool:
    return True


def apply(table: Table, rows: list[Body], steps: list[tuple[Any, ...]]) -> None:
    """The same steps on the table and on a list of the rows that are left."""
    created = 100
    for name, first, second in steps:
        if name == "add":
            created += second
            row = {"id": f"x{len(table._at)}", "kind": first, "created": created, "metadata": {"k": first}}
            rows.append(table.add(row))
        elif rows and name == "set":
            table.set(rows[first % len(rows)], "kind", second)
        elif rows:
            table.remove(rows.pop(first % len(rows)))


@given(STEPS, st.sampled_from("abc"), st.integers(95, 130), st.integers(95, 130))
def test_every_selection_equals_a_scan(steps: list[tuple[Any, ...]], kind: str, low: int, high: int) -> None:
    table, rows = Table("kind"), []
    apply(table, rows, steps)
    expected = [row for row in rows if row["kind"] == kind and low <= row["created"] <= high]
    found = table.newest({"kind": kind}, lambda row: low <= row["created"] <= high, created=(low, high))
    assert list(found) == expected[::-1]
    assert table.of("kind", kind) == [row for row in rows if row["kind"] == kind]
    assert table.has("kind", kind) is any(row["kind"] == kind for row in rows)


@given(STEPS, st.integers(1, 3))
def test_walking_by_cursor_sees_every_row_once_in_both_directions(steps: list[tuple[Any, ...]], size: int) -> None:
    table, rows = Table("kind"), []
    apply(table, rows, steps)
    seen: list[Body] = []
    while page := list(islice(table.newest({}, everything, after=seen[-1]["id"] if seen else None), size)):
        seen += page
    assert seen == rows[::-1]
    if rows:
        assert list(table.oldest({}, everything, before=rows[0]["id"])) == rows[1:]


@given(STEPS, STEPS)
def test_undoing_restores_every_row_and_every_index(
    before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]
) -> None:
    undo: Undo = []
    table, rows = Table("kind", undo=undo), []
    apply(table, rows, before)
    undo.clear()
    kept = [dict(row) for row in rows]
    apply(table, list(rows), after)
    for step, arguments in reversed(undo):
        step(*arguments)
    assert list(table.newest({}, everything)) == kept[::-1]
    for kind in "abc":
        assert table.of("kind", kind) == [row for row in kept if row["kind"] == kind]


def test_metadata_is_found_by_its_present_value_only() -> None:
    table = Table()
    row = table.add({"id": "x", "created": 1, "metadata": {"order": "A1"}})
    assert list(table.tagged("order", "a1", everything)) == [row]
    row["metadata"] = {"order": "B2"}
    table.tag(row)
    assert list(table.tagged("order", "a1", everything)) == []
    assert list(table.tagged("order", "b2", everything)) == [row]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-5, 5)), max_size=30), st.integers(-6, 6), st.integers(-6, 6))
def test_few_rows_inside_bounds_are_found_by_rank(changes: list[tuple[int, int]], low: int, high: int) -> None:
    table = Table()
    rows = [table.add({"id": f"x{index}", "created": 1, "total": 0}) for index in range(10)]
    for row in rows:
        table.rank(row, "total")
    for index, total in changes:
        rows[index]["total"] = total
        table.rank(rows[index], "total")
    found = table.few_between("total", (low, high))
    assert found is not None
    assert [row for row in found if low <= row["total"] <= high] == [
        row for row in rows[::-1] if low <= row["total"] <= high
    ]
