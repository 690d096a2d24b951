"""The generated prices behind plain amounts, when the request that made one leaves nothing behind."""

from __future__ import annotations

import pytest

from tests.reference import states
from tests.reference.conftest import Client


@pytest.mark.parametrize("amount", [4321, 8765])
def test_an_amount_that_was_only_previewed_can_be_billed(api: Client, amount: int) -> None:
    owner = states.customer(api)["id"]
    item = {"amount": amount, "currency": "usd"}
    assert api.post("/v1/invoices/create_preview", customer=owner, invoice_items=[item]).status == 200
    made = api.post("/v1/invoiceitems", customer=owner, **item)
    assert (made.status, made["amount"]) == (200, amount)
    shown = api.get(f"/v1/invoiceitems/{made['id']}")
    assert shown["pricing"]["price_details"] == made["pricing"]["price_details"]
