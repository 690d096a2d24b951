"""What differs between two API versions for the invoice family: bodies, parameters, operations, behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.contract import behaviour, chronicle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.api_version import ApiVersion
    from conformance.contract.behaviour import Change
    from conformance.contract.chronicle import Table


@dataclass(frozen=True, slots=True)
class Fields:
    """Differences of one table. ``types`` and ``optional`` are path -> (before, after); ``values``: path -> (added,
    removed).
    """

    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    types: dict[str, tuple[str, str]] = field(default_factory=dict)
    optional: dict[str, tuple[str, str]] = field(default_factory=dict)
    values: dict[str, tuple[list[Any], list[Any]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.removed or self.added or self.types or self.optional or self.values)


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that a move from ``older`` to ``newer`` changes."""

    older: ApiVersion
    newer: ApiVersion
    bodies: Fields
    parameters: Fields
    operations_removed: tuple[str, ...]
    operations_added: tuple[str, ...]
    behaviour: tuple[Change, ...]


def diff(older: ApiVersion, newer: ApiVersion) -> Diff:
    """The difference between two known versions, always told from the older to the newer."""
    older, newer = sorted((older, newer))
    requests = chronicle.requests()
    before, after = _operations(requests, older), _operations(requests, newer)
    kept = before & after
    return Diff(
        older,
        newer,
        _fields(chronicle.objects(), older, newer, None),
        _fields(requests, older, newer, kept),
        tuple(sorted(before - after)),
        tuple(sorted(after - before)),
        behaviour.between(older, newer),
    )


def _operations(table: Table, version: ApiVersion) -> set[str]:
    return {name for name, row in table.operations.items() if chronicle.alive(row, version.date)}


def _fields(table: Table, older: ApiVersion, newer: ApiVersion, operations: set[str] | None) -> Fields:
    """``operations``: only parameters of these (what an operation brings or takes with it is told by the operation)."""
    before, after = (dict(_of(table, version, operations)) for version in (older, newer))
    common = [path for path in before if path in after]
    changed = [(path, before[path], after[path]) for path in common if before[path] != after[path]]
    values = {path: _values(table, path, older, newer) for path in common if path in table.enums}
    return Fields(
        removed=tuple(_tops(before, after)),
        added=tuple(_tops(after, before)),
        types={path: (a.rstrip("?"), b.rstrip("?")) for path, a, b in changed if a.rstrip("?") != b.rstrip("?")},
        optional={path: (_presence(a), _presence(b)) for path, a, b in changed if a.endswith("?") != b.endswith("?")},
        values={path: change for path, change in values.items() if any(change)},
    )


def _of(table: Table, version: ApiVersion, operations: set[str] | None) -> Iterator[tuple[str, str]]:
    for path, word in table.at(version):
        if operations is None or path.partition(".")[0] in operations:
            yield path, word


def _tops(have: Mapping[str, str], lack: Mapping[str, str]) -> Iterator[str]:
    """Paths of ``have`` that ``lack`` does not know, without what stands below another of them."""
    roots = {path.partition(".")[0] for path in lack}
    last = ""
    for path in sorted(path for path in have if path not in lack):
        root = path.partition(".")[0]
        told = path if root in roots else root
        if not last or not (told == last or told.startswith((f"{last}.", f"{last}[", f"{last}{{"))):
            yield told
            last = told


def _presence(word: str) -> str:
    return "may be null or absent" if word.endswith("?") else "always there"


def _values(table: Table, path: str, older: ApiVersion, newer: ApiVersion) -> tuple[list[Any], list[Any]]:
    before, after = table.values(path, older), table.values(path, newer)
    return [value for value in after if value not in before], [value for value in before if value not in after]
