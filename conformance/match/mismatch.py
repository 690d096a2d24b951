"""What does not hold, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.match.values import MISSING, Path, show, type_name
from conformance.scenario.model import Node, Reference, Template


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One expectation that does not hold.

    ``path`` is the field path in the body (``lines.data[0].amount``, empty for the body itself), ``where`` the path in
    the expectation's own YAML node, ``message`` one line without the path. ``expected`` and ``actual`` are JSON data (a
    matcher as it was written), `MISSING` for a key that is not there. ``leaves`` is how many checks of the expectation
    this one stands for: ``count - sum(leaves)`` checks passed.
    """

    path: str
    expected: Any
    actual: Any
    message: str
    where: Path = ()
    leaves: int = 1


class BadMatcher(ValueError):
    """A matcher that is no matcher, or whose argument is malformed; ``where`` is its path inside the compiled node."""

    def __init__(self, name: str, reason: str, where: Path = ()) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.where = where


def instead_of(actual: Any, expected: Any) -> str:
    """``"false" (string) instead of false (boolean)``; types are said where they are the difference."""
    if actual is MISSING:
        return f"is missing, expected {show(expected)}"
    if type(actual) is type(expected):
        return f"{show(actual)} instead of {show(expected)}"
    return f"{typed(actual)} instead of {typed(expected)}"


def expected_but(what: str, actual: Any) -> str:
    """``expected an id in_…, got 5 (integer)``."""
    return f"is missing, expected {what}" if actual is MISSING else f"expected {what}, got {typed(actual)}"


def typed(value: Any) -> str:
    """The value with the name of its type, where its rendering does not say it already."""
    return "null" if value is None else f"{show(value)} ({type_name(value)})"


def plain(node: Node) -> Any:
    """The node as JSON data for people and files: references and templates as they are written."""
    if isinstance(node, dict):
        return {str(key): plain(item) for key, item in node.items()}
    if isinstance(node, (list, tuple)):
        return [plain(item) for item in node]
    return str(node) if isinstance(node, (Reference, Template)) else node


def shown(node: Node) -> str:
    """The node on one line."""
    return str(node) if isinstance(node, (Reference, Template)) else show(plain(node))
