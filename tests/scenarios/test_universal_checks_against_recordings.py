"""The universal checks of the engine over every genuine conversation: nobody is accused who is Stripe itself."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pytest

from conformance.results.model import Outcome, ScenarioResult
from tests.scenarios.genuine.recordings import Body, Genuine, Recording, needed, recordings
from tests.scenarios.genuine.universal import played

pytestmark = needed
ALL = 7_133


@cache
def _results() -> tuple[ScenarioResult, ...]:
    return tuple(result for recording in recordings() for result in played(recording))


def _told(results: Iterable[ScenarioResult]) -> list[str]:
    return [
        f"{result.id} {step.id} {check.outcome.value} {check.aspect} {check.message}"
        for result in results
        for step in result.steps
        for check in step.checks
    ]


def test_no_genuine_conversation_is_accused_warned_or_wondered_at(capsys: pytest.CaptureFixture[str]) -> None:
    results = _results()
    steps = [step for result in results for step in result.steps]
    with capsys.disabled():
        sys.stdout.write(
            f"\n  {len(steps):,} genuine exchanges, {sum(step.passed for step in steps):,} universal checks held\n"
        )
    assert _told(results) == []
    assert {result.outcome for result in results} == {Outcome.PASS}
    assert len(steps) == ALL


def test_the_checks_that_remember_had_something_to_remember() -> None:
    """Conversations are judged whole, not answer by answer, as far as the recordings tell their order and names."""
    together = Counter(recording.ordered for recording in recordings() for _ in recording.exchanges if recording.named)
    assert together[True] > 2_000
    assert together[False] > 4_000
    assert len(_results()) < 0.2 * ALL


#: What to do to the second answer about an object, and the check that must then speak.
PLANTED = {
    "fixed": ("created", 5),
    "identity": ("id", "in_0000another"),
    "lifecycle": ("status", "draft"),
    "read-back": ("description", "changed by nobody"),
    "invariant": ("amount_remaining", 1),
    "schema": ("status", 5),
}


@pytest.mark.parametrize("aspect", PLANTED)
def test_a_recording_in_which_something_is_wrong_is_accused(aspect: str) -> None:
    key, value = PLANTED[aspect]
    found = _told(result for recording in _read_twice() for result in played(_tampered(recording, {key: value})))
    assert any(f" fail {aspect} " in line for line in found), found


def _read_twice() -> list[Recording]:
    """Recordings that begin with the same paid invoice twice: asked for, and then asked for again."""
    found = []
    for recording in recordings():
        reads = [one for one in recording.exchanges if one.operation == "GET /v1/invoices/{id}" and one.told]
        paid = [one for one in reads if one.body.get("status") == "paid"]
        if recording.ordered and paid:
            plain = replace(paid[0].request, params={})  # an expanded view is no read of the same thing
            found.append(recording._replace(exchanges=(paid[0]._replace(request=plain),) * 2))
    assert found
    return found[:3]


def _tampered(recording: Recording, changed: Body) -> Recording:
    first, second = recording.exchanges
    wrong: Genuine = second._replace(response=replace(second.response, json={**second.body, **changed}))
    return recording._replace(exchanges=(first, wrong))
