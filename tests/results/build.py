"""Hand-made results, as the engine would give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from conformance.errors import Place
from conformance.results.fingerprint import fingerprint
from conformance.results.journal import Footer, Header, Run
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult, gravest
from conformance.target.base import NOT_JSON, Exchange, Reply, Request, Response, parse_json

if TYPE_CHECKING:
    from pathlib import Path

FILE = "scenarios/void/void-open-invoice.yaml"


def header(**values: Any) -> Header:
    usual: dict[str, Any] = {
        "run_id": "run_1",
        "suite_version": "0.1.0",
        "api_version": "2026-10-28.endive",
        "target": {"name": "mock", "url": "http://127.0.0.1:1234"},
        "selected": 1,
        "started": 1_790_000_000.0,
        "python": "3.11.9",
        "command": ("stripe-conformance", "run", "--target", "http://127.0.0.1:1234"),
    }
    return Header(**{**usual, **values})


def exchange(
    method: str = "POST",
    path: str = "/v1/invoices/in_1/void",
    *,
    status: int | None = 200,
    body: Any = None,
    params: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    reply: Reply = Reply.ANSWERED,
    **more: Any,
) -> Exchange:
    raw = (
        body
        if isinstance(body, bytes)
        else orjson.dumps(body if body is not None else {"id": "in_1", "status": "open"})
    )
    json = parse_json(raw) if raw else NOT_JSON
    answered = {"content-type": "application/json", "request-id": "req_1", **(headers or {})}
    response = None if status is None else Response(status, answered, raw, json)
    values: dict[str, Any] = {"started": 1_790_000_001.0, "elapsed": 0.004, **more}
    return Exchange(Request(method, path, params or {}), response, reply=reply, **values)


def check(
    id: str = "voided/body:status",
    *,
    outcome: Outcome = Outcome.FAIL,
    aspect: str = "body",
    path: str = "status",
    expected: Any = "void",
    actual: Any = "open",
    kind: str = "wrong",
    operation: str = "POST /v1/invoices/{id}/void",
    **more: Any,
) -> Check:
    values: dict[str, Any] = {
        "message": f"{path} is {actual!r} instead of {expected!r}",
        "place": Place(FILE, 14, 9),
        "requirements": ("INV-TRN-004",),
        "diff": (f"{path}: - {expected!r} + {actual!r}",),
        "cause": fingerprint(aspect, path, kind, operation, expected, actual, 200),
    }
    return Check(
        id=id,
        outcome=outcome,
        aspect=aspect,
        path=path,
        expected=expected,
        actual=actual,
        kind=kind,
        **{**values, **more},
    )


def step(id: str = "voided", *checks: Check, **more: Any) -> StepResult:
    values: dict[str, Any] = {
        "outcome": gravest([one.outcome for one in checks]),
        "operation": "POST /v1/invoices/{id}/void",
        "passed": 3,
        "exchanges": (exchange(),),
        "requirements": ("INV-TRN-004",),
    }
    return StepResult(id=id, checks=checks, **{**values, **more})


def scenario(id: str = "void-open-invoice", *steps: StepResult, **more: Any) -> ScenarioResult:
    steps = steps or (step(),)
    values: dict[str, Any] = {
        "title": "Voiding an open invoice ends collection",
        "file": FILE,
        "area": "void",
        "profile": "core",
        "outcome": gravest([one.outcome for one in steps]),
        "covers": ("INV-TRN-004",),
        "started": 1_790_000_001.0,
        "elapsed": 0.042,
    }
    return ScenarioResult(id=id, steps=steps, **{**values, **more})


def failing(id: str = "void-open-invoice", **more: Any) -> ScenarioResult:
    return scenario(id, step("voided", check()), **more)


def untaken(id: str, *, outcome: Outcome = Outcome.NOT_APPLICABLE, **more: Any) -> ScenarioResult:
    from dataclasses import replace

    return replace(scenario(id, **more), steps=(), outcome=outcome)


def run(*scenarios: ScenarioResult, complete: bool = True, footer: bool = True, stale: Any = (), **more: Any) -> Run:
    outcomes: dict[str, int] = {}
    for one in scenarios:
        outcomes[one.outcome.value] = outcomes.get(one.outcome.value, 0) + 1
    checks = sum(s.passed + len(s.checks) for one in scenarios for s in one.steps)
    end = Footer(outcomes, checks, 1_790_000_009.0, complete, "" if complete else "interrupted", tuple(stale))
    return Run(header(**{"selected": len(scenarios), **more}), scenarios, end if footer else None)


def write(
    path: Path, *scenarios: ScenarioResult, secrets: tuple[str, ...] = (), close: bool = True, **more: Any
) -> Path:
    from conformance.results.journal import JournalWriter
    from conformance.target.redact import Redactor

    evidence = more.pop("evidence", "failures")
    writer = JournalWriter(path, header(**{"selected": len(scenarios), **more}), Redactor(secrets), evidence=evidence)
    for one in scenarios:
        writer.write(one)
    if close:
        writer.close(ended=1_790_000_009.0)
    return path
