"""Flows of an application that was recorded without its parameters (test mode, API 2025-11-17.clover and 2020-08-27),
rebuilt from its calls: the recorded figures, the order of events and what each event says has changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.reference.conftest import Client, start, stop
from tests.reference.telling import Body, Figures, Line, Story, figures, lines, told

CLOVER, THEN = "2025-11-17.clover", "2020-08-27"
_accounts = itertools.count()

BILLED = "invoice.updated: amount_due amount_remaining lines subtotal total"
FINALIZED = "ending_balance hosted_invoice_url invoice_pdf number status"


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, str]]:
    """By the version of their accounts, which their events have too."""
    started = {version: start("--api-version", version) for version in (CLOVER, THEN)}
    yield {version: base for version, (_, base) in started.items()}
    assert [stop(process) for process, _ in started.values()] == ["", ""], "a server printed a traceback"


@pytest.fixture
def clover(servers: dict[str, str]) -> Story:
    return story_of(servers, CLOVER)


@pytest.fixture
def then(servers: dict[str, str]) -> Story:
    return story_of(servers, THEN)


def story_of(servers: dict[str, str], version: str) -> Story:
    return Story(Client(servers[version], f"sk_test_zulip{next(_accounts)}", **{"Stripe-Version": version}))


def customer(story: Story) -> str:
    """A customer with a card to pay with."""
    owner: str = story.make("/customers", email="made@example.com")["id"]
    method = story.make("/payment_methods", type="card", card={"token": "tok_visa"})
    story.make(f"/payment_methods/{method['id']}/attach", customer=owner)
    story.make(f"/customers/{owner}", invoice_settings={"default_payment_method": method["id"]})
    story.told()
    return owner


def billed(story: Story, owner: str, quantity: int, each: int, **params: object) -> Body:
    """A draft, its one item, and the draft finalized."""
    invoice = story.make("/invoices", customer=owner, **params)
    assert (invoice["status"], invoice["amount_due"], invoice["lines"]["data"]) == ("draft", 0, [])
    assert story.told()[-1:] == told("invoice.created")
    item = story.make(
        "/invoiceitems",
        customer=owner,
        invoice=invoice["id"],
        quantity=quantity,
        unit_amount_decimal=str(each),
        currency="usd",
        discountable=False,
    )
    assert (item["amount"], item["quantity"]) == (quantity * each, quantity)
    assert story.told() == told("invoiceitem.created", BILLED)
    return story.make(f"/invoices/{invoice['id']}/finalize")


def money(invoice: Body) -> tuple[object, ...]:
    line = invoice["lines"]["data"][0]
    return (
        *(invoice[name] for name in ("status", "subtotal", "total", "amount_due", "amount_paid", "amount_remaining")),
        *(invoice[name] for name in ("attempt_count", "auto_advance")),
        *(line["amount"], line["quantity"], line["pricing"]["unit_amount_decimal"], line["discountable"]),
    )


def test_upgrade_by_card(clover: Story) -> None:
    """Six licenses at 8000: finalized by hand, then paid by the customer's card."""
    invoice = billed(clover, customer(clover), 6, 8000)
    line = (48000, 6, "8000", False)
    assert money(invoice) == ("open", 48000, 48000, 48000, 0, 48000, 0, False, *line)
    assert clover.told() == told(
        "payment_intent.created",
        f"invoice.updated: {FINALIZED} status_transitions.finalized_at",
        "invoice.finalized",
    )
    invoice = clover.make(f"/invoices/{invoice['id']}/pay")
    assert money(invoice) == ("paid", 48000, 48000, 48000, 48000, 0, 1, False, *line)
    assert sorted(clover.told()) == sorted(
        told(
            "charge.succeeded",
            "payment_intent.succeeded",
            "invoice.updated: amount_paid amount_remaining attempt_count attempted status status_transitions.paid_at",
            "invoice.paid",
            "invoice.payment_succeeded",
            "invoice_payment.paid",
        )
    )


