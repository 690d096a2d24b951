"""One captured item of any dialect -> `Captured`. The dialects differ in names and in how they pack a body; nothing
else.

Ruby VCR, vcrpy, php-vcr, go-vcr and ExVCR have ``request`` and ``response``; a HAR entry too, with header lists; a
JSON line may have both, or name their parts itself; an ``Event`` is a webhook's payload; whatever else has ``object``
is a body.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.recordings.form import numbered
from conformance.recordings.model import Captured, header
from conformance.target.base import NOT_JSON, parse_json

LARGEST = 64 << 20  # of one body, after decompression
_STATUS = re.compile(r"\b([1-5][0-9]{2})\b")
_URI = ("url_path", "uri", "url", "path")
_BODY = ("body", "response_body", "content")
_AT = ("recorded_at", "startedDateTime")


def captured(item: Any, line: int, raw: bytes = b"", *, ordered: bool = True) -> Captured | None:
    """The item as `Captured`; None when it is nothing that could be held against the contract."""
    if type(item) is not dict:
        return None
    if type(item.get("response")) is dict and type(item.get("request")) is dict:
        return _pair(item, line, raw)
    if "method" in item and ("body" in item or "response_body" in item):
        return _row(item, line, raw)
    if type(item.get("object")) is str:
        version = item.get("api_version") if item["object"] == "event" else None
        return Captured(
            item, line, version=version if type(version) is str else "", ordered=ordered, raw=raw or _whole(item)
        )
    return None


def _whole(item: Any) -> bytes:
    """The item as text again, to look for secrets in."""
    import orjson

    try:
        return orjson.dumps(item, default=lambda value: bytes(value).decode("latin-1"))
    except TypeError:  # integers over 64 bits and the like
        return str(item).encode("utf-8", "replace")


def _pair(item: Mapping[str, Any], line: int, raw: bytes) -> Captured:
    request, response = item["request"], item["response"]
    headers = response.get("headers")
    body, problem = _body(response, headers)
    uri = _first(request, _URI)
    split = urlsplit(uri if isinstance(uri, str) else "")
    return Captured(
        body,
        line,
        str(request.get("method") or "GET").upper(),
        split.path,
        _status(response),
        headers,
        request.get("headers"),
        _params(request, split.query),
        problem=problem,
        raw=raw or _whole(item),
        at=str(_first(item, _AT) or ""),
    )


def _row(item: Mapping[str, Any], line: int, raw: bytes) -> Captured:
    get = item.get
    body = get("body") if "body" in item else get("response_body")
    problem = ""
    if type(body) is str:
        body, problem = _text(body.encode("utf-8", "surrogatepass"))
    path = get("url_path") or get("uri") or get("url") or get("path")
    if type(path) is not str:
        path = ""
    elif "://" in path:
        path = urlsplit(path).path
    status, version, group = get("status") or get("status_code"), get("api_version"), get("recording")
    return Captured(
        body,
        line,
        str(item["method"]).upper(),
        path,
        status if type(status) is int else 200,
        get("resp_headers") or get("response_headers") or get("headers"),
        get("req_headers") or get("request_headers"),
        get("params"),
        version if type(version) is str else "",
        group if type(group) is str else "",
        get("seq", 0) is not None,
        problem,
        raw,
    )


def _first(item: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        value = item.get(name)
        if value is not None:
            return value
    return None


def _status(response: Mapping[str, Any]) -> int:
    for candidate in (response.get("code"), response.get("status"), response.get("status_code")):
        if isinstance(candidate, Mapping):
            candidate = candidate.get("code")
        if isinstance(candidate, int):
            return candidate
        if isinstance(candidate, str) and (found := _STATUS.search(candidate)):
            return int(found[1])
    return 200


def _body(response: Mapping[str, Any], headers: Any) -> tuple[Any, str]:
    """The parsed body and, where it cannot be had, why."""
    raw = _first(response, _BODY)
    if isinstance(raw, Mapping):
        packed = raw.get("base64_string") or (raw.get("text") if raw.get("encoding") == "base64" else None)
        if isinstance(packed, str):
            try:
                raw = base64.b64decode(packed)
            except binascii.Error:
                return NOT_JSON, "the body is not base64"
        elif "string" in raw or "text" in raw:
            raw = raw.get("string") if "string" in raw else raw.get("text")
        else:
            return dict(raw), ""  # a recorder that keeps JSON as it is
    if isinstance(raw, str):
        raw = raw.encode("utf-8", "surrogatepass")
    if not isinstance(raw, bytes):
        return (raw, "") if raw is not None else (NOT_JSON, "")
    return _text(_unpacked(raw, header(headers, "content-encoding")))


def _unpacked(raw: bytes, encoding: str) -> bytes:
    """Undo a compression that the recorder kept. Bounded: a capture is hostile."""
    if encoding.lower() not in {"gzip", "deflate", "x-gzip"} or raw[:1] in {b"{", b"["}:
        return raw
    try:
        return zlib.decompressobj(wbits=47).decompress(raw, LARGEST)
    except zlib.error:
        return raw


def _text(raw: bytes) -> tuple[Any, str]:
    if not raw.strip():
        return NOT_JSON, ""
    body = parse_json(raw)
    return body, "" if body is not NOT_JSON else "the body is not JSON"


def _params(request: Mapping[str, Any], query: str) -> dict[str, str]:
    """The request's parameters as flat pairs ``a[b]``; from the query, a form body, or the recorder's own form."""
    pairs = parse_qsl(query, keep_blank_values=True)
    form = request.get("form")
    if isinstance(form, Mapping) and form:
        pairs += [
            (str(name), str(value[0] if isinstance(value, list) and value else value)) for name, value in form.items()
        ]
        return numbered(pairs)
    body = request.get("body", request.get("postData"))
    if isinstance(body, Mapping):
        body = body.get("string") or body.get("text")
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    if isinstance(body, str) and not body.lstrip().startswith("{"):
        pairs += parse_qsl(body, keep_blank_values=True)
    return numbered(pairs)
