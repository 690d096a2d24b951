"""Where two JSON values differ: each difference once, at its highest level, in document order, lists aligned by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.match.values import DEPTH_COMPARED, MISSING, Path

Volatile = Mapping[str, frozenset[str]]  # object type -> the keys of such an object that are minted anew on each read

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """``before`` or ``after`` is MISSING for what appeared or vanished.

    ``moved``: the same elements stand in another order; ``before`` and ``after`` are then the two lists of ids.
    """

    path: Path
    before: Any
    after: Any
    moved: bool = False


def differences(before: Any, after: Any, volatile: Volatile | None = None) -> list[Difference]:
    """Every difference apart from volatile keys. An element only ``before`` has is addressed by its place there."""
    out: list[Difference] = []
    _walk(before, after, (), volatile or {}, out)
    return out


def _walk(before: Any, after: Any, path: Path, volatile: Volatile, out: list[Difference]) -> None:
    kind = type(before)
    if kind is type(after) and len(path) < DEPTH_COMPARED:
        if kind is dict:
            return _walk_object(before, after, path, volatile, out)
        if kind is list:
            return _walk_list(before, after, path, volatile, out)
        if before == after:
            return None
    out.append(Difference(path, before, after))
    return None


def _walk_object(
    before: dict[str, Any], after: dict[str, Any], path: Path, volatile: Volatile, out: list[Difference]
) -> None:
    kind = after.get("object", "")
    skipped = volatile.get(kind, _NOTHING) if isinstance(kind, str) else _NOTHING
    for key, value in before.items():
        if key not in skipped:
            other = after.get(key, MISSING)
            if value is not other:
                _walk(value, other, (*path, key), volatile, out)
    for key, value in after.items():
        if key not in before and key not in skipped:
            out.append(Difference((*path, key), MISSING, value))


def _walk_list(before: list[Any], after: list[Any], path: Path, volatile: Volatile, out: list[Difference]) -> None:
    old, new = places(before), places(after)
    if old is None or new is None:
        return _walk_positions(before, after, path, volatile, out)
    common = [key for key in old if key in new]
    if common != [key for key in new if key in old]:
        out.append(Difference(path, list(old), list(new), moved=True))
    for key, n in old.items():
        if key in new:
            _walk(before[n], after[new[key]], (*path, new[key]), volatile, out)
        else:
            out.append(Difference((*path, n), before[n], MISSING))
    out.extend(Difference((*path, n), MISSING, after[n]) for key, n in new.items() if key not in old)
    return None


def _walk_positions(before: list[Any], after: list[Any], path: Path, volatile: Volatile, out: list[Difference]) -> None:
    for n, (old, new) in enumerate(zip(before, after, strict=False)):
        _walk(old, new, (*path, n), volatile, out)
    shared = min(len(before), len(after))
    out.extend(Difference((*path, n), old, MISSING) for n, old in enumerate(before[shared:], shared))
    out.extend(Difference((*path, n), MISSING, new) for n, new in enumerate(after[shared:], shared))


def places(items: list[Any]) -> dict[str, int] | None:
    """Where each id stands, when every element is an object with an ``id`` of its own; None when one is not."""
    found: dict[str, int] = {}
    for n, item in enumerate(items):
        key = item.get("id") if type(item) is dict else None
        if type(key) is not str or key in found:
            return None
        found[key] = n
    return found
