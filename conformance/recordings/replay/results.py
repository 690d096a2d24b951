"""What a replayed recording came to, as a result: a step for each of its exchanges."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from conformance.errors import Place
from conformance.match.values import MISSING, show
from conformance.results.fingerprint import fingerprint
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult, gravest
from conformance.target.base import Reply

if TYPE_CHECKING:
    from conformance.recordings.model import Captured
    from conformance.recordings.replay.compare import Field
    from conformance.target.base import Exchange

EXAMPLES = 2  # differences kept of each kind in one recording
MOST = 400  # differences kept of one recording

_MESSAGES = {
    "missing": "was recorded as {0}, is missing",
    "extra": "was not recorded, is {1}",
    "identity": "names another object than it did: {1} stands where {0} stood",
    "time": "is another moment than it was: {1} where {0} was recorded",
    "order": "is in another order",
    "type": "was {0}, is {1}",
    "value": "was recorded as {0}, is {1}",
}


class Result:
    """Collects the steps of one recording."""

    def __init__(self, name: str, file: str) -> None:
        self.id = name
        self._file = file
        self._started = time.time()
        self._steps: list[StepResult] = []
        self._kinds: Counter[tuple[str, str, str]] = Counter()
        self._kept = 0
        self._alike = 0
        self._equal = 0
        self._compared = 0

    def place(self, item: Captured) -> str:
        return f"{self._file}:{item.line}"

    def left_out(self, step: str, operation: str, why: str, line: int, *, blocked: bool) -> None:
        """An exchange that was not sent."""
        outcome, said = (Outcome.NOT_TESTABLE, why) if blocked else (Outcome.NOT_APPLICABLE, f"not replayable: {why}")
        self._steps.append(StepResult(step, outcome, operation, 0, title=said, place=Place(self._file, line)))

    def answered(
        self, step: str, operation: str, exchange: Exchange, item: Captured, fields: list[Field], *, failed: bool
    ) -> None:
        """An exchange that was sent, with every field that was compared."""
        place = Place(self._file, item.line)
        equal = sum(not field.how for field in fields)
        self._equal += equal
        self._compared += len(fields)
        if failed:
            checks = [_status(step, operation, exchange, item, place)]
        else:
            checks = [_check(step, field, place) for field in fields if field.how and self._new(field)]
        outcome = Outcome.FAIL if equal < len(fields) or failed else Outcome.PASS
        evidence = (exchange,) if checks else ()
        self._steps.append(StepResult(step, outcome, operation, equal, tuple(checks), evidence, place=place))

    def _new(self, field: Field) -> bool:
        kind = field.cause
        if self._kinds[kind] >= EXAMPLES or self._kept >= MOST:
            self._alike += 1
            return False
        self._kinds[kind] += 1
        self._kept += 1
        return True

    def finish(self) -> ScenarioResult:
        sent = [step for step in self._steps if step.outcome is not Outcome.NOT_APPLICABLE]
        outcome = gravest([step.outcome for step in sent]) if sent else Outcome.NOT_APPLICABLE
        tags = {"fields-equal": str(self._equal), "fields-compared": str(self._compared)}
        if self._alike:
            tags["not-listed"] = f"{self._alike} more differences of the kinds that are listed"
        return ScenarioResult(
            self.id,
            f"{len(sent)} of {len(self._steps)} exchanges, {self._equal:,} of {self._compared:,} fields equal",
            self._file,
            "recordings",
            "replay",
            outcome,
            (),
            tuple(self._steps),
            "" if sent else "nothing in it can be replayed",
            self._started,
            time.time() - self._started,
            tags,
        )


def _check(step: str, field: Field, place: Place) -> Check:
    aspect = "error" if field.object == "error" else "body"
    where = ".".join(field.cause[:2]).rstrip(".")
    message = _MESSAGES[field.how].format(show(field.expected), show(field.actual))
    return Check(
        f"{step}/{aspect}:{field.path}",
        Outcome.FAIL,
        aspect,
        f"{field.path}: {message}",
        field.path,
        field.expected,
        field.actual,
        cause=f"replay|{where}|{field.how}|{_shape(field)}",
        place=place,
    )


def _shape(field: Field) -> str:
    return fingerprint("body", "", "wrong", "", field.expected, field.actual, None) if field.how == "value" else ""


def _status(step: str, operation: str, exchange: Exchange, item: Captured, place: Place) -> Check:
    """The whole answer is another one."""
    response = exchange.response
    status = response.status if response else None
    kind = "wrong" if exchange.reply is Reply.ANSWERED else exchange.reply.value
    said = _error(response.json) if response else exchange.detail
    return Check(
        f"{step}/status",
        Outcome.FAIL,
        "status",
        f"was answered HTTP {item.status}, is answered HTTP {status} ({said})",
        "",
        item.status,
        MISSING if status is None else status,
        kind,
        fingerprint("status", said if status and status >= 400 else "", kind, operation, item.status, status, status),
        place=place,
    )


def _error(body: Any) -> str:
    error = body.get("error") if type(body) is dict else None
    message = error.get("message") if type(error) is dict else None
    return message[:200] if type(message) is str else "no error in the body"
