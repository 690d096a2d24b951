"""Recorded scenarios in memory, and an engine that plays them again without a server, a file or a wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance import match
from conformance.contract import Contract, Violation
from conformance.contract.requirements import get
from conformance.engine.evaluate import judge, judge_universally
from conformance.engine.plan import Plan, Planner
from conformance.engine.run import Engine, Moment, date
from conformance.errors import ConformanceError, ExitCode, Place
from conformance.results.model import Outcome, ScenarioResult, gravest
from conformance.scenario.loader import Library
from conformance.target import cassette_format
from conformance.target.base import Exchange, Reply, Request
from conformance.target.cassette import CassetteTarget

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.api_version import ApiVersion
    from conformance.scenario.model import Scenario

RUN_ID = "recording"  # what recordings are made with: it is part of what was sent


class NothingRecorded(ConformanceError):
    """No scenario has a cassette that it still fits."""

    code = "nothing-recorded"
    exit_code = ExitCode.INCOMPLETE


class Diverged(ConformanceError):
    """The scenario asks for something that was not recorded next: a wrong answer has led it elsewhere."""

    code = "diverged"


@dataclass(frozen=True, slots=True)
class Spot:
    """Whose answer an exchange is. ``setup`` is empty for a scenario's own steps."""

    step: str
    setup: str
    operation: str
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A scenario that holds against its recording: one spot for each exchange, and one moment.

    An answer that is one of several to its step (a poll) has no moment: what it says alone decides nothing.
    """

    scenario: Scenario
    exchanges: tuple[Exchange, ...]
    spots: tuple[Spot, ...]
    moments: tuple[Moment | None, ...]


class _Known(Contract):
    """The contract of a version that remembers which bodies of the recording it has judged: those never change."""

    def __init__(self, version: ApiVersion) -> None:
        super().__init__(version)
        self._judged: dict[int, Sequence[Violation]] = {}

    def learn(self, recorded: Recorded) -> None:
        for one in recorded.exchanges:
            sent, came = one.request, one.response
            if came is not None:
                found = super().check(sent.method, sent.path, came.status, came.headers, came.json)
                self._judged[id(came.headers)] = found

    def check(self, method: str, path: str, status: int, headers: Mapping[str, str], body: Any) -> Sequence[Violation]:
        known = self._judged.get(id(headers))
        return super().check(method, path, status, headers, body) if known is None else known


class _Plans(Planner):
    """Compiles each scenario once: it is played thousands of times."""

    def __init__(self, library: Library, version: ApiVersion) -> None:
        super().__init__(library.setups, get, version)
        self._plans: dict[str, Plan] = {}

    def plan(self, scenario: Scenario) -> Plan:
        plan = self._plans.get(scenario.id)
        if plan is None or plan.scenario is not scenario:
            plan = self._plans[scenario.id] = super().plan(scenario)
        return plan


class Stage:
    """Plays scenarios against answers held in memory, at one API version."""

    def __init__(self, scenarios: Sequence[Path], version: ApiVersion) -> None:
        """Raises a `ScenarioProblem` where a file cannot be used."""
        library = Library()
        self.version = version
        self.scenarios: tuple[Scenario, ...] = tuple(library.scenarios(scenarios))
        self._planner = _Plans(library, version)
        self._contract = _Known(version)

    def recorded(self, folder: Path, *, provenance: str = "") -> Iterator[Recorded]:
        """The scenarios that pass against their cassette under ``folder``; those without one are passed over."""
        cassettes = CassetteTarget(folder, self.version, provenance=provenance)
        cassettes.start()
        contract = Contract(self.version)
        for scenario in self.scenarios:
            moments: list[Moment] = []
            try:
                result = Engine(cassettes, self._planner, contract, RUN_ID, watch=moments.append).run(scenario)
            except ConformanceError:
                continue
            if result.outcome is Outcome.PASS:
                one = _recorded(scenario, result, moments)
                self._contract.learn(one)
                yield one

    def glance(self, recorded: Recorded, at: int, exchange: Exchange) -> Outcome:
        """What its own step and the universal checks make of ``exchange`` in the place of the answer ``at``.

        Whatever fails here fails in `play` too, which also tries the steps after it and takes the longer for it.
        """
        moment = recorded.moments[at]
        if moment is None:
            return Outcome.PASS
        mark = moment.symbols.snapshot()
        scope = match.Scope(moment.names, moment.symbols, date(exchange), self.version)
        judgement = judge(moment.planned, exchange, scope)
        moment.symbols.rollback(mark)
        checks = list(judgement.checks)
        if judgement.met or exchange.reply is Reply.ANSWERED:
            checks += judge_universally(moment.planned, exchange, moment.memory.copy(), self._contract)[1]
        return gravest([check.outcome for check in checks])

    def play(self, recorded: Recorded, exchanges: Sequence[Exchange]) -> tuple[ScenarioResult, bool]:
        """The scenario's result against ``exchanges``, and whether it asked for something else than was recorded."""
        target = _Memory(self.version, exchanges, recorded.spots)
        return Engine(target, self._planner, self._contract, RUN_ID).run(recorded.scenario), target.diverged


