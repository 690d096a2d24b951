"""Causes: what one repair of the target would turn green, found by grouping checks across scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.results.fingerprint import TOO_FEW, TOO_MANY, fingerprint, normal_path
from conformance.results.model import Outcome, ScenarioResult
from conformance.results.wording import Example, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_KEYS_TOLD = 8


@dataclass(frozen=True, slots=True)
class Cause:
    """One defect. ``outcome`` is that of its gravest check; ``scenarios`` it shows in, in the order they ran."""

    fingerprint: str
    sentence: str
    kind: str
    outcome: Outcome
    operation: str
    scenarios: tuple[str, ...]
    blocked: int  # how many of the scenarios could not be tested because of it
    checks: int
    example: Example


#: What to fix first. A target that is gone or dies hides everything else; a missing operation blocks more than
#: a wrong one.
_KIND_ORDER = {
    kind: n for n, kind in enumerate(("error", "unreachable", "crashed", "hung", "unreadable", "not-implemented"))
}

#: A cause holds checks of one of these sorts only, so that a known defect never hides a new one.
_SORT = {
    Outcome.ERROR: 0,
    Outcome.FAIL: 1,
    Outcome.NOT_TESTABLE: 1,
    Outcome.KNOWN: 2,
    Outcome.WARNING: 3,
    Outcome.OBSERVATION: 4,
}


def causes(scenarios: Iterable[ScenarioResult]) -> list[Cause]:
    """All causes in the order in which to fix them: by sort of outcome, kind, then how many scenarios they block."""
    groups: dict[tuple[int, str], list[Example]] = {}
    for scenario in scenarios:
        for example in _examples(scenario):
            outcome, name = _identify(example)
            groups.setdefault((_SORT[outcome], name), []).append(example)
    found = [(sort, _cause(name, examples)) for (sort, name), examples in groups.items()]
    found.sort(key=lambda one: (one[0], *_urgency(one[1])))
    return [cause for _, cause in found]


def to_fix(found: Iterable[Cause]) -> list[Cause]:
    """Those of ``found`` that make a target fail: neither known, nor a warning or an observation."""
    return [cause for cause in found if _SORT[cause.outcome] <= 1]


def _examples(scenario: ScenarioResult) -> Iterator[Example]:
    seen = False
    for step in scenario.steps:
        for check in step.checks:
            if check.outcome in _SORT:
                seen = seen or _SORT[check.outcome] <= _SORT[Outcome.KNOWN]
                yield Example(scenario, step, check)
    if not seen and scenario.outcome in {Outcome.ERROR, Outcome.NOT_TESTABLE, Outcome.FAIL}:
        yield Example(scenario, scenario.steps[-1] if scenario.steps else None, None)


def _identify(example: Example) -> tuple[Outcome, str]:
    scenario, step, check = example
    if check is None:
        return scenario.outcome, f"{scenario.outcome.value}|{normal_path(scenario.reason)}"
    name = check.cause or fingerprint(
        check.aspect, check.path, check.kind, step.operation if step else "", check.expected, check.actual, None
    )
    return check.outcome, name


def _urgency(cause: Cause) -> tuple[int, int, int]:
    return _KIND_ORDER.get(cause.kind, len(_KIND_ORDER)), -len(cause.scenarios), -cause.checks


def _cause(name: str, examples: list[Example]) -> Cause:
    first = min(examples, key=lambda one: -(one.check.outcome if one.check else one.scenario.outcome).gravity)
    ids = dict.fromkeys(one.scenario.id for one in examples)
    blocked = {one.scenario.id for one in examples if _blocks(one)}
    return Cause(
        fingerprint=name,
        sentence=_sentence(name, first, examples),
        kind=first.check.kind if first.check else first.scenario.outcome.value,
        outcome=first.check.outcome if first.check else first.scenario.outcome,
        operation=first.step.operation if first.step else "",
        scenarios=tuple(ids),
        blocked=len(blocked),
        checks=sum(1 for one in examples if one.check),
        example=first,
    )


def _blocks(example: Example) -> bool:
    """Whether the scenario's own steps were never reached because of it."""
    outcome = example.check.outcome if example.check else example.scenario.outcome
    return Outcome.NOT_TESTABLE in {outcome, example.scenario.outcome}


def _sentence(name: str, first: Example, examples: list[Example]) -> str:
    """What is wrong, of all examples: with the keys where they are the point, with how many operations it shows on."""
    operations = list(dict.fromkeys(one.step.operation for one in examples if one.step))
    keys = name.rpartition("|")[2]
    if keys in {TOO_FEW, TOO_MANY}:
        paths = list(dict.fromkeys(normal_path(one.check.path) for one in examples if one.check))
        more = f" and {len(paths) - _KEYS_TOLD} more" if len(paths) > _KEYS_TOLD else ""
        said = f"{operations[0]}: {keys}: {', '.join(paths[:_KEYS_TOLD])}{more}"
    else:
        said = sentence(first)
    if len(operations) > 1 and operations[0] in said:
        others = f" and {len(operations) - 1} other operation{'s' if len(operations) > 2 else ''}"
        said = said.replace(operations[0], operations[0] + others, 1)
    return said
