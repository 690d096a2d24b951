"""``stripe-conformance report``: the same reports again, from journals. Shards are merged first."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.errors import ConformanceError, ExitCode, Place

if TYPE_CHECKING:
    from conformance.results.journal import Run

_FILE = click.Path(dir_okay=False, path_type=Path)


class UnwritableReportError(ConformanceError):
    """A report that cannot be written."""

    code = "unwritable-report"


@click.command()
@click.argument("journals", nargs=-1, required=True, metavar="JOURNAL…", type=click.Path(path_type=Path))
@click.option("--html", metavar="FILE", type=_FILE, help="Write the HTML report: one offline file.")
@click.option("--junit", metavar="FILE", type=_FILE, help="Write JUnit XML.")
@click.option("--markdown", metavar="FILE", type=_FILE, help="Append a markdown summary (for $GITHUB_STEP_SUMMARY).")
@click.option("--annotations", is_flag=True, help="Print GitHub annotations on the scenario lines that failed.")
@click.option("--merged", metavar="FILE", type=_FILE, help="Keep the journal that several were merged into.")
@click.option("--baseline", metavar="FILE", type=_FILE, help="Judge by this baseline of known failures.")
@click.option(
    "--write-baseline",
    metavar="FILE",
    type=_FILE,
    help="Write what fails now to FILE as known failures, and judge by it.",
)
@click.option("--prune", is_flag=True, help="Take the entries that are no longer true out of --baseline.")
def command(journals: tuple[Path, ...], **options: Any) -> ExitCode:
    """Make reports of one run's JOURNALs, or of the journals of its shards; the exit code is the run's.

    \b
    Examples:
      stripe-conformance report reports/journal.ndjson --html report.html
      stripe-conformance report shard-*/journal.ndjson --merged journal.ndjson --junit junit.xml
      stripe-conformance report reports/journal.ndjson --write-baseline baseline.yaml
    """
    from conformance.results.verdict import verdict

    run = _read(journals, options["merged"])
    if options["write_baseline"]:
        from conformance.results import baseline

        number = baseline.write(run, options["write_baseline"])
        click.echo(f"{options['write_baseline']}: {number} known failures", err=True)
        options["baseline"] = options["write_baseline"]
    run = _judged(run, options)
    _write(run, options)
    return verdict(run).exit_code


def _read(journals: tuple[Path, ...], merged: Path | None) -> Run:
    from conformance.results.merging import merge
    from conformance.results.reading import read

    if len(journals) == 1 and merged is None:
        return read(journals[0])
    if merged is not None:
        return merge(journals, merged)
    with tempfile.TemporaryDirectory() as folder:
        return merge(journals, Path(folder) / "journal.ndjson")


def _judged(run: Run, options: dict[str, Any]) -> Run:
    """``run`` as the baseline sees it; with ``--prune`` the baseline is made true first."""
    from dataclasses import replace

    from conformance.results import baseline

    path = options["baseline"]
    if path is None:
        if options["prune"]:
            raise click.UsageError("--prune needs --baseline FILE")
        return run
    known = baseline.load(path)
    run = known.judge(replace(run, scenarios=tuple(known.apply(result) for result in run.scenarios)))
    if options["prune"] and run.stale:
        number = baseline.prune(path, run.stale)
        click.echo(f"{path}: {number} entries taken out", err=True)
        run = baseline.load(path).judge(run)
    return run


def _write(run: Run, options: dict[str, Any]) -> None:
    from conformance.report import annotations, html, junit, markdown, terminal

    for name, render, mode in (
        ("html", html.render, "w"),
        ("junit", junit.render, "w"),
        ("markdown", markdown.render, "a"),
    ):
        path: Path | None = options[name]
        if path is not None:
            _store(path, render(run), mode)
    if options["annotations"]:
        click.echo(annotations.render(run), nl=False)
    width = shutil.get_terminal_size().columns
    click.echo(terminal.render(run, color=sys.stdout.isatty(), width=width, html=options["html"]))


def _store(path: Path, text: str, mode: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UnwritableReportError(f"cannot be written: {error.strerror}", place=Place(str(path))) from None
