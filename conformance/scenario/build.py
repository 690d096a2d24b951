"""From the plain data of one file to the model. Every problem is collected with its place, none stops the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.api_version import Window
from conformance.errors import did_you_mean
from conformance.scenario import references, yaml
from conformance.scenario.model import (
    Changes,
    Eventually,
    Expect,
    Given,
    Node,
    Path,
    Reference,
    Request,
    Scenario,
    Setup,
    Step,
    Template,
)
from conformance.scenario.problems import (
    BadDuration,
    BadName,
    BadRequest,
    BadWindow,
    MissingKey,
    ScenarioProblem,
    UnknownKey,
    WrongKind,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

SCENARIO_KEYS = ("id", "title", "covers", "needs", "versions", "profile", "given", "matrix", "steps")
SETUP_KEYS = ("setup", "title", "arguments", "given", "steps", "result")
STEP_KEYS = ("id", "title", "request", "params", "headers", "covers", "needs", "versions", "eventually", "expect")
EXPECT_KEYS = ("status", "headers", "body", "error", "changes", "same_as")
ROW_KEYS = ("row", "title", "covers", "needs", "versions", "with")
PROFILES = ("core", "billing", "full")
METHODS = ("GET", "POST", "DELETE")

_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SLUG = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")

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


class Builder:
    """Builds the model of one file, or of its matrix row ``row``; what is wrong with it is added to ``problems``."""

    def __init__(self, file: str, root: Any, problems: list[ScenarioProblem], row: str | None = None) -> None:
        self.file = file
        self.problems = problems
        self._root = root
        self._row = row

    def problem(self, kind: type[ScenarioProblem], where: Path, message: str, hint: str = "") -> None:
        """Note a problem at ``where`` in the document."""
        place = yaml.locate(self._root, self.file, where, self._row)
        self.problems.append(kind(message, place=place, hint=hint))

    # --- documents -------------------------------------------------------------------------------------------

    def scenario(self, tree: Mapping[str, Node], area: str) -> Scenario:
        self.keys(tree, SCENARIO_KEYS, (), "a scenario")
        name = self._slug(tree, "id", ())
        profile = self._text(tree, "profile", (), "core")
        if profile not in PROFILES:
            self.problem(
                WrongKind, ("profile",), f"no profile {profile!r}", did_you_mean(profile, PROFILES) or _one_of(PROFILES)
            )
        return Scenario(
            id=f"{name}[{self._row}]" if self._row is not None else name,
            title=self._text(tree, "title", ()),
            file=self.file,
            covers=self._names(tree, "covers", ()),
            steps=self._steps(tree),
            given=self._given(tree),
            needs=self._names(tree, "needs", ()),
            versions=self._window(tree, ()),
            profile=profile,
            row=self._row,
            area=area,
        )

    def setup(self, tree: Mapping[str, Node]) -> Setup:
        self.keys(tree, SETUP_KEYS, (), "a setup")
        return Setup(
            name=self._slug(tree, "setup", ()),
            title=self._text(tree, "title", ()),
            file=self.file,
            steps=self._steps(tree),
            result=self._reference(tree, "result", ()) or Reference(""),
            arguments=self.mapping(tree, "arguments", ()),
            given=self._given(tree),
        )

    def _given(self, tree: Mapping[str, Node]) -> tuple[Given, ...]:
        given = self.mapping(tree, "given", ())
        return tuple(self._one_given(name, node, ("given", name)) for name, node in given.items()) if given else ()

    def _one_given(self, name: str, node: Node, where: Path) -> Given:
        self._name(name, where)
        if isinstance(node, str):
            return Given(name, node)
        if not isinstance(node, dict):
            hint = "Write `name: setup` or `name: {setup: …, with: {…}}`."
            self.problem(WrongKind, where, f"given {name!r} takes a setup's name, not {kind(node)}", hint)
            return Given(name, "")
        self.keys(node, ("setup", "with"), where, "a given")
        return Given(name, self._text(node, "setup", where), self.mapping(node, "with", where))

    # --- steps -----------------------------------------------------------------------------------------------

    def _steps(self, tree: Mapping[str, Node]) -> tuple[Step, ...]:
        steps = tree.get("steps")
        if not isinstance(steps, list):
            self._missing_or_wrong(tree, "steps", (), "a list")
            return ()
        if not steps and "setup" not in tree:
            self.problem(MissingKey, ("steps",), "a scenario has at least one step")
        return tuple(self._step(node, index) for index, node in enumerate(steps))

    def _step(self, node: Node, index: int) -> Step:
        where: Path = ("steps", index)
        if not isinstance(node, dict):
            self.problem(WrongKind, where, f"a step is a mapping, not {kind(node)}")
            node = {"id": "", "request": "", "expect": {}}
        self.keys(node, STEP_KEYS, where, "a step")
        name = self._text(node, "id", where)
        if name:
            self._name(name, (*where, "id"))
        method, path = self._request_line(node, where)
        headers = self.mapping(node, "headers", where)
        return Step(
            id=name,
            index=index,
            request=Request(method, path, self.mapping(node, "params", where), headers),
            expect=self._expect(node, where),
            title=self._text(node, "title", where, ""),
            covers=self._names(node, "covers", where),
            needs=self._names(node, "needs", where),
            versions=self._window(node, where),
            eventually=self._eventually(node, where),
        )

    def _request_line(self, node: Mapping[str, Node], where: Path) -> tuple[str, str | Reference | Template]:
        line = node.get("request")
        if not isinstance(line, (str, Template)):
            self._missing_or_wrong(node, "request", where, "METHOD /path")
            return "GET", "/"
        parts = list(line.parts) if isinstance(line, Template) else [line]
        method, _, start = parts[0].partition(" ") if isinstance(parts[0], str) else ("", "", "")
        path = references.join([start.lstrip(), *parts[1:]])
        if method not in METHODS or not (isinstance(path, Reference) or str(path).startswith(("/", "${"))):
            hint = "Write GET, POST or DELETE, a space, and a path such as /v1/invoices."
            self.problem(BadRequest, (*where, "request"), f"not a request: {str(line)!r}", hint)
        return method, path

    def _eventually(self, node: Mapping[str, Node], where: Path) -> Eventually | None:
        if "eventually" not in node:
            return None
        eventually, where = self.mapping(node, "eventually", where), (*where, "eventually")
        self.keys(eventually, ("within", "every"), where, "eventually")
        if "within" not in eventually:
            self.problem(MissingKey, where, "'within' is missing", "Write `eventually: {within: 10s}`.")
        return Eventually(
            self._duration(eventually, "within", where, 0.0), self._duration(eventually, "every", where, 0.5)
        )

    def _duration(self, node: Mapping[str, Node], key: str, where: Path, default: float) -> float:
        if key not in node:
            return default
        found = _DURATION.fullmatch(node[key]) if isinstance(node[key], str) else None
        if not found or float(found[1]) == 0:
            self.problem(BadDuration, (*where, key), f"not a duration: {node[key]!r}", "Write 500ms, 10s, 2m or 1h.")
            return default
        return float(found[1]) * _SECONDS[found[2]]

    # --- expectations ----------------------------------------------------------------------------------------

    def _expect(self, node: Mapping[str, Node], where: Path) -> Expect:
        if "expect" not in node:
            self.problem(MissingKey, where, "'expect' is missing", "Write at least `expect: {status: 200}`.")
            return Expect()
        expect, where = self.mapping(node, "expect", where), (*where, "expect")
        self.keys(expect, EXPECT_KEYS, where, "expect")
        status = expect.get("status")
        if "status" not in expect:
            self.problem(MissingKey, where, "'status' is missing in expect", "Say which HTTP status the answer has.")
        elif type(status) not in (int, dict, Reference):
            self.problem(WrongKind, (*where, "status"), f"status is a number, not {kind(status)}")
        return Expect(
            status=status,
            headers=self.mapping(expect, "headers", where),
            body=self._body(expect, where),
            error=self.mapping(expect, "error", where) if "error" in expect else None,
            changes=self._changes(expect, where) if "changes" in expect else None,
            same_as=self._reference(expect, "same_as", where) if "same_as" in expect else None,
        )

    def _body(self, expect: Mapping[str, Node], where: Path) -> Node:
        if "body" in expect and expect["body"] is None:
            self.problem(WrongKind, (*where, "body"), "body is empty", "Say what it holds, or leave the key out.")
        return expect.get("body")

    def _changes(self, expect: Mapping[str, Node], where: Path) -> Changes | None:
        changes, where = self.mapping(expect, "changes", where), (*where, "changes")
        self.keys(changes, ("since", "to"), where, "changes")
        since = self._reference(changes, "since", where)
        if "to" not in changes:
            self.problem(MissingKey, where, "'to' is missing", "Say what changes; `to: {}` says that nothing does.")
        to = self.mapping(changes, "to", where)
        return Changes(since, to) if since is not None else None

    # --- values ----------------------------------------------------------------------------------------------

    def keys(self, node: Mapping[str, Node], known: Collection[str], where: Path, what: str) -> None:
        """Note the keys that are not among ``known``; ``what`` has them."""
        for key in node:
            if key not in known:
                hint = did_you_mean(key, known) or _one_of(known)
                self.problem(UnknownKey, (*where, key), f"{what} has no key {key!r}", hint)

    def _missing_or_wrong(self, node: Mapping[str, Node], key: str, where: Path, wanted: str) -> None:
        if key not in node:
            self.problem(MissingKey, where, f"{key!r} is missing")
        else:
            self.problem(WrongKind, (*where, key), f"{key!r} takes {wanted}, not {kind(node[key])}")

    def _text(self, node: Mapping[str, Node], key: str, where: Path, default: str | None = None) -> str:
        value = node.get(key, default)
        if isinstance(value, str) and (value or default is not None):
            return value
        if value == "":
            self.problem(MissingKey, (*where, key), f"{key!r} is empty")
        else:
            self._missing_or_wrong(node, key, where, "text")
        return ""

    def _slug(self, node: Mapping[str, Node], key: str, where: Path) -> str:
        slug = self._text(node, key, where)
        if slug and not _SLUG.fullmatch(slug):
            hint = "Use letters, digits and single hyphens: void-open-invoice."
            self.problem(BadName, (*where, key), f"{key!r} cannot be {slug!r}", hint)
        return slug

    def _name(self, name: str, where: Path) -> None:
        if not references.NAME.fullmatch(name):
            self.problem(
                BadName, where, f"{name!r} cannot be referred to", "Use letters, digits, hyphens, underscores."
            )

    def _names(self, node: Mapping[str, Node], key: str, where: Path) -> tuple[str, ...]:
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

    def _reference(self, node: Mapping[str, Node], key: str, where: Path) -> Reference | None:
        value = node.get(key)
        if isinstance(value, Reference):
            return value
        self._missing_or_wrong(node, key, where, "a reference such as ${invoice}")
        return None

    def _window(self, node: Mapping[str, Node], where: Path) -> Window:
        if "versions" not in node:
            return _ALL
        text = self._text(node, "versions", where, "all")
        try:
            return Window.parse(text)
        except ValueError as problem:
            hint = 'Write bounds separated by a space: ">=2022-08-01 <2025-03-31.basil".'
            self.problem(BadWindow, (*where, "versions"), str(problem), hint)
            return _ALL


_ALL = Window()
_NOTHING: dict[str, Node] = {}


def kind(node: Node) -> str:
    """What a node is, in the words of an error message."""
    return _KINDS.get(type(node), type(node).__name__)


def _one_of(known: Collection[str]) -> str:
    return f"There are: {', '.join(known)}."


def references_in(node: Node) -> list[Reference]:
    """Every reference in a node, in document order."""
    found: list[Reference] = []
    visit(node, found.append)
    return found


def visit(node: Node, see: Callable[[Reference], None]) -> None:
    """Call ``see`` with every reference in a node."""
    if isinstance(node, dict):
        for value in node.values():
            visit(value, see)
    elif isinstance(node, (list, tuple)):
        for value in node:
            visit(value, see)
    elif isinstance(node, Reference):
        see(node)
    elif isinstance(node, Template):
        for part in node.parts:
            if isinstance(part, Reference):
                see(part)
