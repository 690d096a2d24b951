"""A recording as a target: its requests become a scenario that demands nothing, so only the universal checks speak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby

from conformance.api_version import ApiVersion
from conformance.contract import Contract, Violation
from conformance.contract.requirements import get
from conformance.engine.plan import Planner
from conformance.engine.run import Engine
from conformance.recordings.edited import replaced
from conformance.recordings.fit import SHAPES_ONLY
from conformance.results.model import ScenarioResult
from conformance.scenario.model import Eventually, Expect, Scenario, Step
from conformance.scenario.model import Request as Written
from conformance.target.base import Exchange, Request
from tests.scenarios.genuine.no_server import NoServer
from tests.scenarios.genuine.recordings import Genuine, Recording


class Replayed(NoServer):
    """A target that gives these answers, whatever is asked."""

    name = "recording"

    def __init__(self, answers: tuple[Genuine, ...]) -> None:
        self.api_version = answers[0].version
        self._answers = iter(answers)

    def open(self, scenario_id: str) -> Replayed:
        return self

    def send(self, request: Request, step: str) -> Exchange:
        one = next(self._answers)
        return Exchange(one.request, one.response)


class _AsKept(Contract):
    """The contract, silent about headers where the recorder kept none."""

    def check_headers(self, method: str, status: int, headers: Mapping[str, str]) -> list[Violation]:
        return super().check_headers(method, status, headers) if headers else []


@cache
def _contract(version: ApiVersion, *, edited: bool) -> Contract:
    return _AsKept(version, without=SHAPES_ONLY if edited else frozenset())


def played(recording: Recording) -> Iterator[ScenarioResult]:
    """One result for each part of the recording that the suite could have met as one conversation."""
    for _, part in groupby(enumerate(recording.exchanges), lambda numbered: _part(recording, *numbered)):
        yield _played(recording, tuple(one for _, one in part))


def _part(recording: Recording, at: int, one: Genuine) -> tuple[ApiVersion, int]:
    """The suite asks in one API version at a time. What cannot be put in an order, or under a name, stands alone."""
    unplaced = not recording.ordered and one.operation == "GET /v1/invoices/{id}"
    return one.version, at if unplaced or not recording.named else -1


def _played(recording: Recording, answers: tuple[Genuine, ...]) -> ScenarioResult:
    version = answers[0].version
    edited = any(replaced(one.body) for one in answers if isinstance(one.body, dict))
    steps = tuple(_step(n, one, recording) for n, one in enumerate(answers))
    scenario = Scenario(recording.name, recording.name, "", (), steps)
    engine = Engine(Replayed(answers), Planner({}, get, version), _contract(version, edited=edited), "run")
    return engine.run(scenario)


def _step(index: int, one: Genuine, recording: Recording) -> Step:
    """Where the order is not known, each read may have come before the write that it follows here."""
    written = Written(one.request.method, one.request.path, one.request.params)
    patience = None if recording.ordered else Eventually(0)
    return Step(one.place, index, written, Expect(status=one.response.status), eventually=patience)
