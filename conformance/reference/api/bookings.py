"""What moves in the account's own balance: charges come in, refunds go out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from conformance.reference.model import money

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

DAY = 86400
#: Days until a charge is available in the account's balance.
SETTLES_IN = 7


def book(world: World, row: Body, amount: int, kind: str) -> None:
    """The entry in the account's own balance: 2.9% and 30 for Stripe on a charge, nothing on a refund."""
    fee = money.half_up(Decimal(amount) * 29 / 1000) + 30 if kind == "charge" else 0
    now = world.now()
    entry: Body = {
        "id": world.new("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": (now // DAY + SETTLES_IN) * DAY,
        "balance_type": "payments",
        "created": now,
        "currency": row["currency"],
        "description": row.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [_fee(fee, row["currency"])] if fee else [],
        "net": amount - fee,
        "reporting_category": kind,
        "source": row["id"],
        "status": "pending",
        "type": kind,
    }
    row["balance_transaction"] = world.balance_transactions.add(entry)["id"]


def _fee(amount: int, currency: str) -> Body:
    return {
        "amount": amount,
        "application": None,
        "currency": currency,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }


def refund(world: World, charge_row: Body, amount: int, reason: str | None = None) -> Body:
    """The refund itself; the caller counts it on the charge and tells of it."""
    row: Body = {
        "id": world.new("re_"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge_row["id"],
        "created": world.now(),
        "currency": charge_row["currency"],
        "destination_details": {
            "card": {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"},
            "type": "card",
        },
        "metadata": {},
        "payment_intent": charge_row["payment_intent"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    world.refunds.add(row)
    world.journal.born(row)
    book(world, row, -amount, "refund")
    return row
