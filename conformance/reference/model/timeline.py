"""What will happen by itself, and when: one timeline runs with the server's clock, one with each test clock."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple


class Happening(NamedTuple):
    """``kind`` names what to do with the object ``id``; whoever does it checks that it still wants it."""

    at: int
    number: int
    kind: str
    id: str


class Timeline:
    """Happenings in order of time, then of planning."""

    __slots__ = ("_heap", "_number")

    def __init__(self) -> None:
        self._heap: list[Happening] = []
        self._number = 0

    def plan(self, at: int, kind: str, identifier: str) -> None:
        self._number += 1
        heappush(self._heap, Happening(at, self._number, kind, identifier))

    def next(self, until: int) -> Happening | None:
        """Take the next one that is due by ``until``."""
        return heappop(self._heap) if self._heap and self._heap[0].at <= until else None
