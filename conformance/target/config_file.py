"""``conformance.toml``, or ``[tool.stripe-conformance]`` in ``pyproject.toml``: found, read, checked by its schema."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.errors import ConformanceError, Place, did_you_mean
from conformance.paths import data
from conformance.target.settings import refuse_live_key

tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_TOOL = ("tool", "stripe-conformance")


class ConfigInvalid(ConformanceError):
    """The configuration cannot be read, or says something that has no meaning."""

    code = "config-invalid"


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """The tables of one file. ``prefix`` is where they lie in it; ``path`` is None where there is no file."""

    path: Path | None = None
    default: str = ""
    targets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    text: str = field(default="", repr=False)
    prefix: tuple[str, ...] = ()

    def place(self, *where: str) -> Place | None:
        """The line of ``targets.NAME.key``, as near as the text gives it away."""
        if self.path is None:
            return None
        return Place(str(self.path), _line(self.text, (*self.prefix, *where)))


def find(start: Path) -> ConfigFile:
    """The nearest file at or above ``start``; an empty `ConfigFile` where there is none. Raise ConfigInvalid."""
    for folder in (start.resolve(), *start.resolve().parents):
        own, shared = folder / "conformance.toml", folder / "pyproject.toml"
        if own.is_file():
            return read(own)
        if shared.is_file() and "stripe-conformance" in shared.read_text(encoding="utf-8", errors="replace"):
            found = read(shared)
            if found.path:
                return found
    return ConfigFile()


def read(path: Path) -> ConfigFile:
    """Raise ConfigInvalid, with the line where it is known."""
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except OSError as problem:
        raise ConfigInvalid(f"cannot be read: {problem.strerror}.", place=Place(str(path))) from None
    except ValueError as problem:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        at = _AT_LINE.search(str(problem))
        place = Place(str(path), int(at[1]), int(at[2])) if at else Place(str(path))
        raise ConfigInvalid(f"not TOML: {_AT_LINE.sub('', str(problem)).strip()}.", place=place) from None
    prefix: tuple[str, ...] = ()
    if path.name == "pyproject.toml":
        prefix, document = _TOOL, _tool(document)
        if document is None:
            return ConfigFile()
    _check(document, path, text, prefix)
    return ConfigFile(path, document.get("target", ""), document.get("targets", {}), text, prefix)


def _tool(document: Any) -> Any:
    for name in _TOOL:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _check(document: Any, path: Path, text: str, prefix: tuple[str, ...]) -> None:
    """Raise ConfigInvalid for the worst that is wrong: decided by the compiled validator, explained by the slow one."""
    import jsonschema_rs

    for name, table in _tables(document):  # first: the schema's own message would show the value
        place = Place(str(path), _line(text, (*prefix, "targets", name, "key")))
        refuse_live_key(str(table.get("key", "")), f"target {name!r}", place)
    schema = json.loads((data("schemas") / "targets.schema.json").read_text(encoding="utf-8"))
    if jsonschema_rs.Draft202012Validator(schema).is_valid(document):
        return
    import jsonschema

    problem = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(document))
    assert problem is not None
    where = [str(part) for part in problem.absolute_path]
    message, hint = f"{problem.message}.", ""
    if problem.validator == "additionalProperties":
        known = sorted(problem.schema["properties"])
        unknown = next(key for key in problem.instance if key not in known)
        where.append(unknown)
        message, hint = f"unknown key {unknown!r}.", did_you_mean(unknown, known) or f"Known: {', '.join(known)}."
    elif where == ["target"]:
        message, hint = "target is the name of the default target.", "Tables of targets are written [targets.NAME]."
    elif where:
        message = f"{'.'.join(where)}: {message}"
    if "description" in problem.schema and not hint:
        hint = f"({problem.schema['description']})"
    raise ConfigInvalid(message, place=Place(str(path), _line(text, (*prefix, *where))), hint=hint)


def _tables(document: Any) -> list[tuple[str, dict[str, Any]]]:
    targets = document.get("targets") if isinstance(document, dict) else None
    return (
        [(name, table) for name, table in targets.items() if isinstance(table, dict)]
        if isinstance(targets, dict)
        else []
    )


def _line(text: str, where: Sequence[str]) -> int | None:
    """The line of a dotted key: its own line under the longest table header that leads to it, or that header's."""
    header, rest, best = 0, list(where), None
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = [part.strip().strip("\"'") for part in stripped.strip("[] ").split(".")]
            if where and table[: len(where)] == list(where):
                return number
            if table == list(where[: len(table)]) and len(table) >= header:
                header, rest, best = len(table), list(where[len(table) :]), number
            elif best:
                rest = []
        elif rest and re.match(rf"""["']?{re.escape(rest[0])}["']?\s*[.=]""", stripped):
            return number
    return best
