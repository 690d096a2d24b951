"""Events: what ours expects to be told, on every genuine event of that type about an object in the same state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.scenario.model import Expect, Node
from tests.scenarios.genuine.alike import sent, state_like, thing_like
from tests.scenarios.genuine.library import Body, Moment
from tests.scenarios.genuine.recordings import Genuine

READ = "GET /v1/events/{id}"


def expected(moment: Moment) -> Iterator[tuple[Moment, Body]]:
    """Each event that a list of events must contain, as a step of its own, with ours that was meant."""
    body = moment.planned.step.expect.body
    if moment.request.path != "/v1/events" or not isinstance(body, Mapping):
        return
    for node in _contained(body.get("data")):
        kind = node.get("type") if isinstance(node, Mapping) else None
        ours = [one for one in moment.response.json["data"] if one["type"] == kind]
        if len(ours) == 1:  # of several it is not said which was meant
            step = replace(moment.planned.step, expect=Expect(status=200, body=node))
            yield moment._replace(planned=replace(moment.planned, step=step)), ours[0]


def _contained(node: Node) -> Iterator[Any]:
    if isinstance(node, Mapping):
        for one in node.get("$all", [node]):
            if isinstance(one, Mapping) and "$contains" in one:
                yield one["$contains"]


def place(event: Body) -> tuple[str | int, ...]:
    """What two events must have in common: type, state of the object, which of its fields changed and from what."""
    before = event["data"].get("previous_attributes") or {}
    changed = sorted((name, thing_like(value)) for name, value in before.items())
    return ("event", event["type"], str(state_like(event["data"]["object"])), str(changed))


def events(one: Genuine) -> Iterator[Body]:
    """The events in one answer."""
    body = one.body
    rows = body.get("data") if isinstance(body, dict) and body.get("object") == "list" else [body]
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("object") == "event" and row.get("api_version"):
            yield row


NOTHING_SENT = sent({}, "")
