"""What a handler returned, as the bytes of the answer: rendered for the version, expanded, serialised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from conformance.reference.view.expand import expanded
from conformance.reference.view.render import render

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World


def shown(world: World, row: Body, expand: list[str], version: str) -> bytes:
    """Lists and search results hold stored rows; everything else is a stored row itself."""
    if row.get("object") in ("list", "search_result"):
        body: Body = {**row, "data": [render(world, one, version) for one in row["data"]]}
    else:
        body = render(world, row, version)
    if expand:
        return orjson.dumps(expanded(world, body, expand, version))
    answer = orjson.dumps(body)
    if version == world.version and "id" in row and "deleted" not in row:
        world.journal.shown = row["id"], answer
    return answer
