"""A draft becomes an invoice: its number, its share of the balance, what it uses up and what it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api import closing, drafts, guard, invoices, settlement
from conformance.reference.api.call import Call, found
from conformance.reference.model import ledger, money
from conformance.reference.model.problems import problem
from conformance.reference.model.totals import finalized_due

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def finalize(call: Call) -> Body:
    """INV-FIN-001..008."""
    world = call.world
    row = found(world.invoices, call.ids[0], "invoice")
    guard.check(row, "finalize")
    if "auto_advance" in call.params:  # INV-FIN-003
        world.journal.watch(row)
        row["auto_advance"] = call.params["auto_advance"]
    finalize_draft(world, row)
    tell_finalized(world, row)
    return row


def tell_finalized(world: World, row: Body) -> None:
    """INV-EVT-006, INV-EVT-008."""
    world.journal.tell("invoice.updated", row)
    world.journal.tell("invoice.finalized", row)
    if row["status"] == "paid":
        world.journal.tell("invoice.paid", row)
        world.journal.tell("invoice.payment_succeeded", row)


def finalize_draft(world: World, row: Body, description: str = "Payment for Invoice") -> None:
    """Number, balance and due are settled; nothing is collected (INV-FIN-002)."""
    world.journal.watch(row)
    customer = world.customers.get(row["customer"])
    if row["automatic_tax"]["enabled"] and not row["customer_address"]:  # INV-FIN-024
        raise problem(
            "The customer's location isn't recognized. Set a valid customer address in order to automatically "
            "calculate tax.",
            code="customer_tax_location_invalid",
        )
    drafts.recompute(world, row)
    if customer is not None:
        world.journal.watch(customer)
    now = world.now()
    row["status_transitions"] = {**row["status_transitions"], "finalized_at": now}
    row["effective_at"] = row["effective_at"] or now  # INV-CRE-037
    invoices.give_number(world, row, row["number"] or _next_number(customer))
    row["automatically_finalizes_at"] = None
    row["_token"] = row["hosted_invoice_url"] = row["invoice_pdf"] = world.ids.token(40)
    if row["rendering"] is not None and row["rendering"]["pdf"]["page_size"] == "auto":
        row["rendering"] = {**row["rendering"], "pdf": {"page_size": "letter"}}  # INV-OBJ-019
    _apply_balance(world, row, customer)
    world.invoices.set(row, "_draft_of", None)
    if row["from_invoice"]:
        _replace(world, row)
    if customer is not None and customer["balance"] != row["starting_balance"]:
        drafts.refresh(world, customer)
    _consume_discounts(world, row)
    if row["amount_due"] == 0:  # INV-FIN-006, INV-FIN-016
        row["attempted"] = True
        settlement.close(world, row)
        return
    world.invoices.set(row, "status", "open")
    if not (row["auto_advance"] and row["collection_method"] == "charge_automatically"):  # INV-FIN-004
        row["next_payment_attempt"] = None
    elif row["next_payment_attempt"]:
        world.plan(row, row["next_payment_attempt"], "collect")
    settlement.start(world, row, description)


def _replace(world: World, row: Body) -> None:
    """INV-FIN-030: a finalized revision voids what it revises."""
    original = world.invoices.rows[row["from_invoice"]["invoice"]]
    if original["status"] not in ("open", "uncollectible"):
        raise problem("The invoice this one revises can no longer be revised.")
    world.journal.watch(original)
    original["latest_revision"] = row["id"]
    closing.void_open(world, original)


def _next_number(customer: Body | None) -> str:
    """INV-FIN-010..012: the prefix and sequence of the customer."""
    if customer is None:
        return "REFERENC-0001"
    sequence = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = sequence + 1
    return f"{customer['invoice_prefix']}-{sequence:04d}"


def _apply_balance(world: World, row: Body, customer: Body | None) -> None:
    """INV-BAL-007, INV-FIN-015..019: the invoice takes its share of the balance, or leaves what is too small."""
    start = row["starting_balance"]
    due = finalized_due(row["total"], start, money.MINIMUM.get(row["currency"], 1))
    row["amount_due"] = row["amount_remaining"] = due.amount
    row["ending_balance"] = due.ending_balance
    if customer is None:
        return
    applied = -start if due.too_small else due.ending_balance - start
    if applied:
        ledger.record(world, customer, applied, "applied_to_invoice", currency=row["currency"], invoice=row["id"])
    if due.too_small:
        ledger.record(
            world, customer, due.ending_balance, "invoice_too_small", currency=row["currency"], invoice=row["id"]
        )


def _consume_discounts(world: World, row: Body) -> None:
    """INV-FIN-022: ``once`` coupons are used up; the invoice goes on listing their discounts."""
    for entry in row["total_discount_amounts"]:
        discount = world.discounts.rows[entry["discount"]]
        if discount["_coupon"]["duration"] == "once":
            world.journal.tell("customer.discount.deleted", discount)
            customer = world.customers.get(discount["customer"] or "")
            if customer is not None and customer["discount"] and customer["discount"]["id"] == discount["id"]:
                customer["discount"] = None
            for holder in (
                world.subscriptions.get(discount["subscription"] or ""),
                world.subscription_items.get(discount["subscription_item"] or ""),
            ):
                if holder is not None:
                    world.journal.watch(holder)
                    holder["discounts"] = [one for one in holder["discounts"] if one != discount["id"]]
