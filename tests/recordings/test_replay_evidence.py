"""Genuine recordings that carry request parameters, replayed against the reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.api_version import ApiVersion
from conformance.recordings.replay import Replay
from conformance.recordings.replay.counts import Tally
from conformance.target.config import Options, load

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "evidence" / "pay-rails+pay.jsonl.gz"
SINCE = ApiVersion.parse("2022-11-15")
FAMILY = ("invoice", "invoiceitem", "invoice_payment", "credit_note")

NO_CARD = "made again without the card it had: the recording does not show which one that was"

#: What is not as it was recorded, and why. Anything else is a defect of the reference.
KNOWN = {
    "payment_intent.payment_details.order_reference identity": "cut to 25 characters in 2025 (INV-PAY-034)",
    "charge.payment_method_details.card.checks.cvc_check value": "until 2023 Stripe's test cards had no CVC check",
    "payment_method.card.checks.cvc_check value": "until 2023 Stripe's test cards had no CVC check",
    "customer.invoice_credit_balance extra": "in 2022 the expansion was there for some accounts only",
    "customer.invoice_settings.default_payment_method value": NO_CARD,
    "price.tax_behavior value": "somebody changed the price between two runs that one recording holds",
    "customer.tax.automatic_tax value": NO_CARD,
    "customer.tax.location type": NO_CARD,
}


@pytest.fixture(scope="module")
def tally(tmp_path_factory: pytest.TempPathFactory) -> Tally:
    if not RECORDINGS.is_file():
        pytest.skip(f"genuine recordings are not beside this checkout: {RECORDINGS}")
    target = load("reference", Options(environ={}, root=tmp_path_factory.mktemp("root")))
    target.start()
    try:
        replay = Replay(target, since=SINCE)
        for _ in replay.run([RECORDINGS]):
            pass
    finally:
        target.stop()
    return replay.tally


def test_every_difference_has_a_reason(tally: Tally) -> None:
    unknown = {
        str(kind): (found.count, found.where) for kind, found in tally.differences.items() if str(kind) not in KNOWN
    }
    assert unknown == {}


def test_no_reason_is_out_of_date(tally: Tally) -> None:
    assert set(KNOWN) - {str(kind) for kind in tally.differences} == set()


def test_the_shares_hold(tally: Tally) -> None:
    assert tally.share(*FAMILY).value == 1, tally.table()
    assert tally.share("line_item").value == 1, tally.table()
    assert tally.share().value >= 0.998, tally.table()


def test_the_shares_hold_at_every_version(tally: Tally) -> None:
    low = {version: str(tally.share(*FAMILY, version=version)) for version in tally.versions()}
    assert {version for version in low if tally.share(*FAMILY, version=version).value < 1} == set(), low
    assert {version for version in low if tally.share(version=version).value < 0.995} == set(), tally.table()


def test_as_much_is_compared_as_ever(tally: Tally) -> None:
    """A share of little says little: these are counts of what the recordings allow."""
    assert tally.share("invoice").compared >= 28_000
    assert tally.share("line_item").compared >= 10_000
    assert tally.share("invoice_payment").compared >= 2_000
    assert tally.share().compared >= 120_000
    assert sum(counts["sent"] for counts in tally.exchanges.values()) >= 1_275
    assert sum(counts["blocked"] for counts in tally.exchanges.values()) == 0


def test_what_is_not_replayable_needs_something_of_before(tally: Tally) -> None:
    assert {reason.partition(":")[0] for reason in tally.reasons} == {"not replayable"}
