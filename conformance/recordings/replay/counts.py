"""How much of what was recorded came back: fields equal of fields compared, by API version and kind of object."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.recordings.replay.compare import ADDED, BEFORE, UNCOUNTED
from conformance.recordings.replay.rules import SHOWN, reason

if TYPE_CHECKING:
    from conformance.recordings.replay.compare import Field

MOST_DIFFERENCES = 10_000  # kinds of difference; a target may invent keys without end
MOST_KINDS = 2_000  # of object, and of version
ALL = "all"


@dataclass(slots=True)
class Share:
    """Of ``compared`` fields ``equal`` came back as they were recorded."""

    equal: int = 0
    compared: int = 0

    @property
    def value(self) -> float:
        return self.equal / self.compared if self.compared else 1.0

    def __str__(self) -> str:
        return f"{self.equal:,}/{self.compared:,} ({100 * self.value:.2f}%)" if self.compared else "-"


class Kind(NamedTuple):
    """What differences have in common."""

    object: str
    field: str
    how: str

    def __str__(self) -> str:
        return f"{self.object}.{self.field}".rstrip(".") + f" {self.how}"


@dataclass(slots=True)
class Difference:
    """How often a difference was seen, at which versions, and what it was the first time."""

    expected: Any
    actual: Any
    where: str
    count: int = 0
    versions: Counter[str] = field(default_factory=Counter)


def _why(found: Field) -> str:
    """Why a field was not compared: the same words for all of its sort."""
    sorts = {ADDED: "Stripe added it after the recording was made", BEFORE: "a moment before the recording began"}
    return sorts.get(found.how) or reason(found.object, found.field.rpartition(".")[2])


@dataclass(slots=True)
class Tally:
    """The counts of a whole replay. Exchanges are ``sent``, ``not replayable`` or ``blocked``."""

    shares: dict[tuple[str, str], Share] = field(default_factory=dict)
    exchanges: dict[str, Counter[str]] = field(default_factory=dict)
    differences: dict[Kind, Difference] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    restored: Counter[str] = field(default_factory=Counter)
    uncounted: Counter[tuple[str, str]] = field(default_factory=Counter)  # (how, why) of what was not compared

    def add(self, version: str, found: Field, where: str) -> None:
        if found.how in UNCOUNTED:
            self.uncounted[found.how, _why(found)] += 1
            return
        share = self._share(version, found.object)
        share.compared += 1
        if not found.how:
            share.equal += 1
            return
        kind = Kind(*found.cause)
        if kind not in self.differences:
            if len(self.differences) >= MOST_DIFFERENCES:
                return
            self.differences[kind] = Difference(found.expected, found.actual, where)
        difference = self.differences[kind]
        difference.count += 1
        difference.versions[version] += 1

    def _share(self, version: str, kind: str) -> Share:
        if (version, kind) not in self.shares and len(self.shares) >= MOST_KINDS:
            kind = "other"
        return self.shares.setdefault((version, kind), Share())

    def exchange(self, version: str, what: str) -> None:
        self.exchanges.setdefault(version, Counter())[what] += 1

    def share(self, *kinds: str, version: str = "") -> Share:
        """Over ``kinds`` of object (none: over all) at ``version`` (none: at all)."""
        total = Share()
        for (at, kind), share in self.shares.items():
            if (not version or at == version) and (not kinds or kind in kinds):
                total.equal += share.equal
                total.compared += share.compared
        return total

    def versions(self) -> list[str]:
        return sorted(self.exchanges)

    def table(self) -> str:
        """A line per API version, and one for all of them."""
        heads = ("version", "sent", "not replayable", "blocked", *SHOWN, "all objects")
        rows: list[tuple[str, ...]] = [heads]
        for version in [*self.versions(), ""]:
            counts = self.exchanges.get(version) or sum(self.exchanges.values(), Counter())
            rows.append(
                (
                    version or ALL,
                    *(f"{counts[what]:,}" for what in ("sent", "not replayable", "blocked")),
                    *(str(self.share(kind, version=version)) for kind in SHOWN),
                    str(self.share(version=version)),
                )
            )
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(
                cell.ljust(n) if at == 0 else cell.rjust(n) for at, (cell, n) in enumerate(zip(row, wide, strict=True))
            )
            for row in rows
        )
