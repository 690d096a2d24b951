"""Customers, their balance and its ledger."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.reference.api import cycles, discounts, drafts, payment_methods, tax_ids
from conformance.reference.api.call import Call, clean_metadata, found, merge_metadata, or_none, stub
from conformance.reference.model import ledger
from conformance.reference.model.problems import problem, refused
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

_PREFIX = re.compile(r"[A-Z0-9]{1,12}\Z")
MOST_ON_A_CLOCK = 3
_PLAIN = ("description", "email", "name", "phone")


def create(call: Call) -> Body:
    """A customer; ``payment_method`` is attached, and the default for invoices only where that is asked for, too."""
    world = call.world
    row: Body = {
        "id": world.new("cus_"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": world.now(),
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": None,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": clean_metadata(call.get("metadata")),
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": _clock(world, call.get("test_clock")),
    }
    _take_prefix(world, row, call.get("invoice_prefix") or world.ids.token(8, upper=True))
    attached = None
    if call.get("payment_method"):
        attached = payment_methods.resolve(world, call.params["payment_method"], "payment_method")
        _attach(call, row, attached)
    _set_fields(call, row, attached)
    world.customers.add(row)
    _set_coupon(world, row, call.params)
    if call.get("balance"):
        ledger.record(
            world, row, call.params["balance"], "initial", currency=row["currency"] or world.currency
        )  # INV-BAL-006
    world.journal.tell("customer.created", row)
    for one in call.get("tax_id_data", ()):
        tax_ids.make(world, row, one)
    return row


def _clock(world: World, identifier: str | None) -> str | None:
    """INV-SUB-032: three customers per test clock."""
    if identifier is None:
        return None
    clock = found(world.test_clocks, identifier, "test clock", "test_clock", status=400)
    if len(world.customers.of("test_clock", clock["id"])) >= MOST_ON_A_CLOCK:
        raise problem(f"You cannot add more than {MOST_ON_A_CLOCK} customers to a test clock.", param="test_clock")
    return str(clock["id"])


def _attach(call: Call, customer: Body, method: Body) -> None:
    if method["_card"].on_attach is not None:
        raise payment_methods.declined(method["_card"].on_attach, param="")
    call.world.payment_methods.set(method, "customer", customer["id"])


def _take_prefix(world: World, row: Body, prefix: str) -> None:
    """INV-FIN-013."""
    if not _PREFIX.match(prefix):
        raise refused("POST /v1/customers[/{id}]", "invoice_prefix-malformed")
    owner = world.prefixes.get(prefix)
    if owner != row["id"] and (owner or "") in world.customers:
        message = f"This invoice number prefix is taken by customer: {owner}"
        raise refused("POST /v1/customers[/{id}]", "invoice_prefix-taken", message)
    world.prefixes.pop(row["invoice_prefix"], None)
    world.prefixes[prefix] = row["id"]
    row["invoice_prefix"] = prefix


def _set_fields(call: Call, row: Body, attached: Body | None = None) -> None:
    for name in _PLAIN:
        if name in call.params:
            row[name] = or_none(call.params[name])
    if "address" in call.params:
        row["address"] = _address(call.params["address"])
    if "shipping" in call.params:
        row["shipping"] = _shipping(call.params["shipping"])
    if "preferred_locales" in call.params:
        row["preferred_locales"] = call.params["preferred_locales"] or []
    if "tax_exempt" in call.params:
        row["tax_exempt"] = call.params["tax_exempt"] or "none"
    if "next_invoice_sequence" in call.params:
        row["next_invoice_sequence"] = call.params["next_invoice_sequence"]
    _set_invoice_settings(call, row, attached)


def _set_invoice_settings(call: Call, row: Body, attached: Body | None) -> None:
    sent = call.get("invoice_settings", {})
    settings = {name: sent[name] or None for name in ("custom_fields", "footer", "rendering_options") if name in sent}
    if "default_payment_method" in sent:
        settings["default_payment_method"] = _own_method(call, row, sent["default_payment_method"], attached)
    row["invoice_settings"] = {**row["invoice_settings"], **settings}


def _set_coupon(world: World, row: Body, sent: dict[str, Any]) -> None:
    """Before basil a customer could have a discount; its invoices inherit it (INV-CRE-029)."""
    if "coupon" in sent or "promotion_code" in sent:
        old = [row["discount"]["id"]] if row["discount"] else []
        made = discounts.apply(world, discounts.by_coupon(sent), row, param="", once=False)
        discounts.replace(world, old, made)
        row["discount"] = world.discounts.rows[made[0]] if made else None


def _own_method(call: Call, row: Body, identifier: str, attached: Body | None) -> str | None:
    """The default for invoices must be attached to this customer."""
    if not identifier:
        return None
    if attached and identifier == call.params["payment_method"]:  # a test id stands for a new one each time
        return str(attached["id"])
    param = "invoice_settings[default_payment_method]"
    method = payment_methods.resolve(call.world, identifier, param)
    if method["customer"] != row["id"]:
        raise problem(
            f"The customer does not have a payment method with the ID {identifier}. The payment method must be "
            "attached to the customer.",
            code="resource_missing",
            param=param,
        )
    return str(method["id"])


def _address(sent: Any) -> Body | None:
    blank = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
    return {**blank, **{name: or_none(value) for name, value in sent.items()}} if sent else None


def _shipping(sent: Any) -> Body | None:
    return (
        {"address": _address(sent["address"]), "name": sent["name"], "phone": or_none(sent.get("phone"))}
        if sent
        else None
    )


def retrieve(call: Call) -> Body:
    """A deleted customer is still known, as a stub."""
    gone = call.world.deleted_customers.get(call.ids[0])
    return gone or found(call.world.customers, call.ids[0], "customer")


def update(call: Call) -> Body:
    world = call.world
    row = found(world.customers, call.ids[0], "customer")
    world.journal.watch(row)
    email = row["email"]
    if "invoice_prefix" in call.params:
        _take_prefix(world, row, call.params["invoice_prefix"])
    _set_fields(call, row)
    if row["email"] != email:
        changed, row["email"] = row["email"], email
        world.customers.set(row, "email", changed)
    merge_metadata(row, call.get("metadata"))
    _set_coupon(world, row, call.params)
    if "balance" in call.params and call.params["balance"] != row["balance"]:
        ledger.record(
            world,
            row,
            call.params["balance"] - row["balance"],
            "adjustment",
            currency=row["currency"] or world.currency,
        )
    drafts.refresh(world, row)
    world.journal.tell("customer.updated", row)
    return row


def delete(call: Call) -> Body:
    """Subscriptions end; invoices stay, drafts keep the customer's id (INV-EVT-029)."""
    row = found(call.world.customers, call.ids[0], "customer")
    forget(call.world, row)
    call.world.journal.tell("customer.deleted", row)
    return stub(row)


