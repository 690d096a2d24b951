"""The customer balance: every change is an entry, and the balance is where the last entry ended (INV-BAL-001)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def record(
    world: World,
    customer: Body,
    amount: int,
    kind: str,
    *,
    currency: str,
    invoice: str | None = None,
    credit_note: str | None = None,
) -> Body:
    """Move the balance by ``amount`` (negative: credit) and note why. ``kind`` is one of INV-BAL-005."""
    world.journal.watch(customer)
    customer["balance"] += amount
    return world.balances.add(
        {
            "id": world.new("cbtxn_"),
            "object": "customer_balance_transaction",
            "amount": amount,
            "checkout_session": None,
            "created": world.now(),
            "credit_note": credit_note,
            "currency": currency,
            "customer": customer["id"],
            "customer_account": None,
            "description": None,
            "ending_balance": customer["balance"],
            "invoice": invoice,
            "livemode": False,
            "metadata": {},
            "type": kind,
        }
    )


def balance_for(customer: Body | None, currency: str) -> int:
    """What an invoice in ``currency`` starts from (INV-BAL-008)."""
    if customer is None or customer["currency"] not in (None, currency):
        return 0
    return int(customer["balance"])
