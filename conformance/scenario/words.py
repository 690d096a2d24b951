"""Expectations in words, for ``explain``: one line per leaf, one phrase per matcher."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.scenario.model import Node, Reference, Step, Template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def leaves(node: Node, path: str = "") -> Iterator[str]:
    """``status is "void"``, ``lines.data[0].amount is 500``: what is demanded of each place in a body."""
    if isinstance(node, dict) and node and not any(key.startswith("$") for key in node):
        for key, value in node.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list) and any(isinstance(item, dict) for item in node):
        yield f"{path} is {_count(len(node), 'element')} long".strip()
        for at, item in enumerate(node):
            yield from leaves(item, f"{path}[{at}]")
    else:
        yield f"{path} {phrase(node)}".strip()


def phrase(node: Node) -> str:
    """What must be true of one value, as a verb phrase: ``is "void"``, ``is missing``."""
    if isinstance(node, dict) and len(node) == 1:
        ((name, argument),) = node.items()
        if name in PHRASES:
            return PHRASES[name](argument)
    return f"is {value(node)}"


def value(node: Node) -> str:
    """A value as one would write it: JSON, with references as they are."""
    if isinstance(node, Reference):
        return str(node)
    if isinstance(node, Template):
        return f'"{node}"'
    if isinstance(node, dict):
        time = node.get("$time") if len(node) == 1 else None
        if isinstance(time, dict):
            return _shifted(value(time.get("after")), time)
        return "{" + ", ".join(f"{key}: {value(item)}" for key, item in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(value, node)) + "]"
    return json.dumps(node, ensure_ascii=False)


def _shifted(start: str, offsets: Mapping[str, Node]) -> str:
    plus = f" + {offsets['plus']}" if "plus" in offsets else ""
    minus = f" - {offsets['minus']}" if "minus" in offsets else ""
    return f"{start}{plus}{minus}"


def _count(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _inside(node: Node) -> str:
    """An expectation inside another one."""
    return "; ".join(leaves(node))


def _either(nodes: Node) -> str:
    if all(not isinstance(node, (dict, list)) for node in nodes):
        return f"is one of {', '.join(map(value, nodes))}"
    return " or ".join(map(_inside, nodes))


def _typed(argument: Node) -> str:
    words = argument if isinstance(argument, list) else [argument]
    return "is " + " or ".join(
        word if word == "null" else f"{'an' if word[0] in 'aeiou' else 'a'} {word}" for word in words
    )


def _long(argument: Node) -> str:
    return f"has length {argument}" if type(argument) is int else f"has a length that {phrase(argument)}"


def _by_version(argument: Node) -> str:
    return "; ".join(f"at {window}: {_inside(node)}" for window, node in argument.items())


PHRASES: Mapping[str, Callable[[Node], str]] = {
    "$absent": lambda _: "is missing",
    "$present": lambda _: "is there",
    "$type": _typed,
    "$match": lambda argument: f"matches {value(argument)}",
    "$id": lambda argument: f"is an id {str(argument).rstrip('_')}_…",
    "$symbol": lambda argument: f"is the id of {argument}, the same throughout",
    "$now": lambda argument: f"is now, give or take {argument}",
    "$near": lambda near: f"is {_shifted(value(near.get('to')), near)}, give or take {near.get('within')}",
    "$length": _long,
    "$in": _either,
    "$not": lambda argument: f"is there, and it is not so that it {_inside(argument)}",
    "$gt": lambda argument: f"is more than {value(argument)}",
    "$gte": lambda argument: f"is at least {value(argument)}",
    "$lt": lambda argument: f"is less than {value(argument)}",
    "$lte": lambda argument: f"is at most {value(argument)}",
    "$between": lambda bounds: f"is between {value(bounds[0])} and {value(bounds[1])}",
    "$contains": lambda argument: f"contains something that {_inside(argument)}",
    "$each": lambda argument: f"has only elements where: {_inside(argument)}",
    "$unordered": lambda items: f"is, in any order, {_count(len(items), 'element')}: {' | '.join(map(_inside, items))}",
    "$exactly": lambda fields: f"has exactly: {'; '.join(leaves(fields)) if fields else 'nothing'}",
    "$keys": lambda keys: f"has exactly the keys {', '.join(keys)}",
    "$decimal": lambda argument: f"is the decimal number {argument} in a string",
    "$all": lambda nodes: " and ".join(map(_inside, nodes)),
    "$versions": _by_version,
}


def checks(step: Step) -> Iterator[str]:
    """Everything a step demands of its answer."""
    expect = step.expect
    yield f"HTTP status {phrase(expect.status)}"
    yield from (f"header {name} {phrase(node)}" for name, node in expect.headers.items())
    if expect.error is not None:
        yield from leaves(expect.error, "error")
    if expect.body is not None:
        yield from leaves(expect.body)
    if expect.changes is not None:
        to = expect.changes.to
        yield f"{'only this differs' if to else 'nothing differs'} from {expect.changes.since}{':' if to else ''}"
        yield from (f"  {line}" for path, node in to.items() for line in leaves(node, path))
    if expect.same_as is not None:
        yield f"the body equals {expect.same_as}"
