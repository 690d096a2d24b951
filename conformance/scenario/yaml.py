"""Safe, bounded YAML: plain JSON data out of a file, by libyaml's composer and a constructor of our own.

Words are read as YAML 1.2's JSON schema reads them: ``true``, ``false``, ``null`` (``~``, nothing), JSON numbers; all
other plain words are text: ``no``, ``12:30``, ``2024-01-01``. Keys are always text. Anchors, aliases and tags are
refused.

Nothing keeps line numbers on a pass: `mark` composes the file again when someone asks where a value stands.
"""

from __future__ import annotations

import operator
import re
from functools import lru_cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

import yaml
from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from conformance.errors import Place
from conformance.scenario.problems import DuplicateKey, ForbiddenYaml, NotYaml, OutOfBounds, ScenarioProblem, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.scenario.model import Path

MAX_BYTES = 256 * 1024
MAX_DEPTH = 40
_MAX_DIGITS = 30

_HAS_LIBYAML = hasattr(yaml, "CSafeLoader")
_Base: Any = yaml.CSafeLoader if _HAS_LIBYAML else yaml.SafeLoader


class _Composer(_Base):  # type: ignore[misc]
    """Composes nodes without resolving tags: a node whose tag is not empty had one written out."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ARG002 - the signature is PyYAML's
        return ""

    # Called for every node, for what only path resolvers need: built-ins that do nothing save a tenth of the time.
    descend_resolver = operator.is_
    ascend_resolver = tuple


_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_NUMBER_STARTS = frozenset("-0123456789")

#: Characters that could start an anchor or an alias; where there is none, no event needs to be looked at.
_ANCHOR = re.compile(rb"(?:^|[\s\[{,:?-])[&*][^\s,\[\]{}]")
#: What opens a level without indentation, and how many of them the composer's recursion on the C stack surely bears.
_OPENINGS = (b"[", b"{", b"- ", b"-\t", b"? ", b"?\t")
_HARMLESS = 1000


def read(file: str) -> bytes:
    """The bytes of ``file``. Raise `Unreadable` or `OutOfBounds`."""
    try:
        with FilePath(file).open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as problem:
        raise Unreadable(f"cannot be read: {problem.strerror or problem}", place=Place(file)) from None
    if len(raw) > MAX_BYTES:
        raise OutOfBounds(
            f"larger than {MAX_BYTES // 1024} KiB", place=Place(file), hint="A scenario is one flow; split it."
        )
    return raw


def compose(raw: bytes, file: str) -> Any:
    """The root node of the one document in ``raw``, or None for an empty one. Raise a `ScenarioProblem`."""
    _refuse_dangerous(raw, file)
    loader = _Composer(raw)
    try:
        return loader.get_single_node()
    except yaml.YAMLError as problem:
        raise _not_yaml(problem, file) from None
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8 text", place=Place(file)) from None
    except RecursionError:  # only without libyaml
        raise OutOfBounds(f"nested deeper than {MAX_DEPTH} levels", place=Place(file)) from None
    finally:
        loader.dispose()


def construct(root: Any, file: str, problems: list[ScenarioProblem], text: Callable[[str], Any] | None = None) -> Any:
    """Plain data from composed nodes; problems with a place are appended, and the walk goes on.

    ``text`` reads every string value that holds a ``${`` (it may raise a `ScenarioProblem` without a place).
    """
    return None if root is None else _Constructor(file, problems, text).value(root, 0)


class _Constructor:
    __slots__ = ("_file", "_problems", "_text")

    def __init__(self, file: str, problems: list[ScenarioProblem], text: Callable[[str], Any] | None) -> None:
        self._file = file
        self._problems = problems
        self._text = text

    def value(self, node: Any, depth: int) -> Any:
        if node.tag:
            self._report(
                ForbiddenYaml, node, f"tags such as {node.tag[:40]!r} are not part of the language", "Write plain YAML."
            )
        kind = node.__class__
        if kind is ScalarNode:
            return self._scalar(node)
        if depth >= MAX_DEPTH:
            self._report(OutOfBounds, node, f"nested deeper than {MAX_DEPTH} levels")
            return None
        if kind is SequenceNode:
            return [self.value(item, depth + 1) for item in node.value]
        return self._mapping(node, depth + 1)

    def _mapping(self, node: Any, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if key_node.__class__ is not ScalarNode:
                self._report(ForbiddenYaml, key_node, "a key must be text")
            elif key in found:
                first = next(other for other, _ in node.value if other.value == key).start_mark
                hint = f"It stands first at {first.line + 1}:{first.column + 1}."
                self._report(DuplicateKey, key_node, f"key {key!r} stands twice", hint)
            else:
                found[key] = self.value(value_node, depth)
        return found

    def _scalar(self, node: Any) -> Any:
        text = node.value
        if not node.style:
            if text in _WORDS:
                return _WORDS[text]
            if text[0] in _NUMBER_STARTS and (number := _NUMBER.fullmatch(text)):
                return self._number(node, text, whole=number[1] is None and number[2] is None)
        if self._text is not None and "${" in text:
            try:
                return self._text(text)
            except ScenarioProblem as problem:
                problem.place = place(node, self._file)
                self._problems.append(problem)
                return None
        return text

    def _number(self, node: Any, text: str, *, whole: bool) -> Any:
        if len(text) > _MAX_DIGITS:
            self._report(
                OutOfBounds, node, f"a number of more than {_MAX_DIGITS} characters", "Quote it if it is text."
            )
            return None
        return int(text) if whole else float(text)

    def _report(self, kind: type[ScenarioProblem], node: Any, message: str, hint: str = "") -> None:
        self._problems.append(kind(message, place=place(node, self._file), hint=hint))


def place(node: Any, file: str) -> Place:
    """Where a composed node starts."""
    return Place(file, node.start_mark.line + 1, node.start_mark.column + 1)


def _refuse_dangerous(raw: bytes, file: str) -> None:
    """Aliases multiply, and the composer recurses on the C stack: on suspicion, look at the parser's events first."""
    anchors = (b"&" in raw or b"*" in raw) and _ANCHOR.search(raw) is not None
    if not anchors and sum(map(raw.count, _OPENINGS)) <= _HARMLESS:
        return
    depth = 0
    try:
        for event in yaml.parse(raw, Loader=_Base):
            depth += _DEEPER.get(event.__class__, 0)
            if (anchor := getattr(event, "anchor", None)) is not None:
                hint = f"Write what {anchor!r} stands for, or quote the text."
                raise ForbiddenYaml(
                    "anchors and aliases are not part of the language", place=place(event, file), hint=hint
                )
            if depth > MAX_DEPTH:
                raise OutOfBounds(f"nested deeper than {MAX_DEPTH} levels", place=place(event, file))
    except yaml.YAMLError as problem:
        raise _not_yaml(problem, file) from None
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8 text", place=Place(file)) from None


_DEEPER = {yaml.SequenceStartEvent: 1, yaml.MappingStartEvent: 1, yaml.SequenceEndEvent: -1, yaml.MappingEndEvent: -1}


def _not_yaml(problem: yaml.YAMLError, file: str) -> ScenarioProblem:
    mark = getattr(problem, "problem_mark", None)
    where = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    said = " ".join(
        str(word) for word in (getattr(problem, "context", None), getattr(problem, "problem", None)) if word
    )
    return NotYaml(f"not YAML: {said or str(problem).splitlines()[0]}", place=where)


# --- places ----------------------------------------------------------------------------------------------


def mark(file: str, path: Path, row: str | None = None) -> Place:
    """Where ``path`` stands in ``file``: the key of a mapping's member, the start of a list's item.

    Where the path leads on into nothing, the deepest place that exists. With ``row``, a ``${with.x}`` on the way is
    followed into that row of the matrix. Never raises: a file that has gone is its own place.
    """
    try:
        stat = FilePath(file).stat()
        root = _composed(file, stat.st_mtime_ns, stat.st_size)
    except (OSError, ScenarioProblem):
        return Place(file)
    return Place(file) if root is None else locate(root, file, path, row)


@lru_cache(maxsize=64)
def _composed(file: str, _mtime: int, _size: int) -> Any:
    return compose(read(file), file)


_ROW_VARIABLE = re.compile(r"\$\{with\.([A-Za-z0-9_-]+)((?:\.[A-Za-z0-9_-]+|\[\d+\])*)\}")


def locate(root: Any, file: str, path: Path, row: str | None = None) -> Place:
    """`mark` on nodes that are there already."""
    node, at = root, root
    parts = list(path)
    while parts:
        part = parts.pop(0)
        found = _member(node, part)
        if found is None:
            break
        at, node = found
        variable = _variable(root, node, row) if row is not None and parts else None
        if variable is not None:
            at, node = variable
    return place(at, file)


def _member(node: Any, part: str | int) -> tuple[Any, Any] | None:
    """(the node to point at, the node to go on from)."""
    if node.__class__ is MappingNode:
        return next(((key, value) for key, value in node.value if key.value == part), None)
    if node.__class__ is SequenceNode and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _variable(root: Any, node: Any, row: str | None) -> tuple[Any, Any] | None:
    written = _ROW_VARIABLE.fullmatch(node.value) if node.__class__ is ScalarNode else None
    rows = _member(root, "matrix") if written else None
    if not written or not rows or rows[1].__class__ is not SequenceNode:
        return None
    for one in rows[1].value:
        name, variables = _member(one, "row"), _member(one, "with")
        if name and variables and name[1].value == row:
            return _member(variables[1], written[1])
    return None
