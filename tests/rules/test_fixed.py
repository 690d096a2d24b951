"""What never changes really never changed, in any recording of one object seen twice."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.requirements import get
from conformance.rules.fixed import FIXED

RECORDINGS = Path(__file__).resolve().parents[2].parent / "shared" / "evidence" / "pay-rails+pay.jsonl.gz"


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("id"), str) and node.get("object") in FIXED and not node.get("deleted"):
            yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for item in node:
            yield from _objects(item)


@pytest.mark.skipif(not RECORDINGS.is_file(), reason="the genuine recordings are not part of this repository")
def test_no_genuine_object_changed_a_fixed_field() -> None:
    last: dict[tuple[Any, ...], dict[str, Any]] = {}
    compared: Counter[str] = Counter()
    with gzip.open(RECORDINGS) as lines:
        for line in lines:
            row = json.loads(line)
            for one in _objects(row.get("body")):
                key = (row["recording"], row["api_version"], one["object"], one["id"])
                before = last.get(key, {})
                for field in FIXED[one["object"]]:
                    old, new = before.get(field), one.get(field)
                    if field in before and field in one and not isinstance(old, dict) and not isinstance(new, dict):
                        compared[one["object"]] += 1
                        assert old == new, (row["recording"], one["id"], field)
                last[key] = one
    assert compared["invoice"] > 2000
    assert compared["price"] > 2000
    assert compared["payment_intent"] > 500


def test_every_requirement_named_is_one() -> None:
    assert [r for fields in FIXED.values() for r in fields.values() if r and get(r) is None] == []
