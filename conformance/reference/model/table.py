"""Stored objects of one kind, with indexes: retrieval, filtered lists and cursors cost the same with ten rows and
with a hundred thousand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, MutableSequence
from typing import Any, NamedTuple

Body = dict[str, Any]
Keep = Callable[[Body], bool]
Equal = dict[str, Any]
Span = tuple["int | None", "int | None"]
#: Steps that take changes back, in the order the changes were made.
Undo = MutableSequence[tuple[Callable[..., None], tuple[Any, ...]]]

ANY_TIME: Span = (None, None)
#: So many rows are sorted rather than scanned for.
FEW = 500


class Written(NamedTuple):
    """A row as JSON. ``at``: the moment it was written for, None where it is the same at every moment."""

    at: int | None
    json: bytes


class Table:
    """Rows by id in order of arrival. ``indexed`` names the fields whose values have an index of their own."""

    __slots__ = (
        "_at",
        "_by",
        "_in_order",
        "_indexed",
        "_last_created",
        "_next",
        "_orders",
        "_ranks",
        "_tags",
        "_undo",
        "_written",
        "rows",
    )

    def __init__(self, *indexed: str, undo: Undo | None = None, written: dict[str, Written] | None = None) -> None:
        self._undo: Undo = [] if undo is None else undo
        self._written = {} if written is None else written
        self.rows: dict[str, Body] = {}
        self._indexed = indexed
        self._orders: dict[int, Body] = {}  # arrival number -> row
        self._at: dict[str, int] = {}  # id -> arrival number; kept for deleted rows, which still serve as cursors
        self._by: dict[tuple[str, Any], list[int]] = {("", None): []}
        self._tags: dict[
            tuple[str, str], list[int]
        ] = {}  # metadata pair in lower case -> rows that had it at some time
        self._ranks: dict[str, list[tuple[int, int]]] = {}  # field -> (value it had at some time, row)
        self._next = 0
        self._last_created = 0
        self._in_order = True  # created never went back: ranges of it can be cut by bisection

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, identifier: str) -> bool:
        return identifier in self.rows

    def get(self, identifier: str) -> Body | None:
        return self.rows.get(identifier)

    def add(self, row: Body) -> Body:
        number = self._next
        self._next += 1
        self.rows[row["id"]] = self._orders[number] = row
        self._at[row["id"]] = number
        self._by["", None].append(number)
        for name in self._indexed:
            self._by.setdefault((name, row.get(name)), []).append(number)
        self.tag(row)
        created = self._created(number)
        self._in_order = self._in_order and created >= self._last_created
        self._last_created = created
        self._undo.append((self._take_out, (row,)))
        return row

    def set(self, row: Body, name: str, value: Any) -> None:
        """Change an indexed field."""
        self._undo.append((self._put, (row, name, row.get(name))))
        self._put(row, name, value)

    def _put(self, row: Body, name: str, value: Any) -> None:
        number = self._at[row["id"]]
        self._written.pop(row["id"], None)
        self._drop((name, row.get(name)), number)
        row[name] = value
        insort(self._by.setdefault((name, value), []), number)

    def remove(self, row: Body) -> None:
        number = self._at[row["id"]]
        self._undo.append((self._put_back, (row, number, [(name, row.get(name)) for name in self._indexed])))
        self._take_out(row)

    def _take_out(self, row: Body) -> None:
        number = self._at[row["id"]]
        self._written.pop(row["id"], None)
        del self.rows[row["id"]], self._orders[number]
        self._drop(("", None), number)
        for name in self._indexed:
            self._drop((name, row.get(name)), number)

    def _put_back(self, row: Body, number: int, keys: list[tuple[str, Any]]) -> None:
        self.rows[row["id"]] = self._orders[number] = row
        for key in (("", None), *keys):
            insort(self._by.setdefault(key, []), number)

    def _drop(self, key: tuple[str, Any], number: int) -> None:
        numbers = self._by[key]
        del numbers[bisect_left(numbers, number)]
        if not numbers and key[0]:
            del self._by[key]

    def known(self, identifier: str) -> bool:
        """True for rows that exist or once did (a deleted one may still be a cursor, INV-LST-009)."""
        return identifier in self._at

    def of(self, name: str, value: Any) -> list[Body]:
        """All rows with that value, oldest first."""
        return [self._orders[number] for number in self._by.get((name, value), ())]

    def has(self, name: str, value: Any) -> bool:
        return (name, value) in self._by

    def narrowest(self, equal: Equal) -> list[int]:
        """Arrival numbers of the smallest index that covers one of ``equal``; everything when none does."""
        lists = [self._by.get((name, value), []) for name, value in equal.items() if name in self._indexed]
        return min(lists, key=len) if lists else self._by["", None]

    def newest(self, equal: Equal, keep: Keep, *, after: str | None = None, created: Span = ANY_TIME) -> Iterator[Body]:
        """Matching rows, newest first, beginning below the cursor ``after``."""
        numbers = self.narrowest(equal)
        low, high = self._cut(numbers, created)
        if after is not None:
            high = min(high, bisect_left(numbers, self._at[after]))
        return self._matching((numbers[index] for index in range(high - 1, low - 1, -1)), equal, keep)

    def oldest(self, equal: Equal, keep: Keep, *, before: str, created: Span = ANY_TIME) -> Iterator[Body]:
        """Matching rows newer than the cursor ``before``, oldest first."""
        numbers = self.narrowest(equal)
        low, high = self._cut(numbers, created)
        low = max(low, bisect_left(numbers, self._at[before] + 1))
        return self._matching((numbers[index] for index in range(low, high)), equal, keep)

    def tag(self, row: Body) -> None:
        """Make ``row`` findable by its metadata. Pairs it loses later stay behind and are sifted out when they are
        read.
        """
        number = self._at[row["id"]]
        for key, value in (row.get("metadata") or {}).items():
            numbers = self._tags.setdefault((key, value.lower()), [])
            place = bisect_left(numbers, number)
            if place == len(numbers) or numbers[place] != number:
                numbers.insert(place, number)

    def rank(self, row: Body, *names: str) -> None:
        """Make ``row`` findable by the size of these fields. Values it loses later stay behind and are sifted out."""
        number = self._at[row["id"]]
        for name in names:
            value = row[name]
            ranks = self._ranks.setdefault(name, [])
            if value is not None:
                place = bisect_left(ranks, (value, number))
                if place == len(ranks) or ranks[place] != (value, number):
                    ranks.insert(place, (value, number))

    def few_between(self, name: str, span: Span, *, after: str | None = None) -> Iterator[Body] | None:
        """Rows that may have ``name`` inside ``span``, newest first; None when they are so many that a scan finds some
        at once.
        """
        low, high = span
        ranks = self._ranks.get(name, [])
        start = 0 if low is None else bisect_left(ranks, (low, -1))
        end = len(ranks) if high is None else bisect_left(ranks, (high + 1, -1))
        if end - start > FEW:
            return None
        top = self._next if after is None else self._at[after]
        numbers = sorted({number for _, number in ranks[start:end] if number < top}, reverse=True)
        return (self._orders[number] for number in numbers if number in self._orders)

    def tagged(self, key: str, value: str, keep: Keep, *, after: str | None = None) -> Iterator[Body]:
        """Rows whose metadata has ``key`` with ``value`` (lower case), newest first."""
        numbers = self._tags.get((key, value), [])
        high = len(numbers) if after is None else bisect_left(numbers, self._at[after])
        rows = (self._orders.get(numbers[index]) for index in range(high - 1, -1, -1))
        return (row for row in rows if row is not None and row["metadata"].get(key, "").lower() == value and keep(row))

    def _matching(self, numbers: Iterator[int], equal: Equal, keep: Keep) -> Iterator[Body]:
        for number in numbers:
            row = self._orders[number]
            if all(row.get(name) == value for name, value in equal.items()) and keep(row):
                yield row

    def _cut(self, numbers: list[int], created: Span) -> tuple[int, int]:
        """The part of ``numbers`` whose rows were created inside ``created`` (both ends included); all of it when
        rows are out of order.
        """
        if created == ANY_TIME or not self._in_order:
            return 0, len(numbers)
        low, high = created
        return (
            0 if low is None else bisect_left(numbers, low, key=self._created),
            len(numbers) if high is None else bisect_right(numbers, high, key=self._created),
        )

    def _created(self, number: int) -> int:
        row = self._orders[number]
        return int(row["created"] if "created" in row else row.get("date", 0))
