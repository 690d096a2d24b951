"""``${name.path[0].key}`` in a string of the language: parsed on the tree, once, never substituted in text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from conformance.scenario.model import Node, Path, Reference, Template
from conformance.scenario.problems import MalformedReference

if TYPE_CHECKING:
    from collections.abc import Callable

#: What a step, a given, an argument or a matrix variable may be called.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")

_OPENING = re.compile(r"\$?\$\{")
_PART = re.compile(r"\.([A-Za-z0-9_-]+)|\[(0|[1-9][0-9]{0,5})\]")
_HINT = "Write ${name.key[0].key}, or $${ for a literal ${."


@lru_cache(maxsize=8192)
def parse(text: str) -> str | Reference | Template:
    """A `Reference` when ``text`` is one and nothing else, a `Template` when it holds some, otherwise the text itself.

    ``$${`` stands for a literal ``${``. Raise `MalformedReference` (without a place) where ``${`` starts no reference.
    """
    if "${" not in text:
        return text
    parts: list[str | Reference] = []
    literal, at = "", 0
    while found := _OPENING.search(text, at):
        literal += text[at : found.start()]
        if found[0] == "$${":
            literal += "${"
            at = found.end()
            continue
        end = text.find("}", found.end())
        if end < 0:
            raise MalformedReference(f"'${{' without its '}}' in {text[:80]!r}", hint=_HINT)
        if literal:
            parts.append(literal)
        parts.append(_reference(text[found.end() : end]))
        literal, at = "", end + 1
    literal += text[at:]
    if literal:
        parts.append(literal)
    return _simplest(parts)


def _simplest(parts: list[str | Reference]) -> str | Reference | Template:
    return parts[0] if len(parts) == 1 else Template(tuple(parts))


def _reference(inner: str) -> Reference:
    name = NAME.match(inner)
    if not name:
        raise MalformedReference(f"not a reference: '${{{inner[:80]}}}'", hint=_HINT)
    path: list[str | int] = []
    at = name.end()
    while at < len(inner):
        part = _PART.match(inner, at)
        if not part:
            raise MalformedReference(f"not a reference: '${{{inner[:80]}}}' after {inner[:at]!r}", hint=_HINT)
        path.append(part[1] if part[1] is not None else int(part[2]))
        at = part.end()
    return Reference(name[0], tuple(path))


def join(parts: list[str | Reference]) -> str | Reference | Template:
    """The parts as one node, neighbouring texts joined: what `parse` would have given."""
    joined: list[str | Reference] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return _simplest(joined) if joined else ""


def below(reference: Reference, path: Path) -> Reference:
    """The reference to what is at ``path`` in what ``reference`` stands for."""
    return Reference(reference.name, (*reference.path, *path))


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
