"""What is wrong, in words, for a reader who knows the API and not the suite. May hold text of the target: escape it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.errors import Place
from conformance.match.values import MISSING, show
from conformance.results.fingerprint import ENUM_VALUE, EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.results.model import Check, ScenarioResult, StepResult


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
    **dict.fromkeys(EVERYWHERE, _say_everywhere),
}


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float, str))


def plain(value: Any) -> str:
    """A value as one short word: an enum bare, all else as short JSON; ``missing`` for a key that is not there."""
    if value is MISSING:
        return "missing"
    return value if isinstance(value, str) and ENUM_VALUE.fullmatch(value) else show(value)
