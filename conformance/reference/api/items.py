"""Invoice items, pending or on a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import discounts, drafts, guard, item_lines, prices, pricing, rates
from conformance.reference.api.call import Call, clean_metadata, found, merge_metadata, or_none, stub
from conformance.reference.model.problems import missing_param, problem, refused
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: INV-CRE-049.
MOST_ITEMS = 250


def create(call: Call) -> Body:
    """A pending item, or one on the draft named by ``invoice`` (INV-CRE-041..046)."""
    world, sent = call.world, call.params
    if "customer" not in sent:
        raise missing_param("customer")
    customer = found(world.customers, sent["customer"], "customer", "customer", status=400)
    invoice = found(world.invoices, sent["invoice"], "invoice", "invoice", status=400) if "invoice" in sent else None
    if invoice is not None:
        guard.check(invoice, "add_invoiceitem")
        _same_owner(invoice, customer, sent)
    currency = (
        prices.currency_of(sent["currency"]) if "currency" in sent else _default_currency(world, customer, invoice)
    )
    row = make(world, customer, currency, sent)
    take_currency(world, customer, currency)
    world.journal.tell("invoiceitem.created", row)
    if invoice is not None:
        item_lines.put_on(world, invoice, row)
        drafts.recompute(world, invoice)
        world.journal.tell("invoice.updated", invoice)
    return row


def _same_owner(invoice: Body, customer: Body, sent: dict[str, Any]) -> None:
    """INV-EDT-015, INV-ARI-039."""
    if invoice["customer"] != customer["id"]:
        raise problem("The invoice item's customer must match the invoice's customer.", param="invoice")
    if "currency" in sent and sent["currency"].lower() != invoice["currency"]:
        raise problem(
            f"The currency of the invoice item ({sent['currency'].lower()}) must match the currency of the "
            f"invoice ({invoice['currency']}).",
            param="currency",
        )


def _default_currency(world: World, customer: Body, invoice: Body | None) -> str:
    """INV-CRE-021, INV-CRE-043."""
    return str(invoice["currency"] if invoice else customer["currency"] or world.currency)


def take_currency(world: World, customer: Body, currency: str) -> None:
    """INV-CRE-022: the first charge settles the customer's currency."""
    if customer["currency"] is None:
        world.journal.watch(customer)
        customer["currency"] = currency
        world.journal.tell("customer.updated", customer)


def make(world: World, customer: Body, currency: str, sent: dict[str, Any], param: str = "") -> Body:
    """A new pending item from the parameters of an item, a line, or a preview's item."""
    if not any(way in sent for way in pricing.WAYS):
        raise missing_param(f"{param}[amount]" if param else "amount")
    priced = pricing.priced(world, currency, sent, param)
    now = world.now()
    row: Body = {
        "id": world.new("ii_"),
        "object": "invoiceitem",
        "amount": priced["amount"],
        "currency": currency,
        "customer": customer["id"],
        "customer_account": None,
        "date": now,
        "description": or_none(sent.get("description", priced["description"])),
        "discountable": sent.get("discountable", priced["amount"] >= 0),  # INV-CRE-044
        "discounts": [],
        "frozen_fields": [],
        "invoice": None,
        "invoicing_rules": [],
        "livemode": False,
        "metadata": clean_metadata(sent.get("metadata")),
        "net_amount": priced["amount"],
        "parent": None,
        "period": sent.get("period", {"end": now, "start": now}),
        "pricing": priced["pricing"],
        "proration": False,
        "quantity": priced["quantity"],
        "quantity_decimal": str(priced["quantity"]),
        "tax_rates": [],
        "test_clock": customer["test_clock"],
        "_pending_for": customer["id"],
        "_subscription": sent.get("subscription"),
        "_subscription_item": None,
        "_tax_rates": [],
    }
    _check_period(row["period"], param)
    world.items.add(row)
    row["discounts"] = discounts.apply(
        world, sent.get("discounts"), row, param=f"{param}[discounts]" if param else "discounts"
    )
    _set_rates(world, row, sent.get("tax_rates"), param)
    return row


def _set_rates(world: World, row: Body, sent: Any, param: str) -> None:
    row["_tax_rates"] = rates.checked_rates(world, sent, f"{param}[tax_rates]" if param else "tax_rates")
    row["tax_rates"] = [drop_private(world.tax_rates.rows[one]) for one in row["_tax_rates"]]


