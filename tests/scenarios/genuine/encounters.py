"""Where the library meets a genuine answer: each step with each exchange that is like it, judged by the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from zlib import crc32

from conformance import match
from conformance.api_version import ApiVersion
from conformance.contract import chronicle
from conformance.contract.requirements import get
from conformance.engine.evaluate import judge
from conformance.engine.plan import PlannedStep, Planner
from conformance.results.model import Check, Outcome
from conformance.rules.volatile import VOLATILE
from conformance.scenario.model import Changes, Expect, Node, Reference, Request, Scenario, Step
from conformance.target.base import Exchange
from tests.scenarios.genuine.alike import INERT, SILENTLY, collapsed, differing, inert, thing_like
from tests.scenarios.genuine.binding import ANYTHING, NOTHING, Binding
from tests.scenarios.genuine.halves import SEEN, Half, Ours, Theirs, keys, our_halves, sights, their_halves
from tests.scenarios.genuine.library import Body
from tests.scenarios.genuine.recordings import Recording

MOST = 15  # genuine answers that one step meets in one version: more of the same say nothing new
_BEFORE = Reference("before")
_ACCUSING = frozenset({Outcome.FAIL, Outcome.WARNING, Outcome.NOT_TESTABLE, Outcome.ERROR})


@dataclass(frozen=True, slots=True)
class Encounter:
    """One step of ours judged on one genuine answer. ``passed``: how many checks held; ``checks``: which did not."""

    ours: Ours
    theirs: Theirs
    passed: int
    checks: tuple[Check, ...]

    @property
    def accuses(self) -> bool:
        return any(check.outcome in _ACCUSING for check in self.checks)

    def __str__(self) -> str:
        said = "; ".join(f"{check.outcome.value} {check.aspect} {check.message}" for check in self.checks)
        return f"{self.ours.moment.step} at {self.theirs.genuine.version} on {self.theirs.genuine.place}: {said}"


def encounters(recordings: tuple[Recording, ...]) -> Iterator[Encounter]:
    """Every pair, judged."""
    by_version: dict[ApiVersion, list[Theirs]] = defaultdict(list)
    for recording in recordings:
        for theirs in their_halves(recording):
            by_version[theirs.genuine.version].append(theirs)
    for theirs in sights(recordings):
        by_version[theirs.genuine.version].append(theirs)
    for version, halves in sorted(by_version.items()):
        told: dict[Any, list[Theirs]] = defaultdict(list)
        for theirs in halves:
            for key in keys(theirs.half, told=theirs.genuine.told):
                told[key].append(theirs)
        for ours in our_halves(version):
            for theirs in _nearest(ours, list(_alike(ours, told))):
                found = meet(ours, theirs, version)
                if found is not None:
                    yield found


def _nearest(ours: Ours, alike: list[Theirs]) -> list[Theirs]:
    """Those of which the most can be said; of many such each step takes others, so that all have their turn."""
    start = crc32(ours.moment.step.encode()) % max(1, len(alike))
    turned = alike[start:] + alike[:start]
    return sorted(turned, key=lambda one: (not _comparable(ours, one), len(_partly(ours, one))))[:MOST]


def _alike(ours: Ours, theirs: Mapping[Any, list[Theirs]]) -> Iterator[Theirs]:
    seen = set()
    for told in (True, False):
        for key in keys(ours.half, told=told):
            for one in theirs.get(key, ()):
                if one.genuine.told is told and id(one) not in seen and (told or witnessed(ours.half, one.half)):
                    seen.add(id(one))
                    yield one


def _partly(ours: Ours, theirs: Theirs) -> frozenset[str]:
    mine, other = ours.half, theirs.half
    return differing(mine.before, other.before) | differing(mine.shown, other.shown)


#: Parameters that the answer shows, though not under their own name.
_WITNESS: Mapping[str, Callable[[str, Body], bool]] = {
    "pending_invoice_items_behavior": lambda value, body: bool(body["lines"]["data"]) == (value == "include"),
    "paid_out_of_band": lambda _, body: body["status"] == "paid" and not body["attempted"],
    "days_until_due": lambda _, body: body["due_date"] is not None,
}


def witnessed(ours: Half, theirs: Half) -> bool:
    """Whether the answer shows that the parameters were like ours, where the recording does not tell them."""
    shown = {name for name in _parameters(ours.operation) if name in ours.shown and name in theirs.shown}
    if ours.operation.endswith("/pay"):
        shown |= {"attempted"}  # out of band nothing is attempted
    for name, value in ours.sent.pairs.items():
        top = name.partition("[")[0]
        if top in _WITNESS:
            if not _WITNESS[top](value, theirs.shown):
                return False
        elif not inert(name):
            if top != name or top not in theirs.shown or top not in ours.shown:
                return False
            shown.add(top)
    shown -= differing(ours.shown, theirs.shown)
    return all(thing_like(ours.shown.get(name)) == thing_like(theirs.shown.get(name)) for name in shown)


@cache
def _parameters(asked: str) -> frozenset[str]:
    """What the operation takes, in any version, apart from mere texts."""
    known = (path.partition(".")[2] for path in chronicle.requests().fields if path.partition(".")[0] == asked)
    return frozenset(name for name in known if "." not in name and "[" not in name and name not in INERT)


def meet(ours: Ours, theirs: Theirs, version: ApiVersion) -> Encounter | None:
    """Our step judged on their answer; None where nothing of it speaks of anything but our own data."""
    planned = bound(ours, theirs, version)
    if planned is None:
        return None
    response = replace(theirs.half.response, json=collapsed(theirs.half.shown, ours.half.shown))
    scope = match.Scope({"before": theirs.half.before}, match.Symbols(), moment_of(theirs), version)
    judgement = judge(planned, Exchange(theirs.genuine.request, response), scope)
    return Encounter(ours, theirs, judgement.passed, judgement.checks)


def moment_of(theirs: Theirs) -> float:
    """When it was answered. Recorders keep no Date, some not even their own: the latest time it tells stands for it."""
    body = theirs.half.shown
    times = [body.get("created"), body.get("date"), *(body.get("status_transitions") or {}).values()]
    return float(max((one for one in times if isinstance(one, int)), default=0))


def bound(ours: Ours, theirs: Theirs, version: ApiVersion) -> PlannedStep | None:
    """Our step with its expectations said about their object."""
    moment, mine, other = ours.moment, ours.half, theirs.half
    before = (mine.before, other.before) if mine.fresh and other.fresh else (None, None)
    bind = Binding(moment.names, version, before, other.shown, (mine.sent, other.sent), _free(ours, theirs),
                   edited=theirs.genuine.edited)  # fmt: skip
    expect = moment.planned.step.expect
    changes, same_as = None, None
    if expect.changes is not None and _since(expect.changes.since, ours) and _comparable(ours, theirs):
        free = dict.fromkeys(_free(ours, theirs), ANYTHING)
        changes = Changes(_BEFORE, {**free, **_allowed(bind, expect.changes.to)})
    if expect.same_as is not None and _since(expect.same_as, ours) and _comparable(ours, theirs):
        same_as = _BEFORE
    body = bind(expect.body) if expect.body is not None else None
    error = bind(expect.error) if expect.error is not None else None
    said = Expect(
        status=expect.status if not mine.place and mine.shown is mine.response.json else other.response.status,
        body=None if body is NOTHING else body,
        error=None if error is NOTHING else error,
        changes=changes,
        same_as=same_as,
    )
    if said.body is None and said.error is None and said.changes is None and said.same_as is None and not expect.status:
        return None
    step = Step(moment.planned.step.id, moment.planned.step.index, Request("GET", "/"), said)
    scenario = Scenario("met", "", moment.planned.file, moment.planned.requirements, (step,), row=moment.planned.row)
    (planned,) = Planner({}, get, version).plan(scenario).steps
    return planned if moment.planned.requirements else replace(planned, on_failure=moment.planned.on_failure)


def _free(ours: Ours, theirs: Theirs) -> frozenset[str]:
    """Fields of which nothing can be said: set in calls that are not known, or since changed by Stripe itself."""
    made = theirs.genuine.made
    changed = {field for field, since in SILENTLY.items() if made and made < since}
    partly = _partly(ours, theirs) | changed
    if theirs.genuine.told and not theirs.half.sight:
        return partly
    mine, other = ours.half.shown, theirs.half.shown
    collection = f"POST /v1/{SEEN.get(str(other.get('object')), '')}"
    given = _parameters(collection) | _parameters(f"{collection}/{{id}}")
    unlike = {name for name in given if thing_like(mine.get(name)) != thing_like(other.get(name))}
    return frozenset(INERT | partly | unlike | {"discountable"})


def _comparable(ours: Ours, theirs: Theirs) -> bool:
    """Whether what changed between two bodies is what the call changed. An expanded body is another view."""
    mine, other = ours.half, theirs.half
    return mine.fresh and other.fresh and other.before is not None and not other.sent.expanded and not other.widened


def _since(since: Reference, ours: Ours) -> bool:
    """Whether the body that ours is compared with is the one before the call, and no older one."""
    named = match.resolve(since, ours.moment.names)
    before = ours.half.before
    return before is not None and (named is before or not match.same(before, named, VOLATILE))


def _allowed(bind: Binding, to: Mapping[str, Node]) -> dict[str, Node]:
    found = {path: bind(node, match.parse_path(path)) for path, node in to.items()}
    return {path: ANYTHING if node is NOTHING else node for path, node in found.items()}
