"""The library against the catalogue: what is surely known is tested, and what is not can only be observed."""

from __future__ import annotations

import sys
from functools import cache

import pytest

from conformance import paths
from conformance.api_version import Window
from conformance.contract.requirements import load, verdict_on_failure
from conformance.contract.versions import known
from conformance.report.catalogue import Entry, by_key, entries, owed
from conformance.scenario.loader import Library
from conformance.scenario.model import Scenario

#: Why nobody may test something, at the beginning of its reason.
REASONS = (
    "account-dependent",
    "rule for the suite",
    "race of two requests",
    "needs ",
    "known for ",
    "the suite sends ",
    "account rounding setting",
    "days of waiting",
    "e-mail and reminders",
    "hosted page",
    "with 251 calls",
)


@cache
def scenarios() -> tuple[Scenario, ...]:
    return tuple(Library().scenarios((paths.data("scenarios"),)))


@cache
def catalogue() -> tuple[Entry, ...]:
    return tuple(entries(load().values(), scenarios()))


def test_what_a_target_must_do_and_a_client_can_see_is_tested(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        f"  {area:14}{count['tested']:4} tested {count['excluded']:4} excluded {count['untested']:4} untested"
        for area, count in by_key(catalogue(), lambda one: one.area).items()
    ]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *rows, ""]))
    due = [entry for entry in catalogue() if owed(entry.requirement)]
    assert len(due) > 250
    assert [entry.requirement.id for entry in due if entry.state != "tested"] == []


def test_everything_else_is_tested_or_left_out_for_a_reason() -> None:
    assert [entry.requirement.id for entry in catalogue() if entry.state == "untested"] == []
    reasons = {entry.requirement.id: entry.requirement.excluded for entry in catalogue() if entry.state == "excluded"}
    assert {id_: why for id_, why in reasons.items() if not why.startswith(REASONS)} == {}


def test_what_cannot_be_seen_is_not_claimed_to_be_owed() -> None:
    assert all(entry.requirement.observable != "no" for entry in catalogue() if owed(entry.requirement))


def test_what_is_believed_or_inferred_is_only_observed() -> None:
    """A step is as grave as its gravest requirement, so such entries stand in steps of their own."""
    mixed = [
        f"{scenario.id}.{step.id}"
        for scenario in scenarios()
        for step in scenario.steps
        if len(
            {
                verdict_on_failure(one) == "observation"
                for id_ in step.covers or scenario.covers
                if (one := load().get(id_))
            }
        )
        > 1
    ]
    assert mixed == []
    weak = [one for one in load().values() if one.confidence == "low" or one.provenance == "inferred"]
    assert weak
    assert {verdict_on_failure(one) for one in weak} == {"observation"}


def test_every_step_is_judged_at_some_version_that_its_requirement_is_known_for() -> None:
    """A step wholly outside the versions of everything that it covers would only ever be observed."""
    idle = [
        f"{scenario.id}.{step.id} covers {id_}"
        for scenario in scenarios()
        for step in scenario.steps
        for id_ in step.covers or scenario.covers
        if (one := load().get(id_))
        and verdict_on_failure(one) != "observation"
        and not _share(one.versions, Window((*scenario.versions.bounds, *step.versions.bounds)))
    ]
    assert idle == []


def _share(one: Window, other: Window) -> bool:
    return any(version in one and version in other for version in known())
