"""A target's baseline: failures that are known, check by check, each with a reason. It only ratchets.

An entry names one check by scenario and address (`address`), never by pattern. A failure that stands in the baseline is
``known``; an entry that holds by now, has expired, or names nothing that exists is *stale* and fails the run.
"""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance import paths
from conformance.errors import Place, did_you_mean
from conformance.results.entries import BaselineError, Entry, EntryFile, render, store
from conformance.results.journal import Footer, Run
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult, gravest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_RED = frozenset({Outcome.FAIL, Outcome.NOT_TESTABLE})
_CAN_BE_KNOWN = frozenset({*_RED, Outcome.WARNING, Outcome.OBSERVATION})
#: A target that is gone is no property of the target; a step that could not be sent follows from another failure.
_NEVER_KNOWN = frozenset({"unreachable", "prerequisite"})
#: After one of these failed, nothing else of the step was evaluated.
_MASKS = frozenset({"answer", "status"})
_PARTIAL = ("-k", "-m", "-x", "--deselect", "--maxfail", "--lf", "--last-failed", "--shard")


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of one file by scenario and check. ``target`` is who they are about."""

    target: str
    entries: Mapping[tuple[str, str], Entry]
    file: str = ""

    def apply(self, result: ScenarioResult, today: dt.date | None = None) -> ScenarioResult:
        """``result`` with its known failures marked so, and with what merely follows from them."""
        today = today or _today()
        steps = tuple(self._apply(result.id, step, today) for step in result.steps)
        if steps == result.steps or result.outcome is Outcome.ERROR:
            return result
        rest = _consequences(steps) if not any(_blames(step) for step in steps) else steps
        return replace(result, steps=rest, outcome=gravest([step.outcome for step in rest]))

    def _apply(self, scenario: str, step: StepResult, today: dt.date) -> StepResult:
        checks = tuple(
            replace(check, outcome=Outcome.KNOWN, source=self._why(scenario, step, check) or check.source)
            if self._knows(scenario, step, check, today)
            else check
            for check in step.checks
        )
        if checks == step.checks:
            return step
        return replace(step, checks=checks, outcome=gravest([check.outcome for check in checks]))

    def _knows(self, scenario: str, step: StepResult, check: Check, today: dt.date) -> bool:
        entry = self.entries.get((scenario, address(step, check)))
        return entry is not None and can_be_known(check) and not _expired(entry, today)

    def _why(self, scenario: str, step: StepResult, check: Check) -> str:
        entry = self.entries[scenario, address(step, check)]
        until = f", until {entry.expires}" if entry.expires else ""
        return f"known: {entry.reason}{f' ({entry.issue})' if entry.issue else ''}{until}"

    def judge(self, run: Run, today: dt.date | None = None) -> Run:
        """``run`` with the entries that are no longer true in its footer."""
        if run.footer is None:
            return run
        stale = tuple(self._stale(run, today or _today()))
        values = {name: getattr(run.footer, name) for name in ("outcomes", "checks", "ended", "complete", "reason")}
        return replace(run, footer=Footer(**values, stale=stale))

    def _stale(self, run: Run, today: dt.date) -> Iterator[dict[str, Any]]:
        results = {result.id: result for result in run.scenarios}
        for entry in self.entries.values():
            result = results.get(entry.scenario)
            if _expired(entry, today):
                yield _told(entry, f"expired on {entry.expires}")
            elif result is not None:
                if why := _outlived(entry, result):
                    yield _told(entry, why)
            elif not _partial(run) and not _shipped(entry.scenario):
                yield _told(entry, f"there is no such scenario. {did_you_mean(entry.scenario, results)}".rstrip())


def address(step: StepResult, check: Check) -> str:
    """The name of ``check`` within its scenario: its id, behind the setup where a setup's step made it."""
    return f"{step.setup}/{check.id}" if step.setup else check.id


def can_be_known(check: Check) -> bool:
    """Whether a baseline may hold this check."""
    return check.outcome in _CAN_BE_KNOWN and check.kind not in _NEVER_KNOWN


def _blames(step: StepResult) -> bool:
    return any(check.outcome in _RED and check.kind != "prerequisite" for check in step.checks)


def _consequences(steps: tuple[StepResult, ...]) -> tuple[StepResult, ...]:
    """Steps that were not taken because of a known failure are known with it."""
    return tuple(
        replace(
            step, outcome=Outcome.KNOWN, checks=tuple(replace(check, outcome=Outcome.KNOWN) for check in step.checks)
        )
        if step.outcome is Outcome.NOT_TESTABLE
        else step
        for step in steps
    )


