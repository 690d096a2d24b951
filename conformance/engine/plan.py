"""A scenario with its setups, compiled once: expectations to checks, covers to the outcome that a failure has."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance import match
from conformance.api_version import ApiVersion
from conformance.contract.requirements import Requirement, verdict_on_failure
from conformance.results.model import Outcome
from conformance.scenario.model import Given, Node, Path, Reference, Scenario, Setup, Step

FindRequirement = Callable[[str], Requirement | None]

#: What the policy's words mean for a check.
OUTCOMES = {"fail": Outcome.FAIL, "warning": Outcome.WARNING, "observation": Outcome.OBSERVATION}


@dataclass(frozen=True, slots=True)
class Part:
    """One compiled member of ``expect``; ``place`` is where its YAML stands in the document."""

    aspect: str
    expectation: match.Expectation
    place: Path


@dataclass(frozen=True, slots=True)
class Frame:
    """A compiled ``changes``."""

    since: Reference
    to: Mapping[str, match.Expectation]
    place: Path


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step ready to run. ``on_failure``: what its failed expectations come to; ``file``, ``row``: where it is in."""

    step: Step
    file: str
    status: Part
    headers: Part | None
    content: tuple[Part, ...]
    frame: Frame | None
    same_as: Reference | None
    on_failure: Outcome
    requirements: tuple[str, ...]
    row: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedSetup:
    """A compiled prelude: its own preludes, its steps, and what it hands on."""

    name: str
    given: tuple[tuple[Given, PlannedSetup], ...]
    arguments: Mapping[str, Node]
    steps: tuple[PlannedStep, ...]
    result: Reference


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled scenario."""

    scenario: Scenario
    given: tuple[tuple[Given, PlannedSetup], ...]
    steps: tuple[PlannedStep, ...]


class Planner:
    """Compiles scenarios for one API version; setups once, for all who use them. Safe between threads."""

    def __init__(self, setups: Mapping[str, Setup], requirement: FindRequirement, version: ApiVersion) -> None:
        self._setups = setups
        self._requirement = requirement
        self._version = version
        self._planned: dict[str, PlannedSetup] = {}
        # When many scenarios start at once, the first one's setups and requirements are read for all of them, once.
        self._lock = threading.Lock()

    def plan(self, scenario: Scenario) -> Plan:
        """Raise `match.BadMatcher` or, for an unknown setup, KeyError: lint says both with their places."""
        with self._lock:
            return self._plan(scenario)

    def _plan(self, scenario: Scenario) -> Plan:
        return Plan(
            scenario,
            self._given(scenario.given),
            tuple(
                self._step(step, scenario.file, covers, self._on_failure(covers), scenario.row)
                for step in scenario.steps
                if self._applies(step)
                for covers in [step.covers or scenario.covers]
            ),
        )

    def _applies(self, step: Step) -> bool:
        return self._version in step.versions

    def _given(self, given: tuple[Given, ...]) -> tuple[tuple[Given, PlannedSetup], ...]:
        return tuple((one, self._setup(one.setup)) for one in given)

    def _setup(self, name: str) -> PlannedSetup:
        if name not in self._planned:
            setup = self._setups[name]
            self._planned[name] = PlannedSetup(
                name,
                self._given(setup.given),
                setup.arguments,
                tuple(
                    self._step(step, setup.file, (), Outcome.NOT_TESTABLE)
                    for step in setup.steps
                    if self._applies(step)
                ),
                setup.result,
            )
        return self._planned[name]

    def _step(
        self, step: Step, file: str, covers: tuple[str, ...], on_failure: Outcome, row: str | None = None
    ) -> PlannedStep:
        expect, here = step.expect, ("steps", step.index, "expect")
        content = []
        if expect.body is not None:
            content.append(Part("body", match.compile(expect.body, self._version), (*here, "body")))
        if expect.error is not None:
            content.append(Part("error", match.compile(expect.error, self._version), (*here, "error")))
        frame = None
        if expect.changes is not None:
            to = {path: match.compile(node, self._version) for path, node in expect.changes.to.items()}
            frame = Frame(expect.changes.since, to, (*here, "changes"))
        return PlannedStep(
            step,
            file,
            Part("status", match.compile(expect.status, self._version), (*here, "status")),
            Part("header", match.compile(dict(expect.headers), self._version), (*here, "headers"))
            if expect.headers
            else None,
            tuple(content),
            frame,
            expect.same_as,
            on_failure,
            covers,
            row,
        )

    def _on_failure(self, covers: tuple[str, ...]) -> Outcome:
        """The gravest outcome its requirements allow; lint forbids to mix those that may fail a target with others."""
        outcomes = [self._verdict(id) for id in covers]
        return max(outcomes, key=lambda o: o.gravity) if outcomes else Outcome.FAIL

    def _verdict(self, id: str) -> Outcome:
        requirement = self._requirement(id)
        if requirement is None:  # a user's own requirement id
            return Outcome.FAIL
        if self._version not in requirement.versions:  # not known to hold here, so nobody is accused of it
            return Outcome.OBSERVATION
        return OUTCOMES[verdict_on_failure(requirement)]
