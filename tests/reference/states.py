"""Invoices in each status, built through the API."""

from __future__ import annotations

from typing import Any

from tests.reference.conftest import Client

Body = dict[str, Any]


def customer(api: Client, **params: Any) -> Body:
    """With a card that works as the default for invoices, unless ``payment_method`` says otherwise."""
    params.setdefault("email", "buyer@example.com")
    card = params.setdefault("payment_method", "pm_card_visa")
    if card is not None:
        params.setdefault("invoice_settings", {"default_payment_method": card})
    return api.make("/v1/customers", **{name: value for name, value in params.items() if value is not None})


def draft(api: Client, owner: Body | None = None, amount: int | None = 2000, **params: Any) -> Body:
    owner = owner or customer(api)
    invoice = api.make("/v1/invoices", customer=owner["id"], **params)
    if amount is not None:
        api.make("/v1/invoiceitems", customer=owner["id"], invoice=invoice["id"], amount=amount)
    return api.get(f"/v1/invoices/{invoice['id']}").body


def opened(api: Client, owner: Body | None = None, amount: int = 2000, **params: Any) -> Body:
    return api.make(f"/v1/invoices/{draft(api, owner, amount, **params)['id']}/finalize")


def paid(api: Client, owner: Body | None = None, amount: int = 2000, **params: Any) -> Body:
    return api.make(f"/v1/invoices/{opened(api, owner, amount, **params)['id']}/pay")


def void(api: Client, owner: Body | None = None) -> Body:
    return api.make(f"/v1/invoices/{opened(api, owner)['id']}/void")


def uncollectible(api: Client, owner: Body | None = None) -> Body:
    return api.make(f"/v1/invoices/{opened(api, owner)['id']}/mark_uncollectible")


def deleted(api: Client, owner: Body | None = None) -> Body:
    invoice = draft(api, owner)
    assert api.delete(f"/v1/invoices/{invoice['id']}").status == 200
    return invoice


def unknown(api: Client, owner: Body | None = None) -> Body:
    return {"id": "in_nope", "customer": customer(api)["id"], "lines": {"data": []}}


BUILD = {
    "draft": draft,
    "open": opened,
    "paid": paid,
    "void": void,
    "uncollectible": uncollectible,
    "deleted": deleted,
    "unknown": unknown,
}
