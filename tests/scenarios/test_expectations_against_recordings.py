"""No expectation is stricter than the evidence: each step of the library on genuine answers to calls like its own.

A step and a genuine exchange belong together where the call is the same and means the same, on an object in the same
state (`genuine.alike`). Our expectations are then said about their object (`genuine.binding`) and judged by the engine.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import pytest

from conformance.results.model import Outcome
from conformance.scenario.model import Changes, Expect
from tests.scenarios.genuine.encounters import Encounter, encounters, meet
from tests.scenarios.genuine.library import scenarios
from tests.scenarios.genuine.recordings import needed, recordings, streams

pytestmark = needed

#: What the recordings held when this was written; more is welcome.
SCENARIOS, STEPS, ANSWERS, CHECKS = 310, 660, 2_800, 82_000


@cache
def met() -> tuple[Encounter, ...]:
    return tuple(encounters((*recordings(), *streams())))


def test_nothing_that_stripe_answered_is_called_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(_coverage()) + "\n")
    assert [str(one) for one in met() if one.accuses] == []


def test_nothing_that_stripe_answered_is_so_much_as_an_observation() -> None:
    assert [str(one) for one in met() if one.checks] == []


def test_a_good_part_of_the_library_met_something_genuine() -> None:
    assert len({one.ours.moment.scenario.id for one in met()}) >= SCENARIOS
    assert len({one.ours.moment.step for one in met()}) >= STEPS
    assert len({one.theirs.genuine.place for one in met()}) >= ANSWERS
    assert sum(one.passed for one in met()) >= CHECKS
    frames = [one for one in met() if one.ours.moment.planned.frame is not None]
    assert len({one.ours.moment.step for one in frames}) >= 20


def _coverage() -> list[str]:
    _, library = scenarios()
    there = Counter(one.area for one in library)
    steps, ids, checks = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set), Counter[str]()
    for one in met():
        area = one.ours.moment.scenario.area
        steps[area].add(one.ours.moment.step)
        ids[area].add(one.ours.moment.scenario.id)
        checks[area] += one.passed
    rows = [
        f"  {area:16}{len(ids[area]):4} of {total:3} scenarios{len(steps[area]):5} steps{checks[area]:8,} checks held"
        for area, total in sorted(there.items())
    ]
    whole = (
        f"  {len({s for found in ids.values() for s in found})} of {len(library)} scenarios,"
        f" {len({one.ours.moment.step for one in met()})} steps, {sum(checks.values()):,} checks"
        f" on {len({one.theirs.genuine.place for one in met()}):,} genuine answers"
    )
    return [*rows, whole]


class Wrong(NamedTuple):
    """An expectation that is stricter than Stripe, planted into a step that met genuine answers."""

    step: str
    expect: dict[str, Any]
    aspect: str


FINALIZED, PAID, VOIDED = "finalize/finalize-opens:opened", "pay/pay-open-invoice:paid", "void/void-open-invoice:voided"
PLANTED = {
    "another word": Wrong(FINALIZED, {"body": {"status": "paid"}}, "body"),
    "another type": Wrong(FINALIZED, {"body": {"amount_due": {"$type": "string"}}}, "body"),
    "a value where there is null": Wrong(FINALIZED, {"body": {"default_payment_method": {"$id": "pm"}}}, "body"),
    "a key that is not there": Wrong(FINALIZED, {"body": {"finalized": {"$present": True}}}, "body"),
    "no key where there is one": Wrong(FINALIZED, {"body": {"currency": {"$absent": True}}}, "body"),
    "nothing paid": Wrong(PAID, {"body": {"amount_paid": 0}}, "body"),
    "an amount that was there before": Wrong(PAID, {"body": {"amount_remaining": 20000}}, "body"),
    "a pattern": Wrong(PAID, {"body": {"currency": {"$match": "[A-Z]{3}"}}}, "body"),
    "exactly these keys": Wrong(FINALIZED, {"body": {"automatic_tax": {"$keys": ["enabled"]}}}, "body"),
    "another status": Wrong(VOIDED, {"status": 400}, "status"),
    "an error": Wrong(FINALIZED, {"error": {"type": "card_error"}}, "error"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_wrong_expectation_would_be_seen(what: str) -> None:
    planted = PLANTED[what]
    found = _planted(planted.step, lambda expect: replace(expect, **{"changes": None, **planted.expect}))
    assert all(check.outcome is Outcome.FAIL for one in found for check in one.checks)
    assert any(check.aspect == planted.aspect for one in found for check in one.checks)


@pytest.mark.parametrize(
    ("step", "path"), [(FINALIZED, "status"), (FINALIZED, "number"), (PAID, "amount_paid"), (VOIDED, "status")]
)
def test_a_frame_that_forbids_what_stripe_changes_would_be_seen(step: str, path: str) -> None:
    def narrowed(expect: Expect) -> Expect:
        assert expect.changes is not None
        to = {key: value for key, value in expect.changes.to.items() if key != path}
        return replace(expect, changes=Changes(expect.changes.since, to))

    found = _planted(step, narrowed)
    assert any(check.aspect == "changes" and check.path == path for one in found for check in one.checks)


def _planted(step: str, change: Any) -> list[Encounter]:
    """The step's encounters, judged again with another expectation."""
    found = []
    for one in [one for one in met() if one.ours.moment.step == step]:
        planned = one.ours.moment.planned
        wrong = replace(planned, step=replace(planned.step, expect=change(planned.step.expect)))
        ours = one.ours._replace(moment=one.ours.moment._replace(planned=wrong))
        again = meet(ours, one.theirs, one.theirs.genuine.version)
        assert again is not None
        found.append(again)
    assert found
    return found