def forget(world: World, row: Body) -> None:
    """The customer is gone, and what only lives with it."""
    for method in world.payment_methods.of("customer", row["id"]):
        world.payment_methods.set(method, "customer", None)
    for subscription in world.subscriptions.of("customer", row["id"]):
        if subscription["status"] not in cycles.ENDED:
            cycles.end(world, subscription)
    world.customers.remove(row)
    world.prefixes.pop(row["invoice_prefix"], None)
    world.deleted_customers[row["id"]] = stub(row)


def listed(call: Call) -> Body:
    return pages.page(
        call.world.customers,
        call.params,
        "/v1/customers",
        noun="customer",
        equal={name: call.params[name] for name in ("email", "test_clock") if name in call.params},
    )


def create_balance_transaction(call: Call) -> Body:
    """INV-BAL-002."""
    world = call.world
    row = found(world.customers, call.ids[0], "customer", "customer")
    currency = call.params["currency"].lower()
    if row["currency"] not in (None, currency):
        raise problem(
            f"The currency of the balance transaction ({currency}) must match the currency of the customer "
            f"({row['currency']}).",
            param="currency",
        )
    entry = ledger.record(world, row, call.params["amount"], "adjustment", currency=currency)
    row["currency"] = currency
    entry["description"] = or_none(call.get("description"))
    entry["metadata"] = clean_metadata(call.get("metadata"))
    drafts.refresh(world, row)
    return entry


def retrieve_balance_transaction(call: Call) -> Body:
    found(call.world.customers, call.ids[0], "customer", "customer")
    return found(call.world.balances, call.ids[1], "customer balance transaction", "transaction")


def update_balance_transaction(call: Call) -> Body:
    """INV-BAL-003: only description and metadata."""
    entry = retrieve_balance_transaction(call)
    if "description" in call.params:
        entry["description"] = or_none(call.params["description"])
    merge_metadata(entry, call.get("metadata"))
    return entry


def list_balance_transactions(call: Call) -> Body:
    """INV-BAL-004."""
    found(call.world.customers, call.ids[0], "customer", "customer")
    return pages.page(
        call.world.balances,
        call.params,
        call.path,
        noun="customer balance transaction",
        equal={"customer": call.ids[0]},
    )
