"""``stripe-conformance explain``: a scenario in words, or everything known about a requirement."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli.main import printable
from conformance.errors import ConformanceError, ExitCode, did_you_mean
from conformance.paths import data

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract.requirements import Requirement
    from conformance.scenario.model import Given, Node, Scenario, Setup, Step

_VERDICTS = {
    "fail": "A failure fails the target.",
    "warning": "A failure is a warning.",
    "observation": "A failure is only observed.",
}


class NothingOfThatName(ConformanceError):
    """Neither a scenario nor a setup nor a requirement."""

    code = "unknown-id"


@click.command()
@click.argument("name", metavar="ID")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def command(name: str, paths: tuple[Path, ...]) -> ExitCode:
    """Say in words what a scenario does, or who covers a requirement.

    ID is a scenario (void-open-invoice), a row of a matrix (pay-by-status[void]), a setup (open-invoice) or a
    requirement (INV-FIN-004). PATHS are files or folders to look in; without any, the library of the suite.

    \b
    Examples:
      stripe-conformance explain void-by-status[draft]   requests, checks, and how each is known
      stripe-conformance explain open-invoice            what a setup does
      stripe-conformance explain INV-FIN-004             what is required, since when, who says so, who checks it
      stripe-conformance explain my-flow my-scenarios/   a scenario of yours
    """
    from conformance.contract.requirements import get, load
    from conformance.scenario.loader import Library

    library = Library()
    scenarios = library.scenarios(paths or (data("scenarios"),))
    requirement = get(name)
    matching = [one for one in scenarios if name in {one.id, one.id.partition("[")[0]}]
    if requirement is not None:
        lines = _requirement(requirement, scenarios)
    elif matching:
        lines = _scenario(
            matching[0], library.setups, [one.row for one in matching if one.row is not None and one.id != name]
        )
    elif name in library.setups:
        lines = _setup(library.setups[name], library.setups)
    else:
        known = [*(one.id for one in scenarios), *library.setups, *load()]
        hint = did_you_mean(name, known) or "`stripe-conformance list` names all scenarios."
        raise NothingOfThatName(f"no scenario, setup or requirement {name!r}", hint=hint)
    for line in lines:
        click.echo(printable(line))
    return ExitCode.CONFORMS


# --- scenarios -----------------------------------------------------------------------------------------------------


def _scenario(scenario: Scenario, setups: Mapping[str, Setup], rows: Sequence[str]) -> Iterator[str]:
    yield f"{scenario.title}"
    yield f"{scenario.id}, {scenario.file}"
    yield from _facts(scenario)
    if rows:
        yield f"Rows: {', '.join(rows)}. This is {scenario.id}; name another as {scenario.id.partition('[')[0]}[row]."
    yield ""
    yield from _given(scenario, setups)
    for number, step in enumerate(scenario.steps, 1):
        yield from _step(step, f"{number}. ", step.covers if step.covers != scenario.covers else ())
        yield ""
    from conformance.cli.list import requirements
    from conformance.contract.requirements import get

    yield "Covers"
    for id_ in requirements(scenario):
        found = get(id_)
        yield from _brief(found) if found else [f"  {id_} (not in the catalogue)"]


def _facts(scenario: Scenario) -> Iterator[str]:
    if scenario.needs:
        yield f"Not for targets without {', '.join(scenario.needs)}."
    if scenario.versions.bounds:
        yield f"API versions {scenario.versions}."
    yield f"Profile {scenario.profile}."


def _given(flow: Scenario | Setup, setups: Mapping[str, Setup]) -> Iterator[str]:
    if flow.given:
        yield "Starts from"
        yield from _preludes(flow.given, setups, getattr(flow, "arguments", {}), "  ")
        yield ""


def _preludes(
    given: Sequence[Given], setups: Mapping[str, Setup], variables: Mapping[str, Node], indent: str
) -> Iterator[str]:
    """Setups within setups, with the arguments that they get here."""
    from conformance.scenario.words import value

    for one in given:
        setup = setups[one.setup]
        arguments = {name: _filled(node, variables) for name, node in one.arguments.items()}
        said = ", ".join(f"{name} {value(node)}" for name, node in arguments.items())
        yield f"{indent}{one.name}: {setup.title}{f' ({said})' if said else ''} [{setup.name}]"
        inner = {**setup.arguments, **arguments}
        yield from _preludes(setup.given, setups, inner, indent + "  ")
        for step in setup.steps:
            yield f"{indent}  {step.request.method} {_filled(step.request.path, inner)}"


def _filled(node: Node, variables: Mapping[str, Node]) -> Node:
    from conformance.scenario.matrix import fill

    return fill(node, variables, lambda *_: None) if variables else node


def _step(step: Step, label: str, covers: Sequence[str]) -> Iterator[str]:
    from conformance.scenario.words import checks, value

    yield f"{label}{step.id}{f': {step.title}' if step.title else ''}"
    yield f"   {step.request.method} {step.request.path}"
    for name, node in step.request.params.items():
        yield f"       {name} = {value(node)}"
    for name, node in step.request.headers.items():
        yield f"       {name}: {value(node)}"
    yield from (f"   {line}" for line in _conditions(step))
    yield from (f"     {line}" if line.startswith(" ") else f"   - {line}" for line in checks(step))
    if covers:
        yield f"   covers {', '.join(covers)}"


def _conditions(step: Step) -> Iterator[str]:
    if step.versions.bounds:
        yield f"only at API versions {step.versions}"
    if step.needs:
        yield f"only for targets with {', '.join(step.needs)}"
    if step.eventually:
        yield f"repeated every {step.eventually.every:g} s until it holds, for {step.eventually.within:g} s"


def _setup(setup: Setup, setups: Mapping[str, Setup]) -> Iterator[str]:
    from conformance.scenario.words import value

    yield setup.title
    yield f"setup {setup.name}, {setup.file}"
    if setup.arguments:
        yield f"Arguments: {', '.join(f'{name} (default {value(node)})' for name, node in setup.arguments.items())}."
    yield ""
    yield from _given(setup, setups)
    for number, step in enumerate(setup.steps, 1):
        yield from _step(step, f"{number}. ", ())
        yield ""
    yield f"Gives {setup.result}"


# --- requirements --------------------------------------------------------------------------------------------------


def _brief(one: Requirement) -> Iterator[str]:
    from conformance.contract.requirements import verdict_on_failure

    yield f"  {one.id}  {one.level}, {one.provenance}, confidence {one.confidence}; API versions {one.versions}"
    yield from _wrapped(one.statement, "    ")
    yield from _wrapped(f"Source: {one.source}. {_VERDICTS[verdict_on_failure(one)]}", "    ")


def _requirement(one: Requirement, scenarios: Sequence[Scenario]) -> Iterator[str]:
    from conformance.cli.list import columns, requirements
    from conformance.contract.requirements import verdict_on_failure

    yield one.id
    yield from _wrapped(one.statement, "")
    yield ""
    facts = [
        ("level", one.level),
        ("provenance", f"{one.provenance}, confidence {one.confidence}"),
        ("API versions", f"{one.versions}{f' ({one.versions_note})' if one.versions_note else ''}"),
        ("source", f"{one.source} (keys: scenarios/requirements/README.md)"),
        ("test", one.test),
        ("seen with", one.observable),
        ("left out", one.excluded),
        ("depends on", one.depends),
        ("verdict", _VERDICTS[verdict_on_failure(one)]),
        ("written in", f"{one.file}:{one.line}"),
    ]
    for name, text in facts:
        if text and text != "yes":
            yield from _wrapped(f"{name + ':':14}{text}", "", " " * 14)
    yield ""
    covering = [
        (scenario.id, ", ".join(_steps_that_cover(scenario, one.id)), scenario.title)
        for scenario in scenarios
        if one.id in requirements(scenario)
    ]
    yield "Checked by" if covering else "No scenario checks it."
    if covering:
        yield from columns(covering)


def _steps_that_cover(scenario: Scenario, id_: str) -> list[str]:
    return [step.id for step in scenario.steps if id_ in (step.covers or scenario.covers)]


def _wrapped(text: str, indent: str, later: str | None = None) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()) if later is None else text,
        110,
        initial_indent=indent,
        subsequent_indent=indent if later is None else later,
    )
