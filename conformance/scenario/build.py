"""From the plain data of one file to the model. Every problem is collected with its place, none stops the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.errors import did_you_mean
from conformance.scenario import references
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
    BadRequest,
    MissingKey,
    WrongKind,
)
from conformance.scenario.typed import Typed, kind, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

SCENARIO_KEYS = ("id", "title", "covers", "needs", "versions", "profile", "given", "matrix", "steps")
SETUP_KEYS = ("setup", "title", "arguments", "given", "steps", "result")
STEP_KEYS = ("id", "title", "request", "params", "headers", "covers", "needs", "versions", "eventually", "expect")
EXPECT_KEYS = ("status", "headers", "body", "error", "changes", "same_as")
ROW_KEYS = ("row", "title", "covers", "needs", "versions", "with")
PROFILES = ("core", "billing", "full")
METHODS = ("GET", "POST", "DELETE")

_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


class Builder(Typed):
    """Builds the model of one file."""

    # --- documents -------------------------------------------------------------------------------------------

    def scenario(self, tree: Mapping[str, Node], area: str) -> Scenario:
        self.keys(tree, SCENARIO_KEYS, (), "a scenario")
        name = self.slug(tree, "id", ())
        profile = self.text(tree, "profile", (), "core")
        if profile not in PROFILES:
            self.problem(
                WrongKind, ("profile",), f"no profile {profile!r}", did_you_mean(profile, PROFILES) or one_of(PROFILES)
            )
        return Scenario(
            id=f"{name}[{self._row}]" if self._row is not None else name,
            title=self.text(tree, "title", ()),
            file=self.file,
            covers=self.names(tree, "covers", ()),
            steps=self._steps(tree),
            given=self._given(tree),
            needs=self.names(tree, "needs", ()),
            versions=self.window(tree, ()),
            profile=profile,
            row=self._row,
            area=area,
        )

    def setup(self, tree: Mapping[str, Node]) -> Setup:
        self.keys(tree, SETUP_KEYS, (), "a setup")
        return Setup(
            name=self.slug(tree, "setup", ()),
            title=self.text(tree, "title", ()),
            file=self.file,
            steps=self._steps(tree),
            result=self.reference(tree, "result", ()) or Reference(""),
            arguments=self.mapping(tree, "arguments", ()),
            given=self._given(tree),
        )

    def _given(self, tree: Mapping[str, Node]) -> tuple[Given, ...]:
        given = self.mapping(tree, "given", ())
        return tuple(self._one_given(name, node, ("given", name)) for name, node in given.items()) if given else ()

    def _one_given(self, name: str, node: Node, where: Path) -> Given:
        self.name(name, where)
        if isinstance(node, str):
            return Given(name, node)
        if not isinstance(node, dict):
            hint = "Write `name: setup` or `name: {setup: …, with: {…}}`."
            self.problem(WrongKind, where, f"given {name!r} takes a setup's name, not {kind(node)}", hint)
            return Given(name, "")
        self.keys(node, ("setup", "with"), where, "a given")
        return Given(name, self.text(node, "setup", where), self.mapping(node, "with", where))

    # --- steps -----------------------------------------------------------------------------------------------

    def _steps(self, tree: Mapping[str, Node]) -> tuple[Step, ...]:
        steps = tree.get("steps")
        if not isinstance(steps, list):
            self.missing_or_wrong(tree, "steps", (), "a list")
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
        name = self.text(node, "id", where)
        if name:
            self.name(name, (*where, "id"))
        method, path = self._request_line(node, where)
        headers = self.mapping(node, "headers", where)
        return Step(
            id=name,
            index=index,
            request=Request(method, path, self.mapping(node, "params", where), headers),
            expect=self._expect(node, where),
            title=self.text(node, "title", where, ""),
            covers=self.names(node, "covers", where),
            needs=self.names(node, "needs", where),
            versions=self.window(node, where),
            eventually=self._eventually(node, where),
        )

    def _request_line(self, node: Mapping[str, Node], where: Path) -> tuple[str, str | Reference | Template]:
        line = node.get("request")
        if not isinstance(line, (str, Template)):
            self.missing_or_wrong(node, "request", where, "METHOD /path")
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
            same_as=self.reference(expect, "same_as", where) if "same_as" in expect else None,
        )

    def _body(self, expect: Mapping[str, Node], where: Path) -> Node:
        if "body" in expect and expect["body"] is None:
            self.problem(WrongKind, (*where, "body"), "body is empty", "Say what it holds, or leave the key out.")
        return expect.get("body")

    def _changes(self, expect: Mapping[str, Node], where: Path) -> Changes | None:
        changes, where = self.mapping(expect, "changes", where), (*where, "changes")
        self.keys(changes, ("since", "to"), where, "changes")
        since = self.reference(changes, "since", where)
        if "to" not in changes:
            self.problem(MissingKey, where, "'to' is missing", "Say what changes; `to: {}` says that nothing does.")
        to = self.mapping(changes, "to", where)
        return Changes(since, to) if since is not None else None
