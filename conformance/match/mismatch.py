"""What does not hold, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.match.values import MISSING, Path, show, type_name


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One expectation that does not hold.

    ``path`` is the field path in the body (``lines.data[0].amount``, empty for the body itself); ``where`` the path inside the
    expectation's own YAML node; ``message`` one line without the path. ``expected`` and ``actual`` are JSON data (matchers as they
    were written), `MISSING` for a key that is not there. ``leaves`` is how many of the expectation's checks this one stands for,
    so that ``count - sum(leaves)`` checks passed.
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
