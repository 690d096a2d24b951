"""Flows of several calls: payments in parts, credit notes, revisions, balances, deleted drafts, and the events each
of them sends.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.reference import states
from tests.reference.conftest import Client

Body = dict[str, Any]


def events(api: Client, before: int = 0) -> list[Body]:
    """What was sent since, oldest first."""
    return list(api.get("/v1/events", limit=100)["data"])[::-1][before:]


def sent(api: Client, before: int) -> list[str]:
    return [event["type"] for event in events(api, before)]


def previous(api: Client, before: int, kind: str = "invoice.updated") -> set[str]:
    """The keys of ``previous_attributes`` of the one event of that kind."""
    (event,) = [one for one in events(api, before) if one["type"] == kind]
    return set(event["data"]["previous_attributes"])


def intent(api: Client, owner: str, amount: int, *, confirm: bool = True) -> Body:
    params: Body = {"payment_method": "pm_card_visa", "confirm": True} if confirm else {}
    return api.make("/v1/payment_intents", amount=amount, currency="usd", customer=owner, **params)


def payments(api: Client, invoice: Body) -> list[Body]:
    return list(api.get("/v1/invoice_payments", invoice=invoice["id"])["data"])


def test_a_part_is_paid_and_the_rest_stays_due(api: Client) -> None:
    """INV-PAY-027, INV-PAY-029."""
    invoice = states.opened(api, amount=1000)
    after = api.make(
        f"/v1/invoices/{invoice['id']}/attach_payment", payment_intent=intent(api, invoice["customer"], 400)["id"]
    )
    assert (after["amount_paid"], after["amount_remaining"], after["status"]) == (400, 600, "open")
    default = next(one for one in payments(api, invoice) if one["is_default"])
    assert default["amount_requested"] == 600
    paid = api.make(f"/v1/invoices/{invoice['id']}/pay")
    assert (paid["amount_paid"], paid["status"]) == (1000, "paid")


def test_an_unfinished_payment_waits_and_a_canceled_one_is_canceled(api: Client) -> None:
    """INV-PAY-028."""
    invoice = states.opened(api, amount=1000)
    waiting = intent(api, invoice["customer"], 1000, confirm=False)
    api.make(f"/v1/invoices/{invoice['id']}/attach_payment", payment_intent=waiting["id"])
    attached = next(one for one in payments(api, invoice) if not one["is_default"])
    assert (attached["status"], attached["amount_paid"]) == ("open", None)
    api.make(f"/v1/payment_intents/{waiting['id']}/cancel")
    assert api.get(f"/v1/invoice_payments/{attached['id']}")["status"] == "canceled"


def test_what_is_paid_too_much_becomes_credit(api: Client) -> None:
    """INV-PAY-031, INV-ARI-040."""
    invoice = states.opened(api, amount=1000)
    both = [intent(api, invoice["customer"], 1000, confirm=False) for _ in range(2)]
    for one in both:
        api.make(f"/v1/invoices/{invoice['id']}/attach_payment", payment_intent=one["id"])
    for one in both:
        api.make(f"/v1/payment_intents/{one['id']}/confirm", payment_method="pm_card_visa")
    after = api.get(f"/v1/invoices/{invoice['id']}")
    assert (after["status"], after["amount_overpaid"], after["amount_remaining"]) == ("paid", 1000, 0)
    assert api.get(f"/v1/customers/{invoice['customer']}")["balance"] == -1000


def test_the_intent_of_an_invoice_is_the_invoices_own(api: Client) -> None:
    """INV-PAY-030."""
    invoice = states.opened(api)
    (default,) = payments(api, invoice)
    assert api.post(f"/v1/payment_intents/{default['payment']['payment_intent']}/cancel").status == 400


def test_a_second_try_succeeds_and_does_not_count(api: Client) -> None:
    """INV-PAY-014."""
    owner = states.customer(api, payment_method="pm_card_chargeCustomerFail")
    invoice = states.opened(api, owner)
    assert api.post(f"/v1/invoices/{invoice['id']}/pay").status == 402
    assert api.get(f"/v1/invoices/{invoice['id']}")["attempt_count"] == 1
    paid = api.make(f"/v1/invoices/{invoice['id']}/pay", payment_method="pm_card_visa")
    assert (paid["status"], paid["attempt_count"]) == ("paid", 1)


def test_void_gives_back_the_credit_it_had_used(api: Client) -> None:
    """INV-TRN-004."""
    owner = states.customer(api)
    path = f"/v1/customers/{owner['id']}"
    api.make(f"{path}/balance_transactions", amount=-400, currency="usd")
    invoice = states.opened(api, owner, 1000)
    assert (invoice["amount_due"], api.get(path)["balance"]) == (600, 0)
    api.make(f"/v1/invoices/{invoice['id']}/void")
    assert api.get(path)["balance"] == -400
    kinds = [one["type"] for one in api.get(f"{path}/balance_transactions")["data"]]
    assert kinds == ["unapplied_from_invoice", "applied_to_invoice", "adjustment"]


def test_a_revision_replaces_its_original_when_it_is_finalized(api: Client) -> None:
    """INV-CRE-036, INV-FIN-030."""
    original = states.opened(api, metadata={"order": "1"})
    revision = api.make("/v1/invoices", from_invoice={"action": "revision", "invoice": original["id"]})
    assert (revision["status"], revision["total"], revision["metadata"]) == ("draft", original["total"], {"order": "1"})
    assert api.get(f"/v1/invoices/{original['id']}")["status"] == "open"
    api.make(f"/v1/invoices/{revision['id']}/finalize")
    replaced = api.get(f"/v1/invoices/{original['id']}")
    assert (replaced["status"], replaced["latest_revision"]) == ("void", revision["id"])


@pytest.mark.parametrize("state", ["draft", "paid", "void"])
def test_only_open_and_uncollectible_invoices_are_revised(api: Client, state: str) -> None:
    invoice = states.BUILD[state](api)
    assert api.post("/v1/invoices", from_invoice={"action": "revision", "invoice": invoice["id"]}).status == 400


def test_a_note_before_payment_lowers_the_due_and_can_be_taken_back(api: Client) -> None:
    """INV-ARI-042, INV-BAL-024, INV-EVT-018."""
    invoice = states.opened(api, amount=20000)
    before = len(events(api))
    note = api.make("/v1/credit_notes", invoice=invoice["id"], amount=2000)
    lowered = api.get(f"/v1/invoices/{invoice['id']}")
    assert (lowered["total"], lowered["amount_due"], lowered["amount_remaining"]) == (20000, 18000, 18000)
    assert (note["type"], note["number"]) == ("pre_payment", f"{invoice['number']}-CN-01")
    assert sent(api, before) == ["invoice.updated", "credit_note.created"]
    assert previous(api, before) == {"amount_due", "amount_remaining", "pre_payment_credit_notes_amount"}
    voided = api.make(f"/v1/credit_notes/{note['id']}/void")
    assert (voided["status"], api.get(f"/v1/invoices/{invoice['id']}")["amount_due"]) == ("void", 20000)
    again = api.make("/v1/credit_notes", invoice=invoice["id"], amount=100)
    assert again["number"].endswith("-CN-02")


def test_a_note_after_payment_goes_where_the_call_says(api: Client) -> None:
    """INV-BAL-012..016, INV-EVT-019."""
    invoice = states.paid(api, amount=20000)
    before = len(events(api))
    note = api.make(
        "/v1/credit_notes",
        invoice=invoice["id"],
        amount=600,
        refund_amount=100,
        credit_amount=200,
        out_of_band_amount=300,
    )
    after = api.get(f"/v1/invoices/{invoice['id']}")
    assert (after["amount_due"], after["amount_paid"], after["post_payment_credit_notes_amount"]) == (20000, 20000, 600)
    assert note["refunds"][0]["amount_refunded"] == 100
    assert note["out_of_band_amount"] == 300
    assert api.get(f"/v1/customers/{invoice['customer']}")["balance"] == -200
    assert sent(api, before) == ["charge.refunded", "invoice.updated", "customer.updated", "credit_note.created"]
    assert previous(api, before) == {"post_payment_credit_notes_amount"}


def test_a_note_on_a_part_paid_invoice_does_both(api: Client) -> None:
    """INV-BAL-013."""
    invoice = states.opened(api, amount=1000)
    api.make(f"/v1/invoices/{invoice['id']}/attach_payment", payment_intent=intent(api, invoice["customer"], 400)["id"])
    note = api.make("/v1/credit_notes", invoice=invoice["id"], amount=800, credit_amount=200)
    assert (note["type"], note["pre_payment_amount"], note["post_payment_amount"]) == ("mixed", 600, 200)
    assert api.get(f"/v1/invoices/{invoice['id']}")["status"] == "paid"


def test_lines_are_credited_with_their_discounts(api: Client) -> None:
    """INV-BAL-020, INV-BAL-022: ten at 2000 less 28%: one of them is worth 1440."""
    owner = states.customer(api)
    coupon = api.make("/v1/coupons", percent_off=28)
    invoice = states.draft(api, owner, None, discounts=[{"coupon": coupon["id"]}])
    price = api.make("/v1/prices", currency="usd", unit_amount=2000, product_data={"name": "Chocolate"})
    api.make(
        "/v1/invoiceitems", customer=owner["id"], invoice=invoice["id"], pricing={"price": price["id"]}, quantity=10
    )
    invoice = api.make(f"/v1/invoices/{invoice['id']}/finalize")
    line = invoice["lines"]["data"][0]["id"]
    note = api.make(
        "/v1/credit_notes",
        invoice=invoice["id"],
        lines=[{"type": "invoice_line_item", "invoice_line_item": line, "quantity": 1}],
    )
    assert (note["subtotal"], note["discount_amount"], note["total"]) == (2000, 560, 1440)


def test_more_than_was_billed_cannot_be_credited(api: Client) -> None:
    """INV-BAL-019."""
    invoice = states.opened(api, amount=1000)
    api.make("/v1/credit_notes", invoice=invoice["id"], amount=600)
    assert api.post("/v1/credit_notes", invoice=invoice["id"], amount=401).status == 400


def test_lines_stand_newest_first_and_ten_are_embedded(api: Client) -> None:
    """INV-OBJ-020, INV-OBJ-021."""
    owner = states.customer(api)
    invoice = states.draft(api, owner, None)
    for amount in range(1, 16):
        api.make("/v1/invoiceitems", customer=owner["id"], invoice=invoice["id"], amount=amount)
    shown = api.get(f"/v1/invoices/{invoice['id']}")["lines"]
    assert [line["amount"] for line in shown["data"]] == list(range(15, 5, -1))
    assert (shown["has_more"], shown["total_count"]) == (True, 15)
    rest = api.get(f"/v1/invoices/{invoice['id']}/lines", starting_after=shown["data"][-1]["id"])
    assert [line["amount"] for line in rest["data"]] == [5, 4, 3, 2, 1]
    assert "total_count" not in rest.body


def test_numbers_follow_the_customer_and_skip_deleted_drafts(api: Client) -> None:
    """INV-FIN-010..013."""
    owner = states.customer(api, invoice_prefix="SEQ1")
    api.delete(f"/v1/invoices/{states.draft(api, owner)['id']}")
    numbers = [states.opened(api, owner)["number"], states.paid(api, owner)["number"]]
    assert numbers == ["SEQ1-0001", "SEQ1-0002"]
    assert api.get(f"/v1/customers/{owner['id']}")["next_invoice_sequence"] == 3


def test_a_draft_follows_its_customer_until_it_is_finalized(api: Client) -> None:
    """INV-OBJ-015."""
    owner = states.customer(api, email="old@example.com")
    draft, final = states.draft(api, owner), states.opened(api, owner)
    api.make(f"/v1/customers/{owner['id']}", email="new@example.com")
    assert api.get(f"/v1/invoices/{draft['id']}")["customer_email"] == "new@example.com"
    assert api.get(f"/v1/invoices/{final['id']}")["customer_email"] == "old@example.com"


@pytest.mark.parametrize(
    ("path", "depth"),
    [
        ("customer", "customer"),
        ("payments.data.payment.payment_intent.latest_charge", "payments"),
        ("lines.data.pricing.price_details.price", "lines"),
        ("customer.invoice_settings.default_payment_method", "customer"),
    ],
)
def test_paths_are_expanded(api: Client, path: str, depth: str) -> None:
    """INV-LST-014, INV-LST-016."""
    invoice = states.paid(api)
    node: Any = api.get(f"/v1/invoices/{invoice['id']}", expand=[path]).body
    for step in path.split("."):
        node = node[step] if isinstance(node, dict) else next(one[step] for one in node)
    assert isinstance(node, dict), depth
    listed = api.get("/v1/invoices", customer=invoice["customer"], expand=[f"data.{path}"])
    assert listed.status == 200


@pytest.mark.parametrize("path", ["foo", "status", "customer.nope", "lines.nope", "data.customer", "a.b.c.d.e"])
def test_paths_that_are_none_are_refused(api: Client, path: str) -> None:
    """INV-LST-015."""
    answer = api.get(f"/v1/invoices/{states.draft(api)['id']}", expand=[path])
    assert (answer.status, answer.error["param"]) == (400, "expand")


FINALIZED = {
    "effective_at",
    "ending_balance",
    "hosted_invoice_url",
    "invoice_pdf",
    "number",
    "rendering",
    "status",
    "status_transitions",
}


def test_finalizing_and_paying_send_what_was_recorded(api: Client) -> None:
    """INV-EVT-003, INV-EVT-004, INV-EVT-006, INV-EVT-007, INV-EVT-009."""
    owner = states.customer(api)
    before = len(events(api))
    invoice = api.make("/v1/invoices", customer=owner["id"])
    assert sent(api, before) == ["customer.updated", "invoice.created"]
    before += 2
    api.make("/v1/invoiceitems", customer=owner["id"], invoice=invoice["id"], amount=500)
    assert sent(api, before) == ["invoiceitem.created", "invoice.updated"]
    figures = {"amount_due", "amount_remaining", "subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax"}
    assert previous(api, before) == figures | {"lines"}
    before += 2
    api.make(f"/v1/invoices/{invoice['id']}/finalize")
    assert sent(api, before) == ["payment_intent.created", "invoice.updated", "invoice.finalized"]
    assert previous(api, before) == FINALIZED
    before += 3
    api.make(f"/v1/invoices/{invoice['id']}/pay")
    assert sent(api, before) == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
    ]
    assert previous(api, before) == {
        "amount_paid",
        "amount_remaining",
        "attempt_count",
        "attempted",
        "status",
        "status_transitions",
    }


@pytest.mark.parametrize(
    ("state", "call", "expected"),
    [
        ("open", "/void", ["invoice.updated", "invoice.voided", "payment_intent.canceled"]),
        ("open", "/mark_uncollectible", ["invoice.updated", "invoice.marked_uncollectible"]),
    ],
)
def test_transitions_send_what_was_recorded(api: Client, state: str, call: str, expected: list[str]) -> None:
    """INV-EVT-014, INV-EVT-015."""
    invoice = states.BUILD[state](api)
    before = len(events(api))
    api.make(f"/v1/invoices/{invoice['id']}{call}")
    assert sent(api, before) == expected


def test_paying_a_draft_shows_it_paid_in_every_event(api: Client) -> None:
    """INV-EVT-010."""
    invoice = states.draft(api)
    before = len(events(api))
    api.make(f"/v1/invoices/{invoice['id']}/pay")
    made = events(api, before)
    assert made[-1]["type"] == "invoice.finalized"
    assert {event["data"]["object"]["status"] for event in made if event["type"].startswith("invoice.")} == {"paid"}


def test_out_of_band_sends_no_payment_succeeded(api: Client) -> None:
    """INV-EVT-011, INV-EVT-025."""
    invoice = states.opened(api, auto_advance=True)
    before = len(events(api))
    api.make(f"/v1/invoices/{invoice['id']}/pay", paid_out_of_band=True)
    assert sent(api, before) == ["invoice.updated", "invoice.paid", "payment_intent.canceled"]
    expected = {
        "amount_paid",
        "amount_remaining",
        "auto_advance",
        "next_payment_attempt",
        "status",
        "status_transitions",
    }
    assert previous(api, before) == expected


def test_a_decline_sends_its_events(api: Client) -> None:
    """INV-EVT-012."""
    invoice = states.opened(api, states.customer(api, payment_method="pm_card_chargeCustomerFail"))
    before = len(events(api))
    api.post(f"/v1/invoices/{invoice['id']}/pay")
    assert sent(api, before) == [
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.updated",
        "invoice.payment_failed",
    ]


def test_a_deleted_draft_says_so_with_its_items(api: Client) -> None:
    """INV-EVT-017, INV-OBJ-008."""
    invoice = states.draft(api)
    before = len(events(api))
    api.delete(f"/v1/invoices/{invoice['id']}")
    made = events(api, before)
    assert [event["type"] for event in made] == ["invoice.deleted", "invoiceitem.deleted"]
    assert made[0]["data"]["object"]["status"] == "deleted"


def test_an_update_that_changes_nothing_sends_nothing(api: Client) -> None:
    """INV-EDT-030."""
    invoice = states.draft(api, description="same")
    before = len(events(api))
    api.make(f"/v1/invoices/{invoice['id']}", description="same")
    assert sent(api, before) == []
    api.make(f"/v1/invoices/{invoice['id']}", description="other")
    assert previous(api, before) == {"description"}


def test_a_refused_call_sends_nothing(api: Client) -> None:
    invoice = states.paid(api)
    before = len(events(api))
    api.post(f"/v1/invoices/{invoice['id']}/void")
    api.post("/v1/invoices", customer=invoice["customer"], default_payment_method="pm_nope")
    assert sent(api, before) == []
