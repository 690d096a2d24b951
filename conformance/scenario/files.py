"""Which files are scenarios and setups, what they are called in messages, and which area they belong to."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.errors import Place
from conformance.scenario.problems import Unreadable
from conformance.scenario.yaml import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SUFFIXES = frozenset({".yaml", ".yml"})

#: Folders whose YAML files are not scenarios.
NOT_SCENARIOS = frozenset({"requirements", "setups"})

#: Two of these at the start of a line make a file one of ours, well-formed or not.
_OURS = re.compile(rb"^(id|steps|covers|given|matrix)[ \t]*:", re.MULTILINE)

#: What marks the top of a project: nothing above it belongs to the user's scenarios.
_TOPS = (".git", "pyproject.toml", "conformance.toml")


def is_scenario_file(path: Path) -> bool:
    """Whether a file looks like a scenario, from its text alone: also when it is broken, so that someone is told."""
    if path.suffix not in SUFFIXES or path.parent.name in NOT_SCENARIOS:
        return False
    try:
        with path.open("rb") as stream:
            text = stream.read(MAX_BYTES)
    except OSError:
        return False
    return len(set(_OURS.findall(text))) >= 2


def discover(roots: Iterable[Path | str]) -> list[Path]:
    """The scenario files under ``roots``, sorted; a file that is named itself is taken as it is.

    Raise `Unreadable` for a path that is not there.
    """
    return _discover(roots, is_scenario_file)


def discover_setups(roots: Iterable[Path | str]) -> list[Path]:
    """The files in ``setups/`` folders under ``roots``, sorted. Raise `Unreadable` for a path that is not there."""
    return _discover(
        (root for root in map(Path, roots) if not root.is_file()),
        lambda path: path.suffix in SUFFIXES and path.parent.name == "setups",
    )


def _discover(roots: Iterable[Path | str], wanted: Callable[[Path], bool]) -> list[Path]:
    found: dict[Path, None] = {}
    for root in map(Path, roots):
        if not root.exists():
            raise Unreadable("no such file or folder", place=Place(str(root)))
        chosen = sorted(path for path in _walk(root) if wanted(path)) if root.is_dir() else [root]
        found.update(dict.fromkeys(chosen))
    return list(found)


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        yield from (Path(folder, name) for name in files)


def shown(path: Path) -> str:
    """The name a file has in messages and results: below the working directory it is relative."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def area(path: Path) -> str:
    """The first folder below ``scenarios/``; without such a folder, the one the file is in."""
    folders = path.absolute().parent.parts
    if "scenarios" in folders:
        at = len(folders) - folders[::-1].index("scenarios")
        return folders[at] if at < len(folders) else ""
    return folders[-1] if folders else ""


def setup_folders(path: Path) -> tuple[Path, ...]:
    """The ``setups/`` folders that count for the file ``path``: beside it, and above up to the top of its project."""
    return _setup_folders(path.absolute().parent)


@lru_cache(maxsize=1024)
def _setup_folders(folder: Path) -> tuple[Path, ...]:
    found: list[Path] = []
    for above in (folder, *folder.parents):
        if (above / "setups").is_dir():
            found.append(above / "setups")
        if any((above / top).exists() for top in _TOPS):
            break
    return tuple(found)
