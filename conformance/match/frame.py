"""The frame condition: an operation changes the paths it declares and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.match.mismatch import Mismatch, instead_of, typed
from conformance.match.values import MISSING, Path, at, concat, field_path, parse_path, show
from conformance.match.walk import Difference, Volatile, differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.match import Expectation
    from conformance.match.scope import Scope

LINES = 10  # differences told one by one; the rest are counted


def changes(
    before: Any, after: Any, allowed: Mapping[str, Expectation], volatile: Volatile, scope: Scope
) -> list[Mismatch]:
    """Every path of ``allowed`` has its value in ``after``, and every other difference is a mismatch of its own.

    ``where`` is relative to the ``changes`` node: ``("to", path, …)`` for a value, ``()`` for an unexpected difference.
    Raise ValueError for a path of ``allowed`` that is none.
    """
    places = {path: parse_path(path) for path in allowed}
    found = [
        replace(one, path=concat(path, one.path), where=("to", path, *one.where))
        for path, expectation in allowed.items()
        for one in expectation.check(at(after, places[path]), scope)
    ]
    return found + _told(
        _unexpected(differences(before, after, volatile), frozenset(places.values())), _unexpected_message
    )


def same(before: Any, after: Any, volatile: Volatile) -> list[Mismatch]:
    """``after`` equals ``before``; what Stripe mints anew on each read is left out."""
    return _told(differences(before, after, volatile), _same_message)


def _unexpected(found: Iterable[Difference], allowed: frozenset[Path]) -> list[Difference]:
    """The differences that lie neither at nor under an allowed path."""
    out: list[Difference] = []
    for one in found:
        if any(one.path[:n] in allowed for n in range(len(one.path) + 1)):
            continue
        appeared, vanished = _appeared_or_vanished(one)
        if (appeared or vanished) and any(path[: len(one.path)] == one.path for path in allowed):
            # an object that came or went whole, of which a part was allowed: judge its members
            out += _unexpected(_members(one, one.after if appeared else one.before, appeared), allowed)
        else:
            out.append(one)
    return out


def _appeared_or_vanished(one: Difference) -> tuple[bool, bool]:
    return one.before is MISSING and type(one.after) is dict, one.after is MISSING and type(one.before) is dict


def _members(one: Difference, value: Mapping[str, Any], appeared: bool) -> list[Difference]:
    return [
        Difference((*one.path, key), MISSING if appeared else item, item if appeared else MISSING)
        for key, item in value.items()
    ]


def _told(found: list[Difference], message: Any) -> list[Mismatch]:
    told = [
        Mismatch(field_path(one.path), one.before, one.after, message(one), (), int(n == 0))
        for n, one in enumerate(found[:LINES])
    ]
    if len(found) > LINES:
        told.append(Mismatch("", None, None, f"+ {len(found) - LINES:,} more differences", (), 0))
    return told


def _unexpected_message(one: Difference) -> str:
    if one.moved:
        return f"the order of its elements changed from {show(one.before)} to {show(one.after)}, and should not"
    if one.before is MISSING:
        return f"appeared with {typed(one.after)}, and should not"
    if one.after is MISSING:
        return f"vanished (it was {show(one.before)}), and should not"
    return f"changed from {show(one.before)} to {_new(one)}, and should not"


def _new(one: Difference) -> str:
    return show(one.after) if type(one.before) is type(one.after) else typed(one.after)


def _same_message(one: Difference) -> str:
    if one.moved:
        return f"has its elements in the order {show(one.after)} instead of {show(one.before)}"
    if one.before is MISSING:
        return f"is there with {typed(one.after)}, and was not before"
    return instead_of(one.after, one.before)
