"""Charges as they are made: succeeded, held for a capture, or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api import bookings, payment_methods

if TYPE_CHECKING:
    from conformance.reference.model.cards import Decline
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

DAY = 86400
#: Days that an authorization waits for its capture.
HELD_FOR = 7


def charge(world: World, intent: Body, method: Body, decline: Decline | None) -> Body:
    """A charge on ``method``, succeeded or failed; it says of itself what its intent says."""
    payment_methods.check(world, method)
    amount = intent["amount"]
    succeeded = decline is None
    held = succeeded and intent["capture_method"] == "manual"
    captured = succeeded and not held
    until = world.now() + HELD_FOR * DAY if held else None
    row: Body = {
        "id": world.new("ch_"),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if captured else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "REFERENCE",
        "captured": captured,
        "created": world.clock.now(),  # payments know nothing of test clocks
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "destination": None,
        "dispute": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "order": None,
        "outcome": _outcome(decline),
        "paid": succeeded,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {method["type"]: _details(method, amount, until), "type": method["type"]},
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded" if succeeded else "failed",
        "transfer_data": None,
        "transfer_group": None,
        "_invoice": intent["_invoice"],
    }
    world.charges.add(row)
    intent["latest_charge"] = row["id"]
    if captured:
        bookings.book(world, row, amount, "charge")
    world.journal.tell("charge.succeeded" if succeeded else "charge.failed", row)
    return row


def _details(method: Body, amount: int, until: int | None) -> Body:
    """The card (or account) as a charge shows it. ``until``: when an authorization that waits for its capture ends."""
    if method["type"] != "card":
        return dict(method[method["type"]])
    card = method["card"]
    kept = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    return {
        **{name: card[name] for name in kept},
        "amount_authorized": amount,
        "authorization_code": None,
        **({"capture_before": until} if until else {}),
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card["brand"],
        "network_token": {"used": False},
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
    }


def _outcome(decline: Decline | None) -> Body:
    return {
        "advice_code": decline.advice_code if decline else None,
        "network_advice_code": None,
        "network_decline_code": decline.network_decline_code if decline else None,
        "network_status": "declined_by_network" if decline else "approved_by_network",
        "reason": decline.decline_code if decline else None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "The bank did not return any further details with this decline."
        if decline
        else "Payment complete.",
        "type": "issuer_declined" if decline else "authorized",
    }
