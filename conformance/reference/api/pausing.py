"""Payment collection on pause: what becomes of the invoices that come in the meantime (INV-SUB-041, INV-SUB-043)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import closing, finalization
from conformance.reference.model.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def pause(world: World, subscription: Body, sent: Any) -> None:
    """Until ``resumes_at``, or until somebody resumes it; an empty value does."""
    if not sent:
        subscription["pause_collection"] = None
        return
    at = sent.get("resumes_at")
    if at is not None and at <= world.now():
        raise problem("`resumes_at` must be in the future.", param="pause_collection[resumes_at]")
    subscription["pause_collection"] = {"behavior": sent["behavior"], "resumes_at": at}
    if at is not None:
        world.plan(subscription, at, "resume")


def resume(world: World, identifier: str, at: int) -> None:
    subscription = world.subscriptions.get(identifier)
    paused = subscription and subscription["pause_collection"]
    if subscription is None or not paused or paused["resumes_at"] != at:
        return
    world.journal.watch(subscription)
    subscription["pause_collection"] = None
    world.journal.tell("customer.subscription.updated", subscription)


def settle(world: World, subscription: Body, invoice: Body) -> None:
    """At once, without the customer's credit."""
    end = _ENDS[subscription["pause_collection"]["behavior"]]
    if end is None:
        return
    customer = world.customers.rows[subscription["customer"]]
    world.journal.watch(customer)
    credit, customer["balance"] = customer["balance"], 0
    finalization.finalize_draft(world, invoice, "Subscription update")
    customer["balance"] = credit
    finalization.tell_finalized(world, invoice)
    if invoice["status"] == "open":
        end(world, invoice)


def _write_off(world: World, invoice: Body) -> None:
    closing.write_off(world, invoice, "subscription_paused")


#: None: it stays a draft that does not advance.
_ENDS: dict[str, Callable[[World, Body], None] | None] = {
    "keep_as_draft": None,
    "mark_uncollectible": _write_off,
    "void": closing.void_open,
}
