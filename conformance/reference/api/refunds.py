"""Refunds of charges: by call, or by a credit note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import bookings
from conformance.reference.api.call import clean_metadata, found, merge_metadata
from conformance.reference.model import money
from conformance.reference.model.problems import missing_param, problem
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def create(call: Call) -> Body:
    world, sent = call.world, call.params
    if "charge" in sent:
        charge = found(world.charges, sent["charge"], "charge", "charge", status=400)
    elif "payment_intent" in sent:
        intent = found(world.payment_intents, sent["payment_intent"], "payment_intent", "payment_intent", status=400)
        if intent["status"] != "succeeded":
            raise problem(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        charge = world.charges.rows[intent["latest_charge"]]
    else:
        raise missing_param("charge")
    row = make(world, charge, sent.get("amount", _left(charge)), sent.get("reason"))
    row["metadata"] = clean_metadata(sent.get("metadata"))
    return row


def _left(charge: Body) -> int:
    """What was collected and not refunded; an authorization has nothing to refund."""
    return charge["amount"] - charge["amount_refunded"] if charge["captured"] else 0


def make(world: World, charge: Body, amount: int, reason: str | None = None) -> Body:
    left = _left(charge)
    if charge["refunded"]:
        raise problem(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount > left or amount < 1:
        asked, able = money.shown(amount, charge["currency"]), money.shown(left, charge["currency"])
        raise problem(f"Refund amount ({asked}) is greater than unrefunded amount on charge ({able})", param="amount")
    world.journal.watch(charge)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    row = bookings.refund(world, charge, amount, reason)
    world.journal.tell("charge.refunded", charge)
    return row


def of_invoice(world: World, invoice: Body, amount: int) -> list[Body]:
    """Refunds of ``amount`` over the charges that paid the invoice, oldest first."""
    made = []
    for payment in world.invoice_payments.of("invoice", invoice["id"]):
        intent = world.payment_intents.rows[payment["_intent"]]
        charge = world.charges.get(intent["latest_charge"] or "") if payment["status"] == "paid" else None
        part = min(amount, _left(charge)) if charge else 0
        if charge is not None and part:
            made.append(make(world, charge, part))
            amount -= part
    if amount:
        raise problem(
            "The refund amount is greater than what was paid for the invoice and not refunded yet.",
            param="refund_amount",
        )
    return made


def retrieve(call: Call) -> Body:
    return found(call.world.refunds, call.ids[0], "refund")


def update(call: Call) -> Body:
    row = retrieve(call)
    merge_metadata(row, call.get("metadata"))
    call.world.journal.tell("charge.refund.updated", row)
    return row


def listed(call: Call) -> Body:
    equal: dict[str, Any] = {name: call.params[name] for name in ("charge", "payment_intent") if name in call.params}
    return pages.page(call.world.refunds, call.params, "/v1/refunds", noun="refund", equal=equal)
