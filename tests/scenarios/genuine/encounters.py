"""Where the library meets a genuine answer: each step with each exchange that is like it, judged by the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple
from zlib import crc32

import orjson

from conformance import match
from conformance.api_version import ApiVersion
from conformance.contract import chronicle
from conformance.contract.requirements import get
from conformance.engine.evaluate import judge
from conformance.engine.operation import operation
from conformance.engine.plan import PlannedStep, Planner
from conformance.results.model import Check, Outcome
from conformance.rules.volatile import VOLATILE
from conformance.scenario.model import Changes, Expect, Node, Reference, Request, Scenario, Step
from conformance.target.base import Exchange, Response
from tests.scenarios.genuine import told as tidings
from tests.scenarios.genuine.alike import (
    INERT,
    SILENTLY,
    Sent,
    collapsed,
    differing,
    inert,
    sent,
    shown_like,
    state_like,
    thing_like,
    value_like,
)
from tests.scenarios.genuine.binding import ANYTHING, NOTHING, Binding
from tests.scenarios.genuine.library import Body, Moment, addressed, moments
from tests.scenarios.genuine.recordings import Genuine, Recording

OLDEST = ApiVersion.parse("2019-12-03")  # the oldest version that the suite knows
#: In which versions the library is played: each stands for the recorded ones up to it, back to the one before.
PLAYED = (
    *map(ApiVersion.parse, ("2020-08-27", "2023-10-16", "2025-02-24.acacia", "2025-04-30.basil", "2025-11-17.clover")),
    ApiVersion.parse("2026-10-28.endive"),
)
MOST = 15  # genuine answers that one step meets in one version: more of the same say nothing new
_NOBODY = 401  # a key that is not good comes before everything else
_BEFORE = Reference("before")
_ACCUSING = frozenset({Outcome.FAIL, Outcome.WARNING, Outcome.NOT_TESTABLE, Outcome.ERROR})


class Half(NamedTuple):
    """One side of a pair: a call, the object it is about as it was before, and what the answer shows of one object.

    ``fresh``: nothing was written between the two; ``widened``: the first was asked to expand something. ``place``:
    where in the answer the object stands. ``sight``: no answer to a read, but the object as another answer shows it.
    """

    operation: str
    path: str
    sent: Sent
    before: Body | None
    fresh: bool
    response: Response
    shown: Body
    place: tuple[str | int, ...] = ()
    widened: bool = False
    sight: bool = False


class Ours(NamedTuple):
    moment: Moment
    half: Half


class Theirs(NamedTuple):
    genuine: Genuine
    half: Half


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


def keys(half: Half, *, told: bool) -> Iterator[tuple[Any, ...]]:
    """What must be equal in both halves. Where the state before is not known, the answer must show it.

    The first key is the one by which a half is looked up; a half whose state is known can be found by both.
    """
    body = half.response.json
    error = body.get("error")
    refused = (error.get("type"), error.get("code")) if isinstance(error, dict) else ()
    named = addressed(half.path)
    call = (
        half.operation,
        named if value_like(named) == named and named != "{id}" else "",
        half.place,
        (half.response.status // 100, half.response.status == _NOBODY),
        refused,
        half.sent.like if told else None,
        shown_like(body) if half.place else None,
    )
    if half.operation.startswith("GET "):
        yield (*call, state_like(half.shown))
    elif half.before is None:
        yield (*call, "made", shown_like(half.shown))
    else:
        if half.fresh:
            yield (*call, "known", state_like(half.before))
        yield (*call, "since", half.before.get("status"), state_like(half.shown))


# --- ours ---------------------------------------------------------------------------------------------------------


def our_halves(version: ApiVersion) -> list[Ours]:
    """Each step once, however many scenarios share it; a read that follows a write is about that write's answer too."""
    found: dict[Any, Ours] = {}
    writes: dict[str, Half] = {}
    for moment in moments(next(one for one in PLAYED if one >= version)):
        if not applies(moment, version):
            writes.pop(moment.scenario.id, None)  # what follows is no longer about the write before it
            continue
        shown = moment.response.json
        if not isinstance(shown, dict):
            continue
        half = half_of(moment)
        halves = [half]
        if moment.request.method != "GET":
            writes[moment.scenario.id] = half
        elif moment.scenario.id in writes and "id" in shown:
            halves += _as_answer(writes[moment.scenario.id], half)
        for one in halves:
            key = (moment.step, next(keys(one, told=True)))
            found.setdefault(key, Ours(moment, one))
        for meant, event in tidings.expected(moment):
            one = _told(event, moment.response)
            found.setdefault((moment.step, str(meant.planned.step.expect.body), one.place), Ours(meant, one))
    return list(found.values())


def _told(event: Body, response: Response) -> Half:
    there = replace(response, json=event)
    return Half(tidings.READ, "", tidings.NOTHING_SENT, None, False, there, event, tidings.place(event))


