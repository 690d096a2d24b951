"""Parameters that are accepted and forgotten: of creates, of updates, of lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from conformance.reference.api.call import Call
from conformance.reference.misbehaviour.tools import Misbehaviour, before, ignored, instead


class Forgotten(NamedTuple):
    """Parameters of one endpoint with the requirement each of them breaks."""

    name: str
    method: str
    path: str
    requirements: dict[str, str]


_FORGOTTEN: tuple[Forgotten, ...] = (
    Forgotten(
        "create",
        "POST",
        "/v1/invoices",
        {
            "auto_advance": "INV-CRE-019",
            "collection_method": "INV-CRE-015",
            "currency": "INV-CRE-021",
            "custom_fields": "INV-CRE-027",
            "days_until_due": "INV-CRE-015",
            "due_date": "INV-CRE-017",
            "default_tax_rates": "INV-CRE-033",
            "description": "INV-CRE-027",
            "discounts": "INV-ARI-011",
            "footer": "INV-CRE-027",
            "metadata": "INV-CRE-028",
            "pending_invoice_items_behavior": "INV-CRE-006",
            "subscription": "INV-CRE-025",
            "shipping_details": "INV-CRE-051",
            "payment_settings": "INV-CRE-051",
            "rendering": "INV-CRE-051",
            "statement_descriptor": "INV-CRE-051",
            "default_payment_method": "INV-CRE-051",
        },
    ),
    Forgotten(
        "update",
        "POST",
        "/v1/invoices/{}",
        {
            "auto_advance": "INV-EDT-003",
            "collection_method": "INV-EDT-027",
            "custom_fields": "INV-EDT-025",
            "default_tax_rates": "INV-EDT-025",
            "description": "INV-CRE-027",
            "discounts": "INV-EDT-025",
            "due_date": "INV-EDT-027",
            "effective_at": "INV-CRE-037",
            "metadata": "INV-EDT-002",
            "shipping_details": "INV-CRE-051",
            "statement_descriptor": "INV-CRE-051",
        },
    ),
    Forgotten(
        "item",
        "POST",
        "/v1/invoiceitems",
        {
            "description": "INV-CRE-041",
            "discountable": "INV-ARI-013",
            "discounts": "INV-ARI-007",
            "invoice": "INV-EDT-013",
            "metadata": "INV-OBJ-022",
            "period": "INV-CRE-046",
            "quantity": "INV-CRE-042",
            "tax_rates": "INV-ARI-025",
        },
    ),
    Forgotten(
        "item-update",
        "POST",
        "/v1/invoiceitems/{}",
        {"amount": "INV-EDT-012", "description": "INV-EDT-012", "quantity": "INV-EDT-012", "metadata": "INV-CRE-028"},
    ),
    Forgotten(
        "line-update",
        "POST",
        "/v1/invoices/{}/lines/{}",
        {"amount": "INV-EDT-019", "description": "INV-EDT-019", "quantity": "INV-EDT-019"},
    ),
    Forgotten("finalize", "POST", "/v1/invoices/{}/finalize", {"auto_advance": "INV-FIN-003"}),
    Forgotten(
        "pay", "POST", "/v1/invoices/{}/pay", {"paid_out_of_band": "INV-PAY-016", "payment_method": "INV-PAY-008"}
    ),
    Forgotten(
        "credit-note",
        "POST",
        "/v1/credit_notes",
        {"memo": "INV-BAL-018", "reason": "INV-BAL-027", "metadata": "INV-BAL-018", "refunds": "INV-BAL-029"},
    ),
    Forgotten("credit-note-update", "POST", "/v1/credit_notes/{}", {"memo": "INV-BAL-026", "metadata": "INV-BAL-026"}),
    Forgotten(
        "customer",
        "POST",
        "/v1/customers",
        {
            "balance": "INV-BAL-006",
            "email": "INV-OBJ-015",
            "test_clock": "INV-SUB-030",
        },
    ),
    Forgotten(
        "customer-update",
        "POST",
        "/v1/customers/{}",
        {
            "invoice_settings": "INV-PAY-008",
            "name": "INV-OBJ-015",
            "invoice_prefix": "INV-FIN-013",
            "tax_exempt": "INV-ARI-026",
        },
    ),
    Forgotten(
        "balance",
        "POST",
        "/v1/customers/{}/balance_transactions",
        {"description": "INV-BAL-002", "metadata": "INV-BAL-002"},
    ),
    Forgotten(
        "subscription",
        "POST",
        "/v1/subscriptions",
        {
            "collection_method": "INV-SUB-013",
            "discounts": "INV-SUB-017",
            "trial_period_days": "INV-SUB-008",
            "metadata": "INV-SUB-038",
            "default_tax_rates": "INV-ARI-016",
        },
    ),
    Forgotten(
        "subscription-update",
        "POST",
        "/v1/subscriptions/{}",
        {"items": "INV-SUB-014", "proration_behavior": "INV-SUB-014"},
    ),
    Forgotten(
        "preview",
        "POST",
        "/v1/invoices/create_preview",
        {"invoice_items": "INV-PRV-001", "discounts": "INV-PRV-012", "preview_mode": "INV-PRV-008"},
    ),
    Forgotten("tax-rate", "POST", "/v1/tax_rates/{}", {"active": "INV-EDT-029"}),
)

_FILTERS: tuple[Forgotten, ...] = (
    Forgotten(
        "list",
        "GET",
        "/v1/invoices",
        {
            "customer": "INV-LST-002",
            "status": "INV-LST-002",
            "subscription": "INV-LST-005",
            "collection_method": "INV-LST-002",
            "created": "INV-LST-002",
            "due_date": "INV-LST-002",
            "limit": "INV-LST-006",
            "starting_after": "INV-LST-010",
            "ending_before": "INV-LST-011",
        },
    ),
    Forgotten(
        "list-items",
        "GET",
        "/v1/invoiceitems",
        {
            "customer": "INV-CRE-047",
            "invoice": "INV-CRE-047",
            "pending": "INV-CRE-047",
            "created": "INV-CRE-047",
            "limit": "INV-CRE-047",
        },
    ),
    Forgotten("list-lines", "GET", "/v1/invoices/{}/lines", {"limit": "INV-LST-013", "starting_after": "INV-LST-013"}),
    Forgotten("list-credit-notes", "GET", "/v1/credit_notes", {"invoice": "INV-BAL-028", "customer": "INV-BAL-028"}),
    Forgotten(
        "list-payments",
        "GET",
        "/v1/invoice_payments",
        {"invoice": "INV-PAY-032", "payment": "INV-PAY-032", "status": "INV-PAY-032"},
    ),
    Forgotten("list-balance", "GET", "/v1/customers/{}/balance_transactions", {"limit": "INV-BAL-004"}),
    Forgotten("list-events", "GET", "/v1/events", {"type": "INV-EVT-001", "created": "INV-EVT-001"}),
    Forgotten("search", "GET", "/v1/invoices/search", {"limit": "INV-LST-023", "page": "INV-LST-023"}),
)


def _all(table: tuple[Forgotten, ...], word: str) -> Iterator[Misbehaviour]:
    for one in table:
        for parameter, requirement in one.requirements.items():
            name = f"{one.name}-ignores-{parameter}".replace("_", "-")
            sentence = f"{one.method} {one.path} ignores the {word} {parameter}"
            yield Misbehaviour(name, requirement, sentence, ignored(one.method, one.path, parameter))


def _limit_is_unbounded(params: dict[str, Any]) -> int:
    return int(params.get("limit", 10))


def _unknown_cursor_is_page_one(call: Call) -> None:
    cursor = call.params.get("starting_after")
    if cursor and not call.world.invoices.known(cursor):
        del call.params["starting_after"]


def _unknown_customer_is_dropped(call: Call) -> None:
    if call.params.get("customer", "") not in call.world.customers:
        call.params.pop("customer", None)


MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    *_all(_FORGOTTEN, "parameter"),
    *_all(_FILTERS, "filter"),
    Misbehaviour(
        "default-limit-is-100",
        "INV-LST-006",
        "a list without a limit has a hundred rows",
        instead("view.pages.limit_of", lambda original, params: original({"limit": 100, **params})),
    ),
    Misbehaviour(
        "limit-is-not-clamped",
        "INV-LST-006",
        "a limit of 0 gives no row at all",
        instead("view.pages.limit_of", lambda _, params: _limit_is_unbounded(params)),
    ),
    Misbehaviour(
        "unknown-cursor-is-page-one",
        "INV-LST-008",
        "starting_after of an unknown object begins at the start again",
        before("GET", "/v1/invoices", _unknown_cursor_is_page_one),
    ),
    Misbehaviour(
        "list-of-unknown-customer-is-everybody",
        "INV-LST-004",
        "an unknown customer in the filter is no filter",
        before("GET", "/v1/invoices", _unknown_customer_is_dropped),
    ),
)
