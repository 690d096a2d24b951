"""Every flow of an application that recorded Stripe's answers without its requests, rebuilt and held against them.

What was sent is inferred from what was answered (`tests.reference.zulip`); a field that only says what was sent, or
that the application made equal before it kept it, does not count.
"""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator

import pytest

from tests.reference.conftest import Client, start, stop
from tests.reference.zulip.recorded import EVIDENCE, Flow, flows
from tests.reference.zulip.survey import LEFT, NOTHING, SOURCES, Survey

pytestmark = pytest.mark.skipif(not EVIDENCE.is_file(), reason=f"recordings are not beside this checkout: {EVIDENCE}")
_accounts = itertools.count()

_ORDER = "which of two calls came first is not recorded, where neither shows the other"
_GAP = "the call that made it so is not recorded"
_OWN = "the name stood in the application's own test, and is nobody's"

#: What is not as it was recorded, and why. Anything else is a defect of the reference, or of what was inferred.
KNOWN = {
    "event.order order": _ORDER,
    "customer.currency value": _ORDER,
    "event.data.previous_attributes.currency missing": _ORDER,
    "customer.invoice_settings.default_payment_method identity": _ORDER,
    "customer.invoice_settings.default_payment_method value": _GAP,
    "event.customer.updated missing": _GAP,
    "customer_balance_transaction.customer value": _OWN,
    "invoice.customer value": _OWN,
    "invoice.customer_email value": "which of several customers a list was asked for is not recorded",
}

#: Flows rebuilt and exchanges compared at each version: as many as ever, or more.
REBUILT = {"2025-11-17.clover": 75, "2020-08-27": 108, "2019-03-14": 31, "2018-11-08": 54, "2018-08-23": 5}
COMPARED = {"2025-11-17.clover": 1358, "2020-08-27": 1614, "2019-03-14": 344, "2018-11-08": 393, "2018-08-23": 24}
#: Flows that are not rebuilt, and why.
NOT_REBUILT = {
    SOURCES: 3,
    NOTHING: 3,
}
#: Equal fields of each kind: as many as ever, or more.
EQUAL = {
    "invoice": 134_150,
    "invoiceitem": 9_990,
    "line_item": 51_580,
    "subscription": 755,
    "plan": 2_290,
    "price": 35_340,
    "customer": 21_750,
    "payment_intent": 13_720,
    "payment_method": 16_040,
    "charge": 19_440,
    "event": 6_160,
    "list": 1_840,
}


class Servers:
    """One per version: events are in the version of the account."""

    def __init__(self, *options: str) -> None:
        self._options = options
        self._started: dict[str, tuple[subprocess.Popen[str], str]] = {}

    def account(self, flow: Flow) -> Client:
        version = flow.driven
        if version not in self._started:
            self._started[version] = start("--api-version", version, *self._options)
        base = self._started[version][1]
        return Client(base, f"sk_test_rebuilt{next(_accounts)}", **{"Stripe-Version": version})

    def stop(self) -> set[str]:
        """What the servers wrote to stderr."""
        return {stop(process) for process, _ in self._started.values()}


@pytest.fixture(scope="module")
def survey() -> Iterator[Survey]:
    servers = Servers()
    try:
        yield Survey().run(flows(), servers.account)
    finally:
        printed = servers.stop()
    assert printed <= {""}, "a server printed a traceback"


def test_every_difference_has_a_reason(survey: Survey) -> None:
    assert survey.problems == []
    found = {
        str(kind): (one.count, one.where, one.expected, one.actual) for kind, one in survey.tally.differences.items()
    }
    assert {kind: found[kind] for kind in found.keys() - KNOWN.keys()} == {}


def test_no_reason_is_out_of_date(survey: Survey) -> None:
    assert KNOWN.keys() - {str(kind) for kind in survey.tally.differences} == set()


def test_as_many_flows_are_rebuilt_as_ever(survey: Survey) -> None:
    assert {version: survey.rebuilt[version] for version in REBUILT} == REBUILT
    assert survey.flows == NOT_REBUILT
    assert {version for version, least in COMPARED.items() if survey.compared[version] < least} == set(), (
        survey.compared
    )
    assert survey.exchanges[LEFT] <= 5


def test_the_shares_hold(survey: Survey) -> None:
    """A share of little says little: these are counts."""
    equal = {kind: survey.tally.share(kind).equal for kind in EQUAL}
    assert {kind: equal[kind] for kind in EQUAL if equal[kind] < EQUAL[kind]} == {}, equal
    for kind in (
        "invoiceitem",
        "line_item",
        "invoice_payment",
        "subscription",
        "charge",
        "price",
        "payment_method",
        "error",
    ):
        assert survey.tally.share(kind).value == 1, kind
    assert survey.tally.share().value >= 0.9998, survey.tally.table()


@pytest.mark.parametrize(
    ("misbehaviour", "flow", "where"),
    [
        ("attempt-count-not-raised", "upgrade_by_card@zulip-main-2025-12", "invoice.attempt_count value"),
        ("attempt-count-raised-by-out-of-band", "upgrade_by_invoice@zulip-main-2025-12", "invoice.attempt_count value"),
        ("every-manual-attempt-counts", "replace_payment_method@zulip-main-2025-12", "invoice.attempt_count value"),
        ("decline-is-no-attempt", "replace_payment_method@zulip-main-2025-12", "invoice.attempted value"),
        ("finalize-clears-auto-advance", "upgrade_by_invoice@zulip-main-2025-12", "invoice.auto_advance value"),
        ("pay-ignores-paid-out-of-band", "upgrade_by_invoice@zulip-main-2025-12", "invoice.status value"),
        ("no-invoice-finalized-event", "invoice_plan@6c06858e02", "event.invoice.finalized missing"),
        ("previous-attributes-are-whole", "invoice_plan@6c06858e02", "event.data.previous_attributes.attempted value"),
        ("events-are-oldest-first", "invoice_plan@6c06858e02", "event.order order"),
    ],
)
def test_a_wrong_server_is_noticed(misbehaviour: str, flow: str, where: str) -> None:
    servers = Servers("--misbehave", misbehaviour)
    try:
        survey = Survey().run([one for one in flows() if one.name == flow], servers.account)
    finally:
        servers.stop()
    assert where in {str(kind) for kind in survey.tally.differences}
