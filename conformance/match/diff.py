"""Minimal diffs of two values: path-addressed lines in document order, safe to print, computed on failure only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.match.values import MISSING, Path, at, field_path, show
from conformance.match.walk import Difference, differences, places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.match.mismatch import Mismatch

LIST_EXPLAINED = 50  # longer lists are compared by position: DeepDiff's cost grows with the square


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
        elif home not in explained:
            explained[home] = _deep(at(expected, home), at(actual, home), home)
            yield from explained[home]


def _shifted(one: Difference, expected: Any, actual: Any) -> Path | None:
    """The outermost list around this difference that is compared by position though its elements shifted."""
    for n, part in enumerate(one.path):
        if isinstance(part, int):
            old, new = at(expected, one.path[:n]), at(actual, one.path[:n])
            if type(old) is list and type(new) is list and _worth_explaining(old, new):
                return one.path[:n]
    return None


def _worth_explaining(old: list[Any], new: list[Any]) -> bool:
    if max(len(old), len(new)) > LIST_EXPLAINED or (places(old) is not None and places(new) is not None):
        return False
    return len(old) != len(new) or any(item in new for item in old)


def _deep(old: list[Any], new: list[Any], home: Path) -> list[Difference]:
    from deepdiff import DeepDiff

    tree = DeepDiff(old, new, view="tree", verbose_level=2, ignore_type_in_groups=None)
    found = [
        Difference((*home, *level.path(output_format="list")), _side(level.t1), _side(level.t2))
        for levels in tree.values()
        for level in levels
    ]
    return sorted(found, key=_document_order)


def _side(value: Any) -> Any:
    return MISSING if type(value).__name__ == "NotPresent" else value


def _document_order(one: Difference) -> tuple[Any, ...]:
    return tuple((isinstance(part, str), part) for part in one.path)
