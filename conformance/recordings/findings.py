"""What an audit found, as results: one `ScenarioResult` per recording."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from conformance.api_version import ApiVersion
from conformance.contract import Violation, for_version, operations, versions
from conformance.errors import Place
from conformance.recordings.model import all_headers
from conformance.recordings.observed import Statuses
from conformance.results.fingerprint import fingerprint, normal_path
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult, gravest
from conformance.target.base import NOT_JSON, Exchange, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.recordings.fit import Told, Version
    from conformance.recordings.model import Captured

EXAMPLES = 2  # findings kept of each kind (rule and field) in one recording
MOST = 400  # findings kept of one recording; the rest are counted
OUTCOMES = {"fail": Outcome.FAIL, "warning": Outcome.WARNING, "note": Outcome.OBSERVATION}


@dataclass(slots=True)
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
    version: Version | None = None
    versions: dict[Told, list[int]] = field(default_factory=dict)  # how many bodies, in a cell that `count` shares
    count: list[int] = field(default_factory=list)
    fitted: tuple[ApiVersion, ...] = ()
    replaced: Place | None = None
    live: Place | None = None
    later: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, tuple[str, Place]] = field(default_factory=dict)
    statuses: Statuses = field(default_factory=Statuses)

    @property
    def judged(self) -> int:
        """How many bodies."""
        return sum(number for (number,) in self.versions.values())

    def turn(self, version: Version) -> None:
        """The bodies that follow are of ``version``: `count` is their cell."""
        self.version, self.fitted = version, version.fitted or self.fitted
        self.count = self.versions.setdefault(version.own, [0])

    def ahead(self, notes: Iterable[Iterable[Violation]]) -> None:
        """Remember which fields are ahead of their version."""
        for note in (note for each in notes for note in each):
            self.later.setdefault(normal_path(note.path), note.message)

    def keep(self, item: Captured, found: Iterable[Violation]) -> None:
        """Keep what is not yet known of this recording: `EXAMPLES` of each kind, `MOST` in all; count the rest."""
        new = []
        for violation in found:
            kind = (violation.rule, normal_path(violation.path))
            if self.kinds[kind] >= EXAMPLES:
                self.alike += 1
            elif self.kept >= MOST:
                self.left_out[violation.severity] += 1
            else:
                self.kinds[kind] += 1
                self.kept += 1
                new.append(violation)
        if new:
            self.steps.append(_step(self, item, new))


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


def finish(recording: Recording) -> ScenarioResult:
    """The recording's result: its bodies, and what is true of it as a whole."""
    checks = tuple(_whole(recording))
    steps = (StepResult("bodies", Outcome.PASS, "every body", recording.passed), *recording.steps)
    if checks:
        worst = gravest([check.outcome for check in checks])
        steps = (*steps, StepResult("recording", worst, "the recording", 0, checks))
    outcome = gravest([step.outcome for step in steps]) if len(steps) > 1 else Outcome.PASS
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
        _requirements([check for step in steps for check in step.checks]),
        steps,
        reason,
        recording.started,
        time.time() - recording.started,
        _tags(recording),
    )


def _title(recording: Recording) -> str:
    if not recording.judged:
        return "no bodies"
    told = ", ".join(dict.fromkeys([str(told.version) for told in recording.versions]))
    if recording.asked:
        return f"{recording.judged} bodies of {told}, judged by {recording.asked}"
    return f"{recording.judged} bodies of {told}{_behind(max([told.version for told in recording.versions]))}"


def _tags(recording: Recording) -> dict[str, str]:
    if not recording.versions:
        return {}
    told, _ = max(recording.versions.items(), key=itemgetter(1))
    tags = dict(_told_tags(told, recording.asked))
    if recording.alike:
        tags["not-listed"] = f"{recording.alike} more findings of the kinds that are listed"
    if recording.fitted:
        first, last = recording.fitted[0], recording.fitted[-1]
        tags["api-version-fits"] = str(last) if first == last else f"{first} to {last}"
    return tags


@lru_cache(maxsize=256)
def _told_tags(told: Told, asked: ApiVersion | None) -> tuple[tuple[str, str], ...]:
    note = for_version(asked or told.version).note
    tags = (("api-version", str(told.version)), ("api-version-by", told.by))
    return (*tags, ("note", note)) if note else tags


def _whole(recording: Recording) -> Iterator[Check]:
    """Findings about the recording itself: secrets, replaced ids, live data, mixed versions, age."""
    here = Place(recording.file)
    for what, (severity, place) in recording.secrets.items():
        yield _finding("secret", what, f"{what} was left inside", OUTCOMES[severity], place)
    if recording.live:
        yield _finding("livemode", "", "live data: bodies with livemode true", Outcome.WARNING, recording.live)
    if recording.replaced:
        message = (
            "ids are not Stripe's own: normalized or edited by hand, so ids, times and the lifecycle were not judged"
        )
        yield _finding("edited", "", message, Outcome.OBSERVATION, recording.replaced)
    if len(recording.versions) > 1 and len({told.version.date for told in recording.versions}) > 1:
        counted = Counter[str]()
        for told, (number,) in recording.versions.items():
            counted[str(told.version)] += number
        mixed = ", ".join(f"{version} ({number})" for version, number in counted.most_common())
        yield _finding("mixed-versions", "", f"bodies of several API versions: {mixed}", Outcome.WARNING, here)
    for path, message in list(recording.later.items())[:MOST]:
        yield _finding("ahead", path, message, Outcome.OBSERVATION, here)
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
    return Check(
        f"recording/{aspect}:{path}" if path else f"recording/{aspect}", outcome, aspect, message, path, place=place
    )
