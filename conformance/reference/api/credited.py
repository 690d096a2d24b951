"""The lines of a credit note: parts of invoice lines with their share of discounts and taxes, or lines of their own
(INV-BAL-020..022).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conformance.reference.api import drafts, manual_taxes, rates
from conformance.reference.model import money
from conformance.reference.model.problems import exclusive, missing_object, missing_param, problem
from conformance.reference.model.totals import Charge, totals

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def lines(world: World, invoice: Body, sent: dict[str, Any]) -> list[Body]:
    """Lines as sent, or one line for a plain ``amount``; none where only the shipping is credited."""
    if "lines" in sent:
        return [_line(world, invoice, one, f"lines[{index}]") for index, one in enumerate(sent["lines"])]
    if "shipping_cost" in sent:
        return []
    return [_row(world, sent["amount"], "Credit", 1, "custom_line_item", None)]


def shipping(world: World, invoice: Body, sent: dict[str, Any]) -> Body | None:
    """The invoice's shipping cost, when its rate is named; once (INV-BAL-031)."""
    if "shipping_cost" not in sent:
        return None
    param = "shipping_cost[shipping_rate]"
    cost: Body | None = invoice["shipping_cost"]
    if cost is None or sent["shipping_cost"].get("shipping_rate") != cost["shipping_rate"]:
        raise problem("The shipping rate must be the shipping rate of the invoice.", param=param)
    earlier = world.credit_notes.of("invoice", invoice["id"])
    if any(note["shipping_cost"] and note["status"] != "void" for note in earlier):
        raise problem("The shipping cost of this invoice has already been credited.", param=param)
    return dict(cost)


def _line(world: World, invoice: Body, sent: dict[str, Any], param: str) -> Body:
    made = _of_invoice_line if sent["type"] == "invoice_line_item" else _custom
    row = made(world, invoice, sent, param)
    if sent.get("tax_amounts"):
        row["taxes"] = [drafts.tax_shown(tax) for tax in manual_taxes.of_note_line(world, sent, param)]
        row["tax_rates"] = []
        row["_total"] = row["amount"] - row["discount_amount"] + _on_top(row)
    return row


def _on_top(row: Body) -> int:
    return sum(tax["amount"] for tax in row["taxes"] if tax["tax_behavior"] == "exclusive")


def _row(
    world: World, amount: int, description: str | None, quantity: int | None, kind: str, source: str | None
) -> Body:
    each = None if not quantity else Decimal(amount) / quantity
    return {
        "id": world.new("cnli_"),
        "object": "credit_note_line_item",
        "amount": amount,
        "description": description,
        "discount_amount": 0,
        "discount_amounts": [],
        **({"invoice_line_item": source} if source else {}),
        "livemode": False,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": quantity,
        "tax_rates": [],
        "taxes": [],
        "type": kind,
        "unit_amount": None if each is None or each != int(each) else int(each),
        "unit_amount_decimal": None if each is None else money.plain(each.quantize(Decimal("1.000000000000"))),
        "_total": amount,
    }


def _custom(world: World, invoice: Body, sent: dict[str, Any], param: str) -> Body:
    for name in ("description", "quantity"):
        if name not in sent:
            raise missing_param(f"{param}[{name}]")
    unit = sent.get("unit_amount_decimal", sent.get("unit_amount"))
    if unit is None:
        raise missing_param(f"{param}[unit_amount]")
    row = _row(
        world,
        money.half_up(Decimal(unit) * sent["quantity"]),
        sent["description"],
        sent["quantity"],
        "custom_line_item",
        None,
    )
    chosen = rates.checked_rates(world, sent.get("tax_rates"), f"{param}[tax_rates]")
    exempt = invoice["customer_tax_exempt"]
    made = totals([Charge(row["amount"], rates=tuple(drafts.rate(world, one, exempt) for one in chosen))])
    row["taxes"] = [drafts.tax_shown(tax, exempt) for tax in made.taxes]
    row["tax_rates"] = [_shown_rate(world, one) for one in chosen]
    row["_total"] = made.total
    return row


def _shown_rate(world: World, identifier: str) -> Body:
    return {key: value for key, value in world.tax_rates.rows[identifier].items() if key[0] != "_"}


def _of_invoice_line(world: World, invoice: Body, sent: dict[str, Any], param: str) -> Body:
    """INV-BAL-021, INV-BAL-022: by quantity or by amount, with the line's discounts and taxes in proportion."""
    if "invoice_line_item" not in sent:
        raise missing_param(f"{param}[invoice_line_item]")
    source = next((line for line in invoice["_lines"] if line["id"] == sent["invoice_line_item"]), None)
    if source is None:
        raise missing_object("invoice line item", sent["invoice_line_item"], f"{param}[invoice_line_item]", status=400)
    if ("quantity" in sent) is ("amount" in sent):
        raise exclusive("amount", "quantity", param=f"{param}[amount]")
    if "quantity" in sent:
        part = Decimal(sent["quantity"]) / (source["quantity"] or 1)
    else:
        part = Decimal(sent["amount"]) / source["amount"] if source["amount"] else Decimal(0)
    if part > 1 or part <= 0:
        raise problem(
            "You cannot credit more than the invoice line item.",
            param=f"{param}[{'quantity' if 'quantity' in sent else 'amount'}]",
        )
    row = _row(
        world,
        money.half_up(source["amount"] * part),
        source["description"],
        sent.get("quantity"),
        "invoice_line_item",
        source["id"],
    )
    row["discount_amounts"] = [
        {**one, "amount": money.half_up(one["amount"] * part)} for one in source["discount_amounts"]
    ]
    row["discount_amount"] = sum(one["amount"] for one in row["discount_amounts"])
    row["pretax_credit_amounts"] = [{**one, "type": "discount"} for one in row["discount_amounts"]]
    row["taxes"] = [_part_of_tax(tax, part) for tax in source["taxes"]]
    ids = [tax["tax_rate_details"]["tax_rate"] for tax in source["taxes"]]
    row["tax_rates"] = [_shown_rate(world, one) for one in ids if "_automatic" not in world.tax_rates.rows[one]]
    row["_total"] = row["amount"] - row["discount_amount"] + _on_top(row)
    return row


def _part_of_tax(tax: Body, part: Decimal) -> Body:
    return {
        **tax,
        "amount": money.half_up(tax["amount"] * part),
        "taxable_amount": money.half_up(tax["taxable_amount"] * part),
    }


def discounts(made: list[Body]) -> list[Body]:
    """Summed per discount."""
    summed: dict[str, int] = {}
    for one in (one for line in made for one in line["discount_amounts"]):
        summed[one["discount"]] = summed.get(one["discount"], 0) + one["amount"]
    return [{"amount": amount, "discount": identifier} for identifier, amount in summed.items()]


def taxes(made: list[Body]) -> list[Body]:
    """Summed per rate."""
    summed: dict[str, Body] = {}
    for tax in (tax for line in made for tax in line["taxes"]):
        known = summed.setdefault(tax["tax_rate_details"]["tax_rate"], {**tax, "amount": 0, "taxable_amount": 0})
        known["amount"] += tax["amount"]
        known["taxable_amount"] += tax["taxable_amount"]
    return list(summed.values())
