# ruff: noqa: E501 - a table is read by columns
"""Sums that are wrong: totals, discounts, taxes, balances."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from conformance.reference.api.call import Call
from conformance.reference.misbehaviour.tools import (
    Misbehaviour,
    Plant,
    instead,
    nothing,
    on_route,
    then,
    wrap,
)
from conformance.reference.model import money
from conformance.reference.model.table import Body
from conformance.reference.model.totals import Charge, Due, Rate, Tax, Totals
from conformance.reference.model.world import World

_NAMES = "model.totals"


def _figure(name: str, value: Callable[[Body], Any]) -> Plant:
    """After every computation ``name`` of the invoice is what ``value`` makes of it."""

    def change(_: World, invoice: Body) -> None:
        invoice[name] = value(invoice)

    return then("api.drafts.recompute", change)


#: figure -> (requirement, what stands there instead, in words).
# fmt: off
_WRONG: dict[str, tuple[str, Callable[[Body], Any], str]] = {
    "subtotal": ("INV-ARI-003", lambda row: row["total"], "the total"),
    "total": ("INV-ARI-056", lambda row: row["subtotal"], "the subtotal"),
    "amount_due": ("INV-ARI-055", lambda row: row["total"], "the total, whatever the balance"),
    "amount_remaining": ("INV-OBJ-039", lambda row: row["total"], "the total"),
    "total_excluding_tax": ("INV-ARI-019", lambda row: row["total"], "the total with tax"),
    "subtotal_excluding_tax": ("INV-ARI-019", lambda row: row["subtotal"], "the subtotal with tax"),
    "total_taxes": ("INV-ARI-016", lambda _: [], "empty"),
    "total_discount_amounts": ("INV-ARI-004", lambda _: [], "empty"),
    "total_pretax_credit_amounts": ("INV-ARI-015", lambda _: [], "empty"),
    "starting_balance": ("INV-ARI-030", lambda _: 0, "0"),
}
# fmt: on


def _wrong_figures() -> Iterator[Misbehaviour]:
    for figure, (requirement, value, words) in _WRONG.items():
        name = f"{figure.replace('_', '-')}-is-wrong"
        yield Misbehaviour(name, requirement, f"{figure} of a draft is {words}", _figure(figure, value))


def _without_recomputing(method: str, path: str) -> Plant:
    """The handler runs, the figures stay as they were."""

    def around(answer: Any) -> Any:
        def handler(call: Call) -> Body:
            kept = _figures_of(call.world)
            row: Body = answer(call)
            for invoice, figures in kept:
                invoice.update(figures)
            return row

        return handler

    return lambda: on_route(method, path, lambda route: route._replace(answer=around(route.answer)))


_FIGURES = ("subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax", "amount_due", "amount_remaining")


def _figures_of(world: World) -> list[tuple[Body, Body]]:
    return [
        (row, {name: row[name] for name in _FIGURES})
        for row in world.invoices.rows.values()
        if row["status"] == "draft"
    ]


# fmt: off
_STALE: tuple[tuple[str, str, str, str, str], ...] = (
    ("item-added", "INV-EDT-013", "POST", "/v1/invoiceitems", "an item is added"),
    ("item-updated", "INV-EDT-012", "POST", "/v1/invoiceitems/{}", "an item is changed"),
    ("item-deleted", "INV-EDT-010", "DELETE", "/v1/invoiceitems/{}", "an item is deleted"),
    ("lines-added", "INV-EDT-016", "POST", "/v1/invoices/{}/add_lines", "lines are added"),
    ("line-updated", "INV-EDT-019", "POST", "/v1/invoices/{}/lines/{}", "a line is changed"),
    ("lines-updated", "INV-EDT-020", "POST", "/v1/invoices/{}/update_lines", "lines are changed"),
    ("lines-removed", "INV-EDT-021", "POST", "/v1/invoices/{}/remove_lines", "lines are removed"),
    ("discounts-replaced", "INV-EDT-026", "POST", "/v1/invoices/{}", "the invoice is updated"),
    ("balance-moved", "INV-ARI-030", "POST", "/v1/customers/{}/balance_transactions", "the balance moves"),
)
# fmt: on


def _stale() -> Iterator[Misbehaviour]:
    for name, requirement, method, path, words in _STALE:
        sentence = f"the totals of a draft are not computed again after {words}"
        yield Misbehaviour(f"totals-stale-after-{name}", requirement, sentence, _without_recomputing(method, path))


def _half_even(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_EVEN))


def _taxed_per_invoice(original: Any, charges: list[Charge], reductions: Any = (), shipping: int = 0) -> Totals:
    """Rates are applied to the sum of what they are charged on."""
    made: Totals = original(charges, reductions, shipping)
    taxes = [
        Tax(
            tax.rate,
            tax.amount if tax.rate.inclusive else money.half_up(tax.taxable * tax.rate.percentage / 100),
            tax.taxable,
        )
        for tax in made.taxes
    ]
    more = sum(tax.amount for tax in taxes) - sum(tax.amount for tax in made.taxes)
    return made._replace(taxes=taxes, total=made.total + more)


def _additive(original: Any, reduction: Any, indexes: Any, left: list[int], given: Any, order: dict[str, int]) -> None:
    """Every per cent is of the undiscounted sum."""
    if reduction.percent is not None and order:
        whole = sum(left[index] for index in indexes) + sum(order.values())
        reduction = reduction._replace(percent=None, amount=money.half_up(whole * reduction.percent / 100))
    original(reduction, indexes, left, given, order)


def _uncapped(_: Any, reduction: Any, indexes: list[int], left: list[int], given: Any, order: dict[str, int]) -> None:
    available = sum(left[index] for index in indexes)
    amount = reduction.amount if reduction.percent is None else money.half_up(available * reduction.percent / 100)
    for index, part in zip(indexes, money.share(amount, [left[index] for index in indexes]), strict=True):
        left[index] -= part
        given[index].append((reduction.id, part))
    order[reduction.id] = order.get(reduction.id, 0) + amount


def _evenly(_: Any, total: int, weights: list[int]) -> list[int]:
    """Every line gets the same share, the first what is left."""
    used = [index for index, weight in enumerate(weights) if weight]
    parts = [0] * len(weights)
    for index in used:
        parts[index] = total // len(used)
    if used:
        parts[used[0]] += total - sum(parts)
    return parts


def _remainder_first(original: Any, total: int, weights: list[int]) -> list[int]:
    parts: list[int] = original(total, weights)
    floored = [total * weight // (sum(weights) or 1) for weight in weights]
    rest = total - sum(floored)
    first = next((index for index, weight in enumerate(weights) if weight), None)
    if first is None:
        return parts
    floored[first] += rest
    return floored


def _compound(_: Any, base: int, rates: tuple[Rate, ...]) -> list[Tax]:
    """Each exclusive rate is charged on what the one before left."""
    made = []
    for rate in rates:
        amount = money.half_up(base * rate.percentage / 100)
        made.append(Tax(rate, amount, base))
        base += amount
    return made


def _inclusive_of_gross(_: Any, base: int, rates: tuple[Rate, ...]) -> int:
    percentage = sum((rate.percentage for rate in rates if rate.inclusive), Decimal(0))
    return money.half_up(base * percentage / 100)


def _changed_charges(change: Callable[[Charge], Charge]) -> Plant:
    return instead(
        f"{_NAMES}.totals",
        lambda original, charges, reductions=(), shipping=0: original(
            [change(one) for one in charges], reductions, shipping
        ),
    )


def _before_discounts(original: Any, charges: list[Charge], reductions: Any = (), shipping: int = 0) -> Totals:
    """Tax on the undiscounted amounts."""
    made: Totals = original(charges, reductions, shipping)
    plain: Totals = original([charge._replace(reductions=()) for charge in charges], (), shipping)
    more = sum(tax.amount for tax in plain.taxes if not tax.rate.inclusive) - sum(
        tax.amount for tax in made.taxes if not tax.rate.inclusive
    )
    return made._replace(taxes=plain.taxes, total=made.total + more)


def _invoice_first(original: Any, charges: list[Charge], reductions: Any = (), shipping: int = 0) -> Totals:
    """The invoice's discounts are taken before the items' own."""
    turned = [charge._replace(reductions=(*reductions, *charge.reductions)) for charge in charges]
    made: Totals = original(turned, (), shipping)
    return made


def _no_minimum(original: Any, total: int, balance: int, minimum: int) -> Due:  # noqa: ARG001 - what it ignores
    due: Due = original(total, balance, 0)
    return due


def _no_debt(original: Any, total: int, balance: int, minimum: int) -> Due:
    due: Due = original(total, min(balance, 0), minimum)
    return due


def _no_credit(original: Any, total: int, balance: int, minimum: int) -> Due:
    due: Due = original(total, max(balance, 0), minimum)
    return due


def _credit_is_lost(original: Any, total: int, balance: int, minimum: int) -> Due:
    due: Due = original(total, balance, minimum)
    return due._replace(ending_balance=0)


def _other_currency_too(_: Any, customer: Body | None, currency: str) -> int:  # noqa: ARG001 - what it ignores
    return int(customer["balance"]) if customer else 0


def _only_charges(original: Any, world: World, *arguments: Any, **named: Any) -> list[Body]:
    made: list[Body] = original(world, *arguments, **named)
    for credit in made:
        if credit["amount"] < 0:
            world.items.remove(credit)
    return [one for one in made if one["amount"] >= 0]


def _unrecorded(original: Any, world: World, *arguments: Any, **named: Any) -> Body:
    entry: Body = original(world, *arguments, **named)
    if entry["type"] == "applied_to_invoice":
        world.balances.remove(entry)
    return entry


def _turned(original: Any, *arguments: Any, **named: Any) -> Body:
    entry: Body = original(*arguments, **named)
    entry["amount"] = -entry["amount"]
    return entry


# fmt: off
MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    *_wrong_figures(),
    *_stale(),
    Misbehaviour("tax-rounded-per-invoice", "INV-ARI-023", "tax is rounded per invoice, not per line", instead(f"{_NAMES}.totals", _taxed_per_invoice)),
    Misbehaviour("half-even-rounding", "INV-ARI-023", "halves are rounded to even", lambda: wrap("model.money.half_up", lambda _: _half_even)),
    Misbehaviour("rounding-down", "INV-ARI-002", "fractions of a cent are cut off", lambda: wrap("model.money.half_up", lambda _: int)),
    Misbehaviour("percent-discounts-add-up", "INV-ARI-006", "stacked per cent are each of the whole", instead(f"{_NAMES}._take", _additive)),
    Misbehaviour("discount-is-not-capped", "INV-ARI-011", "a coupon larger than the invoice makes it negative", instead(f"{_NAMES}._take", _uncapped)),
    Misbehaviour("discount-spread-evenly", "INV-ARI-009", "a discount is spread over lines in equal parts", instead("model.money.share", _evenly)),
    Misbehaviour("discount-remainder-on-first-line", "INV-ARI-009", "the odd cent of a discount falls on the first line", instead("model.money.share", _remainder_first)),
    Misbehaviour("invoice-discount-first", "INV-ARI-007", "the invoice's discounts are taken before the items'", instead(f"{_NAMES}.totals", _invoice_first)),
    Misbehaviour("coupon-on-non-discountable", "INV-ARI-013", "lines that are not discountable are discounted", _changed_charges(lambda one: one._replace(discountable=True))),
    Misbehaviour("item-discounts-ignored", "INV-ARI-003", "discounts of items are shown and not taken", _changed_charges(lambda one: one._replace(reductions=()))),
    Misbehaviour("taxes-compound", "INV-ARI-017", "the second tax is charged on the first", instead(f"{_NAMES}._taxes", _compound)),
    Misbehaviour("inclusive-tax-of-gross", "INV-ARI-018", "inclusive tax is the rate of the gross amount", instead(f"{_NAMES}._contained", _inclusive_of_gross)),
    Misbehaviour("inclusive-tax-is-added", "INV-ARI-018", "inclusive rates are charged on top", instead("api.drafts.rate", lambda original, *arguments: original(*arguments)._replace(inclusive=False))),
    Misbehaviour("tax-before-discounts", "INV-ARI-022", "tax is charged on undiscounted amounts", instead(f"{_NAMES}.totals", _before_discounts)),
    Misbehaviour("no-tax-at-all", "INV-ARI-016", "tax rates change nothing", _changed_charges(lambda one: one._replace(rates=()))),
    Misbehaviour("exempt-customers-are-taxed", "INV-ARI-026", "tax_exempt of the customer is ignored", instead("api.drafts.charge", lambda original, world, invoice, line, _: original(world, invoice, line, "none"))),
    Misbehaviour("no-minimum-charge", "INV-ARI-033", "a due below the minimum charge is collected", instead(f"{_NAMES}.finalized_due", _no_minimum)),
    Misbehaviour("debt-is-not-added", "INV-FIN-017", "what the customer owes is not billed", instead(f"{_NAMES}.finalized_due", _no_debt)),
    Misbehaviour("credit-is-not-used", "INV-BAL-007", "the customer's credit is left alone", instead(f"{_NAMES}.finalized_due", _no_credit)),
    Misbehaviour("left-over-credit-is-lost", "INV-ARI-031", "the credit an invoice leaves is gone", instead(f"{_NAMES}.finalized_due", _credit_is_lost)),
    Misbehaviour("balance-of-another-currency-is-used", "INV-BAL-008", "credit in one currency pays an invoice in another", instead("model.ledger.balance_for", _other_currency_too)),
    Misbehaviour("balance-is-not-recorded", "INV-FIN-015", "the balance is used without an entry in the ledger", instead("model.ledger.record", _unrecorded)),
    Misbehaviour("ledger-sign-is-turned", "INV-FIN-015", "entries of the ledger have the other sign", instead("model.ledger.record", _turned)),
    Misbehaviour("quantity-is-ignored-in-amounts", "INV-ARI-001", "the amount of a line is the price of one", instead("api.prices.amount_of", lambda original, price, _: original(price, Decimal(1)))),
    Misbehaviour("graduated-is-volume", "INV-ARI-046", "graduated tiers are computed like volume tiers", instead("api.prices._tiered", lambda original, tiers, _, quantity: original(tiers, "volume", quantity))),
    Misbehaviour("volume-is-graduated", "INV-ARI-046", "volume tiers are computed like graduated ones", instead("api.prices._tiered", lambda original, tiers, _, quantity: original(tiers, "graduated", quantity))),
    Misbehaviour("flat-amounts-ignored", "INV-ARI-046", "flat amounts of tiers are not charged", instead("api.prices._tiered", lambda original, tiers, mode, quantity: original([{**tier, "flat_amount": None, "flat_amount_decimal": None} for tier in tiers], mode, quantity))),
    Misbehaviour("packages-are-not-rounded", "INV-ARI-047", "transform_quantity is ignored", instead("api.prices.amount_of", lambda original, price, quantity: original({**price, "transform_quantity": None}, quantity))),
    Misbehaviour("prorations-are-cut-off", "INV-ARI-049", "fractions of a cent of prorations are cut off", lambda: wrap("api.prorations.rounded", lambda _: int)),
    Misbehaviour("prorations-give-nothing-back", "INV-SUB-014", "only the charge of a change is billed, nothing is given back", instead("api.prorations.prorate", _only_charges)),
    Misbehaviour("drafts-do-not-follow-the-balance", "INV-ARI-030", "a draft keeps the balance it began with", nothing("api.drafts.refresh")),
)
# fmt: on
