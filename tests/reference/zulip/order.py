"""In which order the calls of a flow were made, as far as that matters: what an answer shows must have happened before.

Within one method the order is recorded. Between methods a call waits until what its answer shows is there: an invoice
for the items on its lines, a change of the customer for the invoices it counts, a refused payment for its card. A call
that is not recorded although what it made is shown is put in, with the number `AGAIN`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.reference.zulip.recorded import Body, Flow, Recorded, hollow

AGAIN = 0
#: The earlier in the list, the earlier it is sent where nothing else decides.
_FIRST = (
    "Customer.create",
    "PaymentIntent.create",
    "PaymentMethod.detach",
    "PaymentMethod.create",
    "SetupIntent.create",
    "Customer.modify",
    "PaymentIntent.confirm",
    "Invoice.pay",
    "Invoice.void_invoice",
    "Customer.create_balance_transaction",
)


class Chain(NamedTuple):
    """One invoice from its items to its finalization, in the order of the calls."""

    customer: str
    calls: tuple[Recorded, ...]
    shown: Body  # as it was finalized, or made

    @property
    def name(self) -> str:
        return str(self.shown["id"])


class Order:
    """The writes of one flow, one after the other. ``left``: the calls that never found their turn."""

    def __init__(self, flow: Flow) -> None:
        self._queues = {call: flow.of(call) for call in _FIRST}
        self._chains = list(chains(flow))
        self._known = customers(flow)
        self._finalized: list[Chain] = []
        self._counted: Counter[str] = Counter()  # finalized invoices of each customer
        self._done: Counter[str] = Counter()
        self._cards: list[str] = []  # last digits, in the order they were made
        self._intents: set[str] = set()
        self._paid: set[int] = set()
        self._waiting: list[str] = []  # cards that are attached and not the default yet
        self._default = ""
        self._defaults: set[str] = set()
        made = {one.body["id"] for one in self._queues["Customer.create"]}
        for name, body in self._known.items():
            if name not in made:
                self._queues["Customer.create"].append(Recorded("Customer.create", AGAIN, 200, body, 0))

        self._queues["Customer.modify"] += _changed(flow, self._queues["Customer.modify"])

    @property
    def left(self) -> list[Recorded]:
        return [one for queue in self._queues.values() for one in queue]

    def writes(self) -> Iterator[Recorded]:
        while True:
            found = next((one for call in _FIRST if (one := self._turn(call))), None)
            if found:
                self._queues[found.call].remove(found)
                self._note(found)
                yield found
            elif self._chains:
                chain = self._chains.pop(0)
                yield from chain.calls
                self._finalized.append(chain)
                self._counted[self._who(chain.customer)] += 1
            else:
                return

    def _turn(self, call: str) -> Recorded | None:
        queue = self._queues[call]
        return queue[0] if queue and self._ready(queue[0]) else None

    def _ready(self, one: Recorded) -> bool:
        return _READY.get(one.call, Order._always)(self, one)

    def _always(self, _one: Recorded) -> bool:
        return True

    def _intent(self, _one: Recorded) -> bool:
        """One intent after the other, unless the next one that is confirmed is not made yet."""
        coming = self._queues["PaymentIntent.confirm"][:1]
        return not self._settling() and (not coming or intent_of(coming[0].body) not in self._intents)

    def _settling(self) -> bool:
        """Whether an invoice is still to come for what was paid before: such a payment is a line that takes away."""
        return any(line["amount"] in self._paid for chain in self._chains[:1] for line in chain.shown["lines"]["data"])

    def _card(self, _one: Recorded) -> bool:
        refused = self._refused()
        waits = self._queues["SetupIntent.create"] and len(self._cards) > self._done["SetupIntent.create"]
        waits = waits or (self._queues["PaymentIntent.create"] and len(self._cards) >= len(self._intents))
        return not waits and (not refused or refused not in self._cards)

    def _setup(self, _one: Recorded) -> bool:
        """Each card is made the default before the next one is set up."""
        changes = [one for one in self._queues["Customer.modify"] if default_method(one.body)]
        return self._done["SetupIntent.create"] < len(self._cards) and (not changes or not self._waiting)

    def _change(self, one: Recorded) -> bool:
        """As much has happened to the customer as the answer shows, and no other card is needed any more."""
        customer, refused = one.body, self._refused()
        if default_method(customer) and self._queues["SetupIntent.create"] and not self._waiting:
            return False
        counted = self._counted[customer["id"]]
        reached = counted >= (customer.get("next_invoice_sequence") or 1) - 1
        return bool(reached and (counted or not customer["currency"]) and not (refused and refused == self._default))

    def _confirm(self, one: Recorded) -> bool:
        made = intent_of(one.body) in self._intents or not self._queues["PaymentIntent.create"]
        made = made and not self._settling()
        return made and (
            one.status == 200 or self._refused() in self._cards or not self._queues["PaymentMethod.create"]
        )

    def _detach(self, one: Recorded) -> bool:
        """A card that was the default and is no longer needed, by a call that is refused either."""
        return one.body["card"]["last4"] in self._defaults and not self._refused()

    def _balance(self, _one: Recorded) -> bool:
        """Just before the invoice that begins with it."""
        return not self._chains or bool(self._chains[0].shown.get("starting_balance"))

    def _pay(self, one: Recorded) -> bool:
        if one.status != 200:
            return bool(self._finalized) and self._refused() == self._default
        return self._void(one)

    def _void(self, one: Recorded) -> bool:
        return any(chain.name == one.body["id"] for chain in self._finalized)

    def _refused(self) -> str:
        """The card of the next call that is recorded as refused: no other takes its place before that."""
        for call in ("PaymentIntent.confirm", "Invoice.pay"):
            for one in self._queues[call][:1]:
                if one.status != 200:
                    return card_of(one.body["error"])
        return ""

    def _who(self, name: str) -> str:
        """A customer by the name of its own answers; a hollow name stands for the first."""
        return name if name in self._known else next(iter(self._known), "")

    def _note(self, one: Recorded) -> None:
        if one.call == "PaymentMethod.create":
            self._cards.append(one.body["card"]["last4"])
        elif one.call == "PaymentIntent.create":
            self._intents.add(one.body["id"])
        elif one.call == "PaymentIntent.confirm" and one.status == 200:
            self._paid.add(-one.body["amount"])
        elif one.call == "SetupIntent.create" and one.status == 200:
            self._waiting.append(self._cards[self._done[one.call]])
        elif one.call == "Customer.modify" and default_method(one.body):
            self._default = self._waiting.pop(0) if self._waiting else ""
            self._defaults.add(self._default)
        self._done[one.call] += 1


_READY = {
    "PaymentIntent.create": Order._intent,
    "PaymentMethod.create": Order._card,
    "SetupIntent.create": Order._setup,
    "Customer.modify": Order._change,
    "PaymentIntent.confirm": Order._confirm,
    "PaymentMethod.detach": Order._detach,
    "Customer.create_balance_transaction": Order._balance,
    "Invoice.pay": Order._pay,
    "Invoice.void_invoice": Order._void,
}


def card_of(error: Body) -> str:
    """The last digits of the card that an error is about."""
    method = error.get("payment_method") or error.get("source") or {}
    intent = error.get("payment_intent") or {}
    method = method or intent.get("last_payment_error", {}).get("payment_method") or {}
    return str(method.get("card", method).get("last4", ""))


def intent_of(body: Body) -> str:
    return str(body.get("error", {}).get("payment_intent", body).get("id"))


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


def _changed(flow: Flow, recorded: list[Recorded]) -> Iterator[Recorded]:
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
