# ruff: noqa: E501 - a table is read by columns
"""What creating and editing a draft does that it should not: a bug for each rule of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.api.call import Call
from conformance.reference.api.shapes import Shape
from conformance.reference.misbehaviour.tools import (
    FINALIZE,
    INVOICE,
    INVOICES,
    ITEMS,
    Misbehaviour,
    accepting,
    after,
    before,
    constant,
    ignored,
    instead,
    shown,
)
from conformance.reference.model.problems import StripeError, problem
from conformance.reference.model.table import Body
from conformance.reference.model.world import World


def _forgiving(name: str) -> Callable[[Shape], Shape]:
    """Whatever is wrong with the parameter ``name``, it is taken as it came, cut to what is accepted."""

    def change(accepts: Shape) -> Shape:
        def shape(raw: Any, where: str) -> Any:
            try:
                return accepts(raw, where)
            except StripeError as error:
                if not error.fields.get("param", "").startswith(name):
                    raise
                sent = [dict(one) for one in raw[name].values()]
                return {**accepts({key: value for key, value in raw.items() if key != name}, where), name: sent}

        return shape

    return change


def _empty_refused(original: Any, call: Call, row: Body) -> None:
    if not row["_lines"]:
        raise problem("Nothing to invoice for customer", code="invoice_no_customer_line_items")
    original(call, row)


def _empty_include_refused(original: Any, call: Call, row: Body) -> None:
    if call.get("pending_invoice_items_behavior") == "include":
        _empty_refused(original, call, row)


def _bool_of_text(call: Call) -> None:
    """``bool("false")`` is true."""
    if "auto_advance" in call.params:
        call.params["auto_advance"] = True


def _all_true() -> None:
    for path in (INVOICES, INVOICE):
        before("POST", path, _bool_of_text)()


def _no_codes(call: Call) -> None:
    call.params["discounts"] = [one for one in call.get("discounts") or () if "promotion_code" not in one]


def _no_lines(_: Call, row: Body) -> None:
    if row["from_invoice"]:
        row["_lines"].clear()
        row.update(subtotal=0, total=0, amount_due=0, amount_remaining=0)


def _draft_from_nowhere(_: Call, row: Body) -> None:
    row["from_invoice"] = None


def _subscription_lines_change(original: Any, world: World, invoice: Body, line: Body, sent: Body, param: str) -> None:
    if world.items.get(line["_item"] or "") is None:
        line.update({name: sent[name] for name in ("amount", "description", "quantity") if name in sent})
        return
    original(world, invoice, line, sent, param)


# fmt: off
MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    Misbehaviour("collection-method-is-left-to-the-reader", "INV-OBJ-011", "collection_method is null unless it was sent", shown("invoice", lambda one: one.update(collection_method=None) if one.get("collection_method") == "charge_automatically" else None)),
    Misbehaviour("collection-method-is-manual-by-default", "INV-OBJ-011", "collection_method has a value of our own by default", shown("invoice", lambda one: one.update(collection_method="manual") if one.get("collection_method") == "charge_automatically" else None)),
    Misbehaviour("lines-of-subscriptions-are-items", "INV-OBJ-024", "lines of subscriptions say that they are invoice items", shown("line_item", lambda one: one.update(parent={"type": "invoice_item_details", "invoice_item_details": (one["parent"] or {}).get("subscription_item_details"), "subscription_item_details": None}) if (one.get("parent") or {}).get("type") == "subscription_item_details" else None)),
    Misbehaviour("confirmation-secret-is-text", "INV-OBJ-033", "confirmation_secret is the bare secret", shown("invoice", lambda one: one.update(confirmation_secret=one["confirmation_secret"]["client_secret"]) if one.get("confirmation_secret") else None)),
    Misbehaviour("empty-drafts-are-refused", "INV-CRE-001", "an invoice without items is refused", instead("api.invoices._refuse_empty", _empty_refused)),
    Misbehaviour("including-nothing-is-refused", "INV-CRE-007", "include is refused where nothing is pending", instead("api.invoices._refuse_empty", _empty_include_refused)),
    Misbehaviour("create-ignores-automatically-finalizes-at", "INV-CRE-020", "automatically_finalizes_at is always in an hour", ignored("POST", INVOICES, "automatically_finalizes_at")),
    Misbehaviour("finalization-in-a-century", "INV-CRE-020", "automatically_finalizes_at may be as far ahead as one likes", constant("api.invoices.YEARS_AHEAD", 1 << 40)),
    Misbehaviour("custom-fields-without-limit", "INV-CRE-026", "any number of custom fields of any length is accepted", accepting("POST", INVOICE, _forgiving("custom_fields"))),
    Misbehaviour("discounts-are-not-inherited", "INV-CRE-029", "the customer's discount is not taken over", before("POST", INVOICES, lambda call: call.params.setdefault("discounts", [])), at="2024-06-20"),
    Misbehaviour("no-discounts-is-inherited", "INV-CRE-029", "an empty list of discounts takes over the customer's", before("POST", INVOICES, lambda call: call.params.pop("discounts") if not call.params.get("discounts", True) else None), at="2024-06-20"),
    Misbehaviour("create-ignores-number", "INV-CRE-035", "the number that is sent is dropped", ignored("POST", INVOICES, "number")),
    Misbehaviour("update-ignores-number", "INV-CRE-035", "the number that a draft is given is dropped", ignored("POST", INVOICE, "number")),
    Misbehaviour("finalization-gives-another-number", "INV-CRE-035", "finalization replaces the number that was given", before("POST", FINALIZE, lambda call: call.world.invoices.rows[call.ids[0]].update(number=None) if call.ids[0] in call.world.invoices else None)),
    Misbehaviour("revisions-are-empty", "INV-CRE-036", "a revision has no lines", after("POST", INVOICES, _no_lines)),
    Misbehaviour("revisions-forget-the-original", "INV-CRE-036", "a revision does not name what it revises", after("POST", INVOICES, _draft_from_nowhere)),
    Misbehaviour("false-is-true", "INV-CRE-050", "every boolean that is sent is true", _all_true),
    Misbehaviour("inline-prices-are-for-one", "INV-CRE-052", "an item of price_data costs one unit, whatever the quantity", before("POST", ITEMS, lambda call: call.params.pop("quantity", None) if "price_data" in call.params else None)),
    Misbehaviour("promotion-codes-show-the-coupon", "INV-CRE-053", "promotion codes show coupon instead of promotion", shown("promotion_code", lambda one: one.update(coupon=one.pop("promotion", {}).get("coupon")))),
    Misbehaviour("promotion-codes-give-nothing", "INV-CRE-054", "discounts by promotion code are dropped", before("POST", INVOICES, _no_codes)),
    Misbehaviour("promotion-codes-are-not-counted", "INV-CRE-059", "times_redeemed stays 0", shown("promotion_code", lambda one: one.update(times_redeemed=0))),
    Misbehaviour("lines-of-subscriptions-can-be-changed", "INV-EDT-023", "the amount of a subscription's line can be changed", instead("api.lines._change", _subscription_lines_change)),
)
# fmt: on
