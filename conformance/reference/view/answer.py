"""What a handler returned, as the bytes of the answer: rendered for the version, expanded, serialised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from conformance.reference.view.expand import expanded
from conformance.reference.view.render import render, written

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


_LISTS = frozenset({"list", "search_result"})


def shown(world: World, row: Body, expand: list[str], version: str) -> bytes:
    """Lists and search results hold stored rows; everything else is a stored row itself."""
    if expand:
        return orjson.dumps(expanded(world, _body(world, row, version), expand, version))
    if row.get("object") in _LISTS:
        rows = [orjson.Fragment(written(world, one, version)) for one in row["data"]]
        return orjson.dumps({**row, "data": rows})
    answer = written(world, row, version)
    if version == world.version and "id" in row and "deleted" not in row:
        world.journal.shown = (row["object"], row["id"]), answer
    return answer


def _body(world: World, row: Body, version: str) -> Body:
    if row.get("object") in _LISTS:
        return {**row, "data": [render(world, one, version) for one in row["data"]]}
    return render(world, row, version)
