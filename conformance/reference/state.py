"""The state file: every request that changed something, line by line, played again at the next start.

It is written as the requests come, so that not even a crash loses any. Nothing in it is executed: a line can do what
a client of the server can. It holds the accounts' keys, and is readable by its owner alone.

Line 1 says the format and with which ``seed``, ``clock`` and ``api_version`` it was made; each other line is one
request with where the account stood before it, because ids follow from counters and reads move some of them.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from conformance.reference.http.app import RESET, Sent
from conformance.reference.http.keys import key_of
from conformance.reference.model.problems import StripeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reference.http.app import Mark, Reference
    from conformance.reference.model.world import World

FORMAT = "stripe-conformance-state"
VERSION = 1
MOST_BYTES = 256 * 1024 * 1024
MOST_LINE = 32 * 1024 * 1024
MOST_TIME = 2**40

#: Headers that decide an answer; the key goes with the account.
_HEADERS = ("stripe-version", "idempotency-key", "content-type")

Line = dict[str, Any]
_FIELDS: dict[str, type] = {
    "key": str,
    "at": int,
    "ticks": int,
    "ids": int,
    "requests": int,
    "method": str,
    "path": str,
    "query": str,
    "headers": dict,
    "body": str,
    "status": int,
}


class StateProblem(Exception):
    """The file cannot be used; the text is for the user."""


class StateFile:
    """``restore`` once, before the first request; from then on every change is appended."""

    def __init__(self, path: Path, options: dict[str, Any]) -> None:
        self._path = path
        self._head = {"format": FORMAT, "version": VERSION, **options}
        self._file = self._open()
        self._size = 0
        self._reference: Reference | None = None
        self.restored = 0
        self.lost = 0

    def _open(self) -> IO[bytes]:
        """Opened for this process alone. Raise StateProblem when another has it, or it cannot be written."""
        try:
            file = _private(self._path)
        except OSError as error:
            raise StateProblem(f"{self._path}: {error.strerror}") from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise StateProblem(f"{self._path}: in use by another server") from None
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise StateProblem(f"{self._path}: not a plain file")
        return file

    def restore(self, reference: Reference) -> None:
        """Play the file into ``reference`` and keep what comes after. Raise StateProblem with the line at fault."""
        self._reference = reference
        lines = list(self._lines())
        live = _after_resets(lines)
        for number, line in live:
            self._replay(reference, number, line)
        reference.clock.held = None
        reference.answered = 0
        if len(live) < len(lines):
            self._compact([line for _, line in live])
        elif not self._file.tell():
            self._file.write(_written(self._head))
            self._file.flush()
        self._size = self._file.tell()
        self.restored = len(live)
        reference.keep = self.keep

    def close(self) -> None:
        self._file.close()

    def keep(self, world: World, mark: Mark, sent: Sent, status: int) -> None:
        """Append one request, unless it is a read that made nothing."""
        if (sent.method == "GET" and world.ids.made == mark.ids) or sent.body is None:
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent.headers}
        line = {
            "key": world.key,
            "at": world.clock.now(),
            **mark._asdict(),
            "method": sent.method,
            "path": sent.path,
            "query": sent.query.decode("latin-1"),
            "headers": {name: headers[name] for name in _HEADERS if name in headers},
            "body": sent.body.decode("latin-1"),
            "status": status,
        }
        self._append(line)

    def _append(self, line: Line) -> None:
        written = _written(line)
        if self._size + len(written) > MOST_BYTES or self.lost:
            if not self.lost:
                told = f"{self._path}: full ({MOST_BYTES >> 20} MB); what happens from now on is not kept"
                print(told, file=sys.stderr, flush=True)  # noqa: T201
            self.lost += 1
            return
        try:
            self._file.write(written)
            self._file.flush()
        except OSError as error:
            print(f"{self._path}: {error.strerror}; nothing more is kept", file=sys.stderr, flush=True)  # noqa: T201
            self.lost += 1
            return
        self._size += len(written)

    def _compact(self, lines: list[Line]) -> None:
        """A new file of the head and ``lines`` takes the place of the old one, in one step."""
        spare = self._path.with_name(f"{self._path.name}.new")
        try:
            file = _private(spare)
            file.truncate()
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.writelines(map(_written, (self._head, *lines)))
            file.flush()
            os.fsync(file.fileno())
            spare.replace(self._path)
        except OSError as error:
            raise StateProblem(f"{spare}: {error.strerror}") from None
        self._file.close()
        self._file = file

    def _lines(self) -> Iterator[tuple[int, Line]]:
        """Every request of the file with its line number; the file ends up behind the last whole line."""
        if os.fstat(self._file.fileno()).st_size > MOST_BYTES:
            raise StateProblem(f"{self._path}: larger than {MOST_BYTES >> 20} MB")
        number, end = 0, 0
        while written := self._file.readline(MOST_LINE):
            if not written.endswith(b"\n"):  # the server was killed while it wrote
                if len(written) == MOST_LINE:
                    raise self._problem(number + 1, "too long")
                break
            number, end = number + 1, end + len(written)
            line = self._parsed(number, written)
            if number == 1:
                self._check_head(line)
            else:
                yield number, self._checked(number, line)
        self._file.seek(end)
        self._file.truncate()

    def _parsed(self, number: int, written: bytes) -> Line:
        try:
            line = json.loads(written)
        except (ValueError, RecursionError):
            raise self._problem(number, "not JSON") from None
        if not isinstance(line, dict):
            raise self._problem(number, "not an object")
        return line

    def _check_head(self, line: Line) -> None:
        if line.get("format") != FORMAT:
            raise StateProblem(f"{self._path}: not a state file of this server; it is left as it is")
        for name, mine in self._head.items():
            if line.get(name) != mine:
                found = str(line.get(name))[:40]
                raise StateProblem(f"{self._path}: made with {name} {found!r}, not {mine!r}")

    def _checked(self, number: int, line: Line) -> Line:
        for name, kind in _FIELDS.items():
            if type(line.get(name)) is not kind:
                raise self._problem(number, f"no usable {name!r}")
            if kind is int and not 0 <= line[name] < MOST_TIME:
                raise self._problem(number, f"{name!r} out of bounds")
        if not all(name in _HEADERS and isinstance(value, str) for name, value in line["headers"].items()):
            raise self._problem(number, "unknown headers")
        return line

    def _replay(self, reference: Reference, number: int, line: Line) -> None:
        try:
            key = key_of(f"Bearer {line['key']}".encode("latin-1"))
            headers = [(name.encode(), value.encode("latin-1")) for name, value in line["headers"].items()]
            query, body = line["query"].encode("latin-1"), line["body"].encode("latin-1")
        except (StripeError, UnicodeEncodeError):
            raise self._problem(number, "not a request") from None
        world = reference.account(key).world
        reference.clock.held = line["at"]
        world.clock.ticks, world.ids.made, world.requests.made = line["ticks"], line["ids"], line["requests"]
        headers.append((b"authorization", b"Bearer " + key.encode("latin-1")))
        status, _, _ = reference.answer(line["method"], line["path"], query, headers, body)
        if status != line["status"]:
            was = f"{line['method']} {line['path'][:80]!r}"
            raise self._problem(number, f"{was} was answered {line['status']} and is now {status}: of another release")

    def _problem(self, number: int, what: str) -> StateProblem:
        return StateProblem(f"{self._path}:{number}: {what}")


def _after_resets(lines: list[tuple[int, Line]]) -> list[tuple[int, Line]]:
    """Without what a later reset of the same account has undone, and without the resets."""
    reset = {line["key"]: number for number, line in lines if line["path"] == RESET}
    return [(number, line) for number, line in lines if number > reset.get(line["key"], 0)]


def _private(path: Path) -> IO[bytes]:
    """``path`` to read and write, made for its owner alone where there is none."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")


def _written(line: Line) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"
