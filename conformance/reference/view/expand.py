"""``expand[]=a.b``: the way along a path to what it expands; ``data.`` passes through lists (INV-LST-014..016). Which
fields can be expanded is in ``view.expandable``.
"""

from __future__ import annotations

from typing import Any

import orjson

from conformance.reference.model.problems import StripeError, problem
from conformance.reference.model.table import Body
from conformance.reference.model.world import World
from conformance.reference.view.expandable import EXPANDABLE, INCLUDABLE, Find
from conformance.reference.view.render import render

MOST_LEVELS = 4

_TABLES = {
    "invoice": "invoices",
    "charge": "charges",
    "customer": "customers",
    "price": "prices",
    "coupon": "coupons",
}


def expanded(world: World, body: Body, paths: list[str], version: str) -> Body:
    """``body`` (rendered) with every path expanded, in a tree of its own."""
    tree: Body = orjson.loads(orjson.dumps(body))
    for path in paths:
        steps = path.split(".")
        if len([step for step in steps if step != "data"]) > MOST_LEVELS:
            raise problem(f"You cannot expand more than {MOST_LEVELS} levels of a property: {path}.", param="expand")
        _expand(world, tree, steps, path, version)
    return tree


def _cannot(path: str) -> StripeError:
    """INV-LST-015."""
    return problem(f"This property cannot be expanded ({path}).", param="expand")


def _expand(world: World, node: Any, steps: list[str], path: str, version: str) -> None:
    """Walk from an object (or list of them) along ``steps``."""
    if isinstance(node, list):
        for element in node:
            _expand(world, element, steps, path, version)
        return
    if not isinstance(node, dict) or not steps:
        return
    kind = node.get("object", "")
    if kind in ("list", "search_result"):
        if steps[0] != "data":
            raise _cannot(path)
        _expand(world, node["data"], steps[1:], path, version)
        return
    include = INCLUDABLE.get(kind, {}).get(steps[0])
    if include and steps[0] not in node:
        row = getattr(world, _TABLES[kind]).get(node["id"]) or world.previews.get(node["id"])
        node[steps[0]] = orjson.loads(orjson.dumps(include(world, row, version))) if row else None
    if include:
        _expand(world, node[steps[0]], steps[1:], path, version)
        return
    _descend(world, node, EXPANDABLE.get(kind, {}), steps, path, version)


def _descend(world: World, node: Body, known: dict[str, Find], steps: list[str], path: str, version: str) -> None:
    """Find the longest row of ``known`` that begins ``steps``; plain objects in between belong to the object's own
    paths.
    """
    for length in range(1, len(steps) + 1):
        name = ".".join(steps[:length])
        if name in known:
            for holder in _holders(node, steps[: length - 1]):
                _replace(world, holder, steps[length - 1], known[name], version)
                _expand(world, holder.get(steps[length - 1]), steps[length:], path, version)
            return
    inner = node.get(steps[0])
    if isinstance(inner, (dict, list)) and steps[1:] and _has_objects(inner):
        _expand(world, inner, steps[1:], path, version)
        return
    raise _cannot(path)


def _has_objects(node: Any) -> bool:
    return (
        "object" in node if isinstance(node, dict) else all(isinstance(one, dict) and "object" in one for one in node)
    )


def _holders(node: Any, steps: list[str]) -> list[Body]:
    """The objects that hold the last key of a dotted path: none where the way is null."""
    found = [node]
    for step in steps:
        nexts: list[Any] = []
        for holder in found:
            value = holder.get(step)
            nexts.extend(value if isinstance(value, list) else [value])
        found = [value for value in nexts if isinstance(value, dict)]
    return found


def _replace(world: World, holder: Body, key: str, find: Find, version: str) -> None:
    value = holder.get(key)
    if isinstance(value, list):
        holder[key] = [_object(world, identifier, find, version) for identifier in value]
    elif isinstance(value, str):
        holder[key] = _object(world, value, find, version)


def _object(world: World, identifier: Any, find: Find, version: str) -> Any:
    row = find(world, identifier) if isinstance(identifier, str) else None
    return orjson.loads(orjson.dumps(render(world, row, version))) if row else identifier
