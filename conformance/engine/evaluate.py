"""One exchange against one planned step: which checks passed, which did not and why. Only failures are explained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance import match
from conformance.api_version import ApiVersion
from conformance.contract import Contract, for_version
from conformance.contract.requirements import get, verdict_on_failure
from conformance.engine.memory import Memory
from conformance.engine.operation import operation
from conformance.engine.plan import OUTCOMES, Part, PlannedStep
from conformance.engine.sdk import Judge
from conformance.errors import Place
from conformance.results.fingerprint import fingerprint
from conformance.results.model import Check, Outcome
from conformance.rules.volatile import VOLATILE
from conformance.scenario.model import Path
from conformance.scenario.yaml import mark
from conformance.target.base import Exchange, Reply, Request, Response

#: At most this many failed checks of one aspect are told one by one.
MOST = 20

_SEVERITY = {"fail": Outcome.FAIL, "warning": Outcome.WARNING, "note": Outcome.OBSERVATION}

#: "Not implemented" is a guess from how the answer looks; what was expected in every point is right however it looks.
_COMPARABLE = frozenset({Reply.ANSWERED, Reply.NOT_IMPLEMENTED})

_UNANSWERED = {
    Reply.NOT_IMPLEMENTED: "not implemented",
    Reply.CRASHED: "the target crashed",
    Reply.UNREADABLE: "the answer is not JSON",
    Reply.UNREACHABLE: "the target cannot be reached",
    Reply.HUNG: "no answer in time",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one exchange came to. ``met`` says whether the step's own expectations hold (universal checks apart)."""

    passed: int
    checks: tuple[Check, ...]
    met: bool

    def after(self, waited: float, allowed: float) -> Judgement:
        """Say so where a target's own patience ended the polling earlier than the scenario would have."""
        if waited >= allowed or not self.checks:
            return self
        note = f"{self.checks[0].message} (polled for {waited:g} of {allowed:g} s: the target's `patience`)"
        return replace(self, checks=(replace(self.checks[0], message=note), *self.checks[1:]))


def judge(planned: PlannedStep, exchange: Exchange, scope: match.Scope) -> Judgement:
    """Evaluate the step's own expectations."""
    maker = _Maker(planned, exchange)
    if exchange.response is None or exchange.reply not in _COMPARABLE:
        return Judgement(0, (maker.unanswered(),), met=False)
    try:
        judgement = _compare(planned, exchange, exchange.response, scope, maker)
    except match.Unresolved as gap:
        return Judgement(0, (maker.unresolved(gap),), met=False)
    if judgement.met or exchange.reply is Reply.ANSWERED:
        return judgement
    return Judgement(0, (maker.unanswered(),), met=False)


def _compare(
    planned: PlannedStep, exchange: Exchange, response: Response, scope: match.Scope, maker: _Maker
) -> Judgement:
    wrong = planned.status.expectation.check(response.status, scope)
    if wrong:  # whatever else differs follows from this
        return Judgement(0, (maker.wrong_status(wrong[0]),), met=False)
    passed, checks = 1, []
    for part, value in _parts(planned, exchange):
        mismatches = part.expectation.check(value, scope)
        passed += max(0, part.expectation.count - sum(one.leaves for one in mismatches))
        checks += [maker.mismatch(part.aspect, part.place, one) for one in mismatches[:MOST]]
    if planned.frame is not None:
        before = match.resolve(planned.frame.since, scope.names)
        unexpected = match.changes(before, response.json, planned.frame.to, VOLATILE, scope)
        passed += 0 if unexpected else 1 + len(planned.frame.to)
        checks += [maker.mismatch("changes", planned.frame.place, one) for one in unexpected[:MOST]]
    if planned.same_as is not None:
        different = match.same(match.resolve(planned.same_as, scope.names), response.json, VOLATILE)
        passed += 0 if different else 1
        place = ("steps", planned.step.index, "expect", "same_as")
        checks += [maker.mismatch("same-as", place, one) for one in different[:MOST]]
    return Judgement(passed, tuple(checks), met=not checks)


def judge_universally(
    planned: PlannedStep, exchange: Exchange, memory: Memory, contract: Contract, judges: Sequence[Judge] = ()
) -> tuple[int, list[Check]]:
    """Evaluate what holds for every exchange; these checks carry their own requirement and severity."""
    response = exchange.response
    if response is None:
        return 0, []
    maker = _Maker(planned, exchange)
    request = exchange.request
    rules = _contract_of(request, contract)
    violations = (
        rules.check(request.method, request.path, response.status, response.headers, response.json) if rules else ()
    )
    passed, findings = memory.judge(exchange, polled=planned.step.eventually is not None)
    for judge_one in judges:
        finding = judge_one(exchange)
        passed += finding is None
        findings += [finding] if finding else []
    checks = [
        maker.universal(v.rule, v.path, v.message, v.requirement, v.expected, v.actual, _SEVERITY[v.severity])
        for v in violations[:MOST]
    ]
    checks += [
        maker.universal(f.aspect, f.path, f.message, f.requirement, f.expected, f.actual, _gravity(f.requirement))
        for f in findings[:MOST]
    ]
    return passed + (0 if violations else 1), checks


def _gravity(requirement: str) -> Outcome:
    """A finding is no graver than the requirement it names."""
    named = get(requirement) if requirement else None
    return OUTCOMES[verdict_on_failure(named)] if named else Outcome.FAIL


