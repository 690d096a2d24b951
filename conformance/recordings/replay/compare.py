"""A recorded answer beside the received one: field by field, each counted under the object that it is a field of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.match.values import MISSING, join
from conformance.recordings.replay.added import added_after
from conformance.recordings.replay.ids import template
from conformance.recordings.replay.rules import ERROR, is_time, skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.recordings.replay.ids import Names
    from conformance.recordings.replay.times import Times

ALIGNED = 50  # elements of a list that are matched by likeness; longer lists are matched by position
DEEPEST = 64
ADDED, RULE, BEFORE = "added", "rule", "before"
UNCOUNTED = frozenset({ADDED, RULE, BEFORE})
_SAME, _OTHER, _ID, _TIME = "", "value", "identity", "time"


class Field(NamedTuple):
    """One compared field: of which kind of object, where in it, where in the body, and what it should have been.

    ``how`` says what is wrong: ``value``, ``identity``, ``time``, ``missing``, ``extra``, ``type``, ``order``; it is
    empty where nothing is. `ADDED` (Stripe has added the field since), `RULE` (the account decides) and `BEFORE` (a
    moment before the recording) say why a field does not count.
    """

    object: str
    field: str
    path: str
    how: str = ""
    expected: Any = None
    actual: Any = None
    top: tuple[str, str] | None = None  # the object and field that is missing, or too many, with this one in it

    @property
    def cause(self) -> tuple[str, str, str]:
        """What differences of one cause share: an object, a field of it, and how it differs."""
        kind, field = self.top or (self.object, self.field)
        return kind, field, self.how


class Comparison:
    """Compares answers of one recording, and learns the target's names on the way."""

    def __init__(self, names: Names, times: Times) -> None:
        self._names = names
        self._times = times
        self._at = 0

    def fields(self, recorded: Any, got: Any, at: int) -> Iterator[Field]:
        """Every compared field of a body that was recorded at ``at`` (Unix seconds), equal or not."""
        self._at = at
        yield from self._node(recorded, got, "body", "", "", 0)

    def _node(self, recorded: Any, got: Any, kind: str, field: str, path: str, depth: int) -> Iterator[Field]:
        if depth > DEEPEST:
            return
        if type(recorded) is dict and type(got) is dict:
            yield from self._object(recorded, got, kind, field, path, depth)
        elif type(recorded) is list and type(got) is list:
            yield from self._list(recorded, got, kind, field, path, depth)
        elif type(recorded) in (dict, list) or type(got) in (dict, list):
            yield from leaves(recorded, kind, field, path, "type", (recorded, got))
        else:
            yield from self._scalar(recorded, got, kind, field, path)

    def _object(
        self, recorded: dict[str, Any], got: dict[str, Any], kind: str, field: str, path: str, depth: int
    ) -> Iterator[Field]:
        kind, field = owner(recorded, kind, field)
        left_out = skipped(kind)
        if "*" in left_out:
            if type(recorded.get("id")) is str and type(got.get("id")) is str:
                self._names.bind(recorded["id"], got["id"])
            yield Field(kind, "*", path, RULE)
            return
        for key in sorted(recorded, key=lambda name: name != "id"):
            place, inner = join(path, key), join(field, key)
            if key in left_out:
                yield Field(kind, inner, place, RULE)
            elif key in got:
                yield from self._node(recorded[key], got[key], kind, inner, place, depth + 1)
            else:
                yield from leaves(recorded[key], kind, inner, place, "missing", (recorded[key], MISSING))
        for key, value in got.items():
            if key not in recorded and key not in left_out:
                inner = join(field, key)
                how = ADDED if added_after(kind, inner, self._at) else "extra"
                yield Field(kind, inner, join(path, key), how, MISSING, value)

    def _list(
        self, recorded: list[Any], got: list[Any], kind: str, field: str, path: str, depth: int
    ) -> Iterator[Field]:
        pairs = self._pairs(recorded, got)
        order = [new for _, new in pairs if new is not None]
        if len(order) > 1:
            moved = order != sorted(order)
            yield Field(kind, f"{field}[]", path, "order" if moved else "", sorted(order), order)
        for old, new in pairs:
            place = f"{path}[{old}]"
            if new is None:
                yield from leaves(recorded[old], kind, f"{field}[]", place, "missing", (recorded[old], MISSING))
            else:
                yield from self._node(recorded[old], got[new], kind, f"{field}[]", place, depth + 1)
        for new in sorted(set(range(len(got))) - set(order)):
            yield from leaves(got[new], kind, f"{field}[]", f"{path}[{new}]", "extra", (MISSING, got[new]))
        if not recorded and not got:
            yield Field(kind, field, path)

    def _pairs(self, recorded: list[Any], got: list[Any]) -> list[tuple[int, int | None]]:
        """Which element is which: by a known id, then by likeness, then by position."""
        free = dict.fromkeys(range(len(got)))
        found: dict[int, int | None] = {}
        for old, item in enumerate(recorded):
            known = self._known(item)
            match = next((new for new in free if known and _identity(got[new]) == known), None)
            if match is not None:
                found[old] = match
                del free[match]
        rest = [old for old in range(len(recorded)) if old not in found]
        found.update(dict.fromkeys(rest))
        for old, new in _nearest(recorded, rest, got, list(free)):
            if found[old] is None and new in free:
                found[old] = new
                del free[new]
        return sorted(found.items())

    def _known(self, item: Any) -> str:
        identity = _identity(item)
        return self._names.text(identity, "id") if identity and identity in self._names else ""

    def _scalar(self, recorded: Any, got: Any, kind: str, field: str, path: str) -> Iterator[Field]:
        key = field.rpartition(".")[2].partition("[")[0]
        how = _OTHER
        if is_time(key, recorded) and is_time(key, got):
            same = self._times.same(recorded, got)
            how = BEFORE if same is None else _SAME if same else _TIME
        elif type(recorded) is str and type(got) is str:
            how = self._text(recorded, got, key)
        elif type(recorded) is type(got) and recorded == got:
            how = _SAME
        yield Field(kind, field, path, how, recorded, got)

    def _text(self, recorded: str, got: str, key: str) -> str:
        if self._names.same(recorded, got, key) or self._times.text(recorded, got):
            return _SAME
        return _ID if template(recorded) == template(got) else _OTHER


