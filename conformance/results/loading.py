"""Journal lines as results again: the other half of `lines`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.errors import Place
from conformance.match.values import MISSING
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult
from conformance.target.base import NOT_JSON, Exchange, Reply, Request, Response, TransportFailure

#: The detail of an exchange of which only status and time were kept.
NOT_KEPT = "not kept: the scenario passed"


class Loader:
    """Makes results of lines again. Exchanges that were not kept become stubs whose detail is `NOT_KEPT`.

    The ``json`` of a response is not parsed again (`conformance.target.base.parse_json` does so where it is needed).
    """

    def __init__(self) -> None:
        self._results: dict[str, ScenarioResult] = {}
        self._kept: dict[str, dict[int, list[Exchange]]] = {}

    def scenario(self, line: dict[str, Any]) -> None:
        """Take one ``scenario`` line. Raises ValueError where the scenario already has one."""
        if line["id"] in self._results:
            raise ValueError(f"scenario {line['id']} has a line already")
        covers = tuple(line["covers"])
        self._results[line["id"]] = ScenarioResult(
            id=line["id"],
            title=line["title"],
            file=line["file"],
            area=line["area"],
            profile=line["profile"],
            outcome=Outcome(line["outcome"]),
            covers=covers,
            steps=tuple(_load_step(step, covers) for step in line["steps"]),
            reason=line.get("reason", ""),
            started=line["started"],
            elapsed=line["elapsed"],
            tags=line.get("tags", {}),
        )

    def exchange(self, line: dict[str, Any]) -> None:
        """Take one ``exchange`` line. Raises KeyError or IndexError where its scenario or step is not known."""
        self._results[line["scenario"]].steps[line["step"]]
        steps = self._kept.setdefault(line["scenario"], {})
        steps.setdefault(line["step"], []).append(_load_exchange(line))

    def results(self) -> tuple[ScenarioResult, ...]:
        """All results, in the order of their lines."""
        return tuple(self._with_evidence(result) for result in self._results.values())

    def _with_evidence(self, result: ScenarioResult) -> ScenarioResult:
        kept = self._kept.get(result.id)
        if not kept:
            return result
        steps = tuple(
            replace(step, exchanges=tuple(kept[at])) if at in kept else step for at, step in enumerate(result.steps)
        )
        return replace(result, steps=steps)


def _load_step(line: dict[str, Any], covers: tuple[str, ...]) -> StepResult:
    return StepResult(
        id=line["id"],
        outcome=Outcome(line.get("outcome", "pass")),
        operation=line["operation"],
        passed=line["passed"],
        checks=tuple(_load_check(check) for check in line.get("checks", ())),
        exchanges=_stubs(line),
        setup=line.get("setup", ""),
        title=line.get("title", ""),
        place=_load_place(line.get("place")),
        requirements=tuple(line.get("requirements", covers)),
    )


def _stubs(line: dict[str, Any]) -> tuple[Exchange, ...]:
    if "elapsed" not in line:
        return ()
    method, _, path = line["operation"].partition(" ")
    response = Response(line["status"], {}, b"", NOT_JSON) if "status" in line else None
    stub = Exchange(Request(method, path), response, detail=NOT_KEPT, elapsed=line["elapsed"])
    attempts: int = line.get("attempts", 1)
    return (stub,) * attempts


def _load_check(line: dict[str, Any]) -> Check:
    absent = line.get("absent", ())
    return Check(
        id=line["id"],
        outcome=Outcome(line["outcome"]),
        aspect=line["aspect"],
        message=line["message"],
        path=line["path"],
        expected=MISSING if "expected" in absent else line["expected"],
        actual=MISSING if "actual" in absent else line["actual"],
        kind=line["kind"],
        cause=line["cause"],
        requirements=tuple(line.get("requirements", ())),
        place=_load_place(line.get("place")),
        diff=tuple(line.get("diff", ())),
        source=line.get("source", ""),
    )


def _load_place(value: list[Any] | None) -> Place | None:
    return Place(value[0], value[1], value[2]) if value else None


def _load_exchange(line: dict[str, Any]) -> Exchange:
    failure = line.get("failure")
    return Exchange(
        request=Request(line["method"], line["path"], line["params"], line["headers"]),
        response=_load_response(line["response"]) if "response" in line else None,
        failure=TransportFailure(failure) if failure else None,
        reply=Reply(line["reply"]),
        detail=line.get("detail", ""),
        started=line["started"],
        elapsed=line["elapsed"],
    )


def _load_response(line: dict[str, Any]) -> Response:
    body = line["body"].encode()
    if "size" in line:
        body += f"\n… [cut: {line['size']} bytes in all]".encode()
    return Response(line["status"], line["headers"], body, NOT_JSON)  # few bodies are looked into: parsed where needed
