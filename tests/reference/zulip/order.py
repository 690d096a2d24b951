"""In which order the calls of a flow were made, as far as that matters: what an answer shows must have happened before.

Within one method the order is recorded. Between methods a call waits until what its answer shows is there: an invoice
for the items on its lines, a change of the customer for the invoices it counts, a refused payment for its card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.reference.zulip.chains import AGAIN, Chain, chains, changed, customers, default_method
from tests.reference.zulip.recorded import Body, Flow, Recorded
from tests.reference.zulip.subscribed import created, subscribes

#: The earlier in the list, the earlier it is sent where nothing else decides.
_FIRST = (
    "Customer.create",
    "Subscription.create",
    "Subscription.save",
    "InvoiceItem.create",
    "Customer.save",
    "Subscription.delete",
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


class Order:
    """The writes of one flow, one after the other. ``left``: the calls that never found their turn."""

    def __init__(self, flow: Flow) -> None:
        self._queues = {call: flow.of(call) for call in _FIRST}
        self._chains = list(chains(flow))
        self._queues["Subscription.create"] = created(flow)
        if not subscribes(flow):  # there items belong to invoices, and customers are saved with new sources
            self._queues["Customer.save"] = self._queues["InvoiceItem.create"] = []
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

        self._queues["Customer.modify"] += changed(flow, self._queues["Customer.modify"])

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

    def _subscribed(self, _one: Recorded) -> bool:
        """After what was said of a customer who has bought nothing yet."""
        return not any(one.body["currency"] is None for one in self._queues["Customer.save"][:1])

    def _saved(self, one: Recorded) -> bool:
        return one.body["currency"] is None or not self._queues["Subscription.create"]

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
    "Subscription.create": Order._subscribed,
    "Customer.save": Order._saved,
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
    method: Body = error.get("payment_method") or error.get("source") or {}
    intent: Body = error.get("payment_intent") or {}
    method = method or intent.get("last_payment_error", {}).get("payment_method") or {}
    return str(method.get("card", method).get("last4", ""))


def intent_of(body: Body) -> str:
    return str(body.get("error", {}).get("payment_intent", body).get("id"))
