"""Rules about what is expected and what is sent: matchers, expectations that cannot fail, ids that were pasted in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.errors import did_you_mean
from conformance.scenario.findings import Finding, Flow, Vocabulary
from conformance.scenario.matcher_names import IN_PARAMETERS, MATCHERS, TYPES, Argument
from conformance.scenario.model import Expect, Node, Path, Reference, Step, Template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Patterns that every string matches.
_ANYTHING = frozenset({"", ".*", ".*?", "^.*$", "^.*", ".*$", r"[\s\S]*", r"[\S\s]*", "(?s).*", r"(.|\n)*"})

_EXACT: Final = "Write {$exactly: {}} for an empty object, {$type: object} for any."


def expectations(expect: Expect, where: Path) -> Iterator[tuple[Path, Node]]:
    """The nodes of ``expect`` that are compared with a response."""
    where = (*where, "expect")
    yield (*where, "status"), expect.status
    yield from (((*where, "headers", name), node) for name, node in expect.headers.items())
    if expect.body is not None:
        yield (*where, "body"), expect.body
    if expect.error is not None:
        yield (*where, "error"), expect.error
    if expect.changes is not None:
        yield from (((*where, "changes", "to", path), node) for path, node in expect.changes.to.items())


def sent(step: Step, where: Path) -> Iterator[tuple[Path, Node]]:
    """The nodes of a step that go to the target."""
    yield (*where, "request"), step.request.path
    yield (*where, "params"), dict(step.request.params)
    yield (*where, "headers"), dict(step.request.headers)


def matchers(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """Unknown matchers, malformed arguments, matchers where values are sent."""
    for given in flow.of.given:
        yield from _in_parameters(dict(given.arguments), ("given", given.name, "with"))
    for step, where in flow.steps():
        for path, node in sent(step, where):
            yield from _in_parameters(node, path)
        for path, node in expectations(step.expect, where):
            yield from _in_expectation(node, path)


def _in_expectation(node: Node, where: Path) -> Iterator[Finding]:
    if isinstance(node, list):
        for at, item in enumerate(node):
            yield from _in_expectation(item, (*where, at))
    elif isinstance(node, dict):
        name = next((key for key in node if key.startswith("$")), None)
        if name is None:
            for key, value in node.items():
                yield from _in_expectation(value, (*where, key))
        else:
            yield from _matcher(name, node, where, MATCHERS)


def _matcher(name: str, node: Mapping[str, Node], where: Path, table: Mapping[str, Argument]) -> Iterator[Finding]:
    here = (*where, name)
    if len(node) > 1:
        others = ", ".join(repr(key) for key in node if key != name)
        yield Finding(
            "error", "matcher", here, f"{name} stands beside {others}", "A matcher stands alone; $all joins several."
        )
        return
    argument = table.get(name)
    if argument is None:
        hint = did_you_mean(name, table) or f"There are: {', '.join(table)}."
        yield Finding("error", "unknown-matcher", here, f"no matcher {name!r} here", hint)
        return
    if not argument.accepts(node[name]):
        yield Finding("error", "matcher", here, f"{name} takes {argument.takes}, not {_shown(node[name])}")
        return
    inside = _in_parameters if table is IN_PARAMETERS else _in_expectation
    for path, inner in argument.inner(node[name]):
        yield from inside(inner, (*here, *path))


def _in_parameters(node: Node, where: Path) -> Iterator[Finding]:
    if isinstance(node, list):
        for at, item in enumerate(node):
            yield from _in_parameters(item, (*where, at))
    elif isinstance(node, dict):
        name = next((key for key in node if key.startswith("$")), None)
        if name is None:
            for key, value in node.items():
                yield from _in_parameters(value, (*where, key))
        else:
            yield from _matcher(name, node, where, IN_PARAMETERS)


def _shown(node: Node) -> str:
    text = str(node) if isinstance(node, (Reference, Template)) else repr(node)
    return text if len(text) <= 60 else f"{text[:57]}..."


def vacuous(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """Expectations that no answer can fail."""
    for step, where in flow.steps():
        for path, node in expectations(step.expect, where):
            yield from _vacuous(node, path)


def _vacuous(node: Node, where: Path) -> Iterator[Finding]:
    if isinstance(node, list):
        for at, item in enumerate(node):
            yield from _vacuous(item, (*where, at))
    elif isinstance(node, dict):
        why = _cannot_fail(node)
        if why:
            yield Finding("error", "cannot-fail", where, *why)
        elif len(node) == 1 and next(iter(node)) in MATCHERS:
            ((name, argument),) = node.items()
            for path, inner in MATCHERS[name].inner(argument):
                if not (name == "$not" or (name == "$versions" and inner == {})):
                    yield from _vacuous(inner, (*where, name, *path))
        else:
            for key, value in node.items():
                yield from _vacuous(value, (*where, key))


def _cannot_fail(node: Mapping[str, Node]) -> tuple[str, str] | None:
    if not node:
        return "an empty mapping demands nothing of an object", _EXACT
    if len(node) > 1:
        return None
    ((name, argument),) = node.items()
    if name == "$match" and argument in _ANYTHING:
        return f"every string matches {argument!r}", "Write {$type: string}, or the part that matters."
    if name == "$type" and isinstance(argument, list) and set(TYPES) - {"integer", "timestamp"} <= set(argument):
        return "every value has one of these types", "Name the types that are right."
    if name == "$contains" and argument == "":
        return "every string contains the empty one", "Say what it contains."
    if name == "$length" and argument in ({"$gte": 0}, {"$gt": -1}):
        return "every length is at least 0", "Say how long it is."
    return None


#: Ids and keys as Stripe mints them: a prefix, then at least 14 letters and digits, some of each.
_MINTED = re.compile(
    r"\b(?:acct|card|ch|cn|cnli|cus|dp|evt|ii|il|in|inpay|mandate|pi|plan|pm|price|prod|promo|py|re|rk_live|rk_test|seti|si"
    r"|sk_live|sk_test|src|sub|tok|txi|txr|we|whsec)_(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{14,}\b"
)


def minted(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """Ids from somebody's account: no other target has them. A step that expects an error may make one up."""
    for step, where in flow.steps():
        if is_refusal(step.expect.status):
            continue
        for path, node in (*sent(step, where), *expectations(step.expect, where)):
            for inner, text in _strings(node, path):
                found = _MINTED.search(text)
                if found:
                    hint = "Make the object in a step or a setup and refer to it; $id and $symbol match ids."
                    yield Finding("error", "hard-coded-id", inner, f"{found[0]!r} exists in one account only", hint)


def _strings(node: Node, where: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, str):
        yield where, node
    elif isinstance(node, list):
        for at, item in enumerate(node):
            yield from _strings(item, (*where, at))
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _strings(value, (*where, key))
    elif isinstance(node, Template):
        yield from ((where, part) for part in node.parts if isinstance(part, str))


def is_refusal(status: Node) -> bool:
    """Whether an expected status is an error in every case."""
    if type(status) is int:
        return status >= 400
    if isinstance(status, dict) and len(status) == 1:
        ((name, argument),) = status.items()
        if name == "$in" and isinstance(argument, list):
            return bool(argument) and all(map(is_refusal, argument))
        if name in {"$gte", "$gt"} and type(argument) is int:
            return argument >= 399
        if name == "$versions" and isinstance(argument, dict):
            return bool(argument) and all(map(is_refusal, argument.values()))
    return False


RULES = (matchers, vacuous, minted)
