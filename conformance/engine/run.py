"""Runs one scenario against one session and gives its result. Knows neither pytest nor printing nor files."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, NamedTuple

from conformance import match
from conformance.contract import Contract
from conformance.engine.evaluate import Judgement, judge, judge_universally, place_of
from conformance.engine.memory import Memory
from conformance.engine.operation import operation
from conformance.engine.plan import Plan, PlannedSetup, PlannedStep, Planner
from conformance.engine.sdk import Judge
from conformance.errors import ConformanceError, Place
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult, gravest
from conformance.scenario.model import Given, Scenario
from conformance.target.base import Exchange, Reply, Request, Session, Target


class Moment(NamedTuple):
    """All that is known before a step is taken: enough to judge any answer to it, again and apart from the run."""

    planned: PlannedStep
    names: Mapping[str, Any]
    memory: Memory
    symbols: match.Symbols


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything scenarios share. ``run`` may be called from several threads at once.

    ``watch`` is told of each step before it is taken.
    """

    target: Target
    planner: Planner
    contract: Contract
    run_id: str
    judges: tuple[Judge, ...] = ()
    watch: Callable[[Moment], None] | None = None

    def run(self, scenario: Scenario) -> ScenarioResult:
        """Never raises for what the target or the scenario does.

        Our own bugs become ``error``; what a user can mend (a cassette that does not fit) is ``not-testable``.
        Raises a ConformanceError only where it ``ends_the_run`` (a live key, a livemode body).
        """
        started = time.time()
        reason = self._not_applicable(scenario)
        if reason:
            return _result(scenario, Outcome.NOT_APPLICABLE, (), reason, started)
        played: list[StepResult] = []
        try:
            reason = self._play(scenario, played)
            outcome = gravest([step.outcome for step in played])
        except ConformanceError as problem:
            if problem.ends_the_run:
                raise
            outcome, reason = Outcome.NOT_TESTABLE, str(problem)
        except Exception as bug:  # noqa: BLE001 - a bug of ours must end as a verdict, not as a lost run
            outcome, reason = Outcome.ERROR, _bug(bug)
        return _result(scenario, outcome, tuple(played), reason, started)

    def _play(self, scenario: Scenario, played: list[StepResult]) -> str:
        try:
            plan = self.planner.plan(scenario)
        except match.BadMatcher as bad:
            raise MalformedMatcher(f"{bad}", place=Place(scenario.file), hint="Lint says where.") from None
        session = self.target.open(scenario.id)
        complete = False
        try:
            performance = _Performance(self, plan, session, played)
            performance.play()
            complete = not performance.reason
        finally:
            session.close(complete=complete)
        return performance.reason

    def _not_applicable(self, scenario: Scenario) -> str:
        version = self.target.api_version
        if version not in scenario.versions:
            return f"holds at API version {scenario.versions}, the target is asked for {version}"
        missing = [need for need in scenario.needs if not self.target.offers(need)]
        return f"the target does not declare {', '.join(missing)}" if missing else ""


class MalformedMatcher(ConformanceError):
    """An expectation that cannot be compiled."""

    code = "malformed-matcher"


class _Stopped(Exception):
    """A step failed: what follows cannot be tested."""


