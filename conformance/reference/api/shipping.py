"""Shipping rates, and what shipping costs on an invoice (INV-ARI-041)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api.call import Call, clean_metadata, found, merge_metadata
from conformance.reference.api.prices import currency_of
from conformance.reference.model.problems import exclusive, missing_param, problem
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def create(call: Call) -> Body:
    row = make(call.world, call.params, "")
    row["active"] = call.get("active", True)
    return row


def make(world: World, sent: dict[str, Any], param: str) -> Body:
    if "fixed_amount" not in sent:
        raise missing_param(f"{param}[fixed_amount]" if param else "fixed_amount")
    amount = sent["fixed_amount"]
    row: Body = {
        "id": world.new("shr_"),
        "object": "shipping_rate",
        "active": True,
        "created": world.now(),
        "delivery_estimate": None,
        "display_name": sent["display_name"],
        "fixed_amount": {"amount": amount["amount"], "currency": currency_of(amount["currency"])},
        "livemode": False,
        "metadata": clean_metadata(sent.get("metadata")),
        "tax_behavior": sent.get("tax_behavior", "unspecified"),
        "tax_code": sent.get("tax_code"),
        "type": "fixed_amount",
    }
    return world.shipping_rates.add(row)


def retrieve(call: Call) -> Body:
    return found(call.world.shipping_rates, call.ids[0], "shipping rate", "shipping_rate_token")


def update(call: Call) -> Body:
    row = retrieve(call)
    row["active"] = call.get("active", row["active"])
    row["tax_behavior"] = call.get("tax_behavior", row["tax_behavior"])
    merge_metadata(row, call.get("metadata"))
    return row


def listed(call: Call) -> Body:
    active = call.get("active")
    return pages.page(
        call.world.shipping_rates,
        call.params,
        "/v1/shipping_rates",
        noun="shipping rate",
        keep=lambda row: active is None or row["active"] is active,
    )


def cost(world: World, sent: Any, currency: str) -> Body | None:
    """``shipping_cost`` of an invoice; None when it is cleared. Default tax rates are documented for lines alone, and
    automatic tax, which taxes shipping by its ``tax_behavior``, is not calculated here: ``amount_tax`` is 0.
    """
    if not sent:
        return None
    if len(sent) != 1:
        raise exclusive("shipping_rate", "shipping_rate_data", param="shipping_cost")
    if "shipping_rate" in sent:
        param = "shipping_cost[shipping_rate]"
        row = found(world.shipping_rates, sent["shipping_rate"], "shipping rate", param, status=400)
    else:
        row = make(world, sent["shipping_rate_data"], "shipping_cost[shipping_rate_data]")
    if row["fixed_amount"]["currency"] != currency:
        raise problem(
            "The currency of the shipping rate must match the currency of the invoice.", param="shipping_cost"
        )
    amount = row["fixed_amount"]["amount"]
    return {"amount_subtotal": amount, "amount_tax": 0, "amount_total": amount, "shipping_rate": row["id"], "taxes": []}
