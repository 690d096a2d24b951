"""Each invariant is known to fail: one broken body each, and a table that hides nothing."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract import for_version, requirements
from conformance.contract.invariants import TABLE
from tests.contract import bodies
from tests.contract.bodies import ACACIA, CREATED, NEWEST, OLD

Body = dict[str, Any]


def _lines(**changes: Any) -> Body:
    made = bodies.invoice()
    made["lines"] |= changes
    return made


def _first_line(**changes: Any) -> Body:
    made = bodies.invoice()
    made["lines"]["data"][0] |= changes
    return made


def _times(status: str, **changes: Any) -> Body:
    made = bodies.invoice(status=status)
    made["status_transitions"] |= changes
    return made


def _without(made: Body, *path: str) -> Body:
    *parents, last = path
    inner = made
    for parent in parents:
        inner = inner[parent]
    del inner[last]
    return made


def _item(version: str = NEWEST, **changes: Any) -> Body:
    made = bodies.skeleton("invoiceitem", version) | {
        "id": "ii_MadeHere1",
        "amount": 1500,
        "quantity": 3,
        "proration": False,
    }
    if version == NEWEST:
        made["pricing"] = bodies.skeleton("invoiceitem.pricing", version) | {
            "type": "price_details",
            "price_details": {"price": "price_MadeHere1", "product": "prod_MadeHere1"},
            "unit_amount_decimal": "500",
        }
    else:
        price = {"object": "price", "id": "price_1", "billing_scheme": "per_unit", "transform_quantity": None}
        made["price"] = price | {"unit_amount_decimal": "500"}
    return made | {"metadata": {}} | changes


def _payment(**changes: Any) -> Body:
    made = bodies.skeleton("invoice_payment", NEWEST) | {"id": "inpay_MadeHere1", "status": "paid", "amount_paid": 5}
    made["status_transitions"] = {"canceled_at": None, "paid_at": CREATED}
    return made | changes


def _note(**changes: Any) -> Body:
    made = bodies.skeleton("credit_note", NEWEST)
    return made | {"id": "cn_MadeHere1", "number": "MADE-0001-CN-01", "status": "issued", "voided_at": None} | changes


def _discounted(**changes: Any) -> Body:
    made = bodies.invoice()
    share = {"amount": 100, "discount": "di_1"}
    for row in made["lines"]["data"]:
        row |= {"discount_amounts": [dict(share)], "discounts": []}
    made |= {"discounts": ["di_1"], "total_discount_amounts": [{"amount": 200, "discount": "di_1"}], "total": 2800}
    made |= {"amount_due": 2800, "amount_remaining": 2800, "total_excluding_tax": 2800}
    return made | changes


def _detail(**changes: Any) -> Body:
    made = bodies.invoice()
    made["lines"]["data"][0]["parent"] |= changes
    return made


def _old(status: str = "open", **changes: Any) -> Body:
    return bodies.invoice(OLD, status) | changes


SECOND = bodies.invoice(created=CREATED + 5, period_start=CREATED, period_end=CREATED)
# Name of the invariant -> (version, a body that breaks it).
BROKEN: dict[str, tuple[str, Body]] = {
    "amount-remaining": (NEWEST, bodies.invoice(amount_remaining=1)),
    "amount-due-not-negative": (NEWEST, bodies.invoice(amount_due=-5)),
    "amount-paid-not-negative": (NEWEST, bodies.invoice(amount_paid=-5)),
    "amount-overpaid-not-negative": (NEWEST, bodies.invoice(amount_overpaid=-5)),
    "draft-unpaid": (NEWEST, bodies.invoice(status="draft", amount_paid=5)),
    "paid-in-full": (NEWEST, bodies.invoice(status="paid", amount_remaining=5)),
    "paid-in-full-before-basil": (ACACIA, bodies.invoice(ACACIA, "paid", amount_remaining=5)),
    "finalized-amount-due": (NEWEST, bodies.invoice(starting_balance=7)),
    "draft-amount-due": (NEWEST, bodies.invoice(status="draft", starting_balance=7)),
    "open-ending-balance": (NEWEST, bodies.invoice(ending_balance=7)),
    "open-means-due": (NEWEST, bodies.invoice(amount_due=0)),
    "minimum-charge": (NEWEST, bodies.invoice(amount_due=49)),
    "total": (NEWEST, bodies.invoice(total=1)),
    "subtotal": (NEWEST, bodies.invoice(subtotal=1)),
    "discount-shares": (NEWEST, _discounted(total_discount_amounts=[{"amount": 201, "discount": "di_1"}])),
    "subtotal-excluding-tax": (NEWEST, bodies.invoice(subtotal_excluding_tax=1)),
    "total-excluding-tax": (NEWEST, bodies.invoice(total_excluding_tax=1)),
    "tax-sum": (ACACIA, bodies.invoice(ACACIA, tax=1)),
    "line-subtotal": (NEWEST, _first_line(subtotal=1)),
    "line-amount": (NEWEST, _first_line(quantity=4)),
    "line-amount-before-basil": (ACACIA, bodies.line(ACACIA) | {"quantity": 4}),
    "item-amount": (NEWEST, _item(quantity=4)),
    "item-amount-before-basil": (ACACIA, _item(ACACIA, quantity=4)),
    "draft-unpublished": (NEWEST, bodies.invoice(status="draft", invoice_pdf="https://pay.stripe.com/invoice/a/pdf")),
    "draft-not-finalized": (NEWEST, _times("draft", finalized_at=CREATED)),
    "draft-receipt": (NEWEST, bodies.invoice(status="draft", receipt_number="1")),
    "draft-not-attempted": (NEWEST, bodies.invoice(status="draft", attempt_count=1)),
    "draft-without-payment": (OLD, _old("draft", charge="ch_1", payment_intent=None)),
    "finalized-published": (NEWEST, bodies.invoice(hosted_invoice_url=None)),
    "finalized-number": (NEWEST, bodies.invoice(number=None)),
    "finalized-time": (NEWEST, _times("open", finalized_at=None)),
    "finalized-effective": (NEWEST, bodies.invoice(effective_at=None)),
    "transition-keys": ("2019-03-14", _without(bodies.invoice("2019-12-03"), "status_transitions", "voided_at")),
    "paid-time": (NEWEST, _times("paid", paid_at=None)),
    "unpaid-no-time": (NEWEST, _times("open", paid_at=CREATED)),
    "void-time": (NEWEST, _times("void", voided_at=None)),
    "unvoid-no-time": (NEWEST, _times("open", voided_at=CREATED)),
    "uncollectible-time": (NEWEST, _times("uncollectible", marked_uncollectible_at=None)),
    "collectible-no-time": (NEWEST, _times("open", marked_uncollectible_at=CREATED)),
    "over-not-advanced": (NEWEST, bodies.invoice(status="void", auto_advance=True)),
    "over-no-next-attempt": (NEWEST, bodies.invoice(status="paid", next_payment_attempt=CREATED)),
    "sent-no-next-attempt": (NEWEST, bodies.invoice(next_payment_attempt=CREATED)),
    "advancing-draft-planned": (
        NEWEST,
        bodies.invoice(status="draft", auto_advance=True, collection_method="charge_automatically", due_date=None),
    ),
    "resting-draft-unplanned": (NEWEST, bodies.invoice(status="draft", next_payment_attempt=CREATED)),
    "automatic-finalization": (NEWEST, bodies.invoice(status="draft", auto_advance=True)),
    "due-date": (NEWEST, bodies.invoice(due_date=None)),
    "due-date-before-basil": (ACACIA, bodies.invoice(ACACIA, collection_method="charge_automatically")),
    "nothing-due-no-attempts": (NEWEST, bodies.invoice(status="paid", amount_due=0)),
    "nothing-due-attempted": (NEWEST, bodies.invoice(status="paid", amount_due=0, attempted=False)),
    "nothing-due-no-charge": (ACACIA, bodies.invoice(ACACIA, "paid", amount_due=0, charge="ch_1")),
    "open-payment-intent": (ACACIA, bodies.invoice(ACACIA, payment_intent=None)),
    "paid-flag": (ACACIA, bodies.invoice(ACACIA, paid=True)),
    "finalized-after-created": (NEWEST, _times("open", finalized_at=CREATED - 2)),
    "paid-after-finalized": (NEWEST, _times("paid", paid_at=CREATED + 50)),
    "first-invoice-period": (NEWEST, bodies.invoice(billing_reason="subscription_create", period_end=CREATED + 9)),
    "page-size-settled": (NEWEST, bodies.invoice(rendering={"pdf": {"page_size": "auto"}})),
    "subscription-parent": (NEWEST, bodies.invoice(billing_reason="subscription_cycle")),
    "invoice-id": (NEWEST, bodies.invoice(id="inv-1")),
    "line-id": (NEWEST, _first_line(id="line_1")),
    "item-id": (NEWEST, _item(id="item_1")),
    "payment-id": (NEWEST, _payment(id="ip_1")),
    "credit-note-id": (NEWEST, _note(id="note_1")),
    "credit-note-line-id": (NEWEST, bodies.skeleton("credit_note_line_item", NEWEST) | {"id": "line_1"}),
    "currency": (NEWEST, bodies.invoice(currency="USD")),
    "metadata": ("2019-12-03", bodies.invoice("2019-12-03", metadata=None)),
    "whole-numbers": (NEWEST, bodies.invoice(created=float(CREATED))),
    "whole-line-numbers": (NEWEST, _first_line(amount=1500.0)),
    "line-window": (NEWEST, _lines(total_count=3)),
    "line-count": (NEWEST, _without(bodies.invoice(), "lines", "total_count")),
    "lines-url": (NEWEST, _lines(url="/v1/lines")),
    "lines-belong": (NEWEST, _first_line(invoice="in_Another1")),
    "discounts-known": (NEWEST, _discounted(discounts=["di_2"])),
    "hosted-url": (NEWEST, bodies.invoice(hosted_invoice_url="http://localhost/i")),
    "pdf-url": (NEWEST, bodies.invoice(invoice_pdf="http://localhost/i.pdf")),
    "number-form": (NEWEST, bodies.invoice(number="7")),
    "line-parent": (NEWEST, _detail(subscription_item_details={"subscription_item": "si_1"})),
    "payment-state": (NEWEST, _payment(amount_paid=None)),
    "credit-note-amount": (NEWEST, _note(amount=5)),
    "credit-note-voided": (NEWEST, _note(voided_at=CREATED)),
    "credit-note-number": (NEWEST, _note(number="7")),
    "lines-currency": (NEWEST, _first_line(currency="eur")),
    "lines-name-invoice": (NEWEST, _first_line(invoice=None)),
    "line-pricing": (NEWEST, _first_line(pricing={"type": "price_details", "unit_amount_decimal": "500"})),
    "item-pricing": (NEWEST, _item(pricing={"type": "price_details", "unit_amount_decimal": "500"})),
    "line-counted": (NEWEST, _first_line(quantity_decimal="4")),
    "item-counted": (NEWEST, _item(quantity_decimal="4")),
    "advances-or-not": (NEWEST, _without(bodies.invoice(), "auto_advance")),
    "tax-ids-listed": (NEWEST, bodies.invoice(customer_tax_ids=None)),
    "nothing-shipped": (NEWEST, bodies.invoice(amount_shipping=1)),
    "nothing-overpaid": (NEWEST, bodies.invoice(amount_overpaid=1)),
    "draft-uncredited": (NEWEST, bodies.invoice(status="draft", pre_payment_credit_notes_amount=1)),
    "unpaid-uncredited": (NEWEST, bodies.invoice(post_payment_credit_notes_amount=1)),
    "counted-is-attempted": (NEWEST, bodies.invoice(attempt_count=1)),
    "draft-unrevised": (NEWEST, bodies.invoice(status="draft", latest_revision="in_MadeHere2")),
    "no-automatic-tax": (NEWEST, bodies.invoice(automatic_tax={"enabled": False, "status": "complete"})),
    "newest-first": (NEWEST, bodies.listed(bodies.invoice(), SECOND)),
    "error-no-nulls": (NEWEST, bodies.error(advice_code=None)),
    "error-doc-url": (NEWEST, _without(bodies.error(), "error", "doc_url")),
}
HEADERS = {
    "version-echo": ("GET", {"stripe-version": "2020-08-27", "request-id": "req_1"}),
    "content-type": ("GET", {"stripe-version": NEWEST, "request-id": "req_1", "content-type": "text/html"}),
    "version-named": ("GET", {"request-id": "req_1"}),
    "request-id": ("GET", {"stripe-version": NEWEST}),
    "idempotency-key": ("POST", {"stripe-version": NEWEST, "request-id": "req_1", "original-request": "req_1"}),
    "original-request": ("POST", {"stripe-version": NEWEST, "request-id": "req_1", "idempotency-key": "k"}),
    "first-use": ("GET", {"stripe-version": NEWEST, "request-id": "req_1", "original-request": "req_0"}),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_the_invariant_objects_to_a_body_that_breaks_it(name):
    version, body = BROKEN[name]
    contract = for_version(version)
    found = contract.check_error(body) if "error" in body else contract.check_body(body, str(body.get("object")))
    found += contract.check_body(bodies.listed(body)) if body.get("object") == "line_item" else []
    assert name in {violation.name for violation in found}


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_the_invariant_objects_to_headers_that_break_it(name):
    method, headers = HEADERS[name]
    assert name in {violation.name for violation in for_version(NEWEST).check_headers(method, 200, headers)}


def test_every_invariant_has_a_body_that_breaks_it():
    assert {*BROKEN, *HEADERS} == set(TABLE)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_invariant_names_a_catalogued_requirement_that_is_at_least_as_grave(name):
    row = TABLE[name]
    requirement = requirements.get(row.requirement)
    assert requirement is not None
    if row.severity == "fail":
        assert (requirement.level, requirement.confidence) != ("may", "low")
        assert requirement.confidence == "high", f"{name} fails targets for {row.requirement}, which is not sure"


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_invariant_gives_one_line_of_reason(name):
    assert 10 < len(TABLE[name].reason) < 120
    assert "\n" not in TABLE[name].reason


def test_a_preview_is_not_held_to_what_a_status_implies():
    preview = bodies.invoice(status="open", id="upcoming_in_1", hosted_invoice_url=None, number=None)
    preview["lines"]["url"] = "/v1/invoices/upcoming_in_1/lines"
    assert for_version(NEWEST).check_body(preview, "invoice") == []


@pytest.mark.parametrize("facet", ["ids", "clock", "urls"])
def test_a_facet_can_be_left_out(facet):
    wrong = {
        "ids": bodies.invoice(id="normalized-1"),
        "clock": _times("open", finalized_at=CREATED - 9),
        "urls": bodies.invoice(hosted_invoice_url="https://example.com/1"),
    }[facet]
    assert for_version(NEWEST).check_body(wrong, "invoice")
    assert for_version(NEWEST, without=frozenset({facet})).check_body(wrong, "invoice") == []


def test_an_out_of_band_payment_before_basil_leaves_its_amount_remaining():
    body = bodies.invoice(ACACIA, "paid", amount_paid=0, amount_remaining=3000, paid_out_of_band=True)
    assert for_version(ACACIA).check_body(body | {"attempted": False, "attempt_count": 0}, "invoice") == []
    assert for_version(ACACIA).check_body(body | {"paid_out_of_band": False}, "invoice")


def test_discounts_of_lines_and_of_the_invoice_add_up():
    assert for_version(NEWEST).check_body(_discounted(), "invoice") == []


def test_a_line_that_is_a_proration_or_a_trial_need_not_be_price_times_quantity():
    body = _first_line(quantity=4)
    body["lines"]["data"][0]["parent"]["invoice_item_details"]["proration"] = True
    assert for_version(NEWEST).check_body(body, "invoice") == []


@pytest.mark.parametrize(
    ("unit", "quantity", "amount"), [("33.3333", 3, 100), ("0.5", 1, 1), ("0.5", 1, 0), ("-500", 2, -1000)]
)
def test_fractional_unit_amounts_are_rounded_to_a_minor_unit(unit, quantity, amount):
    body = bodies.line(amount=amount, quantity=quantity)
    body["pricing"]["unit_amount_decimal"] = unit
    assert "line-amount" not in {v.name for v in for_version(NEWEST).check_body(bodies.listed(body), "list<line_item>")}


def test_a_401_needs_neither_a_request_id_nor_a_version():
    """Both recorded ones have none: the key is looked at before anything else."""
    headers = {"content-type": "application/json"}
    assert for_version(NEWEST).check_headers("GET", 401, headers) == []
    assert len(for_version(NEWEST).check_headers("GET", 404, headers)) == 2
