"""Faults of single answers, as a table: what a wrong server would have put in the place of a right value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from conformance.target.base import Exchange

Path = tuple[str | int, ...]

#: This value says that a fault does not apply, or would change nothing.
UNCHANGED: Any = type("Unchanged", (), {"__repr__": lambda _: "UNCHANGED"})()
#: This value says that the key goes.
GONE: Any = type("Gone", (), {"__repr__": lambda _: "GONE"})()

_ID = re.compile(r"[a-z]{2,}(?:_[a-z]+)*_(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{8,}")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,12})?")
_WORD = re.compile(r"[a-z][a-z_]{1,40}")


class Context(NamedTuple):
    """What is known of a value's place: the value one answer earlier (GONE: none), and what else was seen there."""

    before: Any
    words: Sequence[str]


class Fault(NamedTuple):
    """``apply`` gives the wrong value, GONE or UNCHANGED."""

    name: str
    means: str
    apply: Callable[[Any, Context], Any]


def _dropped(_: Any, __: Context) -> Any:
    return GONE


def _nulled(value: Any, _: Context) -> Any:
    return UNCHANGED if value is None else None


def _retyped(value: Any, _: Context) -> Any:
    """A number as text, text as a number, an object as a list: what sloppy serializers do."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        return 7
    return "none" if value is None else [] if isinstance(value, dict) else {}


def _off_by_one(value: Any, _: Context) -> Any:
    """One more, whether it is a number or is written as text; a list loses its last element."""
    if isinstance(value, bool) or value is None:
        return UNCHANGED
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        whole, dot, rest = value.partition(".")
        return f"{int(whole) + 1}{dot}{rest}"
    return value[:-1] if isinstance(value, list) and value else UNCHANGED


def _flipped(value: Any, _: Context) -> Any:
    return not value if isinstance(value, bool) else UNCHANGED


def _stale(value: Any, context: Context) -> Any:
    return UNCHANGED if context.before is GONE or context.before == value else context.before


def _swapped(value: Any, context: Context) -> Any:
    """Another word that stands in this place elsewhere: another status, reason, type."""
    if not isinstance(value, str) or value not in context.words or len(context.words) < 2:
        return UNCHANGED
    return context.words[(context.words.index(value) + 1) % len(context.words)]


def _other_id(value: Any, _: Context) -> Any:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        return UNCHANGED
    return value[:-1] + ("0" if value[-1] != "0" else "1")


def _reworded(value: Any, _: Context) -> Any:
    if not isinstance(value, str) or _ID.fullmatch(value) or _NUMBER.fullmatch(value):
        return UNCHANGED
    return f"{value}x"


FAULTS: tuple[Fault, ...] = (
    Fault("dropped", "the field is missing", _dropped),
    Fault("nulled", "the field is null", _nulled),
    Fault("retyped", "the field has another JSON type", _retyped),
    Fault("off-by-one", "a number is one too large, a list one too short", _off_by_one),
    Fault("flipped", "true is false", _flipped),
    Fault("stale", "the value is that of the object's answer before", _stale),
    Fault("swapped", "the value is another one of its kind", _swapped),
    Fault("other-id", "the id is somebody else's", _other_id),
    Fault("reworded", "the text is another", _reworded),
)

#: HTTP status -> what a wrong server answers instead: a neighbour, and the opposite.
_STATUSES: tuple[tuple[str, str, Callable[[int], int]], ...] = (
    ("http-neighbour", "the HTTP status is a neighbour", lambda status: 201 if status < 300 else 422),
    ("http-opposite", "success for failure, failure for success", lambda status: 400 if status < 300 else 200),
)
_OTHER_STATUS = {name: other for name, _, other in _STATUSES}
_BY_NAME = {fault.name: fault for fault in FAULTS}
NAMES: Mapping[str, str] = {
    **{fault.name: fault.means for fault in FAULTS},
    **{name: means for name, means, _ in _STATUSES},
}


class WireFault(NamedTuple):
    """One fault of one answer: what it is, where, and the wrong value. ``path`` is empty for the HTTP status."""

    name: str
    kind: str  # the ``object`` the field is in; "error" in an error, "http" for the status
    path: Path
    value: Any


def words(bodies: Sequence[Any]) -> dict[tuple[str, str], tuple[str, ...]]:
    """For each place (object, key) the words seen there, in order."""
    seen: dict[tuple[str, str], set[str]] = {}
    for body in bodies:
        for path, kind, value in _places(body):
            if isinstance(value, str) and _WORD.fullmatch(value):
                seen.setdefault((kind, str(path[-1])), set()).add(value)
    return {place: tuple(sorted(found)) for place, found in seen.items()}


def of_exchange(exchange: Exchange, before: Any, known: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[WireFault]:
    """Every fault of one answer that changes something. ``before`` is what the object was one answer earlier."""
    response = exchange.response
    if response is None or not isinstance(response.json, dict):
        return
    for name, _, other in _STATUSES:
        yield WireFault(name, "http", (), other(response.status))
    for path, kind, value in _places(response.json):
        context = Context(at(before, path), known.get((kind, str(path[-1])), ()))
        for fault in FAULTS:
            wrong = fault.apply(value, context)
            if wrong is not UNCHANGED:
                yield WireFault(fault.name, kind, path, wrong)


def again(
    exchange: Exchange, before: Any, known: Mapping[tuple[str, str], Sequence[str]], fault: WireFault
) -> WireFault | None:
    """The same fault in another answer; None where that has no such place, or the fault would change nothing."""
    response = exchange.response
    if response is None or not isinstance(response.json, dict):
        return None
    if not fault.path:
        return fault._replace(value=_OTHER_STATUS[fault.name](response.status))
    value = at(response.json, fault.path)
    if value is GONE:
        return None
    context = Context(at(before, fault.path), known.get((fault.kind, str(fault.path[-1])), ()))
    wrong = _BY_NAME[fault.name].apply(value, context)
    return None if wrong is UNCHANGED else fault._replace(value=wrong)


def planted(exchange: Exchange, fault: WireFault) -> Exchange:
    """The exchange with the fault in its answer."""
    response = exchange.response
    assert response is not None
    headers = dict(response.headers)  # new ones: who remembers a judged answer knows it by them
    if not fault.path:
        return replace(exchange, response=replace(response, status=fault.value, headers=headers))
    body = _with(response.json, fault.path, fault.value)
    return replace(exchange, response=replace(response, json=body, headers=headers))


def _places(body: Any, path: Path = (), kind: str = "") -> Iterator[tuple[Path, str, Any]]:
    """Every key of ``body`` at any depth, with the ``object`` it belongs to and its value. Elements of lists are
    places only for what is inside them.
    """
    if isinstance(body, dict):
        own = body.get("object")
        kind = own if isinstance(own, str) else "error" if "error" in body and not path else kind
        for key, value in body.items():
            yield (*path, key), kind, value
            yield from _places(value, (*path, key), kind)
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from _places(value, (*path, index), kind)


def at(body: Any, path: Path) -> Any:
    """The value at ``path``, or GONE."""
    for key in path:
        try:
            body = body[key]
        except (KeyError, IndexError, TypeError):
            return GONE
    return body


def _with(body: Any, path: Path, value: Any) -> Any:
    """A copy of ``body`` in which only what leads to ``path`` is new."""
    copy: Any = dict(body) if isinstance(body, dict) else list(body)
    key = path[0]
    if len(path) > 1:
        copy[key] = _with(body[key], path[1:], value)
    elif value is GONE:
        del copy[key]
    else:
        copy[key] = value
    return copy


def shown(path: Path) -> str:
    """``lines.data[].amount``: the place, whichever element of a list it is in."""
    text = "".join("[]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
