"""Test clocks: time that moves when told to (INV-SUB-030..034)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api import customers, passage
from conformance.reference.api.call import found, stub
from conformance.reference.model.calendar import add, days
from conformance.reference.model.problems import problem
from conformance.reference.model.timeline import Timeline
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

KEPT = days(30)


def create(call: Call) -> Body:
    world = call.world
    row: Body = {
        "id": world.new("clock_"),
        "object": "test_helpers.test_clock",
        "created": world.clock.now(),
        "deletes_after": world.clock.now() + KEPT,
        "frozen_time": call.params["frozen_time"],
        "livemode": False,
        "name": call.get("name") or None,
        "status": "ready",
        "status_details": {},
        "_advanced": False,
    }
    world.timelines[row["id"]] = Timeline()
    world.test_clocks.add(row)
    world.journal.tell("test_helpers.test_clock.created", row)
    return row


def retrieve(call: Call) -> Body:
    """The first look after ``advance`` finds the clock ready: whatever was due has happened."""
    row = found(call.world.test_clocks, call.ids[0], "test clock", "test_clock")
    if row["status"] == "advancing":
        call.world.journal.watch(row)
        row["status"] = "ready"
        row["status_details"] = {}
        call.world.journal.tell("test_helpers.test_clock.ready", row)
    return row


def advance(call: Call) -> Body:
    """Time only goes forward, and at most two intervals at once (INV-SUB-031)."""
    world = call.world
    row = found(world.test_clocks, call.ids[0], "test clock", "test_clock")
    target = call.params["frozen_time"]
    if target <= row["frozen_time"]:
        raise problem(
            "The frozen time must be later than the current frozen time of the test clock.", param="frozen_time"
        )
    if target > _furthest(world, row):
        raise problem(
            "You cannot advance a test clock by more than two of the shortest billing intervals at once.",
            param="frozen_time",
        )
    world.journal.tell("test_helpers.test_clock.advancing", row)
    world.journal.close()
    passage.run(world, world.timelines[row["id"]], target)
    world.journal.watch(row)
    row["frozen_time"] = target
    row["status"] = "advancing"
    row["status_details"] = {"advancing": {"target_frozen_time": target}}
    world.moment = None
    return row


def _furthest(world: World, row: Body) -> int:
    """Two of the shortest intervals; two years without subscriptions."""
    held = world.customers.of("test_clock", row["id"])
    plans = [
        item["price"]["recurring"]
        for customer in held
        for subscription in world.subscriptions.of("customer", customer["id"])
        for item in world.subscription_items.of("subscription", subscription["id"])
        if subscription["status"] not in ("canceled", "incomplete_expired")
    ]
    start: int = row["frozen_time"]
    ends = [add(start, plan["interval"], 2 * plan["interval_count"]) for plan in plans]
    return min(ends, default=add(start, "year", 2))


def delete(call: Call) -> Body:
    """INV-SUB-032: its customers go with it."""
    world = call.world
    row = found(world.test_clocks, call.ids[0], "test clock", "test_clock")
    for customer in world.customers.of("test_clock", row["id"]):
        customers.forget(world, customer)
    world.test_clocks.remove(row)
    del world.timelines[row["id"]]
    world.journal.tell("test_helpers.test_clock.deleted", row)
    return stub(row)


def listed(call: Call) -> Body:
    return pages.page(call.world.test_clocks, call.params, "/v1/test_helpers/test_clocks", noun="test clock")
