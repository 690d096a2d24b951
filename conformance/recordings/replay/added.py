"""Fields that Stripe added after a recording was made. Stripe shows a new field at every API version (INV-VER-018):
a server of today has more of them than the recording, and is right.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from conformance import paths
from conformance.contract import chronicle, versions
from conformance.recordings.replay.times import moment

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def _others() -> Mapping[str, str]:
    """Of objects outside the invoice family: path -> the API version whose SDK releases were the first to know it."""
    import orjson

    found: dict[str, str] = orjson.loads((paths.data("schemas") / "contract" / "added.json").read_bytes())["fields"]
    return found


@lru_cache(maxsize=4096)  # a target may invent keys without end
def _since(path: str) -> int:
    """Unix seconds from which on Stripe may be expected to show the field; 0 where it always was, or is unknown.

    A version with a release name has all its fields from its first day. The older ones grew until the next one came.
    """
    row = chronicle.objects().fields.get(path)
    first = chronicle.spans(row)[0].since if row else _others().get(path, chronicle.FIRST)
    if first == chronicle.FIRST:
        return 0
    if "." not in first:
        first = next((str(version) for version in versions.known() if str(version) > first), first)
    return moment(first[:10])


def added_after(kind: str, field: str, at: int) -> bool:
    """Whether a field of an object was added later than ``at`` (Unix seconds), it or what it is part of."""
    path = f"{kind}.{field}"
    while path != kind:
        if _since(path) > at:
            return True
        path = path[:-2] if path.endswith("[]") else path.rpartition(".")[0]
    return False