def half_of(moment: Moment) -> Half:
    """Our side of a pair."""
    asked = sent(moment.request.params, moment.operation)
    body = moment.response.json
    return Half(moment.operation, moment.request.path, asked, moment.before, moment.fresh, moment.response, body)


def applies(moment: Moment, version: ApiVersion) -> bool:
    """Whether the step is one of ``version``, though it was played in another."""
    own = moment.request.headers  # a step that is about headers meets nothing: recordings have none of ours
    return not own and version in moment.scenario.versions and version in moment.planned.step.versions


def _as_answer(write: Half, read: Half) -> Iterator[Half]:
    """The read as a look at what the write before it answered: where that shows the object, or names it."""
    if not 200 <= write.response.status < 300 or read.sent.expanded:
        return
    for place in _places(write.shown, read.shown["id"]):
        yield write._replace(shown=read.shown, place=place, sent=write.sent._replace(expanded=()))


def _places(body: Body, id: str) -> Iterator[tuple[str, ...]]:
    if body.get("id") == id:
        yield ()
    for key in ("latest_invoice",):
        if body.get(key) == id:
            yield (key,)


# --- theirs -------------------------------------------------------------------------------------------------------


def their_halves(recording: Recording) -> Iterator[Theirs]:
    """Each exchange with the state before it, as far as the recording shows it."""
    bodies: dict[str, tuple[Body, int, bool]] = {}
    writes = 0
    smooth = all(one.response.status < 400 for one in recording.exchanges)
    for one in recording.exchanges:
        body = one.body
        if not isinstance(body, dict):
            continue
        about = addressed(one.request.path)
        if "{id}" in one.request.path:
            about = str(body.get("id", ""))
        before, then, widened = bodies.get(about, (None, 0, False))
        if not recording.named or (not recording.ordered and one.request.method == "GET"):
            before = None
        fresh = writes == then if recording.ordered else smooth and _untouched(before, body)
        asked = sent(one.request.params, one.operation)
        half = Half(one.operation, one.request.path, asked, before, fresh, one.response, body, (), widened)
        if one.version >= OLDEST:
            yield Theirs(one, half)
            inner = body.get("latest_invoice")
            if isinstance(inner, dict) and one.request.method == "POST":
                yield Theirs(one, half._replace(shown=inner, place=("latest_invoice",)))
        if one.request.method != "GET" and one.response.status < 300:
            writes += 1
        if isinstance(body.get("id"), str) and (recording.ordered or one.request.method != "GET"):
            bodies[body["id"]] = (body, writes, bool(asked.expanded))


#: Objects that a read shows as any other answer does, with their collections.
_SEEN = {"invoice": "invoices", "invoiceitem": "invoiceitems", "credit_note": "credit_notes", "customer": "customers",
         "subscription": "subscriptions", "invoice_payment": "invoice_payments"}  # fmt: skip


def sights(recordings: tuple[Recording, ...]) -> Iterator[Theirs]:
    """Every genuine object, wherever it was shown, as the answer to a read of it in the state that it is in."""
    seen: set[bytes] = set()
    for recording in recordings:
        for one in recording.exchanges:
            if one.version >= OLDEST:
                for body, version in objects(one.body, one.version):
                    said = orjson.dumps((str(version), body))
                    if said not in seen:
                        seen.add(said)
                        yield _sight(one._replace(version=version), body)
                for event in tidings.events(one):
                    version = ApiVersion.parse(event["api_version"])
                    yield Theirs(one._replace(version=version, told=False), _told(event, one.response))


def _sight(one: Genuine, body: Body) -> Theirs:
    collection = _SEEN[body["object"]]
    path = f"/v1/{collection}/{body['id']}"
    response = replace(one.response, json=body)
    half = Half(operation("GET", path), path, sent({}, ""), None, False, response, body, sight=True)
    return Theirs(one._replace(told=True), half)


def objects(value: Any, version: ApiVersion) -> Iterator[tuple[Body, ApiVersion]]:
    """Every object of `_SEEN` in an answer. An event shows its object in a version of its own, an error none."""
    if isinstance(value, list):
        for item in value:
            yield from objects(item, version)
    elif isinstance(value, dict):
        if value.get("object") == "event" and value.get("api_version"):
            version = ApiVersion.parse(value["api_version"])
        kind = value.get("object")
        if isinstance(kind, str) and kind in _SEEN and isinstance(value.get("id"), str) and not value.get("deleted"):
            yield value, version
        for key, inner in value.items():
            if key not in {"error", "previous_attributes"} and isinstance(inner, (dict, list)):
                yield from objects(inner, version)


def _untouched(before: Body | None, after: Body) -> bool:
    """Of a recording without an order: nothing was added to the invoice in between."""
    return bool(before and before.get("object") == "invoice" and before.get("lines") == after.get("lines"))


# --- together -----------------------------------------------------------------------------------------------------


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
    collection = f"POST /v1/{_SEEN.get(str(other.get('object')), '')}"
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