def _recorded(scenario: Scenario, result: ScenarioResult, moments: Sequence[Moment]) -> Recorded:
    found = [
        (exchange, Spot(step.id, step.setup, step.operation, step.requirements), None if _polled(moment) else moment)
        for step, moment in zip(result.steps, moments, strict=True)
        for exchange in step.exchanges
    ]
    exchanges, spots, known = zip(*found, strict=True)
    return Recorded(scenario, exchanges, spots, known)


def _polled(moment: Moment) -> bool:
    return moment.planned.step.eventually is not None


class _Memory:
    """A target and its only session: gives the exchanges one after the other, and notes where a request differs."""

    name = "memory"
    attached = None
    patience = None
    concurrency = 1

    def __init__(self, version: ApiVersion, exchanges: Sequence[Exchange], spots: Sequence[Spot]) -> None:
        self.api_version = version
        self.diverged = False
        self._exchanges = exchanges
        self._spots = spots
        self._next = 0

    def open(self, scenario_id: str) -> _Memory:  # noqa: ARG002 - it holds one scenario
        return self

    def offers(self, capability: str) -> bool:  # noqa: ARG002 - what was recorded was offered
        return True

    def send(self, request: Request, step: str) -> Exchange:
        """Raises Diverged where another step was recorded next: a poll that was never answered as hoped."""
        at, self._next = self._next, self._next + 1
        if at >= len(self._exchanges) or self._spots[at].step != step:
            raise Diverged(f"step {step!r} was not recorded here")
        exchange = self._exchanges[at]
        if exchange.request == request:
            return exchange
        self.diverged = True
        return replace(exchange, request=request)

    def settle(self, seconds: float) -> None:
        """The next answer is there already."""

    def close(self, *, complete: bool) -> None:
        self.diverged = self.diverged or (complete and self._next < len(self._exchanges))

    def start(self) -> None:
        """It is ready."""

    def stop(self) -> None:
        """Nothing was started."""

    def describe(self) -> dict[str, Any]:
        return {"name": self.name}

    def secrets(self) -> tuple[str, ...]:
        return ()


def load(scenarios: Sequence[Path], cassettes: Path, version: ApiVersion) -> tuple[Stage, tuple[Recorded, ...]]:
    """The stage and every scenario that still fits its cassette. Raises NothingRecorded, CassetteMissing."""
    stage = Stage(scenarios, version)
    found = tuple(stage.recorded(cassettes))
    if not found:
        hint = "Record with: stripe-conformance run --record DIR."
        raise NothingRecorded("no scenario holds against its cassette.", place=Place(str(cassettes)), hint=hint)
    return stage, found


def cassette_of(scenario: Scenario) -> str:
    """The name of the file a scenario is recorded in."""
    return cassette_format.file_name(scenario.id)
