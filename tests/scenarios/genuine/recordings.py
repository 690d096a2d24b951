"""Genuine recordings as conversations: exchanges of the suite's own kind, in the order in which they happened.

pay-rails kept everything but the Date. zulip kept bodies only, sorted by method, with ids and times replaced: what it
does not tell is not asked of it (`Genuine.told`, `Recording.ordered`, `Recording.named`).
"""

from __future__ import annotations

import gzip
from collections import Counter
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

from conformance.api_version import ApiVersion
from conformance.engine.operation import operation
from conformance.target.base import Request, Response

EVIDENCE = Path(__file__).resolve().parents[4] / "shared" / "evidence"
FILES = ("pay-rails+pay.jsonl.gz", "zulip+zulip.jsonl.gz")
needed = pytest.mark.skipif(not EVIDENCE.is_dir(), reason=f"the genuine recordings are not here: {EVIDENCE}")

#: What zulip's files are sorted by says nothing; a thing is made before it is changed, and finalized before it is paid.
_ORDER = ("POST {}", "POST {}/{id}", "/finalize", "/pay", "/void", "GET")

Body = dict[str, Any]


class Genuine(NamedTuple):
    """One exchange. ``told``: the parameters are known; ``edited``: ids and times were replaced; ``place``: file and
    line; ``made``: the day it was recorded, where that is known.
    """

    operation: str
    request: Request
    response: Response
    version: ApiVersion
    place: str
    told: bool
    edited: bool = False
    made: str = ""

    @property
    def body(self) -> Any:
        return self.response.json


class Recording(NamedTuple):
    """One conversation. ``ordered``: each exchange came after the one before it; ``named``: an id names one object."""

    name: str
    exchanges: tuple[Genuine, ...]
    ordered: bool
    named: bool


@cache
def recordings() -> tuple[Recording, ...]:
    """All of both files: 499 conversations."""
    return tuple(one for file in FILES for one in _read(EVIDENCE / file))


@cache
def streams() -> tuple[Recording, ...]:
    """tabledog's event streams: what was told in eleven accounts, oldest first, without the calls behind it."""
    return tuple(_stream(file) for file in sorted((EVIDENCE / "tabledog").glob("*.events.json")))


def _stream(file: Path) -> Recording:
    request = Request("GET", "/v1/events")
    told = []
    for number, event in enumerate(orjson.loads(file.read_bytes())["events"], 1):
        version = ApiVersion.parse(event["api_version"])
        place = f"tabledog:{file.name.partition('.')[0]}:{number}"
        response = Response(200, {}, b"", event)
        told.append(Genuine("GET /v1/events", request, response, version, place, told=False, made="2022-05-11"))
    return Recording(f"tabledog {file.name}", tuple(told), ordered=True, named=True)


def _read(file: Path) -> list[Recording]:
    rows: dict[str, list[tuple[int, Body]]] = {}
    with gzip.open(file, "rb") as lines:
        for number, line in enumerate(lines, 1):
            row = orjson.loads(line)
            rows.setdefault(row["recording"], []).append((number, row))
    return [_recording(name, found, file.name.partition("+")[0]) for name, found in rows.items()]


def _recording(name: str, rows: list[tuple[int, Body]], source: str) -> Recording:
    ordered = rows[0][1]["seq"] is not None
    if not ordered:
        rows = sorted(rows, key=lambda row: (_rank(row[1]), row[1]["call_index"]))
    exchanges = tuple(_genuine(row, f"{source}:{number}") for number, row in rows)
    return Recording(f"{source} {name}", exchanges, ordered, _named(exchanges))


def _genuine(row: Body, place: str) -> Genuine:
    method, path, version = row["method"], row["url_path"], ApiVersion.parse(row["api_version"])
    headers = dict(row["resp_headers"])
    if moment := row.get("recorded_at"):
        headers["date"] = format_datetime(parsedate_to_datetime(moment), usegmt=True)
    sent = {"Idempotency-Key": "again"} if headers.get("idempotent-replayed") == "true" else {}
    request = Request(method, path, row["params"] or {}, sent)
    response = Response(row["status"], headers, b"", _identified(row["body"]))
    made = parsedate_to_datetime(row["recorded_at"]).date().isoformat() if row.get("recorded_at") else ""
    told = row["params"] is not None
    return Genuine(operation(method, path), request, response, version, place, told, row.get("normalized", False), made)


def _identified(body: Any) -> Any:
    """zulip's newest files name each thing by the file that first showed it: one name for things of many kinds."""
    id = body.get("id")
    if isinstance(id, str) and id.endswith(".json"):
        name = orjson.dumps(id)[1:-1]
        return orjson.loads(orjson.dumps(body).replace(name, body["object"].encode() + b"--" + name))
    return body


def _rank(row: Body) -> int:
    method, path = row["method"], row["url_path"]
    if method == "GET":
        return len(_ORDER)
    action = next((n for n, word in enumerate(_ORDER) if word.startswith("/") and path.endswith(word)), 0)
    return action or path.count("/") - 2


def _named(exchanges: tuple[Genuine, ...]) -> bool:
    """False where ids were replaced by something that several things share."""
    made = Counter(one.body["id"] for one in exchanges if _creates(one))
    return all(number == 1 for number in made.values())


def _creates(one: Genuine) -> bool:
    parts = one.request.path.strip("/").split("/")
    return one.request.method == "POST" and len(parts) == 2 and isinstance(one.body, dict) and "id" in one.body
