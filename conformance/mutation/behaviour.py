"""Behavioural mutants: the reference with one plausible bug, and which scenario notices.

The reference is a process of its own; what it can do wrong it says itself (``--misbehaviours``).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from conformance.contract import for_version
from conformance.contract.requirements import get, verdict_on_failure
from conformance.engine.plan import Planner
from conformance.engine.run import Engine
from conformance.errors import ConformanceError, did_you_mean
from conformance.mutation.equivalents import BEHAVIOURS
from conformance.results.model import Outcome, ScenarioResult
from conformance.scenario.loader import Library, discover
from conformance.scenario.model import Eventually, Scenario, Setup
from conformance.target.config import Options, load
from conformance.target.process import TargetNotStarted
from conformance.target.reference import ReferenceTarget
from conformance.target.settings import Settings

_LISTED_WITHIN = 30.0
#: The reference is consistent at once: whoever waits longer waits for a mutant.
_IMPATIENT = Eventually(within=2.0, every=0.1)  # longer than a second: some wait for the next one
_LOUD = frozenset({Outcome.FAIL, Outcome.ERROR, Outcome.NOT_TESTABLE})


class UnknownMisbehaviour(ConformanceError):
    """No misbehaviour of that name."""

    code = "unknown-misbehaviour"


class Misbehaviour(NamedTuple):
    """One bug the reference can be started with."""

    name: str
    requirement: str
    sentence: str


class Job(NamedTuple):
    """Which scenarios try to notice, at which API version."""

    scenarios: tuple[Path, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One mutant and what became of it.

    ``how``: ``killed``; ``warned`` or ``observed`` where its rule may do no more than that; ``equivalent`` (then
    ``reason`` says why); ``survived``. ``by`` is the scenario that noticed; ``own``: one that covers the very
    requirement did, or the failed check names it.
    """

    mutant: Misbehaviour
    how: str
    by: str = ""
    own: bool = False
    reason: str = ""
    ran: int = 0


class Misbehaving(ReferenceTarget):
    """The reference with one misbehaviour planted; with none, as it is."""

    def __init__(self, settings: Settings, name: str) -> None:
        super().__init__(settings)
        self._options += ["--misbehave", name] if name else []


@cache
def known() -> tuple[Misbehaviour, ...]:
    """Every misbehaviour of the reference."""
    said = subprocess.run(
        [sys.executable, "-m", "conformance.reference", "--misbehaviours"],
        capture_output=True,
        check=True,
        timeout=_LISTED_WITHIN,
    )
    return tuple(Misbehaviour(*row) for row in json.loads(said.stdout))


