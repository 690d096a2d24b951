"""The catalogue of Stripe's invoice behaviour: what is required, since which API version, how surely, and who says so.

It is data, `scenarios/requirements/<area>.yaml`: `get` reads only the area an id belongs to, `load` a whole folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import yaml

from conformance import paths
from conformance.api_version import Window
from conformance.errors import ConformanceError, Place, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Level = Literal["must", "should", "may"]
Confidence = Literal["high", "medium", "low"]
Provenance = Literal["recorded", "documented", "inferred"]
Verdict = Literal["fail", "warning", "observation"]

#: A file larger than this, or nested deeper, is no file of requirements (the largest shipped one: 40 kB, three levels).
MAX_BYTES = 1_000_000
MAX_DEPTH = 4

#: The middle part of a shipped id names the area, and so the file: ``INV-FIN-004`` stands in ``finalize.yaml``.
AREAS: Mapping[str, str] = {
    "OBJ": "object",
    "CRE": "create",
    "EDT": "edit",
    "ARI": "arithmetic",
    "FIN": "finalize",
    "PAY": "pay",
    "TRN": "transitions",
    "SND": "send",
    "LST": "list",
    "PRV": "preview",
    "API": "api",
    "BAL": "balance",
    "SUB": "subscriptions",
    "EVT": "events",
    "VER": "versions",
}

#: Every key of a requirement: the words allowed in it (none: free text) and its default (None: it must be given).
_KEYS: Mapping[str, tuple[tuple[str, ...], str | None]] = {
    "id": ((), None),
    "level": (("must", "should", "may"), None),
    "confidence": (("high", "medium", "low"), None),
    "provenance": (("recorded", "documented", "inferred"), None),
    "versions": ((), "all"),
    "versions_note": ((), ""),
    "statement": ((), None),
    "test": ((), ""),
    "source": ((), None),
    "observable": (("yes", "test-clock", "webhooks", "test-clock+webhooks", "no"), "yes"),
    "excluded": ((), ""),
    "depends": ((), ""),
}
_FILE_KEYS = ("area", "title", "requirements")
_ID = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+")


class RequirementsError(ConformanceError):
    """A file of requirements that cannot be used."""

    code = "requirements"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One catalogued behaviour.

    ``versions`` is never wider than its source; what it cannot say is in ``versions_note``. ``observable`` says what
    a client needs to see it (``no``: nothing helps), ``excluded`` which part a run leaves out and why, ``depends``
    what of the account the expected value hangs on. ``source`` uses the keys of ``scenarios/requirements/README.md``.
    """

    id: str
    level: Level
    confidence: Confidence
    provenance: Provenance
    versions: Window
    versions_note: str
    statement: str
    test: str
    source: str
    observable: str
    excluded: str
    depends: str
    area: str
    file: str
    line: int


#: The policy. A must that somebody saw or Stripe documents fails a target; nothing less does.
_BY_LEVEL: Mapping[Level, Verdict] = {"must": "fail", "should": "warning", "may": "observation"}


def verdict_on_failure(requirement: Requirement) -> Verdict:
    """What it means for a target not to do what ``requirement`` says (within its versions)."""
    if requirement.confidence == "low" or requirement.provenance == "inferred" or requirement.observable == "no":
        return "observation"
    return _BY_LEVEL[requirement.level]


def get(requirement_id: str) -> Requirement | None:
    """The shipped requirement of that id, or None. Reads one area file on first need."""
    area = _area_of(requirement_id)
    return _shipped(area).get(requirement_id) if area else None


@cache
def load(folder: Path | None = None) -> Mapping[str, Requirement]:
    """All requirements of ``folder`` by id, in the order of files and entries; of the shipped catalogue by default.

    A user's own folder has the same form; its ids must not be those of the catalogue. Raises `RequirementsError`.
    """
    if folder is None:
        return MappingProxyType({key: one for area in AREAS.values() for key, one in _shipped(area).items()})
    if not folder.is_dir():
        raise RequirementsError("no such folder of requirements", place=Place(str(folder)))
    found: dict[str, Requirement] = {}
    for file in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml"))):
        for one in _read(file, str(file)):
            earlier = found.get(one.id) or get(one.id)
            if earlier:
                where = f"{earlier.file}:{earlier.line}"
                raise RequirementsError(
                    f"requirement {one.id} is defined twice", place=Place(one.file, one.line), hint=f"First at {where}."
                )
            found[one.id] = one
    return MappingProxyType(found)


def _area_of(requirement_id: str) -> str | None:
    parts = requirement_id.split("-")
    return AREAS.get(parts[1]) if len(parts) == 3 and parts[0] == "INV" else None


@cache
def _shipped(area: str) -> Mapping[str, Requirement]:
    file = paths.data("scenarios") / "requirements" / f"{area}.yaml"
    return MappingProxyType({one.id: one for one in _read(file, f"scenarios/requirements/{file.name}")})


