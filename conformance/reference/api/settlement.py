"""How payments settle an invoice: InvoicePayments, paid and overpaid amounts, and the step to ``paid``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api import charging
from conformance.reference.model import ledger
from conformance.reference.model.problems import refused

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def open_payment(world: World, invoice: Body, intent: Body, *, default: bool) -> Body:
    """An InvoicePayment that waits (INV-OBJ-034, INV-OBJ-035)."""
    row: Body = {
        "id": world.new("inpay_"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": intent["amount"],
        "created": world.now(),
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": default,
        "livemode": False,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
        "_intent": intent["id"],
    }
    return world.invoice_payments.add(row)


def start(world: World, invoice: Body, description: str = "Payment for Invoice") -> None:
    """The PaymentIntent and default InvoicePayment of a finalized invoice (INV-FIN-008, INV-FIN-009)."""
    subscribed = invoice["billing_reason"].startswith("subscription")
    intent = charging.make(
        world,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        description=description,
        invoice=invoice["id"],
        order=invoice["id"] if subscribed else None,
    )
    if subscribed:
        intent["setup_future_usage"] = "off_session"  # INV-SUB-036
    intent["statement_descriptor"] = invoice["statement_descriptor"]
    invoice["_intent"] = intent["id"]
    open_payment(world, invoice, intent, default=True)


def default_payment(world: World, invoice: Body) -> Body | None:
    return next((row for row in world.invoice_payments.of("invoice", invoice["id"]) if row["is_default"]), None)


def has_pending(world: World, invoice: Body) -> bool:
    """INV-TRN-009: a payment is on its way and not decided."""
    rows = world.invoice_payments.of("invoice", invoice["id"])
    return any(
        row["status"] == "open" and world.payment_intents.rows[row["_intent"]]["status"] == "processing" for row in rows
    )


def refuse_pending(world: World, invoice: Body) -> None:
    """INV-TRN-009."""
    if has_pending(world, invoice):
        message = (
            "This invoice can't be modified while a payment on it is still pending. Wait for the payment to "
            "clear, then try again."
        )
        raise refused("…/pay", "payment-processing", message)


def follow(world: World, intent: Body) -> None:
    """Carry what happened to ``intent`` into the invoices it pays (INV-PAY-028, INV-PAY-041)."""
    for payment in world.invoice_payments.of("_intent", intent["id"]):
        if payment["status"] != "open":
            continue
        if intent["status"] == "succeeded":
            receive(world, world.invoices.rows[payment["invoice"]], payment, intent["amount_received"])
        elif intent["status"] == "canceled":
            cancel_payment(world, payment)


def cancel_payment(world: World, payment: Body) -> None:
    world.journal.watch(payment)
    payment["status"] = "canceled"
    payment["status_transitions"] = {**payment["status_transitions"], "canceled_at": world.now()}


def receive(world: World, invoice: Body, payment: Body, amount: int) -> None:
    """Money has arrived: what is still owed is paid with it, the rest becomes credit (INV-ARI-040, INV-PAY-027,
    INV-PAY-031).
    """
    world.journal.watch(invoice)
    world.journal.watch(payment)
    used = min(amount, invoice["amount_remaining"])
    payment["status"] = "paid"
    payment["amount_paid"] = amount
    payment["status_transitions"] = {**payment["status_transitions"], "paid_at": world.now()}
    invoice["amount_paid"] += used
    invoice["amount_remaining"] -= used
    invoice["amount_overpaid"] += amount - used
    customer = world.customers.get(invoice["customer"])
    if amount > used and customer is not None:
        ledger.record(
            world, customer, used - amount, "invoice_overpaid", currency=invoice["currency"], invoice=invoice["id"]
        )
    if not payment["is_default"]:
        resize_default(world, invoice)
    if invoice["amount_remaining"] == 0 and invoice["status"] in ("open", "uncollectible"):
        close(world, invoice)
        world.journal.tell("invoice.updated", invoice)
        world.journal.tell("invoice.paid", invoice)
        world.journal.tell("invoice.payment_succeeded", invoice)
    else:
        world.journal.tell("invoice.updated", invoice)
    if amount > used:
        world.journal.tell("invoice.overpaid", invoice)
    world.journal.tell("invoice_payment.paid", payment)


def resize_default(world: World, invoice: Body) -> None:
    """INV-PAY-029: the default payment asks for what remains, or is no longer needed."""
    payment = default_payment(world, invoice)
    if payment is None or payment["status"] != "open":
        return
    intent = world.payment_intents.rows[payment["_intent"]]
    if invoice["amount_remaining"] == 0:
        charging.cancel(world, intent)
        cancel_payment(world, payment)
    else:
        world.journal.watch(payment)
        world.journal.watch(intent)
        payment["amount_requested"] = intent["amount"] = invoice["amount_remaining"]


def close(world: World, invoice: Body) -> None:
    """``paid``: nothing advances any more (INV-PAY-035)."""
    world.journal.watch(invoice)
    world.invoices.set(invoice, "status", "paid")
    invoice["auto_advance"] = False
    invoice["next_payment_attempt"] = None
    invoice["status_details"] = None
    invoice["status_transitions"] = {**invoice["status_transitions"], "paid_at": world.now()}
    _activate(world, invoice)


def _activate(world: World, invoice: Body) -> None:
    """INV-SUB-022, INV-SUB-039: paying what was owed brings a subscription (back) to life."""
    subscription = world.subscriptions.get(invoice.get("_subscription") or "")
    if subscription is not None and subscription["status"] in ("incomplete", "past_due", "unpaid"):
        world.journal.watch(subscription)
        world.subscriptions.set(subscription, "status", "active")
        world.journal.tell("customer.subscription.updated", subscription)


def abandon(world: World, invoice: Body, reason: str | None = None) -> None:
    """Whatever waited for money stops waiting (INV-PAY-019, INV-TRN-003)."""
    for payment in world.invoice_payments.of("invoice", invoice["id"]):
        if payment["status"] == "open":
            charging.cancel(world, world.payment_intents.rows[payment["_intent"]], reason)
            cancel_payment(world, payment)
