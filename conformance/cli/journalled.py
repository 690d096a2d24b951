"""What `audit` and `replay` share: results into a journal, then the baseline, the reports and how it went."""

from __future__ import annotations

import platform
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from conformance.results.journal import Header, JournalWriter, Run
from conformance.results.model import ScenarioResult
from conformance.results.reading import read
from conformance.target.redact import Redactor

#: option -> how its file is opened: a step summary is added to.
_REPORTS = {"html": "w", "junit": "w", "markdown": "a"}


def header(command: Sequence[str], *, api_version: str, target: dict[str, Any], selected: int = 0) -> Header:
    """Of a run that starts now. ``command``: as the user wrote it."""
    return Header(
        run_id=uuid.uuid4().hex[:12],
        suite_version=version("stripe-invoice-conformance"),
        api_version=api_version,
        target=target,
        selected=selected,
        started=time.time(),
        python=platform.python_version(),
        command=tuple(command),
    )


def record(
    results: Iterable[ScenarioResult],
    journal: Path,
    head: Header,
    redactor: Redactor,
    shown: Callable[[ScenarioResult], str] | None = None,
) -> None:
    """Write ``results`` as they come, and print what ``shown`` says of each. Raise JournalError."""
    writer = JournalWriter(journal, head, redactor)
    complete, reason = False, f"the {head.command[1]} stopped"
    try:
        for result in results:
            writer.write(result)
            if shown:
                click.echo(shown(result))
        complete, reason = True, ""
    finally:
        writer.close(ended=time.time(), complete=complete, reason=reason)


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
