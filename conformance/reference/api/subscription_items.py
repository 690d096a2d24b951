"""The items of a subscription, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api import changes
from conformance.reference.api.call import found, stub
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body


def _parent(call: Call, row: Body) -> Body:
    parent = found(call.world.subscriptions, row["subscription"], "subscription", "subscription", status=400)
    call.world.journal.watch(parent)
    return parent


def _change(call: Call, parent: Body, item: dict[str, object]) -> None:
    """The same as an update of the subscription with this one item."""
    how: dict[str, object] = {
        name: call.params[name] for name in ("proration_behavior", "proration_date") if name in call.params
    }
    changes.change_items(call, parent, {"items": [item], **how})
    call.world.journal.tell("customer.subscription.updated", parent)


def create(call: Call) -> Body:
    world = call.world
    parent = _parent(call, {"subscription": call.params["subscription"]})
    _change(call, parent, {name: value for name, value in call.params.items() if name != "subscription"})
    return world.subscription_items.of("subscription", parent["id"])[-1]


def retrieve(call: Call) -> Body:
    return found(call.world.subscription_items, call.ids[0], "subscription_item", "item")


def update(call: Call) -> Body:
    row = retrieve(call)
    _change(call, _parent(call, row), {"id": row["id"], **call.params})
    return row


def delete(call: Call) -> Body:
    row = retrieve(call)
    _change(call, _parent(call, row), {"id": row["id"], "deleted": True})
    return stub(row)


def listed(call: Call) -> Body:
    parent = found(call.world.subscriptions, call.params["subscription"], "subscription", "subscription", status=400)
    url = f"/v1/subscription_items?subscription={parent['id']}"
    equal = {"subscription": parent["id"]}
    return pages.page(call.world.subscription_items, call.params, url, noun="subscription_item", equal=equal)
