"""``stripe-conformance lint``: everything wrong with scenario files, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli.main import printable
from conformance.errors import ConformanceError, ExitCode, Place
from conformance.paths import data

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract.requirements import Requirement
    from conformance.scenario.lint import Problem, Vocabulary
    from conformance.scenario.loader import Setups
    from conformance.scenario.model import Scenario


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
def command(paths: tuple[Path, ...], strict: bool) -> ExitCode:
    """Check scenario files without running them.

    PATHS are scenario files or folders; without any, the library of the suite is checked, and that it tests every
    requirement or says why not. Setups in `setups/` folders under PATHS are checked too.

    \b
    Examples:
      stripe-conformance lint                          the scenarios that ship with the suite
      stripe-conformance lint conformance-scenarios/   yours
      stripe-conformance lint my.yaml --strict         fail on warnings too

    \b
    Each line reads
      my.yaml:14:9: error: no requirement 'INV-TRN-44' [unknown-requirement] Did you mean 'INV-TRN-004'?

    Exit codes: 0 nothing wrong (warnings at most), 4 errors.
    """
    from conformance.contract.requirements import load
    from conformance.scenario.loader import Library

    count, problems = check(paths or (data("scenarios"),))
    if not paths and not problems:  # what cannot be loaded cannot be counted
        problems += untested(load().values(), Library().scenarios((data("scenarios"),)))
    for problem in problems:
        click.echo(printable(str(problem)))
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    click.echo(f"{_plural(count, 'file')}: {_plural(errors, 'error')}, {_plural(warnings, 'warning')}.")
    return ExitCode.USAGE if errors or (strict and warnings) else ExitCode.CONFORMS


def check(paths: Sequence[Path]) -> tuple[int, list[Problem]]:
    """How many files were looked at, and what is wrong with them. Raises where there is nothing to look at."""
    from conformance.scenario.lint import Problem, lint
    from conformance.scenario.loader import Library, discover, discover_setups, examine, shown

    files = [*discover(paths), *discover_setups(paths)]
    if not files:
        hint = "A scenario is a .yaml file with `id:` and `steps:`."
        raise NothingToLint(f"no scenarios in {', '.join(map(str, paths))}", place=Place(str(paths[0])), hint=hint)
    library, problems, documents = Library(), [], []
    for file in files:
        examined = examine(file)
        try:
            library.adopt(file)
        except ConformanceError as problem:
            problems.append(Problem("error", problem.code, problem.place, problem.message, problem.hint))
        problems += map(Problem.of, examined.problems)
        if examined.document is not None:
            documents.append(examined.document)
    problems += lint(documents, vocabulary(library.setups))
    once = {str(problem): problem for problem in problems}
    order = {shown(file): n for n, file in enumerate(files)}
    return len(files), sorted(once.values(), key=lambda p: _position(p, order))


def untested(catalogue: Iterable[Requirement], scenarios: Sequence[Scenario]) -> list[Problem]:
    """Requirements that none of ``scenarios`` tests and that do not say why."""
    from conformance.report.catalogue import entries
    from conformance.scenario.lint import Problem

    hint = "Write a scenario that covers it, or say under `excluded:` why none can."
    return [
        Problem("error", "untested-requirement", Place(one.file, one.line), f"nothing tests {one.id}", hint)
        for one, state in ((entry.requirement, entry.state) for entry in entries(catalogue, scenarios))
        if state == "untested"
    ]


def _position(problem: Problem, order: dict[str, int]) -> tuple[int, int, int]:
    place = problem.place or Place("")
    return order.get(place.file, len(order)), place.line or 0, place.column or 0


class NothingToLint(ConformanceError):
    """The paths hold no scenario."""

    code = "no-scenarios"


def vocabulary(setups: Setups) -> Vocabulary:
    """Every name a scenario can use: the catalogue, the capabilities, the setups, Stripe's versions."""
    from conformance.contract import versions
    from conformance.contract.requirements import load, verdict_on_failure
    from conformance.rules.capabilities import CAPABILITIES
    from conformance.scenario.lint import Vocabulary

    requirements = {id_: verdict_on_failure(one) == "fail" for id_, one in load().items()}
    return Vocabulary(requirements, CAPABILITIES, setups, versions.known())


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
