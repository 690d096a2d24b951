"""A draft follows its lines, its discounts and its customer: the figures are made anew after each change
(INV-EDT-012, INV-OBJ-015).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conformance.reference.model import ledger
from conformance.reference.model.totals import Charge, Rate, Reduction, Tax, Totals, drafted_due, totals

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: Invoice field -> customer field it mirrors while the invoice is a draft (INV-OBJ-015).
MIRRORED = {
    "customer_address": "address",
    "customer_email": "email",
    "customer_name": "name",
    "customer_phone": "phone",
    "customer_shipping": "shipping",
    "customer_tax_exempt": "tax_exempt",
}


def refresh(world: World, customer: Body) -> None:
    """Carry a change of the customer into its drafts."""
    for invoice in world.invoices.of("_draft_of", customer["id"]):
        world.journal.watch(invoice)
        mirror(world, customer, invoice)
        recompute(world, invoice)


def mirror(world: World, customer: Body, invoice: Body) -> None:
    for name, source in MIRRORED.items():
        invoice[name] = customer[source]
    known = world.tax_ids.of("customer", customer["id"])
    invoice["customer_tax_ids"] = [{"type": one["type"], "value": one["value"]} for one in known]


def recompute(world: World, invoice: Body) -> None:
    """All figures of a draft (INV-ARI-029, INV-ARI-030, INV-ARI-059, INV-OBJ-039)."""
    world.journal.watch(invoice)
    exempt = invoice["customer_tax_exempt"]
    charges = [charge(world, invoice, line, exempt) for line in invoice["_lines"]]
    reductions = _reductions(world, invoice["discounts"], invoice["currency"])
    shipping = invoice["shipping_cost"]["amount_subtotal"] if invoice["shipping_cost"] else 0
    made = totals(charges, reductions, shipping)
    for line, share in zip(invoice["_lines"], made.shares, strict=True):
        line["discount_amounts"] = [{"amount": amount, "discount": one} for one, amount in share.discounts]
        line["pretax_credit_amounts"] = _pretax(line["discount_amounts"])
        line["taxes"] = [tax_shown(tax, exempt) for tax in share.taxes]
        line["subtotal"] = line["amount"]
    _set_figures(invoice, made, exempt)
    invoice["amount_shipping"] = shipping
    invoice["starting_balance"] = ledger.balance_for(world.customers.get(invoice["customer"]), invoice["currency"])
    invoice["amount_due"] = drafted_due(made.total, invoice["starting_balance"])
    invoice["amount_remaining"] = invoice["amount_due"] - invoice["amount_paid"]
    if world.invoices.known(invoice["id"]):
        world.invoices.rank(invoice, "total", "due_date")


def _set_figures(invoice: Body, made: Totals, exempt: str) -> None:
    invoice["subtotal"] = made.subtotal
    invoice["subtotal_excluding_tax"] = made.subtotal_excluding_tax
    invoice["total"] = made.total
    invoice["total_excluding_tax"] = made.total_excluding_tax
    amounts = dict(made.discounts)
    for one in invoice["discounts"]:
        amounts.setdefault(one, 0)  # INV-ARI-004: an entry even where nothing could be reduced
    invoice["total_discount_amounts"] = [{"amount": amount, "discount": one} for one, amount in amounts.items()]
    invoice["total_pretax_credit_amounts"] = _pretax(invoice["total_discount_amounts"])
    invoice["total_taxes"] = [tax_shown(tax, exempt) for tax in made.taxes]


def charge(world: World, invoice: Body, line: Body, exempt: str) -> Charge:
    """A line as the arithmetic sees it: own rates override the invoice's (INV-ARI-025, INV-EDT-028)."""
    own = () if exempt == "exempt" else line["_tax_rates"] or invoice["_tax_rates"]
    rates = tuple([rate(world, one, exempt) for one in own])
    reductions = _reductions(world, line["discounts"], invoice["currency"])
    return Charge(line["amount"], line["discountable"], reductions, rates, tuple(line.get("_tax_amounts", ())))


def _reductions(world: World, discounts: list[str], currency: str) -> tuple[Reduction, ...]:
    found = [reduction(world, one, currency) for one in discounts]
    return tuple([one for one in found if one])


def rate(world: World, identifier: str, exempt: str) -> Rate:
    """INV-ARI-026: under reverse charge a rate stands with nothing to pay."""
    row = world.tax_rates.rows[identifier]
    return Rate(identifier, Decimal(0) if exempt == "reverse" else row["_percentage"], row["inclusive"])


def reduction(world: World, identifier: str, currency: str) -> Reduction | None:
    """A discount as the arithmetic sees it; None when its coupon is for another currency (INV-ARI-012)."""
    coupon: dict[str, Any] = world.discounts.rows[identifier]["_coupon"]
    if coupon["percent_off"] is not None:
        return Reduction(identifier, Decimal(str(coupon["percent_off"])))
    return Reduction(identifier, None, coupon["amount_off"]) if coupon["currency"] == currency else None


def _pretax(amounts: list[Body]) -> list[Body]:
    """INV-ARI-015."""
    return [{"amount": one["amount"], "discount": one["discount"], "type": "discount"} for one in amounts]


def tax_shown(tax: Tax, exempt: str = "none") -> Body:
    """One entry of ``taxes`` and ``total_taxes``."""
    return {
        "amount": tax.amount,
        "tax_behavior": "inclusive" if tax.rate.inclusive else "exclusive",
        "tax_rate_details": {"tax_rate": tax.rate.id},
        "taxability_reason": "reverse_charge" if exempt == "reverse" else tax.reason,
        "taxable_amount": tax.taxable,
        "type": "tax_rate_details",
    }
