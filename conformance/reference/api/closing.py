"""An invoice ends without its payment: void, or written off as uncollectible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api import drafts, guard, settlement
from conformance.reference.api.call import Call, found
from conformance.reference.model import ledger
from conformance.reference.model.problems import refused

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def void(call: Call) -> Body:
    """INV-TRN-001..008: collection ends, amounts stay, used credit goes back."""
    world = call.world
    row = found(world.invoices, call.ids[0], "invoice")
    guard.check(row, "void")
    if row["amount_paid"] > 0:
        raise refused("…/void", "paid")
    settlement.refuse_pending(world, row)
    void_open(world, row)
    return row


def void_open(world: World, row: Body) -> None:
    """The invoice is void, whatever waited for its payment with it."""
    world.journal.watch(row)
    _stop(world, row, "void", "voided_at")
    world.journal.tell("invoice.updated", row)
    world.journal.tell("invoice.voided", row)
    settlement.abandon(world, row)
    _give_back_balance(world, row)


def _stop(world: World, row: Body, status: str, moment: str) -> None:
    world.invoices.set(row, "status", status)
    row["auto_advance"] = False
    row["next_payment_attempt"] = None
    row["status_details"] = None
    row["status_transitions"] = {**row["status_transitions"], moment: world.now()}


def _give_back_balance(world: World, row: Body) -> None:
    """INV-TRN-004."""
    amount = row["starting_balance"] - row["ending_balance"]
    customer = world.customers.get(row["customer"])
    if amount and customer is not None:
        ledger.record(world, customer, amount, "unapplied_from_invoice", currency=row["currency"], invoice=row["id"])
        drafts.refresh(world, customer)


def mark_uncollectible(call: Call) -> Body:
    """INV-TRN-010, INV-TRN-011: amounts stay, the PaymentIntent too. INV-TRN-021: the newest versions say why."""
    world = call.world
    row = found(world.invoices, call.ids[0], "invoice")
    guard.check(row, "mark_uncollectible")
    settlement.refuse_pending(world, row)
    write_off(world, row, "user_forgiven")
    return row


def write_off(world: World, row: Body, reason: str) -> None:
    """The invoice is uncollectible; it can still be paid."""
    world.journal.watch(row)
    _stop(world, row, "uncollectible", "marked_uncollectible_at")
    row["status_details"] = {"uncollectible": {"reason": reason}}
    world.journal.tell("invoice.updated", row)
    world.journal.tell("invoice.marked_uncollectible", row)
