"""From a node of the language to a compiled check: literals, references, partial objects, whole lists, matchers.

Each compiled `Check` has two halves. ``holds`` decides, on every response, with ``==`` and closures; ``explain`` runs
only after ``holds`` said no, and may be slow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from conformance.match.mismatch import BadMatcher, Mismatch, expected_but, instead_of, plain
from conformance.match.references import resolve
from conformance.match.scope import Scope
from conformance.match.values import MISSING, Path, equal, join, near
from conformance.scenario.model import Node, Reference, Template

if TYPE_CHECKING:
    from conformance.api_version import ApiVersion

Holds = Callable[[Any, Scope], bool]
Explain = Callable[[Any, Scope, str], list[Mismatch]]
Says = Callable[[Any, Scope], str]  # what is wrong with a value; empty when nothing is


@dataclass(frozen=True, slots=True)
class Check:
    """``count``: the leaves it stands for. ``binds``: it may bind symbols, so trying it out needs a rollback."""

    holds: Holds
    explain: Explain
    count: int = 1
    binds: bool = False

    def tries(self, value: Any, scope: Scope) -> bool:
        """``holds`` as one of several alternatives: binds nothing when it does not hold."""
        if not self.binds:
            return self.holds(value, scope)
        mark = scope.symbols.snapshot()
        held = self.holds(value, scope)
        if not held:
            scope.symbols.rollback(mark)
        return held


class Compile(Protocol):
    """What a matcher compiles the nodes inside its argument with."""

    @property
    def version(self) -> ApiVersion | None: ...

    def __call__(self, node: Node, where: Path) -> Check: ...


MatcherRow = Callable[[Node, Path, Compile], Check]


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles nodes with a table of matchers. With ``version``, ``$versions`` is decided here and counted exactly."""

    matchers: Mapping[str, MatcherRow]
    version: ApiVersion | None = None

    def __call__(self, node: Node, where: Path) -> Check:
        """Raise `BadMatcher` for an unknown matcher or a malformed argument."""
        if isinstance(node, dict):
            name = next((key for key in node if isinstance(key, str) and key.startswith("$")), None)
            return self._object(node, where) if name is None else self._matcher(name, node, where)
        if isinstance(node, (list, tuple)):
            return _list([self(item, (*where, n)) for n, item in enumerate(node)], list(node), where)
        if isinstance(node, (Reference, Template)):
            return _referred(node, where)
        return literal(node, where)

    def _matcher(self, name: str, node: Mapping[str, Node], where: Path) -> Check:
        if len(node) > 1:
            others = ", ".join(str(key) for key in node if key != name)
            raise BadMatcher(
                name, f"a matcher stands alone in its mapping, here with {others}; $all joins several", where
            )
        row = self.matchers.get(name)
        if row is None:
            found = near(name, self.matchers)
            raise BadMatcher(name, f"no such matcher{f', near: {found[0]}' if found else ''}", where)
        return row(node[name], where, self)

    def _object(self, node: Mapping[str, Node], where: Path) -> Check:
        return partial_object([(str(key), self(item, (*where, key))) for key, item in node.items()], dict(node), where)


def literal(expected: Any, where: Path) -> Check:
    """Same type, same value."""
    kind = type(expected)

    def holds(value: Any, _: Scope) -> bool:
        return value == expected and type(value) is kind

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        return [] if holds(value, scope) else [Mismatch(path, expected, value, instead_of(value, expected), where)]

    return Check(holds, explain)


def _referred(node: Reference | Template, where: Path) -> Check:
    """The whole value of a reference; `Unresolved` rises out of the check when an earlier body lacks it."""

    def holds(value: Any, scope: Scope) -> bool:
        return equal(value, resolve(node, scope.names))

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        expected = resolve(node, scope.names)
        if equal(value, expected):
            return []
        return [Mismatch(path, expected, value, f"{instead_of(value, expected)}, the value of {node}", where)]

    return Check(holds, explain)


def partial_object(members: list[tuple[str, Check]], node: Node, where: Path) -> Check:
    """An object that has at least these members."""
    tests = tuple((key, check.holds) for key, check in members)
    count = sum(check.count for _, check in members) if members else 1

    def holds(value: Any, scope: Scope) -> bool:
        if type(value) is not dict:
            return False
        get = value.get
        return all(test(get(key, MISSING), scope) for key, test in tests)

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        if type(value) is not dict:
            return [Mismatch(path, plain(node), value, expected_but("an object", value), where, count)]
        return [found for key, check in members for found in explain_member(key, check, value, scope, path)]

    return Check(holds, explain, count, any(check.binds for _, check in members))


def explain_member(key: str, check: Check, value: Mapping[str, Any], scope: Scope, path: str) -> list[Mismatch]:
    """Why one member of an object does not hold; a missing key is told with the keys that look like it."""
    here = join(path, key)
    if key in value:
        return check.explain(value[key], scope, here)
    return [
        _with_near_keys(found, key, value) if found.path == here else found
        for found in check.explain(MISSING, scope, here)
    ]


def _with_near_keys(found: Mismatch, key: str, value: Mapping[str, Any]) -> Mismatch:
    keys = near(key, value)
    return replace(found, message=f"{found.message}; near: {', '.join(keys)}") if keys else found


def _list(items: list[Check], node: list[Node], where: Path) -> Check:
    """A list of exactly these elements in this order."""
    tests = tuple(check.holds for check in items)
    size = len(tests)
    count = sum(check.count for check in items) if items else 1

    def holds(value: Any, scope: Scope) -> bool:
        if type(value) is not list or len(value) != size:
            return False
        return all(test(item, scope) for test, item in zip(tests, value, strict=True))

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        if type(value) is not list:
            return [Mismatch(path, plain(node), value, expected_but("a list", value), where, count)]
        if len(value) != size:
            return [Mismatch(path, plain(node), value, f"{size_of(value)} instead of {size}", where, count)]
        return [
            found
            for n, (check, item) in enumerate(zip(items, value, strict=True))
            for found in check.explain(item, scope, join(path, n))
        ]

    return Check(holds, explain, count, any(check.binds for check in items))


def size_of(value: Any) -> str:
    """``1 element``, ``12 characters``, ``3 keys``."""
    word = "element" if isinstance(value, list) else "character" if isinstance(value, str) else "key"
    return f"{len(value):,} {word}{'' if len(value) == 1 else 's'}"


def leaf(holds: Holds, what: str, node: Node, where: Path, says: Says | None = None) -> Check:
    """A matcher without checks inside it. ``what`` reads on from "expected"; ``says`` may word a failure better."""

    def explain(value: Any, scope: Scope, path: str) -> list[Mismatch]:
        if holds(value, scope):
            return []
        message = (says(value, scope) if says and value is not MISSING else "") or expected_but(what, value)
        return [Mismatch(path, plain(node), value, message, where)]

    return Check(holds, explain)
