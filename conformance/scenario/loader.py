"""Everything a caller needs to get from files to scenarios that can be run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from threading import RLock

from conformance import paths
from conformance.errors import Place
from conformance.scenario import yaml
from conformance.scenario.document import Examined, examine, load
from conformance.scenario.files import (
    SUFFIXES,
    area,
    discover,
    discover_setups,
    is_scenario_file,
    setup_folders,
    shown,
)
from conformance.scenario.links import check_links
from conformance.scenario.model import Document, Scenario, Setup
from conformance.scenario.problems import BadName, CircularSetup, ShadowedSetup

__all__ = [
    "Examined",
    "Library",
    "Setups",
    "area",
    "check_links",
    "discover",
    "discover_setups",
    "examine",
    "is_scenario_file",
    "load",
    "setup_folders",
    "shown",
]


class Setups(Mapping[str, Setup]):
    """Setups by name, which is also the name of the file; it is read and checked when it is first asked for."""

    def __init__(self) -> None:
        self._files: dict[str, Path] = {}
        self._folders: set[Path] = set()
        self._loaded: dict[str, Setup] = {}
        self._loading: list[str] = []
        self._lock = RLock()

    def add(self, folder: Path) -> None:
        """Take the setups of one more folder. Raise `ShadowedSetup` where a different setup has the same name."""
        folder = folder.absolute()
        if folder in self._folders:
            return
        for file in sorted(folder.iterdir()):
            if file.suffix in SUFFIXES:
                self._take(file)
        self._folders.add(folder)

    def _take(self, file: Path) -> None:
        other = self._files.setdefault(file.stem, file)
        if other != file and other.read_bytes() != file.read_bytes():
            hint = "Give it another name: a setup means the same in every scenario."
            raise ShadowedSetup(
                f"setup {file.stem!r} is already in {shown(other)}", place=Place(shown(file)), hint=hint
            )

    def __getitem__(self, name: str) -> Setup:
        """Raise a `ScenarioProblem` where the file of that name cannot be used, KeyError where there is none."""
        found = self._loaded.get(name)
        if found is None:
            with self._lock:  # one thread loads; to another one its unfinished work would look like a circle
                found = self._loaded.get(name) or self._load(name, self._files[name])
                self._loaded[name] = found
        return found

    def _load(self, name: str, file: Path) -> Setup:
        if name in self._loading:
            chain = " > ".join((*self._loading[self._loading.index(name) :], name))
            raise CircularSetup(f"setup {name!r} needs itself: {chain}", place=Place(shown(file)))
        document = load(file)
        setup = document.setup
        if setup is None or setup.name != name:
            place = yaml.mark(shown(file), ("setup",))
            raise BadName(
                f"this file must hold the setup {name!r}", place=place, hint="A setup is in a file of its name."
            )
        self._loading.append(name)
        try:
            problems = check_links(document, self)
        finally:
            self._loading.pop()
        if problems:
            raise problems[0]
        return setup

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._files))

    def __len__(self) -> int:
        return len(self._files)


class Library:
    """Scenarios with the setups they can use: those of the suite, and those in ``setups/`` beside or above a file."""

    def __init__(self) -> None:
        self.setups = Setups()
        self._linked: dict[str, Document] = {}
        shipped = paths.data("scenarios") / "setups"
        if shipped.is_dir():
            self.setups.add(shipped)

    def load(self, path: Path | str) -> Document:
        """A file that can be run: whatever it names exists. Raise its first `ScenarioProblem`."""
        document = load(path)
        if self._linked.get(document.file) is document:
            return document
        self.adopt(path)
        problems = check_links(document, self.setups)
        if problems:
            raise problems[0]
        self._linked[document.file] = document
        return document

    def scenarios(self, roots: Iterable[Path | str]) -> list[Scenario]:
        """Every scenario under ``roots``, in the order of files and rows. Raise the first `ScenarioProblem`."""
        return [one for file in discover(roots) for one in self.load(file).scenarios]

    def adopt(self, path: Path | str) -> None:
        """Make the setups beside and above the file ``path`` known. Raise `ShadowedSetup`."""
        for folder in setup_folders(Path(path)):
            self.setups.add(folder)
