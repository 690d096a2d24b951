"""Every parameter that Stripe lists for the thirteen invoice endpoints is sent by a scenario, or says why not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from conformance.contract import operations
from conformance.paths import data
from conformance.scenario.loader import Library
from conformance.scenario.model import Node, Step, Template

_INVOICE = (
    "account_tax_ids application_fee_amount auto_advance automatic_tax collection_method custom_fields days_until_due "
    "default_payment_method default_source default_tax_rates description discounts due_date effective_at footer issuer "
    "metadata number on_behalf_of payment_settings rendering shipping_cost shipping_details statement_descriptor "
    "transfer_data"
)
#: operation -> what it takes, as the pages the project began from list it.
LISTED = {
    "POST /v1/invoices": f"{_INVOICE} currency customer from_invoice pending_invoice_items_behavior subscription",
    "POST /v1/invoices/{id}": _INVOICE,
    "POST /v1/invoices/create_preview": (
        "automatic_tax currency customer customer_details discounts invoice_items issuer on_behalf_of schedule "
        "schedule_details subscription subscription_details"
    ),
    "GET /v1/invoices/{id}": "expand",
    "GET /v1/invoices": (
        "collection_method created customer due_date ending_before limit starting_after status subscription"
    ),
    "GET /v1/invoices/search": "limit page query",
    "POST /v1/invoices/{id}/attach_payment": "payment_intent payment_record",
    "POST /v1/invoices/{id}/finalize": "auto_advance",
    "POST /v1/invoices/{id}/mark_uncollectible": "expand",
    "POST /v1/invoices/{id}/pay": "forgive mandate off_session paid_out_of_band payment_method source",
    "POST /v1/invoices/{id}/send": "expand",
    "POST /v1/invoices/{id}/void": "expand",
    "GET /v1/invoices/{id}/lines": "ending_before limit starting_after",
    "POST /v1/invoices/{id}/lines/{line}": (
        "amount description discountable discounts metadata period price_data quantity tax_amounts tax_rates"
    ),
    "POST /v1/invoices/{id}/add_lines": "invoice_metadata lines",
    "POST /v1/invoices/{id}/update_lines": "invoice_metadata lines",
    "POST /v1/invoices/{id}/remove_lines": "invoice_metadata lines",
}
_CONNECT = "Connect: needs a second, connected account"
_LEGACY = "needs a card source of the API before payment methods"
_SCHEDULE = "needs a subscription schedule"
#: parameter -> why no scenario sends it.
LEFT_OUT = {
    "account_tax_ids": "needs tax ids of the account, which every other test on it would then show",
    "application_fee_amount": _CONNECT,
    "issuer": _CONNECT,
    "on_behalf_of": _CONNECT,
    "transfer_data": _CONNECT,
    "default_source": _LEGACY,
    "source": _LEGACY,
    "forgive": _LEGACY,
    "mandate": "needs a bank debit's mandate",
    "payment_record": "needs a payment made outside of Stripe, reported to an account enabled for it",
    "schedule": _SCHEDULE,
    "schedule_details": _SCHEDULE,
}


def _steps() -> Iterator[Step]:
    library = Library()
    for scenario in library.scenarios((data("scenarios"),)):
        yield from scenario.steps
    for setup in library.setups.values():
        yield from setup.steps


def _operation(step: Step) -> str:
    path = step.request.path
    parts = path.parts if isinstance(path, Template) else (path,)
    filled = "".join(part if isinstance(part, str) else "in_1" for part in parts)
    found = operations.find(step.request.method, re.sub(r"\?.*", "", filled))
    return found.operation if found else ""


@pytest.fixture(scope="module")
def sent() -> dict[str, set[str]]:
    """operation -> names of the parameters that some scenario sends."""
    names: dict[str, set[str]] = {}
    for step in _steps():
        params: Node = step.request.params
        names.setdefault(_operation(step), set()).update(params if isinstance(params, dict) else ())
    return names


@pytest.mark.parametrize("operation", LISTED)
def test_every_listed_parameter_is_sent_or_left_out_for_a_reason(operation: str, sent: dict[str, set[str]]) -> None:
    missing = set(LISTED[operation].split()) - sent.get(operation, set()) - LEFT_OUT.keys()
    assert not missing, sorted(missing)


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_sent_is_no_longer_excused(name: str, sent: dict[str, set[str]]) -> None:
    on = [operation for operation, listed in LISTED.items() if name in listed.split()]
    assert on
    assert not any(name in sent.get(operation, set()) for operation in on)
