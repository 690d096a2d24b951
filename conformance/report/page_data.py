"""What the HTML page shows, as plain data. Bounded: evidence over the budget is left to the journal, which is said."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from conformance.match.values import MISSING
from conformance.report import reproduce, sources
from conformance.report.coverage import coverage
from conformance.results.baseline import can_be_known
from conformance.results.cause import Cause, causes
from conformance.results.loading import NOT_KEPT
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult
from conformance.results.verdict import MEANING, verdict
from conformance.results.wording import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.errors import Place
    from conformance.results.journal import Run
    from conformance.target.base import Exchange

#: Characters of requests, responses and scripts in one page, of one body, and of one expected or actual value.
EVIDENCE = 5_000_000
BODY = 48_000
VALUE = 2_000
#: What a request and the headers of a response take, roughly.
_REST = 900
MOST_CHECKS = 50
MOST_DIFF = 10


def page_data(run: Run) -> dict[str, Any]:
    """Everything the page's script reads. Scenarios and checks are named by position, requirements by id."""
    judged = verdict(run)
    found = causes(run.scenarios)
    position = {scenario.id: at for at, scenario in enumerate(run.scenarios)}
    evidence = _Evidence(run, found)
    return {
        "outcomes": [
            {"name": outcome.value, "meaning": MEANING[outcome], "count": judged.counts.get(outcome, 0)}
            for outcome in reversed(Outcome)
        ],
        "areas": [
            {"name": area.area, "counts": {outcome.value: n for outcome, n in area.counts.items()}}
            for area in judged.areas
        ],
        "causes": [_cause(cause, position) for cause in found],
        "scenarios": [_scenario(scenario, at, evidence) for at, scenario in enumerate(run.scenarios)],
        "checks": evidence.checks,
        "requirements": _requirements(run),
        "excerpts": evidence.excerpts,
        "stale": list(run.stale),
        "run": _run(run),
    }


def _cause(cause: Cause, position: dict[str, int]) -> dict[str, Any]:
    """The scenario that shows it best comes first."""
    example = cause.example.scenario.id
    names = [example, *(name for name in cause.scenarios if name != example)]
    return {
        "sentence": cause.sentence[:600],
        "kind": cause.kind,
        "outcome": cause.outcome.value,
        "scenarios": [position[name] for name in names],
        "blocked": cause.blocked,
        "checks": cause.checks,
    }


def _scenario(scenario: ScenarioResult, at: int, evidence: _Evidence) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": scenario.id,
        "title": scenario.title,
        "file": scenario.file,
        "area": scenario.area,
        "profile": scenario.profile,
        "outcome": scenario.outcome.value,
        "covers": scenario.covers,
        "ms": round(scenario.elapsed * 1000, 1),
        "steps": [_step(step, evidence.exchanges.get((at, n)), evidence) for n, step in enumerate(scenario.steps)],
    }
    if scenario.reason:
        data["reason"] = scenario.reason[:1000]
    if at in evidence.scripts:
        data["script"] = evidence.scripts[at]
    if scenario.outcome not in {Outcome.PASS, Outcome.NOT_APPLICABLE}:
        data["commands"] = [
            reproduce.suite_command(evidence.run.header, scenario),
            reproduce.pytest_command(evidence.run.header, scenario),
        ]
    return data


def _step(step: StepResult, exchanges: list[dict[str, Any]] | None, evidence: _Evidence) -> dict[str, Any]:
    data: dict[str, Any] = {"id": step.id, "operation": step.operation, "passed": step.passed}
    optional = {
        "outcome": step.outcome.value if step.outcome is not Outcome.PASS else "",
        "setup": step.setup,
        "title": step.title,
        "exchanges": exchanges,
        "checks": [evidence.check(_check(check, evidence)) for check in _gravest_first(step)[:MOST_CHECKS]],
        "more": max(0, len(step.checks) - MOST_CHECKS),
    }
    data.update({key: value for key, value in optional.items() if value})
    if step.exchanges:
        last, first = step.exchanges[-1], step.exchanges[0]
        polled = last.started - first.started if last is not first else 0.0
        data["ms"] = round((polled + last.elapsed) * 1000, 1)
        data["reply"] = str(last.response.status) if last.response else last.reply.value
        if len(step.exchanges) > 1:
            data["attempts"] = len(step.exchanges)
    return data


def _gravest_first(step: StepResult) -> list[Check]:
    return sorted(step.checks, key=lambda check: -check.outcome.gravity)


def _check(check: Check, evidence: _Evidence) -> dict[str, Any]:
    """The page puts the step's setup before the id: that is then the check's address."""
    data: dict[str, Any] = {
        "id": check.id,
        "outcome": check.outcome.value,
        "aspect": check.aspect,
        "path": check.path,
        "message": told(check)[:VALUE],
        "kind": check.kind,
        "requirements": check.requirements,
        "cause": evidence.causes.get(check.cause),
    }
    if check.kind == "wrong":
        data.update(expected=_value(check.expected), actual=_value(check.actual), diff=check.diff[:MOST_DIFF])
    if check.place:
        data["place"] = str(check.place)
        data["excerpt"] = evidence.excerpt(check.place)
    if check.source:
        data["source"] = check.source[:VALUE]
    if can_be_known(check):
        data["known"] = True
    return data


