"""Outcomes and results: what the engine emits, the journal keeps, and every report reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.errors import Place
    from conformance.target.base import Exchange


class Outcome(str, Enum):
    """Ordered by gravity: a step has the gravest outcome of its checks, a scenario that of its steps."""

    PASS = "pass"  # noqa: S105
    NOT_APPLICABLE = "not-applicable"
    OBSERVATION = "observation"
    WARNING = "warning"
    KNOWN = "known"
    NOT_TESTABLE = "not-testable"
    FAIL = "fail"
    ERROR = "error"

    @property
    def gravity(self) -> int:
        return _GRAVITY[self]


_GRAVITY = {outcome: n for n, outcome in enumerate(Outcome)}


def gravest(outcomes: Sequence[Outcome]) -> Outcome:
    return max(outcomes, key=lambda o: o.gravity, default=Outcome.PASS)


@dataclass(frozen=True, slots=True)
class Check:
    """One evaluated expectation that did not simply pass (passes are only counted).

    ``id`` is stable: ``<step>/<aspect>`` or ``<step>/<aspect>:<field path>``. ``kind`` is what the target did wrong:
    ``wrong``, or a `Reply` value other than ``answered``. ``cause`` is the fingerprint that groups checks across
    scenarios.
    """

    id: str
    outcome: Outcome
    aspect: (
        str  # status, header, body, error, changes, same-as, envelope, type, identity, read-back, schema, invariant …
    )
    message: str  # one line: what was expected, what came
    path: str = ""
    expected: Any = None
    actual: Any = None
    kind: str = "wrong"
    cause: str = ""
    requirements: tuple[str, ...] = ()
    place: Place | None = None
    diff: tuple[str, ...] = ()  # minimal, path-addressed lines; computed on failure only
    source: str = ""  # where the truth comes from, as the requirement states it


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step (of a setup, where ``setup`` names one). ``exchanges`` has one entry per attempt, the last decides."""

    id: str
    outcome: Outcome
    operation: str  # POST /v1/invoices/{id}/void
    passed: int  # checks that passed
    checks: tuple[Check, ...] = ()  # those that did not
    exchanges: tuple[Exchange, ...] = ()
    setup: str = ""
    title: str = ""
    place: Place | None = None
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One scenario's result. ``reason`` is one line for not-applicable, not-testable and error."""

    id: str
    title: str
    file: str
    area: str
    profile: str
    outcome: Outcome
    covers: tuple[str, ...]
    steps: tuple[StepResult, ...] = ()
    reason: str = ""
    started: float = 0.0
    elapsed: float = 0.0
    tags: dict[str, str] = field(default_factory=dict)
