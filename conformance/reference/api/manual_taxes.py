"""Taxes that the client has worked out itself: ``tax_amounts`` of lines and of credit notes (INV-ARI-028)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import rates
from conformance.reference.api.call import found
from conformance.reference.model.problems import exclusive, problem
from conformance.reference.model.totals import Rate, Tax

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def put_on(world: World, invoice: Body, line: Body, sent: dict[str, Any], param: str) -> None:
    """Instead of what was there; an empty value removes them. Not where rates are charged as well."""
    if "tax_amounts" not in sent:
        return
    if sent["tax_amounts"]:
        _refuse_both(invoice, sent, param)
    line["_tax_amounts"] = [
        Tax(_made_for(world, one["tax_rate_data"]), one["amount"], one["taxable_amount"], _reason(one))
        for one in sent["tax_amounts"] or ()
    ]


def _refuse_both(invoice: Body, sent: dict[str, Any], param: str) -> None:
    if sent.get("tax_rates"):
        raise exclusive("tax_amounts", "tax_rates", param=f"{param}[tax_amounts]" if param else "tax_amounts")
    rated = invoice["_tax_rates"] or any(line["_tax_rates"] for line in invoice["_lines"])
    if rated or invoice["automatic_tax"]["enabled"]:
        message = "You cannot set tax amounts on an invoice that has tax rates or uses automatic tax."
        raise problem(message, param=f"{param}[tax_amounts]" if param else "tax_amounts")


def _reason(sent: dict[str, Any]) -> str:
    return str(sent.get("taxability_reason", "not_available"))


def _made_for(world: World, data: dict[str, Any]) -> Rate:
    """The rate made for the same data before, or a new one: archived, and never to be put on anything."""
    key = ("tax_rate", *sorted(data.items()))
    row = world.tax_rates.get(world.adhoc.get(key, ""))
    if row is None:
        row = rates.make_tax_rate(world, data)
        row.update(active=False, jurisdiction_level=data.get("jurisdiction_level"), _automatic=True)
        world.adhoc[key] = row["id"]
    return Rate(row["id"], row["_percentage"], row["inclusive"])


def of_note_line(world: World, sent: dict[str, Any], param: str) -> list[Tax]:
    """By the rates that were made for the invoice's own amounts."""
    if sent.get("tax_rates"):
        raise exclusive("tax_amounts", "tax_rates", param=f"{param}[tax_amounts]")
    made = []
    for index, one in enumerate(sent["tax_amounts"]):
        name = f"{param}[tax_amounts][{index}][tax_rate]"
        row = found(world.tax_rates, one["tax_rate"], "tax rate", name, status=400)
        if "_automatic" not in row:
            raise problem("The tax rate must have been created automatically by Stripe.", param=name)
        made.append(Tax(Rate(row["id"], row["_percentage"], row["inclusive"]), one["amount"], one["taxable_amount"]))
    return made
