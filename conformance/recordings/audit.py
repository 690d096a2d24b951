"""Passive conformance: hold every body of a capture against the contract of the version it was recorded at.

One `ScenarioResult` per recording. Memory does not grow with the capture: what passes is counted, what does not is kept up to `MOST`.
"""

from __future__ import annotations

import re
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.api_version import ApiVersion
from conformance.contract import Contract, for_version, lifecycle, operations, versions
from conformance.contract.contract import CLIENT_ERROR
from conformance.contract.violation import Violation
from conformance.errors import Place
from conformance.recordings import fit, sources
from conformance.recordings.fit import Told
from conformance.recordings.model import all_headers, header
from conformance.recordings.secrets import secrets
from conformance.results.cause import fingerprint, normal_path
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult, gravest
from conformance.target.base import NOT_JSON, Exchange, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.recordings.model import Captured

EXAMPLES = 2  # findings kept of each kind (rule and field) in one recording
MOST = 400  # findings kept of one recording; the rest are counted
SHOWING = ("invoice", "list", "event")  # bodies that show the status of invoices as it is then
REMEMBERED = 4096  # invoices whose last status is remembered
REPLACED = frozenset({"ids", "clock", "urls"})
OUTCOMES = {"fail": Outcome.FAIL, "warning": Outcome.WARNING, "note": Outcome.OBSERVATION}
# Objects whose ids only Stripe makes, and what those start with. Customers, products, prices and coupons may be named by the caller.
MINTED = {
    "invoice": ("in_", "upcoming_in_"),
    "line_item": ("il_", "ii_", "sli_", "sub_", "su_"),
    "invoiceitem": ("ii_",),
    "invoice_payment": ("inpay_",),
    "credit_note": ("cn_",),
    "credit_note_line_item": ("cnli_",),
    "event": ("evt_",),
    "charge": ("ch_", "py_"),
    "payment_intent": ("pi_",),
    "setup_intent": ("seti_",),
    "refund": ("re_", "pyr_"),
}
_MINTED = re.compile(r"_[A-Za-z0-9]{8,}$")
_PLACEHOLDER = re.compile(r"NORMALIZED|REDACTED|FILTERED|x{6,}|X{6,}|0{8,}")


class Seen(NamedTuple):
    """The last status of an invoice, and when the event that told it was created (0: not told by an event)."""

    status: str
    created: float


@dataclass
class Recording:
    """What is known of one recording so far."""

    id: str
    file: str
    asked: ApiVersion | None
    started: float = field(default_factory=time.time)
    steps: list[StepResult] = field(default_factory=list)
    kept: int = 0
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    alike: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    passed: int = 0
    judged: int = 0
    versions: Counter[Told] = field(default_factory=Counter)
    fitted: tuple[ApiVersion, ...] = ()
    replaced: Place | None = None
    live: Place | None = None
    secrets: dict[str, tuple[str, Place]] = field(default_factory=dict)
    statuses: OrderedDict[str, Seen] = field(default_factory=OrderedDict)


