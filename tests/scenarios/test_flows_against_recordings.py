"""Whole scenarios with a genuine recording as their target: wherever one holds all their writes, in their order."""

from __future__ import annotations

import sys
from collections import Counter
from functools import cache

import pytest

from conformance.results.model import Outcome
from tests.scenarios.genuine.flows import Flow, flows
from tests.scenarios.genuine.recordings import needed, recordings
from tests.scenarios.genuine.universal import played

pytestmark = needed
SCENARIOS, FLOWS = 20, 250


@cache
def found() -> tuple[Flow, ...]:
    return tuple(flows(recordings()))


def test_no_scenario_fails_a_recording_that_holds_it_whole(capsys: pytest.CaptureFixture[str]) -> None:
    by_scenario = Counter(flow.scenario for flow in found())
    steps = sum(len(flow.encounters) for flow in found())
    with capsys.disabled():
        sys.stdout.write(f"\n  {len(by_scenario)} scenarios whole in {len(found())} recordings, {steps:,} steps\n")
    assert [f"{flow.recording.name}: {one}" for flow in found() for one in flow.encounters if one.checks] == []
    assert len(by_scenario) >= SCENARIOS
    assert len(found()) >= FLOWS


def test_the_universal_checks_hold_along_each_of_them() -> None:
    told = [
        f"{flow.scenario} in {result.id}, {step.id}: {check.message}"
        for flow in found()
        if flow.recording.ordered
        for result in played(flow.recording._replace(exchanges=flow.exchanges))
        for step in result.steps
        for check in step.checks
    ]
    assert told == []


def test_a_flow_is_about_the_same_things_all_along() -> None:
    """A subscription of somebody else's, or a card of another kind, does not make a flow."""
    for flow in found():
        owners = {one.body.get("customer") for one in flow.exchanges if one.told and one.body.get("customer")}
        assert len(owners) <= 1, f"{flow.scenario} in {flow.recording.name}"
    assert {flow.encounters[-1].ours.moment.planned.on_failure for flow in found()} >= {Outcome.FAIL}
