"""Matchers with expectations inside them: alternatives, elements, key sets, API versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.match.compiler import Check, Compile, explain_member, leaf, partial_object, size_of
from conformance.match.mismatch import BadMatcher, Mismatch, expected_but, plain, shown
from conformance.match.references import alternatives, choose, resolve
from conformance.match.unordered import unordered as any_order
from conformance.match.values import MISSING, Path, join, show
from conformance.scenario.model import Node, Reference, Template

if TYPE_CHECKING:
    from conformance.match.scope import Scope

EACH_SHOWN = 10
KEYS_SHOWN = 5


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

    return leaf(holds, "something with a length", {"$length": argument}, where, says)


def in_(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    options = [compile(item, (*where, "$in", n)) for n, item in enumerate(_nonempty_list("$in", argument, where))]
    binds = any(option.binds for option in options)

    def holds(value: Any, scope: Scope) -> bool:
        return any(option.tries(value, scope) for option in options)

    checked = leaf(holds, f"one of {shown(argument)}", {"$in": argument}, where)
    return Check(checked.holds, checked.explain, 1, binds)


def not_(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    inner = compile(argument, (*where, "$not"))

    def holds(value: Any, scope: Scope) -> bool:
        if value is MISSING:
            return False
        mark = scope.symbols.snapshot()
        held = inner.holds(value, scope)
        scope.symbols.rollback(mark)
        return not held

    return leaf(holds, f"anything but {shown(argument)}", {"$not": argument}, where)


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
                f"none of the {size_of(value)} matches {shown(argument)}"
                if value
                else f"empty, without {shown(argument)}"
            )
        return f"{show(value)} does not contain {shown(argument)}" if type(value) is str and text else ""

    checked = leaf(
        holds,
        f"a list{' or string' if text else ''} that contains {shown(argument)}",
        {"$contains": argument},
        where,
        says,
    )
    return Check(checked.holds, checked.explain, 1, inner.binds)


def each(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    inner = compile(argument, (*where, "$each"))

    def holds(value: Any, scope: Scope) -> bool:
        return type(value) is list and all(inner.holds(item, scope) for item in value)

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        if type(value) is not list:
            return [Mismatch(path, plain({"$each": argument}), value, expected_but("a list", value), where)]
        found: list[Mismatch] = []
        for n, item in enumerate(value):
            found += inner.explain(item, scope, join(path, n))
            if len(found) >= EACH_SHOWN:
                break
        return [_weighed(one, 1 if n == 0 else 0) for n, one in enumerate(found[:EACH_SHOWN])]

    return Check(holds, explain, 1, inner.binds)


def _weighed(one: Mismatch, leaves: int) -> Mismatch:
    return Mismatch(one.path, one.expected, one.actual, one.message, one.where, leaves)


def unordered(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    if not isinstance(argument, list):
        raise BadMatcher("$unordered", f"takes a list, not {shown(argument)}", where)
    return any_order([compile(item, (*where, "$unordered", n)) for n, item in enumerate(argument)], argument, where)


def exactly(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    if not isinstance(argument, dict) or any(str(key).startswith("$") for key in argument):
        raise BadMatcher("$exactly", f"takes an object, not {shown(argument)}", where)
    members = [(str(key), compile(item, (*where, "$exactly", key))) for key, item in argument.items()]
    inner = partial_object(members, argument, where)
    allowed, node = frozenset(argument), {"$exactly": argument}

    def holds(value: Any, scope: Scope) -> bool:
        return type(value) is dict and value.keys() <= allowed and inner.holds(value, scope)

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        if type(value) is not dict:
            return [Mismatch(path, plain(node), value, expected_but("an object", value), where, inner.count + 1)]
        found = [one for key, check in members for one in explain_member(key, check, value, scope, path)]
        extra = [key for key in value if key not in allowed]
        if extra:
            found.append(
                Mismatch(path, plain(node), value, f"has {_keys('more', extra)} than the expected keys", where)
            )
        return found

    return Check(holds, explain, inner.count + 1, inner.binds)


def all_(argument: Node, where: Path, compile: Compile) -> Check:  # noqa: A002
    parts = [compile(item, (*where, "$all", n)) for n, item in enumerate(_nonempty_list("$all", argument, where))]

    def holds(value: Any, scope: Scope) -> bool:
        return all(part.holds(value, scope) for part in parts)

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        return [found for part in parts for found in part.explain(value, scope, path)]

    return Check(holds, explain, sum(part.count for part in parts), any(part.binds for part in parts))


def keys(argument: Node, where: Path, _: Compile) -> Check:
    if not isinstance(argument, list) or not all(isinstance(key, str) for key in argument):
        raise BadMatcher("$keys", f"takes a list of keys, not {shown(argument)}", where)
    wanted = frozenset(argument)

    def says(value: Any, _: Scope) -> str:
        if type(value) is not dict:
            return ""
        extra, lost = [key for key in value if key not in wanted], [key for key in argument if key not in value]
        return "has " + " and ".join(_keys(word, some) for word, some in (("also", extra), ("not", lost)) if some)

    return leaf(
        lambda value, _: type(value) is dict and value.keys() == wanted,
        f"an object with exactly the keys {', '.join(argument)}",
        {"$keys": argument},
        where,
        says,
    )


def _keys(word: str, names: list[str]) -> str:
    more = f" and {len(names) - KEYS_SHOWN} others" if len(names) > KEYS_SHOWN else ""
    return f"{word} {', '.join(show(name) for name in names[:KEYS_SHOWN])}{more}"


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
        raise BadMatcher(name, f"takes a list of at least one, not {shown(argument)}", where)
    return argument
