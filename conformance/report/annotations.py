"""GitHub annotations: a failure shown on the very line of the scenario (or setup) that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.match.values import safe
from conformance.results.cause import causes
from conformance.results.model import Outcome
from conformance.results.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.results.journal import Run

#: GitHub shows ten of a kind per step; more would only be noise in the log.
MOST = 10

_COMMAND = {
    Outcome.ERROR: "error",
    Outcome.FAIL: "error",
    Outcome.NOT_TESTABLE: "error",
    Outcome.WARNING: "warning",
    Outcome.OBSERVATION: "notice",
}


def render(run: Run) -> str:
    """One workflow command a line; empty where there is nothing to say."""
    return "".join(f"{line}\n" for line in _lines(run))


def _lines(run: Run) -> Iterator[str]:
    incomplete = verdict(run).incomplete
    if incomplete:
        yield f"::error title=The run is not whole::{_text(incomplete)}"
    left = dict.fromkeys(_COMMAND.values(), MOST)
    for cause in causes(run.scenarios):
        command = _COMMAND.get(cause.outcome)
        if command is None or not left[command]:
            continue
        left[command] -= 1
        place = cause.example.place
        where = [f"file={_property(place.file)}"] if place else []
        if place and place.line:
            where.append(f"line={place.line}")
        amount = f" ({len(cause.scenarios)} scenarios)" if len(cause.scenarios) > 1 else ""
        title = f"title={_property(cause.example.scenario.id)}"
        yield f"::{command} {','.join([*where, title])}::{_text(cause.sentence + amount)}"


def _text(text: str) -> str:
    """Percent, CR and LF are how a workflow command is ended and another begun: they are encoded."""
    return safe(text[:1000]).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
