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
from conformance.results.loading import Loader
from conformance.results.model import Outcome, ScenarioResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
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
            raise _unwritable(path, error) from None
        self._append(_line("header", _plain(header)))

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
            self._append(_line("footer", _plain(footer)))
            os.close(self._fd)
            self._fd = -1

    def _append(self, data: bytes) -> None:
        data = self._redactor.data(data)
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError as error:
            raise _unwritable(self.path, error) from None


def read(path: Path, *, validate: bool = True) -> Run:
    """The run in ``path``; a torn last line is tolerated. Raises JournalError naming a line that breaks the schema."""
    return _Reader(path, validate=validate).run()


def merge(parts: Iterable[Path], out: Path, order: Sequence[str] = ()) -> Run:
    """Write ``out`` from the journals of workers or shards: scenarios in ``order``, then as they come, byte for byte.

    The footer is complete only if every part's is. Raises JournalError where two parts hold the same scenario, or
    come from different targets or API versions.
    """
    readers = [_Reader(part, validate=False) for part in parts]
    if not readers:
        raise JournalError("there is no journal to merge", place=Place(str(out)))
    runs = [reader.run() for reader in readers]
    groups: dict[str, list[bytes]] = {}
    for reader in readers:
        for name, group in reader.groups.items():
            if name in groups:
                raise JournalError(f"scenario {name} is in two of the journals", place=Place(str(reader.path)))
            groups[name] = group
    header, footer = _merged_header(readers, runs), _merged_footer(runs)
    rank = {name: n for n, name in enumerate(order)}
    ids = sorted(groups, key=lambda name: rank.get(name, len(rank)))
    tail = [_line("footer", _plain(footer))] if footer else []
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = out.with_name(f".{out.name}.part")
        with temporary.open("wb") as file:
            file.write(_line("header", _plain(header)))
            for name in ids:
                file.writelines(groups[name])
            file.writelines(tail)
        temporary.replace(out)
    except OSError as error:
        raise _unwritable(out, error) from None
    return read(out, validate=False)


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
                file.write(_line("footer", _plain(run.footer)))
    except OSError as error:
        raise _unwritable(path, error) from None


def _merged_header(readers: Sequence[_Reader], runs: Sequence[Run]) -> Header:
    first = runs[0].header
    for reader, run in zip(readers, runs, strict=True):
        same = (run.header.api_version, run.header.target.get("name")) == (first.api_version, first.target.get("name"))
        if not same:
            raise JournalError(
                f"target {run.header.target.get('name')} at {run.header.api_version} is not"
                f" {first.target.get('name')} at {first.api_version}",
                place=Place(str(reader.path), 1),
                hint="Merge the parts of one run only.",
            )
    one_run = len({run.header.run_id for run in runs}) == 1
    totals = [run.header.selected for run in runs]
    values = {f.name: getattr(first, f.name) for f in fields(Header)}
    # Workers of one run all know the whole selection; shards each know their own.
    values["selected"] = max(totals) if one_run else sum(totals)
    values["started"] = min(run.header.started for run in runs)
    return Header(**values)


def _merged_footer(runs: Sequence[Run]) -> Footer | None:
    footers = [run.footer for run in runs if run.footer]
    if len(footers) < len(runs):
        return None
    outcomes: Counter[str] = Counter()
    for footer in footers:
        outcomes.update(footer.outcomes)
    stopped = [footer.reason for footer in footers if not footer.complete]
    return Footer(
        outcomes=dict(outcomes),
        checks=sum(footer.checks for footer in footers),
        ended=max(footer.ended for footer in footers),
        complete=not stopped,
        reason="; ".join(dict.fromkeys(stopped)),
        stale=tuple(entry for footer in footers for entry in footer.stale),
    )


class _Reader:
    """Reads one journal, keeping the raw lines of each scenario for a merge."""

    def __init__(self, path: Path, *, validate: bool) -> None:
        self.path = path
        self.groups: dict[str, list[bytes]] = {}
        self._why = _validator() if validate else None
        self._header: Header | None = None
        self._footer: Footer | None = None
        self._loader = Loader()
        self._cut = False

    def run(self) -> Run:
        try:
            raw = self.path.read_bytes()
        except OSError as error:
            raise JournalError(f"cannot be read: {error.strerror}", place=Place(str(self.path))) from None
        for number, line in enumerate(raw.splitlines(keepends=True), 1):
            self._take(number, line)
        if self._header is None:
            raise JournalError("is empty: not even a header", place=Place(str(self.path)))
        return Run(self._header, self._loader.results(), self._footer, self._cut)

    def _take(self, number: int, line: bytes) -> None:
        try:
            entry = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            if not line.endswith(b"\n"):
                self._cut = True
                return
            raise self._error(number, f"is not JSON: {error}") from None
        if self._why is not None and (why := self._why(entry)):
            raise self._error(number, why)
        self._check_place(number, entry)
        try:
            self._keep(entry, line)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise self._error(number, f"is not a line of a journal: {error!r}") from None

    def _check_place(self, number: int, entry: Any) -> None:
        kind = entry.get("type") if isinstance(entry, dict) else None
        if (kind == "header") is not (number == 1):
            raise self._error(number, "a journal starts with its header, and has one")
        if kind == "header" and entry.get("format") != FORMAT:
            raise self._error(number, f"format {entry.get('format')!r} is not one this version reads ({FORMAT})")
        if self._footer is not None:
            raise self._error(number, "nothing may follow the footer")

    def _keep(self, entry: dict[str, Any], line: bytes) -> None:
        kind = entry.pop("type")
        if kind == "header":
            entry["command"] = tuple(entry.get("command", ()))
            self._header = Header(**entry)
        elif kind == "footer":
            entry["stale"] = tuple(entry.get("stale", ()))
            self._footer = Footer(**entry)
        elif kind == "scenario":
            self._loader.scenario(entry)
            self.groups[entry["id"]] = [line]
        elif kind == "exchange":
            self._loader.exchange(entry)
            self.groups[entry["scenario"]].append(line)
        else:
            raise ValueError(f"type {kind!r}")

    def _error(self, number: int, message: str) -> JournalError:
        return JournalError(message, place=Place(str(self.path), number))


def _validator() -> Callable[[Any], str]:
    """A function that gives what is wrong with a line, or an empty string."""
    import jsonschema_rs

    from conformance import paths

    schema = orjson.loads((paths.data("schemas") / "journal.schema.json").read_bytes())
    kinds = ("header", "scenario", "exchange", "footer")
    compiled = {
        kind: jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})
        for kind in kinds
    }

    def why(entry: Any) -> str:
        kind = entry.get("type") if isinstance(entry, dict) else None
        if not isinstance(kind, str) or kind not in compiled:
            return f"type {kind!r} is none of {', '.join(kinds)}"[:300]
        if compiled[kind].is_valid(entry):
            return ""
        error = next(iter(compiled[kind].iter_errors(entry)))
        where = "/".join(str(part) for part in error.instance_path)
        return f"{where}: {error.message[:300]}" if where else str(error.message[:300])

    return why


def _plain(record: Header | Footer) -> dict[str, Any]:
    return {f.name: getattr(record, f.name) for f in fields(record)}


def _line(kind: str, values: dict[str, Any]) -> bytes:
    return orjson.dumps(
        {"type": kind, **values}, default=str, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    )


def _unwritable(path: Path, error: OSError) -> JournalError:
    problem = JournalError(f"cannot be written: {error.strerror}", place=Place(str(path)))
    problem.exit_code = ExitCode.USAGE
    return problem
