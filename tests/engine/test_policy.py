"""What is only believed of Stripe accuses nobody: not by a step, not by a universal check, whatever comes back.

Every step of the library is judged on its own right answer, spoilt in each way; so is every universal check.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import match
from conformance.api_version import ApiVersion
from conformance.contract import Contract
from conformance.contract.invariants import TABLE
from conformance.contract.requirements import Requirement, get, load, verdict_on_failure
from conformance.engine.evaluate import judge, judge_universally
from conformance.engine.memory import Memory
from conformance.engine.plan import Planner
from conformance.results.model import Check, Outcome
from conformance.scenario.model import Expect, Request, Scenario, Step
from conformance.target.base import Exchange
from tests.scenarios.genuine.library import THEN, Moment, moments

VERSIONS = ("2020-08-27", "2025-02-24.acacia", "2026-10-28.endive")
Spoil = Callable[[Any], Any]

_WORST = {"fail": Outcome.FAIL, "warning": Outcome.WARNING, "observation": Outcome.OBSERVATION}


def allowed(requirement: Requirement) -> Outcome:
    """The gravest outcome for a target that does not do what the requirement says. The policy, said once more."""
    if requirement.confidence == "low" or requirement.provenance == "inferred":
        return Outcome.OBSERVATION
    return {"must": Outcome.FAIL, "should": Outcome.WARNING, "may": Outcome.OBSERVATION}[requirement.level]


@pytest.mark.parametrize("id_", load())
def test_no_requirement_accuses_more_than_its_level_and_its_source_allow(id_: str) -> None:
    requirement = load()[id_]
    assert _WORST[verdict_on_failure(requirement)].gravity <= allowed(requirement).gravity


@given(st.lists(st.sampled_from(sorted(load())), min_size=1, max_size=4), st.sampled_from(VERSIONS))
def test_a_step_is_no_graver_than_the_gravest_of_what_it_covers(covers: list[str], version: str) -> None:
    step = Step("read", 0, Request("GET", "/v1/invoices/in_1"), Expect(status=200))
    scenario = Scenario("any", "", "", tuple(covers), (step,))
    (planned,) = Planner({}, get, ApiVersion.parse(version)).plan(scenario).steps
    gravest = max((allowed(load()[id_]) for id_ in covers), key=lambda outcome: outcome.gravity)
    assert planned.on_failure.gravity <= gravest.gravity


# --- steps --------------------------------------------------------------------------------------------------------


def _leaf(value: Any) -> Any:
    return "spoilt" if not isinstance(value, str) else 5


def _everywhere(value: Any, change: Spoil) -> Any:
    if isinstance(value, dict):
        return {key: _everywhere(item, change) for key, item in value.items()}
    return [_everywhere(item, change) for item in value] if isinstance(value, list) else change(value)


SPOILT: dict[str, Spoil] = {
    "every value of another type": lambda body: _everywhere(body, _leaf),
    "every value null": lambda body: _everywhere(body, lambda _: None),
    "every number off by one": lambda body: _everywhere(body, lambda v: v + 1 if type(v) is int else v),
    "no members": lambda _: {},
    "a list": lambda body: [body],
    "more members": lambda body: {**body, "unheard_of": 1},
}


@cache
def steps(version: str) -> tuple[Moment, ...]:
    """Each step of the library once."""
    found = {one.step: one for one in moments(ApiVersion.parse(version)) if one.planned.requirements}
    return tuple(found.values())


def _spoilt(one: Moment, how: str) -> Exchange:
    body = SPOILT[how](one.response.json)
    return Exchange(one.request, replace(one.response, json=body, body=orjson.dumps(body)), started=THEN)


def _judged(one: Moment, exchange: Exchange, version: str) -> tuple[Check, ...]:
    scope = match.Scope(one.names, match.Symbols(), float(THEN), ApiVersion.parse(version))
    return judge(one.planned, exchange, scope).checks


@pytest.mark.parametrize("version", VERSIONS)
def test_no_step_of_the_library_accuses_anyone_of_what_is_only_believed(version: str) -> None:
    too_grave, noticed = [], set()
    for one in steps(version):
        worst = max((allowed(load()[id_]) for id_ in one.planned.requirements), key=lambda outcome: outcome.gravity)
        wrong = replace(one.response, status=one.response.status + 100)
        for exchange in (*(_spoilt(one, how) for how in SPOILT), Exchange(one.request, wrong)):
            checks = _judged(one, exchange, version)
            noticed |= {one.step} if checks else set()
            too_grave += [f"{one.step} {check.id} {check.outcome}" for check in checks if _graver(check, worst)]
    assert too_grave == []
    assert noticed == {one.step for one in steps(version)}, "a step that nothing offends says nothing"
    assert len(noticed) > 700


def test_weak_steps_are_there_and_are_heard() -> None:
    """They observe: silence would be no policy either."""
    version = VERSIONS[-1]
    outcomes = defaultdict[Outcome, int](int)
    for one in steps(version):
        if all(allowed(load()[id_]) is Outcome.OBSERVATION for id_ in one.planned.requirements):
            for check in _judged(one, _spoilt(one, "every value of another type"), version):
                outcomes[check.outcome] += 1
    assert set(outcomes) == {Outcome.OBSERVATION}
    assert outcomes[Outcome.OBSERVATION] > 50


def _graver(check: Check, worst: Outcome) -> bool:
    return check.outcome.gravity > worst.gravity


# --- universal checks ---------------------------------------------------------------------------------------------


@cache
def answers(version: str) -> tuple[Moment, ...]:
    """An answer of each kind: by object, status and the object's own status."""
    found = {(one.response.json.get("object"), one.response.status, _status(one)): one for one in steps(version)}
    return tuple(found.values())


def _status(one: Moment) -> Any:
    return one.response.json.get("status") if isinstance(one.response.json, dict) else None


def _one_by_one(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key, value in body.items():
        yield {name: item for name, item in body.items() if name != key}
        others: tuple[Any, ...] = (None, _leaf(value), value + 1 if type(value) is int else "spoilt", {})
        yield from ({**body, key: wrong} for wrong in others)


@pytest.mark.parametrize("version", VERSIONS)
def test_no_universal_check_accuses_anyone_of_what_is_only_believed(version: str) -> None:
    contract = Contract(ApiVersion.parse(version))
    worst: dict[str, Outcome] = {}
    for one in answers(version):
        for body in _one_by_one(one.response.json):
            memory = Memory()
            _universal(one, memory, contract, one.response.json)
            for check in _universal(one, memory, contract, body):
                for id_ in check.requirements:
                    worst[id_] = max(worst.get(id_, Outcome.PASS), check.outcome, key=lambda outcome: outcome.gravity)
    assert len(worst) > 40
    unknown = [id_ for id_ in worst if get(id_) is None]
    assert unknown == []
    assert [f"{id_} {came}" for id_, came in worst.items() if came.gravity > allowed(load()[id_]).gravity] == []


def _universal(one: Moment, memory: Memory, contract: Contract, body: Any) -> list[Check]:
    exchange = Exchange(one.request, replace(one.response, json=body))
    return judge_universally(one.planned, exchange, memory, contract)[1]


@pytest.mark.parametrize("name", sorted(TABLE))
def test_no_invariant_is_graver_than_its_requirement(name: str) -> None:
    row = TABLE[name]
    severity = {"fail": Outcome.FAIL, "warning": Outcome.WARNING, "note": Outcome.OBSERVATION}[row.severity]
    assert severity.gravity <= allowed(load()[row.requirement]).gravity
