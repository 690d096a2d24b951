"""The summary a person reads first: verdict, counts, causes in the order to fix them, and what to type next.

Text from a target goes through `safe` before it is printed: no escape sequence of its can reach the terminal.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from conformance.match.values import safe, show
from conformance.report import reproduce
from conformance.results.cause import Cause, causes
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult
from conformance.results.verdict import MEANING, Conclusion, Verdict, verdict
from conformance.results.wording import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from conformance.results.journal import Run
    from conformance.target.redact import Redactor

MOST_CAUSES = 20
MOST_CHECKS = 5  # of one step of one scenario
MOST_DIFF = 10

_RED, _GREEN, _YELLOW, _DIM, _BOLD, _CYAN = "31", "32", "33", "2", "1", "36"

_OUTCOME_COLOR: Mapping[Outcome, str] = {
    Outcome.ERROR: _RED,
    Outcome.FAIL: _RED,
    Outcome.NOT_TESTABLE: _RED,
    Outcome.KNOWN: _YELLOW,
    Outcome.WARNING: _YELLOW,
    Outcome.OBSERVATION: _CYAN,
    Outcome.NOT_APPLICABLE: _DIM,
    Outcome.PASS: _GREEN,
}
_CONCLUSION_COLOR = {Conclusion.CONFORMS: _GREEN, Conclusion.STALE_BASELINE: _YELLOW}


class _Paint:
    """Colors where they are wanted."""

    def __init__(self, on: bool, width: int) -> None:
        self.on = on
        self.width = max(40, width)

    def __call__(self, text: str, *codes: str) -> str:
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self.on and codes else text

    def cut(self, text: str, indent: int = 0) -> str:
        """``text`` safe to print, on one line of the terminal's width."""
        room = self.width - indent
        line = safe(" ".join(text.split()))
        return line if len(line) <= room else line[: room - 1] + "…"


def render(run: Run, *, color: bool, width: int, html: Path | None = None) -> str:
    """The whole summary of ``run``; ``html`` is where the report is, if there is one."""
    paint = _Paint(color, width)
    judged = verdict(run)
    found = causes(run.scenarios)
    fix = [cause for cause in found if cause.outcome in {Outcome.ERROR, Outcome.FAIL, Outcome.NOT_TESTABLE}]
    parts: list[Iterable[str]] = [
        _causes(fix, run, paint),
        _folded(found, paint),
        _stale(run, paint),
        _headline(run, judged, fix, paint),
        _counts(judged, paint),
        _next(run, judged, fix, html, paint),
    ]
    return "\n".join(line for part in parts for line in part)


def _headline(run: Run, judged: Verdict, fix: list[Cause], paint: _Paint) -> Iterator[str]:
    word = paint(judged.conclusion.value.upper(), _BOLD, _CONCLUSION_COLOR.get(judged.conclusion, _RED))
    target = paint.cut(f"{run.header.target.get('name', '?')} at API version {run.header.api_version}", 16)
    seconds = f", {run.footer.ended - run.header.started:.1f} s" if run.footer else ""
    scope = f"{_n(len(run.scenarios), 'scenario')}, {_n(judged.checks, 'check')}{seconds}"
    yield f"{word}  {target}"
    yield f"  {scope}"
    if judged.incomplete:
        yield paint(f"  INCOMPLETE: {paint.cut(judged.incomplete, 14)}", _RED)
    blocked = sum(1 for scenario in run.scenarios if any(_kept_out(step) for step in scenario.steps))
    if fix:
        tail = f"; they keep {_n(blocked, 'scenario')} from being tested to the end" if blocked else ""
        yield f"  {_n(len(fix), 'cause')} to fix{tail}"


def _kept_out(step: StepResult) -> bool:
    return step.outcome is Outcome.NOT_TESTABLE and not step.exchanges


def _counts(judged: Verdict, paint: _Paint) -> Iterator[str]:
    """Every outcome that occurred, with what the word means."""
    wide = max((len(outcome.value) for outcome in judged.counts), default=0)
    for outcome, number in judged.counts.items():
        word = paint(f"{number:>6,} {outcome.value:<{wide}}", _OUTCOME_COLOR[outcome])
        yield f"{word}  {paint(paint.cut(MEANING[outcome], wide + 10), _DIM)}"


def _causes(fix: list[Cause], run: Run, paint: _Paint) -> Iterator[str]:
    if not fix:
        return
    yield paint("What to fix, most urgent first", _BOLD)
    yield ""
    for number, cause in enumerate(fix[:MOST_CAUSES], 1):
        yield from _cause(number, cause, run, paint)
        yield ""
    if len(fix) > MOST_CAUSES:
        yield paint(f"… {len(fix) - MOST_CAUSES:,} more causes in the HTML report", _DIM)
        yield ""


def _cause(number: int, cause: Cause, run: Run, paint: _Paint) -> Iterator[str]:
    scenario, step, check = cause.example
    for at, line in enumerate(_wrap(f"{number}. {cause.sentence}", paint.width)):
        yield paint(line if at == 0 else f"   {line}", _BOLD)
    blocked = f", {cause.blocked:,} of them not testable because of it" if cause.blocked else ""
    shows_in = f"{_n(len(cause.scenarios), 'scenario')}{blocked}, e.g. {scenario.id}"
    yield f"   {paint.cut(shows_in, 3)}"
    if step is not None:
        yield f"   {paint.cut(_step_line(step), 3)}"
    if check is not None:
        yield from (f"   {line}" for line in _check_lines(check, paint))
    yield f"   {paint(safe(str(cause.example.place)), _DIM)}"
    yield f"   {paint(safe(reproduce.suite_command(run.header, scenario)), _CYAN)}"


