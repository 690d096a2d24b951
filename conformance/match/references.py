"""References, templates, times and version alternatives, replaced by their values on the parsed tree, never in text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from conformance.api_version import ApiVersion, Window
from conformance.match.mismatch import BadMatcher, typed
from conformance.match.values import MISSING, Path, at, near, safe, show
from conformance.scenario.model import Node, Reference, Template

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(0|[1-9]\d{0,8})([smhd])")
_OMIT: Final = object()  # the value of a `$versions` without an alternative for the version: its key is left out


class Unresolved(Exception):
    """A reference to a value that is not there: an earlier response lacks it."""

    def __init__(self, reference: Reference | Template, reason: str) -> None:
        super().__init__(f"{reference}: {reason}")
        self.reference = reference
        self.reason = reason


def resolve(node: Node, names: Mapping[str, Any], version: ApiVersion | None = None) -> Any:
    """``node`` with its `Reference`, `Template`, ``$time`` and ``$versions`` replaced by values.

    Raise `Unresolved` for a value that is missing and `BadMatcher` for a malformed ``$time`` or ``$versions``.
    """
    value = _resolve(node, names, version)
    return None if value is _OMIT else value


def _resolve(node: Node, names: Mapping[str, Any], version: ApiVersion | None) -> Any:
    kind = type(node)
    if kind is dict:
        if len(node) == 1:
            ((key, argument),) = node.items()
            special = _SPECIAL.get(key)
            if special is not None:
                return special(argument, names, version)
        pairs = ((key, _resolve(item, names, version)) for key, item in node.items())
        return {key: value for key, value in pairs if value is not _OMIT}
    if kind is list or kind is tuple:
        return [value for value in (_resolve(item, names, version) for item in node) if value is not _OMIT]
    if kind is Reference:
        return lookup(node, names)
    if kind is Template:
        return "".join(part if isinstance(part, str) else _text(part, names) for part in node.parts)
    return node


def lookup(reference: Reference, names: Mapping[str, Any]) -> Any:
    """The value a reference stands for; raise `Unresolved` saying which part is missing and what was there."""
    if reference.name not in names:
        raise Unresolved(reference, f"nothing is named {reference.name!r} here{_hint(reference.name, names)}")
    value = names[reference.name]
    for n, part in enumerate(reference.path):
        below = at(value, (part,))
        if below is MISSING:
            raise Unresolved(reference, _absence(part, value, Reference(reference.name, reference.path[:n])))
        value = below
    return value


def _absence(part: str | int, value: Any, parent: Reference) -> str:
    what = repr(part) if isinstance(part, str) else f"[{part}]"
    if isinstance(value, Mapping) and isinstance(part, str):
        keys = ", ".join(safe(str(key)) for key, _ in zip(value, range(6), strict=False)) or "no keys"
        return f"{what} is missing in {parent}{_hint(part, value)} (there: {keys}{', …' if len(value) > 6 else ''})"
    if isinstance(value, list) and isinstance(part, int):
        return f"{what} is missing: {parent} has {len(value)} elements"
    return f"{what} is missing: {parent} is {typed(value)}"


def _hint(word: str, known: Mapping[str, Any]) -> str:
    found = near(word, known)
    return f", near: {', '.join(found)}" if found else ""


def _text(reference: Reference, names: Mapping[str, Any]) -> str:
    value = lookup(reference, names)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    raise Unresolved(reference, f"is {typed(value)}, which cannot stand inside a string")


def duration(text: Any) -> int:
    """Seconds of ``120s``, ``10m``, ``2h`` or ``30d``; raise ValueError for anything else."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"not a duration: {show(text)}; write 120s, 10m, 2h or 30d")
    return int(found[1]) * _UNITS[found[2]]


def offset(argument: Mapping[str, Any], name: str, where: Path = ()) -> int:
    """Seconds of ``plus`` less ``minus``."""
    try:
        return duration(argument.get("plus", "0s")) - duration(argument.get("minus", "0s"))
    except ValueError as error:
        raise BadMatcher(name, str(error), where) from None


def timestamp(node: Node, names: Mapping[str, Any], name: str, where: Path = ()) -> int:
    """The Unix seconds that ``node`` (an integer or a `Reference`) stands for."""
    value = lookup(node, names) if isinstance(node, Reference) else node
    if type(value) is int:
        return value
    if isinstance(node, Reference):
        raise Unresolved(node, f"is {typed(value)}, not a timestamp")
    raise BadMatcher(name, f"{show(value)} is neither Unix seconds nor a reference", where)


def _time(argument: Node, names: Mapping[str, Any], version: ApiVersion | None) -> int:
    if not isinstance(argument, dict) or "after" not in argument or not argument.keys() <= {"after", "plus", "minus"}:
        raise BadMatcher("$time", "takes after, and plus or minus: {after: ${customer.created}, plus: 30d}")
    after = _resolve(argument["after"], names, version) if isinstance(argument["after"], dict) else argument["after"]
    return timestamp(after, names, "$time") + offset(argument, "$time")


def _versions(argument: Node, names: Mapping[str, Any], version: ApiVersion | None) -> Any:
    if version is None:
        raise BadMatcher("$versions", "the API version is not known here")
    chosen = choose(alternatives(argument), version)
    return _OMIT if chosen is MISSING else _resolve(chosen, names, version)


_SPECIAL = {"$time": _time, "$versions": _versions}


def alternatives(argument: Node, where: Path = ()) -> list[tuple[Window, str, Node]]:
    """The windows of a ``$versions`` in document order, each with its own text."""
    if not isinstance(argument, dict) or not argument:
        raise BadMatcher("$versions", 'takes windows: {">=2025-03-31.basil": …, "<2025-03-31.basil": …}', where)
    try:
        return [(Window.parse(str(text)), str(text), node) for text, node in argument.items()]
    except ValueError as error:
        raise BadMatcher("$versions", str(error), where) from None


def choose(options: list[tuple[Window, str, Node]], version: ApiVersion) -> Node:
    """The first alternative whose window holds ``version``, or MISSING."""
    return next((node for window, _, node in options if version in window), MISSING)