class _Performance:
    """One scenario being played: its names, its memory, its results so far.

    ``reason`` is empty while every step held; afterwards it names, once, the first step that did not.
    """

    def __init__(self, engine: Engine, plan: Plan, session: Session, played: list[StepResult]) -> None:
        self.reason = ""
        self._engine = engine
        self._plan = plan
        self._session = session
        self._played = played
        self._memory = Memory()
        self._symbols = match.Symbols()
        self._gentle: Outcome | None = None  # set once a step was unmet that may not fail the target
        self._base: dict[str, Any] = {"run": {"id": engine.run_id}, "scenario": {"id": plan.scenario.id}}

    def play(self) -> None:
        names = dict(self._base)
        try:
            self._prepare(self._plan.given, names, "")
            self._perform(self._plan.steps, names, "")
        except _Stopped:
            self._leave_the_rest()

    def _prepare(self, given: tuple[tuple[Given, PlannedSetup], ...], names: dict[str, Any], within: str) -> None:
        for one, setup in given:
            inner = dict(self._base)
            inner["with"] = {**setup.arguments, **self._resolve(one.arguments, names)}
            label = f"{within} > {setup.name}" if within else setup.name
            self._prepare(setup.given, inner, label)
            self._perform(setup.steps, inner, label)
            names[one.name] = self._resolve(setup.result, inner)

    def _perform(self, steps: tuple[PlannedStep, ...], names: dict[str, Any], setup: str) -> None:
        offers = self._engine.target.offers
        for planned in steps:
            if all(offers(need) for need in planned.step.needs):
                self._take(planned, names, setup)

    def _take(self, planned: PlannedStep, names: dict[str, Any], setup: str) -> None:
        try:
            request = self._request(planned, names)
        except match.Unresolved as gap:
            self._unresolved(planned, gap, setup)
            return
        if self._engine.watch is not None:
            self._engine.watch(Moment(planned, dict(names), self._memory.copy(), self._symbols.copy()))
        judgement, exchanges = self._exchange(planned, request, names)
        passed, universal = 0, list[Check]()
        if judgement.met or exchanges[-1].reply is Reply.ANSWERED:
            passed, universal = judge_universally(
                planned, exchanges[-1], self._memory, self._engine.contract, self._engine.judges
            )
        checks = (*judgement.checks, *universal)
        self._played.append(
            StepResult(
                id=planned.step.id,
                outcome=gravest([check.outcome for check in checks]),
                operation=operation(request.method, request.path),
                passed=judgement.passed + passed,
                checks=checks,
                exchanges=exchanges,
                setup=setup,
                title=planned.step.title,
                requirements=planned.requirements,
            )
        )
        response = exchanges[-1].response
        names[planned.step.id] = response.json if response is not None else None
        if not judgement.met:
            self._unmet(planned, judgement, setup)

    def _exchange(
        self, planned: PlannedStep, request: Request, names: dict[str, Any]
    ) -> tuple[Judgement, tuple[Exchange, ...]]:
        """Send once, or for ``eventually`` until the expectations hold; a failed attempt binds no symbol."""
        patience, limit = planned.step.eventually, self._engine.target.patience
        within = 0.0 if patience is None else patience.within if limit is None else min(patience.within, limit)
        deadline = time.monotonic() + within
        exchanges: list[Exchange] = []
        while True:
            exchange = self._session.send(request, planned.step.id)
            exchanges.append(exchange)
            bound = self._symbols.snapshot()
            judgement = judge(planned, exchange, self._scope(exchange, names))
            hopeless = exchange.reply is not Reply.ANSWERED  # waiting does not implement an operation
            if judgement.met or hopeless or patience is None:
                return judgement, tuple(exchanges)
            if time.monotonic() >= deadline:
                return judgement.after(within, patience.within), tuple(exchanges)
            self._symbols.rollback(bound)
            self._session.settle(patience.every)

    def _scope(self, exchange: Exchange, names: Mapping[str, Any]) -> match.Scope:
        return match.Scope(names, self._symbols, date(exchange), self._engine.target.api_version)

    def _request(self, planned: PlannedStep, names: Mapping[str, Any]) -> Request:
        request = planned.step.request
        return Request(
            request.method,
            str(self._resolve(request.path, names)),
            self._resolve(request.params, names) if request.params else {},
            {name: self._header(value, names) for name, value in request.headers.items()},
        )

    def _header(self, node: Any, names: Mapping[str, Any]) -> str | None:
        value = self._resolve(node, names)
        return None if value is None else str(value)

    def _resolve(self, node: Any, names: Mapping[str, Any]) -> Any:
        return match.resolve(node, names, self._engine.target.api_version)

    def _unmet(self, planned: PlannedStep, judgement: Judgement, setup: str) -> None:
        gravity = gravest([check.outcome for check in judgement.checks])
        where = f"setup {setup}, step {planned.step.id}" if setup else f"step {planned.step.id}"
        self.reason = self.reason or f"{where}: {judgement.checks[0].message}"
        if gravity.gravity >= Outcome.NOT_TESTABLE.gravity:
            raise _Stopped
        self._gentle = self._gentle or gravity

    def _unresolved(self, planned: PlannedStep, gap: match.Unresolved, setup: str) -> None:
        """A value an earlier answer should have carried is missing: as grave as what made it so, and no graver."""
        outcome = self._gentle or Outcome.NOT_TESTABLE
        check = Check(
            id=f"{planned.step.id}/request",
            outcome=outcome,
            aspect="request",
            message=f"cannot be sent: {gap}",
            kind="prerequisite",
            cause=f"prerequisite {gap}",
            place=place_of(planned, "request"),
        )
        request = planned.step.request
        self._played.append(
            StepResult(
                planned.step.id,
                outcome,
                f"{request.method} {request.path}",
                0,
                (check,),
                setup=setup,
                title=planned.step.title,
            )
        )
        self.reason = self.reason or f"step {planned.step.id}: {check.message}"
        raise _Stopped

    def _leave_the_rest(self) -> None:
        """Name the steps that were never taken, so that counts do not hide them."""
        taken = {step.id for step in self._played if not step.setup}
        outcome = self._gentle or Outcome.NOT_TESTABLE
        for planned in self._plan.steps:
            if planned.step.id not in taken:
                request = planned.step.request
                self._played.append(
                    StepResult(
                        planned.step.id, outcome, f"{request.method} {request.path}", 0,
                        title=planned.step.title, requirements=planned.requirements,
                    )
                )  # fmt: skip


def date(exchange: Exchange) -> float:
    """The response's own clock: its Date header, else when the request was sent (Unix seconds)."""
    header = exchange.response.headers.get("date") if exchange.response else None
    seconds = _seconds(header) if header else None
    return exchange.started if seconds is None else seconds


@lru_cache(maxsize=16)  # most answers of a run come in the same few seconds as their neighbours
def _seconds(date: str) -> float | None:
    """Unix seconds of a Date header, None for what is no date."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None


def _result(
    scenario: Scenario, outcome: Outcome, steps: tuple[StepResult, ...], reason: str, started: float
) -> ScenarioResult:
    return ScenarioResult(
        id=scenario.id,
        title=scenario.title,
        file=scenario.file,
        area=scenario.area,
        profile=scenario.profile,
        outcome=outcome,
        covers=scenario.covers,
        steps=steps,
        reason=reason,
        started=started,
        elapsed=time.time() - started,
    )


def _bug(bug: Exception) -> str:
    frames = traceback.extract_tb(bug.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"internal error: {type(bug).__name__}: {bug}{where}"
