"""What reports tell beside a run's own data: the sentences of requirements, and the lines of scenario files.

Both are best effort: a journal may be rendered where neither is at hand, and then the report says less.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import paths
from conformance.errors import ConformanceError, Place

if TYPE_CHECKING:
    from conformance.contract.requirements import Requirement

_MAX_BYTES = 512 * 1024
_MAX_LINE = 240


def requirement(id_: str) -> Requirement | None:
    """The catalogued requirement of that id, or None."""
    from conformance.contract.requirements import get

    try:
        return get(id_)
    except ConformanceError:
        return None


def catalogue() -> dict[str, Requirement]:
    """The whole catalogue, or nothing where it cannot be read."""
    from conformance.contract.requirements import load

    try:
        return dict(load())
    except ConformanceError:
        return {}


def excerpt(place: Place | None, around: int = 3) -> list[tuple[int, str]]:
    """The lines (number, text) around ``place``; empty where the file is not at hand."""
    if place is None or place.line is None:
        return []
    lines = _lines(place.file)
    first = max(1, place.line - around)
    last = min(len(lines), place.line + around)
    return [(number, lines[number - 1][:_MAX_LINE]) for number in range(first, last + 1)]


@lru_cache(maxsize=512)
def _lines(name: str) -> tuple[str, ...]:
    file = _find(name)
    if file is None:
        return ()
    try:
        with file.open("rb") as stream:
            return tuple(stream.read(_MAX_BYTES).decode("utf-8", "replace").splitlines())
    except OSError:
        return ()


def _find(name: str) -> Path | None:
    """The YAML file that a journal names: as it stands, else among the scenarios that ship with the suite."""
    if Path(name).suffix not in {
        ".yaml",
        ".yml",
    }:  # a journal comes from elsewhere: it may not make us read other files
        return None
    for file in (Path(name), paths.data("scenarios").parent / name):
        if file.is_file():
            return file
    return None
