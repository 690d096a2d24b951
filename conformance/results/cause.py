"""Causes: what one repair of the target would turn green, found by grouping checks across scenarios.

A *fingerprint* is what two checks share when the same defect made both: which operation, which field, what was
wrong with it. Whatever differs from scenario to scenario (ids, times, amounts, positions in lists) is left out of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.errors import Place
from conformance.match.values import MISSING, show, type_name
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_WRONG = "wrong"
_ENUM_VALUE = re.compile(r"[a-z][a-z_]{0,39}")
_INDEX = re.compile(r"\[[^\]]*\]|(?<=\.)\d+(?=\.|$)")
_ID_KEY = re.compile(r"\b[a-z]{2,12}_(?=[A-Za-z0-9]*[A-Z0-9])[A-Za-z0-9]{6,}\b")

#: One defect shows on every operation: the operation is no part of the fingerprint.
_EVERYWHERE = frozenset({"envelope", "header", "headers"})
#: One defect shows wherever the object is rendered: the collection stands for the operation.
_PER_COLLECTION = frozenset({"type", "schema", "removed", "invariant", "identity", "read-back", "lifecycle"})


def fingerprint(
    check_aspect: str, path: str, kind: str, operation: str, expected: Any, actual: Any, status: int | None
) -> str:
    """The name of the defect behind one failed check; equal for checks that one repair would mend.

    ``kind`` is as in `Check`; ``operation`` is ``POST /v1/invoices/{id}/void``; ``status`` that of the
    response, if any.
    """
    if kind == "unreachable":
        return kind
    if kind == "crashed":
        return f"crashed|{operation}|{status or '-'}"
    if kind != _WRONG:
        return f"{kind}|{operation}"
    if keys := _whole_keys(check_aspect, actual):
        return f"{check_aspect}|{_collection(operation)}|{keys}"
    if check_aspect == "error" and actual is MISSING:  # one place makes the errors of all operations
        operation = "*"
    where = _WHERE.get(check_aspect, _whole)(operation)
    shape = str if check_aspect == "status" else _shape
    return f"{check_aspect}|{where}|{normal_path(path)}|{shape(expected)[:60]}|{shape(actual)[:60]}"


def _whole_keys(aspect: str, actual: Any) -> str:
    """Keys that an object lacks, or has though they were removed: all of them are one thing to mend."""
    if aspect == "removed":
        return _TOO_MANY
    return _TOO_FEW if aspect == "schema" and actual in (MISSING, "missing") else ""


_KEYS_TOLD = 8
_TOO_FEW, _TOO_MANY = "keys that are missing", "keys that were removed"


def normal_path(path: str) -> str:
    """``lines.data[0].amount`` -> ``lines.data[].amount``; ids used as keys become ``{id}``."""
    return _ID_KEY.sub("{id}", _INDEX.sub("[]", path[:200]))


def _whole(operation: str) -> str:
    return operation


def _collection(operation: str) -> str:
    parts = operation.partition(" ")[2].strip("/").split("/")
    return parts[1] if len(parts) > 1 else operation


_WHERE: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(_EVERYWHERE, lambda _: "*"),
    **dict.fromkeys(_PER_COLLECTION, _collection),
}


def _shape(value: Any) -> str:
    """What defects of one cause share in this value: its type, and the value itself where it names a state."""
    if value is None or value is True or value is False:
        return str(value).lower()
    if isinstance(value, (int, float)):
        return "0" if value == 0 else "number"
    if isinstance(value, str):
        return value if _ENUM_VALUE.fullmatch(value) else "text" if value else "''"
    if isinstance(value, dict):
        only = next(iter(value)) if len(value) == 1 else ""
        return str(only) if str(only).startswith("$") else "object"  # a matcher by its name
    return "missing" if value is MISSING else type_name(value)


class Example(NamedTuple):
    """One check of a cause, with where it stands."""

    scenario: ScenarioResult
    step: StepResult | None
    check: Check | None

    @property
    def place(self) -> Place | None:
        """The line in the scenario (or setup) that failed."""
        if self.check and self.check.place:
            return self.check.place
        return self.step.place if self.step and self.step.place else Place(self.scenario.file)


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
    if keys in {_TOO_FEW, _TOO_MANY}:
        paths = list(dict.fromkeys(normal_path(one.check.path) for one in examples if one.check))
        more = f" and {len(paths) - _KEYS_TOLD} more" if len(paths) > _KEYS_TOLD else ""
        said = f"{operations[0]}: {keys}: {', '.join(paths[:_KEYS_TOLD])}{more}"
    else:
        said = sentence(first)
    if len(operations) > 1 and operations[0] in said:
        others = f" and {len(operations) - 1} other operation{'s' if len(operations) > 2 else ''}"
        said = said.replace(operations[0], operations[0] + others, 1)
    return said


def sentence(example: Example) -> str:
    """What is wrong, for a reader who knows the API and not the suite. May hold the target's text: escape to show."""
    scenario, step, check = example
    if check is None:
        return scenario.reason or f"{scenario.id}: {scenario.outcome.value}"
    operation = step.operation if step else "the request"
    if check.kind in _BY_KIND:
        detail = check.actual if isinstance(check.actual, str) and check.actual else ""
        return f"{operation} {_BY_KIND[check.kind]}" + (f": {shorten(detail)}" if detail else "")
    return _BY_ASPECT.get(check.aspect, _say_message)(check, operation)


