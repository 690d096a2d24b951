"""One mutant on the stage, every scenario in the audience: who notices, and how loudly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, TypeVar

from conformance.contract import for_version
from conformance.contract.requirements import get, verdict_on_failure
from conformance.engine.plan import Planner
from conformance.engine.run import Engine
from conformance.errors import ConformanceError
from conformance.mutation.behaviour_nursery import Mutant, Nursery
from conformance.mutation.equivalents import BEHAVIOURS
from conformance.results.model import Check, Outcome, ScenarioResult
from conformance.scenario.loader import Library
from conformance.scenario.model import Eventually, Scenario, Setup
from conformance.target.config import Options, load
from conformance.target.process import TargetNotStarted
from conformance.target.reference import ReferenceTarget

#: The reference is consistent at once: whoever waits longer waits for a mutant.
_IMPATIENT = Eventually(within=2.0, every=0.1)  # longer than a second: some wait for the next one
_QUIET = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.ERROR})  # an error of ours notices nothing
_CRASHED, _DEFECT = 500, b"This is a defect in it."
_HOW = {
    Outcome.FAIL: "failed",
    Outcome.NOT_TESTABLE: "blocked",
    Outcome.WARNING: "warned",
    Outcome.OBSERVATION: "observed",
}


class Misbehaviour(NamedTuple):
    """One bug the reference can be started with. ``at``: the API version at which it shows, where not at every one."""

    name: str
    requirement: str
    sentence: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """One mutant and what became of it.

    ``how``, loudest first: ``failed`` (a scenario fails, and with it the run), ``ended`` (the target refused to go
    on), ``blocked`` (scenarios could not be tested), ``warned``, ``observed``, ``survived``; ``equivalent`` (then
    ``reason`` says why); or ``broken``: what was planted itself crashed, which proves nothing. ``may``: what breaking
    the rule may come to at that version, by policy: ``fail``, ``warning`` or ``observation``. ``by`` is the scenario
    that was loudest. ``own``: one that covers the very requirement noticed, or a check that names it; ``own_failed``:
    such a one failed. ``deaf``: scenarios that had something to say, which the reference itself does not pass: they
    prove nothing until it does.
    """

    mutant: Misbehaviour
    how: str
    may: str = "fail"
    by: str = ""
    own: bool = False
    own_failed: bool = False
    reason: str = ""
    deaf: tuple[str, ...] = ()
    ran: int = 0


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


@dataclass(slots=True)
class _Heard:
    """What the audience has said so far of a mutant whose rule is ``requirement``."""

    requirement: str
    loudest: Outcome = Outcome.PASS
    by: str = ""
    own: bool = False
    own_failed: bool = False
    deaf: list[str] = field(default_factory=list)
    broken: str = ""
    ran: int = 0

    def told(self, mutant: Misbehaviour, may: str, how: str, by: str = "", reason: str = "") -> Tried:
        return Tried(mutant, how, may, by, self.own, self.own_failed, reason, tuple(self.deaf), self.ran)

    def listen(self, scenario: Scenario, said: Sequence[Check], outcome: Outcome) -> None:
        covers = self.requirement in covered(scenario)
        self.own = self.own or covers or any(self.requirement in check.requirements for check in said)
        self.own_failed = self.own_failed or (covers and outcome is Outcome.FAIL)
        self.own_failed = self.own_failed or any(
            check.outcome is Outcome.FAIL and self.requirement in check.requirements for check in said
        )
        if outcome.gravity > self.loudest.gravity:
            self.loudest, self.by = outcome, scenario.id

    def enough(self, scenario: Scenario, may: str) -> bool:
        """Nothing louder is to be hoped for: who covers the rule comes first, and others have already been heard."""
        if self.own_failed or (self.own and may != "fail"):
            return True
        return self.loudest is Outcome.FAIL and self.requirement not in covered(scenario)


@dataclass(slots=True)
class _Calm:
    """What scenarios say of the reference as it is: asked only about those that have something to say of a mutant."""

    engine: Engine
    _said: dict[str, tuple[Outcome, frozenset[tuple[str, Outcome]]]] = field(default_factory=dict)

    def news(self, scenario: Scenario, result: ScenarioResult) -> tuple[list[Check], Outcome]:
        """The checks of ``result`` that the healthy reference does not fail, and how grave they are together; ERROR
        where the scenario cannot tell the mutant from the reference.
        """
        if result.outcome in _QUIET:
            return [], Outcome.PASS
        outcome, usual = self._usual(scenario)
        if outcome.gravity >= Outcome.NOT_TESTABLE.gravity:
            return [], Outcome.ERROR
        said = [check for check in _checks(result) if (check.id, check.outcome) not in usual]
        if not said and result.outcome is outcome:
            return [], Outcome.PASS
        return said, max((check.outcome for check in said), key=lambda one: one.gravity, default=result.outcome)

    def _usual(self, scenario: Scenario) -> tuple[Outcome, frozenset[tuple[str, Outcome]]]:
        if scenario.id not in self._said:
            result = self.engine.run(scenario)
            said = frozenset((check.id, check.outcome) for check in _checks(result))
            self._said[scenario.id] = result.outcome, said
        return self._said[scenario.id]


def _crashed(result: ScenarioResult) -> bool:
    """Whether the reference answered that it has a defect, in words that no mutant puts in its mouth."""
    answers = (one.response for step in result.steps for one in step.exchanges)
    return any(one is not None and one.status == _CRASHED and _DEFECT in one.body for one in answers)


def _checks(result: ScenarioResult) -> Iterator[Check]:
    return (check for step in result.steps for check in step.checks)


class Audience:
    """The scenarios, ready to be played to any server at one API version. Raises a `ScenarioProblem`."""

    def __init__(self, files: tuple[Path, ...], version: str) -> None:
        library = Library()
        self._scenarios = [_hurried(one) for one in library.scenarios(files)]
        target = load("reference", Options(api_version=version))
        assert isinstance(target, ReferenceTarget)
        self._settings = target.settings
        self._version = target.api_version
        self._planner = Planner(_Setups(library.setups), get, self._version)
        self._stack = ExitStack()
        self._calm: _Calm | None = None
        self._nursery: Nursery | None = None

    def attempt(self, mutant: Misbehaviour) -> Tried:
        """Start the mutant, and play to it until somebody notices as loudly as the rule allows."""
        may, heard = self._gravest(mutant.requirement), _Heard(mutant.requirement)
        try:
            with self._engine(mutant.name) as engine:
                self._play(engine, heard, may)
        except ConformanceError as refused:  # it ended the run
            if refused.code == TargetNotStarted.code:
                raise
            return heard.told(mutant, may, "ended", f"(the target: {refused.code})")
        if heard.broken:
            return heard.told(mutant, may, "broken", heard.broken)
        if heard.loudest in _HOW:
            return heard.told(mutant, may, _HOW[heard.loudest], heard.by)
        why = BEHAVIOURS.get(mutant.name, "")
        return heard.told(mutant, may, "equivalent" if why else "survived", reason=why)

    def accusations(self, name: str) -> list[str]:
        """What would fail a server that does what is planted as ``name``: must be nothing where that is harmless."""
        with self._engine(name) as engine:
            heard = ((one, *self._reference().news(one, engine.run(one))) for one in self._scenarios)
            return [
                f"{scenario.id}: {said[0].message if said else outcome.value}"
                for scenario, said, outcome in heard
                if outcome in (Outcome.FAIL, Outcome.NOT_TESTABLE)
            ]

    def close(self) -> None:
        self._stack.close()
        self._calm = self._nursery = None

    def _play(self, engine: Engine, heard: _Heard, may: str) -> None:
        for scenario in self._in_order(heard.requirement):
            heard.ran += 1
            result = engine.run(scenario)
            said, outcome = self._reference().news(scenario, result)
            if outcome is Outcome.ERROR:
                heard.deaf.append(scenario.id)
            elif _crashed(result):
                heard.broken = scenario.id
                return
            elif outcome is not Outcome.PASS:
                heard.listen(scenario, said, outcome)
                if heard.enough(scenario, may):
                    return

    def _in_order(self, requirement: str) -> list[Scenario]:
        """Those that cover the requirement first, then its area, then the rest."""
        area = requirement[:7]

        def rank(scenario: Scenario) -> int:
            covers = covered(scenario)
            return 0 if requirement in covers else 1 if any(one.startswith(area) for one in covers) else 2

        return sorted(self._scenarios, key=rank)

    def _gravest(self, requirement: str) -> str:
        """What breaking it may come to: outside its versions nobody is accused of it."""
        found = get(requirement)
        if found is None:
            return "fail"
        return verdict_on_failure(found) if self._version in found.versions else "observation"

    def _reference(self) -> _Calm:
        if self._calm is None:
            self._calm = _Calm(self._stack.enter_context(self._engine("")))
        return self._calm

    @contextmanager
    def _engine(self, name: str) -> Iterator[Engine]:
        """The reference with a misbehaviour; with none, as it is."""
        target = Mutant(self._settings, self._born(), name) if name else ReferenceTarget(self._settings)
        target.start()
        try:
            yield Engine(target, self._planner, for_version(self._version), "mutation")
        finally:
            target.stop()

    def _born(self) -> Nursery:
        if self._nursery is None:
            self._nursery = Nursery()
            self._stack.callback(self._nursery.stop)
        return self._nursery


def covered(scenario: Scenario) -> set[str]:
    """Every requirement a scenario or one of its steps covers."""
    return {*scenario.covers, *(one for step in scenario.steps for one in step.covers)}


_Played = TypeVar("_Played", Scenario, Setup)


def _hurried(one: _Played) -> _Played:
    steps = tuple(replace(step, eventually=_IMPATIENT) if step.eventually else step for step in one.steps)
    return replace(one, steps=steps)
