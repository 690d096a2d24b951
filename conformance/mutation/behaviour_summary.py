"""What became of the behavioural mutants, as lines for a terminal and as data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from conformance.contract.requirements import AREAS, load
from conformance.mutation.behaviour import Tried, known, untested
from conformance.mutation.behaviour_gaps import NO_MUTANT

NOTICED = frozenset({"failed", "ended", "blocked", "warned", "observed"})
#: The run does not end with "conforms", whoever said so.
FAILED = frozenset({"failed", "ended"})


class Rates(NamedTuple):
    """Per cent of the mutants (equivalents apart).

    ``killed``: noticed by somebody; ``own``: noticed by who covers their requirement. ``failed`` and ``own_failed``
    are of those alone whose rule may fail a run: the run fails, and it fails in a scenario that covers the rule.
    """

    killed: float
    own: float
    failed: float
    own_failed: float


def rates(tried: Sequence[Tried]) -> Rates:
    counted = [one for one in tried if one.how != "equivalent"]
    grave = [one for one in counted if one.may == "fail"]
    return Rates(
        _share(counted, lambda one: one.how in NOTICED),
        _share(counted, lambda one: one.own),
        _share(grave, lambda one: one.how in FAILED),
        _share(grave, lambda one: one.own_failed),
    )


def _share(tried: Sequence[Tried], holds: Callable[[Tried], bool]) -> float:
    return 100 * sum(map(holds, tried)) / len(tried) if tried else 100.0


def lines(tried: Sequence[Tried]) -> Iterator[str]:
    """The report: survivors first."""
    rate = rates(tried)
    counts = Counter(one.may for one in tried if one.how != "equivalent")
    yield f"BEHAVIOURAL MUTANTS  {rate.killed:.2f}% noticed, {rate.own:.2f}% by a scenario that covers the requirement"
    yield f"  {len(tried)} started: " + _counted(Counter(one.how for one in tried))
    yield (
        f"  {counts['fail']} break a rule that may fail a run: {rate.failed:.2f}% fail it, "
        f"{rate.own_failed:.2f}% in a scenario that covers the rule"
    )
    yield (
        f"  {counts['warning']} break a should, {counts['observation']} what is only believed: "
        "by policy a warning, an observation"
    )
    yield ""
    yield from _told("Survivors", [one for one in tried if one.how == "survived"])
    yield from _told("Broken: what was planted crashed", [one for one in tried if one.how == "broken"])
    yield from _deaf(tried)
    yield from _told("Equivalent", [one for one in tried if one.how == "equivalent"])
    quiet = [one for one in tried if one.may == "fail" and one.how in NOTICED - FAILED]
    yield from _told("Noticed, though no run fails", quiet)
    others = [one for one in tried if one.how in NOTICED and not one.own]
    yield from _told("Noticed only by scenarios of other rules", others)
    yield "By area                      noticed      by own  fail by own"
    yield from _table(tried, lambda one: AREAS.get(one.mutant.requirement[4:7], "other"))
    yield "By requirement, where anything is short of 100%"
    yield from _table(tried, lambda one: one.mutant.requirement, whole=False)
    yield from _gaps()


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {how}" for how, number in sorted(counts.items()))


def _told(title: str, tried: Sequence[Tried]) -> Iterator[str]:
    if not tried:
        return
    yield f"{title}: {len(tried)}"
    for one in tried:
        tail = one.reason or one.by
        yield f"  {one.mutant.requirement}  {one.mutant.name}: {one.mutant.sentence}" + (f" ({tail})" if tail else "")
    yield ""


def _deaf(tried: Sequence[Tried]) -> Iterator[str]:
    names = sorted({name for one in tried for name in one.deaf})
    if names:
        yield f"The reference itself does not pass {', '.join(names)}: until it does they notice nothing"
        yield ""


def _table(tried: Sequence[Tried], group: Callable[[Tried], str], *, whole: bool = True) -> Iterator[str]:
    """A row for each group, the worst first; without ``whole`` only those that are not perfect."""
    for name, rate, number in _groups(tried, group):
        if whole or min(rate.killed, rate.own, rate.own_failed) < 100:
            yield f"  {name:16}{number:4}  {rate.killed:10.2f}%{rate.own:11.2f}%{rate.own_failed:11.2f}%"
    yield ""


def _groups(tried: Sequence[Tried], group: Callable[[Tried], str]) -> list[tuple[str, Rates, int]]:
    groups: dict[str, list[Tried]] = defaultdict(list)
    for one in tried:
        groups[group(one)].append(one)
    rated = [(name, rates(found), len(found)) for name, found in groups.items()]
    return sorted(rated, key=lambda row: (row[1].killed, row[1].own, row[1].own_failed, row[0]))


def _gaps() -> Iterator[str]:
    missing = without_mutant()
    told = [one for one in missing if one in NO_MUTANT]
    yield f"Rules of must level without a mutant of their own: {len(missing)}"
    yield from (f"  {one}: {NO_MUTANT[one]}" for one in told)
    unexplained = [one for one in missing if one not in NO_MUTANT]
    for start in range(0, len(unexplained), 8):
        yield "  " + " ".join(unexplained[start : start + 8])
    yield ""


def without_mutant() -> list[str]:
    """The must-level rules that the API can show and no misbehaviour of the whole table breaks."""
    must = [one.id for one in load().values() if one.level == "must" and not one.excluded]
    return untested(known(), must)


def data(tried: Sequence[Tried]) -> dict[str, Any]:
    """The same, for a program: every mutant with its fate."""
    return {
        **_rounded(rates(tried)),
        "areas": _rated(tried, lambda one: AREAS.get(one.mutant.requirement[4:7], "other")),
        "requirements": _rated(tried, lambda one: one.mutant.requirement),
        "without_mutant": {one: NO_MUTANT.get(one, "") for one in without_mutant()},
        "mutants": [
            {
                **one.mutant._asdict(),
                "how": one.how,
                "may": one.may,
                "by": one.by,
                "own": one.own,
                "own_failed": one.own_failed,
                "reason": one.reason,
                "deaf": one.deaf,
                "ran": one.ran,
            }
            for one in sorted(tried, key=lambda one: one.how not in ("survived", "broken"))
        ],
    }


def _rated(tried: Sequence[Tried], group: Callable[[Tried], str]) -> dict[str, Any]:
    return {name: {**_rounded(rate), "mutants": number} for name, rate, number in _groups(tried, group)}


def _rounded(rate: Rates) -> dict[str, float]:
    return {name: round(value, 2) for name, value in rate._asdict().items()}
