"""Revisions: a finalized invoice cloned into a draft that replaces it (INV-CRE-036, INV-FIN-030)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from conformance.reference.api import drafts, fresh, invoices, item_lines, items, prices
from conformance.reference.api.call import found, merge_metadata
from conformance.reference.model.problems import exclusive, problem

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: What a clone takes over from the original.
_CLONED = (
    "account_tax_ids",
    "collection_method",
    "custom_fields",
    "default_payment_method",
    "default_tax_rates",
    "description",
    "discounts",
    "footer",
    "payment_settings",
    "shipping_cost",
    "shipping_details",
    "statement_descriptor",
    "_tax_rates",
)
_REVISABLE = frozenset({"open", "uncollectible"})


def create(call: Call) -> Body:
    """``POST /v1/invoices``: a draft of its own, or one that revises another."""
    return _revise(call) if "from_invoice" in call.params else invoices.create(call)


def _revise(call: Call) -> Body:
    world, sent = call.world, call.params
    if "customer" in sent:
        raise exclusive("customer", "from_invoice")
    param = "from_invoice[invoice]"
    original = found(world.invoices, sent["from_invoice"]["invoice"], "invoice", param, status=400)
    if original["status"] not in _REVISABLE:
        raise problem(
            f"You can only revise open or uncollectible invoices. This invoice is {original['status']}.", param=param
        )
    customer = found(world.customers, original["customer"], "customer", "customer", status=400)
    row = fresh.draft(world, customer, original["currency"])
    row.update({name: original[name] for name in _CLONED})
    row["from_invoice"] = {"action": "revision", "invoice": original["id"]}
    row["metadata"] = dict(original["metadata"])
    if original["due_date"]:
        row["due_date"] = row["created"] + original["due_date"] - original["created"]
    world.invoices.add(row)
    world.journal.born(row)
    for line in reversed(original["_lines"]):
        item_lines.put_on(world, row, _clone(world, line, customer))
    invoices.set_fields(call, row)
    merge_metadata(row, sent.get("metadata"))
    drafts.recompute(world, row)
    world.journal.tell("invoice.created", row)
    return row


def _clone(world: World, line: Body, customer: Body) -> Body:
    """An item of its own for each line of the original."""
    now = world.now()
    row: Body = {
        "id": world.new("ii_"),
        "object": "invoiceitem",
        **{
            name: line[name]
            for name in ("amount", "currency", "description", "discountable", "discounts", "period", "pricing")
        },
        "customer": customer["id"],
        "customer_account": None,
        "date": now,
        "frozen_fields": [],
        "invoice": None,
        "invoicing_rules": [],
        "livemode": False,
        "metadata": dict(line["metadata"]),
        "net_amount": line["amount"],
        "parent": None,
        "proration": False,
        "quantity": line["quantity"],
        "quantity_decimal": line["quantity_decimal"],
        "tax_rates": [items.drop_private(world.tax_rates.rows[one]) for one in line["_tax_rates"]],
        "test_clock": customer["test_clock"],
        "_pending_for": customer["id"],
        "_subscription": None,
        "_subscription_item": None,
        "_tax_rates": line["_tax_rates"],
    }
    price = world.prices.rows[line["pricing"]["price_details"]["price"]]
    if (
        prices.amount_of(price, Decimal(line["quantity"])) != line["amount"]
    ):  # trials and prorations: an amount of its own
        own = prices.adhoc_price(world, line["currency"], Decimal(line["amount"]))
        details = {"price": own["id"], "product": own["product"]}
        unit = own["unit_amount_decimal"]
        row.update(quantity=1, quantity_decimal="1")
        row["pricing"] = {"price_details": details, "type": "price_details", "unit_amount_decimal": unit}
    return world.items.add(row)
