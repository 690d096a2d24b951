"""What an invariant is, and the table that the modules beside this one fill."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from conformance.api_version import ApiVersion, Window

Body = Mapping[str, Any]
Severity = Literal["fail", "warning", "note"]
STATUSES = ("draft", "open", "paid", "uncollectible", "void")
FINALIZED = ("open", "paid", "uncollectible", "void")
# What a rule leans on beside the numbers: recordings are often published with ids or times replaced.
Facet = Literal["", "ids", "clock", "urls"]


class Broken(NamedTuple):
    """How a body breaks an invariant: the field, what it should be (a value or a phrase), what it is."""

    path: str
    expected: Any
    actual: Any


Rule = Callable[[Any], Broken | None]


@dataclass(frozen=True, slots=True)
class Invariant:
    """``rule`` returns None when it holds or does not apply. A KeyError or TypeError means: the fields are not there,
    no statement.
    """

    name: str
    of: str  # object name; "list", "error", "headers" for envelopes
    requirement: str
    reason: str
    rule: Rule
    versions: Window = field(default_factory=Window)
    statuses: tuple[str, ...] = ()  # empty: any, previews too
    severity: Severity = "fail"
    facet: Facet = ""


TABLE: dict[str, Invariant] = {}


def invariant(
    of: str,
    requirement: str,
    reason: str,
    *,
    versions: str = "all",
    statuses: Iterable[str] = (),
    severity: Severity = "fail",
    facet: Facet = "",
) -> Callable[[Rule], Rule]:
    """Enter the decorated function into the table under its name."""

    def enter(rule: Rule) -> Rule:
        name = rule.__name__.replace("_", "-")
        if name in TABLE:
            raise ValueError(f"two invariants are called {name}")
        row = Invariant(name, of, requirement, reason, rule, Window.parse(versions), tuple(statuses), severity, facet)
        TABLE[name] = row
        return rule

    return enter


Rules = tuple[tuple[Rule, Invariant], ...]  # the function first: the loop over them is the hot path


class Chosen:
    """The invariants of one API version, by object and, for invoices, by status."""

    __slots__ = ("_any", "_by_status")

    def __init__(self, version: ApiVersion, *, without: frozenset[str] = frozenset()) -> None:
        rows = [row for row in TABLE.values() if version in row.versions and row.facet not in without]
        self._any: dict[str, Rules] = {}
        for of in {row.of for row in rows}:
            self._any[of] = tuple((row.rule, row) for row in rows if row.of == of and not row.statuses)
        self._by_status: dict[str, Rules] = {
            status: tuple(
                (row.rule, row) for row in rows if row.of == "invoice" and (not row.statuses or status in row.statuses)
            )
            for status in STATUSES
        }

    def of(self, kind: str) -> Rules:
        """What must hold for every object of ``kind``."""
        return self._any.get(kind, ())

    def of_invoice(self, invoice: Any) -> Rules:
        """What must hold for this invoice in its status. A preview (no id of its own) has no settled status."""
        identity, status = invoice.get("id"), invoice.get("status")
        if type(identity) is not str or identity.startswith("upcoming_in") or type(status) is not str:
            return self._any.get("invoice", ())
        return self._by_status.get(status) or self._any.get("invoice", ())