class Audit:
    """Audits captures. ``api_version``: judge every body by this version instead of its own ("would it still be right?")."""

    def __init__(self, api_version: ApiVersion | None = None) -> None:
        self.asked = api_version

    def run(self, paths: Iterable[Path]) -> Iterator[ScenarioResult]:
        """One result per recording, as they end. Raises RecordingError for a file that cannot be read."""
        for path in sources.files(paths):
            yield from self.file(path)

    def file(self, path: Path) -> Iterator[ScenarioResult]:
        """The recordings of one file."""
        name, used = path.as_posix(), Counter[str]()
        recording: Recording | None = None
        group = None
        for item, version in _versioned(sources.read(path), self.asked):
            if recording is None or item.group != group:
                if recording is not None:
                    yield _finish(recording)
                group = item.group
                recording = Recording(_name(name, group, used), name, self.asked)
            self._judge(recording, item, version)
        yield _finish(recording or Recording(name, name, self.asked))

    def _judge(self, recording: Recording, item: Captured, version: _Version) -> None:
        if item.raw:
            for kind in secrets(item.raw):
                recording.secrets.setdefault(kind.what, (kind.severity, Place(recording.file, item.line)))
        body = item.body
        if type(body) is not dict:
            if item.problem:
                self._keep(recording, item, [Violation("envelope", "INV-API-001", "", item.problem, "warning")])
            return
        if item.path and not item.path.startswith("/v1/"):
            return
        edited = _replaced(body)
        if edited and recording.replaced is None:
            recording.replaced = Place(recording.file, item.line)
        if body.get("livemode") is True and recording.live is None:
            recording.live = Place(recording.file, item.line)
        recording.judged += 1
        recording.versions[version.own] += 1
        if version.fitted:
            recording.fitted = version.fitted
        found = _violations(item, body, version.edited if edited else version.contract)
        if not edited and body.get("object") in SHOWING:
            found = [*found, *_lifecycle(recording, item, body)]
        if found:
            self._keep(recording, item, found)
        else:
            recording.passed += 1

    def _keep(self, recording: Recording, item: Captured, found: list[Violation]) -> None:
        """Keep what is not yet known of this recording: `EXAMPLES` of each kind, `MOST` in all; count the rest."""
        new = []
        for violation in found:
            kind = (violation.rule, normal_path(violation.path))
            if recording.kinds[kind] >= EXAMPLES:
                recording.alike += 1
            elif recording.kept >= MOST:
                recording.left_out[violation.severity] += 1
            else:
                recording.kinds[kind] += 1
                recording.kept += 1
                new.append(violation)
        if new:
            recording.steps.append(_step(recording, item, new))


def _violations(item: Captured, body: Any, contract: Contract) -> list[Violation]:
    if item.status >= CLIENT_ERROR:
        return contract.check_error(body)
    if not item.method:
        return contract.check_body(body)
    answer = operations.find(item.method, item.path)
    if answer is None:
        return contract.check_body(body)
    found = contract.check_body(body, answer.schema)
    return [*found, *contract.check_request(item.method, item.path, item.params)] if item.params else found


class _Version(NamedTuple):
    """The version a body is of, the contracts it is judged by (``edited`` where ids were replaced), the range of a best fit."""

    own: Told
    contract: Contract
    edited: Contract
    fitted: tuple[ApiVersion, ...] = ()


def _version(own: Told, asked: ApiVersion | None, fitted: tuple[ApiVersion, ...] = ()) -> _Version:
    judged, pinned = asked or own.version, asked is not None
    edited = for_version(judged, without=REPLACED, pinned=pinned)
    return _Version(own, for_version(judged, pinned=pinned), edited, fitted)


def _versioned(items: Iterator[Captured], asked: ApiVersion | None) -> Iterator[tuple[Captured, _Version]]:
    """Each item with its version. Items that do not say theirs wait until enough of them make a fit; few ever do."""
    waiting: list[Captured] = []
    fitted: _Version | None = None
    last: Told | None = None
    version = _version(Told(versions.newest(), ""), asked)
    for item in items:
        said = fit.told(item)
        if said:
            if waiting and not fitted:  # the capture does say its version, only later
                near = _version(Told(said.version, "neighbour"), asked)
                yield from ((earlier, near) for earlier in waiting)
                waiting = []
            if said is not last:
                last, version = said, _version(said, asked)
            yield item, version
        elif fitted:
            yield item, fitted
        else:
            waiting.append(item)
            if len(waiting) >= fit.ENOUGH:
                fitted = _fit(waiting, asked)
                yield from ((earlier, fitted) for earlier in waiting)
                waiting = []
    if waiting:
        fitted = _fit(waiting, asked)
        yield from ((earlier, fitted) for earlier in waiting)


def _fit(items: list[Captured], asked: ApiVersion | None) -> _Version:
    bodies = [body for item in items if item.status < CLIENT_ERROR for body in fit.objects(item.body)]
    fitting = fit.best_fit(bodies[: fit.ENOUGH])
    return _version(Told(fitting[-1], "best fit"), asked, fitting)


def _name(file: str, group: str, used: Counter[str]) -> str:
    name = f"{file}#{group}" if group else file
    used[name] += 1
    return name if used[name] == 1 else f"{name}#{used[name]}"


