"""A target made of a function, so that each test says in a few lines what the server does."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from conformance.api_version import ApiVersion
from conformance.contract import for_version
from conformance.contract.requirements import get
from conformance.engine.plan import Planner
from conformance.engine.run import Engine
from conformance.results.model import ScenarioResult
from conformance.scenario.loader import Library
from conformance.target.base import Exchange, Reply, Request, Response, TransportFailure

VERSION = ApiVersion.parse("2026-10-28.endive")
DATE = "Sun, 01 Nov 2026 00:00:00 GMT"
NOW = 1793491200

Answer = tuple[int, Any]


@dataclass
class FakeTarget:
    """Answers every request with ``answer(request)``: a status with a body, or a Reply that is no answer."""

    answer: Callable[[Request], Answer | Reply]
    without: tuple[str, ...] = ()
    patience: float | None = None
    name: str = "fake"
    api_version: ApiVersion = VERSION
    sent: list[Request] = field(default_factory=list)
    closed: list[bool] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def open(self, scenario_id: str) -> FakeTarget:
        return self

    def offers(self, capability: str) -> bool:
        return capability not in self.without

    def settle(self, seconds: float) -> None:
        self.waited.append(seconds)

    def close(self, *, complete: bool) -> None:
        self.closed.append(complete)

    def send(self, request: Request, step: str) -> Exchange:
        self.sent.append(request)
        came = self.answer(request)
        if isinstance(came, Reply):
            return Exchange(request, None, TransportFailure.RESET, came, "it went away")
        status, body = came
        headers = {
            "content-type": "application/json",
            "date": DATE,
            "request-id": "req_1",
            "stripe-version": str(self.api_version),
        }
        if request.method == "POST":
            headers |= {"idempotency-key": "k", "original-request": "req_1"}
        return Exchange(request, Response(status, headers, orjson.dumps(body), body), started=NOW)


Play = Callable[..., ScenarioResult]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """``play(yaml, answer)`` runs a scenario (and setups) against a server of one function."""

    def run(yaml: str, answer: Any, *, setups: Mapping[str, str] = {}, row: int = 0) -> ScenarioResult:
        target = answer if isinstance(answer, FakeTarget) else FakeTarget(answer)
        folder = tmp_path / "mine"
        (folder / "setups").mkdir(parents=True, exist_ok=True)
        for name, text in setups.items():
            (folder / "setups" / f"{name}.yaml").write_text(textwrap.dedent(text))
        file = folder / "scenario.yaml"
        file.write_text(textwrap.dedent(yaml))
        library = Library()
        document = library.load(file)
        engine = Engine(
            target, Planner(library.setups, get, target.api_version), for_version(target.api_version), "run-1"
        )
        return engine.run(document.scenarios[row])

    return run
