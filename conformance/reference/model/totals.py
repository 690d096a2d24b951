"""From charges to the figures of an invoice: discounts, then tax, then what is due. Pure; every identity of the
ledger holds by construction.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from conformance.reference.model.money import floored, half_even, half_up, share


class Reduction(NamedTuple):
    """A discount: ``percent`` of what is left, or ``amount`` in minor units."""

    id: str
    percent: Decimal | None
    amount: int = 0


class Rate(NamedTuple):
    """A tax rate; ``inclusive`` when the price already contains it."""

    id: str
    percentage: Decimal
    inclusive: bool


class Tax(NamedTuple):
    rate: Rate
    amount: int
    taxable: int
    reason: str = "not_available"


class Charge(NamedTuple):
    """One line before discounts and tax. ``reductions`` and ``rates`` are its own; ``fixed`` taxes stand."""

    amount: int
    discountable: bool = True
    reductions: tuple[Reduction, ...] = ()
    rates: tuple[Rate, ...] = ()
    fixed: tuple[Tax, ...] = ()


class Share(NamedTuple):
    """What became of one line."""

    discounts: list[tuple[str, int]]
    taxes: list[Tax]


class Totals(NamedTuple):
    """``discounts`` in order of application; ``taxes`` summed per rate."""

    shares: list[Share]
    subtotal: int
    subtotal_excluding_tax: int
    total: int
    total_excluding_tax: int
    discounts: list[tuple[str, int]]
    taxes: list[Tax]


def totals(charges: list[Charge], reductions: tuple[Reduction, ...] = (), shipping: int = 0) -> Totals:
    """INV-ARI-003, INV-ARI-045: lines, item discounts, invoice discounts, taxes, shipping."""
    if not reductions and not any(charge.reductions or charge.rates or charge.fixed for charge in charges):
        return _plain(charges, shipping)
    left = [charge.amount for charge in charges]
    given: list[list[tuple[str, int]]] = [[] for _ in charges]
    order: dict[str, int] = {}
    for index, charge in enumerate(charges):  # INV-ARI-007: all item discounts before any invoice discount
        if charge.discountable and charge.amount > 0:  # INV-ARI-013
            for reduction in charge.reductions:
                _take(reduction, [index], left, given, order)
    subtotal = sum(left)
    before_invoice_discounts = list(left)
    reducible = [index for index, charge in enumerate(charges) if charge.discountable and charge.amount > 0]
    for reduction in reductions:  # INV-ARI-006: one after another
        _take(reduction, reducible, left, given, order)
    taxes = [list(charge.fixed) or _taxes(base, charge.rates) for base, charge in zip(left, charges, strict=True)]
    exclusive = _sum(taxes, inclusive=False)
    inclusive = _sum(taxes, inclusive=True)
    contained = sum(_inside(base, charge) for base, charge in zip(before_invoice_discounts, charges, strict=True))
    total = sum(left) + exclusive + shipping
    return Totals(
        [Share(discounts, own) for discounts, own in zip(given, taxes, strict=True)],
        subtotal,
        subtotal - contained,
        total,
        total - exclusive - inclusive,
        list(order.items()),
        _per_rate(taxes),
    )


def _plain(charges: list[Charge], shipping: int) -> Totals:
    """What neither a discount nor a tax changes, as most invoices are."""
    subtotal = sum([charge.amount for charge in charges])
    total = subtotal + shipping
    return Totals([Share([], []) for _ in charges], subtotal, subtotal, total, total, [], [])


def _take(
    reduction: Reduction, indexes: list[int], left: list[int], given: list[list[tuple[str, int]]], order: dict[str, int]
) -> None:
    """Apply one discount to the lines at ``indexes``; never below zero (INV-ARI-011)."""
    available = sum(left[index] for index in indexes)
    amount = min(_worth(reduction, available), available)
    for index, part in zip(indexes, share(amount, [left[index] for index in indexes]), strict=True):
        left[index] -= part
        given[index].append((reduction.id, part))
    order[reduction.id] = order.get(reduction.id, 0) + amount


def _worth(reduction: Reduction, available: int) -> int:
    return reduction.amount if reduction.percent is None else half_up(available * reduction.percent / 100)


def _taxes(base: int, rates: tuple[Rate, ...]) -> list[Tax]:
    """INV-ARI-017, INV-ARI-020, INV-ARI-021: the inclusive part comes out first, exclusive rates are each charged on
    the net.
    """
    if not rates:
        return []
    inclusive = [rate for rate in rates if rate.inclusive]
    contained = _contained(base, rates)
    net = base - contained
    parts = dict(zip(inclusive, _split(contained, base, inclusive), strict=True))
    return [Tax(rate, parts[rate] if rate.inclusive else half_up(net * rate.percentage / 100), net) for rate in rates]


def _inside(base: int, charge: Charge) -> int:
    """The inclusive tax of a line: as it was given, or by its rates."""
    if charge.fixed:
        return _sum([list(charge.fixed)], inclusive=True)
    return _contained(base, charge.rates)


def _contained(base: int, rates: tuple[Rate, ...]) -> int:
    """The inclusive tax inside ``base``: ``base - base / (1 + r)`` (INV-ARI-018)."""
    percentage = sum((rate.percentage for rate in rates if rate.inclusive), Decimal(0))
    return half_up(base - base / (1 + percentage / 100)) if percentage else 0


def _split(contained: int, base: int, rates: list[Rate]) -> list[int]:
    """Inclusive tax over its rates so that the parts add up exactly (INV-ARI-020). Ten rates were recorded in one line:
    each is charged on the net without its fraction, halves go to the even, the last takes what is left.
    """
    net = floored(base / (1 + sum((rate.percentage for rate in rates), Decimal(0)) / 100))
    parts = [half_even(net * rate.percentage / 100) for rate in rates]
    if parts:
        parts[-1] += contained - sum(parts)
    return parts


def _sum(taxes: list[list[Tax]], *, inclusive: bool) -> int:
    return sum(tax.amount for line in taxes for tax in line if tax.rate.inclusive is inclusive)


def _per_rate(taxes: list[list[Tax]]) -> list[Tax]:
    """INV-ARI-023: rounded per line, then summed."""
    summed: dict[str, Tax] = {}
    for tax in (tax for line in taxes for tax in line):
        known = summed.get(tax.rate.id)
        if known:
            tax = tax._replace(amount=tax.amount + known.amount, taxable=tax.taxable + known.taxable)
        summed[tax.rate.id] = tax
    return list(summed.values())


class Due(NamedTuple):
    """What finalization makes of a total: the amount to collect and the balance it leaves."""

    amount: int
    ending_balance: int
    too_small: bool


def drafted_due(total: int, balance: int) -> int:
    """INV-ARI-055."""
    return max(0, total + balance)


def finalized_due(total: int, balance: int, minimum: int) -> Due:
    """INV-ARI-031..033, INV-ARI-054: credit is used, debt is added, a due below the minimum charge is left for the
    next invoice.
    """
    due = drafted_due(total, balance)
    if 0 < due < minimum:
        return Due(0, total + balance, True)
    return Due(due, total + balance - due, False)