def test_upgrade_by_invoice(clover: Story) -> None:
    """123 licenses at 8000 on a sent invoice that advances by itself, paid out of band: nothing is attempted."""
    owner = clover.make("/customers", email="made@example.com")["id"]
    invoice = billed(clover, owner, 123, 8000, collection_method="send_invoice", days_until_due=30, auto_advance=True)
    line = (984000, 123, "8000", False)
    assert money(invoice) == ("open", 984000, 984000, 984000, 0, 984000, 0, True, *line)
    assert clover.told() == told(
        "payment_intent.created",
        f"invoice.updated: automatically_finalizes_at {FINALIZED} status_transitions.finalized_at",
        "invoice.finalized",
    )
    invoice = clover.make(f"/invoices/{invoice['id']}/pay", paid_out_of_band=True)
    assert money(invoice) == ("paid", 984000, 984000, 984000, 984000, 0, 0, False, *line)
    assert clover.told() == told(
        "invoice.updated: amount_paid amount_remaining auto_advance status status_transitions.paid_at",
        "invoice.paid",
        "payment_intent.canceled",
    )


def test_void_all_open_invoices(clover: Story) -> None:
    """Open invoices of two customers are found by status and voided: what was due stays on them."""
    owners = [clover.make("/customers", email="made@example.com")["id"] for _ in range(2)]
    for owner in owners:
        billed(clover, owner, 8, 800, collection_method="send_invoice", days_until_due=30, auto_advance=True)
        clover.told()
    line = (6400, 8, "800", False)
    for owner in owners:
        (found,) = clover.api.get("/v1/invoices", customer=owner, status="open")["data"]
        assert money(found) == ("open", 6400, 6400, 6400, 0, 6400, 0, True, *line)
        clover.make(f"/invoices/{found['id']}/void")
        assert clover.api.get("/v1/invoices", customer=owner, status="open")["data"] == []
        (found,) = clover.api.get("/v1/invoices", customer=owner)["data"]
        assert money(found) == ("void", 6400, 6400, 6400, 0, 6400, 0, False, *line)


@pytest.mark.parametrize(("quantity", "each"), [(6, 1200), (6, 6000)])
def test_attach_discount_to_realm_nothing_is_left_to_pay(then: Story, quantity: int, each: int) -> None:
    """What was paid before stands on the invoice as a negative item: finalizing what is due to nothing pays it."""
    owner, amount = customer(then), quantity * each
    then.make("/invoiceitems", customer=owner, amount=-amount, currency="usd", discountable=False)
    assert then.told() == told("customer.updated: currency", "invoiceitem.created")
    then.make("/invoiceitems", customer=owner, quantity=quantity, unit_amount=each, currency="usd", discountable=False)
    assert then.told() == told("invoiceitem.created")
    invoice = then.make("/invoices", customer=owner, auto_advance=True)
    assert then.told() == told("invoiceitem.updated: invoice", "invoiceitem.updated: invoice", "invoice.created")
    assert figures(invoice) == Figures("draft", 0, 0, 0, 0, 0)
    assert lines(invoice) == [Line(amount, quantity), Line(-amount)]
    invoice = then.make(f"/invoices/{invoice['id']}/finalize")
    assert figures(invoice) == Figures("paid", 0, 0, 0, 0, 0)
    assert (invoice["attempt_count"], invoice["auto_advance"], invoice["paid"]) == (0, False, True)
    assert then.told() == told(  # when it would have advanced by itself is a field that was added later
        f"invoice.updated: automatically_finalizes_at attempted auto_advance {FINALIZED} next_payment_attempt paid "
        "status_transitions.finalized_at status_transitions.paid_at",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
    )


def test_attach_discount_to_realm_renewal_waits_for_its_charge(then: Story) -> None:
    """A renewal of six at 4000 is open after finalizing and goes on advancing."""
    owner = customer(then)
    then.make("/invoiceitems", customer=owner, quantity=6, unit_amount=4000, currency="usd", discountable=False)
    invoice = then.make("/invoices", customer=owner, auto_advance=True)
    invoice = then.make(f"/invoices/{invoice['id']}/finalize")
    assert figures(invoice) == Figures("open", 24000, 24000, 24000, 0, 24000)
    assert (invoice["attempt_count"], invoice["auto_advance"], invoice["paid"]) == (0, True, False)
    assert lines(invoice) == [Line(24000, 6)]
