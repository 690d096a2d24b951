"""The file of a baseline: its entries with their lines, read with bounds, taken out without touching the rest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from conformance.errors import ConformanceError, Place, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_BYTES = 4_000_000
_HEAD = "# yaml-language-server: $schema=https://stripe-invoice-conformance.dev/schemas/baseline.schema.json\n"
_ENTRY_KEYS = ("scenario", "check", "reason", "issue", "expires")
_FILE_KEYS = ("target", "suite", "entries")


class BaselineError(ConformanceError):
    """A baseline that cannot be used or written."""

    code = "baseline"


@dataclass(frozen=True, slots=True)
class Entry:
    """One known failure. ``expires`` is the last day on which it counts."""

    scenario: str
    check: str
    reason: str
    issue: str = ""
    expires: dt.date | None = None
    place: Place | None = None


def render(target: str, suite: str, entries: Iterable[Entry]) -> str:
    """The text of a baseline file."""
    tree = [
        {key: value for key in _ENTRY_KEYS if (value := getattr(entry, key)) not in ("", None)} for entry in entries
    ]
    body = {"target": target, "suite": suite, "entries": tree}
    return _HEAD + yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=120)


def store(path: Path, text: str) -> None:
    """Write a baseline file. Raises BaselineError if that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BaselineError(f"cannot be written: {error.strerror}", place=Place(str(path))) from None


class EntryFile:
    """A baseline file with the line of each entry."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise BaselineError(f"cannot be read: {error.strerror}", place=Place(str(path))) from None
        if len(raw) > MAX_BYTES:
            raise BaselineError(f"larger than {MAX_BYTES} bytes", place=Place(str(path)))
        try:
            self.text = raw.decode()
            self._root = yaml.compose(self.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            place = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path))
            raise BaselineError(f"not YAML: {getattr(error, 'problem', None) or error}", place=place) from None

    def target(self) -> str:
        """Who the entries are about; empty where the file does not say."""
        top = self._mapping(self._root, _FILE_KEYS, "a baseline")
        return self._word(top["target"]) if "target" in top else ""

    def entries(self) -> list[Entry]:
        """The entries in the order of the file. Raises BaselineError where one is malformed or named twice."""
        found: dict[tuple[str, str], Entry] = {}
        for node in self._items():
            entry = self._entry(node)
            key = (entry.scenario, entry.check)
            if key in found:
                raise self._error(node, f"{entry.check} of {entry.scenario} is named twice")
            found[key] = entry
        return list(found.values())

    def without(self, gone: set[tuple[str, str]]) -> tuple[str, int]:
        """The text without the entries ``gone`` (scenario, check), else as it is; and how many were found."""
        lines = self.text.splitlines(keepends=True)
        items = self._items()
        drop: set[int] = set()
        removed = 0
        for node in items:
            entry = self._entry(node)
            if (entry.scenario, entry.check) not in gone:
                continue
            removed += 1
            last = max(value.end_mark.line - (value.end_mark.column == 0) for _, value in node.value)
            drop.update(range(node.start_mark.line, last + 1))
        text = "".join(line for number, line in enumerate(lines) if number not in drop)
        return (text.replace("entries:", "entries: []", 1) if removed == len(items) else text), removed

    def _items(self) -> list[Any]:
        entries = self._mapping(self._root, _FILE_KEYS, "a baseline").get("entries")
        if entries is None:
            raise self._error(self._root, "'entries' is missing")
        if isinstance(entries, yaml.ScalarNode) and entries.value in {"", "null", "~"}:
            return []
        if not isinstance(entries, yaml.SequenceNode):
            raise self._error(entries, "'entries' must be a list")
        return list(entries.value)

    def _entry(self, node: Any) -> Entry:
        members = self._mapping(node, _ENTRY_KEYS, "an entry")
        for key in ("scenario", "check", "reason"):
            if key not in members or not self._word(members[key]).strip():
                raise self._error(node, f"an entry needs {key!r}")
        words = {key: self._word(value) for key, value in members.items()}
        for key in ("scenario", "check"):
            if "*" in words[key] or "?" in words[key]:
                raise self._error(members[key], f"{key!r} names one thing, patterns are refused: {words[key]!r}")
        expires = self._date(members["expires"], words["expires"]) if "expires" in words else None
        return Entry(**{**words, "expires": expires}, place=self._place(node))  # type: ignore[arg-type]

    def _mapping(self, node: Any, keys: tuple[str, ...], what: str) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            raise self._error(node, f"{what} must be a mapping with {', '.join(keys)}")
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = self._word(key)
            if name not in keys:
                raise self._error(key, f"unknown key {name!r}", did_you_mean(name, keys))
            if name in found:
                raise self._error(key, f"{name!r} stands here twice")
            found[name] = value
        return found

    def _word(self, node: Any) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._error(node, "must be text")
        return str(node.value)

    def _date(self, node: Any, text: str) -> dt.date:
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise self._error(node, f"{text!r} is not a date", "Write it as 2027-01-31.") from None

    def _error(self, node: Any, message: str, hint: str = "") -> BaselineError:
        return BaselineError(message, place=self._place(node), hint=hint)

    def _place(self, node: Any) -> Place:
        if node is None:
            return Place(str(self.path))
        return Place(str(self.path), node.start_mark.line + 1, node.start_mark.column + 1)
