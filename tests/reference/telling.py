"""What a recorded flow told, short enough to stand in a test: event types with what they say has changed, and the
figures of invoices.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.reference.conftest import Client

Body = dict[str, Any]

#: Of these objects ``previous_attributes`` holds only the parts that changed; elsewhere it holds all.
IN_PARTS = frozenset({"status_transitions", "metadata", "invoice_settings"})

#: Left out: what was added to invoices later without a version of its own, so that versions of before show it all the
#: same (INV-VER-018); and the customer's count of invoices, because the recorded account numbered by itself.
LEFT_OUT = frozenset(
    {
        "effective_at",
        "next_invoice_sequence",
        "rendering",
        "status_details",
        "subtotal_excluding_tax",
        "total_excluding_tax",
        "total_pretax_credit_amounts",
    }
)

#: The same of other objects: by the beginning of the event's type.
LEFT_OUT_OF = {"customer.subscription.": frozenset({"discounts"})}


class Told(NamedTuple):
    """One event; ``changed``: the keys of ``previous_attributes``, None where the event has none."""

    type: str
    changed: frozenset[str] | None = None


class Figures(NamedTuple):
    """The money of an invoice. ``discounts`` and ``taxes``: the amounts in the order of the recorded arrays."""

    status: str
    subtotal: int
    total: int
    due: int
    paid: int
    remaining: int
    discounts: tuple[int, ...] = ()
    taxes: tuple[int, ...] = ()


class Line(NamedTuple):
    amount: int
    quantity: int = 1
    discounts: tuple[int, ...] = ()
    taxes: tuple[int, ...] = ()


class Story:
    """A flow in one account: calls, and what was told since the last time it was asked."""

    def __init__(self, api: Client) -> None:
        self.api = api
        self.seen: set[str] = set()

    def make(self, path: str, **params: Any) -> Body:
        return self.api.make(f"/v1{path}", **params)

    def read(self, path: str) -> Body:
        answer = self.api.get(f"/v1{path}")
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def delete(self, path: str) -> Body:
        answer = self.api.delete(f"/v1{path}")
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def events(self) -> list[Body]:
        """Unseen events, oldest first."""
        made = [one for one in self.api.get("/v1/events", limit=100)["data"][::-1] if one["id"] not in self.seen]
        self.seen.update(one["id"] for one in made)
        return made

    def told(self) -> list[Told]:
        return [brief(event) for event in self.events()]


def told(*lines: str) -> list[Told]:
    """``"invoice.updated: total lines"`` names the type and what changed; without a colon nothing is said about it."""
    made = []
    for line in lines:
        kind, colon, changed = line.partition(":")
        made.append(Told(kind, frozenset(changed.split()) if colon else None))
    return made


def brief(event: Body) -> Told:
    previous = event["data"].get("previous_attributes")
    if previous is None:
        return Told(event["type"])
    parts = {name: set(value) if name in IN_PARTS and value else set() for name, value in previous.items()}
    unsaid = LEFT_OUT.union(*(names for start, names in LEFT_OUT_OF.items() if event["type"].startswith(start)))
    parts = {name: inside for name, inside in parts.items() if name not in unsaid}
    keys = {f"{name}.{part}" for name, inside in parts.items() for part in inside}
    return Told(event["type"], frozenset(keys | {name for name, inside in parts.items() if not inside}))


def amounts(rows: list[Body] | None) -> tuple[int, ...]:
    return tuple(row["amount"] for row in rows or ())


def figures(invoice: Body) -> Figures:
    """Of an invoice as versions before basil show it."""
    return Figures(
        invoice["status"],
        invoice["subtotal"],
        invoice["total"],
        invoice["amount_due"],
        invoice["amount_paid"],
        invoice["amount_remaining"],
        amounts(invoice["total_discount_amounts"]),
        amounts(invoice["total_tax_amounts"]),
    )


def lines(invoice: Body) -> list[Line]:
    return [
        Line(line["amount"], line["quantity"], amounts(line["discount_amounts"]), amounts(line["tax_amounts"]))
        for line in invoice["lines"]["data"]
    ]
