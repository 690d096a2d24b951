"""Tax ids of customers: they stand on their invoices, and stay there once an invoice is finalized (INV-OBJ-015)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import drafts
from conformance.reference.api.call import Call, found, stub
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: Of these Stripe asks an authority. In test mode it answered within a minute or so, with this (recorded in 2022).
VERIFIED = frozenset({"au_abn", "eu_vat", "gb_vat"})
ANSWERS_IN = 60
ANSWER = {"status": "verified", "verified_address": "123 TEST STREET", "verified_name": "TEST"}


def create(call: Call) -> Body:
    world = call.world
    customer = found(world.customers, call.ids[0], "customer", "customer")
    row = make(world, customer, call.params)
    drafts.refresh(world, customer)
    return row


def make(world: World, customer: Body, sent: dict[str, Any]) -> Body:
    row: Body = {
        "id": world.new("txi_"),
        "object": "tax_id",
        "country": _country(sent["type"], sent["value"]),
        "created": world.now(),
        "customer": customer["id"],
        "customer_account": None,
        "livemode": False,
        "owner": {"customer": customer["id"], "type": "customer"},
        "type": sent["type"],
        "value": sent["value"],
        "verification": {
            "status": "pending" if sent["type"] in VERIFIED else "unavailable",
            "verified_address": None,
            "verified_name": None,
        },
    }
    world.tax_ids.add(row)
    world.journal.tell("customer.tax_id.created", row)
    if sent["type"] in VERIFIED:
        world.plan({**row, "test_clock": customer["test_clock"]}, world.now() + ANSWERS_IN, "verify")
    return row


def verify(world: World, identifier: str, _at: int) -> None:
    """It is of no interest whether the customer is still there."""
    row = world.tax_ids.get(identifier)
    if row is not None:
        world.journal.watch(row)
        row["verification"] = dict(ANSWER)
        world.journal.tell("customer.tax_id.updated", row)


def _country(kind: str, value: str) -> str | None:
    """A European number begins with its country, other kinds do themselves."""
    letters = value[:2] if kind == "eu_vat" else kind[:2]
    return letters.upper() if letters.isalpha() and kind != "eu_oss_vat" else None


def retrieve(call: Call) -> Body:
    found(call.world.customers, call.ids[0], "customer", "customer")
    return found(call.world.tax_ids, call.ids[1], "tax_id", "id")


def delete(call: Call) -> Body:
    world = call.world
    customer = found(world.customers, call.ids[0], "customer", "customer")
    row = retrieve(call)
    world.tax_ids.remove(row)
    drafts.refresh(world, customer)
    world.journal.tell("customer.tax_id.deleted", row)
    return stub(row)


def listed(call: Call) -> Body:
    found(call.world.customers, call.ids[0], "customer", "customer")
    equal = {"customer": call.ids[0]}
    return pages.page(call.world.tax_ids, call.params, call.path, noun="tax_id", equal=equal)
