"""The generated prices behind plain amounts, when the request that made one leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reference import states
from tests.reference.conftest import Client


@pytest.mark.parametrize(
    ("amount", "mistake"), [(4321, {"tax_rates": ["txr_nope"]}), (8765, {"discounts": [{"coupon": "nope"}]})]
)
def test_an_amount_that_was_refused_once_can_be_billed(api: Client, amount: int, mistake: dict[str, Any]) -> None:
    item = {"customer": states.customer(api)["id"], "amount": amount, "currency": "usd"}
    assert api.post("/v1/invoiceitems", **item, **mistake).status == 400
    made = api.post("/v1/invoiceitems", **item)
    assert (made.status, made["amount"]) == (200, amount)