def chosen(only: Sequence[str], *, every: int | None = None, sample: int | None = None) -> tuple[Misbehaviour, ...]:
    """The misbehaviours named, else each ``every``-th, else about ``sample`` of them evenly spread, else all.

    Raises UnknownMisbehaviour.
    """
    table = known()
    if only:
        names = {one.name: one for one in table}
        for name in only:
            if name not in names:
                raise UnknownMisbehaviour(f"no misbehaviour named {name!r}.", hint=did_you_mean(name, list(names)))
        return tuple(names[name] for name in only)
    step = every or (max(1, len(table) // sample) if sample else 1)
    return table[::step]


def run(job: Job, mutants: Sequence[Misbehaviour], workers: int = 1) -> list[Tried]:
    """What became of each mutant, in order. Scenarios that the reference does not pass by itself do not count."""
    calm = _Audience(job).calm()
    if workers < 2:
        return list(_try_all((job, calm), mutants))
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(partial(_try_one, (job, calm)), mutants, chunksize=2))


def _try_all(key: tuple[Job, Mapping[str, Outcome]], mutants: Iterable[Misbehaviour]) -> Iterator[Tried]:
    audience = _Audience(key[0])
    for mutant in mutants:
        yield audience.attempt(mutant, key[1])


_AUDIENCES: dict[Job, _Audience] = {}


def _try_one(key: tuple[Job, Mapping[str, Outcome]], mutant: Misbehaviour) -> Tried:
    """In a worker: its scenarios are loaded once."""
    audience = _AUDIENCES.get(key[0])
    if audience is None:
        audience = _AUDIENCES[key[0]] = _Audience(key[0])
    return audience.attempt(mutant, key[1])


class _Setups(Mapping[str, Setup]):
    """Setups that wait for nobody."""

    def __init__(self, setups: Mapping[str, Setup]) -> None:
        self._setups = setups

    def __getitem__(self, name: str) -> Setup:
        return _hurried(self._setups[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._setups)

    def __len__(self) -> int:
        return len(self._setups)


class _Audience:
    """The scenarios, ready to be played to any server."""

    def __init__(self, job: Job) -> None:
        library = Library()
        documents = [library.load(file) for file in discover(job.scenarios)]
        self._scenarios = [_hurried(one) for document in documents for one in document.scenarios]
        target = load("reference", Options(api_version=job.version))
        assert isinstance(target, ReferenceTarget)
        self._settings = target.settings
        self._version = target.api_version
        self._planner = Planner(_Setups(library.setups), get, self._version)

    def calm(self) -> dict[str, Outcome]:
        """What each scenario comes to with the reference as it is; only those that end well can notice anything."""
        with self._engine("") as engine:
            outcomes = {one.id: engine.run(one).outcome for one in self._scenarios}
        return {name: outcome for name, outcome in outcomes.items() if outcome not in _LOUD}

    def attempt(self, mutant: Misbehaviour, calm: Mapping[str, Outcome]) -> Tried:
        """Start the mutant, and play to it until somebody notices."""
        softly, ran = "", 0  # the first of the requirement's own scenarios that said something, though no failure
        verdict = _gravest(mutant.requirement)
        try:
            with self._engine(mutant.name) as engine:
                for scenario in self._in_order(mutant.requirement, calm):
                    ran += 1
                    result = engine.run(scenario)
                    covers = mutant.requirement in covered(scenario)
                    if result.outcome in _LOUD:
                        own = covers or bool(softly) or _names(result, mutant.requirement)
                        return Tried(mutant, "killed", scenario.id, own, ran=ran)
                    if covers and result.outcome is not calm[scenario.id]:
                        softly = softly or scenario.id
        except ConformanceError as refused:  # it ended the run
            if refused.code == TargetNotStarted.code:
                raise
            return Tried(mutant, "killed", f"(the target: {refused.code})", own=False, ran=ran)
        if softly and verdict != "fail":
            return Tried(mutant, "warned" if verdict == "warning" else "observed", softly, own=True, ran=ran)
        why = BEHAVIOURS.get(mutant.name, "")
        return Tried(mutant, "equivalent" if why else "survived", reason=why, ran=ran)

    def _in_order(self, requirement: str, calm: Mapping[str, Outcome]) -> list[Scenario]:
        """Those that cover the requirement first, then its area, then the rest."""
        area = requirement[:7]

        def rank(scenario: Scenario) -> int:
            covers = covered(scenario)
            return 0 if requirement in covers else 1 if any(one.startswith(area) for one in covers) else 2

        return sorted((one for one in self._scenarios if one.id in calm), key=rank)

    @contextmanager
    def _engine(self, name: str) -> Iterator[Engine]:
        target = Misbehaving(self._settings, name)
        target.start()
        try:
            yield Engine(target, self._planner, for_version(self._version), "mutation")
        finally:
            target.stop()


def covered(scenario: Scenario) -> set[str]:
    """Every requirement a scenario or one of its steps covers."""
    return {*scenario.covers, *(one for step in scenario.steps for one in step.covers)}


def _gravest(requirement: str) -> str:
    """What breaking it may come to: fail, warning or observation."""
    found = get(requirement)
    return "fail" if found is None else verdict_on_failure(found)


def _names(result: ScenarioResult, requirement: str) -> bool:
    """Whether one of the checks that failed is about the requirement: universal checks are."""
    return any(requirement in check.requirements for step in result.steps for check in step.checks)


_Played = TypeVar("_Played", Scenario, Setup)


def _hurried(one: _Played) -> _Played:
    steps = tuple(replace(step, eventually=_IMPATIENT) if step.eventually else step for step in one.steps)
    return replace(one, steps=steps)


def untested(mutants: Sequence[Misbehaviour], requirements: Iterable[str]) -> list[str]:
    """The requirements among ``requirements`` that no mutant breaks."""
    broken = {one.requirement for one in mutants}
    return [one for one in requirements if one not in broken]
