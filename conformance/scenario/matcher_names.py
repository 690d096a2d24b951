"""Every matcher of the language and what it takes: one table for lint and the published schema.

``conformance.match`` compiles them; a test holds the two together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from conformance.api_version import Window
from conformance.scenario.model import Node, Path, Reference, Template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TYPES = ("string", "integer", "number", "boolean", "object", "list", "null", "timestamp")

_DURATION = re.compile(r"(0|[1-9]\d{0,8})[smhd]")
_DECIMAL = re.compile(r"-?\d{1,40}(\.\d{1,40})?")


class Argument(NamedTuple):
    """A kind of argument: ``takes`` completes "takes …", ``accepts`` decides, ``inner`` gives expectations in it."""

    takes: str
    accepts: Callable[[Node], bool]
    inner: Callable[[Node], Iterator[tuple[Path, Node]]] = lambda _: iter(())


def is_duration(node: Node) -> bool:
    """Whether a node is a duration as matchers and ``$time`` write it: ``120s``, ``10m``, ``2h``, ``30d``."""
    return isinstance(node, str) and _DURATION.fullmatch(node) is not None


def _is_pattern(node: Node) -> bool:
    if isinstance(node, Template):
        return True
    try:
        return isinstance(node, str) and re.compile(node) is not None
    except re.error:
        return False


def _is_type(node: Node) -> bool:
    words = node if isinstance(node, list) else [node]
    return bool(words) and all(isinstance(word, str) and word in TYPES for word in words)


def _is_number(node: Node) -> bool:
    return type(node) in {int, float} or isinstance(node, Reference)


def _is_near(node: Node) -> bool:
    if not isinstance(node, dict) or not {"to", "within"} <= node.keys() <= {"to", "within", "plus", "minus"}:
        return False
    times = isinstance(node["to"], Reference) or type(node["to"]) is int
    return times and all(is_duration(node[key]) for key in ("within", "plus", "minus") if key in node)


def is_time(node: Node) -> bool:
    """Whether a node is the argument of ``$time``."""
    if not isinstance(node, dict) or not {"after"} <= node.keys() <= {"after", "plus", "minus"}:
        return False
    after = isinstance(node["after"], Reference) or type(node["after"]) is int
    return after and all(is_duration(node[key]) for key in ("plus", "minus") if key in node)


def _is_windows(node: Node) -> bool:
    if not isinstance(node, dict) or not node:
        return False
    try:
        return all(Window.parse(text) is not None for text in node)
    except ValueError:
        return False


def _itself(node: Node) -> Iterator[tuple[Path, Node]]:
    yield (), node


def _items(node: Node) -> Iterator[tuple[Path, Node]]:
    if isinstance(node, list):
        yield from (((at,), item) for at, item in enumerate(node))


def _members(node: Node) -> Iterator[tuple[Path, Node]]:
    if isinstance(node, dict):
        yield from (((key,), value) for key, value in node.items())


def _if_matcher(node: Node) -> Iterator[tuple[Path, Node]]:
    if isinstance(node, dict):
        yield (), node


_TRUE = Argument("true", lambda node: node is True)
_NUMBER = Argument("a number or a reference", _is_number)
_ANY = Argument("any expectation", lambda _: True, _itself)
_LIST = Argument("a list of at least one expectation", lambda node: isinstance(node, list) and bool(node), _items)

MATCHERS: Mapping[str, Argument] = {
    "$absent": _TRUE,
    "$present": _TRUE,
    "$type": Argument(f"a JSON type or a list of them ({', '.join(TYPES)})", _is_type),
    "$match": Argument("a regular expression", _is_pattern),
    "$id": Argument("an id's prefix such as in", lambda node: isinstance(node, str) and bool(node)),
    "$symbol": Argument("a name", lambda node: isinstance(node, str) and bool(node)),
    "$now": Argument("a duration such as 120s", is_duration),
    "$near": Argument("to and within, and plus or minus: {to: ${a.created}, plus: 30d, within: 5s}", _is_near),
    "$length": Argument("a number or a matcher", lambda node: type(node) in {int, dict, Reference}, _if_matcher),
    "$in": _LIST,
    "$not": _ANY,
    "$gt": _NUMBER,
    "$gte": _NUMBER,
    "$lt": _NUMBER,
    "$lte": _NUMBER,
    "$between": Argument(
        "two numbers", lambda node: isinstance(node, list) and len(node) == 2 and all(map(_is_number, node))
    ),
    "$contains": _ANY,
    "$each": _ANY,
    "$unordered": Argument("a list of expectations", lambda node: isinstance(node, list), _items),
    "$exactly": Argument(
        "an object", lambda node: isinstance(node, dict) and not any(key.startswith("$") for key in node), _members
    ),
    "$keys": Argument(
        "a list of keys", lambda node: isinstance(node, list) and all(isinstance(key, str) for key in node)
    ),
    "$decimal": Argument(
        'a decimal number in quotes ("12.5")', lambda node: isinstance(node, str) and bool(_DECIMAL.fullmatch(node))
    ),
    "$all": _LIST,
    "$versions": Argument('windows: {">=2025-03-31.basil": …, "<2025-03-31.basil": …}', _is_windows, _members),
}

#: What may stand in what is sent: everything else is for expectations.
IN_PARAMETERS: Mapping[str, Argument] = {
    "$time": Argument("after, and plus or minus: {after: ${customer.created}, plus: 30d}", is_time),
    "$versions": MATCHERS["$versions"],
}
