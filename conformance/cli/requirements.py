"""``stripe-conformance requirements``: what of the catalogue is tested, what is left out and why, what is missing."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.list import columns
from conformance.cli.main import printable
from conformance.errors import ConformanceError, ExitCode, did_you_mean
from conformance.paths import data

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.report.catalogue import Entry, State

_STATES: tuple[State, ...] = ("tested", "excluded", "untested")


class UnknownArea(ConformanceError):
    """No requirement is of that area."""

    code = "unknown-area"


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--area", metavar="NAME", help="Only this area of the catalogue: finalize, pay, events …")
@click.option("--untested", is_flag=True, help="Only what nothing tests or excuses; exit code 1 if there is any.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list of all entries, for programs.")
def command(paths: tuple[Path, ...], area: str | None, untested: bool, as_json: bool) -> ExitCode:
    """Say what of the catalogue is tested, what is left out and why, and what is missing.

    PATHS are scenario files or folders that may test it; without any, the library of the suite.

    \b
    Examples:
      stripe-conformance requirements                  the table, then what is untested
      stripe-conformance requirements --area events    one area, with its exclusions
      stripe-conformance requirements --untested       for CI: fails while anything is
      stripe-conformance requirements --json           every entry with who checks it
    """
    from conformance.contract.requirements import load
    from conformance.report.catalogue import entries
    from conformance.scenario.loader import Library

    scenarios = Library().scenarios(paths or (data("scenarios"),))
    found = entries(load().values(), scenarios)
    if area is not None:
        found = _of_area(found, area)
    missing = [entry for entry in found if entry.state == "untested"]
    if as_json:
        shown = missing if untested else found
        click.echo(json.dumps([_facts(entry) for entry in shown], indent=2, ensure_ascii=False))
    else:
        for line in _untested(missing) if untested else _report(found, missing, with_excluded=area is not None):
            click.echo(printable(line))
    return ExitCode.NONCONFORMING if untested and missing else ExitCode.CONFORMS


def _of_area(found: Sequence[Entry], area: str) -> list[Entry]:
    chosen = [entry for entry in found if entry.requirement.area == area]
    if not chosen:
        areas = list(dict.fromkeys(entry.requirement.area for entry in found))
        hint = did_you_mean(area, areas) or f"One of: {', '.join(areas)}."
        raise UnknownArea(f"no area {area!r} in the catalogue", hint=hint)
    return chosen


def _report(found: Sequence[Entry], missing: Sequence[Entry], *, with_excluded: bool) -> Iterator[str]:
    from conformance.report.catalogue import by_key, owed

    yield from _table("area", by_key(found, lambda one: one.area))
    yield ""
    yield from _table("provenance", by_key(found, lambda one: f"{one.provenance}, {one.confidence}"))
    yield ""
    yield from _table("level", by_key(found, lambda one: one.level))
    yield ""
    due = [entry for entry in found if owed(entry.requirement)]
    tested = sum(entry.state == "tested" for entry in due)
    yield f"Of {len(due)} that a target must do, that are surely known and that a client can see: {tested} tested."
    if with_excluded:
        yield from _excluded([entry for entry in found if entry.state == "excluded"])
    yield from _untested(missing)


def _table(name: str, counts: Mapping[str, Counter[State]]) -> Iterator[str]:
    rows = [(key, *(str(count[state]) for state in _STATES), str(count.total())) for key, count in counts.items()]
    totals = [str(sum(int(row[at]) for row in rows)) for at in range(1, 5)]
    yield from columns([(name, *_STATES, "all"), *rows, ("", *totals)])


def _excluded(left_out: Sequence[Entry]) -> Iterator[str]:
    if left_out:
        yield ""
        yield "Excluded"
    for entry in left_out:
        yield from _wrapped(f"{entry.requirement.id}  {entry.requirement.excluded}")


def _untested(missing: Sequence[Entry]) -> Iterator[str]:
    yield ""
    yield "Untested" if missing else "Nothing is untested."
    for entry in missing:
        one = entry.requirement
        yield f"  {one.id}  {one.level}, {one.provenance}, confidence {one.confidence}; API versions {one.versions}"
        yield from _wrapped(one.statement, "    ")


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(text, 110, initial_indent=indent, subsequent_indent=indent)


def _facts(entry: Entry) -> dict[str, Any]:
    one = entry.requirement
    return {
        "id": one.id,
        "area": one.area,
        "state": entry.state,
        "level": one.level,
        "provenance": one.provenance,
        "confidence": one.confidence,
        "versions": str(one.versions),
        "statement": one.statement,
        "excluded": one.excluded,
        "checked_by": list(entry.checked_by),
    }
