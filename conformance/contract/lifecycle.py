"""Which status may follow which, read off the one lifecycle table. Judges any two observations of one invoice."""

from __future__ import annotations

from functools import cache

from conformance.contract.invariants.registry import STATUSES
from conformance.rules.lifecycle import LIFECYCLE

REQUIREMENT = "INV-TRN-014"


def steps() -> frozenset[tuple[str, str]]:
    """Pairs one operation (or time) apart. Rows of any confidence count: what might happen is not held against
    anyone.
    """
    found = set()
    for row in LIFECYCLE:
        for result in row.result.split(" or "):
            if row.status in STATUSES and result in (*STATUSES, "deleted") and row.operation != "create_revision":
                found.add((row.status, result))
    return frozenset(found)


@cache
def _reachable() -> frozenset[tuple[str, str]]:
    pairs = set(steps()) | {(status, status) for status in (*STATUSES, "deleted")}
    while True:
        longer = {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs
        if not longer:
            return frozenset(pairs)
        pairs |= longer


def allowed(before: str, after: str) -> bool:
    """True when an invoice seen as ``before`` may later be seen as ``after``, over any number of operations.

    Statuses outside the table (of older API versions) are never held against anyone.
    """
    known = (*STATUSES, "deleted")
    return before not in known or after not in known or (before, after) in _reachable()
