"""Money: the numbers that documents and recordings give, and the identities that hold for all others."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.reference.api.prorations import rounded
from conformance.reference.model.money import half_up, plain, share
from conformance.reference.model.totals import Charge, Rate, Reduction, Tax, finalized_due, totals


def percent(number: str, name: str = "") -> Reduction:
    return Reduction(name or f"p{number}", Decimal(number))


def off(amount: int, name: str = "") -> Reduction:
    return Reduction(name or f"a{amount}", None, amount)


def rate(number: str, *, inclusive: bool = False) -> Rate:
    return Rate(f"t{number}{inclusive}", Decimal(number), inclusive)


def test_percent_discounts_apply_one_after_another() -> None:
    """INV-ARI-006."""
    made = totals([Charge(2000)], (percent("10"), percent("20")))
    assert [amount for _, amount in made.discounts] == [200, 360]
    assert made.total == 1440


def test_item_discounts_come_before_invoice_discounts() -> None:
    """INV-ARI-007..009, recorded: 2000 less 500 and 600, a line of 5, then 30% and 400 off."""
    made = totals([Charge(2000, reductions=(off(500), off(600))), Charge(5)], (percent("30"), off(400)))
    assert made.subtotal == 905
    assert [amount for _, amount in made.discounts] == [500, 600, 272, 400]
    assert made.total == 233
    assert [amount for _, amount in made.shares[0].discounts] == [500, 600, 270, 398]
    assert [amount for _, amount in made.shares[1].discounts] == [2, 2]


@pytest.mark.parametrize(("amount", "discount", "total"), [(10000, 20000, 0), (30000, 20000, 10000)])
def test_a_coupon_never_makes_an_invoice_negative(amount: int, discount: int, total: int) -> None:
    """INV-ARI-011."""
    assert totals([Charge(amount)], (off(discount),)).total == total


def test_coupons_leave_negative_and_non_discountable_lines_alone() -> None:
    """INV-ARI-013."""
    made = totals([Charge(1000), Charge(-200, discountable=False)], (percent("10"),))
    assert (made.discounts[0][1], made.total) == (100, 700)


def test_exclusive_rates_are_each_charged_on_the_same_base() -> None:
    """INV-ARI-016, INV-ARI-017."""
    made = totals([Charge(2000, rates=(rate("10"), rate("20")))])
    assert [tax.amount for tax in made.taxes] == [200, 400]
    assert (made.subtotal, made.total, made.total_excluding_tax) == (2000, 2600, 2000)


@pytest.mark.parametrize(("amount", "number", "tax"), [(2000, "15", 261), (500, "25", 100)])
def test_inclusive_tax_is_inside_the_price(amount: int, number: str, tax: int) -> None:
    """INV-ARI-018, INV-ARI-019."""
    made = totals([Charge(amount, rates=(rate(number, inclusive=True),))])
    assert (made.taxes[0].amount, made.total) == (tax, amount)
    assert made.subtotal_excluding_tax == made.total_excluding_tax == amount - tax


def test_ten_inclusive_rates_share_one_extraction() -> None:
    """INV-ARI-020."""
    made = totals([Charge(2000, rates=tuple(rate(str(number), inclusive=True) for number in range(6, 16)))])
    assert sum(tax.amount for tax in made.taxes) == 1024
    assert made.total == 2000


def test_inclusive_tax_comes_out_before_exclusive_tax_is_charged() -> None:
    """INV-ARI-021, the documented example."""
    rates = (rate("5", inclusive=True), rate("7"))
    made = totals([Charge(500, rates=rates), Charge(1000, rates=rates)], (percent("10"),))
    assert [[tax.amount for tax in line.taxes] for line in made.shares] == [[21, 30], [43, 60]]
    assert made.total == 1440


def test_tax_is_charged_after_discounts_and_rounded_per_line() -> None:
    """INV-ARI-022, INV-ARI-023."""
    tax = (rate("7.95"),)
    made = totals(
        [Charge(17400, rates=tax), Charge(8700, reductions=(percent("10", "own"),), rates=tax)], (percent("10"),)
    )
    assert [line.taxes[0].amount for line in made.shares] == [1245, 560]
    assert (made.subtotal, made.total_excluding_tax, made.total) == (25230, 22707, 24512)
    assert totals([Charge(450, rates=(rate("5"),)), Charge(900, rates=(rate("5"),))]).total == 1418


@pytest.mark.parametrize(
    ("total", "balance", "due", "ending"),
    [
        (10000, -7200, 2800, 0),
        (1000, -51315, 0, -50315),
        (-48000, 0, 0, -48000),
        (4, 0, 0, 4),
        (1000, 1, 1001, 0),
        (22680, 50000, 72680, 0),
        (49, 0, 0, 49),
        (50, 0, 50, 0),
    ],
)
def test_the_balance_is_used_and_what_is_too_small_is_left(total: int, balance: int, due: int, ending: int) -> None:
    """INV-ARI-031..035."""
    made = finalized_due(total, balance, 50)
    assert (made.amount, made.ending_balance) == (due, ending)


@pytest.mark.parametrize(
    ("amount", "expected"), [("-2.5", -3), ("7.5", 7), ("3219.58", 3220), ("-8495.366", -8495), ("24999.997", 25000)]
)
def test_prorations_round_to_the_nearest_and_halves_down(amount: str, expected: int) -> None:
    """INV-ARI-049, INV-ARI-050."""
    assert rounded(Decimal(amount)) == expected


@pytest.mark.parametrize(("unit", "quantity", "amount"), [("0.05", 30, 2), ("0.05", 29, 1), ("-0.5", 1, -1)])
def test_fractions_of_a_cent_are_rounded_half_away_from_zero(unit: str, quantity: int, amount: int) -> None:
    """INV-ARI-002."""
    assert half_up(Decimal(unit) * quantity) == amount


def test_decimals_are_written_without_padding() -> None:
    assert [plain(Decimal(text)) for text in ("2000", "2E+3", "12.50", "0.05")] == ["2000", "2000", "12.5", "0.05"]


def test_the_documented_split() -> None:
    """INV-ARI-010."""
    assert share(500, [1000, 2000]) == [166, 334]


REDUCTIONS = st.one_of(
    st.builds(percent, st.integers(1, 100).map(str), st.uuids().map(str)),
    st.builds(off, st.integers(1, 9000), st.uuids().map(str)),
)
RATES = st.builds(lambda number, inclusive: rate(str(number), inclusive=inclusive), st.integers(0, 40), st.booleans())
TAXES = st.builds(Tax, RATES, st.integers(0, 900), st.integers(0, 9000))
CHARGES = st.builds(
    Charge,
    st.integers(-9000, 9000),
    st.booleans(),
    st.lists(REDUCTIONS, max_size=2).map(tuple),
    st.lists(RATES, max_size=3, unique_by=lambda one: one.id).map(tuple),
    st.lists(TAXES, max_size=2, unique_by=lambda one: one.rate.id).map(tuple),
)


@given(st.lists(CHARGES, max_size=6), st.lists(REDUCTIONS, max_size=3).map(tuple), st.integers(0, 900))
def test_the_identities_hold_for_any_invoice(
    charges: list[Charge], reductions: tuple[Reduction, ...], shipping: int
) -> None:
    """INV-ARI-056, INV-ARI-057: totals follow from lines, discounts and taxes; the shares of the lines add up to what
    the invoice says.
    """
    made = totals(charges, reductions, shipping)
    amounts = sum(charge.amount for charge in charges)
    own = {reduction.id for charge in charges for reduction in charge.reductions}
    exclusive = sum(tax.amount for tax in made.taxes if not tax.rate.inclusive)
    inclusive = sum(tax.amount for tax in made.taxes if tax.rate.inclusive)
    assert made.subtotal == amounts - sum(amount for name, amount in made.discounts if name in own)
    assert made.total == amounts - sum(amount for _, amount in made.discounts) + exclusive + shipping
    assert made.total_excluding_tax == made.total - exclusive - inclusive
    for name, amount in made.discounts:
        assert amount == sum(part for line in made.shares for one, part in line.discounts if one == name)
    for charge, line in zip(charges, made.shares, strict=True):
        taken = sum(amount for _, amount in line.discounts)
        assert 0 <= taken <= max(0, charge.amount)


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**5), min_size=1, max_size=8))
def test_shares_add_up(total: int, weights: list[int]) -> None:
    parts = share(total, weights)
    assert sum(parts) == (total if sum(weights) else 0)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if not weight)
