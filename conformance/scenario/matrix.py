"""``${with.x}`` of a matrix row, replaced in the parsed tree when the file is loaded: a variable may hold any tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.errors import did_you_mean
from conformance.scenario import references
from conformance.scenario.model import Node, Path, Reference, Template

#: Told of what cannot be replaced: where it stands, why, and a hint.
Report = Callable[[Path, str, str], None]


def fill(node: Node, variables: Mapping[str, Node], report: Report, where: Path = ()) -> Node:
    """``node`` with the variables put in. Parts without any are shared with the original, not copied."""
    kind = type(node)
    if kind is dict:
        filled = {key: fill(value, variables, report, (*where, key)) for key, value in node.items()}
        return node if all(filled[key] is value for key, value in node.items()) else filled
    if kind is list:
        items = [fill(value, variables, report, (*where, at)) for at, value in enumerate(node)]
        return node if all(new is old for new, old in zip(items, node, strict=False)) else items
    if kind is Reference:
        return _value(node, variables, report, where) if node.name == "with" else node
    if kind is Template and any(isinstance(part, Reference) and part.name == "with" for part in node.parts):
        return _text(node, variables, report, where)
    return node


def _value(reference: Reference, variables: Mapping[str, Node], report: Report, where: Path) -> Node:
    value: Node = variables
    for at, part in enumerate(reference.path):
        if isinstance(value, Reference):  # the row gave an object of the run: go on inside it
            return references.below(value, reference.path[at:])
        members: Mapping[Any, Node] = value if type(value) is dict else {}
        if type(value) is list:
            members = dict(enumerate(value))
        if part not in members:
            report(where, f"this row has no {reference}", did_you_mean(str(part), members))
            return None
        value = members[part]
    return value


def _text(template: Template, variables: Mapping[str, Node], report: Report, where: Path) -> Node:
    parts: list[str | Reference] = []
    for part in template.parts:
        if isinstance(part, str) or part.name != "with":
            parts.append(part)
            continue
        value = _value(part, variables, report, where)
        if isinstance(value, Template):
            parts += value.parts
        elif isinstance(value, Reference):
            parts.append(value)
        elif isinstance(value, (dict, list)):
            report(where, f"{part} is a mapping or a list, which cannot stand inside text", "")
        elif value is not None:
            parts.append(_word(value))
    return references.join(parts)


def _word(value: Node) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
