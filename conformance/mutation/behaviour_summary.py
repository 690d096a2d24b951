"""What became of the behavioural mutants, as lines for a terminal and as data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from conformance.contract.requirements import AREAS, load
from conformance.mutation.behaviour import Misbehaviour, Tried, untested

#: As loudly as its rule may.
NOTICED = frozenset({"killed", "warned", "observed"})


class Rates(NamedTuple):
    """Per cent of the mutants (equivalents apart): noticed by somebody, noticed by who covers their requirement."""

    killed: float
    own: float


def rates(tried: Sequence[Tried]) -> Rates:
    counted = [one for one in tried if one.how != "equivalent"]
    if not counted:
        return Rates(100.0, 100.0)
    share = 100 / len(counted)
    return Rates(share * sum(one.how in NOTICED for one in counted), share * sum(one.own for one in counted))


def lines(tried: Sequence[Tried]) -> Iterator[str]:
    """The report: survivors first."""
    rate = rates(tried)
    yield f"BEHAVIOURAL MUTANTS  {rate.killed:.2f}% noticed, {rate.own:.2f}% by a scenario that covers the requirement"
    counts = Counter(one.how for one in tried)
    yield f"  {len(tried)} started: " + ", ".join(f"{number} {how}" for how, number in sorted(counts.items()))
    yield ""
    yield from _told("Survivors", [one for one in tried if one.how == "survived"])
    yield from _told("Equivalent", [one for one in tried if one.how == "equivalent"])
    yield from _told(
        "Noticed only by scenarios of other rules", [one for one in tried if one.how == "killed" and not one.own]
    )
    yield "By area"
    yield from _areas(tried)
    missing = without_mutant([one.mutant for one in tried])
    yield f"Rules of must level without a mutant of their own: {len(missing)}"
    for start in range(0, len(missing), 8):
        yield "  " + " ".join(missing[start : start + 8])
    yield ""


def _told(title: str, tried: Sequence[Tried]) -> Iterator[str]:
    if not tried:
        return
    yield f"{title}: {len(tried)}"
    for one in tried:
        tail = one.reason or one.by
        yield f"  {one.mutant.requirement}  {one.mutant.name}: {one.mutant.sentence}" + (f" ({tail})" if tail else "")
    yield ""


def _areas(tried: Sequence[Tried]) -> Iterator[str]:
    groups: dict[str, list[Tried]] = defaultdict(list)
    for one in tried:
        groups[AREAS.get(one.mutant.requirement[4:7], "other")].append(one)
    for area, found in sorted(groups.items(), key=lambda item: (rates(item[1]).killed, item[0])):
        rate = rates(found)
        yield f"  {rate.killed:6.2f}%  {rate.own:6.2f}% own  {len(found):4}  {area}"
    yield ""


def without_mutant(mutants: Sequence[Misbehaviour]) -> list[str]:
    """The must-level rules that the API can show and no mutant breaks."""
    must = [one.id for one in load().values() if one.level == "must" and not one.excluded]
    return untested(mutants, must)


def data(tried: Sequence[Tried]) -> dict[str, Any]:
    """The same, for a program: every mutant with its fate."""
    rate = rates(tried)
    return {
        "killed": round(rate.killed, 2),
        "own": round(rate.own, 2),
        "without_mutant": without_mutant([one.mutant for one in tried]),
        "mutants": [
            {
                **one.mutant._asdict(),
                "how": one.how,
                "by": one.by,
                "own": one.own,
                "reason": one.reason,
                "ran": one.ran,
            }
            for one in tried
        ],
    }
