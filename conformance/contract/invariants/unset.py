"""Fields that stay empty, or zero, until something has happened: no tax without tax, no credit before a credit note."""

from __future__ import annotations

from conformance.contract.invariants.registry import STATUSES, Body, Broken, invariant

BASIL = ">=2025-03-31.basil"


@invariant("invoice", "INV-CRE-003", "an invoice says whether it advances by itself", statuses=STATUSES)
def advances_or_not(i: Body) -> Broken | None:
    value = i.get("auto_advance")
    return None if value is True or value is False else Broken("auto_advance", "true or false", value)


@invariant("invoice", "INV-OBJ-006", "the customer's tax ids are a list", versions=">=2020-08-27", statuses=STATUSES)
def tax_ids_listed(i: Body) -> Broken | None:
    value = i.get("customer_tax_ids")
    return None if type(value) is list else Broken("customer_tax_ids", "a list", value)


@invariant("invoice", "INV-OBJ-004", "without shipping nothing is charged for it", versions=">=2022-11-15")
def nothing_shipped(i: Body) -> Broken | None:
    amount = i["amount_shipping"]
    return Broken("amount_shipping", 0, amount) if amount and i["shipping_cost"] is None else None


@invariant(
    "invoice", "INV-ARI-059", "where nothing was received nothing is overpaid", versions=BASIL, statuses=STATUSES
)
def nothing_overpaid(i: Body) -> Broken | None:
    over = i["amount_overpaid"]
    return Broken("amount_overpaid", 0, over) if over and not i["amount_paid"] else None


@invariant("invoice", "INV-ARI-042", "no credit note is written against a draft", statuses=("draft",))
def draft_uncredited(i: Body) -> Broken | None:
    for name in ("pre_payment_credit_notes_amount", "post_payment_credit_notes_amount"):
        if i.get(name):
            return Broken(name, 0, i[name])
    return None


@invariant("invoice", "INV-ARI-043", "nothing is credited after a payment that was not made", statuses=STATUSES)
def unpaid_uncredited(i: Body) -> Broken | None:
    amount = i["post_payment_credit_notes_amount"]
    if not amount or i["status"] == "paid" or i["amount_paid"]:
        return None
    return Broken("post_payment_credit_notes_amount", 0, amount)


@invariant("invoice", "INV-PAY-026", "whoever has counted an attempt has attempted", statuses=STATUSES)
def counted_is_attempted(i: Body) -> Broken | None:
    return Broken("attempted", True, i["attempted"]) if i["attempt_count"] and not i["attempted"] else None


@invariant("invoice", "INV-OBJ-005", "a draft has no revision", versions=BASIL, statuses=("draft",))
def draft_unrevised(i: Body) -> Broken | None:
    return None if i["latest_revision"] is None else Broken("latest_revision", None, i["latest_revision"])


@invariant("invoice", "INV-OBJ-017", "automatic tax that is off has no status and no provider", versions=BASIL)
def no_automatic_tax(i: Body) -> Broken | None:
    tax = i["automatic_tax"]
    if tax["enabled"] or tax.get("disabled_reason"):
        return None
    for name in ("status", "liability", "provider"):
        if tax.get(name) is not None:
            return Broken(f"automatic_tax.{name}", None, tax[name])
    return None