def _read(file: Path, name: str) -> list[Requirement]:
    """The requirements of one file, checked. ``name`` is what messages call it."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise RequirementsError(f"larger than {MAX_BYTES} bytes", place=Place(name))
        tree = _tree(yaml.parse(file.read_bytes(), Loader=yaml.CSafeLoader), name)
    except OSError as problem:
        raise RequirementsError(f"cannot be read: {problem.strerror}", place=Place(name)) from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        raise RequirementsError(f"not YAML: {getattr(problem, 'problem', None) or problem}", place=place) from problem
    top = _mapping(tree, name, "a file of requirements", _FILE_KEYS)
    area = _text(top, "area", name, tree)
    entries = top.get("requirements")
    if entries is None or not isinstance(entries.value, list):
        raise RequirementsError("'requirements' must be a list", place=(entries or tree).place(name))
    found: dict[str, Requirement] = {}
    for node in entries.value:
        one = _requirement(node, area, name)
        if one.id in found:
            hint = f"First at line {found[one.id].line}."
            raise RequirementsError(f"requirement {one.id} is defined twice", place=node.place(name), hint=hint)
        found[one.id] = one
    return list(found.values())


def _requirement(node: _Node, area: str, name: str) -> Requirement:
    entry = _mapping(node, name, "a requirement", tuple(_KEYS))
    values: dict[str, Any] = {}
    for key, (allowed, default) in _KEYS.items():
        value = default if key not in entry and default is not None else _text(entry, key, name, node)
        if allowed and value not in allowed:
            hint = did_you_mean(value, allowed) or f"One of: {', '.join(allowed)}."
            raise RequirementsError(f"{key!r} cannot be {value!r}", place=entry[key].place(name), hint=hint)
        values[key] = value
    if not _ID.fullmatch(values["id"]):
        hint = "Ids look like INV-FIN-004."
        raise RequirementsError(f"not a requirement id: {values['id']!r}", place=entry["id"].place(name), hint=hint)
    try:
        values["versions"] = Window.parse(values["versions"])
    except ValueError as problem:
        raise RequirementsError(
            str(problem), place=entry["versions"].place(name), hint='Write ">=2022-08-01" or all.'
        ) from None
    return Requirement(**values, area=area, file=name, line=node.line)


def _mapping(node: _Node, name: str, what: str, known: tuple[str, ...]) -> dict[str, _Node]:
    if not isinstance(node.value, dict):
        raise RequirementsError(f"{what} must be a mapping", place=node.place(name))
    for key, value in node.value.items():
        if key not in known:
            raise RequirementsError(f"{what} has no {key!r}", place=value.place(name), hint=did_you_mean(key, known))
    return node.value


def _text(entry: Mapping[str, _Node], key: str, name: str, owner: _Node) -> str:
    node = entry.get(key)
    if node is None:
        raise RequirementsError(f"{key!r} is missing", place=owner.place(name))
    if not isinstance(node.value, str) or not node.value:
        raise RequirementsError(f"{key!r} must be text", place=node.place(name))
    return node.value


@dataclass(frozen=True, slots=True)
class _Node:
    """A YAML node with its place. Scalars stay text: ``no`` is the word, not a boolean."""

    value: str | list[_Node] | dict[str, _Node]
    line: int
    column: int

    def place(self, name: str) -> Place:
        return Place(name, self.line, self.column)


def _tree(events: Iterator[Any], name: str) -> _Node:
    """The one document of a file. Built from parser events: no aliases, no tags, no unbounded nesting."""
    for event in events:
        if not isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            if isinstance(event, yaml.StreamEndEvent):
                break
            return _node(event, events, name, 0)
    raise RequirementsError("the file is empty", place=Place(name))


def _node(event: Any, events: Iterator[Any], name: str, depth: int) -> _Node:
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    if isinstance(event, yaml.ScalarEvent):
        return _Node(event.value, line, column)
    if depth >= MAX_DEPTH or isinstance(event, yaml.AliasEvent):
        problem = "aliases are not allowed here" if isinstance(event, yaml.AliasEvent) else "nested too deeply"
        raise RequirementsError(problem, place=Place(name, line, column))
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        for inner in events:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            items.append(_node(inner, events, name, depth + 1))
        return _Node(items, line, column)
    pairs: dict[str, _Node] = {}
    for inner in events:
        if isinstance(inner, yaml.MappingEndEvent):
            break
        key = _node(inner, events, name, depth + 1)
        if not isinstance(key.value, str) or key.value in pairs:
            raise RequirementsError(f"{key.value!r} stands twice, or is no text", place=key.place(name))
        pairs[key.value] = _node(next(events), events, name, depth + 1)
    return _Node(pairs, line, column)
