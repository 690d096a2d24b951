"""The matchers of docs/LANGUAGE.md: one row each, from a name to a function that compiles its argument."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from conformance.match.compiler import Check, Compile, MatcherRow, explain_member, partial_object, size_of
from conformance.match.mismatch import BadMatcher, Mismatch, expected_but
from conformance.match.references import alternatives, choose, duration, offset, resolve, timestamp
from conformance.match.scope import Scope
from conformance.match.unordered import unordered
from conformance.match.values import MISSING, Path, join, show, type_name
from conformance.scenario.model import Node, Reference, Template

MATCHED_CHARACTERS = 10_000  # a pattern never runs on more: the string is the target's, and patterns may backtrack
LATEST_TIMESTAMP = 100_000_000_000  # the year 5138 in seconds, 1973 in milliseconds: above it the unit is wrong
EACH_SHOWN = 10

_DECIMAL = re.compile(r"-?\d{1,40}(\.\d{1,40})?")
_NUMBERS = (int, float)

Says = Callable[[Any, Scope], str]  # what is wrong with a value; empty when nothing is


def _leaf(holds: Callable[[Any, Scope], bool], what: str, node: Node, where: Path, says: Says | None = None) -> Check:
    """A matcher without checks inside it. ``what`` reads on from "expected"; ``says`` may word a failure better."""

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        if holds(value, scope):
            return []
        message = (says(value, scope) if says and value is not MISSING else "") or expected_but(what, value)
        return [Mismatch(path, node, value, message, where)]

    return Check(holds, explain)


def _must_be_true(name: str, argument: Node, where: Path) -> None:
    if argument is not True:
        raise BadMatcher(
            name, f"takes true, not {show(argument)}; $absent and $present are each other's opposite", where
        )


def absent(argument: Node, where: Path, _: Compile) -> Check:
    _must_be_true("$absent", argument, where)

    def says(value: Any, _: Scope) -> str:
        return f"expected no such key, got {show(value)}"

    return _leaf(lambda value, _: value is MISSING, "no such key", {"$absent": True}, where, says)


def present(argument: Node, where: Path, _: Compile) -> Check:
    _must_be_true("$present", argument, where)
    return _leaf(lambda value, _: value is not MISSING, "any value", {"$present": True}, where)


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

    return _leaf(holds, " or ".join(words), {"$type": argument}, where)


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

    return _leaf(holds, "a string of that pattern", {"$match": argument}, where, says)


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

    return _leaf(holds, f"an id {prefix}…", {"$id": argument}, where)


def symbol(argument: Node, where: Path, _: Compile) -> Check:
    if not isinstance(argument, str) or not argument:
        raise BadMatcher("$symbol", f"takes a name, not {show(argument)}", where)

    def holds(value: Any, scope: Scope) -> bool:
        return type(value) is str and value != "" and scope.symbols.unify(argument, value)

    def says(value: Any, scope: Scope) -> str:
        return scope.symbols.conflict(argument, value) + f", got {show(value)}" if type(value) is str and value else ""

    leaf = _leaf(holds, f"the id of {argument}", {"$symbol": argument}, where, says)
    return Check(leaf.holds, leaf.explain, 1, True)


def now(argument: Node, where: Path, _: Compile) -> Check:
    seconds = _duration("$now", argument, where)

    def holds(value: Any, scope: Scope) -> bool:
        return is_timestamp(value) and scope.date is not None and abs(value - scope.date) <= seconds

    def says(value: Any, scope: Scope) -> str:
        if scope.date is None:
            return f"the response has no Date to compare {show(value)} with"
        return _distance(value, scope.date, "the response's Date", seconds)

    return _leaf(holds, f"a timestamp within {argument} of the response's Date", {"$now": argument}, where, says)


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

    return _leaf(holds, f"a timestamp within {argument['within']} of {to}", {"$near": argument}, where, says)


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


def length(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    inner = compile(argument, (*where, "$length"))
    if type(argument) not in (int, dict, Reference):
        raise BadMatcher("$length", f"takes a number or a matcher, not {show(argument)}", where)
    sized = (list, str, dict)

    def holds(value: Any, scope: Scope) -> bool:
        return type(value) in sized and inner.holds(len(value), scope)

    def says(value: Any, scope: Scope) -> str:
        if type(value) not in sized:
            return ""
        wanted = str(argument) if type(argument) is int else inner.explain(len(value), scope, "")[0].message
        return f"{size_of(value)} instead of {wanted}" if type(argument) is int else f"length: {wanted}"

    return _leaf(holds, "something with a length", {"$length": argument}, where, says)


def in_(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    options = [compile(item, (*where, "$in", n)) for n, item in enumerate(_nonempty_list("$in", argument, where))]
    binds = any(option.binds for option in options)

    def holds(value: Any, scope: Scope) -> bool:
        return any(option.tries(value, scope) for option in options)

    leaf = _leaf(holds, f"one of {_shown(argument)}", {"$in": argument}, where)
    return Check(leaf.holds, leaf.explain, 1, binds)


def not_(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    inner = compile(argument, (*where, "$not"))

    def holds(value: Any, scope: Scope) -> bool:
        if value is MISSING:
            return False
        mark = scope.symbols.snapshot()
        held = inner.holds(value, scope)
        scope.symbols.rollback(mark)
        return not held

    return _leaf(holds, f"anything but {_shown(argument)}", {"$not": argument}, where)


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

        return _leaf(holds, f"a number of {words} {_shown(argument)}", {name: argument}, where)

    return compile_comparison


def between(argument: Node, where: Path, _: Compile) -> Check:
    if not isinstance(argument, list) or len(argument) != 2:
        raise BadMatcher("$between", f"takes two numbers, not {_shown(argument)}", where)
    low, high = (_bound("$between", item, where) for item in argument)

    def holds(value: Any, scope: Scope) -> bool:
        return type(value) in _NUMBERS and low(scope) <= value <= high(scope)

    what = f"a number between {_shown(argument[0])} and {_shown(argument[1])}"
    return _leaf(holds, what, {"$between": argument}, where)


def _bound(name: str, argument: Node, where: Path) -> Callable[[Scope], Any]:
    if type(argument) in _NUMBERS:
        return lambda _: argument
    if isinstance(argument, Reference):
        return lambda scope: _number(argument, scope)
    raise BadMatcher(name, f"takes a number or a reference, not {_shown(argument)}", where)


def _number(reference: Reference, scope: Scope) -> Any:
    from conformance.match.references import Unresolved

    value = resolve(reference, scope.names)
    if type(value) not in _NUMBERS:
        raise Unresolved(reference, f"is {show(value)} ({type_name(value)}), not a number")
    return value


def contains(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    inner = compile(argument, (*where, "$contains"))
    text = isinstance(argument, (str, Reference, Template))

    def holds(value: Any, scope: Scope) -> bool:
        if type(value) is list:
            return any(inner.tries(item, scope) for item in value)
        if type(value) is str and text:
            part = resolve(argument, scope.names)
            return type(part) is str and part in value
        return False

    def says(value: Any, _: Scope) -> str:
        if type(value) is list:
            return (
                f"none of the {size_of(value)} matches {_shown(argument)}"
                if value
                else f"empty, without {_shown(argument)}"
            )
        return f"{show(value)} does not contain {_shown(argument)}" if type(value) is str and text else ""

    leaf = _leaf(
        holds,
        f"a list{' or string' if text else ''} that contains {_shown(argument)}",
        {"$contains": argument},
        where,
        says,
    )
    return Check(leaf.holds, leaf.explain, 1, inner.binds)


def each(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    inner = compile(argument, (*where, "$each"))

    def holds(value: Any, scope: Scope) -> bool:
        return type(value) is list and all(inner.holds(item, scope) for item in value)

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        if type(value) is not list:
            return [Mismatch(path, {"$each": argument}, value, expected_but("a list", value), where)]
        found: list[Mismatch] = []
        for n, item in enumerate(value):
            found += inner.explain(item, scope, join(path, n))
            if len(found) >= EACH_SHOWN:
                break
        return [_weighed(one, 1 if n == 0 else 0) for n, one in enumerate(found[:EACH_SHOWN])]

    return Check(holds, explain, 1, inner.binds)


def _weighed(one: Mismatch, leaves: int) -> Mismatch:
    return Mismatch(one.path, one.expected, one.actual, one.message, one.where, leaves)


def exactly(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    if not isinstance(argument, dict) or any(str(key).startswith("$") for key in argument):
        raise BadMatcher("$exactly", f"takes an object, not {_shown(argument)}", where)
    members = [(str(key), compile(item, (*where, "$exactly", key))) for key, item in argument.items()]
    inner = partial_object(members, argument, where)
    allowed, node = frozenset(argument), {"$exactly": argument}

    def holds(value: Any, scope: Scope) -> bool:
        return type(value) is dict and value.keys() <= allowed and inner.holds(value, scope)

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        if type(value) is not dict:
            return [Mismatch(path, node, value, expected_but("an object", value), where, inner.count + 1)]
        found = [one for key, check in members for one in explain_member(key, check, value, scope, path)]
        extra = [key for key in value if key not in allowed]
        if extra:
            found.append(Mismatch(path, node, value, f"has {_keys('more', extra)} than the expected keys", where))
        return found

    return Check(holds, explain, inner.count + 1, inner.binds)


def keys(argument: Node, where: Path, _: Compile) -> Check:
    if not isinstance(argument, list) or not all(isinstance(key, str) for key in argument):
        raise BadMatcher("$keys", f"takes a list of keys, not {_shown(argument)}", where)
    wanted = frozenset(argument)

    def says(value: Any, _: Scope) -> str:
        if type(value) is not dict:
            return ""
        extra, lost = [key for key in value if key not in wanted], [key for key in argument if key not in value]
        return "has " + " and ".join(_keys(word, some) for word, some in (("also", extra), ("not", lost)) if some)

    return _leaf(
        lambda value, _: type(value) is dict and value.keys() == wanted,
        f"an object with exactly the keys {', '.join(argument)}",
        {"$keys": argument},
        where,
        says,
    )


def _keys(word: str, names: list[str]) -> str:
    more = f" and {len(names) - 5} others" if len(names) > 5 else ""
    return f"{word} {', '.join(show(name) for name in names[:5])}{more}"


def decimal(argument: Node, where: Path, _: Compile) -> Check:
    if not isinstance(argument, str) or not _DECIMAL.fullmatch(argument):
        raise BadMatcher("$decimal", f'takes a decimal number in a string ("12.5"), not {_shown(argument)}', where)
    number = Decimal(argument)

    def holds(value: Any, _: Scope) -> bool:
        return type(value) is str and _DECIMAL.fullmatch(value) is not None and Decimal(value) == number

    return _leaf(holds, f"the decimal number {argument} in a string", {"$decimal": argument}, where)


def all_(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    parts = [compile(item, (*where, "$all", n)) for n, item in enumerate(_nonempty_list("$all", argument, where))]

    def holds(value: Any, scope: Scope) -> bool:
        return all(part.holds(value, scope) for part in parts)

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        return [found for part in parts for found in part.explain(value, scope, path)]

    return Check(holds, explain, sum(part.count for part in parts), any(part.binds for part in parts))


_FREE = Check(lambda _value, _scope: True, lambda _value, _scope, _path: [], 0)


def versions(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    """Decided here when the version is known, at each check when it is not. No alternative: nothing is demanded."""
    options = [
        (window, text, compile(node, (*where, "$versions", text)))
        for window, text, node in alternatives(argument, where)
    ]
    if compile.version is not None:
        chosen = choose(options, compile.version)
        return _FREE if chosen is MISSING else chosen

    def pick(scope: Scope) -> Check:
        found = choose(options, scope.version)
        return _FREE if found is MISSING else found

    return Check(
        lambda value, scope: pick(scope).holds(value, scope),
        lambda value, scope, path: pick(scope).explain(value, scope, path),
        max(check.count for _, _, check in options),
        any(check.binds for _, _, check in options),
    )


def _nonempty_list(name: str, argument: Node, where: Path) -> list[Node]:
    if not isinstance(argument, list) or not argument:
        raise BadMatcher(name, f"takes a list of at least one, not {_shown(argument)}", where)
    return argument


def _shown(argument: Node) -> str:
    return str(argument) if isinstance(argument, (Reference, Template)) else show(argument)


def _unordered(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    if not isinstance(argument, list):
        raise BadMatcher("$unordered", f"takes a list, not {_shown(argument)}", where)
    return unordered([compile(item, (*where, "$unordered", n)) for n, item in enumerate(argument)], argument, where)


MATCHERS: dict[str, MatcherRow] = {
    "$absent": absent,
    "$present": present,
    "$type": type_,
    "$match": match,
    "$id": id_,
    "$symbol": symbol,
    "$now": now,
    "$near": near,
    "$length": length,
    "$in": in_,
    "$not": not_,
    **{name: _comparison(name) for name in _COMPARE},
    "$between": between,
    "$contains": contains,
    "$each": each,
    "$unordered": _unordered,
    "$exactly": exactly,
    "$keys": keys,
    "$decimal": decimal,
    "$all": all_,
    "$versions": versions,
}
