"""A short markdown summary, made for ``$GITHUB_STEP_SUMMARY``: verdict, the first causes, a table by area."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.match.values import safe
from conformance.report import reproduce
from conformance.results.cause import causes, to_fix
from conformance.results.model import Outcome
from conformance.results.verdict import MEANING, Conclusion, Verdict, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.results.journal import Run

MOST_CAUSES = 10

_MARK = {Conclusion.CONFORMS: "✅", Conclusion.STALE_BASELINE: "⚠️"}
#: Everything that markdown or its HTML would act upon.
_ACTIVE = re.compile(r"([\\`*_{}\[\]()<>#+!|~@&$])")


def render(run: Run) -> str:
    """The summary as GitHub-flavoured markdown; text from the target is escaped."""
    judged = verdict(run)
    return "\n".join([*_head(run, judged), *_causes(run), *_areas(judged), *_stale(run), ""])


def _head(run: Run, judged: Verdict) -> Iterator[str]:
    yield f"## {_MARK.get(judged.conclusion, '❌')} Stripe invoices: {judged.conclusion.value}"
    yield ""
    target = escape(str(run.header.target.get("name", "?")))
    yield f"**{target}** at API version {escape(run.header.api_version)} · suite {escape(run.header.suite_version)} ·"
    yield f"{len(run.scenarios):,} scenarios · {judged.checks:,} checks"
    yield ""
    if judged.incomplete:
        yield "> [!CAUTION]"
        yield f"> This run is not whole: {escape(judged.incomplete)}"
        yield ""
    counts = " · ".join(f"{number:,} {outcome.value}" for outcome, number in judged.counts.items())
    yield counts or "no scenario ran"


def _causes(run: Run) -> Iterator[str]:
    fix = to_fix(causes(run.scenarios))
    if not fix:
        return
    yield ""
    yield "### What to fix, most urgent first"
    yield ""
    for number, cause in enumerate(fix[:MOST_CAUSES], 1):
        blocked = f", {cause.blocked} not testable" if cause.blocked else ""
        yield f"{number}. {escape(cause.sentence)} ({_n(len(cause.scenarios), 'scenario')}{blocked})  "
        yield f"   {code(str(cause.example.place))}"
    if len(fix) > MOST_CAUSES:
        yield ""
        yield f"… and {len(fix) - MOST_CAUSES} more causes, in the HTML report."
    yield ""
    yield f"Try the first: {code(reproduce.suite_command(run.header, fix[0].example.scenario))}"


def _n(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _areas(judged: Verdict) -> Iterator[str]:
    if not judged.areas:
        return
    outcomes = [outcome for outcome in reversed(Outcome) if judged.counts.get(outcome)]
    yield ""
    yield f"| area | {' | '.join(outcome.value for outcome in outcomes)} |"
    yield f"|---|{'---:|' * len(outcomes)}"
    for area in judged.areas:
        cells = " | ".join(str(area.counts.get(outcome) or "") for outcome in outcomes)
        yield f"| {escape(area.area)} | {cells} |"
    yield ""
    yield "<sub>" + " · ".join(f"<b>{outcome.value}</b>: {MEANING[outcome]}" for outcome in outcomes) + "</sub>"


def _stale(run: Run) -> Iterator[str]:
    if not run.stale:
        return
    yield ""
    yield "### Baseline entries that are no longer true"
    yield ""
    for entry in run.stale:
        name = f"{entry.get('scenario')} {entry.get('check')}"
        yield f"- {code(name)}: {escape(str(entry.get('why')))}"


def escape(text: str) -> str:
    """``text`` as plain words of a markdown line."""
    return _ACTIVE.sub(r"\\\1", safe(" ".join(text.split()))[:400])


def code(text: str) -> str:
    """``text`` as inline code, whatever backticks it holds."""
    text = safe(" ".join(text.split()))[:400]
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}"