def _contract_of(request: Request, usual: Contract) -> Contract | None:
    """The contract of the version that a step asks for itself; None where it asks for something that is no version."""
    asked = next((value for name, value in request.headers.items() if name.lower() == "stripe-version"), None)
    if asked is None:
        return usual
    try:
        return for_version(ApiVersion.parse(asked))
    except ValueError:
        return None


def _parts(planned: PlannedStep, exchange: Exchange) -> Iterable[tuple[Part, Any]]:
    response = exchange.response
    assert response is not None
    if planned.headers is not None:
        yield planned.headers, response.headers
    for part in planned.content:
        body: Any = response.json
        yield (
            part,
            (body.get("error", match.MISSING) if isinstance(body, Mapping) else match.MISSING)
            if part.aspect == "error"
            else body,
        )


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the checks of one exchange; only ever built into something on a failure."""

    planned: PlannedStep
    exchange: Exchange

    def unanswered(self) -> Check:
        reply = self.exchange.reply
        outcome = Outcome.NOT_TESTABLE if reply is Reply.UNREACHABLE else self._gravity(reply)
        detail = self.exchange.detail or error_summary(self.exchange)
        message = f"{_UNANSWERED.get(reply, reply.value)}: {detail}" if detail else _UNANSWERED.get(reply, reply.value)
        return self._check("answer", "", message, outcome, actual=detail, kind=reply.value, place=self._request_place())

    def unresolved(self, gap: match.Unresolved) -> Check:
        """An expectation speaks of a value that an earlier answer should have carried."""
        outcome = min(self.planned.on_failure, Outcome.NOT_TESTABLE, key=lambda o: o.gravity)
        return self._check(
            "expectation", "", f"cannot be checked: {gap}", outcome, kind="prerequisite", place=self._request_place()
        )

    def _gravity(self, reply: Reply) -> Outcome:
        """A crash or a hang is the target's fault whatever the requirement; the rest is as grave as that says."""
        if reply in {Reply.CRASHED, Reply.HUNG}:
            return max(self.planned.on_failure, Outcome.WARNING, key=lambda o: o.gravity)
        return self.planned.on_failure

    def wrong_status(self, mismatch: match.Mismatch) -> Check:
        response = self.exchange.response
        assert response is not None
        summary = error_summary(self.exchange)
        message = f"expected HTTP {mismatch.expected}, got {response.status}" + (f" ({summary})" if summary else "")
        return self._check(
            "status", "", message, self.planned.on_failure,
            expected=mismatch.expected, actual=response.status, place=self._place(self.planned.status.place),
        )  # fmt: skip

    def mismatch(self, aspect: str, place: Path, mismatch: match.Mismatch) -> Check:
        return self._check(
            aspect, mismatch.path, f"{mismatch.path or aspect}: {mismatch.message}", self.planned.on_failure,
            expected=mismatch.expected, actual=mismatch.actual, place=self._place((*place, *mismatch.where)),
            diff=_diff(mismatch),
        )  # fmt: skip

    def universal(
        self, aspect: str, path: str, message: str, requirement: str, expected: Any, actual: Any, outcome: Outcome
    ) -> Check:
        return self._check(
            aspect, path, message, outcome,
            expected=expected, actual=actual, place=self._request_place(),
            requirements=(requirement,) if requirement else (),
        )  # fmt: skip

    def _check(
        self,
        aspect: str,
        path: str,
        message: str,
        outcome: Outcome,
        *,
        expected: Any = None,
        actual: Any = None,
        kind: str = "wrong",
        place: Place | None = None,
        requirements: tuple[str, ...] | None = None,
        diff: tuple[str, ...] = (),
    ) -> Check:
        request, response = self.exchange.request, self.exchange.response
        what = operation(request.method, request.path)
        step = self.planned.step.id
        return Check(
            id=f"{step}/{aspect}:{path}" if path else f"{step}/{aspect}",
            outcome=outcome,
            aspect=aspect,
            message=message,
            path=path,
            expected=expected,
            actual=actual,
            kind=kind,
            cause=fingerprint(aspect, path, kind, what, expected, actual, response.status if response else None),
            requirements=self.planned.requirements if requirements is None else requirements,
            place=place,
            diff=diff,
        )

    def _place(self, path: Path) -> Place:
        return mark(self.planned.file, path, self.planned.row)

    def _request_place(self) -> Place:
        return place_of(self.planned, "request")


def _diff(mismatch: match.Mismatch) -> tuple[str, ...]:
    """The mismatch as lines that name fields of the body; only the parts of an object or list that differ."""
    if not (isinstance(mismatch.expected, (dict, list)) and isinstance(mismatch.actual, (dict, list))):
        return match.lines([mismatch])
    inner = match.diff(mismatch.expected, mismatch.actual)
    return tuple(re.sub(r"^([-+~] )(?!\[)", rf"\1{mismatch.path}.", line) if mismatch.path else line for line in inner)


def place_of(planned: PlannedStep, member: str) -> Place:
    """Where a step's ``request`` (or another member) is written."""
    return mark(planned.file, ("steps", planned.step.index, member), planned.row)


def error_summary(exchange: Exchange) -> str:
    """``invalid_request_error resource_missing (param customer): …`` from a Stripe error, else the body's start."""
    response = exchange.response
    if response is None:
        return ""
    body = response.json
    error = body.get("error") if isinstance(body, Mapping) else None
    if isinstance(error, Mapping):
        words = [str(error[key]) for key in ("type", "code") if error.get(key)]
        param = f" (param {error['param']})" if error.get("param") else ""
        return f"{' '.join(words)}{param}: {error.get('message', '')}"[:300]
    if response.status < 300 and isinstance(body, Mapping):
        return ""
    return response.body[:120].decode("utf-8", "replace")
