"""Types of the objects around an invoice: whoever shows a field of a customer or a price shows it with its type.

Nothing has to be there: these objects only bring an invoice into its state. `schemas/contract/others.json` says where
the types are from. They hold at every API version.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from conformance import paths

JsonSchema = dict[str, Any]
#: Under which key which object stands, whole or as what an id was expanded to; and where a list of them does.
INSIDE = {
    **{name: name for name in ("coupon", "customer", "discount", "payment_intent", "payment_method", "plan", "price")},
    "charge": "charge",
    "latest_charge": "charge",
    "default_payment_method": "payment_method",
}
LISTED = {"charges": "charge", "items": "subscription_item", "refunds": "refund"}
_TYPES = {
    **{word: (word,) for word in ("string", "integer", "boolean", "object", "array")},
    "number": ("integer", "number"),
    "expandable": ("string", "object"),
}


@cache
def _table() -> dict[str, dict[str, str]]:
    import orjson

    rows: dict[str, dict[str, str]] = {}
    for path, word in orjson.loads((paths.data("schemas") / "contract" / "others.json").read_bytes())["fields"].items():
        kind, _, name = path.rpartition(".")
        rows.setdefault(kind, {})[name] = word
    return rows


def known(kind: str) -> bool:
    """Whether the types of ``kind`` are known."""
    return kind in _table()


def schema(kind: str, define: Callable[[str], JsonSchema]) -> JsonSchema:
    """The fields of ``kind`` with their types, and what is inside them: ``define`` gives the schema of another kind."""
    return {"properties": {name: _field(name, word, define) for name, word in _table()[kind].items()}}


def _field(name: str, word: str, define: Callable[[str], JsonSchema]) -> JsonSchema:
    own: JsonSchema = {"type": [*_TYPES[word.rstrip("?")], *(["null"] if word.endswith("?") else [])]}
    if name in INSIDE:
        return {**own, "if": {"type": "object"}, "then": define(INSIDE[name])}
    if name in LISTED:
        return {**own, "properties": {"data": {"items": define(LISTED[name])}}}
    return own