def drop_private(row: Body) -> Body:
    return {key: value for key, value in row.items() if key[0] != "_"}


def _check_period(period: Body, param: str) -> None:
    if period["end"] < period["start"]:
        name = f"{param}[period][end]" if param else "period[end]"
        raise problem("The period end must be greater than or equal to the period start.", param=name)


def tell_swept(world: World, rows: list[Body]) -> None:
    """INV-EVT-005: pending items that are about to go on an invoice, newest first."""
    for row in reversed(rows):
        world.journal.watch(row)
        world.journal.tell("invoiceitem.updated", row)


def change(world: World, row: Body, sent: dict[str, Any], param: str = "") -> None:
    """Apply the parameters of an update to the item and, on a draft, to its line; the caller recomputes the draft."""
    world.journal.watch(row)
    pricing.reprice(world, row, sent, param)
    for name in ("discountable", "period"):
        if name in sent:
            row[name] = sent[name]
    _check_period(row["period"], param)
    if "description" in sent:
        row["description"] = or_none(sent["description"])
    if "discounts" in sent:
        kept = discounts.apply(world, sent["discounts"], row, param=f"{param}[discounts]" if param else "discounts")
        discounts.drop(world, [one for one in reversed(row["discounts"]) if one not in kept])
        row["discounts"] = kept
    if "tax_rates" in sent:
        _set_rates(world, row, sent["tax_rates"], param)
    merge_metadata(row, sent.get("metadata"))
    invoice = world.invoices.get(row["invoice"] or "")
    if invoice is not None:
        item_lines.line_of(invoice, row).update(item_lines.line_fields(row, invoice))


def retrieve(call: Call) -> Body:
    return found(call.world.items, call.ids[0], "Invoice Item")


def update(call: Call) -> Body:
    world = call.world
    if call.ids[0] in world.lost_items:  # INV-EDT-009
        raise refused("POST /v1/invoiceitems/{id}", "its-draft-was-deleted")
    row = retrieve(call)
    invoice = world.invoices.get(row["invoice"] or "")
    if invoice is not None:
        guard.check(invoice, "update_invoiceitem")
    if invoice is not None:
        world.journal.watch(invoice)
        world.journal.tell("invoice.updated", invoice)
    change(world, row, call.params)
    world.journal.tell("invoiceitem.updated", row)
    if invoice is not None:
        drafts.recompute(world, invoice)
    return row


def delete(call: Call) -> Body:
    """INV-EDT-010, INV-EDT-011."""
    world = call.world
    if call.ids[0] in world.lost_items:
        raise refused("DELETE /v1/invoiceitems/{id}", "on-a-finalized-or-deleted-invoice")
    row = retrieve(call)
    invoice = world.invoices.get(row["invoice"] or "")
    if invoice is not None:
        guard.check(invoice, "delete_invoiceitem")
        world.journal.watch(invoice)
        invoice["_lines"].remove(item_lines.line_of(invoice, row))
        drafts.recompute(world, invoice)
    discounts.drop(world, row["discounts"])
    forget(world, row)
    if invoice is not None:
        world.journal.tell("invoice.updated", invoice)
    return stub(row)


def forget(world: World, row: Body) -> None:
    """The item is gone; the caller drops its discounts (INV-EVT-020)."""
    world.items.remove(row)
    world.journal.tell("invoiceitem.deleted", row)


def listed(call: Call) -> Body:
    """INV-CRE-047."""
    world, sent = call.world, call.params
    equal: dict[str, Any] = {}
    if "customer" in sent:
        equal["customer"] = found(world.customers, sent["customer"], "customer", "customer", status=400)["id"]
    if "invoice" in sent:
        equal["invoice"] = found(world.invoices, sent["invoice"], "invoice", "invoice", status=400)["id"]
    pending = sent.get("pending")
    if pending and "customer" in equal:
        equal["_pending_for"] = equal["customer"]
    return pages.page(
        world.items,
        sent,
        "/v1/invoiceitems",
        noun="Invoice Item",
        equal=equal,
        keep=lambda row: pending is None or (row["invoice"] is None) is pending,
    )
