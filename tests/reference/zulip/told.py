"""The events that a flow was told of, beside those that the reference tells.

A list of events shows what happened since the list before it; the first only names the newest of what was there
already. Events of one second come in any order, so an event is looked for among those that are left, the nearest first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.reference.conftest import Client
from tests.reference.zulip.recorded import Body, Flow, Recorded, hollow

#: Of objects that the reference does not have.
_UNKNOWN = ("setup_intent.", "checkout.", "billing_portal.", "customer.source.", "payment_method.")


class Pair(NamedTuple):
    """A recorded event and the reference's. ``place``: of the request it is from. ``got`` None: the reference told no
    more of this type than ``place``, which are all of other recorded events.
    """

    list: Recorded
    event: Body
    got: Body | None
    place: int


def pairs(flow: Flow, api: Client, names: dict[str, str]) -> Iterator[Pair]:
    """Every event that the flow was told of, oldest first. ``names``: the target's name for a recorded one."""
    ours = list(_placed(told(api)))
    kinds = Counter(event["type"] for _, event in ours)
    seen: set[str] = set()
    sums = set(amounts([one.body for one in flow.answers if one.call != "Event.list"]))
    for one in flow.of("Event.list")[1:]:
        for event in reversed(one.body["data"]):
            known = event["id"] if not hollow(event["id"]) else ""
            if event["type"].startswith(_UNKNOWN) or known in seen or _elsewhere(event, names, sums):
                continue
            seen.add(known or f"{one.nth}")
            found = _nearest(event, ours, names)
            if found:
                ours.remove(found)
            if found:
                yield Pair(one, event, found[1], found[0])
            else:
                yield Pair(one, event, None, kinds[event["type"]])


def _placed(events: list[Body]) -> Iterator[tuple[int, Body]]:
    """Each event with the number of the request that made it: those of one request come in any order."""
    requests: dict[str, int] = {}
    for event in events:
        yield requests.setdefault(event["request"]["id"], len(requests)), event


def told(api: Client) -> list[Body]:
    """All events of the account, oldest first."""
    events: list[Body] = []
    params: Body = {"limit": 100}
    while True:
        page = api.get("/v1/events", **params)
        events += page["data"]
        if not page["has_more"]:
            return events[::-1]
        params["starting_after"] = events[-1]["id"]


def amounts(node: Any, key: str = "") -> Iterator[int]:
    """Every sum of money in a tree."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from amounts(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from amounts(value, key)
    elif type(node) is int and (key.startswith("amount") or key == "total"):
        yield node


def _elsewhere(event: Body, names: dict[str, str], sums: set[int]) -> bool:
    """What another test of the application left behind: about a customer whom the flow does not name, or where names
    are hollow about a sum that it does not know.
    """
    about = event["data"]["object"]
    owner = about["id"] if about["object"] == "customer" else about.get("customer")
    if isinstance(owner, str) and not hollow(owner):
        return owner not in names
    return not sums.issuperset(amounts(about))


def _nearest(event: Body, ours: list[tuple[int, Body]], names: dict[str, str]) -> tuple[int, Body] | None:
    alike = [one for one in ours if _may_be(event, one[1], names)]
    best = max((_likeness(event["data"], one[1]["data"]) for one in alike), default=0)
    return next((one for one in alike if _likeness(event["data"], one[1]["data"]) == best), None)


def _may_be(event: Body, other: Body, names: dict[str, str]) -> bool:
    if event["type"] != other["type"]:
        return False
    name = event["data"]["object"]["id"]
    return hollow(name) or name not in names or names[name] == other["data"]["object"]["id"]


def _likeness(recorded: Any, got: Any) -> int:
    """How much two trees share, names and moments aside."""
    if isinstance(recorded, dict) and isinstance(got, dict):
        return sum(1 + _likeness(value, got[key]) for key, value in recorded.items() if key in got)
    return int(recorded == got)
