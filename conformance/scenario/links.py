"""Whether everything a document names is there: setups, their arguments, and whatever a reference starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.errors import did_you_mean
from conformance.scenario import yaml
from conformance.scenario.model import Document, Given, Node, Path, Reference, Scenario, Setup, Step
from conformance.scenario.problems import ScenarioProblem, UnknownArgument, UnknownReference, UnknownSetup
from conformance.scenario.references import visit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What every scenario can refer to besides its own names, and the one key each has.
BASE: Mapping[str, str] = {"run": "id", "scenario": "id"}


def check_links(document: Document, setups: Mapping[str, Setup]) -> list[ScenarioProblem]:
    """Unknown setups, arguments and references, and setups that cannot be loaded, in document order."""
    found: dict[str, ScenarioProblem] = {}
    for one in (*document.scenarios, *((document.setup,) if document.setup else ())):
        found.update((str(problem), problem) for problem in _Links(one, setups).check())
    return list(found.values())


class _Links:
    """The names of one scenario or setup, in the order in which they come to be."""

    def __init__(self, flow: Scenario | Setup, setups: Mapping[str, Setup]) -> None:
        self._flow = flow
        self._setups = setups
        self._arguments = flow.arguments if isinstance(flow, Setup) else None
        self._row = flow.row if isinstance(flow, Scenario) else None
        self._names = set(BASE) if self._arguments is None else {*BASE, "with"}
        self._all = {*(one.name for one in flow.given), *(step.id for step in flow.steps)}

    def check(self) -> Iterator[ScenarioProblem]:
        for one in self._flow.given:
            yield from self._given(one, ("given", one.name))
            self._names.add(one.name)
        for step in self._flow.steps:
            yield from self._step(step, ("steps", step.index))
            self._names.add(step.id)
        if isinstance(self._flow, Setup):
            yield from self._node(self._flow.result, ("result",))

    def _given(self, given: Given, where: Path) -> Iterator[ScenarioProblem]:
        yield from self._node(given.arguments, (*where, "with"))
        if given.setup not in self._setups:
            hint = did_you_mean(given.setup, self._setups)
            yield self._problem(UnknownSetup, where, f"no setup {given.setup!r}", hint)
            return
        try:
            setup = self._setups[given.setup]
        except ScenarioProblem as problem:
            yield problem
            return
        for name in given.arguments:
            if name not in setup.arguments:
                hint = did_you_mean(name, setup.arguments) or f"It takes: {', '.join(setup.arguments) or 'none'}."
                yield self._problem(
                    UnknownArgument, (*where, "with", name), f"setup {setup.name!r} takes no {name!r}", hint
                )

    def _step(self, step: Step, where: Path) -> Iterator[ScenarioProblem]:
        request, expect, here = step.request, step.expect, (*where, "expect")
        yield from self._node(request.path, (*where, "request"))
        if request.params:
            yield from self._node(request.params, (*where, "params"))
        if request.headers:
            yield from self._node(request.headers, (*where, "headers"))
        yield from self._node(expect.status, (*here, "status"))
        yield from self._node(expect.body, (*here, "body"))
        if expect.headers:
            yield from self._node(expect.headers, (*here, "headers"))
        if expect.error is not None:
            yield from self._node(expect.error, (*here, "error"))
        if expect.changes is not None:
            yield from self._node(expect.changes.since, (*here, "changes", "since"))
            yield from self._node(expect.changes.to, (*here, "changes", "to"))
        if expect.same_as is not None:
            yield from self._node(expect.same_as, (*here, "same_as"))

    def _node(self, node: Node, where: Path) -> Iterator[ScenarioProblem]:
        wrong: list[Reference] = []

        def see(reference: Reference) -> None:
            if reference.name not in self._names or not self._key_exists(reference):
                wrong.append(reference)

        visit(node, see)
        for reference in wrong:
            yield self._unknown(reference, (*where, *next(places(node, reference), ())))

    def _key_exists(self, reference: Reference) -> bool:
        if reference.name == "with":
            arguments = self._arguments or {}
            return bool(reference.path) and reference.path[0] in arguments
        return reference.name not in BASE or reference.path == (BASE[reference.name],)

    def _unknown(self, reference: Reference, where: Path) -> ScenarioProblem:
        name = reference.name
        if name in self._names and name in BASE:
            return self._problem(
                UnknownReference, where, f"unknown reference {reference}", f"There is ${{{name}.{BASE[name]}}}."
            )
        if name == "with":
            return self._problem(UnknownReference, where, f"unknown reference {reference}", self._about_with(reference))
        if name in self._all:
            hint = "An answer has a name only after its own step: move this one down, or compare with $now."
            return self._problem(UnknownReference, where, f"{reference} is used before {name!r} exists", hint)
        known = sorted(self._names - {"with"})
        hint = did_you_mean(name, known) or f"There are: {', '.join(known)}."
        return self._problem(UnknownReference, where, f"unknown reference {reference}", hint)

    def _about_with(self, reference: Reference) -> str:
        if self._arguments is None:
            return "Only a setup has arguments, and only a matrix has variables."
        wanted = str(reference.path[0]) if reference.path else ""
        return did_you_mean(wanted, self._arguments) or f"The arguments are: {', '.join(self._arguments) or 'none'}."

    def _problem(self, kind: type[ScenarioProblem], where: Path, message: str, hint: str) -> ScenarioProblem:
        return kind(message, place=yaml.mark(self._flow.file, where, self._row), hint=hint)


def places(node: Node, wanted: Reference) -> Iterator[Path]:
    """Where in ``node`` a reference stands."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from ((key, *rest) for rest in places(value, wanted))
    elif isinstance(node, (list, tuple)):
        for at, value in enumerate(node):
            yield from ((at, *rest) for rest in places(value, wanted))
    elif node == wanted or wanted in getattr(node, "parts", ()):
        yield ()
