"""Invoices as chains of calls: the items, the draft, its finalization. Items have no name that leads to their invoice
where names are hollow; there they are told by what they say.

A call that is not recorded although what it made is shown is put in, with the number `AGAIN`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.reference.zulip.recorded import Body, Flow, Recorded, hollow

AGAIN = 0


class Chain(NamedTuple):
    """One invoice from its items to its finalization, in the order of the calls."""

    customer: str
    calls: tuple[Recorded, ...]
    shown: Body  # as it was finalized, or made

    @property
    def name(self) -> str:
        return str(self.shown["id"])


def default_method(customer: Body) -> Any:
    return (customer.get("invoice_settings") or {}).get("default_payment_method")


def chains(flow: Flow) -> Iterator[Chain]:
    """Each invoice with its items: those of the same content, in their order, once each."""
    made = {one.body["id"]: one for one in flow.of("Invoice.create")}
    finalized = {one.body["id"]: one for one in flow.of("Invoice.finalize_invoice")}
    for name, body in _listed(flow).items():
        if name not in finalized:
            finalized[name] = Recorded("Invoice.finalize_invoice", AGAIN, 200, body, 0)
    items = flow.of("InvoiceItem.create")
    known = customers(flow)
    balanced = bool(flow.of("Customer.create_balance_transaction"))
    for name in sorted({*made, *finalized}, key=[*made, *finalized].index if _unnumbered(made) else None):
        last = finalized.get(name)
        first = made.get(name) or Recorded("Invoice.create", AGAIN, 200, _draft(finalized[name].body), 0)
        shown = (last or first).body
        owner = _owner(shown, known)
        own = [_taken(items, line, shown) for line in shown["lines"]["data"]]
        swept = bool(first.body["lines"]["data"])
        own.reverse()  # the newest item is the first line
        if all(one.nth for one in own):
            own.sort(key=lambda one: one.nth)
        calls = [*own, first] if swept else [first, *own]
        calls = [one._replace(body={**one.body, "customer": owner}) for one in calls]
        if shown.get("starting_balance") and not balanced:
            calls.insert(0, _credited(shown, owner))
        if last:
            calls += [last, *_ended(flow, last)]
        yield Chain(owner, tuple(calls), shown)


def _unnumbered(made: dict[str, Recorded]) -> bool:
    return any(hollow(name) for name in made)


def _listed(flow: Flow) -> dict[str, Body]:
    """Invoices that a list shows, of which no call that made them is recorded."""
    found: dict[str, Body] = {}
    for one in flow.of("Invoice.list"):
        for body in one.body["data"]:
            if not hollow(body["id"]) and body["status"] != "draft":
                found.setdefault(body["id"], body)
    return found


def _ended(flow: Flow, last: Recorded) -> Iterator[Recorded]:
    """The call that paid or voided an invoice, where none is recorded of one that a list shows as paid or void."""
    call = {"paid": "Invoice.pay", "void": "Invoice.void_invoice"}.get(last.body["status"], "")
    recorded = any(one.body.get("id") == last.body["id"] for one in flow.of(call))
    if last.nth == AGAIN and call and last.body["amount_due"] and not recorded:
        yield Recorded(call, AGAIN, 200, last.body, 0)


def changed(flow: Flow, recorded: list[Recorded]) -> Iterator[Recorded]:
    """Changes of a customer's card that only an event shows."""
    known = {default_method(one.body) for one in recorded}
    for one in flow.of("Event.list"):
        for event in one.body["data"][::-1]:
            about, before = event["data"]["object"], event["data"].get("previous_attributes") or {}
            if event["type"] == "customer.updated" and "invoice_settings" in before:
                method = default_method(about)
                if method and not hollow(method) and not hollow(about["id"]) and method not in known:
                    known.add(method)
                    yield Recorded("Customer.modify", AGAIN, 200, about, 0)


def _owner(invoice: Body, known: dict[str, Body]) -> str:
    """Whose invoice it is; where the name is hollow, the customer with its address, or the only one."""
    name = str(invoice["customer"])
    if name in known or not known:
        return name
    own = [one for one, body in known.items() if body.get("email") == invoice["customer_email"]]
    return (own or list(known))[0]


def _credited(invoice: Body, owner: str) -> Recorded:
    amount = {"amount": invoice["starting_balance"], "currency": invoice["currency"], "id": "", "customer": owner}
    return Recorded("Customer.create_balance_transaction", AGAIN, 200, amount, 0)


def _taken(items: list[Recorded], line: Body, invoice: Body) -> Recorded:
    """The call that made a line's item; where it is not recorded, one that makes it again."""
    for one in items:
        if _same(one.body, line) and one.body["customer"] == invoice["customer"]:
            items.remove(one)
            return one
    body = {**line, "customer": invoice["customer"], "invoice": None}
    each, rest = divmod(line["amount"], line["quantity"] or 1)
    body["unit_amount"] = None if rest else each
    return Recorded("InvoiceItem.create", AGAIN, 200, body, 0)


def _same(item: Body, line: Body) -> bool:
    """Whether a line was made from an item: by its name, or where that is hollow by what it says."""
    name = line.get("invoice_item")
    if name and not hollow(name):
        return bool(name == item["id"])
    return all(item.get(key) == line.get(key) for key in ("amount", "quantity", "description", "period"))


def _draft(invoice: Body) -> Body:
    """What the answer to making an invoice must have been, from a later one: its lines stand for its items."""
    return {**invoice, "auto_advance": invoice["auto_advance"] or invoice["status"] != "open"}


def customers(flow: Flow) -> dict[str, Body]:
    """The first sight of every customer, as new; by the name that its invoices have for it."""
    found: dict[str, Body] = {}
    mentioned = {one.body.get("customer") for one in flow.answers}
    for one in flow.answers:
        if one.body.get("object") == "customer":
            found.setdefault(one.body["id"], {**one.body, "invoice_settings": None, "currency": None})
    for one in flow.of("Event.list"):
        for event in one.body["data"][::-1]:
            about = event["data"]["object"]
            if about["object"] == "customer" and about["id"] in mentioned and not hollow(about["id"]):
                found.setdefault(about["id"], {**about, "invoice_settings": None, "currency": None})
    for one in flow.answers:
        name = one.body.get("customer")
        if isinstance(name, str) and not hollow(name):
            found.setdefault(name, {"id": name, "email": one.body.get("customer_email", "made@example.com")})
    return found
