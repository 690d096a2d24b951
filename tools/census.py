"""Counts which checks of must-level requirements a target passes: of those that assert state, values or errors.

    python tools/census.py OUT.json run --target stripe-mock --config conformance.toml

The run is that of ``stripe-conformance run``; OUT.json then holds ``{"asserted": n, "passed": [check, …]}``.

A check is one leaf of an expectation: a field of ``body`` or ``error``, a path of ``changes``, a frame, ``same_as``, a
header, a status that is an error. Not counted is what asserts no state, value or error: a status of success, a type or
the mere presence of a value, the name of the object's kind, and a value that stands in the very request that is
answered (an echo gives it back without holding anything). What a target never came to, because an earlier step did
not hold, is asserted and not passed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from conformance import match, paths  # noqa: E402
from conformance.api_version import ApiVersion, Window  # noqa: E402
from conformance.contract.requirements import get  # noqa: E402
from conformance.engine import run as engine  # noqa: E402
from conformance.engine.plan import PlannedStep, Planner  # noqa: E402
from conformance.results.model import Outcome  # noqa: E402
from conformance.rules.volatile import VOLATILE  # noqa: E402
from conformance.scenario.loader import Library, discover  # noqa: E402

if TYPE_CHECKING:
    from conformance.engine.evaluate import Judgement
    from conformance.scenario.model import Node
    from conformance.target.base import Exchange

#: Matchers that say what kind of thing a value is, not which.
SHAPES = frozenset({"$type", "$present", "$id", "$symbol", "$keys"})


class Leaf(NamedTuple):
    """One check: where it looks, and what it expects there."""

    aspect: str
    path: tuple[str | int, ...]
    node: Node

    def __str__(self) -> str:
        where, wanted = match.field_path(self.path), json.dumps(self.node, default=str, ensure_ascii=False)
        return f"{self.aspect} {where}: {wanted:.80}" if where else f"{self.aspect}: {wanted:.80}"


def asserted(planned: PlannedStep, version: ApiVersion) -> list[Leaf]:
    """The checks of a step that assert state, values or errors; none where its requirements are no musts."""
    if planned.on_failure is not Outcome.FAIL:
        return []
    expect, sent = planned.step.expect, dict(_flat(planned.step.request.params))
    found = [] if _succeeds(expect.status) else [Leaf("status", (), expect.status)]
    found += [Leaf("header", (name,), node) for name, node in (expect.headers or {}).items()]
    for aspect, node in (("body", expect.body), ("error", expect.error)):
        found += [Leaf(aspect, path, one) for path, one in _leaves(node, version)] if node is not None else []
    if expect.changes is not None:
        found += [Leaf("changes", match.parse_path(path), node) for path, node in expect.changes.to.items()]
        found.append(Leaf("changes", (), f"nothing else since {expect.changes.since}"))
    if expect.same_as is not None:
        found.append(Leaf("same as", (), str(expect.same_as)))
    return [one for one in found if not _is_shape(one) and str(sent.get(one.path)) != str(one.node)]


def _succeeds(status: Node) -> bool:
    return isinstance(status, int) and status < 300


def _is_shape(leaf: Leaf) -> bool:
    kind = next(iter(leaf.node), None) if isinstance(leaf.node, Mapping) else None
    return kind in SHAPES or leaf.path[-1:] == ("object",)


def _leaves(node: Node, version: ApiVersion, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, Node]]:
    """Every place in an expectation that holds a literal, a reference or a matcher. A list is as long as it is."""
    if isinstance(node, Mapping) and "$versions" in node:
        for window, one in node["$versions"].items():
            if version in Window.parse(window):
                yield from _leaves(one, version, path)
    elif isinstance(node, Mapping) and node and not any(str(key).startswith("$") for key in node):
        for key, one in node.items():
            yield from _leaves(one, version, (*path, key))
    elif isinstance(node, (list, tuple)) and node:
        yield path, {"$length": len(node)}
        for at, one in enumerate(node):
            yield from _leaves(one, version, (*path, at))
    else:
        yield path, node


def _flat(node: Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    if isinstance(node, (Mapping, list, tuple)):
        pairs = node.items() if isinstance(node, Mapping) else enumerate(node)
        for key, one in pairs:
            yield from _flat(one, (*path, key))
    else:
        yield path, node


def holds(leaf: Leaf, planned: PlannedStep, exchange: Exchange, scope: match.Scope) -> bool:
    """Whether an answer is what the check expects; what cannot be compared does not hold."""
    response = exchange.response
    if response is None:
        return False
    body = response.json
    try:
        if leaf.aspect == "same as":
            return not match.same(match.resolve(planned.same_as, scope.names), body, VOLATILE)
        if leaf.aspect == "changes" and not leaf.path:
            assert planned.frame is not None
            before = match.resolve(planned.frame.since, scope.names)
            return not match.changes(before, body, planned.frame.to, VOLATILE, scope)
        within = {
            "status": response.status,
            "header": response.headers,
            "error": body.get("error") if isinstance(body, Mapping) else None,
        }
        value = match.at(within.get(leaf.aspect, body), leaf.path)
        return not match.compile(leaf.node, scope.version).check(value, scope)
    except match.Unresolved:
        return False


@contextmanager
def listening() -> Iterator[dict[tuple[str, str], list[Leaf]]]:
    """The checks that held while the engine ran, by scenario and step; of several attempts the last one counts."""
    judge, passed = engine.judge, dict[tuple[str, str], list[Leaf]]()

    def listen(planned: PlannedStep, exchange: Exchange, scope: match.Scope) -> Judgement:
        checks = asserted(planned, scope.version) if scope.version else []
        if checks:
            mark = scope.symbols.snapshot()
            held = [one for one in checks if holds(one, planned, exchange, scope)]
            scope.symbols.rollback(mark)
            passed[scope.names["scenario"]["id"], planned.step.id] = held
        return judge(planned, exchange, scope)

    engine.judge = listen
    try:
        yield passed
    finally:
        engine.judge = judge


def asserted_by_the_library(version: ApiVersion) -> int:
    """How many such checks the library's scenarios hold that apply at ``version``."""
    library = Library()
    found = [library.load(file) for file in discover([paths.data("scenarios")])]
    planner = Planner(library.setups, get, version)
    plans = [planner.plan(one) for document in found for one in document.scenarios if version in one.versions]
    return sum(len(asserted(step, version)) for plan in plans for step in plan.steps)


def main(out: Path, arguments: list[str]) -> int:
    """Run, and write what was counted; gives the run's exit code."""
    from conformance.cli.main import main as command
    from conformance.target.settings import DEFAULT_API_VERSION

    with listening() as passed:
        code = command(arguments)
    held = [f"{scenario} > {step} > {leaf}" for (scenario, step), leaves in sorted(passed.items()) for leaf in leaves]
    told = {"asserted": asserted_by_the_library(DEFAULT_API_VERSION), "passed": held}
    out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
