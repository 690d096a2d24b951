"""``stripe-conformance list``: the scenarios there are."""

from __future__ import annotations

import json
import shutil
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.main import printable
from conformance.errors import ExitCode
from conformance.paths import data

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.scenario.model import Scenario, Setup


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--area", metavar="NAME", help="Only this area (the folder under scenarios/).")
@click.option(
    "--covers", metavar="ID", help="Only scenarios that cover this requirement; its beginning will do: INV-FIN."
)
@click.option("--needs", metavar="CAPABILITY", help="Only scenarios that need this capability.")
@click.option("--setups", is_flag=True, help="The setups that scenarios can start from instead.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list, for programs.")
def command(
    paths: tuple[Path, ...], area: str | None, covers: str | None, needs: str | None, setups: bool, as_json: bool
) -> ExitCode:
    """List scenarios with what they need and cover.

    PATHS are scenario files or folders; without any, the library of the suite is listed. A row of a matrix is a
    scenario of its own, written id[row].

    \b
    Examples:
      stripe-conformance list                             everything, by area
      stripe-conformance list --area lifecycle            one area
      stripe-conformance list --covers INV-FIN-004        who covers a requirement
      stripe-conformance list --needs credit_notes        what a target without credit notes leaves out
      stripe-conformance list --setups                    what `given:` can name
      stripe-conformance list --json my-scenarios/        for programs
    """
    from conformance.scenario.loader import Library, discover

    library = Library()
    roots = paths or (data("scenarios"),)
    files = discover(roots)
    documents = [library.load(file) for file in files]
    if setups:
        _print_setups([library.setups[name] for name in library.setups], as_json=as_json)
        return ExitCode.CONFORMS
    found = [
        scenario
        for document in documents
        for scenario in document.scenarios
        if area in {None, scenario.area}
        and (covers is None or any(id_.startswith(covers) for id_ in requirements(scenario)))
        and (needs is None or needs in scenario.needs)
    ]
    if as_json:
        click.echo(json.dumps([_facts(scenario) for scenario in found], indent=2, ensure_ascii=False))
    else:
        _print(found)
    return ExitCode.CONFORMS


def requirements(scenario: Scenario) -> tuple[str, ...]:
    """Everything a scenario covers, by itself and by its steps."""
    bare = any(not step.covers for step in scenario.steps)
    ids = [*(scenario.covers if bare else ()), *(id_ for step in scenario.steps for id_ in step.covers)]
    return tuple(dict.fromkeys(ids))


def _facts(scenario: Scenario) -> dict[str, Any]:
    return {
        "id": scenario.id,
        "title": scenario.title,
        "file": scenario.file,
        "area": scenario.area,
        "profile": scenario.profile,
        "needs": list(scenario.needs),
        "covers": list(requirements(scenario)),
        "versions": str(scenario.versions),
        "steps": [step.id for step in scenario.steps],
    }


def _needs(scenario: Scenario) -> str:
    return f"needs {', '.join(scenario.needs)}" if scenario.needs else ""


def _print(found: Sequence[Scenario]) -> None:
    for area, group in groupby(found, key=lambda scenario: scenario.area):
        scenarios = list(group)
        click.echo(f"{area} ({len(scenarios)})")
        rows = [(one.id, f"{len(requirements(one))} req", one.title, _needs(one)) for one in scenarios]
        for line in columns(rows):
            click.echo(printable(line))
        click.echo()
    click.echo(f"{len(found)} scenario{'' if len(found) == 1 else 's'}." if found else "No scenario is like that.")


def _print_setups(setups: Sequence[Setup], *, as_json: bool) -> None:
    if as_json:
        facts = [
            {"setup": one.name, "title": one.title, "file": one.file, "arguments": list(one.arguments)}
            for one in setups
        ]
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for line in columns([(one.name, one.title, ", ".join(one.arguments)) for one in setups]):
        click.echo(printable(line))


def columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows with their columns aligned; on a terminal no line is longer than the screen."""
    rows = list(rows)
    widths = [min(70, max(map(len, column))) for column in zip(*rows, strict=True)]
    screen = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    lines = [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return [line if screen is None or len(line) <= screen else line[: screen - 1] + "…" for line in lines]