def owner(node: dict[str, Any], kind: str, field: str) -> tuple[str, str]:
    """The kind of object a node is, and the field within it: a list belongs to what holds it."""
    own = node.get("object")
    if type(own) is str and (own != "list" or kind == "body"):
        return own, ""
    if kind == "body" and type(node.get("error")) is dict:
        return ERROR, ""
    return kind, field


def leaves(
    node: Any, kind: str, field: str, path: str, how: str, sides: tuple[Any, Any], top: tuple[str, str] | None = None
) -> Iterator[Field]:
    """What is not there counts with all that it would hold; each of it tells both sides."""
    top = top or (kind, field)
    if path.count(".") + path.count("[") > DEEPEST:
        return
    if type(node) is dict and node:
        kind, field = owner(node, kind, field)
        left_out = skipped(kind)
        for key, value in node.items():
            if key not in left_out and "*" not in left_out:
                inner = _inside(sides, key)
                yield from leaves(value, kind, join(field, key), join(path, key), how, inner, top)
    elif type(node) is list and node:
        for n, value in enumerate(node):
            yield from leaves(value, kind, f"{field}[]", f"{path}[{n}]", how, (value, sides[1]), top)
    else:
        yield Field(kind, field, path, how, *sides, top)


def _inside(sides: tuple[Any, Any], key: str) -> tuple[Any, Any]:
    expected, actual = (side[key] if type(side) is dict and key in side else side for side in sides)
    return expected, actual


def _identity(item: Any) -> str:
    identity = item.get("id") if type(item) is dict else None
    return identity if type(identity) is str else ""


def _nearest(recorded: list[Any], rest: list[int], got: list[Any], free: list[int]) -> list[tuple[int, int]]:
    """Pairs of places, the likeliest first; by position where there are too many to compare, or nothing to tell."""
    if len(rest) > ALIGNED or len(free) > ALIGNED or not all(type(recorded[old]) is dict for old in rest):
        return list(zip(rest, free, strict=False))
    pairs = [(-_likeness(recorded[old], got[new]), old != new, old, new) for old in rest for new in free]
    return [(old, new) for _, _, old, new in sorted(pairs)]


def _likeness(item: dict[str, Any], other: Any) -> int:
    """How many plain members two objects share. Ids and times never do."""
    if type(other) is not dict:
        return -1
    return sum(
        1
        for key, value in item.items()
        if type(value) in (str, int, bool) and not is_time(key, value) and other.get(key) == value
    )
