"""Collecting what an invoice asks for: send, pay, attach_payment, and each attempt to charge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.api import charging, finalization, guard, payment_methods, settlement
from conformance.reference.api.call import Call, found
from conformance.reference.model.problems import StripeError, exclusive, missing_object, missing_param, problem, refused

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def send(call: Call) -> Body:
    """INV-SND-001..005, INV-EVT-016: a draft is finalized first; an e-mail never leaves, the event does."""
    world = call.world
    row = found(world.invoices, call.ids[0], "invoice", "invoice")
    guard.check(row, "send", version=call.version)
    if row["status"] == "draft":
        finalization.finalize_draft(world, row)
        finalization.tell_finalized(world, row)
    world.journal.tell("invoice.sent", row)
    return row


def pay(call: Call) -> Body:
    """INV-PAY-001..026: finalizes a draft, then charges; or records that the money came another way."""
    world = call.world
    row = found(world.invoices, call.ids[0], "invoice")
    out_of_band = call.get("paid_out_of_band", False)
    guard.check(row, "pay_out_of_band" if out_of_band else "pay")
    settlement.refuse_pending(world, row)
    given = _given_method(call, row)
    was_draft = row["status"] == "draft"
    if was_draft:
        finalization.finalize_draft(world, row)
    if row["status"] == "paid":
        finalization.tell_finalized(world, row)
        return row
    if was_draft:
        world.journal.restart(row)  # INV-EVT-010: it was open, say the events
    if out_of_band:
        _pay_out_of_band(world, row)
    else:
        _collect(call, row, given)
    if was_draft:
        world.journal.tell("invoice.finalized", row)
    return row


def _given_method(call: Call, row: Body) -> Body | None:
    """INV-PAY-024: the payment method of the call must be the customer's; Stripe's test ids make one that is."""
    identifier = call.get("payment_method") or call.get("source")
    if identifier is None:
        return None
    method = payment_methods.resolve(call.world, identifier, "payment_method")
    if method["customer"] is None and method["id"] != identifier:
        call.world.payment_methods.set(method, "customer", row["customer"])
    if method["customer"] != row["customer"]:
        raise problem(
            f"The customer does not have a payment method with the ID {identifier}. The payment method must be "
            "attached to the customer.",
            code="resource_missing",
            param="payment_method",
        )
    return method


def resolved_method(world: World, row: Body) -> Body | None:
    """INV-PAY-008: the invoice's own, the subscription's, the customer's."""
    subscription = world.subscriptions.get(row.get("_subscription") or "")
    customer = world.customers.get(row["customer"])
    candidates = (
        row["default_payment_method"],
        subscription["default_payment_method"] if subscription else None,
        customer["invoice_settings"]["default_payment_method"] if customer else None,
        customer["default_source"] if customer else None,
    )
    methods = (world.payment_methods.get(one or "") for one in candidates)
    return next((method for method in methods if method is not None), None)


def _pay_out_of_band(world: World, row: Body) -> None:
    """INV-PAY-016, INV-PAY-017, INV-PAY-019."""
    world.journal.watch(row)
    row["_paid_out_of_band"] = True
    row["_off_stripe"] = row["amount_remaining"]
    row["amount_paid"] += row["amount_remaining"]
    row["amount_remaining"] = 0
    settlement.close(world, row)
    world.journal.tell("invoice.updated", row)
    world.journal.tell("invoice.paid", row)
    _name_what_was_not_charged(world, row)
    settlement.abandon(world, row, "requested_by_customer")


def _name_what_was_not_charged(world: World, row: Body) -> None:
    """Recorded: the intent that is given up names the payment method that it would have charged."""
    intent, method = world.payment_intents.get(row["_intent"] or ""), resolved_method(world, row)
    if intent is not None and method is not None and intent["status"] == "requires_payment_method":
        world.journal.watch(intent)
        intent["payment_method"] = method["id"]


def _collect(call: Call, row: Body, given: Body | None) -> None:
    """Charge the invoice's PaymentIntent."""
    world = call.world
    method = given or resolved_method(world, row)
    if method is None:  # INV-PAY-009
        message = (
            "There is no `default_payment_method` set on this Customer or Invoice. Please set either an "
            "`invoice_settings.default_payment_method` "
            "on the Customer, or a `default_payment_method` on the Invoice, or pass a `payment_method`."
        )
        unpaid = refused("…/pay", "no-payment-method", message)
        unpaid.keeps = True  # a draft stays finalized (lifecycle row draft.pay.no-payment-method)
        raise unpaid
    error = attempt(world, row, method, call.version)
    if error is not None:
        raise error


def attempt(world: World, row: Body, method: Body, version: str, *, counts: bool = True) -> StripeError | None:
    """One try to charge ``method``; None when it went through (INV-PAY-012, INV-PAY-014, INV-PAY-025)."""
    world.journal.watch(row)
    intent = world.payment_intents.rows[row["_intent"]]
    charging.confirm(world, intent, method)
    row["attempted"] = True
    if counts:
        row["attempt_count"] = max(1, row["attempt_count"])
    if intent["status"] in ("succeeded", "processing"):
        settlement.follow(world, intent)
        return None
    world.journal.tell("invoice.updated", row)
    if intent["status"] == "requires_action":  # INV-PAY-015
        world.journal.tell("invoice.payment_action_required", row)
        message = (
            "This payment requires additional user action before it can be completed successfully. Payment can "
            "be completed using the PaymentIntent "
            "associated with the invoice. For more details see: https://stripe.com/docs/billing/subscriptions/payment#handling-action-required"
        )
        return refused("…/pay", "authentication-required", message)
    world.journal.tell("invoice.payment_failed", row)
    return charging.decline_error(world, intent, method, version)


def attach_payment(call: Call) -> Body:
    """INV-PAY-027, INV-PAY-028, INV-PAY-039."""
    world = call.world
    row = found(world.invoices, call.ids[0], "invoice")
    given = [name for name in ("payment_intent", "payment_record") if name in call.params]
    if not given:
        raise missing_param("payment_intent")
    if len(given) == 2:
        raise exclusive("payment_intent", "payment_record")
    if given == ["payment_record"]:
        raise missing_object("payment record", call.params["payment_record"], "payment_record", status=400)
    intent = found(world.payment_intents, call.params["payment_intent"], "payment_intent", "payment_intent", status=400)
    guard.check(row, "attach_payment")
    if row["status"] != "open":
        raise problem("You can only attach payments to open invoices. This invoice isn't open.")
    _check_attachable(world, row, intent)
    payment = settlement.open_payment(world, row, intent, default=False)
    if intent["status"] == "succeeded":
        settlement.receive(world, row, payment, intent["amount_received"])
    return row


def _check_attachable(world: World, row: Body, intent: Body) -> None:
    if intent["customer"] != row["customer"]:
        raise problem("The PaymentIntent's customer must match the invoice's customer.", param="payment_intent")
    if intent["currency"] != row["currency"]:
        raise problem("The PaymentIntent's currency must match the invoice's currency.", param="payment_intent")
    if intent["status"] == "canceled" or intent["_invoice"] or world.invoice_payments.has("_intent", intent["id"]):
        raise problem("This PaymentIntent cannot be attached to an invoice.", param="payment_intent")
    if (
        row["parent"] and row["collection_method"] == "charge_automatically" and intent["amount"] != row["total"]
    ):  # INV-PAY-040
        raise refused("…/attach_payment", "automatic-subscription-invoice-other-amount")
    if intent["amount"] > row["amount_remaining"]:
        raise problem(
            "The PaymentIntent's amount must not exceed the amount remaining on the invoice.", param="payment_intent"
        )
