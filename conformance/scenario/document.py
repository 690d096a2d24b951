"""One file: read, parsed and built once per process while it does not change; a matrix becomes one scenario per row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.errors import Place
from conformance.scenario import files, matrix, references, yaml
from conformance.scenario.build import ROW_KEYS, Builder
from conformance.scenario.model import Document, Node, Scenario
from conformance.scenario.model import Path as TreePath
from conformance.scenario.problems import BadName, MissingKey, ScenarioProblem, UnknownReference, Unreadable, WrongKind
from conformance.scenario.typed import kind

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Examined:
    """One file, loaded as far as possible. ``document`` is None when there was nothing to build it from."""

    file: str
    document: Document | None
    problems: tuple[ScenarioProblem, ...]


def load(path: Path | str) -> Document:
    """What one file holds. Raise the first `ScenarioProblem` of it."""
    examined = examine(path)
    if examined.problems:
        raise examined.problems[0]
    assert examined.document is not None
    return examined.document


def examine(path: Path | str) -> Examined:
    """What one file holds, and everything that keeps it from being run."""
    path = Path(path)
    file = files.shown(path)
    try:
        stat = path.stat()
    except OSError as problem:
        return Examined(file, None, (Unreadable(f"cannot be read: {problem.strerror}", place=Place(file)),))
    return _examine(file, str(path.absolute()), stat.st_mtime_ns, stat.st_size)


@cache
def _examine(file: str, absolute: str, _mtime: int, _size: int) -> Examined:
    try:
        root = yaml.compose(yaml.read(file), file)
    except ScenarioProblem as problem:
        return Examined(file, None, (problem,))
    problems: list[ScenarioProblem] = []
    tree = yaml.construct(root, file, problems, references.parse)
    if not isinstance(tree, dict):
        problems.append(WrongKind(f"a scenario is a mapping, this file is {kind(tree)}", place=Place(file)))
        return Examined(file, None, tuple(problems))
    document = _Parsed(file, root, tree, problems).document(files.area(Path(absolute)))
    return Examined(file, document, _in_order(problems))


def _in_order(problems: list[ScenarioProblem]) -> tuple[ScenarioProblem, ...]:
    """In document order, each once: the rows of a matrix share most of their text."""
    once = {str(problem): problem for problem in problems}
    return tuple(sorted(once.values(), key=lambda p: (p.place.line or 0, p.place.column or 0) if p.place else (0, 0)))


@dataclass(frozen=True, slots=True)
class _Parsed:
    """The plain data of a file, on its way to a document; ``problems`` grows."""

    file: str
    root: Any
    tree: dict[str, Node]
    problems: list[ScenarioProblem]

    def document(self, area: str) -> Document:
        if "setup" in self.tree and "id" not in self.tree:
            return Document(self.file, setup=self._builder().setup(self.tree))
        if "matrix" not in self.tree:
            return Document(self.file, (self._builder().scenario(self.tree, area),))
        return Document(self.file, tuple(self._rows(area)))

    def _builder(self, row: str | None = None) -> Builder:
        return Builder(self.file, self.root, self.problems, row)

    def _rows(self, area: str) -> Iterator[Scenario]:
        rows = self.tree["matrix"]
        if not isinstance(rows, list) or not rows:
            what = kind(rows) if rows else "an empty one"
            self._builder().problem(WrongKind, ("matrix",), f"'matrix' takes a list of rows, not {what}")
            return
        seen: set[str] = set()
        for at, row in enumerate(rows):
            yield from self._row(row, ("matrix", at), area, seen)

    def _row(self, row: Node, where: TreePath, area: str, seen: set[str]) -> Iterator[Scenario]:
        """What the row says itself (title, covers, needs, versions) replaces what the file says."""
        name = row.get("row") if isinstance(row, dict) else None
        if not isinstance(row, dict) or not isinstance(name, str) or not name:
            self._builder().problem(MissingKey, where, "a row is a mapping with 'row', its name")
            return
        builder = self._builder(name)
        if name in seen:
            builder.problem(BadName, (*where, "row"), f"row {name!r} stands twice")
        seen.add(name)
        builder.keys(row, ROW_KEYS, where, "a row")

        def report(path: TreePath, message: str, hint: str) -> None:
            builder.problem(UnknownReference, path, f"{message} (row {name!r})", hint)

        shared = {key: value for key, value in self.tree.items() if key != "matrix"}
        own = {key: value for key, value in row.items() if key in ROW_KEYS and key not in {"row", "with"}}
        filled = matrix.fill({**shared, **own}, builder.mapping(row, "with", where), report)
        assert isinstance(filled, dict)
        yield builder.scenario(filled, area)
