"""``$unordered``: a list of exactly these elements in any order, as an assignment of elements to expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.match.compiler import Check, size_of
from conformance.match.mismatch import Mismatch, expected_but, plain
from conformance.match.values import Path, join, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.match.scope import Scope
    from conformance.scenario.model import Node


def unordered(items: list[Check], node: list[Node], where: Path) -> Check:
    """Exactly ``items`` in any order; items that fit several values are assigned so that all fit, if they can."""
    size, binds = len(items), any(item.binds for item in items)

    def holds(value: Any, scope: Scope) -> bool:
        return type(value) is list and len(value) == size and _fit(items, value, scope, binds)

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        if holds(value, scope):
            return []
        if type(value) is not list:
            return [Mismatch(path, plain({"$unordered": node}), value, expected_but("a list", value), where)]
        if len(value) != size:
            return [Mismatch(path, plain({"$unordered": node}), value, f"{size_of(value)} instead of {size}", where)]
        return _explain(items, value, scope, path, node, where)

    return Check(holds, explain, 1, binds)


def _fit(items: Sequence[Check], values: Sequence[Any], scope: Scope, binds: bool) -> bool:
    candidates = _candidates(items, values, scope)
    if len(assign(candidates)) < len(items):
        return False
    return not binds or _bind(items, values, scope, candidates, frozenset())


def _candidates(items: Sequence[Check], values: Sequence[Any], scope: Scope) -> list[list[int]]:
    """For each expectation the elements it could stand for, on its own."""
    mark = scope.symbols.snapshot()
    table = []
    for item in items:
        row = []
        for n, value in enumerate(values):
            if item.holds(value, scope):
                row.append(n)
            scope.symbols.rollback(mark)
        table.append(row)
    return table


def assign(candidates: Sequence[Sequence[int]]) -> dict[int, int]:
    """The largest assignment of rows to distinct columns, as column -> row (Kuhn's augmenting paths)."""
    taken: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for column in candidates[row]:
            if column not in seen:
                seen.add(column)
                if column not in taken or place(taken[column], seen):
                    taken[column] = row
                    return True
        return False

    for row in range(len(candidates)):
        place(row, set())
    return taken


def _bind(
    items: Sequence[Check], values: Sequence[Any], scope: Scope, candidates: list[list[int]], used: frozenset[int]
) -> bool:
    """With symbols the choices depend on each other: search, undoing what a dead end bound."""
    row = len(used)
    if row == len(items):
        return True
    mark = scope.symbols.snapshot()
    for column in candidates[row]:
        if column not in used:
            if items[row].holds(values[column], scope) and _bind(items, values, scope, candidates, used | {column}):
                return True
            scope.symbols.rollback(mark)
    return False


def _explain(
    items: list[Check], values: list[Any], scope: Scope, path: str, node: list[Node], where: Path
) -> list[Mismatch]:
    taken = assign(_candidates(items, values, scope))
    left = [n for n in range(len(values)) if n not in taken]
    lost = [n for n in range(len(items)) if n not in taken.values()]
    if len(left) == len(lost) == 1:  # the one element left must have been meant for the one expectation left
        found = items[lost[0]].explain(values[left[0]], scope, join(path, left[0]))
        return [
            Mismatch(one.path, one.expected, one.actual, one.message, one.where, 1 if n == 0 else 0)
            for n, one in enumerate(found)
        ]
    shown = ", ".join(show(values[n]) for n in left[:3]) or "the ids do not agree with the symbols of this scenario"
    return [Mismatch(path, plain({"$unordered": node}), values, f"matches in no order; not expected: {shown}", where)]
