"""What a run leaves behind: the journal (a part per process, merged by the controller) and its reports."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance import __version__
from conformance.errors import ConformanceError
from conformance.results import baseline as baselines
from conformance.results.journal import Header, JournalWriter, conclude
from conformance.results.merging import merge
from conformance.results.model import ScenarioResult
from conformance.results.reading import read
from conformance.target.redact import Redactor

if TYPE_CHECKING:
    from conformance.results.journal import Run
    from conformance.target.base import Target

#: Where the CLI finds the run after pytest has ended.
RUN: pytest.StashKey[Run] = pytest.StashKey()

JOURNAL, HTML, JUNIT = "journal.ndjson", "report.html", "junit.xml"


class UnwritableReports(ConformanceError):
    """The report folder cannot be made or written; said before anything is sent."""

    code = "unwritable-reports"


@dataclass
class Records:
    """Keeps results as they come; ``close`` makes the reports in the process that has the whole run."""

    config: pytest.Config
    run_id: str
    worker: dict[str, Any] | None
    controls_workers: bool
    _writer: JournalWriter | None = None
    _redactor: Redactor | None = None
    _baseline: Any = None

    def __post_init__(self) -> None:
        self.folder = Path(self.config.getoption("stripe_report_dir") or "reports")
        if self.worker is None and not self.config.option.collectonly:
            self._make_room()
        path = self.config.getoption("stripe_baseline")
        if path:
            try:
                self._baseline = baselines.load(Path(path))
            except ConformanceError as problem:
                raise pytest.UsageError(str(problem)) from None

    def _make_room(self) -> None:
        """Fail early where nothing can be written; take away the last run's files: none may pass for this one's."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for old in [
                self.folder / JOURNAL,
                self.folder / HTML,
                self.folder / JUNIT,
                *self.folder.glob("journal.gw*.ndjson"),
            ]:
                old.unlink(missing_ok=True)
            (self.folder / JOURNAL).touch()
        except OSError as why:
            problem = UnwritableReports(
                f"cannot write reports to {self.folder}: {why.strerror}", hint="Name another folder with --report-dir."
            )
            raise pytest.UsageError(str(problem)) from None

    def redactor(self, secrets: Sequence[str]) -> Redactor:
        """The one redactor of this process."""
        self._redactor = self._redactor or Redactor(secrets)
        return self._redactor

    def open(self, target: Target, scenarios: Sequence[str]) -> None:
        """Begin this process's journal; ``scenarios`` are all ids of the run, those of other processes too."""
        assert self._redactor is not None
        part = f"journal.{self.worker['workerid']}.ndjson" if self.worker else JOURNAL
        header = Header(
            run_id=self.run_id,
            suite_version=__version__,
            api_version=str(target.api_version),
            target=target.describe(),
            selected=len(scenarios),
            started=time.time(),
            python=sys.version.split()[0],
            command=tuple(self.config.invocation_params.args),
            config={"pytest": pytest.__version__, "workers": (self.worker or {}).get("workercount", 1)},
        )
        evidence = self.config.getoption("stripe_evidence") or "failures"
        self._writer = JournalWriter(self.folder / part, header, self._redactor, evidence=evidence)

    def keep(self, result: ScenarioResult) -> ScenarioResult:
        """Write one result; gives it back as the baseline sees it."""
        if self._baseline is not None:
            result = self._baseline.apply(result)
        if self._writer is not None:
            self._writer.write(result)
        return result

    def close(self, *, stopped: str, order: Sequence[str]) -> Run | None:
        """End the journal and give the whole run, in the process that has it.

        ``stopped`` says why the run did not reach its end, or is empty; ``order`` is that of the scenarios.
        """
        if self._writer is not None:
            self._writer.close(ended=time.time(), complete=not stopped, reason=stopped)
        if self.worker is not None or self.config.option.collectonly:
            return None
        journal = self.folder / JOURNAL
        parts = sorted(self.folder.glob("journal.gw*.ndjson"))
        if parts:
            merge(parts, journal, order)
            for part in parts:
                part.unlink()
        if journal.exists() and journal.stat().st_size:
            return self._report(journal)
        journal.unlink(missing_ok=True)
        return None

    def prepare(self) -> None:
        """Load what the reports are made with, while the last answers are on their way."""
        from conformance.report import html, junit, sources, terminal  # noqa: F401

        html.template()
        sources.catalogue()

    def _report(self, journal: Path) -> Run:
        from conformance.report import html, junit

        run = read(journal, validate=False)
        if self._baseline is not None:
            run = self._baseline.judge(run)
            conclude(journal, run)
        self.config.stash[RUN] = run
        (self.folder / HTML).write_text(html.render(run), encoding="utf-8")
        (self.folder / JUNIT).write_text(junit.render(run), encoding="utf-8")
        return run

    def summary(self, *, color: bool, width: int) -> str:
        """The terminal summary, or nothing where nothing ran."""
        run = self.config.stash.get(RUN, None)
        if run is None:
            return ""
        from conformance.report import terminal

        return terminal.render(run, color=color, width=width, html=self.folder / HTML)
