"""PaymentIntents as the ledger makes and moves them; the endpoints are in ``api.intents``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api import bookings, charges, payment_methods
from conformance.reference.view.render import render

if TYPE_CHECKING:
    from conformance.reference.model.cards import Card, Decline
    from conformance.reference.model.problems import StripeError
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


_CARD_OPTIONS = {
    "card": {"installments": None, "mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
}
_INVOICE_OPTIONS = {**_CARD_OPTIONS, "link": {"persistent_token": None}}


def make(
    world: World,
    *,
    amount: int,
    currency: str,
    customer: str | None,
    description: str | None = None,
    invoice: str | None = None,
    order: str | None = None,
) -> Body:
    """A PaymentIntent that waits for a payment method (INV-FIN-008). ``order``: what it refers to (INV-PAY-034); that
    of any other invoice refers to it once something becomes of it.
    """
    identifier = world.new("pi_")
    row: Body = {
        "id": identifier,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{identifier}_secret_{world.ids.token(25)}",
        "confirmation_method": "automatic",
        "created": world.clock.now(),  # payments know nothing of test clocks
        "currency": currency,
        "customer": customer,
        "customer_account": None,
        "description": description,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        **({"payment_details": _referring(order)} if order else {}),
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": _INVOICE_OPTIONS if invoice else _CARD_OPTIONS,
        "payment_method_types": ["card", "link"] if invoice else ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
        "_invoice": invoice,
    }
    world.payment_intents.add(row)
    world.journal.tell("payment_intent.created", row)
    return row


def _referring(invoice: str) -> Body:
    return {"customer_reference": None, "order_reference": invoice}


def _refer(intent: Body) -> None:
    """INV-PAY-034."""
    if intent["_invoice"] and "payment_details" not in intent:
        intent["payment_details"] = _referring(intent["_invoice"])
        intent["_referred"] = True


def capture(world: World, intent: Body, amount: int | None) -> None:
    """Collect what was authorized, or a part of it."""
    world.journal.watch(intent)
    taken = intent["amount_capturable"] if amount is None else amount
    charge_row = world.charges.rows[intent["latest_charge"]]
    world.journal.watch(charge_row)
    charge_row.update(amount_captured=taken, captured=True)
    bookings.book(world, charge_row, taken, "charge")
    if taken < charge_row["amount"]:  # recorded: what is not collected is given back as a refund
        charge_row["amount_refunded"] = charge_row["amount"] - taken
        bookings.refund(world, charge_row, charge_row["amount"] - taken)
    intent.update(status="succeeded", amount_received=taken, amount_capturable=0)
    world.journal.tell("charge.captured", charge_row)
    world.journal.tell("payment_intent.succeeded", intent)


def needs_authentication(card: Card, intent: Body) -> bool:
    """Cards of the 3DS family ask the cardholder; the model has no cardholder who could answer."""
    return card.authenticate in ("always", "once") and intent["status"] != "succeeded"


def confirm(world: World, intent: Body, method: Body) -> None:
    """Charge ``method``. Afterwards the intent says what became of it: succeeded, processing, requires_action, or
    requires_payment_method.
    """
    card: Card = method["_card"]
    world.journal.watch(intent)
    _refer(intent)
    if needs_authentication(card, intent):
        intent["payment_method"] = method["id"]
        intent["status"] = "requires_action"
        intent["next_action"] = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "source": method["id"]},
        }
        world.journal.tell("payment_intent.requires_action", intent)
    elif card.on_charge is not None:
        _fail(world, intent, method, card.on_charge)
    elif card.delayed:
        intent["payment_method"] = method["id"]
        intent["status"] = "processing"
        world.journal.tell("payment_intent.processing", intent)
    elif intent["capture_method"] == "manual":
        _authorize(world, intent, method)
    else:
        _succeed(world, intent, method)


def _authorize(world: World, intent: Body, method: Body) -> None:
    """``capture_method=manual``: the money is held until it is captured."""
    intent.update(
        payment_method=method["id"],
        status="requires_capture",
        amount_capturable=intent["amount"],
        last_payment_error=None,
        next_action=None,
    )
    charges.charge(world, intent, method, None)
    world.journal.tell("payment_intent.amount_capturable_updated", intent)


def _succeed(world: World, intent: Body, method: Body) -> None:
    intent.update(
        payment_method=method["id"],
        status="succeeded",
        amount_received=intent["amount"],
        last_payment_error=None,
        next_action=None,
    )
    charges.charge(world, intent, method, None)
    world.journal.tell("payment_intent.succeeded", intent)


def _fail(world: World, intent: Body, method: Body, decline: Decline) -> None:
    """INV-PAY-010: the intent keeps the error, not the payment method."""
    failed = charges.charge(world, intent, method, decline)
    error = payment_methods.declined(decline).fields
    intent.update(payment_method=None, status="requires_payment_method")
    intent["last_payment_error"] = {
        **error,
        "charge": failed["id"],
        "payment_method": render(world, method, world.version),
    }
    world.journal.tell("payment_intent.payment_failed", intent)


def decline_error(world: World, intent: Body, method: Body, version: str) -> StripeError:
    """The 402 of a declined charge, with the intent and the payment method in it (INV-PAY-010)."""
    card: Card = method["_card"]
    assert card.on_charge is not None
    return payment_methods.declined(
        card.on_charge,
        charge=intent["latest_charge"],
        payment_intent=render(world, intent, version),
        payment_method=render(world, method, version),
    )


def cancel(world: World, intent: Body, reason: str | None = None) -> None:
    if intent["status"] in ("succeeded", "canceled"):
        return
    world.journal.watch(intent)
    _refer(intent)
    intent.update(status="canceled", canceled_at=world.clock.now(), cancellation_reason=reason, next_action=None)
    world.journal.tell("payment_intent.canceled", intent)
