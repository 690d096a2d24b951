"""Arithmetic every invoice body keeps: amounts, discounts, taxes, balances. All in minor units."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from conformance.contract.invariants.registry import FINALIZED, Body, Broken, invariant

MINIMUM_CHARGE = 50
_AMOUNT = itemgetter("amount")
HALF_UNIT_CURRENCIES = frozenset({"usd", "eur", "aud", "cad", "chf", "nzd", "sgd", "brl"})


@invariant(
    "invoice", "INV-OBJ-039", "amount_remaining is what is due less what was paid, in every status, void included"
)
def amount_remaining(i: Body) -> Broken | None:
    expected = i["amount_due"] - i["amount_paid"]
    return None if i["amount_remaining"] == expected else Broken("amount_remaining", expected, i["amount_remaining"])


@invariant("invoice", "INV-ARI-032", "a negative total becomes credit, never a negative amount due")
def amount_due_not_negative(i: Body) -> Broken | None:
    return None if i["amount_due"] >= 0 else Broken("amount_due", "0 or more", i["amount_due"])


@invariant("invoice", "INV-ARI-059", "money received is never negative")
def amount_paid_not_negative(i: Body) -> Broken | None:
    return None if i["amount_paid"] >= 0 else Broken("amount_paid", "0 or more", i["amount_paid"])


@invariant(
    "invoice",
    "INV-ARI-040",
    "an overpayment is counted apart and is never negative",
    versions=">=2025-03-31.basil",
    severity="warning",
)
def amount_overpaid_not_negative(i: Body) -> Broken | None:
    return None if i["amount_overpaid"] >= 0 else Broken("amount_overpaid", "0 or more", i["amount_overpaid"])


@invariant("invoice", "INV-ARI-059", "nothing can be paid on a draft", statuses=("draft",))
def draft_unpaid(i: Body) -> Broken | None:
    return None if i["amount_paid"] == 0 else Broken("amount_paid", 0, i["amount_paid"])


@invariant(
    "invoice",
    "INV-PAY-017",
    "from basil on a paid invoice has nothing left to pay, out of band or not",
    versions=">=2025-03-31.basil",
    statuses=("paid",),
)
def paid_in_full(i: Body) -> Broken | None:
    return None if i["amount_remaining"] == 0 else Broken("amount_remaining", 0, i["amount_remaining"])


@invariant(
    "invoice",
    "INV-PAY-018",
    "before basil a paid invoice has nothing left to pay, unless it was paid out of band",
    versions="<2025-03-31.basil",
    statuses=("paid",),
)
def paid_in_full_before_basil(i: Body) -> Broken | None:
    if i["amount_remaining"] == 0 or (i["amount_paid"] == 0 and i.get("paid_out_of_band", True)):
        return None
    return Broken("amount_remaining", 0, i["amount_remaining"])


@invariant(
    "invoice",
    "INV-ARI-054",
    "what is due is the total, what the customer's balance took or gave, less credit notes",
    statuses=FINALIZED,
)
def finalized_amount_due(i: Body) -> Broken | None:
    ending = i["ending_balance"]
    if i["status"] == "void" and i["starting_balance"]:
        return None  # voiding gives the balance back (INV-TRN-004); what the body then shows is not recorded
    expected = i["total"] + i["starting_balance"] - ending - i.get("pre_payment_credit_notes_amount", 0)
    return None if i["amount_due"] == expected else Broken("amount_due", expected, i["amount_due"])


@invariant(
    "invoice",
    "INV-ARI-055",
    "a draft's due is its total and the customer's balance, never below zero",
    statuses=("draft",),
)
def draft_amount_due(i: Body) -> Broken | None:
    expected = i["total"] + i["starting_balance"]
    due = i["amount_due"]
    if due == expected or (expected < 0 and due == 0):
        return None
    if due == 0 and expected < MINIMUM_CHARGE:
        return None  # below the minimum charge: nothing is recorded for drafts
    return Broken("amount_due", max(0, expected), due)


@invariant(
    "invoice",
    "INV-ARI-058",
    "credit that does not cover an open invoice is used up",
    statuses=("open",),
    severity="warning",
)
def open_ending_balance(i: Body) -> Broken | None:
    return None if i["ending_balance"] == 0 else Broken("ending_balance", 0, i["ending_balance"])


@invariant(
    "invoice",
    "INV-FIN-006",
    "an invoice with nothing due is paid at once, so an open one has something due",
    statuses=("open",),
)
def open_means_due(i: Body) -> Broken | None:
    return None if i["amount_due"] > 0 else Broken("amount_due", "more than 0 while open", i["amount_due"])


@invariant(
    "invoice",
    "INV-ARI-033",
    "a due below the minimum charge goes to the customer's balance instead",
    statuses=FINALIZED,
    severity="warning",
)
def minimum_charge(i: Body) -> Broken | None:
    if not 0 < i["amount_due"] < MINIMUM_CHARGE or i["currency"] not in HALF_UNIT_CURRENCIES:
        return None
    if i.get("pre_payment_credit_notes_amount"):
        return None
    return Broken("amount_due", f"0, or {MINIMUM_CHARGE} and more", i["amount_due"])


def _complete(i: Body) -> Any:
    """The lines of ``i`` when all of them are embedded, else None."""
    lines = i["lines"]
    return None if lines["has_more"] else lines["data"]


def _exclusive_tax(i: Body) -> int | None:
    """Tax added on top; None where the body does not say which tax is exclusive."""
    if (taxes := i.get("total_taxes")) is not None:
        return sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive") if taxes else 0
    if (taxes := i.get("total_tax_amounts")) is not None:
        return sum(tax["amount"] for tax in taxes if not tax["inclusive"]) if taxes else 0
    return None if i["tax"] else 0


def _discounted(i: Body) -> int | None:
    """All discounts of the invoice and its lines; None where a discount is there but no amounts (before 2020-08-27)."""
    amounts = i.get("total_discount_amounts")
    if amounts is None:
        return None if i.get("discount") or i.get("discounts") else 0
    return sum(map(_AMOUNT, amounts)) if amounts else 0


def _credited(i: Body) -> bool:
    """True when billing credits took part: how they enter the total is not recorded."""
    amounts = i.get("total_pretax_credit_amounts")
    return bool(amounts) and any(amount["amount"] and amount["type"] != "discount" for amount in amounts or ())


def _taxed(i: Body) -> Any:
    return i.get("total_taxes") or i.get("total_tax_amounts") or i.get("tax")


@invariant("invoice", "INV-ARI-056", "the total is the lines less every discount, plus exclusive tax and shipping")
def total(i: Body) -> Broken | None:
    if i["total"] == i["subtotal"] and not (i.get("total_discount_amounts") or _taxed(i)):
        return None  # nothing taken off or added: the subtotal's own rule counts the lines
    lines = _complete(i)
    if lines is None or i.get("amount_shipping") or _credited(i):
        return None
    discounts, tax = _discounted(i), _exclusive_tax(i)
    if discounts is None or tax is None:
        return None
    expected = sum(map(_AMOUNT, lines)) - discounts + tax
    return None if i["total"] == expected else Broken("total", expected, i["total"])


@invariant("invoice", "INV-ARI-057", "the subtotal is the lines less the discounts that belong to lines")
def subtotal(i: Body) -> Broken | None:
    lines = _complete(i)
    if lines is None:
        return None
    expected = sum(map(_AMOUNT, lines))
    if i["subtotal"] != expected:
        expected -= _line_discounts(i, lines)
    return None if i["subtotal"] == expected else Broken("subtotal", expected, i["subtotal"])


def _line_discounts(i: Body, lines: Any) -> int:
    own = {_id(discount) for discount in i.get("discounts") or ()}
    amounts = (amount for line in lines for amount in line.get("discount_amounts") or ())
    return sum(amount["amount"] for amount in amounts if _id(amount["discount"]) not in own)


def _id(reference: Any) -> Any:
    return reference["id"] if isinstance(reference, dict) else reference


@invariant(
    "invoice", "INV-ARI-008", "the shares that lines bear add up to the invoice's discounts", versions=">=2020-08-27"
)
def discount_shares(i: Body) -> Broken | None:
    amounts = i["total_discount_amounts"]
    if not amounts or (lines := _complete(i)) is None:
        return None
    expected = sum(amount["amount"] for line in lines for amount in line["discount_amounts"])
    actual = sum(map(_AMOUNT, amounts))
    return (
        None if actual == expected else Broken("total_discount_amounts", f"amounts that add up to {expected}", actual)
    )


def _inclusive(i: Body) -> bool:
    taxes = i.get("total_taxes")
    if taxes is not None:
        return bool(taxes) and any(tax["tax_behavior"] != "exclusive" for tax in taxes)
    return any(tax["inclusive"] for tax in i["total_tax_amounts"])


@invariant(
    "invoice",
    "INV-ARI-019",
    "without inclusive tax there is no tax inside the subtotal to take out",
    versions=">=2020-08-27",
)
def subtotal_excluding_tax(i: Body) -> Broken | None:
    actual, whole = i.get("subtotal_excluding_tax"), i["subtotal"]
    if actual == whole or actual is None or _inclusive(i):
        return None
    return Broken("subtotal_excluding_tax", whole, actual)


@invariant(
    "invoice",
    "INV-ARI-019",
    "the total without tax is the total less the exclusive tax on top of it",
    versions=">=2020-08-27",
)
def total_excluding_tax(i: Body) -> Broken | None:
    actual = i.get("total_excluding_tax")
    if actual is None or (actual == i["total"] and not _taxed(i)):
        return None
    if i.get("amount_shipping") or _inclusive(i):
        return None
    expected = i["total"] - (_exclusive_tax(i) or 0)
    return None if actual == expected else Broken("total_excluding_tax", expected, actual)


@invariant(
    "invoice",
    "INV-VER-004",
    "the sum `tax` is the sum of `total_tax_amounts`",
    versions=">=2019-12-03 <2025-03-31.basil",
)
def tax_sum(i: Body) -> Broken | None:
    expected = sum(map(_AMOUNT, i["total_tax_amounts"]))
    actual = i["tax"] or 0
    return None if actual == expected else Broken("tax", expected, i["tax"])


@invariant(
    "line_item",
    "INV-ARI-005",
    "without discount and tax a line's subtotal is its amount",
    versions=">=2025-12-15.clover",
    severity="warning",
)
def line_subtotal(line: Body) -> Broken | None:
    if line["subtotal"] == line["amount"] or line["discount_amounts"] or line["taxes"]:
        return None
    return Broken("subtotal", line["amount"], line["subtotal"])


@invariant(
    "line_item",
    "INV-ARI-001",
    "a line from an invoice item costs unit amount times quantity, rounded",
    versions=">=2025-03-31.basil",
)
def line_amount(line: Body) -> Broken | None:
    parent = line["parent"]
    if parent["type"] != "invoice_item_details" or parent["invoice_item_details"]["proration"]:
        return None
    return _product(line, line["pricing"]["unit_amount_decimal"])


@invariant(
    "line_item",
    "INV-ARI-001",
    "a line from an invoice item costs unit amount times quantity, rounded",
    versions="<2025-03-31.basil",
)
def line_amount_before_basil(line: Body) -> Broken | None:
    if line["type"] != "invoiceitem" or line["proration"]:
        return None
    return _priced(line)


@invariant(
    "invoiceitem",
    "INV-ARI-001",
    "an invoice item costs unit amount times quantity, rounded",
    versions=">=2025-03-31.basil",
)
def item_amount(item: Body) -> Broken | None:
    return None if item["proration"] else _product(item, item["pricing"]["unit_amount_decimal"])


@invariant(
    "invoiceitem",
    "INV-ARI-001",
    "an invoice item costs unit amount times quantity, rounded",
    versions="<2025-03-31.basil",
)
def item_amount_before_basil(item: Body) -> Broken | None:
    return None if item["proration"] else _priced(item)


def _priced(line: Body) -> Broken | None:
    price = line["price"]
    if price["billing_scheme"] != "per_unit" or price["transform_quantity"]:
        return None
    return _product(line, price["unit_amount_decimal"])


def _product(line: Body, unit: str | None) -> Broken | None:
    if unit is None:
        return None
    exact = float(unit) * float(line.get("quantity_decimal") or line["quantity"])
    if abs(line["amount"] - exact) <= 0.5000001:
        return None
    return Broken("amount", round(exact), line["amount"])