def _replaced(body: dict[str, Any]) -> bool:
    """True when an id that only Stripe mints is not one of Stripe's: normalized by a tool, or written by hand."""
    kind = body.get("object")
    if kind == "list":
        rows = body.get("data")
        return type(rows) is list and bool(rows) and type(rows[0]) is dict and _replaced(rows[0])
    if kind == "event":
        data = body.get("data")
        inner = data.get("object") if type(data) is dict else None
        if type(inner) is dict and _replaced(inner):
            return True
    prefix = MINTED.get(kind) if type(kind) is str else None
    identity = body.get("id")
    if prefix is None or type(identity) is not str or not identity:
        return False
    return not identity.startswith(prefix) or _MINTED.search(identity) is None or _PLACEHOLDER.search(identity) is not None


def _lifecycle(recording: Recording, item: Captured, body: dict[str, Any]) -> Iterator[Violation]:
    """Judge each invoice's status against the one seen before. Only where the order of what was seen is known."""
    event = body.get("object") == "event"
    if item.status >= CLIENT_ERROR or not (item.ordered or event):
        return
    if body.get("object") == "search_result" or header(item.headers, "idempotent-replayed") == "true":
        return
    for path, invoice in _invoices(item, body, event=event):
        identity, status = invoice.get("id"), _status(invoice)
        if type(identity) is not str or not status:
            continue
        created = body.get("created") if event else 0
        now = Seen(status, created if type(created) in {int, float} else 0)
        before = recording.statuses.get(identity)
        if before and now.created and now.created <= before.created:
            continue  # events of one second, or delivered late, come in any order
        recording.statuses[identity] = now
        recording.statuses.move_to_end(identity)
        if len(recording.statuses) > REMEMBERED:
            recording.statuses.popitem(last=False)
        if before and not lifecycle.allowed(before.status, status):
            message = f"an invoice that was {before.status} is {status}: no call leads from the one to the other"
            yield Violation("lifecycle", lifecycle.REQUIREMENT, path, message, "fail", before.status, status)


def _status(invoice: dict[str, Any]) -> str:
    status = "deleted" if invoice.get("deleted") is True else invoice.get("status")
    return status if type(status) is str else ""


