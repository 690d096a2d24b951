"""Pages of a table, newest first, with Stripe's cursors (INV-LST-006, INV-LST-008, INV-LST-010, INV-LST-011)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from conformance.reference.model.problems import missing_object, refused
from conformance.reference.model.table import ANY_TIME, Body, Span, Table

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_LIMIT = 10
MOST = 100

Params = dict[str, Any]


def everything(_: Body) -> bool:
    return True


def limit_of(params: Params) -> int:
    """1 to 100; what lies outside is clamped without a word."""
    return max(1, min(MOST, int(params.get("limit", DEFAULT_LIMIT))))


def page(
    table: Table,
    params: Params,
    url: str,
    *,
    noun: str,
    equal: dict[str, Any] | None = None,
    keep: Callable[[Body], bool] = everything,
    ranked: str = "",
) -> Body:
    """The list envelope with stored rows in ``data``.

    ``equal`` uses the table's indexes, ``keep`` sifts what they leave. ``ranked`` is a parameter with bounds whose
    field the
    table ranks: where few rows lie inside them, only those are looked at.
    """
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise refused("GET list", "both-cursors")
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and not table.known(cursor):
            raise missing_object(noun, cursor, name, status=400)
    size = limit_of(params)
    keep = _within("created", params.get("created"), keep)
    span = _span(params.get("created"))
    if before:
        rows = list(islice(table.oldest(equal or {}, keep, before=before, created=span), size + 1))
        return envelope(rows[:size][::-1], url, more=len(rows) > size)
    few = table.few_between(ranked, _span(params[ranked]), after=after) if ranked in params else None
    if few is not None:
        keep = _equal(equal or {}, keep)
        rows = list(islice((row for row in few if keep(row)), size + 1))
        return envelope(rows[:size], url, more=len(rows) > size)
    rows = list(islice(table.newest(equal or {}, keep, after=after, created=span), size + 1))
    return envelope(rows[:size], url, more=len(rows) > size)


def _equal(equal: dict[str, Any], keep: Callable[[Body], bool]) -> Callable[[Body], bool]:
    return lambda row: all(row.get(name) == value for name, value in equal.items()) and keep(row)


def envelope(rows: list[Body], url: str, *, more: bool) -> Body:
    """INV-LST-001: exactly these keys; INV-LST-024: nothing found is an empty list."""
    return {"object": "list", "data": rows, "has_more": more, "url": url}


def within(name: str, when: Any, keep: Callable[[Body], bool] = everything) -> Callable[[Body], bool]:
    """A sieve for ``created`` and ``due_date``: one second, or bounds (INV-LST-002)."""
    return _within(name, when, keep)


def _within(name: str, when: Any, keep: Callable[[Body], bool]) -> Callable[[Body], bool]:
    if when is None:
        return keep
    bounds = {"gte": when, "lte": when} if isinstance(when, int) else when

    def inside(row: Body) -> bool:
        value = row.get(name, row.get("date") if name == "created" else None)
        return value is not None and all(_HOLDS[sign](value, bound) for sign, bound in bounds.items()) and keep(row)

    return inside


_HOLDS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def _span(when: Any) -> Span:
    """Both ends, included, of what ``created`` asks for."""
    if when is None:
        return ANY_TIME
    if isinstance(when, int):
        return when, when
    lows = [when["gte"]] if "gte" in when else []
    highs = [when["lte"]] if "lte" in when else []
    lows += [when["gt"] + 1] if "gt" in when else []
    highs += [when["lt"] - 1] if "lt" in when else []
    return max(lows, default=None), min(highs, default=None)


def slice_of(rows: list[Body], params: Params, url: str, *, noun: str) -> Body:
    """A page of rows that are not a table of their own (the lines of an invoice), in the order they stand."""
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise refused("GET list", "both-cursors")
    places = {row["id"]: index for index, row in enumerate(rows)}
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and cursor not in places:
            raise missing_object(noun, cursor, name, status=400)
    size = limit_of(params)
    if before:
        end = places[before]
        return envelope(rows[max(0, end - size) : end], url, more=end > size)
    start = places[after] + 1 if after else 0
    return envelope(rows[start : start + size], url, more=len(rows) > start + size)
