"""The library played against the reference, in this process: what each step sends, knows and expects, as values.

A genuine answer meets an expectation where the request and the state before it are alike. This is our half of the pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import Any, NamedTuple
from unittest.mock import patch

import orjson

from conformance import match, paths
from conformance.api_version import ApiVersion
from conformance.contract import Contract
from conformance.contract.requirements import get
from conformance.engine import run
from conformance.engine.evaluate import Judgement, judge
from conformance.engine.operation import operation
from conformance.engine.plan import PlannedStep, Planner
from conformance.errors import ConformanceError
from conformance.reference.http.app import Reference
from conformance.reference.model.clock import Clock
from conformance.scenario.loader import Library, discover
from conformance.scenario.model import Scenario
from conformance.target import encoding
from conformance.target.base import Exchange, Request, Response
from tests.scenarios.genuine.no_server import NoServer

Body = dict[str, Any]
PATIENCE = 20  # polls of one scenario: its clock goes a quarter of a second with each
THEN = 1_793_491_200  # Unix seconds: the reference's clock is moved by requests alone


class Moment(NamedTuple):
    """One step of ours at the moment when it is judged. ``names``: what its references name; ``before``: the body of
    the object that the path names, as it was last seen; ``fresh``: nothing was written since.
    """

    scenario: Scenario
    planned: PlannedStep
    request: Request
    response: Response
    names: Mapping[str, Any]
    before: Body | None
    fresh: bool

    @property
    def operation(self) -> str:
        return operation(self.request.method, self.request.path)

    @property
    def step(self) -> str:
        """``file:step``; for a row of a matrix its name too."""
        row = f"[{self.planned.row}]" if self.planned.row else ""
        return f"{self.planned.file.rpartition('scenarios/')[2].removesuffix('.yaml')}{row}:{self.planned.step.id}"


@cache
def scenarios() -> tuple[Library, tuple[Scenario, ...]]:
    library = Library()
    documents = [library.load(file) for file in discover((paths.data("scenarios"),))]
    return library, tuple(one for document in documents for one in document.scenarios)


@cache
def moments(version: ApiVersion) -> tuple[Moment, ...]:
    """Every step of every scenario that applies at ``version``, setups with it; the reference meets all of them."""
    library, all_of_them = scenarios()
    target = _InProcess(version)
    engine = run.Engine(target, Planner(library.setups, get, version), _Silent(version), "recording")
    found: list[Moment] = []
    for scenario in all_of_them:
        watch = _Watch(scenario)
        with patch.object(run, "judge", watch):
            engine.run(scenario)
        found += watch.seen  # what the reference itself does not meet is its own tests' matter
    return tuple(found)


class _Watch:
    """Judges as the engine does, and keeps what it judged: of several attempts the last."""

    def __init__(self, scenario: Scenario) -> None:
        self.seen: list[Moment] = []
        self._scenario = scenario
        self._bodies: dict[str, tuple[Body, int]] = {}
        self._writes = 0

    def __call__(self, planned: PlannedStep, exchange: Exchange, scope: match.Scope) -> Judgement:
        judgement = judge(planned, exchange, scope)
        response, request = exchange.response, exchange.request
        if judgement.met and response is not None:
            before, then = self._bodies.get(addressed(request.path), (None, 0))
            fresh = then == self._writes
            self.seen.append(Moment(self._scenario, planned, request, response, dict(scope.names), before, fresh))
            self._writes += request.method != "GET" and response.status < 300
            body = response.json
            if isinstance(body, dict) and isinstance(body.get("id"), str):
                self._bodies[body["id"]] = body, self._writes
        return judgement


def addressed(path: str) -> str:
    """The id in a path, whatever follows it: ``/v1/invoices/in_1/pay`` is about ``in_1``."""
    parts = path.strip("/").split("/")
    return parts[2] if len(parts) > 2 else ""


class _Silent(Contract):
    """The reference's own tests hold it against the contract; here it only plays our half."""

    def check(self, *_: Any) -> tuple[()]:
        return ()


class Impatient(ConformanceError):
    """A poll that was not answered as hoped: here it never will be."""

    code = "impatient"


class _InProcess(NoServer):
    """The reference without a socket; each scenario has an account of its own."""

    name = "reference"

    def __init__(self, version: ApiVersion) -> None:
        self.api_version = version
        self._reference = Reference("0", Clock(THEN), str(version))
        self._key = b""
        self._sent = count()
        self._polls = PATIENCE

    def open(self, scenario_id: str) -> _InProcess:
        self._key = f"sk_test_{scenario_id.encode().hex()}".encode()
        self._sent = count()
        self._polls = PATIENCE
        return self

    def send(self, request: Request, step: str) -> Exchange:
        target, body = encoding.target(request.method, request.path, request.params)
        path, _, query = target.partition("?")
        headers = {b"authorization": b"Bearer " + self._key, b"idempotency-key": b"step-%d" % next(self._sent)}
        for name, value in request.headers.items():
            headers.pop(name.lower().encode(), None)
            if value is not None:
                headers[name.lower().encode()] = value.encode()
        status, answered, raw = self._reference.answer(
            request.method, path, query.encode(), list(headers.items()), body or b""
        )
        shown = {name.decode(): value.decode() for name, value in answered}
        return Exchange(request, Response(status, shown, raw, orjson.loads(raw)), started=THEN)

    def settle(self, seconds: float) -> None:
        self._polls -= 1
        if not self._polls:
            raise Impatient("what the reference does it has done by now")
