"""Nothing but the listed keys changes between two genuine reads of one object, and every listed key names a reason."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance import match
from conformance.match.walk import differences
from conformance.rules.volatile import ROWS, VOLATILE

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDINGS = Path(__file__).parents[3] / "shared" / "evidence" / "pay-rails+pay.jsonl.gz"


def test_every_row_has_a_reason_and_stands_once():
    assert all(row.reason for row in ROWS)
    assert len({(row.object, row.key) for row in ROWS}) == len(ROWS) == sum(map(len, VOLATILE.values()))


def test_what_an_invoice_is_about_is_never_volatile():
    assert not VOLATILE["invoice"] & {
        "id",
        "status",
        "amount_due",
        "lines",
        "number",
        "status_transitions",
        "metadata",
        "customer",
    }


def objects(value: Any) -> Iterator[dict[str, Any]]:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and isinstance(value.get("id"), str) and isinstance(value.get("object"), str):
        yield value
    for item in below:
        yield from objects(item)


def read_twice() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Two appearances of one object in consecutive answers of a recording, without a write between the two."""
    recordings = defaultdict(list)
    with gzip.open(RECORDINGS, "rt") as lines:
        for row in map(json.loads, lines):
            recordings[row["recording"]].append(row)
    for rows in recordings.values():
        seen: dict[tuple[str, str, str], tuple[int, int, dict[str, Any]]] = {}
        writes = 0
        for n, row in enumerate(sorted(rows, key=lambda row: row["seq"])):
            writes += row["method"] != "GET"
            for found in objects(row["body"]):
                key = (found["object"], found["id"], str(row["api_version"]))
                before = seen.get(key)
                if before and before[0] == writes and before[1] != n:
                    yield before[2], found
                seen[key] = (writes, n, found)


def expansion(one: Any, other: Any) -> bool:
    """A key that one read asked for and the other did not: there or not, an id or the object."""
    return match.MISSING in (one, other) or {type(one), type(other)} == {str, dict}


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the genuine recordings are not part of this repository")
def test_genuine_consecutive_reads_differ_in_nothing_else():
    pairs = list(read_twice())
    assert sum(one["object"] == "invoice" for one, _ in pairs) > 200
    left = {
        (one["object"], match.field_path(found.path))
        for one, other in pairs
        for found in differences(one, other, VOLATILE)
        if not expansion(found.before, found.after)
    }
    assert left == set()


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the genuine recordings are not part of this repository")
@pytest.mark.parametrize("key", ["hosted_invoice_url", "invoice_pdf", "webhooks_delivered_at"])
def test_each_volatile_key_of_an_invoice_is_seen_to_change(key):
    assert any(one.get(key) != other.get(key) for one, other in read_twice() if one["object"] == "invoice")
