"""What `audit` and `replay` do with a finished journal: hold it against a baseline, write reports, say how it went."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from conformance.results.journal import Run
from conformance.results.reading import read

#: option -> how its file is opened: a step summary is added to.
_REPORTS = {"html": "w", "junit": "w", "markdown": "a"}


def judged(journal: Path, baseline_file: Path | None) -> Run:
    """The run in ``journal`` as the baseline sees it. Raise BaselineError, JournalError."""
    run = read(journal, validate=False)
    if baseline_file is None:
        return run
    from conformance.results import baseline

    known = baseline.load(baseline_file)
    return known.judge(replace(run, scenarios=tuple(known.apply(result) for result in run.scenarios)))


def tell(run: Run, options: Mapping[str, Any]) -> None:
    """Write what ``html``, ``junit``, ``markdown`` and ``annotations`` of ``options`` ask for, then the summary."""
    for name, mode in _REPORTS.items():
        if (path := options[name]) is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open(mode, encoding="utf-8") as file:
                file.write(import_module(f"conformance.report.{name}").render(run))
    if options.get("annotations"):
        click.echo(import_module("conformance.report.annotations").render(run), nl=False)
    terminal = import_module("conformance.report.terminal")
    width = shutil.get_terminal_size().columns
    click.echo(terminal.render(run, color=sys.stdout.isatty(), width=width, html=options["html"]))
