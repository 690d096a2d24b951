"""The journal: one run as append-only NDJSON. Results leave the process only here, so secrets are cut out here.

The first line is the header, the last the footer; between them each scenario has one ``scenario`` line, followed by its
``exchange`` lines where it has something to show. Without a footer the run was cut off. ``schemas/journal.schema.json``
describes every line.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import orjson

from conformance.errors import ConformanceError, ExitCode, Place
from conformance.results import lines
from conformance.results.model import Outcome, ScenarioResult

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.target.redact import Redactor

FORMAT = 1


class JournalError(ConformanceError):
    """A journal that cannot be read, written or merged."""

    code = "journal"


@dataclass(frozen=True, slots=True)
class Header:
    """What a run was. ``started``: Unix seconds; ``target``: redacted; ``selected``: how many scenarios to play."""

    run_id: str
    suite_version: str
    api_version: str
    target: dict[str, Any]
    selected: int
    started: float
    python: str = ""
    command: tuple[str, ...] = ()
    config: dict[str, Any] = field(default_factory=dict)  # what else decided the run: profile, concurrency, shard …
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Footer:
    """How a run ended. ``complete`` is False where it was stopped, and then ``reason`` says by what."""

    outcomes: dict[str, int]
    checks: int
    ended: float
    complete: bool = True
    reason: str = ""
    stale: tuple[dict[str, Any], ...] = ()  # baseline entries that are no longer true


@dataclass(frozen=True, slots=True)
class Run:
    """A journal in memory. ``footer`` is None for a run that was cut off; ``cut`` says that its last line was torn."""

    header: Header
    scenarios: tuple[ScenarioResult, ...]
    footer: Footer | None
    cut: bool = False

    @property
    def stale(self) -> tuple[dict[str, Any], ...]:
        return self.footer.stale if self.footer else ()


class JournalWriter:
    """Appends to one file, one system call a scenario: what is written survives a crash. Safe between threads."""

    def __init__(self, path: Path, header: Header, redactor: Redactor, *, evidence: str = "failures") -> None:
        """``evidence``: ``failures`` keeps the exchanges of scenarios that did not simply pass, ``all`` every exchange.

        Raises JournalError if the file cannot be written.
        """
        self.path = path
        self._redactor = redactor
        self._everything = evidence == "all"
        self._outcomes: Counter[str] = Counter()
        self._checks = 0
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
        except OSError as error:
            raise unwritable(path, error) from None
        self._append(line("header", header))

    def write(self, result: ScenarioResult) -> None:
        """Append ``result``, with its exchanges where they are wanted."""
        shown = self._everything or result.outcome is not Outcome.PASS
        data = lines.dump(result, self._redactor if shown else None)
        with self._lock:
            self._outcomes[result.outcome.value] += 1
            self._checks += lines.count(result)
            self._append(data)

    def close(
        self, *, ended: float, complete: bool = True, reason: str = "", stale: Sequence[dict[str, Any]] = ()
    ) -> None:
        """Write the footer. A second call does nothing."""
        with self._lock:
            if self._fd < 0:
                return
            footer = Footer(dict(self._outcomes), self._checks, ended, complete, reason, tuple(stale))
            self._append(line("footer", footer))
            os.close(self._fd)
            self._fd = -1

    def _append(self, data: bytes) -> None:
        data = self._redactor.data(data)
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError as error:
            raise unwritable(self.path, error) from None


def conclude(path: Path, run: Run) -> None:
    """Put the footer of ``run`` (as a baseline judged it) in the place of the one in ``path``; touch nothing else.

    Raises JournalError where the file cannot be written.
    """
    if run.footer is None:
        return
    try:
        with path.open("r+b") as file:
            whole = file.read().splitlines(keepends=True)
            if whole and whole[-1].startswith(b'{"type":"footer"'):
                file.seek(-len(whole[-1]), os.SEEK_END)
                file.truncate()
                file.write(line("footer", run.footer))
    except OSError as error:
        raise unwritable(path, error) from None


def _plain(record: Header | Footer) -> dict[str, Any]:
    return {f.name: getattr(record, f.name) for f in fields(record)}


def line(kind: str, record: Header | Footer) -> bytes:
    """The line of the journal that holds ``record``."""
    return orjson.dumps(
        {"type": kind, **_plain(record)}, default=str, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    )


def unwritable(path: Path, error: OSError) -> JournalError:
    """What to raise where a journal cannot be written, for what the operating system said."""
    problem = JournalError(f"cannot be written: {error.strerror}", place=Place(str(path)))
    problem.exit_code = ExitCode.USAGE
    return problem
