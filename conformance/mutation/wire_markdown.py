"""The result of the wire mutants as a page: rates, what is excused, what still gets by, each with its reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from conformance.mutation import equivalents
from conformance.mutation.faults import NAMES
from conformance.mutation.wire import KILLED, Tried
from conformance.mutation.wire_summary import rate, strict_rate

MOST_ROWS = 120


def page(tried: Sequence[Tried], *, every: int, version: str) -> str:
    """The whole page. ``every``: one in so many mutants was planted."""
    return "\n".join((*_head(tried, every, version), *_rates(tried), *_excused(tried), *_survivors(tried), ""))


def _head(tried: Sequence[Tried], every: int, version: str) -> Iterator[str]:
    how = Counter(one.how for one in tried)
    extent = "every mutant of every recorded answer" if every == 1 else f"one in {every} of all, evenly spread"
    yield "# Wire mutants"
    yield ""
    yield "Made by `stripe-conformance mutate --kind wire --markdown FILE`. Each field of each recorded answer is made"
    yield "wrong in turn, and its scenario played again in memory: who notices?"
    yield ""
    scenarios = len({one.scenario for one in tried})
    yield f"- Recordings: API version {version}, {scenarios:,} scenarios with a mutant of their own"
    yield f"- Planted: {len(tried):,} ({extent})"
    yield f"- **Noticed: {rate(tried):.2f} %**; with nothing excused {strict_rate(tried):.2f} %"
    yield f"- What became of them: {', '.join(f'{number:,} {name}' for name, number in how.most_common())}"
    yield ""
    yield "`fail`, `error`, `not-testable` (a setup broke) and `diverged` (a later request differs) count as noticed."
    yield "A warning does not, though a person would see it. `equivalent` survived and is excused below."
    yield ""


def _rates(tried: Sequence[Tried]) -> Iterator[str]:
    yield from _table("By fault", "fault", tried, lambda one: f"{one.fault}: {NAMES[one.fault]}")
    yield from _table("By area of the scenario", "area", tried, lambda one: one.area)
    yield from _table("By object that the field is in", "object", tried, lambda one: one.kind or "(no object)")


def _table(title: str, name: str, tried: Sequence[Tried], key: Callable[[Tried], str]) -> Iterator[str]:
    groups: dict[str, list[Tried]] = defaultdict(list)
    for one in tried:
        groups[key(one)].append(one)
    yield f"## {title}"
    yield ""
    yield f"| {name} | planted | noticed | nothing excused | survived | only warned | excused |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for label, found in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        how = Counter(one.how for one in found)
        counts = " | ".join(f"{how[one]:,}" for one in ("survived", "warning", "equivalent"))
        yield f"| {label} | {len(found):,} | {rate(found):.1f} % | {strict_rate(found):.1f} % | {counts} |"
    yield ""


def _excused(tried: Sequence[Tried]) -> Iterator[str]:
    reasons = Counter(one.reason for one in tried if one.how == "equivalent")
    yield "## Excused: survived, and should"
    yield ""
    yield "| mutants | why nobody should notice |"
    yield "|--:|---|"
    yield from (f"| {number:,} | {why} |" for why, number in reasons.most_common())
    yield ""


def _survivors(tried: Sequence[Tried]) -> Iterator[str]:
    """By field, wherever in an answer its object stands; those that only warned are told in the same way."""
    missed = [one for one in tried if one.how not in KILLED and one.how != "equivalent"]
    places: dict[tuple[str, str], list[Tried]] = defaultdict(list)
    for one in missed:
        places[one.kind, equivalents.field(one.path)].append(one)
    rows = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
    yield "## What gets by, and why"
    yield ""
    yield f"{len(missed):,} mutants at {len(rows):,} fields; all of them count against the rate."
    shown = sum(len(found) for _, found in rows[:MOST_ROWS])
    yield f"The {min(MOST_ROWS, len(rows))} fields with the most, {shown:,} mutants:"
    yield ""
    yield "| mutants | object | field | faults | for example | why |"
    yield "|--:|---|---|---|---|---|"
    for (kind, field), found in rows[:MOST_ROWS]:
        step, faults = f"{found[0].scenario}, {found[0].spot.step}", _counted(one.fault for one in found)
        yield f"| {len(found):,} | {kind} | `{field}` | {faults} | {step} | {_why(found)} |"
    yield ""
    yield from _whys(missed)


def _counted(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {number}" if number > 1 else name for name, number in Counter(names).most_common())


def _why(found: Sequence[Tried]) -> str:
    return "; ".join(dict.fromkeys(_reason(one) for one in found))


def _reason(one: Tried) -> str:
    return "only a warning" if one.how == "warning" else equivalents.gap(one.kind, one.path, one.fault)


def _whys(missed: Sequence[Tried]) -> Iterator[str]:
    yield "### The same by reason"
    yield ""
    yield "| mutants | why |"
    yield "|--:|---|"
    yield from (f"| {number:,} | {why} |" for why, number in Counter(map(_reason, missed)).most_common())
