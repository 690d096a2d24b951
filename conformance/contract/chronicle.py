"""The committed history of Stripe's shapes: each field, each enum value, each operation with the API versions it
lives in.

`schemas/contract/objects.json` and `requests.json` hold one row per path. A row is one or more *spans* separated by
``; ``::

    invoice.amount_due        integer
    invoice.paid              boolean ..2025-03-31.basil
    line_item.proration       boolean ..2025-03-31.basil
    line_item.subtotal        integer 2025-12-15.clover..

``since..until`` (until is the version that no longer has it); no bounds: in every known version. Type words: ``string
integer number boolean decimal enum object any``, ``array<T>``, ``map<T>``, ``list<object>`` (a list envelope),
``ref<object>``, ``expandable<a|b>`` (an id or the object); in parameters also ``clear`` (the empty string) and unions
``a|b``. A trailing ``?``: null or absent is allowed. In paths ``[]`` is an element of an array, ``{}`` a value of a
map.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance import paths
from conformance.api_version import ApiVersion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIRST, LAST = "0000", "9999"


class Span(NamedTuple):
    """One stretch of a field's life: ``since <= version < until``, compared as dates."""

    word: str
    since: str = FIRST
    until: str = LAST

    def __str__(self) -> str:
        if (self.since, self.until) == (FIRST, LAST):
            return self.word
        return f"{self.word} {'' if self.since == FIRST else self.since}..{'' if self.until == LAST else self.until}"


def spans(row: str) -> tuple[Span, ...]:
    """Parse a row."""
    found = []
    for part in row.split("; "):
        word, _, life = part.partition(" ")
        since, _, until = life.partition("..")
        found.append(Span(word, since or FIRST, until or LAST))
    return tuple(found)


def alive(row: str, date: str) -> str | None:
    """The type word of ``row`` at the version of ``date`` (``YYYY-MM-DD``), or None."""
    if " " not in row:
        return row
    for word, since, until in spans(row):
        if since[:10] <= date < until[:10]:
            return word
    return None


@dataclass(frozen=True, slots=True)
class Table:
    """One file of the history: ``fields`` are rows by path; ``enums`` are path -> {version: values added, -version:
    removed}.
    """

    versions: tuple[ApiVersion, ...]
    fields: Mapping[str, str]
    enums: Mapping[str, Mapping[str, list[Any]]]
    operations: Mapping[str, str] = field(default_factory=dict)
    releases: Mapping[str, str] = field(default_factory=dict)

    def at(self, version: ApiVersion) -> Iterator[tuple[str, str]]:
        """``(path, word)`` of every field of ``version``."""
        for path, row in self.fields.items():
            if (word := alive(row, version.date)) is not None:
                yield path, word

    def values(self, path: str, version: ApiVersion) -> list[Any]:
        """The enum values of ``path`` at ``version``."""
        found: list[Any] = []
        for change, values in self.enums.get(path, {}).items():
            if change.startswith("-"):
                if change[1:11] <= version.date:
                    found = [value for value in found if value not in values]
            elif change[:10] <= version.date:
                found.extend(values)
        return found

    def later_values(self, path: str, version: ApiVersion) -> list[Any]:
        """Values that only versions after ``version`` have: Stripe shows them to older versions too."""
        changes = self.enums.get(path, {}).items()
        return [
            value for change, values in changes if change[:10] > version.date for value in values if change[0] != "-"
        ]


@cache
def _read(name: str) -> Table:
    import orjson

    raw = orjson.loads((paths.data("schemas") / "contract" / name).read_bytes())
    return Table(
        tuple(ApiVersion.parse(version) for version in raw["versions"]),
        raw["fields"],
        raw["enums"],
        raw.get("operations", {}),
        raw["versions"],
    )


def objects() -> Table:
    """What responses look like."""
    return _read("objects.json")


def requests() -> Table:
    """What operations accept: paths start with the operation, ``POST /v1/invoices.auto_advance``."""
    return _read("requests.json")