def _outlived(entry: Entry, result: ScenarioResult) -> str:
    """Why ``entry`` is stale given its scenario's result; empty where it is true or was not put to the test."""
    if result.outcome in {Outcome.NOT_APPLICABLE, Outcome.ERROR}:
        return ""
    found = {address(step, check): check for step in result.steps for check in step.checks}
    if entry.check in found:
        return ""
    step = _step_of(entry, result)
    if step is not None:
        evaluated = step.passed > 0 and not any(check.aspect in _MASKS for check in step.checks)
        return "the check holds now: take the entry out" if evaluated else ""
    if any(other.outcome is Outcome.KNOWN or _blames(other) for other in result.steps if other.setup):
        return ""  # a setup ended the scenario before its steps were planned
    near = difflib.get_close_matches(entry.check, [*found, *_names(result)], n=1, cutoff=0.4)
    return f"the scenario has no such check.{f' Did you mean {near[0]!r}?' if near else ''}"


def _step_of(entry: Entry, result: ScenarioResult) -> StepResult | None:
    for step in result.steps:
        start = f"{step.setup}/{step.id}/" if step.setup else f"{step.id}/"
        if entry.check.startswith(start):
            return step
    return None


def _names(result: ScenarioResult) -> list[str]:
    return [f"{step.setup}/{step.id}/" if step.setup else f"{step.id}/" for step in result.steps]


def _partial(run: Run) -> bool:
    """Whether the run left scenarios out on purpose, so that a missing one says nothing."""
    words = (word.split("=")[0] for word in run.header.command)
    return bool(run.footer and not run.footer.complete) or any(word in _PARTIAL for word in words)


def _shipped(scenario: str) -> bool:
    stem = scenario.partition("[")[0]
    return bool(stem) and any(paths.data("scenarios").glob(f"*/{_literal(stem)}.yaml"))


def _literal(name: str) -> str:
    import glob

    return glob.escape(name.replace("/", ""))


def _told(entry: Entry, why: str) -> dict[str, Any]:
    return {
        "scenario": entry.scenario,
        "check": entry.check,
        "why": why,
        "place": str(entry.place) if entry.place else "",
    }


def _expired(entry: Entry, today: dt.date) -> bool:
    return entry.expires is not None and entry.expires < today


def _today() -> dt.date:
    return dt.datetime.now(dt.timezone.utc).date()


def load(path: Path) -> Baseline:
    """The baseline in ``path``. Raises BaselineError with file:line:col for anything that is not as the schema says."""
    file = EntryFile(path)
    return Baseline(file.target(), {(entry.scenario, entry.check): entry for entry in file.entries()}, str(path))


def write(run: Run, path: Path, *, reason: str = "") -> int:
    """Write a baseline of everything that fails in ``run`` now, keeping what ``path`` says of failures it knew already.

    Gives the number of entries. Raises BaselineError for a run that was not complete: it would forget failures.
    """
    from conformance.results.verdict import verdict

    if why := verdict(run).incomplete:
        raise BaselineError(f"no baseline can be made of this run: {why}", place=Place(str(path)))
    old = load(path).entries if path.exists() else {}
    day = dt.datetime.fromtimestamp(run.header.started, dt.timezone.utc).date()
    entries = [
        old.get((scenario, check), Entry(scenario, check, reason or f"fails since {day} or before: {message}"))
        for scenario, check, message in _failures(run.scenarios)
    ]
    store(path, render(str(run.header.target.get("name", "")), run.header.suite_version, entries))
    return len(entries)


def prune(path: Path, stale: Iterable[Mapping[str, Any]]) -> int:
    """Take the ``stale`` entries (of a judged run's footer) out of the file, leaving every other line as it is."""
    gone = {(entry["scenario"], entry["check"]) for entry in stale}
    kept, removed = EntryFile(path).without(gone)
    if removed:
        store(path, kept)
    return removed


def _failures(scenarios: Iterable[ScenarioResult]) -> Iterator[tuple[str, str, str]]:
    for scenario in scenarios:
        seen = set()
        for step in scenario.steps:
            for check in step.checks:
                red = check.outcome in _RED and can_be_known(check)
                name = address(step, check)
                if (red or check.outcome is Outcome.KNOWN) and check.kind not in _NEVER_KNOWN and name not in seen:
                    seen.add(name)
                    yield scenario.id, name, check.message[:200]
