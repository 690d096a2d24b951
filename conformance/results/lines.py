"""One scenario's result as journal lines (`loading` reads them). A pass is kept small; evidence is bounded.

Members that have their usual value are left out of a line: a passing scenario takes about a hundred bytes a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from conformance.match.values import MISSING
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult
from conformance.target.redact import Redactor

if TYPE_CHECKING:
    from conformance.errors import Place
    from conformance.target.base import Exchange, Response

#: Bytes of a body that are kept as evidence; what is over is cut, and said.
BODY_LIMIT = 256 * 1024
#: Bytes that an expected or an actual value may take; a larger one is shown as the start of its text.
VALUE_LIMIT = 8 * 1024

_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
_DEPTH = 200


def count(result: ScenarioResult) -> int:
    """How many checks were evaluated in ``result``."""
    return sum(step.passed + len(step.checks) for step in result.steps)


def dump(result: ScenarioResult, redactor: Redactor | None) -> bytes:
    """The lines of ``result``: its own, and with a ``redactor`` one for each exchange as evidence."""
    line: dict[str, Any] = {
        "type": "scenario",
        "id": result.id,
        "title": result.title,
        "file": result.file,
        "area": result.area,
        "profile": result.profile,
        "outcome": result.outcome.value,
        "covers": result.covers,
        "started": result.started,
        "elapsed": round(result.elapsed, 6),
        "steps": [_step(step, result.covers, redactor) for step in result.steps],
    }
    if result.reason:
        line["reason"] = result.reason
    if result.tags:
        line["tags"] = result.tags
    data = _dumps(line)
    if redactor is None:
        return data
    return data + b"".join(
        _exchange(result.id, at, attempt, exchange, redactor)
        for at, step in enumerate(result.steps)
        for attempt, exchange in enumerate(step.exchanges)
    )


def _step(step: StepResult, covers: tuple[str, ...], redactor: Redactor | None) -> dict[str, Any]:
    line: dict[str, Any] = {"id": step.id, "operation": step.operation, "passed": step.passed}
    if step.outcome is not Outcome.PASS:
        line["outcome"] = step.outcome.value
    if step.exchanges:
        last = step.exchanges[-1]
        if last.response is not None:
            line["status"] = last.response.status
        line["elapsed"] = round(last.elapsed, 6)
        if len(step.exchanges) > 1:
            line["attempts"] = len(step.exchanges)
            line["elapsed"] = round(last.started + last.elapsed - step.exchanges[0].started, 6)
    if step.checks:
        line["checks"] = [_check(check, redactor) for check in step.checks]
    if step.setup:
        line["setup"] = step.setup
    if step.title:
        line["title"] = step.title
    if step.place:
        line["place"] = _place(step.place)
    if step.requirements != covers:
        line["requirements"] = step.requirements
    return line


def _check(check: Check, redactor: Redactor | None) -> dict[str, Any]:
    line: dict[str, Any] = {
        "id": check.id,
        "outcome": check.outcome.value,
        "aspect": check.aspect,
        "message": _bounded(check.message),
        "path": check.path,
        "expected": _bounded(_clean(check.expected, redactor)),
        "actual": _bounded(_clean(check.actual, redactor)),
        "kind": check.kind,
        "cause": check.cause,
    }
    if absent := [side for side in ("expected", "actual") if line[side] is MISSING]:
        line.update(dict.fromkeys(absent), absent=absent)
    if check.requirements:
        line["requirements"] = check.requirements
    if check.place:
        line["place"] = _place(check.place)
    if check.diff:
        line["diff"] = [_bounded(one) for one in check.diff]
    if check.source:
        line["source"] = check.source
    return line


def _place(place: Place) -> list[Any]:
    return [place.file, place.line, place.column]


def _bounded(value: Any) -> Any:
    if value is None or value is MISSING or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return value if len(value) <= VALUE_LIMIT else f"{value[:VALUE_LIMIT]}… [cut: {len(value)} characters in all]"
    text = _dumps(value)
    if len(text) <= VALUE_LIMIT:
        return orjson.loads(text)
    return f"{text[:VALUE_LIMIT].decode('utf-8', 'ignore')}… [cut: {len(text)} bytes in all]"


#: Words, in lower case, one of which stands in every line that may hold a secret by its name or looks. Most lines have
#: none, and then nothing in them needs to be looked at member by member.
_TELLING = (
    *(
        b"secret",
        b"authorization",
        b"cookie",
        b"password",
        b"api_key",
        b"apikey",
        b"api-key",
        b"ephemeral_key",
        b"_token",
    ),
    *(b"sk_", b"rk_", b"ek_", b"whsec_"),
)


def _exchange(scenario: str, step: int, attempt: int, exchange: Exchange, redactor: Redactor) -> bytes:
    line: dict[str, Any] = {
        "type": "exchange",
        "scenario": scenario,
        "step": step,
        "attempt": attempt,
        "method": exchange.request.method,
        "path": exchange.request.path,
        "params": exchange.request.params,
        "headers": exchange.request.headers,
        "reply": exchange.reply.value,
        "started": exchange.started,
        "elapsed": round(exchange.elapsed, 6),
    }
    if exchange.failure:
        line["failure"] = exchange.failure.value
    if exchange.detail:
        line["detail"] = exchange.detail
    if exchange.response is not None:
        line["response"] = _response(exchange.response)
    data = _dumps(line)
    return _dumps(_without_secrets(line, redactor)) if _is_telling(data) else data


def _is_telling(data: bytes) -> bool:
    lower = data.lower()
    return any(word in lower for word in _TELLING)


def _response(response: Response) -> dict[str, Any]:
    line: dict[str, Any] = {"status": response.status, "headers": response.headers}
    body = response.body
    if len(body) > BODY_LIMIT:
        line["size"] = len(body)
        body = body[:BODY_LIMIT]
    try:
        line["body"] = body.decode("utf-8", "ignore" if "size" in line else "strict")
    except UnicodeDecodeError:
        line["body"] = body.decode("utf-8", "backslashreplace")
    return line


def _without_secrets(line: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    for part in (line, line.get("response", {})):
        for key in ("params", "headers", "path", "detail"):
            if key in part:
                part[key] = redactor.tree(part[key])
    if "response" in line:
        # the body is evidence: secrets are cut out of its text, it is not parsed and written anew
        line["response"]["body"] = redactor.json_text(line["response"]["body"])
    return line


def _clean(value: Any, redactor: Redactor | None) -> Any:
    return value if redactor is None else redactor.tree(value)


def _dumps(value: Any) -> bytes:
    """JSON of ``value``. What orjson refuses (huge integers, lone surrogates, great depth) is made tame first."""
    try:
        return orjson.dumps(value, default=str, option=_OPTIONS)
    except (TypeError, ValueError, RecursionError):
        return orjson.dumps(_tame(value, 0), default=str, option=_OPTIONS)


def _tame(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        return str(value)
    if depth > _DEPTH:
        return "… [cut: nested too deep]"
    if isinstance(value, dict):
        return {_tame(str(k), depth): _tame(v, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_tame(v, depth + 1) for v in value]
    return value
