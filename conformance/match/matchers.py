"""The matchers of docs/LANGUAGE.md: one row each, from a name to a function that compiles its argument."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from conformance.match import combining
from conformance.match.compiler import Check, Compile, MatcherRow, leaf, size_of
from conformance.match.mismatch import BadMatcher, shown, typed
from conformance.match.references import Unresolved, duration, offset, resolve, timestamp
from conformance.match.values import MISSING, Path, show
from conformance.scenario.model import Node, Reference, Template

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.match.scope import Scope

MATCHED_CHARACTERS = 10_000  # a pattern never runs on more: the string is the target's, and patterns may backtrack
LATEST_TIMESTAMP = 100_000_000_000  # the year 5138 in seconds, 1973 in milliseconds: above it the unit is wrong

_DECIMAL = re.compile(r"-?\d{1,40}(\.\d{1,40})?")
_NUMBERS = (int, float)


def _must_be_true(name: str, argument: Node, where: Path) -> None:
    if argument is not True:
        raise BadMatcher(
            name, f"takes true, not {show(argument)}; $absent and $present are each other's opposite", where
        )


def absent(argument: Node, where: Path, _: Compile) -> Check:
    _must_be_true("$absent", argument, where)

    def says(value: Any, _: Scope) -> str:
        return f"expected no such key, got {show(value)}"

    return leaf(lambda value, _: value is MISSING, "no such key", {"$absent": True}, where, says)


def present(argument: Node, where: Path, _: Compile) -> Check:
    _must_be_true("$present", argument, where)
    return leaf(lambda value, _: value is not MISSING, "any value", {"$present": True}, where)


def is_timestamp(value: Any) -> bool:
    return type(value) is int and 0 <= value < LATEST_TIMESTAMP


_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: type(value) is str,
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in _NUMBERS,
    "boolean": lambda value: type(value) is bool,
    "object": lambda value: type(value) is dict,
    "list": lambda value: type(value) is list,
    "null": lambda value: value is None,
    "timestamp": is_timestamp,
}


def type_(argument: Node, where: Path, _: Compile) -> Check:
    words = argument if isinstance(argument, list) else [argument]
    unknown = [word for word in words if not isinstance(word, str) or word not in _TYPES]
    if unknown or not words:
        raise BadMatcher("$type", f"{show(argument)} is no JSON type; there are {', '.join(_TYPES)}", where)
    tests = tuple(_TYPES[word] for word in words)

    def holds(value: Any, _: Scope) -> bool:
        return any(test(value) for test in tests)

    return leaf(holds, " or ".join(words), {"$type": argument}, where)


@lru_cache(maxsize=2048)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def match(argument: Node, where: Path, _: Compile) -> Check:
    """A pattern; references inside it stand for their literal text."""
    pattern = _pattern_of(argument, where)

    def holds(value: Any, scope: Scope) -> bool:
        return type(value) is str and len(value) <= MATCHED_CHARACTERS and pattern(scope).fullmatch(value) is not None

    def says(value: Any, scope: Scope) -> str:
        if type(value) is not str:
            return ""
        if len(value) > MATCHED_CHARACTERS:
            return f"{size_of(value)} are too many to match against a pattern"
        return f"{show(value)} does not match {pattern(scope).pattern}"

    return leaf(holds, "a string of that pattern", {"$match": argument}, where, says)


def _pattern_of(argument: Node, where: Path) -> Callable[[Scope], re.Pattern[str]]:
    if isinstance(argument, str):
        try:
            compiled = _pattern(argument)
        except re.error as error:
            raise BadMatcher("$match", f"not a pattern: {error}", where) from None
        return lambda _: compiled
    if isinstance(argument, Template):
        parts = argument.parts
        return lambda scope: _pattern("".join(_piece(part, scope) for part in parts))
    raise BadMatcher("$match", f"takes a pattern, not {show(argument)}", where)


def _piece(part: str | Reference, scope: Scope) -> str:
    return part if isinstance(part, str) else re.escape(resolve(Template((part,)), scope.names))


def id_(argument: Node, where: Path, _: Compile) -> Check:
    if not isinstance(argument, str) or not argument:
        raise BadMatcher("$id", f"takes a prefix such as in, not {show(argument)}", where)
    prefix = argument if argument.endswith("_") else f"{argument}_"
    shortest = len(prefix) + 1

    def holds(value: Any, _: Scope) -> bool:
        return type(value) is str and value.startswith(prefix) and len(value) >= shortest

    return leaf(holds, f"an id {prefix}…", {"$id": argument}, where)


def symbol(argument: Node, where: Path, _: Compile) -> Check:
    if not isinstance(argument, str) or not argument:
        raise BadMatcher("$symbol", f"takes a name, not {show(argument)}", where)

    def holds(value: Any, scope: Scope) -> bool:
        return type(value) is str and value != "" and scope.symbols.unify(argument, value)

    def says(value: Any, scope: Scope) -> str:
        return scope.symbols.conflict(argument, value) + f", got {show(value)}" if type(value) is str and value else ""

    checked = leaf(holds, f"the id of {argument}", {"$symbol": argument}, where, says)
    return Check(checked.holds, checked.explain, 1, True)


def now(argument: Node, where: Path, _: Compile) -> Check:
    seconds = _duration("$now", argument, where)

    def holds(value: Any, scope: Scope) -> bool:
        return is_timestamp(value) and scope.date is not None and abs(value - scope.date) <= seconds

    def says(value: Any, scope: Scope) -> str:
        if scope.date is None:
            return f"the response has no Date to compare {show(value)} with"
        return _distance(value, scope.date, "the response's Date", seconds)

    return leaf(holds, f"a timestamp within {argument} of the response's Date", {"$now": argument}, where, says)


def near(argument: Node, where: Path, _: Compile) -> Check:
    allowed = {"to", "plus", "minus", "within"}
    if not isinstance(argument, dict) or not argument.keys() >= {"to", "within"} or not argument.keys() <= allowed:
        raise BadMatcher(
            "$near", "takes to and within, and plus or minus: {to: ${a.created}, plus: 30d, within: 5s}", where
        )
    seconds, shift, to = _duration("$near", argument["within"], where), offset(argument, "$near", where), argument["to"]
    if not isinstance(to, Reference):
        timestamp(to, {}, "$near", where)

    def target(scope: Scope) -> int:
        return timestamp(to, scope.names, "$near", where) + shift

    def holds(value: Any, scope: Scope) -> bool:
        return is_timestamp(value) and abs(value - target(scope)) <= seconds

    def says(value: Any, scope: Scope) -> str:
        return _distance(value, target(scope), f"the expected {target(scope)}", seconds)

    return leaf(holds, f"a timestamp within {argument['within']} of {to}", {"$near": argument}, where, says)


def _duration(name: str, argument: Node, where: Path) -> int:
    try:
        return duration(argument)
    except ValueError as error:
        raise BadMatcher(name, str(error), where) from None


def _distance(value: Any, target: float, what: str, seconds: int) -> str:
    if type(value) is int and value >= LATEST_TIMESTAMP:
        return f"{show(value)} is no time in Unix seconds; it looks like milliseconds"
    if not is_timestamp(value):
        return ""
    apart = abs(value - target)
    return f"{value} is {apart:,.0f} s {'after' if value > target else 'before'} {what}, {seconds:,} s are allowed"


_COMPARE: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "$gt": ("more than", lambda value, bound: value > bound),
    "$gte": ("at least", lambda value, bound: value >= bound),
    "$lt": ("less than", lambda value, bound: value < bound),
    "$lte": ("at most", lambda value, bound: value <= bound),
}


def _comparison(name: str) -> MatcherRow:
    words, compare = _COMPARE[name]

    def compile_comparison(argument: Node, where: Path, _: Compile) -> Check:
        bound = _bound(name, argument, where)

        def holds(value: Any, scope: Scope) -> bool:
            return type(value) in _NUMBERS and compare(value, bound(scope))

        return leaf(holds, f"a number of {words} {shown(argument)}", {name: argument}, where)

    return compile_comparison


def between(argument: Node, where: Path, _: Compile) -> Check:
    if not isinstance(argument, list) or len(argument) != 2:
        raise BadMatcher("$between", f"takes two numbers, not {shown(argument)}", where)
    low, high = (_bound("$between", item, where) for item in argument)

    def holds(value: Any, scope: Scope) -> bool:
        return type(value) in _NUMBERS and low(scope) <= value <= high(scope)

    what = f"a number between {shown(argument[0])} and {shown(argument[1])}"
    return leaf(holds, what, {"$between": argument}, where)


def _bound(name: str, argument: Node, where: Path) -> Callable[[Scope], Any]:
    if type(argument) in _NUMBERS:
        return lambda _: argument
    if isinstance(argument, Reference):
        return lambda scope: _number(argument, scope)
    raise BadMatcher(name, f"takes a number or a reference, not {shown(argument)}", where)


def _number(reference: Reference, scope: Scope) -> Any:
    value = resolve(reference, scope.names)
    if type(value) not in _NUMBERS:
        raise Unresolved(reference, f"is {typed(value)}, not a number")
    return value


def decimal(argument: Node, where: Path, _: Compile) -> Check:
    if not isinstance(argument, str) or not _DECIMAL.fullmatch(argument):
        raise BadMatcher("$decimal", f'takes a decimal number in a string ("12.5"), not {shown(argument)}', where)
    number = Decimal(argument)

    def holds(value: Any, _: Scope) -> bool:
        return type(value) is str and _DECIMAL.fullmatch(value) is not None and Decimal(value) == number

    return leaf(holds, f"the decimal number {argument} in a string", {"$decimal": argument}, where)


MATCHERS: dict[str, MatcherRow] = {
    "$absent": absent,
    "$present": present,
    "$type": type_,
    "$match": match,
    "$id": id_,
    "$symbol": symbol,
    "$now": now,
    "$near": near,
    "$length": combining.length,
    "$in": combining.in_,
    "$not": combining.not_,
    **{name: _comparison(name) for name in _COMPARE},
    "$between": between,
    "$contains": combining.contains,
    "$each": combining.each,
    "$unordered": combining.unordered,
    "$exactly": combining.exactly,
    "$keys": combining.keys,
    "$decimal": decimal,
    "$all": combining.all_,
    "$versions": combining.versions,
}
