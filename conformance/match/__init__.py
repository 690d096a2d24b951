"""Matchers, comparison, the frame condition and explanations: pure functions on JSON data, no I/O, no policy, no verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TYPE_CHECKING

from conformance.match.compiler import Check, Compiler
from conformance.match.diff import diff, lines
from conformance.match.frame import changes, same
from conformance.match.matchers import MATCHERS
from conformance.match.mismatch import BadMatcher, Mismatch
from conformance.match.references import Unresolved, duration, resolve
from conformance.match.scope import Scope, Symbols
from conformance.match.values import MISSING, at, parse_path, safe, show
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
        """Empty when ``value`` is as expected. `Unresolved` rises when a reference in the expectation has no value.

        A failing check may have bound symbols: take a snapshot first where the step is tried again.
        """
        if self.compiled.holds(value, scope):
            return []
        return self.compiled.explain(value, scope, "")


def compile(node: Node, version: ApiVersion | None = None) -> Expectation:  # noqa: A001 - re.compile's name, for the same thing
    """Compile once, check often. With ``version``, ``$versions`` is decided here and ``count`` is exact. Raise `BadMatcher`."""
    check = Compiler(MATCHERS, version)(node, ())
    return Expectation(check.count, check)
