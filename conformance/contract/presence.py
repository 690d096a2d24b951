"""Nullable keys that genuine bodies always carry: the one bit the SDK's types lose (null allowed, or absent
allowed?). And those of them that are never null, whatever the types allow: no genuine body of any version has one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from conformance import paths
from conformance.contract.chronicle import alive

if TYPE_CHECKING:
    from conformance.api_version import ApiVersion


@cache
def _rows() -> dict[str, dict[str, str]]:
    import orjson

    file = paths.data("schemas") / "contract" / "presence.json"
    found: dict[str, dict[str, str]] = {}
    for path, row in orjson.loads(file.read_bytes())["fields"].items():
        parent, _, name = path.rpartition(".")
        found.setdefault(parent, {})[name] = row
    return found


def always_there(path: str, version: ApiVersion) -> frozenset[str]:
    """Names of nullable keys that an object at ``path`` must have at ``version`` nevertheless."""
    rows = _rows().get(path, {})
    return frozenset(name for name, row in rows.items() if alive(row, version.date))


def never_null(path: str, version: ApiVersion) -> frozenset[str]:
    """Those of `always_there` that have a value, too."""
    rows = _rows().get(path, {})
    return frozenset(name for name, row in rows.items() if alive(row, version.date) == "full")
