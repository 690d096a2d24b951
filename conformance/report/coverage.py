"""What a run says about each requirement: the gravest outcome of the steps and checks that stand for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.results.model import Outcome, ScenarioResult, StepResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Covered:
    """One requirement's outcome, and the scenarios (by position in the run) that have something to say about it."""

    outcome: Outcome
    scenarios: tuple[int, ...]


def coverage(scenarios: Iterable[ScenarioResult]) -> dict[str, Covered]:
    """Every requirement that the run met, by id. One whose scenarios were all not applicable is so itself."""
    outcomes: dict[str, Outcome] = {}
    where: dict[str, dict[int, None]] = {}
    for at, scenario in enumerate(scenarios):
        for requirement, outcome in _told(scenario):
            known = outcomes.get(requirement)
            outcomes[requirement] = outcome if known is None else max(known, outcome, key=_weight)
            where.setdefault(requirement, {})[at] = None
    return {requirement: Covered(outcome, tuple(where[requirement])) for requirement, outcome in outcomes.items()}


def _weight(outcome: Outcome) -> int:
    """As grave as always, but that a pass says more than a scenario that did not apply."""
    return 1 if outcome is Outcome.PASS else 0 if outcome is Outcome.NOT_APPLICABLE else outcome.gravity + 1


def _told(scenario: ScenarioResult) -> Iterator[tuple[str, Outcome]]:
    if not scenario.steps:
        yield from ((requirement, scenario.outcome) for requirement in scenario.covers)
    for step in scenario.steps:
        for check in step.checks:
            yield from ((requirement, check.outcome) for requirement in check.requirements)
        if not step.setup:
            yield from (
                (requirement, _whole(step)) for requirement in step.requirements if not _blamed(step, requirement)
            )


def _blamed(step: StepResult, requirement: str) -> bool:
    return any(requirement in check.requirements for check in step.checks)


def _whole(step: StepResult) -> Outcome:
    """A step whose only failures are of other requirements held for its own, if anything of it was evaluated."""
    if step.passed:
        return Outcome.PASS
    return Outcome.NOT_TESTABLE if step.outcome.gravity > Outcome.KNOWN.gravity else step.outcome
