"""The lines of a draft, edited on the invoice: add, update, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import discounts, drafts, guard, item_lines, items, manual_taxes, rates
from conformance.reference.api.call import Call, found, merge_metadata
from conformance.reference.model.problems import exclusive, missing_object, problem

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def _editable(call: Call, operation: str, param: str) -> Body:
    row = found(call.world.invoices, call.ids[0], "invoice", param)
    guard.check(row, operation)
    call.world.journal.watch(row)
    return row


def _done(call: Call, row: Body) -> Body:
    merge_metadata(row, call.get("invoice_metadata"))
    drafts.recompute(call.world, row)
    call.world.journal.tell("invoice.updated", row)
    return row


def _line(row: Body, identifier: str, param: str, status: int = 400) -> Body:
    lines: list[Body] = row["_lines"]
    line = next((line for line in lines if line["id"] == identifier), None)
    if line is None:
        raise missing_object("invoice line item", identifier, param, status=status)
    return line


def add(call: Call) -> Body:
    """INV-EDT-016..018: each line makes an item of its own, or takes a pending one."""
    world = call.world
    row = _editable(call, "add_lines", "invoice")
    customer = found(world.customers, row["customer"], "customer", "invoice", status=400)
    lines = [(sent, f"lines[{index}]") for index, sent in enumerate(call.params["lines"])]
    made = [_item(world, row, customer, sent, param) for sent, param in lines]
    for item, (sent, param) in zip(made, lines, strict=True):
        manual_taxes.put_on(world, row, item_lines.put_on(world, row, item), sent, param)
    return _done(call, row)


def _item(world: World, row: Body, customer: Body, sent: dict[str, Any], param: str) -> Body:
    if "invoice_item" not in sent:
        item = items.make(world, customer, row["currency"], sent, param)
        world.journal.tell("invoiceitem.created", item)
        return item
    if len(sent) > 1:
        raise exclusive(
            "invoice_item", next(name for name in sent if name != "invoice_item"), param=f"{param}[invoice_item]"
        )
    item = found(world.items, sent["invoice_item"], "Invoice Item", f"{param}[invoice_item]", status=400)
    if item["invoice"] is not None or item["customer"] != row["customer"]:
        raise problem(
            "The invoice item must be pending and belong to the customer of the invoice.",
            param=f"{param}[invoice_item]",
        )
    return item


#: What a subscription's line takes; the rest is its subscription's (INV-EDT-023).
_OF_SUBSCRIPTION = frozenset({"tax_rates", "tax_amounts", "discounts", "metadata", "id"})


def _change(world: World, row: Body, line: Body, sent: dict[str, Any], param: str) -> None:
    """A line is its item's, but for the taxes that were worked out for it."""
    manual_taxes.put_on(world, row, line, sent, param)
    item = world.items.get(line["_item"] or "")
    if item is not None:
        items.change(world, item, sent, param)
        return
    fixed = [name for name in sent if name not in _OF_SUBSCRIPTION]
    if fixed:
        raise problem(
            f"Line items of a subscription don't take {fixed[0]}: change the subscription instead.", param=fixed[0]
        )
    if "tax_rates" in sent:
        line["_tax_rates"] = rates.checked_rates(
            world, sent["tax_rates"], f"{param}[tax_rates]" if param else "tax_rates"
        )
    if "discounts" in sent:
        owner = {**line, "object": "invoiceitem", "customer": row["customer"]}
        kept = discounts.apply(world, sent["discounts"], owner, param=f"{param}[discounts]" if param else "discounts")
        discounts.drop(world, [one for one in line["discounts"] if one not in kept])
        line["discounts"] = kept
    merge_metadata(line, sent.get("metadata"))


def update_one(call: Call) -> Body:
    """INV-EDT-019: answers with the line."""
    row = _editable(call, "update_line", "invoice")
    line = _line(row, call.ids[1], "line_item_id", 404)
    _change(call.world, row, line, call.params, "")
    _done(call, row)
    return line


def update_many(call: Call) -> Body:
    """INV-EDT-020: answers with the invoice."""
    row = _editable(call, "update_lines", "invoice")
    pairs = [(_line(row, sent["id"], f"lines[{index}][id]"), sent) for index, sent in enumerate(call.params["lines"])]
    for index, (line, sent) in enumerate(pairs):
        _change(call.world, row, line, sent, f"lines[{index}]")
    return _done(call, row)


def remove(call: Call) -> Body:
    """INV-EDT-021, INV-EDT-022."""
    world = call.world
    row = _editable(call, "remove_lines", "invoice")
    pairs = [
        (_line(row, sent["id"], f"lines[{index}][id]"), sent["behavior"])
        for index, sent in enumerate(call.params["lines"])
    ]
    for line, behavior in pairs:
        if line not in row["_lines"]:
            continue
        row["_lines"].remove(line)
        item = world.items.get(line["_item"] or "")
        if item is None:
            continue
        if behavior == "delete":
            items.forget(world, item)
            discounts.drop(world, item["discounts"])
        else:
            world.items.set(item, "invoice", None)
            world.items.set(item, "_pending_for", item["customer"])
    return _done(call, row)
