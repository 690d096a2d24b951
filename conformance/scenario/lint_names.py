"""Rules about names: requirements, capabilities, versions, ids, and what shadows or is never used."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from conformance.errors import did_you_mean
from conformance.scenario.findings import Finding, Flow, Vocabulary
from conformance.scenario.lint_matchers import expectations, sent
from conformance.scenario.lint_steps import is_list
from conformance.scenario.model import Node, Path, Setup
from conformance.scenario.references import references_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.api_version import Window

_RESERVED = ("with", "run", "scenario")


def requirements(flow: Flow, known: Vocabulary) -> Iterator[Finding]:
    """Requirement ids that are not in the catalogue."""
    scenario = flow.scenario
    if scenario is None:
        return
    for ids, where in ((scenario.covers, ("covers",)), *((step.covers, (*at, "covers")) for step, at in flow.steps())):
        for n, id_ in enumerate(ids):
            if id_ not in known.requirements and id_.startswith(known.prefixes):
                hint = did_you_mean(id_, known.requirements)
                yield Finding("error", "unknown-requirement", (*where, n), f"no requirement {id_!r}", hint)


def covered(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """Every step says, by itself or through its scenario, which behaviour it is about."""
    if flow.scenario is None or flow.scenario.covers:
        return
    bare = [step for step, _ in flow.steps() if not step.covers]
    if bare:
        message = "'covers' is missing" if len(bare) == len(flow.of.steps) else f"step {bare[0].id!r} covers nothing"
        where: Path = ("id",) if len(bare) == len(flow.of.steps) else ("steps", bare[0].index, "id")
        yield Finding(
            "error", "covers-nothing", where, message, "Name a requirement, or an id of your own such as BILL-7."
        )


def mixed(flow: Flow, known: Vocabulary) -> Iterator[Finding]:
    """A step has one verdict: requirements that fail a target cannot share it with ones that may not."""
    for step, where in flow.steps():
        ids = flow.covers(step)
        gentle = [id_ for id_ in ids if not known.requirements.get(id_, True)]
        if gentle and len(gentle) < len(ids):
            strict = next(id_ for id_ in ids if id_ not in gentle)
            at = (*where, "covers") if step.covers else ("covers",)
            message = f"{strict} fails a target, {gentle[0]} must not: step {step.id!r} covers both"
            yield Finding("error", "mixed-covers", at, message, "Give each its own step.")


def capabilities(flow: Flow, known: Vocabulary) -> Iterator[Finding]:
    """Capabilities that no target can declare."""
    places = [(step.needs, (*at, "needs")) for step, at in flow.steps()]
    if flow.scenario is not None:
        places.insert(0, (flow.scenario.needs, ("needs",)))
    for names, where in places:
        for n, name in enumerate(names):
            if known.capabilities and name not in known.capabilities:
                hint = did_you_mean(name, known.capabilities)
                yield Finding("error", "unknown-capability", (*where, n), f"no capability {name!r}", hint)


def versions(flow: Flow, known: Vocabulary) -> Iterator[Finding]:
    """Bounds at versions that Stripe never released; nothing is said of those before and after the known ones."""
    places: list[tuple[Window, Path]] = [(step.versions, (*at, "versions")) for step, at in flow.steps()]
    if flow.scenario is not None:
        places.insert(0, (flow.scenario.versions, ("versions",)))
    if not known.versions:
        return
    names = {str(version) for version in known.versions}
    first, last = min(known.versions), max(known.versions)
    for window, where in places:
        for _, bound in window.bounds:
            if str(bound) not in names and first <= bound <= last:
                hint = did_you_mean(str(bound), names)
                yield Finding("error", "unknown-version", where, f"no API version {bound}", hint)


def file_name(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """A file is found by the name of what is in it."""
    key, name = ("setup", flow.of.name) if isinstance(flow.of, Setup) else ("id", flow.of.id.partition("[")[0])
    stem = FilePath(flow.of.file).stem
    if name and name != stem:
        yield Finding(
            "error", "file-name", (key,), f"{key} {name!r} is in a file named {stem!r}", "Give both one name."
        )


def shadowing(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """Steps and given names share one namespace."""
    seen = dict.fromkeys(_RESERVED, "part of the language")
    named: list[tuple[str, str, Path]] = [(one.name, "a given", ("given", one.name)) for one in flow.of.given]
    named += [(step.id, "a step", (*where, "id")) for step, where in flow.steps() if step.id]
    for name, what, where in named:
        if name in seen:
            yield Finding("error", "shadowed-name", where, f"{name!r} is already {seen[name]}", "Choose another name.")
        seen[name] = what


def unused(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """A prelude nobody refers to costs requests and can fail, unless it acts on another or pads a list."""
    if any(is_list(step.request) for step in flow.of.steps):
        return
    nodes: list[Node] = [given.arguments for given in flow.of.given]
    nodes += [node for step, at in flow.steps() for _, node in (*sent(step, at), *expectations(step.expect, at))]
    nodes += [
        node
        for step, _ in flow.steps()
        for node in (step.expect.changes and step.expect.changes.since, step.expect.same_as)
    ]
    nodes += [flow.of.result] if isinstance(flow.of, Setup) else []
    used = {one.name for node in nodes for one in references_in(node)}
    for given in flow.of.given:
        if given.name not in used and not references_in(given.arguments):
            yield Finding(
                "warning", "unused-given", ("given", given.name), f"nothing refers to {given.name!r}", "Leave it out."
            )


def unused_arguments(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """An argument that changes nothing misleads who gives it."""
    if not isinstance(flow.of, Setup):
        return
    nodes = [given.arguments for given in flow.of.given]
    nodes += [node for step, at in flow.steps() for _, node in (*sent(step, at), *expectations(step.expect, at))]
    used = {one.path[0] for node in nodes for one in references_in(node) if one.name == "with" and one.path}
    for name in flow.of.arguments:
        if name not in used:
            yield Finding(
                "warning",
                "unused-argument",
                ("arguments", name),
                f"nothing uses the argument {name!r}",
                "Leave it out.",
            )


RULES = (requirements, covered, mixed, capabilities, versions, file_name, shadowing, unused, unused_arguments)
