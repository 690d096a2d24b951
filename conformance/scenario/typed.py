"""Typed reading of one file's plain data: what is missing or of the wrong kind is noted with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.api_version import Window
from conformance.errors import did_you_mean
from conformance.scenario import references, yaml
from conformance.scenario.model import Node, Path, Reference, Template
from conformance.scenario.problems import BadName, BadWindow, MissingKey, ScenarioProblem, UnknownKey, WrongKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_SLUG = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_ALL = Window()
_NOTHING: dict[str, Node] = {}

_KINDS: Mapping[type, str] = {
    str: "text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    dict: "a mapping",
    list: "a list",
    type(None): "nothing",
    Reference: "a reference",
    Template: "text with references",
}


class Typed:
    """Reads values out of one file, or of its matrix row ``row``; what is wrong with it is added to ``problems``."""

    def __init__(self, file: str, root: Any, problems: list[ScenarioProblem], row: str | None = None) -> None:
        self.file = file
        self.problems = problems
        self._root = root
        self._row = row

    def problem(self, kind: type[ScenarioProblem], where: Path, message: str, hint: str = "") -> None:
        """Note a problem at ``where`` in the document."""
        place = yaml.locate(self._root, self.file, where, self._row)
        self.problems.append(kind(message, place=place, hint=hint))

    def keys(self, node: Mapping[str, Node], known: Collection[str], where: Path, what: str) -> None:
        """Note the keys that are not among ``known``; ``what`` has them."""
        for key in node:
            if key not in known:
                hint = did_you_mean(key, known) or one_of(known)
                self.problem(UnknownKey, (*where, key), f"{what} has no key {key!r}", hint)

    def missing_or_wrong(self, node: Mapping[str, Node], key: str, where: Path, wanted: str) -> None:
        if key not in node:
            self.problem(MissingKey, where, f"{key!r} is missing")
        else:
            self.problem(WrongKind, (*where, key), f"{key!r} takes {wanted}, not {kind(node[key])}")

    def text(self, node: Mapping[str, Node], key: str, where: Path, default: str | None = None) -> str:
        value = node.get(key, default)
        if isinstance(value, str) and (value or default is not None):
            return value
        if value == "":
            self.problem(MissingKey, (*where, key), f"{key!r} is empty")
        else:
            self.missing_or_wrong(node, key, where, "text")
        return ""

    def slug(self, node: Mapping[str, Node], key: str, where: Path) -> str:
        slug = self.text(node, key, where)
        if slug and not _SLUG.fullmatch(slug):
            hint = "Use letters, digits and single hyphens: void-open-invoice."
            self.problem(BadName, (*where, key), f"{key!r} cannot be {slug!r}", hint)
        return slug

    def name(self, name: str, where: Path) -> None:
        if not references.NAME.fullmatch(name):
            self.problem(
                BadName, where, f"{name!r} cannot be referred to", "Use letters, digits, hyphens, underscores."
            )

    def names(self, node: Mapping[str, Node], key: str, where: Path) -> tuple[str, ...]:
        names = node.get(key, ())
        if names == ():
            return ()
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            wrong = names if not isinstance(names, list) else next(name for name in names if not isinstance(name, str))
            self.problem(
                WrongKind, (*where, key), f"{key!r} takes a list of names, not {kind(wrong)}", f"Write `{key}: [NAME]`."
            )
            return ()
        return tuple(names)

    def mapping(self, node: Mapping[str, Node], key: str, where: Path) -> dict[str, Node]:
        """The mapping at ``key``; empty where there is none."""
        value = node.get(key, _NOTHING)
        if isinstance(value, dict):
            return value
        self.problem(WrongKind, (*where, key), f"{key!r} takes a mapping, not {kind(value)}")
        return {}

    def reference(self, node: Mapping[str, Node], key: str, where: Path) -> Reference | None:
        value = node.get(key)
        if isinstance(value, Reference):
            return value
        self.missing_or_wrong(node, key, where, "a reference such as ${invoice}")
        return None

    def window(self, node: Mapping[str, Node], where: Path) -> Window:
        if "versions" not in node:
            return _ALL
        text = self.text(node, "versions", where, "all")
        try:
            return Window.parse(text)
        except ValueError as problem:
            hint = 'Write bounds separated by a space: ">=2022-08-01 <2025-03-31.basil".'
            self.problem(BadWindow, (*where, "versions"), str(problem), hint)
            return _ALL


def kind(node: Node) -> str:
    """What a node is, in the words of an error message."""
    return _KINDS.get(type(node), type(node).__name__)


def one_of(known: Collection[str]) -> str:
    """A hint that names all there are."""
    return f"There are: {', '.join(known)}."
