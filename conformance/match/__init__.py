"""Matchers, comparison, the frame condition, explanation: pure functions on JSON data. No I/O, no policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.match.compiler import Check, Compiler
from conformance.match.diff import diff, lines
from conformance.match.frame import changes, same
from conformance.match.matchers import MATCHERS
from conformance.match.mismatch import BadMatcher, Mismatch
from conformance.match.references import Unresolved, duration, resolve
from conformance.match.scope import Scope, Symbols
from conformance.match.values import MISSING, at, field_path, parse_path, safe, show
from conformance.match.walk import Volatile

if TYPE_CHECKING:
    from conformance.api_version import ApiVersion
    from conformance.scenario.model import Node

__all__ = [
    "MATCHERS",
    "MISSING",
    "BadMatcher",
    "Expectation",
    "Mismatch",
    "Scope",
    "Symbols",
    "Unresolved",
    "Volatile",
    "at",
    "changes",
    "compile",
    "diff",
    "duration",
    "field_path",
    "lines",
    "parse_path",
    "resolve",
    "safe",
    "same",
    "show",
]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A compiled node. ``count`` is its number of checks (leaves)."""

    count: int
    compiled: Check

    def check(self, value: Any, scope: Scope) -> list[Mismatch]:
        """Empty when ``value`` is as expected. A reference that has no value is a mismatch that says so.

        A failing check may have bound symbols: take a snapshot first where the step is tried again.
        """
        try:
            if self.compiled.holds(value, scope):
                return []
            return self.compiled.explain(value, scope, "")
        except Unresolved as gap:
            return [Mismatch("", str(gap.reference), MISSING, f"cannot be compared: {gap}", (), self.count)]


def compile(node: Node, version: ApiVersion | None = None) -> Expectation:  # noqa: A001 - as in re.compile
    """Compile once, check often; raise `BadMatcher`. With ``version``, ``$versions`` is decided now and counted."""
    check = Compiler(MATCHERS, version)(node, ())
    return Expectation(check.count, check)
