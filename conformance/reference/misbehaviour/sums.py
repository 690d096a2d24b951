# ruff: noqa: E501 - a table is read by columns
"""More sums that are wrong: one for each rule of the arithmetic that `figures` leaves to itself."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from conformance.reference.api import prorations
from conformance.reference.api.call import Call
from conformance.reference.api.credit_notes import Split
from conformance.reference.api.shapes import whole
from conformance.reference.misbehaviour.tools import (
    Misbehaviour,
    Plant,
    after,
    before,
    constant,
    instead,
    on_route,
    shown,
    then,
    wrap,
)
from conformance.reference.model import money
from conformance.reference.model.table import Body
from conformance.reference.model.totals import Due, Rate, Reduction, Tax
from conformance.reference.model.world import World

_FINALIZED_DUE = "model.totals.finalized_due"


def _on_recompute(change: Callable[[World, Body], object]) -> Plant:
    return then("api.drafts.recompute", change)


def _named_by_coupon(world: World, invoice: Body) -> None:
    for line in invoice["_lines"]:
        for entry in line["discount_amounts"]:
            entry["discount"] = world.discounts.rows[entry["discount"]]["_coupon"]["id"]


def _cut_off(_: Any, reduction: Reduction, available: int) -> int:
    return reduction.amount if reduction.percent is None else int(available * reduction.percent / 100)


def _any_currency(original: Any, world: World, identifier: str, currency: str) -> Reduction | None:
    coupon = world.discounts.rows[identifier]["_coupon"]
    if coupon["percent_off"] is None:
        return Reduction(identifier, None, coupon["amount_off"])
    found: Reduction | None = original(world, identifier, currency)
    return found


def _exclusive_on_gross(original: Any, base: int, rates: tuple[Rate, ...]) -> list[Tax]:
    """Exclusive rates are charged on what includes the inclusive tax."""
    made: list[Tax] = original(base, rates)
    return [
        tax if tax.rate.inclusive else tax._replace(amount=money.half_up(base * tax.rate.percentage / 100))
        for tax in made
    ]


def _negative_is_nothing(original: Any, total: int, balance: int, minimum: int) -> Due:
    due: Due = original(total, balance, minimum)
    return due._replace(ending_balance=balance) if total < 0 else due


def _forgiven(original: Any, total: int, balance: int, minimum: int) -> Due:
    """What is too small to charge is given up."""
    due: Due = original(total, balance, minimum)
    return due._replace(ending_balance=0) if due.too_small else due


def _two_decimals(call: Call) -> None:
    if call.get("currency") == "jpy" and "amount" in call.params:
        call.params["amount"] *= 100


def _only_same_customer(original: Any, invoice: Body, customer: Body, sent: dict[str, Any]) -> None:
    original(invoice, customer, {name: value for name, value in sent.items() if name != "currency"})


def _taxed_after_credit(_: World, invoice: Body) -> None:
    """The balance is taken off before the tax is."""
    tax = sum(one["amount"] for one in invoice["total_taxes"] if one["tax_behavior"] == "exclusive")
    balance = invoice["starting_balance"]
    if tax and balance < 0 < invoice["total"] - tax:
        net = invoice["total"] - tax
        invoice["amount_due"] = max(0, net + balance) + money.half_up(Decimal(tax * max(0, net + balance)) / net)
        invoice["amount_remaining"] = invoice["amount_due"]


def _in_full(original: Any, part: Any, left: Decimal, *, credit: bool = False) -> int:
    """The charge of a change is that of a whole period, only the credit is for what is left."""
    return int(original(part, left if credit else Decimal(1), credit=credit))


def _to_the_whole_day(original: Any, part: Any, left: Decimal, *, credit: bool = False) -> int:
    """A share is rounded to hundredths first."""
    return int(original(part, left.quantize(Decimal("0.01"), ROUND_HALF_UP), credit=credit))


def _discountable_prorations() -> None:
    original = prorations._item  # noqa: SLF001 - what is wrapped

    def item(*arguments: Any) -> Body:
        row: Body = original(*arguments)
        row["discountable"] = True
        return row

    wrap("api.prorations._item", lambda _: item)


def _start_is_end(_: World, row: Body, __: Any) -> None:
    row["ending_balance"] = row["starting_balance"]


def _as_paid(_: Call, row: Body) -> None:
    if row["status"] == "open":
        row["amount_paid"] = row["amount_due"]


def _invoice_rates_win(original: Any, world: World, invoice: Body, line: Body, exempt: str) -> Any:
    return original(world, invoice, {**line, "_tax_rates": invoice["_tax_rates"] or line["_tax_rates"]}, exempt)


def _unrecorded_credit(original: Any, world: World, customer: Body, amount: int, kind: str, **named: Any) -> Body:
    entry: Body = original(world, customer, amount, kind, **named)
    if kind == "applied_to_invoice" and amount < 0:
        world.balances.remove(entry)
    return entry


def _all_after(original: Any, invoice: Body, total: int, sent: Body) -> Split:
    """On a paid part nothing lowers the due any more."""
    split: Split = original(invoice, total, sent)
    if split.pre and split.post:
        return split._replace(pre=0, credit=split.credit + split.pre)
    return split


def _custom_lines(row: Body) -> None:
    if row.get("type") == "invoice_line_item":
        row["type"] = "custom_line_item"


def _whole_invoice(call: Call) -> None:
    """A note of nothing is one of everything."""
    invoice = call.world.invoices.get(call.params["invoice"])
    if invoice is not None and not {"amount", "lines", "shipping_cost"} & call.params.keys():
        call.params["amount"] = invoice["amount_remaining"] or invoice["amount_paid"]


def _any_note() -> None:
    """What was paid may be voided away, too."""

    def void(original: Any, call: Call) -> Body:
        row = call.world.credit_notes.get(call.ids[0])
        if row is None or row["type"] != "post_payment":
            answer: Body = original(call)
            return answer
        row.update(status="void", voided_at=call.world.now())
        return row

    instead("api.credit_notes.void", void)()


def _rewritten(call: Call) -> None:
    amount = call.params.pop("amount", None)
    entry = call.world.balances.get(call.ids[1])
    if amount is not None and entry is not None:
        customer = call.world.customers.rows[call.ids[0]]
        customer["balance"] += amount - entry["amount"]
        entry["amount"] = amount


def _rewritable() -> None:
    path = "/v1/customers/{}/balance_transactions/{}"

    def open_to(route: Any) -> Any:
        def accepts(raw: Any, name: str) -> Any:
            rest = {key: value for key, value in raw.items() if key != "amount"}
            sent = route.accepts(rest, name)
            return {**sent, "amount": whole(raw["amount"], "amount")} if "amount" in raw else sent

        return route._replace(accepts=accepts)

    before("POST", path, _rewritten)()
    on_route("POST", path, open_to)


_OFF_BY_A_HUNDRED = {currency: 100 * amount for currency, amount in money.MINIMUM.items()}

# fmt: off
MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    Misbehaviour("discount-amounts-name-the-coupon", "INV-OBJ-042", "discount_amounts of lines name coupons instead of discounts", _on_recompute(_named_by_coupon)),
    Misbehaviour("percent-discounts-are-cut-off", "INV-ARI-008", "fractions of a cent of a discount are cut off", instead("model.totals._worth", _cut_off)),
    Misbehaviour("coupons-know-no-currency", "INV-ARI-012", "a coupon in another currency is taken as it is", instead("api.drafts.reduction", _any_currency), at="2024-06-20"),
    Misbehaviour("prorations-are-discounted", "INV-ARI-014", "prorations can be discounted", _discountable_prorations),
    Misbehaviour("exclusive-tax-on-the-gross", "INV-ARI-021", "exclusive tax is charged on the inclusive one as well", instead("model.totals._taxes", _exclusive_on_gross)),
    Misbehaviour("draft-due-below-zero", "INV-ARI-029", "a credit larger than the total makes amount_due of a draft negative", _on_recompute(lambda _, row: row.update(amount_due=row["total"] + row["starting_balance"]))),
    Misbehaviour("negative-total-is-no-credit", "INV-ARI-032", "a negative total leaves the balance as it was", instead(_FINALIZED_DUE, _negative_is_nothing)),
    Misbehaviour("too-small-is-forgiven", "INV-ARI-034", "what is too small to charge is never billed", instead(_FINALIZED_DUE, _forgiven)),
    Misbehaviour("minimum-charge-is-fifty-dollars", "INV-ARI-035", "the smallest charge is 50 dollars, not 50 cents", constant("model.money.MINIMUM", _OFF_BY_A_HUNDRED)),
    Misbehaviour("yen-have-cents", "INV-ARI-037", "amounts in yen are multiplied by 100", before("POST", "/v1/invoiceitems", _two_decimals)),
    Misbehaviour("lines-of-any-currency", "INV-ARI-039", "an item in another currency is put on the invoice", instead("api.items._same_owner", _only_same_customer)),
    Misbehaviour("balance-before-tax", "INV-ARI-045", "the balance is used before the tax is charged", _on_recompute(_taxed_after_credit)),
    Misbehaviour("shipping-is-left-out", "INV-ARI-041", "shipping is shown and not charged", instead("model.totals.totals", lambda original, charges, reductions=(), *_: original(charges, reductions))),
    Misbehaviour("change-is-charged-in-full", "INV-ARI-052", "half a period of a new price costs the whole price", instead("api.prorations.rounded_share", _in_full)),
    Misbehaviour("shares-are-hundredths", "INV-ARI-053", "the share of a period is rounded to hundredths", instead("api.prorations.rounded_share", _to_the_whole_day)),
    Misbehaviour("ending-balance-is-the-starting-one", "INV-ARI-054", "ending_balance repeats starting_balance", then("api.finalization._apply_balance", _start_is_end)),
    Misbehaviour("subtotal-before-item-discounts", "INV-ARI-057", "subtotal leaves out the discounts of items", _on_recompute(lambda _, row: row.update(subtotal=sum(line["amount"] for line in row["_lines"])))),
    Misbehaviour("open-counts-as-paid", "INV-ARI-059", "amount_paid of an open invoice is what is due", after("POST", "/v1/invoices/{}/finalize", _as_paid)),
    Misbehaviour("amount-paid-of-void-is-the-due", "INV-ARI-059", "amount_paid of a void invoice is what was due", after("POST", "/v1/invoices/{}/void", lambda _, row: row.update(amount_paid=row["amount_due"]))),
    Misbehaviour("decimal-prices-are-rounded-first", "INV-CRE-045", "a unit amount is rounded before it is multiplied", instead("api.prices.amount_of", lambda original, price, quantity: original({**price, "_unit": Decimal(money.half_up(price["_unit"]))} if price["_unit"] else price, quantity))),
    Misbehaviour("invoice-rates-win", "INV-EDT-028", "default_tax_rates of the invoice replace those of its lines", instead("api.drafts.charge", _invoice_rates_win)),
    Misbehaviour("negative-invoices-are-not-in-the-ledger", "INV-FIN-018", "the credit of a negative invoice has no entry", instead("model.ledger.record", _unrecorded_credit)),
    Misbehaviour("ledger-entries-can-be-rewritten", "INV-BAL-003", "the amount of an entry can be changed", _rewritable),
    Misbehaviour("ledger-types-are-our-own", "INV-BAL-005", "entries have a type that Stripe does not know", shown("customer_balance_transaction", lambda one: one.update(type=f"balance_{one['type']}"))),
    Misbehaviour("note-of-nothing-is-of-everything", "INV-BAL-009", "a note without amount or lines credits the whole invoice", before("POST", "/v1/credit_notes", _whole_invoice)),
    Misbehaviour("note-on-a-part-paid-is-all-after", "INV-BAL-013", "a note on a partly paid invoice leaves its due", instead("api.credit_notes._split", _all_after)),
    Misbehaviour("credited-lines-are-custom", "INV-BAL-020", "lines of notes are all custom lines", shown("credit_note_line_item", _custom_lines)),
    Misbehaviour("paid-notes-can-be-voided", "INV-BAL-025", "a note after payment can be voided", _any_note),
)
# fmt: on
