"""The two sides of a meeting: what a step of ours asks and answers, and what a genuine exchange does, in one shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import orjson

from conformance.api_version import ApiVersion
from conformance.engine.operation import operation
from conformance.target.base import Response
from tests.scenarios.genuine import told as tidings
from tests.scenarios.genuine.alike import Sent, sent, shown_like, state_like, value_like
from tests.scenarios.genuine.library import Body, Moment, addressed, moments
from tests.scenarios.genuine.recordings import Genuine, Recording

OLDEST = ApiVersion.parse("2019-12-03")  # the oldest version that the suite knows
#: In which versions the library is played: each stands for the recorded ones up to it, back to the one before.
PLAYED = (
    *map(ApiVersion.parse, ("2020-08-27", "2023-10-16", "2025-02-24.acacia", "2025-04-30.basil", "2025-11-17.clover")),
    ApiVersion.parse("2026-10-28.endive"),
)
_NOBODY = 401  # a key that is not good comes before everything else


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
SEEN = {"invoice": "invoices", "invoiceitem": "invoiceitems", "credit_note": "credit_notes", "customer": "customers",
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
    collection = SEEN[body["object"]]
    path = f"/v1/{collection}/{body['id']}"
    response = replace(one.response, json=body)
    half = Half(operation("GET", path), path, sent({}, ""), None, False, response, body, sight=True)
    return Theirs(one._replace(told=True), half)


def objects(value: Any, version: ApiVersion) -> Iterator[tuple[Body, ApiVersion]]:
    """Every object of `SEEN` in an answer. An event shows its object in a version of its own, an error none."""
    if isinstance(value, list):
        for item in value:
            yield from objects(item, version)
    elif isinstance(value, dict):
        if value.get("object") == "event" and value.get("api_version"):
            version = ApiVersion.parse(value["api_version"])
        kind = value.get("object")
        if isinstance(kind, str) and kind in SEEN and isinstance(value.get("id"), str) and not value.get("deleted"):
            yield value, version
        for key, inner in value.items():
            if key not in {"error", "previous_attributes"} and isinstance(inner, (dict, list)):
                yield from objects(inner, version)


def _untouched(before: Body | None, after: Body) -> bool:
    """Of a recording without an order: nothing was added to the invoice in between."""
    return bool(before and before.get("object") == "invoice" and before.get("lines") == after.get("lines"))
