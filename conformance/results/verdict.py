"""What a run comes to: one word, one exit code, counts that hide nothing. No overall percentage, on purpose."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from conformance.errors import ExitCode
from conformance.results.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.results.journal import Run


class Conclusion(str, Enum):
    """The word at the top of every report."""

    CONFORMS = "conforms"
    NOT_CONFORMANT = "not conformant"
    INCOMPLETE = "incomplete"
    STALE_BASELINE = "stale baseline"
    ERROR = "error"


EXIT_CODE = {
    Conclusion.CONFORMS: ExitCode.CONFORMS,
    Conclusion.NOT_CONFORMANT: ExitCode.NONCONFORMING,
    Conclusion.STALE_BASELINE: ExitCode.STALE_BASELINE,
    Conclusion.INCOMPLETE: ExitCode.INCOMPLETE,
    Conclusion.ERROR: ExitCode.INTERNAL,
}

#: Each outcome word, defined once; every report shows these sentences where it uses the words.
MEANING: Mapping[Outcome, str] = {
    Outcome.ERROR: "the suite itself went wrong; this says nothing about the target",
    Outcome.FAIL: "the target does not do what Stripe does",
    Outcome.NOT_TESTABLE: "a step before could not be done, so this could not be tried; counts against the verdict",
    Outcome.KNOWN: "fails, and stands in the target's baseline",
    Outcome.WARNING: "the target departs from what Stripe usually does, not from a must",
    Outcome.OBSERVATION: "differs from what is believed of Stripe with low confidence; never counts",
    Outcome.NOT_APPLICABLE: "the target does not declare this capability, or it belongs to another API version",
    Outcome.PASS: "every check held",
}


@dataclass(frozen=True, slots=True)
class AreaCount:
    """Scenarios of one area by outcome."""

    area: str
    counts: Mapping[Outcome, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reasons``: one-line sentences, gravest first; ``counts``: scenarios by outcome; ``checks``: all evaluated."""

    conclusion: Conclusion
    exit_code: ExitCode
    reasons: tuple[str, ...]
    counts: Mapping[Outcome, int]
    areas: tuple[AreaCount, ...]
    checks: int
    incomplete: str = ""  # why the run cannot be trusted to be whole; empty where it can


def verdict(run: Run) -> Verdict:
    """Judge ``run``. A failure decides before incompleteness does: it is certain, whatever else might have followed."""
    counts = Counter(scenario.outcome for scenario in run.scenarios)
    checks = sum(step.passed + len(step.checks) for scenario in run.scenarios for step in scenario.steps)
    findings = list(_findings(run, counts, checks))
    conclusion = findings[0][0] if findings else Conclusion.CONFORMS
    return Verdict(
        conclusion=conclusion,
        exit_code=EXIT_CODE[conclusion],
        reasons=tuple(reason for _, reason in findings),
        counts={outcome: counts[outcome] for outcome in reversed(Outcome) if counts[outcome]},
        areas=_areas(run),
        checks=checks,
        incomplete=_incomplete(run, checks),
    )


def _findings(run: Run, counts: Mapping[Outcome, int], checks: int) -> Iterator[tuple[Conclusion, str]]:
    """What stands against the target or the run, in the order in which it decides."""
    if counts[Outcome.ERROR]:
        yield Conclusion.ERROR, f"{_scenarios(counts[Outcome.ERROR])} ended in an error of the suite"
    if counts[Outcome.FAIL]:
        yield Conclusion.NOT_CONFORMANT, f"{_scenarios(counts[Outcome.FAIL])} failed"
    if why := _incomplete(run, checks):
        yield Conclusion.INCOMPLETE, why
    if counts[Outcome.NOT_TESTABLE]:
        yield Conclusion.INCOMPLETE, f"{_scenarios(counts[Outcome.NOT_TESTABLE])} could not be tested"
    if run.stale:
        noun = "entry" if len(run.stale) == 1 else "entries"
        yield Conclusion.STALE_BASELINE, f"{len(run.stale)} baseline {noun} no longer true"


def _incomplete(run: Run, checks: int) -> str:
    if run.footer is None:
        return "the journal has no footer: the run was cut off"
    if not run.footer.complete:
        return f"the run was stopped: {run.footer.reason or 'no reason given'}"
    if len(run.scenarios) < run.header.selected:
        return f"{run.header.selected - len(run.scenarios)} of {run.header.selected} selected scenarios have no result"
    return "" if checks else "no check was evaluated: nothing is known about the target"


def _areas(run: Run) -> tuple[AreaCount, ...]:
    found: dict[str, Counter[Outcome]] = {}
    for scenario in run.scenarios:
        found.setdefault(scenario.area, Counter())[scenario.outcome] += 1
    return tuple(AreaCount(area, counts) for area, counts in sorted(found.items()))


def _scenarios(number: int) -> str:
    return "1 scenario" if number == 1 else f"{number} scenarios"
