"""What became of the wire mutants, as lines for a terminal and as data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from conformance.mutation.faults import NAMES
from conformance.mutation.wire import KILLED, Tried

MOST_SURVIVORS = 40
MOST_REQUIREMENTS = 15


def rate(tried: Iterable[Tried]) -> float:
    """Per cent of the mutants that were noticed with a failure; equivalents are not counted, warnings are misses."""
    counted = [one for one in tried if one.how != "equivalent"]
    return 100 * sum(one.how in KILLED for one in counted) / len(counted) if counted else 100.0


def strict_rate(tried: Iterable[Tried]) -> float:
    """The same with nothing excused: per cent of all mutants."""
    hows = [one.how for one in tried]
    return 100 * sum(how in KILLED for how in hows) / len(hows) if hows else 100.0


def lines(tried: Sequence[Tried], *, every: int, most: int = MOST_SURVIVORS) -> Iterator[str]:
    """The report: survivors first."""
    how = Counter(one.how for one in tried)
    yield f"WIRE MUTANTS  {rate(tried):.2f}% noticed ({strict_rate(tried):.2f}% with nothing excused)"
    yield f"  {len(tried):,} planted{f', one in {every} of all' if every > 1 else ''}: " + ", ".join(
        f"{number:,} {name}" for name, number in how.most_common()
    )
    yield ""
    yield from _survivors([one for one in tried if one.how == "survived"], most)
    yield "By fault"
    yield from _table(tried, lambda one: [f"{one.fault}: {NAMES[one.fault]}"])
    yield "By area"
    yield from _table(tried, lambda one: [one.area])
    yield f"By requirement of the answer's step (the {MOST_REQUIREMENTS} with the most survivors)"
    yield from _table(tried, lambda one: one.spot.requirements, MOST_REQUIREMENTS)
    yield "Equivalent: survived, and should"
    for why, number in Counter(one.reason for one in tried if one.how == "equivalent").most_common():
        yield f"  {number:7,}  {why}"


def _survivors(survived: Sequence[Tried], most: int) -> Iterator[str]:
    places: dict[tuple[str, str, str], list[Tried]] = defaultdict(list)
    for one in survived:
        places[one.kind, one.path, one.fault].append(one)
    yield f"Survivors: {len(survived):,} at {len(places):,} places" + (
        f", the first {most}" if len(places) > most else ""
    )
    for (kind, path, fault), found in sorted(places.items(), key=lambda item: -len(item[1]))[:most]:
        one = found[0]
        within = f" (setup {one.spot.setup.rpartition('> ')[2]})" if one.spot.setup else ""
        yield f"  {len(found):7,}  {kind} {path} {fault}: {one.scenario}, step {one.spot.step}{within}"
    yield ""


def _table(tried: Sequence[Tried], keys: Callable[[Tried], Iterable[str]], most: int | None = None) -> Iterator[str]:
    groups: dict[str, list[Tried]] = defaultdict(list)
    for one in tried:
        for key in keys(one):
            groups[key].append(one)
    worst = sorted(groups.items(), key=lambda item: (-sum(one.how == "survived" for one in item[1]), item[0]))
    for key, found in worst[:most]:
        left = sum(one.how == "survived" for one in found)
        yield f"  {rate(found):6.2f}%  {len(found):7,} planted  {left:6,} survived  {key}"
    yield ""


def data(tried: Sequence[Tried], *, every: int) -> dict[str, Any]:
    """The same, for a program: the counts and every survivor."""
    return {
        "every": every,
        "planted": len(tried),
        "rate": round(rate(tried), 2),
        "rate_with_nothing_excused": round(strict_rate(tried), 2),
        "outcomes": dict(Counter(one.how for one in tried)),
        "equivalent": dict(Counter(one.reason for one in tried if one.how == "equivalent")),
        "areas": _rates(tried, lambda one: [one.area]),
        "requirements": _rates(tried, lambda one: one.spot.requirements),
        "survivors": [_survivor(one) for one in tried if one.how == "survived"],
    }


def _rates(tried: Sequence[Tried], keys: Callable[[Tried], Iterable[str]]) -> dict[str, float]:
    groups: dict[str, list[Tried]] = defaultdict(list)
    for one in tried:
        for key in keys(one):
            groups[key].append(one)
    return {key: round(rate(found), 2) for key, found in sorted(groups.items())}


def _survivor(one: Tried) -> dict[str, Any]:
    return {
        "scenario": one.scenario,
        "setup": one.spot.setup,
        "step": one.spot.step,
        "operation": one.spot.operation,
        "requirements": list(one.spot.requirements),
        "object": one.kind,
        "path": one.path,
        "fault": one.fault,
    }