_BY_KIND = {
    "not-implemented": "is not implemented",
    "crashed": "crashes the target",
    "hung": "gets no answer in time",
    "unreadable": "is answered with something that is not JSON",
    "unreachable": "cannot reach the target",
}


def shorten(text: str, most: int = 120) -> str:
    """``text`` cut at ``most`` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _say_status(check: Check, operation: str) -> str:
    extra = check.message[check.message.find("(") :] if "(" in check.message else ""
    return f"{operation} answers HTTP {plain(check.actual)} where {plain(check.expected)} is expected {extra}".rstrip()


def _say_value(check: Check, operation: str) -> str:
    where = _where(check)
    if check.actual is MISSING:
        return f"{where} is missing after {operation}"
    if not (where and _scalar(check.expected) and _scalar(check.actual)) or check.expected == check.actual:
        return f"{told(check)}, after {operation}"
    return f"{where} is {plain(check.actual)} instead of {plain(check.expected)} after {operation}"


def _say_change(check: Check, operation: str) -> str:
    if check.message.endswith("and should not"):  # the frame condition: a verb phrase about the field
        return f"{operation}: {check.path} {check.message}"
    return _say_value(check, operation)


def _say_message(check: Check, operation: str) -> str:
    return f"{operation}: {told(check)}"


def _say_everywhere(check: Check, _: str) -> str:
    return told(check)


def _where(check: Check) -> str:
    inside = check.aspect == "error" and not check.path.startswith("error")
    return f"error.{check.path}".rstrip(".") if inside else check.path


def told(check: Check) -> str:
    """The check's message with the field it is about, where the message does not name it."""
    where = _where(check)
    last = re.split(r"[.\]]", check.path)[-1] if check.path else ""
    return check.message if not where or (last and last in check.message) else f"{where}: {check.message}"


_BY_ASPECT: dict[str, Callable[[Check, str], str]] = {
    "status": _say_status,
    "body": _say_value,
    "error": _say_value,
    "changes": _say_change,
    **dict.fromkeys(_EVERYWHERE, _say_everywhere),
}


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float, str))


def plain(value: Any) -> str:
    """A value as one short word: an enum bare, all else as short JSON; ``missing`` for a key that is not there."""
    if value is MISSING:
        return "missing"
    return value if isinstance(value, str) and _ENUM_VALUE.fullmatch(value) else show(value)