def _invoices(item: Captured, body: dict[str, Any], *, event: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Invoices that ``body`` shows as they are now: events inside lists are history."""
    if body.get("object") == "list" and item.path.startswith("/v1/events"):
        return
    if event:
        data = body.get("data")
        inner = data.get("object") if type(data) is dict else None
        if type(inner) is dict and inner.get("object") == "invoice" and body.get("type") != "invoice.deleted":
            yield "data.object.status", inner
    elif body.get("object") == "invoice":
        yield "status", body
    elif body.get("object") == "list":
        rows = body.get("data")
        for index, row in enumerate(rows if type(rows) is list else ()):
            if type(row) is dict and row.get("object") == "invoice":
                yield f"data[{index}].status", row


def _step(recording: Recording, item: Captured, found: list[Violation]) -> StepResult:
    answer = operations.find(item.method, item.path)
    kind = item.body.get("object") if type(item.body) is dict else "body"
    operation = answer.operation if answer else f"{item.method} {item.path}".strip() or str(kind)
    step = f"line-{item.line}"
    place = Place(recording.file, item.line)
    checks = tuple(_check(step, operation, violation, place, item.status) for violation in found)
    outcome = gravest([check.outcome for check in checks])
    return StepResult(
        step, outcome, operation, 0, checks, _exchange(item, outcome), place=place, requirements=_requirements(checks)
    )


def _requirements(checks: Iterable[Check]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(requirement for check in checks for requirement in check.requirements))


def _check(step: str, operation: str, violation: Violation, place: Place, status: int) -> Check:
    aspect, path = violation.rule, violation.path
    return Check(
        f"{step}/{aspect}:{path}" if path else f"{step}/{aspect}",
        OUTCOMES[violation.severity],
        aspect,
        violation.message if not path or violation.message.startswith(path) else f"{path}: {violation.message}",
        path,
        violation.expected,
        violation.actual,
        cause=fingerprint(aspect, path, "wrong", operation, violation.expected, violation.actual, status),
        requirements=(violation.requirement,) if violation.requirement else (),
        place=place,
    )


def _exchange(item: Captured, outcome: Outcome) -> tuple[Exchange, ...]:
    """What was captured, as evidence for a failure."""
    if outcome is not Outcome.FAIL or item.body is NOT_JSON:
        return ()
    import orjson

    params = item.params if isinstance(item.params, dict) else {}
    response = Response(item.status, all_headers(item.headers), orjson.dumps(item.body), item.body)
    return (Exchange(Request(item.method or "GET", item.path or "/", params), response),)


def _finish(recording: Recording) -> ScenarioResult:
    """The recording's result: its bodies, and what is true of it as a whole."""
    checks = tuple(_whole(recording))
    bodies = StepResult("bodies", Outcome.PASS, "every body", recording.passed)
    whole = StepResult("recording", gravest([check.outcome for check in checks]), "the recording", 0, checks)
    steps = (bodies, *recording.steps, *([whole] if checks else []))
    outcome = gravest([step.outcome for step in steps])
    reason = ""
    if not recording.judged and not recording.steps:
        outcome, reason = Outcome.NOT_APPLICABLE, "nothing of Stripe's in it"
    return ScenarioResult(
        recording.id,
        _title(recording),
        recording.file,
        "recordings",
        "audit",
        outcome,
        _requirements(check for step in steps for check in step.checks),
        steps,
        reason,
        recording.started,
        time.time() - recording.started,
        _tags(recording),
    )


def _title(recording: Recording) -> str:
    if not recording.judged:
        return "no bodies"
    told = ", ".join(dict.fromkeys(str(told.version) for told in recording.versions))
    if recording.asked:
        return f"{recording.judged} bodies of {told}, judged by {recording.asked}"
    return f"{recording.judged} bodies of {told}{_behind(max(told.version for told in recording.versions))}"


def _tags(recording: Recording) -> dict[str, str]:
    if not recording.versions:
        return {}
    told = recording.versions.most_common(1)[0][0]
    tags = {"api-version": str(told.version), "api-version-by": told.by}
    if recording.alike:
        tags["not-listed"] = f"{recording.alike} more findings of the kinds that are listed"
    if recording.fitted:
        first, last = recording.fitted[0], recording.fitted[-1]
        tags["api-version-fits"] = str(last) if first == last else f"{first} to {last}"
    if note := for_version(recording.asked or told.version).note:
        tags["note"] = note
    return tags


def _whole(recording: Recording) -> Iterator[Check]:
    """Findings about the recording itself: secrets, replaced ids, live data, mixed versions, age."""
    here = Place(recording.file)
    for what, (severity, place) in recording.secrets.items():
        yield _finding("secret", what, f"{what} was left inside", OUTCOMES[severity], place)
    if recording.live:
        yield _finding("livemode", "", "live data: bodies with livemode true", Outcome.WARNING, recording.live)
    if recording.replaced:
        message = "ids are not Stripe's own: normalized or edited by hand, so ids, times and the lifecycle were not judged"
        yield _finding("edited", "", message, Outcome.OBSERVATION, recording.replaced)
    counted = Counter[ApiVersion]()
    for told, number in recording.versions.items():
        counted[told.version] += number
    if len(counted) > 1:
        mixed = ", ".join(f"{version} ({number})" for version, number in counted.most_common())
        yield _finding("mixed-versions", "", f"bodies of several API versions: {mixed}", Outcome.WARNING, here)
    if recording.left_out:
        more = ", ".join(f"{number} {severity}" for severity, number in recording.left_out.most_common())
        worst = gravest([OUTCOMES[severity] for severity in recording.left_out])
        yield _finding("more", "", f"more findings than the {MOST} that are listed: {more}", worst, here)


@lru_cache(maxsize=256)
def _behind(version: ApiVersion) -> str:
    """How old a recording's version is, where a release that may break has come since."""
    if version.release == versions.newest().release:
        return ""
    later = sum(known > version for known in versions.known())
    return f", {later} versions behind {versions.newest()}" if later else ""


def _finding(aspect: str, path: str, message: str, outcome: Outcome, place: Place) -> Check:
    return Check(f"recording/{aspect}:{path}" if path else f"recording/{aspect}", outcome, aspect, message, path, place=place)
