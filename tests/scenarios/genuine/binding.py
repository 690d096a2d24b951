"""An expectation of ours, said about somebody else's object.

What does not speak of our own data stays as it is: types, absence, null, true and false, words, patterns. A value that
the step has from its parameters, or from the object as it was, becomes the genuine value from the same place. Any other
value of ours leaves its kind: an amount stays an amount of that sign, an id an id. Where even the kind is ours
(metadata, what only one side expanded) nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from conformance import match
from conformance.api_version import ApiVersion
from conformance.match.references import alternatives, choose, lookup
from conformance.scenario.model import Node, Reference, Template
from tests.scenarios.genuine.alike import CAME_LATER, INERT, Sent, inert, leaves, value_like

Path = tuple[str | int, ...]
NOTHING: Final = object()

#: Each account's, or each caller's, own.
_OURS = frozenset({"metadata", "custom_fields", "account_name", "account_country", "idempotency_key"})
#: Texts that come from whoever made the customer, the item or the product, in calls of their own; as do test clocks.
_TEXTS = frozenset(
    {"customer_name", "customer_email", "customer_phone", "customer_address", "nickname", "test_clock", *INERT}
)
#: Integers that count something are the behaviour itself, whatever the amounts.
_COUNTS = frozenset({"attempt_count"})
#: Unix seconds: our clock stands nearly still, so that equal times mean nothing.
_TIMES = 1_000_000_000
#: Holds for whatever is there, or is not.
ANYTHING: Node = {"$in": [{"$absent": True}, {"$present": True}]}


class Binding:
    """From our values to theirs. ``shown``: their object. ``free``: fields that only one side was given;
    ``edited``: ids and times were replaced.
    """

    def __init__(
        self,
        names: Mapping[str, Any],
        version: ApiVersion,
        before: tuple[Any, Any],
        shown: Any,
        params: tuple[Sent, Sent],
        free: frozenset[str] = frozenset(),
        *,
        edited: bool = False,
    ) -> None:
        self._names = names
        self._version = version
        self.edited = edited
        self._ours, self._theirs = before
        self.shown = shown
        self._known: dict[str, list[Any]] = {}
        self._free: set[str] = {*_OURS, *free}
        self._learn_before()
        self._learn_params(*params)

    def _learn_before(self) -> None:
        theirs = dict(leaves(self._theirs))
        for path, value in leaves(self._ours):
            if _telling(value) and path in theirs:
                self._known.setdefault(str(value), []).append(theirs[path])

    def _learn_params(self, ours: Sent, theirs: Sent) -> None:
        for name, value in ours.pairs.items():
            if name in theirs.pairs:
                self._known.setdefault(value, []).append(theirs.pairs[name])
        differing = ours.pairs.keys() ^ theirs.pairs.keys()
        self._free |= {name.partition("[")[0] for name in differing if inert(name)}
        self._free |= {path.partition(".")[0] for path in {*ours.expanded} ^ {*theirs.expanded}}

    def __call__(self, node: Node, path: Path = ()) -> Node:
        """The bound node, or NOTHING."""
        if any(part in self._free for part in path):
            return NOTHING
        if path[-1:] and path[-1] in CAME_LATER and match.at(self.shown, path) is match.MISSING:
            return NOTHING
        if isinstance(node, dict):
            inner = self._mapping(node, path)
            return {"$in": [None, inner]} if path[-1:] and path[-1] in _TEXTS and inner is not NOTHING else inner
        if isinstance(node, (list, tuple)):
            return self._list(list(node), path)
        if isinstance(node, Template):
            return self._template(node, path)
        return self.value(lookup(node, self._names) if isinstance(node, Reference) else node, path)

    def _mapping(self, node: Mapping[str, Node], path: Path) -> Node:
        name = next(iter(node), "")
        if len(node) == 1 and str(name).startswith("$"):
            return self._matcher(str(name), node[name], path)
        return {key: bound for key, item in node.items() if (bound := self(item, (*path, key))) is not NOTHING}

    def _matcher(self, name: str, argument: Node, path: Path) -> Node:
        row = _MATCHERS.get(name)
        return {name: argument} if row is None else row(self, name, argument, path)

    def _list(self, items: list[Node], path: Path) -> Node:
        """Theirs may have as many rows as it likes; where it has as many as ours, row speaks of row."""
        theirs = match.at(self.shown, path)
        if not items or not isinstance(theirs, list) or len(theirs) != len(items):
            return [] if not items else {"$type": "list"}
        rows = [self(item, (*path, n)) for n, item in enumerate(items)]
        return [ANYTHING if row is NOTHING else row for row in rows]

    def _template(self, node: Template, path: Path) -> Node:
        whole = "".join(part if isinstance(part, str) else str(lookup(part, self._names)) for part in node.parts)
        if self._same_place(whole, path) is not NOTHING or whole in self._known:
            return self.value(whole, path)
        if self.edited and _replaced(match.at(self.shown, path)):
            return {"$type": "string"}
        return {"$match": _pattern_of(re.escape(part) if isinstance(part, str) else part for part in node.parts)}

    def value(self, value: Any, path: Path) -> Node:
        """A plain value of ours."""
        if isinstance(value, (dict, list)):
            return self(value, path)
        kept = self._same_place(value, path)
        if kept is not NOTHING:
            return kept
        if value is None or isinstance(value, bool):
            return value
        known = [_cast(one, value) for one in self._known.get(str(value), ())] if _telling(value) else []
        if any(one is not NOTHING for one in known):
            return {"$in": [one for one in known if one is not NOTHING]}
        return self._kind(value, path)

    def _same_place(self, value: Any, path: Path) -> Any:
        """What the object had there before, where ours had this value there: the step says that it stays."""
        ours, theirs = match.at(self._ours, path), match.at(self._theirs, path)
        if ours is match.MISSING or theirs is match.MISSING or type(ours) is not type(value) or ours != value:
            return NOTHING
        return theirs

    @staticmethod
    def _kind(value: Any, path: Path) -> Node:
        if isinstance(value, (int, float)):
            if value == 0 or (path[-1:] and path[-1] in _COUNTS):
                return value
            if value > _TIMES:
                return {"$type": "timestamp"}
            return {"$gt" if value > 0 else "$lt": 0}
        if path[-1:] and path[-1] in _TEXTS:
            return {"$type": ["string", "null"]}
        return value if value_like(value) == value and value else {"$type": "string"}


def _telling(value: Any) -> bool:
    """A value that does not stand in many places by chance."""
    return (isinstance(value, str) and bool(value)) or (type(value) is int and 1 < abs(value) < _TIMES)


def _cast(theirs: Any, ours: Any) -> Any:
    """Parameters are text; a value of a body is what it is."""
    if theirs == "":  # how a field is emptied
        return None
    if type(theirs) is type(ours):
        return theirs
    if isinstance(theirs, str) and type(ours) is int and re.fullmatch(r"-?\d+", theirs):
        return int(theirs)
    return NOTHING


Row = Callable[[Binding, str, Any, Path], Node]


def _within(bind: Binding, name: str, argument: Node, path: Path) -> Node:
    """Matchers about the value itself: alternatives, all of several."""
    parts = [bound for item in argument if (bound := bind(item, path)) is not NOTHING]
    return {name: parts} if parts and (name == "$all" or len(parts) == len(argument)) else NOTHING


def _inside(bind: Binding, name: str, argument: Node, path: Path) -> Node:
    """Matchers about elements."""
    bound = bind(argument, (*path, 0))
    return NOTHING if bound is NOTHING else {name: bound}


def _exactly(bind: Binding, name: str, argument: Mapping[str, Node], path: Path) -> Node:
    found = {key: bind(item, (*path, key)) for key, item in argument.items()}
    return {name: {key: ANYTHING if bound is NOTHING else bound for key, bound in found.items()}}


def _unordered(bind: Binding, name: str, argument: list[Node], path: Path) -> Node:
    return bind(argument, path) if not argument else {"$type": "list"}


def _versions(bind: Binding, name: str, argument: Node, path: Path) -> Node:
    chosen = choose(alternatives(argument), bind._version)
    return NOTHING if chosen is match.MISSING else bind(chosen, path)


def _length(bind: Binding, name: str, argument: Node, path: Path) -> Node:
    return {name: 0} if argument == 0 else {name: {"$gte": 0}}


def _near(bind: Binding, name: str, argument: Mapping[str, Node], path: Path) -> Node:
    return {"$type": "timestamp"}


def _replaced(value: Any) -> bool:
    return isinstance(value, str) and ("NORMALI" in value or value.endswith(".json"))


def _pattern(bind: Binding, name: str, argument: str | Template, path: Path) -> Node:
    if bind.edited and _replaced(match.at(bind.shown, path)):
        return {"$type": "string"}
    if isinstance(argument, str):
        return {name: argument}
    return {name: _pattern_of(argument.parts)}


def _pattern_of(parts: Iterable[str | Reference]) -> str:
    """Names may be any; what is counted along with them depends on all that was done before."""
    return "".join(re.sub(r"\d+", r"\\d+", part) if isinstance(part, str) else ".+" for part in parts)


def _compared(bind: Binding, name: str, argument: Node, path: Path) -> Node:
    return {name: argument} if argument == 0 else {"$type": "number"}


def _decimal(bind: Binding, name: str, argument: Node, path: Path) -> Node:
    kept = bind._same_place(argument, path)
    return {"$match": r"-?\d+(\.\d+)?"} if kept is NOTHING else {name: kept}


def _not(bind: Binding, name: str, argument: Node, path: Path) -> Node:
    return {"$present": True}


def _string(*_: Any) -> Node:
    return {"$type": "string"}


_MATCHERS: Mapping[str, Row] = {
    "$in": _within,
    "$all": _within,
    "$contains": _inside,
    "$each": _inside,
    "$exactly": _exactly,
    "$unordered": _unordered,
    "$versions": _versions,
    "$length": _length,
    "$near": _near,
    "$match": _pattern,
    **dict.fromkeys(("$gt", "$gte", "$lt", "$lte"), _compared),
    "$between": lambda *_: {"$type": "number"},
    "$decimal": _decimal,
    "$not": _not,
    "$symbol": _string,
    "$id": lambda bind, name, argument, _: {"$type": "string"} if bind.edited else {name: argument},
    "$now": lambda bind, name, argument, _: {"$type": "timestamp"} if bind.edited else {name: argument},
}
