"""One way in which an exchange breaks the contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

RuleKind = Literal["schema", "removed", "invariant", "lifecycle", "envelope"]
Severity = Literal["fail", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Violation:
    """``path`` is in the body (``lines.data[0].amount``) or starts with ``headers.``; ``name`` says which invariant,
    if one.
    """

    rule: RuleKind
    requirement: str
    path: str
    message: str
    severity: Severity = "fail"
    expected: Any = None
    actual: Any = None
    name: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}{self.message} [{self.requirement}]"