def _step_line(step: StepResult) -> str:
    where = f"setup {step.setup}, step {step.id}" if step.setup else f"step {step.id}"
    last = step.exchanges[-1] if step.exchanges else None
    if last is None:
        return f"{where}: {step.operation}, not sent"
    answer = f"HTTP {last.response.status}" if last.response else last.reply.value
    request_id = last.response.headers.get("request-id", "") if last.response else ""
    tries = f" after {len(step.exchanges)} attempts" if len(step.exchanges) > 1 else ""
    return f"{where}: {step.operation} → {answer}{tries}{f' ({request_id})' if request_id else ''}"


def _check_lines(check: Check, paint: _Paint) -> Iterator[str]:
    """What was expected and what came, as short as it can be said."""
    if check.kind != "wrong":  # there was no answer to compare; the sentence above has said all
        return
    diff = check.diff or _two_sides(check)
    if not diff:
        yield paint.cut(told(check), 3)
    for line in diff[:MOST_DIFF]:
        yield _difference(line, paint)
    if len(diff) > MOST_DIFF:
        yield paint(f"… {len(diff) - MOST_DIFF:,} more lines", _DIM)


def _difference(line: str, paint: _Paint) -> str:
    """``- path: value`` is what was expected, ``+ path: value`` what came."""
    if line[:2] not in _SIDES:
        return paint.cut(line, 3)
    side, color = _SIDES[line[:2]]
    return f"{side:>8}  {paint(paint.cut(line[2:], 13), color)}"


_SIDES = {"- ": ("expected", _GREEN), "+ ": ("got", _RED)}


def _two_sides(check: Check) -> tuple[str, ...]:
    if check.expected is None and check.actual is None:
        return ()
    name = check.path or check.aspect
    return (f"- {name}: {show(check.expected)}", f"+ {name}: {show(check.actual)}")


def _folded(found: list[Cause], paint: _Paint) -> Iterator[str]:
    """Known failures, warnings and observations: one line each, for they decide nothing."""
    titles = {Outcome.KNOWN: "Known", Outcome.WARNING: "Warnings", Outcome.OBSERVATION: "Observations"}
    for outcome, title in titles.items():
        some = [cause for cause in found if cause.outcome is outcome]
        if not some:
            continue
        yield paint(paint.cut(f"{title} ({MEANING[outcome]})"), _BOLD)
        for cause in some[:MOST_CAUSES]:
            amount = f" ×{len(cause.scenarios)}" if len(cause.scenarios) > 1 else ""
            yield paint(f"  · {paint.cut(cause.sentence, 6 + len(amount))}{amount}", _OUTCOME_COLOR[outcome])
        if len(some) > MOST_CAUSES:
            yield paint(f"  … {len(some) - MOST_CAUSES:,} more in the HTML report", _DIM)
        yield ""


def _stale(run: Run, paint: _Paint) -> Iterator[str]:
    if not run.stale:
        return
    yield paint("Baseline entries that are no longer true", _BOLD)
    for entry in run.stale[:MOST_CAUSES]:
        line = f"{entry.get('place', '')}: {entry.get('scenario')} {entry.get('check')}: {entry.get('why')}"
        yield paint(f"  · {paint.cut(line, 4)}", _YELLOW)
    yield ""


def _next(run: Run, judged: Verdict, fix: list[Cause], html: Path | None, paint: _Paint) -> Iterator[str]:
    yield ""
    if html is not None:
        yield f"Report: {paint(safe(str(html)), _CYAN)}"
    command = _what_next(run, judged, fix, html)
    if command:
        yield f"Next:   {paint(safe(command), _CYAN)}"


def _what_next(run: Run, judged: Verdict, fix: list[Cause], html: Path | None) -> str:
    if fix:
        return reproduce.suite_command(run.header, fix[0].example.scenario)
    if judged.conclusion is Conclusion.STALE_BASELINE:
        baseline = str(run.stale[0].get("place", "")).rsplit(":", 2)[0] or "BASELINE"
        journal = html.with_name("journal.ndjson") if html else "JOURNAL"
        return shlex.join(["stripe-conformance", "report", str(journal), "--baseline", baseline, "--prune"])
    return "" if judged.conclusion is Conclusion.CONFORMS else "run again; see above for why this run is not whole"


def render_scenario(result: ScenarioResult, redactor: Redactor | None = None, *, color: bool = False) -> str:
    """One scenario's failure for pytest's own report: of each failed step what was expected and what came."""
    paint = _Paint(color, 160)
    lines = [f"{result.id}: {result.outcome.value}" + (f" ({paint.cut(result.reason, 40)})" if result.reason else "")]
    for step in result.steps:
        if step.outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE}:
            continue
        lines.append(f"  {paint.cut(_step_line(step), 2)}")
        for check in step.checks[:MOST_CHECKS]:
            lines.append(f"    {check.outcome.value}: {paint.cut(told(check), 20)}")
            lines += [f"      {line}" for line in _check_lines(check, paint)]
            if check.place:
                lines.append(f"      at {safe(str(check.place))}")
        if len(step.checks) > MOST_CHECKS:
            lines.append(f"    … {len(step.checks) - MOST_CHECKS:,} more checks of this step")
    text = "\n".join(lines)
    return redactor.text(text) if redactor else text


def _wrap(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(safe(" ".join(text.split()))[:360], width - 3, break_on_hyphens=False) or [""]


def _n(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
