"""InvoicePayments: list and retrieve (INV-PAY-032)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api.call import Call, found
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.table import Body


def retrieve(call: Call) -> Body:
    return found(call.world.invoice_payments, call.ids[0], "invoice payment", "invoice_payment")


def listed(call: Call) -> Body:
    sent = call.params
    equal: dict[str, Any] = {}
    if "invoice" in sent:
        equal["invoice"] = found(call.world.invoices, sent["invoice"], "invoice", "invoice", status=400)["id"]
    if "payment_intent" in sent.get("payment", {}):
        equal["_intent"] = sent["payment"]["payment_intent"]
    status = sent.get("status")
    return pages.page(
        call.world.invoice_payments,
        sent,
        "/v1/invoice_payments",
        noun="invoice payment",
        equal=equal,
        keep=lambda row: status is None or row["status"] == status,
    )