def _value(value: Any) -> str:
    if value is MISSING:
        return "(missing)"
    try:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    except (ValueError, RecursionError):
        text = str(value)
    return text if len(text) <= VALUE else f"{text[:VALUE]}… [cut: {len(text):,} characters in all]"


class _Evidence:
    """Chooses what goes into the page while there is room: exchanges of failed steps first, then what led there."""

    def __init__(self, run: Run, found: Sequence[Cause]) -> None:
        self.run = run
        self.causes = {cause.fingerprint: at for at, cause in reversed(list(enumerate(found)))}
        self.exchanges: dict[tuple[int, int], list[dict[str, Any]]] = {}
        self.scripts: dict[int, str] = {}
        self.excerpts: dict[str, list[tuple[int, str]]] = {}
        self.checks: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}
        self._room = EVIDENCE
        position = {scenario.id: at for at, scenario in enumerate(run.scenarios)}
        examples = [position[cause.example.scenario.id] for cause in found]
        order = list(dict.fromkeys([*examples, *range(len(run.scenarios))]))
        for wanted in (_failed, _not_failed):
            for at in order:
                self._take(at, wanted)
        for at in order:
            self._script(at)

    def _take(self, at: int, wanted: Any) -> None:
        for number, step in enumerate(self.run.scenarios[at].steps):
            if wanted(step) and step.exchanges and step.exchanges[-1].detail != NOT_KEPT:
                shown = [_exchange(exchange, step.exchanges[0].started) for exchange in step.exchanges]
                size = sum(len(one.get("body", "")) + _REST for one in shown)
                if size <= self._room:
                    self._room -= size
                    self.exchanges[at, number] = shown

    def _script(self, at: int) -> None:
        scenario = self.run.scenarios[at]
        if scenario.outcome is not Outcome.PASS and self._room > 0:
            text = reproduce.script(self.run.header, scenario)
            self._room -= len(text)
            if text:
                self.scripts[at] = text

    def check(self, data: dict[str, Any]) -> int:
        """The number of a check; one that fails alike in many scenarios (of a setup, a universal one) is kept once."""
        number = self._numbers.setdefault(repr(data), len(self.checks))
        if number == len(self.checks):
            self.checks.append(data)
        return number

    def excerpt(self, place: Place) -> str:
        """The key of the lines around ``place``."""
        key = f"{place.file}:{place.line}"
        if key not in self.excerpts:
            self.excerpts[key] = sources.excerpt(place)
        return key


def _failed(step: StepResult) -> bool:
    return bool(step.checks)


def _not_failed(step: StepResult) -> bool:
    return not step.checks


def _exchange(exchange: Exchange, first: float) -> dict[str, Any]:
    data: dict[str, Any] = {
        "method": exchange.request.method,
        "path": exchange.request.path,
        "params": exchange.request.params,
        "headers": exchange.request.headers,
        "reply": exchange.reply.value,
        "after": round(exchange.started - first, 3),
        "ms": round(exchange.elapsed * 1000, 1),
    }
    if exchange.detail:
        data["detail"] = exchange.detail[:VALUE]
    if exchange.response is not None:
        body = exchange.response.body.decode("utf-8", "replace")
        cut = f"\n… [cut: {len(body):,} characters in all, see the journal]" if len(body) > BODY else ""
        data.update(
            status=exchange.response.status, response_headers=dict(exchange.response.headers), body=body[:BODY] + cut
        )
    return data


def _requirements(run: Run) -> dict[str, dict[str, Any]]:
    """The catalogue with what this run says of each entry, and ids that are in no catalogue we know."""
    met = coverage(run.scenarios)
    catalogue = sources.catalogue()
    told: dict[str, dict[str, Any]] = {
        name: {
            "statement": one.statement,
            "level": one.level,
            "provenance": one.provenance,
            "confidence": one.confidence,
            "source": one.source,
            "area": one.area,
            "excluded": one.excluded,
        }
        for name, one in catalogue.items()
    }
    for entry in told.values():
        entry["outcome"] = "excluded" if entry["excluded"] else "untested"
    for name, covered in met.items():
        entry = told.setdefault(name, {"statement": "", "area": "other"})
        entry.update(outcome=covered.outcome.value, scenarios=covered.scenarios)
    return told


def _run(run: Run) -> dict[str, Any]:
    header, footer = run.header, run.footer
    slow = sorted(range(len(run.scenarios)), key=lambda at: -run.scenarios[at].elapsed)[:12]
    return {
        "target": header.target,
        "config": {
            "run": header.run_id,
            "API version": header.api_version,
            "suite": header.suite_version,
            "python": header.python,
            "command": " ".join(header.command),
            "started": when(header.started),
            "ended": when(footer.ended) if footer else "never: the journal has no footer",
            "selected scenarios": header.selected,
            **header.config,
        },
        "slowest": slow,
    }


def when(seconds: float) -> str:
    """A time as people write it, in UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
