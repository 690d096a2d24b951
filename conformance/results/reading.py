"""Reading a journal: each line held to the published schema, a torn last line tolerated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from conformance.errors import Place
from conformance.results.journal import FORMAT, Footer, Header, JournalError, Run
from conformance.results.loading import Loader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read(path: Path, *, validate: bool = True) -> Run:
    """The run in ``path``; a torn last line is tolerated. Raises JournalError naming a line that breaks the schema."""
    return Reader(path, validate=validate).run()


class Reader:
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
