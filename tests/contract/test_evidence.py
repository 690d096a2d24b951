"""The bars that matter most, on thousands of genuine bodies: nobody right is accused, and what is wrong is seen."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from functools import cache
from typing import Any

import pytest

from benchmarks.contract import mutations
from conformance.api_version import ApiVersion
from conformance.contract import for_version, versions
from conformance.recordings.audit import Audit
from conformance.results.model import Outcome
from tests.contract.evidence import FOLDER, needed

pytestmark = needed
BASIL = ApiVersion.parse("2025-03-31.basil")
EVERYWHERE = 100.0
SHAPES_ONLY = frozenset({"ids", "clock", "urls"})


def test_an_audit_of_all_recordings_at_their_own_versions_finds_no_failure():
    results = list(Audit().run([FOLDER]))
    failed = [
        f"{c.place}: {c.message}" for r in results for s in r.steps for c in s.checks if c.outcome is Outcome.FAIL
    ]
    assert failed == []
    assert sum(result.steps[0].passed for result in results) > 7_500


def test_no_genuine_body_gets_so_much_as_a_warning_of_its_own():
    checks = [check for result in Audit().run([FOLDER]) for step in result.steps for check in step.checks]
    told = Counter(check.aspect for check in checks if check.outcome is Outcome.WARNING)
    assert told == {"mixed-versions": 45}


def _some(cases: list[Any], version: str) -> list[Any]:
    """All of them at the two versions that matter most, every twentieth at the others."""
    return cases if version in {str(BASIL), "2025-02-24.acacia", str(versions.newest())} else cases[::20]


@cache
def _invoices() -> tuple[mutations.Case, ...]:
    cases = mutations.genuine(FOLDER, 1_000_000, oldest="2018-01-01")
    return tuple(case for case in cases if case.body["object"] == "invoice")


def _wrong(body: dict[str, Any], version: ApiVersion) -> list[Any]:
    found = for_version(version, without=SHAPES_ONLY).check_body(body, "invoice")
    return [violation for violation in found if violation.severity == "fail"]


@pytest.mark.parametrize("version", [str(v) for v in versions.known() if v >= BASIL])
def test_every_invoice_from_before_basil_fails_from_basil_on_and_its_removed_fields_are_named(version):
    older = [case.body for case in _invoices() if case.version < BASIL]
    assert len(older) > 400
    for body in _some(older, version):
        found = _wrong(body, ApiVersion.parse(version))
        removed = {violation.path for violation in found if violation.rule == "removed"}
        assert {"charge", "subscription"} & removed, body["id"]


@pytest.mark.parametrize("version", [str(v) for v in versions.known() if v < BASIL])
def test_every_invoice_from_basil_on_fails_before_basil_and_its_missing_fields_are_named(version):
    newer = [case.body for case in _invoices() if case.version >= BASIL]
    assert len(newer) > 400
    for body in _some(newer, version):
        missing = {
            violation.path for violation in _wrong(body, ApiVersion.parse(version)) if violation.actual == "missing"
        }
        assert "paid" in missing, body["id"]


def test_planted_damage_to_shapes_is_caught():
    cases = mutations.genuine(FOLDER, 400)
    assert len(cases) == 400
    found = mutations.shapes(cases)
    assert len(found) == 14
    assert mutations.share(found) >= 95
    rates = {kind: 100 * caught / planted for kind, (planted, caught, _) in found.items()}
    less = {kind for kind, rate in rates.items() if rate < EVERYWHERE}
    assert less <= {"nullable key dropped", "invented key"}
    assert rates["nullable key dropped"] > 80
    failed = {kind for kind, (planted, _, failed) in found.items() if failed < planted}
    assert failed == {"nullable key dropped", "invented key"}


def test_wrong_amounts_and_impossible_states_are_caught_by_the_invariants_alone():
    cases = mutations.some_invoices(FOLDER)
    found = mutations.meanings(cases)
    assert all(planted for planted, _, _ in found.values())
    missed = {kind for kind, (planted, caught, _) in found.items() if caught < 0.98 * planted}
    assert missed == {
        "a discount off by one",  # lines beyond the embedded ten
        "sent without due date",  # drafts of old versions
        "draft with a number",  # a draft may have been given one (INV-CRE-035)
        "starting_balance off",  # on void invoices: what they show of a returned balance is not recorded
    }
    assert mutations.share(found) > 97.5


def test_requests_that_stripe_accepted_have_no_unknown_parameter():
    checked, unknown = 0, []
    for file in sorted(FOLDER.glob("*.jsonl.gz")):
        with gzip.open(file, "rb") as lines:
            for number, line in enumerate(lines, 1):
                row = json.loads(line)
                if row["status"] == 200 and row.get("params"):
                    contract = for_version(row["api_version"])
                    found = contract.check_request(row["method"], row["url_path"], row["params"])
                    unknown += [f"{file.name}:{number} {violation}" for violation in found]
                    checked += row["url_path"].startswith("/v1/invoice")
    assert unknown == []
    assert checked > 100
