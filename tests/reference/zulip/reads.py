"""Reads stand where they fit: what each would have been answered is noted after every write, and the answer nearest to
the recorded one is taken, in the order of the reads of a method.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from tests.reference.zulip import subscribed
from tests.reference.zulip.recorded import Body, Flow, Recorded

if TYPE_CHECKING:
    from tests.reference.zulip.rebuilt import Rebuilt


class Reads:
    """What every read of a flow would have been answered after each write, and which of these it fits best."""

    def __init__(self, flow: Flow, rebuilt: Rebuilt) -> None:
        self._rebuilt = rebuilt
        self._queues = {call: flow.of(call) for call in _READS if flow.of(call)}
        self._expanded = {call: {_expanded(one.body) for one in queue} for call, queue in self._queues.items()}
        self._seen: dict[str, list[tuple[Body, frozenset[Any]]]] = {call: [] for call in self._queues}

    def look(self) -> None:
        for call in self._queues:
            for path, params in _READS[call](self._rebuilt):
                for expand in self._expanded[call]:
                    asked = {**params, **({"expand": list(expand)} if expand else {})}
                    answer = self._rebuilt.api.get(path, **asked)
                    if answer.status == 200:
                        self._seen[call].append((answer.body, facts(answer.body)))

    def fitted(self) -> Iterator[tuple[Recorded, Body, int]]:
        for call, queue in self._queues.items():
            at = 0
            for one in queue:
                if any(
                    charge["payment_intent"] is None for charge in one.body.get("data", ()) if call == "Charge.list"
                ):
                    self._rebuilt.left.append(
                        one
                    )  # a charge without an intent: an API that the reference does not have
                    continue
                wanted = facts(self._rebuilt.translated(one.body))
                rest = self._seen[call][at:]
                if not rest:
                    self._rebuilt.left.append(one)
                    continue
                best = min(range(len(rest)), key=lambda n: (len(wanted - rest[n][1]), len(rest[n][1] - wanted)))
                at += best
                yield one, rest[best][0], 200


def _of_customers(path: str, **params: str) -> Any:
    def asked(rebuilt: Rebuilt) -> Iterable[tuple[str, dict[str, str]]]:
        return [(path.format(name), {k: v.format(name) for k, v in params.items()}) for name in rebuilt.customers()]

    return asked


def _invoices(rebuilt: Rebuilt) -> Iterable[tuple[str, dict[str, str]]]:
    for name in rebuilt.customers():
        yield "/v1/invoices", {"customer": name}
        yield "/v1/invoices", {"customer": name, "status": "open"}
        yield "/v1/invoices", {"customer": name, "limit": "1"}


def _each(prefix: str, path: str) -> Any:
    return lambda rebuilt: [(path.format(name), {}) for name in rebuilt.made(prefix)]


_READS: dict[str, Any] = {
    "Customer.retrieve": _of_customers("/v1/customers/{}"),
    "Invoice.list": _invoices,
    "Invoice.retrieve": _each("in_", "/v1/invoices/{}"),
    "Invoice.refresh": _each("in_", "/v1/invoices/{}"),
    "Invoice.upcoming": subscribed.upcoming,
    "Subscription.retrieve": _each("sub_", "/v1/subscriptions/{}"),
    "InvoiceItem.list": _of_customers("/v1/invoiceitems", customer="{}"),
    "Charge.list": _of_customers("/v1/charges", customer="{}"),
    "PaymentIntent.list": _of_customers("/v1/payment_intents", customer="{}", limit="1"),
    "PaymentIntent.retrieve": _each("pi_", "/v1/payment_intents/{}"),
    "PaymentMethod.list": _of_customers("/v1/payment_methods", customer="{}", type="card"),
    "Customer.list_balance_transactions": _of_customers("/v1/customers/{}/balance_transactions"),
}
#: What may stand in a body in place of its name.
_EXPANDABLE = ("invoice_settings.default_payment_method",)


def _expanded(body: Body) -> tuple[str, ...]:
    found = []
    for path in _EXPANDABLE:
        node: Any = body
        for key in path.split("."):
            node = node.get(key) if isinstance(node, dict) else None
        if isinstance(node, dict):
            found.append(path)
    return tuple(found)


def facts(body: Body) -> frozenset[tuple[str, Any, int]]:
    """What a body says besides names, moments and addresses: by this a read is placed."""
    found: Counter[tuple[str, Any]] = Counter(_facts(body, ""))
    return frozenset((path, value, n) for (path, value), count in found.items() for n in range(count))


_KEEP = re.compile(r"[A-Za-z0-9 ,.()@-]{0,200}|(?:in|cus|pi|pm|ch)_[A-Za-z0-9]+")


def _facts(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _facts(value, f"{path}.{key}")
    elif isinstance(node, list):
        for n, value in enumerate(node):
            yield from _facts(value, f"{path}[{n}]")
    elif _KEEP.fullmatch(node) if isinstance(node, str) else node is None or node < 1_000_000_000:
        yield path, node
