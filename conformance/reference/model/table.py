"""Stored objects of one kind, with indexes: retrieval, filtered lists and cursors cost the same with ten rows and
with a hundred thousand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, MutableSequence
from typing import Any

Body = dict[str, Any]
Keep = Callable[[Body], bool]
Equal = dict[str, Any]
Span = tuple["int | None", "int | None"]
#: Steps that take changes back, in the order the changes were made.
Undo = MutableSequence[tuple[Callable[..., None], tuple[Any, ...]]]
#: Rows as JSON, by id, in the parts between which letters are minted on each read.
Written = dict[str, tuple[bytes, ...]]

ANY_TIME: Span = (None, None)
#: The index of all rows.
_ALL: tuple[str, Any] = ("", None)
#: So many rows are sorted rather than scanned for.
FEW = 500


class Ranks:
    """Rows by the size of a field: each value it had at some time, and the arrival numbers of the rows that had it."""

    __slots__ = ("_rows", "_values")

    def __init__(self) -> None:
        self._values: list[int] = []
        self._rows: dict[int, list[int]] = {}

    def put(self, value: int, number: int) -> None:
        """Note that row ``number`` has ``value`` now."""
        numbers = self._rows.get(value)
        if numbers is None:
            insort(self._values, value)
            numbers = self._rows[value] = []
        _put_in(numbers, number)

    def between(self, span: Span) -> list[int] | None:
        """The rows of the values inside ``span``; None when they are more than a few."""
        low, high = span
        start = 0 if low is None else bisect_left(self._values, low)
        end = len(self._values) if high is None else bisect_right(self._values, high)
        found: list[int] = []
        for place in range(start, end):
            numbers = self._rows[self._values[place]]
            if len(found) + len(numbers) > FEW:
                return None
            found += numbers
        return found


def _put_in(numbers: list[int], number: int) -> None:
    """``number`` in its place, unless it is there; mostly it is the last."""
    if not numbers or numbers[-1] < number:
        numbers.append(number)
        return
    place = bisect_left(numbers, number)
    if numbers[place] != number:
        numbers.insert(place, number)


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

    def __init__(self, *indexed: str, undo: Undo | None = None, written: Written | None = None) -> None:
        self._undo: Undo = [] if undo is None else undo
        self._written = {} if written is None else written
        self.rows: dict[str, Body] = {}
        self._indexed = indexed
        self._orders: dict[int, Body] = {}  # arrival number -> row
        self._at: dict[str, int] = {}  # id -> arrival number; kept for deleted rows, which still serve as cursors
        self._by: dict[tuple[str, Any], list[int]] = {_ALL: []}
        self._tags: dict[
            tuple[str, str], list[int]
        ] = {}  # metadata pair in lower case -> rows that had it at some time
        self._ranks: dict[str, Ranks] = {}
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
        for key in self._keys(row):
            self._by.setdefault(key, []).append(number)
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
        if row.get(name) is not None:
            self._drop((name, row[name]), number)
        row[name] = value
        if value is not None:
            insort(self._by.setdefault((name, value), []), number)

    def remove(self, row: Body) -> None:
        number = self._at[row["id"]]
        self._undo.append((self._put_back, (row, number, self._keys(row))))
        self._take_out(row)

    def _take_out(self, row: Body) -> None:
        number = self._at[row["id"]]
        self._written.pop(row["id"], None)
        del self.rows[row["id"]], self._orders[number]
        for key in self._keys(row):
            self._drop(key, number)

    def _put_back(self, row: Body, number: int, keys: list[tuple[str, Any]]) -> None:
        self.rows[row["id"]] = self._orders[number] = row
        for key in keys:
            insort(self._by.setdefault(key, []), number)

    def _keys(self, row: Body) -> list[tuple[str, Any]]:
        """Its places in the indexes: among all, and under each value it has. Nobody asks for rows without a value."""
        return [_ALL, *((name, row[name]) for name in self._indexed if row.get(name) is not None)]

    def _drop(self, key: tuple[str, Any], number: int) -> None:
        numbers = self._by[key]
        del numbers[bisect_left(numbers, number)]
        if not numbers and key is not _ALL:
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
        return min(lists, key=len) if lists else self._by[_ALL]

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
            _put_in(self._tags.setdefault((key, value.lower()), []), number)

    def rank(self, row: Body, *names: str) -> None:
        """Make ``row`` findable by the size of these fields. Values it loses later stay behind and are sifted out."""
        number = self._at[row["id"]]
        for name in names:
            if row[name] is not None:
                if name not in self._ranks:
                    self._ranks[name] = Ranks()
                self._ranks[name].put(row[name], number)

    def few_between(self, name: str, span: Span, *, after: str | None = None) -> Iterator[Body] | None:
        """Rows that may have ``name`` inside ``span``, newest first; None when they are so many that a scan finds some
        at once.
        """
        found = self._ranks[name].between(span) if name in self._ranks else []
        if found is None:
            return None
        top = self._next if after is None else self._at[after]
        numbers = sorted({number for number in found if number < top}, reverse=True)
        return (self._orders[number] for number in numbers if number in self._orders)

    def tagged(self, key: str, value: str, keep: Keep, *, after: str | None = None) -> Iterator[Body]:
        """Rows whose metadata has ``key`` with ``value`` (lower case), newest first."""
        numbers = self._tags.get((key, value), [])
        high = len(numbers) if after is None else bisect_left(numbers, self._at[after])
        rows = (self._orders.get(numbers[index]) for index in range(high - 1, -1, -1))
        return (row for row in rows if row is not None and row["metadata"].get(key, "").lower() == value and keep(row))

    def _matching(self, numbers: Iterator[int], equal: Equal, keep: Keep) -> Iterator[Body]:
        wanted = tuple(equal.items())
        for number in numbers:
            row = self._orders[number]
            for name, value in wanted:
                if row.get(name) != value:
                    break
            else:
                if keep(row):
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
