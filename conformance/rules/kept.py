"""What stays as it is between two answers about an object, unless somebody asked for something else in between.

Tables read by the engine on every answer, taken from what the API offers (which parameters change a field, which
calls do) and held against every genuine conversation (`tests/scenarios/test_universal_checks_against_recordings.py`).
A *word* of a request is the name of a parameter, a collection that was added to (``invoices``), a collection of which
one member was called (``invoices/``), or an action (``finalize``).

A third table says what is shown as it was sent: parameters with the name and the meaning of a field. In the recordings
it holds for each of 600 parameters sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Kept(NamedTuple):
    """``words``: the requests that may change the field. ``requirement``: empty where none states it."""

    words: frozenset[str]
    requirement: str


def _rows(*groups: tuple[str, str, str]) -> dict[str, Kept]:
    """(fields, words besides the field's own name, requirement) -> a row for each field."""
    return {
        name: Kept(frozenset((name, *words.split())), requirement)
        for fields, words, requirement in groups
        for name in fields.split()
    }


_COPIED = "customers/ customer_details tax_ids"
_ITEM = "invoiceitems/ lines add_lines update_lines remove_lines invoice_items"
_LINE = f"{_ITEM} subscriptions subscriptions/ subscription_items subscription_items/ meter_events items"
_SUBSCRIBED = "subscriptions subscriptions/ subscription_items subscription_items/ checkout accept"
_PAID = "finalize pay send void mark_uncollectible attach_payment payment_intents/"
_BALANCE = f"customers/ balance_transactions credit_notes credit_notes/ {_PAID}"

#: object -> field -> what may change it. Held still while no clock moves.
KEPT: Mapping[str, Mapping[str, Kept]] = {
    "invoice": _rows(
        ("account_country account_name", "accounts/", ""),
        ("customer_address customer_email customer_name customer_phone", _COPIED, "INV-OBJ-015"),
        ("customer_shipping customer_tax_exempt customer_tax_ids", _COPIED, "INV-OBJ-015"),
        ("default_payment_method payment_settings statement_descriptor", "subscriptions/", "INV-CRE-051"),
        ("shipping_details", "customers/", "INV-CRE-051"),
        ("account_tax_ids collection_method custom_fields description footer issuer on_behalf_of", "", "INV-EDT-001"),
        ("default_source default_tax_rates shipping_cost transfer_data", "subscriptions/", "INV-EDT-001"),
        ("metadata", "invoice_metadata", "INV-EDT-002"),
        ("parent", "subscription subscriptions subscriptions/ metadata", "INV-OBJ-025"),
        ("discounts", "coupon promotion_code discount customers/ subscriptions/ finalize pay send", ""),
    ),
    "line_item": _rows(
        ("amount description discountable metadata parent period plan price", _LINE, ""),
        ("pricing proration quantity quantity_decimal type", _LINE, ""),
    ),
    "invoiceitem": _rows(
        ("amount customer_account date description discountable metadata period plan price pricing", _ITEM, ""),
        ("proration quantity quantity_decimal tax_rates test_clock unit_amount unit_amount_decimal", _ITEM, ""),
    ),
    "customer": _rows(
        ("address description email invoice_prefix metadata name phone preferred_locales", "customers/", ""),
        ("shipping tax_exempt test_clock", "customers/", ""),
        ("balance", f"{_BALANCE} {_SUBSCRIBED}", "INV-BAL-001"),
        ("next_invoice_sequence", f"customers/ {_PAID} {_SUBSCRIBED}", ""),
    ),
    "product": _rows(("active description metadata name", "products/ prices", "")),
    "price": _rows(("active metadata nickname recurring tax_behavior tiers_mode transform_quantity", "prices/", "")),
    "coupon": _rows(("duration_in_months max_redemptions metadata name redeem_by", "coupons/", "")),
    "tax_rate": _rows(("active country description display_name jurisdiction metadata tax_type", "tax_rates/", "")),
    "subscription": _rows(
        ("collection_method currency days_until_due description metadata", "subscriptions/ subscription_schedules/", "")
    ),
    "credit_note": _rows(
        ("customer_balance_transaction discount_amount discount_amounts number", "credit_notes/", ""),
        ("out_of_band_amount pre_payment_amount post_payment_amount reason subtotal total type", "credit_notes/", ""),
    ),
}

#: Words that may part a line from the invoice item it is of, and a draft from the customer it copies.
ITEM_WORDS, CUSTOMER_WORDS = frozenset(_ITEM.split()), frozenset(_COPIED.split())
#: Fields that a line shows as its invoice item does (INV-OBJ-023); a draft's field -> the customer's (INV-OBJ-015).
AS_ITEM = ("amount", "currency", "description", "discountable", "metadata", "period", "quantity", "pricing")
AS_CUSTOMER = {f"customer_{name}": name for name in ("address", "email", "name", "phone", "tax_exempt")}

_SUMS = "subtotal subtotal_excluding_tax total total_excluding_tax total_taxes total_tax_amounts tax amount_shipping"
_TAKEN = "starting_balance total_discount_amounts total_pretax_credit_amounts discounts default_tax_rates"
_COPIES = "customer_address customer_email customer_name customer_phone customer_shipping customer_tax_exempt"

#: Fields of a finalized invoice that nothing changes any more, time included.
FROZEN = tuple(f"{_SUMS} {_TAKEN} {_COPIES} customer_tax_ids collection_method custom_fields".split())
FROZEN_BECAUSE = "INV-FIN-021"

#: object -> parameters of its creation and its update that it shows as they were sent, and the requirement.
SHOWN: Mapping[str, tuple[frozenset[str], str]] = {
    kind: (frozenset(names.split()), requirement)
    for kind, names, requirement in (
        ("invoice", "customer collection_method description footer auto_advance statement_descriptor", "INV-CRE-051"),
        ("invoiceitem", "amount currency customer description discountable invoice quantity", "INV-CRE-041"),
        ("customer", "description email name phone tax_exempt", ""),
        ("customer_balance_transaction", "amount currency description", "INV-BAL-002"),
        ("price", "active billing_scheme currency nickname product unit_amount", ""),
        ("product", "active description name", ""),
        ("coupon", "amount_off currency duration duration_in_months name percent_off", ""),
        ("tax_rate", "active country display_name inclusive percentage", ""),
        ("credit_note", "invoice memo reason", ""),
    )
}
