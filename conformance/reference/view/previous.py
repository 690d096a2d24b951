"""What an object was before a change, under the names that an older version has for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.view import earlier
from conformance.reference.view.eras import BASIL, LATEST_CHARGE, older

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def before_then(world: World, before: Body, row: Body, changed: Body, version: str) -> Body:
    """``changed`` under the names that ``version`` has for it; fields derived then are compared as derived."""
    if row["object"] == "charge" and version < LATEST_CHARGE:
        return _refunds_before(world, row, changed)
    if version >= BASIL or row["object"] != "invoice":
        return changed
    old = {name: value for name, value in changed.items() if name not in _NOT_THEN}
    was, now = _derived(world, before), _derived(world, row)
    old.update({name: value for name, value in was.items() if value != now[name]})
    if "lines" in old:
        lines = old["lines"]
        old["lines"] = {**lines, "data": [older(world, "line_item", row, dict(one), version) for one in lines["data"]]}
    return old


#: What basil brought to invoices, in the stored shape.
_NOT_THEN = frozenset({"parent", "total_taxes", "amount_overpaid"})


def _derived(world: World, row: Body) -> Body:
    """INV-VER-001..006: what versions before basil derive."""
    intent = world.payment_intents.get(row["_intent"] or "")
    charged = intent is not None and not row["_paid_out_of_band"]
    stands = row["status"] in ("draft", "open")  # its charge is what the intent had before this request
    at_the_time = world.journal.earlier(intent) if intent is not None and stands else intent
    return {
        "charge": at_the_time["latest_charge"] if at_the_time is not None and charged else None,
        "discount": earlier.only_discount(world, row),
        "paid": row["status"] == "paid",
        "paid_out_of_band": row["_paid_out_of_band"],
        "payment_intent": row["_intent"] if charged else None,
        "tax": sum(tax["amount"] for tax in row["total_taxes"]) if row["total_taxes"] else None,
        "total_tax_amounts": [earlier.tax_amount(tax) for tax in row["total_taxes"]],
    }


def _refunds_before(world: World, row: Body, changed: Body) -> Body:
    """The refunds there were before this request, and their number."""
    rows = world.refunds.of("charge", row["id"])
    kept = [earlier.public(one) for one in rows if not world.journal.is_born(one)]
    return changed if len(kept) == len(rows) else {**changed, "refunds": {"data": kept[::-1], "total_count": len(kept)}}
