"""``lines[0][amount]=5`` to a tree of dicts and strings, the way Stripe reads forms and queries (INV-CRE-050)."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

from conformance.reference.model.problems import problem

MAX_FIELDS = 2000
MAX_DEPTH = 12

Tree = dict[str, Any]


def decode(text: str) -> Tree:
    """A tree whose leaves are strings; ``a[]`` and ``a[0]`` make dicts with keys ``0, 1, …`` that a list shape reads
    in order.
    """
    tree: Tree = {}
    if not text:
        return tree
    if text.count("&") >= MAX_FIELDS:
        raise problem("Too many parameters.", stored=False)
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if not pair:
            continue
        name, value = _unquoted(name), _unquoted(value)
        if "[" in name:
            _plant(tree, name, value)
        else:
            tree[name] = value
    return tree


def _unquoted(part: str) -> str:
    return unquote_plus(part) if "%" in part or "+" in part else part


def _plant(tree: Tree, name: str, value: str) -> None:
    head, _, rest = name.partition("[")
    keys = [head, *rest.removesuffix("]").split("][")]
    if len(keys) > MAX_DEPTH:
        raise problem(f"Invalid request: {name} is nested too deeply.", stored=False)
    node = tree
    for key in keys[:-1]:
        node = _child(node, key)
    node[keys[-1] or str(len(node))] = value


def _child(node: Tree, key: str) -> Tree:
    child = node.setdefault(key or str(len(node)), {})
    if not isinstance(child, dict):
        child = node[key] = {}
    return child
