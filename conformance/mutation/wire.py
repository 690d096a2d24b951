"""Wire mutants: one fault in one recorded answer, the scenario played again, and whether anything was noticed.

A setup's answer is the same answer in every scenario that begins with it. Its mutant is one mutant, planted in these
scenarios one after the other until one of them notices: a server that answers so answers so in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from conformance.api_version import ApiVersion
from conformance.mutation import equivalents, faults, stage
from conformance.mutation.faults import WireFault
from conformance.mutation.stage import Recorded, Spot, Stage
from conformance.results.model import Outcome, ScenarioResult
from conformance.target.base import Exchange

#: In how many scenarios a mutant of a setup is planted at most. What forty of them overlook, the others do.
MOST_ATTEMPTS = 40


class Job(NamedTuple):
    """What to plant where. Every ``every``-th mutant is run, or with ``sample`` about that many, evenly spread."""

    scenarios: tuple[Path, ...]
    cassettes: Path
    version: str
    every: int = 1
    sample: int = 0
    part: int = 0  # with several processes: which of
    parts: int = 1  # how many


class Place(NamedTuple):
    """An answer: the position of its scenario and its own in there."""

    scenario: int
    at: int


@dataclass(frozen=True, slots=True)
class Tried:
    """One mutant and what became of it.

    ``how``: ``fail``, ``error``, ``not-testable`` (a setup or a prerequisite broke), ``diverged`` (a later request
    differs from the recorded one), ``warning``, ``equivalent`` (then ``reason`` says why) or ``survived``.
    ``scenario``: who noticed, else the first it was planted in.
    """

    scenario: str
    area: str
    spot: Spot
    fault: str
    kind: str
    path: str
    how: str
    reason: str = ""


KILLED = ("fail", "error", "not-testable", "diverged")
_NOTICED = {
    Outcome.FAIL: "fail",
    Outcome.ERROR: "error",
    Outcome.WARNING: "warning",
    Outcome.NOT_TESTABLE: "not-testable",
}
_BY_GRAVITY = ("survived", "warning", "diverged", "not-testable", "error", "fail")


class Run(NamedTuple):
    """What became of each ``every``-th mutant, in the order of the library."""

    tried: list[Tried]
    every: int


def run(job: Job, workers: int = 1) -> Run:
    """Plant what the job selects. Raises NothingRecorded, CassetteMissing."""
    if workers < 2:
        every, tried = _part(job)
        return Run([one for _, one in tried], every)
    jobs = [job._replace(part=part, parts=workers) for part in range(workers)]
    with ProcessPoolExecutor(workers) as pool:
        parts = list(pool.map(_part, jobs))
    tried = sorted((one for _, part in parts for one in part), key=_number)
    return Run([one for _, one in tried], parts[0][0])


def _number(numbered: tuple[int, Tried]) -> int:
    return numbered[0]


def _part(job: Job) -> tuple[int, list[tuple[int, Tried]]]:
    mutants = _Mutants(job)
    every = max(1, sum(1 for _ in mutants.all()) // job.sample) if job.sample else job.every
    tried = []
    for number, (places, fault) in zip(count(1), mutants.all(), strict=False):
        chosen, rest = divmod(number, every)
        if rest == 0 and chosen % job.parts == job.part:
            tried.append((number, mutants.attempt(places, fault)))
    return every, tried


class _Mutants:
    """All mutants of the recorded scenarios, in a fixed order, and what becomes of each."""

    def __init__(self, job: Job) -> None:
        self._stage: Stage
        self._stage, self._recorded = stage.load(job.scenarios, job.cassettes, ApiVersion.parse(job.version))
        self._known = faults.words([_body(exchange) for one in self._recorded for exchange in one.exchanges])
        self._before = [_before(one) for one in self._recorded]

    def all(self) -> Iterator[tuple[Sequence[Place], WireFault]]:
        """Each mutant once, with every place where it can be planted."""
        for places in self._answers():
            seen: set[tuple[str, faults.Path]] = set()
            for place in places:
                for fault in self._faults(place):
                    if (fault.name, fault.path) not in seen:
                        seen.add((fault.name, fault.path))
                        yield (place, *places) if len(places) > 1 else places, fault

    def attempt(self, places: Sequence[Place], fault: WireFault) -> Tried:
        """Plant one fault, place after place, until it is noticed."""
        best = self._plant(places[0], fault)
        for place in places[1:MOST_ATTEMPTS]:
            if best.how in KILLED:
                break
            same = self._same(place, fault)
            if same is not None:
                best = max(best, self._plant(place, same), key=lambda one: _BY_GRAVITY.index(one.how))
        return best if best.how in KILLED else self._excused(best, places[0], fault)

    def _excused(self, tried: Tried, place: Place, fault: WireFault) -> Tried:
        lonely = fault.name == "other-id" and self._alone(place, fault.path)
        why = equivalents.reason(tried.kind, tried.path, tried.fault, lonely=lonely)
        return replace(tried, how="equivalent", reason=why) if why else tried

    def _alone(self, place: Place, path: faults.Path) -> bool:
        """Whether the id at ``path`` stands nowhere else in its scenario, in what was sent and in what came."""
        one = self._recorded[place.scenario]
        wanted = faults.at(_body(one.exchanges[place.at]), path)
        return sum(repr((each.request, _body(each))).count(wanted) for each in one.exchanges) < 2

    def _plant(self, place: Place, fault: WireFault) -> Tried:
        one = self._recorded[place.scenario]
        how = self._noticed(one, place.at, faults.planted(one.exchanges[place.at], fault))
        spot, scenario = one.spots[place.at], one.scenario
        return Tried(scenario.id, scenario.area, spot, fault.name, fault.kind, faults.shown(fault.path), how)

    def _noticed(self, one: Recorded, at: int, exchange: Exchange) -> str:
        """Most is noticed at once; only what is not needs the rest of the scenario."""
        at_once = _NOTICED.get(self._stage.glance(one, at, exchange), "survived")
        if at_once in KILLED:
            return at_once
        exchanges = (*one.exchanges[:at], exchange, *one.exchanges[at + 1 :])
        result, diverged = self._stage.play(one, exchanges)
        return _verdict(result, diverged=diverged)

    def _answers(self) -> list[list[Place]]:
        """Every answer with where it stands: a setup's in many scenarios, these from all areas in turn."""
        found: dict[tuple[str, ...], list[Place]] = {}
        for index, one in enumerate(self._recorded):
            for at, spot in enumerate(one.spots):
                leaf = spot.setup.rpartition("> ")[2]
                key = (leaf, spot.step) if leaf else (one.scenario.id, str(at))
                found.setdefault(key, []).append(Place(index, at))
        return [self._in_turn(places) for places in found.values()]

    def _in_turn(self, places: list[Place]) -> list[Place]:
        seen: dict[str, Iterator[int]] = {}
        turns = [next(seen.setdefault(self._recorded[place.scenario].scenario.area, count())) for place in places]
        return [place for _, place in sorted(zip(turns, places, strict=True))]

    def _faults(self, place: Place) -> Iterator[WireFault]:
        before = self._before[place.scenario][place.at]
        return faults.of_exchange(self._recorded[place.scenario].exchanges[place.at], before, self._known)

    def _same(self, place: Place, fault: WireFault) -> WireFault | None:
        """The fault as it is at another place; None where it does not apply."""
        before = self._before[place.scenario][place.at]
        return faults.again(self._recorded[place.scenario].exchanges[place.at], before, self._known, fault)


def _before(recorded: Recorded) -> list[Any]:
    """For each answer, the body of the same object one answer earlier."""
    last: dict[str, Any] = {}
    found = []
    for exchange in recorded.exchanges:
        body = _body(exchange)
        id = body.get("id") if isinstance(body, dict) else None
        found.append(last.get(id, faults.GONE) if isinstance(id, str) else faults.GONE)
        if isinstance(id, str):
            last[id] = body
    return found


def _verdict(result: ScenarioResult, *, diverged: bool) -> str:
    noticed = _NOTICED.get(result.outcome, "survived")
    return "diverged" if diverged and noticed in {"survived", "warning"} else noticed


def _body(exchange: Any) -> Any:
    return exchange.response.json if exchange.response is not None else None
