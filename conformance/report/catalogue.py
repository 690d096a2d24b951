"""What the library says of the catalogue: each requirement is tested, excluded for a reason, or untested."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from conformance.contract.requirements import Requirement, verdict_on_failure
from conformance.contract.versions import known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from conformance.api_version import Window
    from conformance.scenario.model import Scenario

State = Literal["tested", "excluded", "untested"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One requirement, where it stands, and who checks it: scenario ids, then ``every answer`` for universal checks."""

    requirement: Requirement
    state: State
    checked_by: tuple[str, ...]


#: What `Entry.checked_by` says of a check that the engine makes of every answer.
EVERY_ANSWER = "every answer"


def entries(requirements: Iterable[Requirement], scenarios: Sequence[Scenario]) -> list[Entry]:
    """Every requirement, in the order given.

    It is tested by a step that points at it (every step has a check) at an API version for which it is known, or by
    what holds for every answer. One that nothing tests is excluded if the catalogue says why.
    """
    told = _told(scenarios)
    return [_entry(one, told) for one in requirements]


def owed(one: Requirement) -> bool:
    """Whether the suite owes a check of it: a must, surely known, that a client can see."""
    return one.level == "must" and one.confidence == "high" and verdict_on_failure(one) == "fail"


def by_key(found: Iterable[Entry], key: Callable[[Requirement], str]) -> Mapping[str, Counter[State]]:
    """How many are tested, excluded, untested for each value of ``key``, in order of appearance."""
    counts: dict[str, Counter[State]] = {}
    for entry in found:
        counts.setdefault(key(entry.requirement), Counter())[entry.state] += 1
    return counts


def universal() -> frozenset[str]:
    """The requirements that are held against every answer."""
    from conformance.contract.invariants import TABLE
    from conformance.rules.fixed import FIXED

    invariants = {row.requirement for row in TABLE.values()}
    return frozenset(invariants | {id_ for fields in FIXED.values() for id_ in fields.values() if id_})


def _entry(one: Requirement, told: Mapping[str, Mapping[str, list[Window]]]) -> Entry:
    by = [
        scenario
        for scenario, windows in told.get(one.id, {}).items()
        if any(_meet(one.versions, window) for window in windows)
    ]
    if one.id in universal():
        by.append(EVERY_ANSWER)
    return Entry(one, "tested" if by else "excluded" if one.excluded else "untested", tuple(by))


def _told(scenarios: Sequence[Scenario]) -> Mapping[str, Mapping[str, list[Window]]]:
    """By requirement and scenario: the windows of the steps that stand for it."""
    told: dict[str, dict[str, list[Window]]] = {}
    for scenario in scenarios:
        for id_, window in _pointed(scenario):
            told.setdefault(id_, {}).setdefault(scenario.id, []).append(window)
    return told


def _pointed(scenario: Scenario) -> Iterator[tuple[str, Window]]:
    for step in scenario.steps:
        window = type(step.versions)((*scenario.versions.bounds, *step.versions.bounds))
        for id_ in step.covers or scenario.covers:
            yield id_, window


@cache
def _meet(one: Window, other: Window) -> bool:
    """Whether some API version is in both. Of versions without a contract, those at the bounds are tried."""
    bounds = [version for window in (one, other) for _, version in window.bounds]
    return any(version in one and version in other for version in (*known(), *bounds))
