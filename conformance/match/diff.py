"""Minimal diffs of two values: path-addressed lines in document order, safe to print, computed on failure only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.match.values import MISSING, Path, at, equal, field_path, show
from conformance.match.walk import Difference, differences, places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.match.mismatch import Mismatch

LIST_EXPLAINED = 50  # longer lists are compared by position: explaining costs the square of their length


def diff(expected: Any, actual: Any, *, limit: int = 10) -> tuple[str, ...]:
    """``- path: old`` and ``+ path: new`` lines for at most ``limit`` differences, then ``… n more``."""
    found = list(_explained(expected, actual))
    told = [line for one in found[:limit] for line in _lines(one)]
    if len(found) > limit:
        told.append(f"… {len(found) - limit:,} more")
    return tuple(told)


def lines(mismatches: Iterable[Mismatch], *, limit: int = 10) -> tuple[str, ...]:
    """The same lines for mismatches that were found by an expectation."""
    found = list(mismatches)
    told = [line for one in found[:limit] for line in _pair(one.path, one.expected, one.actual)]
    if len(found) > limit:
        told.append(f"… {len(found) - limit:,} more")
    return tuple(told)


def _lines(one: Difference) -> tuple[str, ...]:
    path = field_path(one.path)
    if one.moved:
        return (f"~ {path or 'body'}: order {show(one.before)} became {show(one.after)}",)
    return _pair(path, one.before, one.after)


def _pair(path: str, expected: Any, actual: Any) -> tuple[str, ...]:
    name = path or "body"
    sides = (("-", expected), ("+", actual))
    return tuple(f"{sign} {name}: {show(value)}" for sign, value in sides if value is not MISSING)


def _explained(expected: Any, actual: Any) -> Iterator[Difference]:
    """The differences; where the elements of a list without ids moved, DeepDiff explains them instead of positions."""
    explained: dict[Path, list[Difference]] = {}
    for one in differences(expected, actual):
        home = _shifted(one, expected, actual)
        if home is None:
            yield one
            continue
        first = home not in explained
        if first:
            explained[home] = _moves(at(expected, home), at(actual, home), home)
            yield from explained[home]
        if not explained[home]:
            yield one


def _shifted(one: Difference, expected: Any, actual: Any) -> Path | None:
    """The outermost list around this difference that is compared by position though its elements shifted."""
    for n, part in enumerate(one.path):
        if isinstance(part, int):
            old, new = at(expected, one.path[:n]), at(actual, one.path[:n])
            if type(old) is list and type(new) is list and _moved(old, new):
                return one.path[:n]
    return None


def _moved(old: list[Any], new: list[Any]) -> bool:
    if max(len(old), len(new)) > LIST_EXPLAINED or (places(old) is not None and places(new) is not None):
        return False
    return any(
        equal(item, other)
        for n, item in enumerate(old)
        for m, other in enumerate(new)
        if n != m and not _held(old, new, n)
    )


def _held(old: list[Any], new: list[Any], n: int) -> bool:
    return n < len(new) and equal(old[n], new[n])


def _moves(old: list[Any], new: list[Any], home: Path) -> list[Difference]:
    """What came and went, whatever moved for it; where nothing did, the new order. Empty where DeepDiff cannot tell."""
    from deepdiff import DeepDiff

    try:
        tree = DeepDiff(old, new, view="tree", iterable_compare_func=lambda one, other, _level=None: equal(one, other))
    except RecursionError:
        return []
    gone = [(level.path(output_format="list"), level.t1, MISSING) for level in tree.get("iterable_item_removed", ())]
    come = [(level.path(output_format="list"), MISSING, level.t2) for level in tree.get("iterable_item_added", ())]
    if gone or come:
        return [Difference((*home, *path), before, after) for path, before, after in sorted(gone + come, key=_place)]
    return [Difference(home, old, new, moved=True)] if "iterable_item_moved" in tree else []


def _place(found: tuple[list[int], Any, Any]) -> list[int]:
    return found[0]
