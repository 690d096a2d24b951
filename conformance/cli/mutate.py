"""``stripe-conformance mutate``: plant faults, in recorded answers and in the reference, and say who notices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.errors import ExitCode
from conformance.paths import data

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What a library must reach: per cent noticed.
WIRE_GOAL = 95.0
BEHAVIOUR_GOAL = 99.0
OWN_GOAL = 90.0  # by a scenario that covers the very requirement; and, where the rule may, by failing


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(["all", "wire", "behaviour"]), default="all", show_default=True)
@click.option("--only", metavar="NAME", multiple=True, help="Only these misbehaviours of the reference (repeatable).")
@click.option("--list", "listing", is_flag=True, help="List the misbehaviours and the faults, plant nothing.")
@click.option("--sample", metavar="N", type=click.IntRange(1), help="About N mutants of each kind, evenly spread.")
@click.option("--every", metavar="N", type=click.IntRange(1), help="Each N-th mutant (default: all of them).")
@click.option("-n", "workers", metavar="N", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--cassettes", metavar="DIR", type=click.Path(path_type=Path), help="Recordings (default: ours).")
@click.option("--api-version", metavar="VERSION", help="API version to play at (default: the newest known).")
@click.option("--survivors", "most", metavar="N", type=click.IntRange(0), default=40, show_default=True)
@click.option("--markdown", metavar="FILE", type=click.Path(path_type=Path), help="Write the wire mutants as a page.")
@click.option("--json", "json_file", metavar="FILE", type=click.Path(path_type=Path), help="Write everything as JSON.")
def command(**options: Any) -> ExitCode:
    r"""Plant faults and say which of them no scenario notices.

    Wire mutants: a field of a recorded answer is dropped, nulled, retyped, off by one, stale …, and its scenario played
    again in memory. Behavioural mutants: the reference is started with one plausible bug of a mock, and the scenarios
    run until one of them fails. PATHS are scenario files or folders; without any, the whole library is tried.

    \b
    Examples:
      stripe-conformance mutate -n 2                                   everything, in minutes
      stripe-conformance mutate --kind wire --sample 5000              a quick look
      stripe-conformance mutate --kind wire -n 2 --markdown docs/MUTATION.md
      stripe-conformance mutate --kind behaviour --only void-of-paid-is-allowed

    \b
    Exit codes:
      0 enough was noticed   1 it was not   3 nothing recorded   4 usage
    """
    paths = tuple(options["paths"]) or (data("scenarios"),)
    if options["listing"]:
        return _list()
    reports: dict[str, Any] = {}
    reached = True
    if options["kind"] != "behaviour" and not options["only"]:
        reports["wire"], fine = _wire(paths, options)
        reached = reached and fine
    if options["kind"] != "wire":
        reports["behaviour"], fine = _behaviour(paths, options)
        reached = reached and fine
    if options["json_file"]:
        options["json_file"].write_text(json.dumps(reports, indent=1) + "\n", encoding="utf-8")
    return ExitCode.CONFORMS if reached else ExitCode.NONCONFORMING


def _list() -> ExitCode:
    from conformance.mutation import behaviour, faults

    _say(f"{one.name:48} {one.requirement:12} {one.sentence}" for one in behaviour.known())
    _say(f"{name:48} {'wire':12} {means}" for name, means in faults.NAMES.items())
    return ExitCode.CONFORMS


def _wire(paths: tuple[Path, ...], options: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    from conformance.mutation import wire, wire_markdown, wire_summary

    job = wire.Job(paths, options["cassettes"] or data("cassettes"), _version(options), options["every"] or 1)
    tried, every = wire.run(job._replace(sample=options["sample"] or 0), options["workers"])
    _say(wire_summary.lines(tried, every=every, most=options["most"]))
    if options["markdown"]:
        page = wire_markdown.page(tried, every=every, version=job.version)
        options["markdown"].write_text(page, encoding="utf-8")
    return wire_summary.data(tried, every=every), wire_summary.rate(tried) >= WIRE_GOAL


def _behaviour(paths: tuple[Path, ...], options: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    from conformance.mutation import behaviour, behaviour_summary

    chosen = behaviour.chosen(options["only"], every=options["every"], sample=options["sample"])
    job = behaviour.Job(paths, _version(options))
    tried = behaviour.run(job, chosen, options["workers"])
    _say(behaviour_summary.lines(tried))
    rates = behaviour_summary.rates(tried)
    reached = rates.killed >= BEHAVIOUR_GOAL and min(rates.own, rates.own_failed) >= OWN_GOAL
    return behaviour_summary.data(tried), reached


def _version(options: dict[str, Any]) -> str:
    from conformance.target.settings import DEFAULT_API_VERSION

    return options["api_version"] or str(DEFAULT_API_VERSION)


def _say(lines: Iterable[str]) -> None:
    from conformance.cli.main import printable

    for line in lines:
        click.echo(printable(line))
