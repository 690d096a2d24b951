"""Captures of every dialect, written by the tests themselves around bodies this project made."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import yaml

from tests.contract import bodies
from tests.contract.bodies import NEWEST

Body = dict[str, Any]
URL = "https://api.stripe.com/v1/invoices/in_MadeHere1"
DIALECTS = (
    "ruby.yml", "ruby-base64.yml", "vcrpy.yaml", "vcrpy-gzip.yaml", "vcrpy.json", "php.yml", "php.json", "go.yaml",
    "browser.har", "rows.jsonl", "rows.jsonl.gz", "pairs.jsonl",
)  # fmt: skip


def write(
    folder: Path, dialect: str, *answers: Body, version: str = NEWEST, headers: dict[str, str] | None = None
) -> Path:
    """A capture of one GET per answer. ``version`` is what the responses' Stripe-Version says; empty: nothing."""
    sent = {"Stripe-Version": version, "Request-Id": "req_Made"} if version else {}
    path = folder / dialect
    text = _TEXTS[dialect](answers, {**sent, **(headers or {})})
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def _url(answer: Body) -> str:
    return f"https://api.stripe.com/v1/invoices/{answer.get('id', 'in_MadeHere1')}"


def _ruby(answers: tuple[Body, ...], headers: dict[str, str], *, packed: bool = False) -> str:
    def body(answer: Body) -> Body:
        text = json.dumps(answer)
        if packed:
            return {"encoding": "ASCII-8BIT", "base64_string": base64.b64encode(text.encode()).decode()}
        return {"encoding": "UTF-8", "string": text}

    items = [
        {
            "request": {
                "method": "get",
                "uri": _url(answer),
                "body": {"encoding": "US-ASCII", "string": ""},
                "headers": {},
            },
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {name: [value] for name, value in headers.items()},
                "body": body(answer),
            },
            "recorded_at": "Mon, 21 Nov 2022 22:56:45 GMT",
        }
        for answer in answers
    ]
    return yaml.safe_dump({"http_interactions": items, "recorded_with": "VCR 6.1.0"})


def _vcrpy(answers: tuple[Body, ...], headers: dict[str, str], *, packed: bool = False) -> Body:
    said = {**headers, **({"Content-Encoding": "gzip"} if packed else {})}
    items = [
        {
            "request": {"body": None, "headers": {"Accept": ["*/*"]}, "method": "GET", "uri": _url(answer)},
            "response": {
                "body": {"string": gzip.compress(json.dumps(answer).encode()) if packed else json.dumps(answer)},
                "headers": {name: [value] for name, value in said.items()},
                "status": {"code": 200, "message": "OK"},
            },
        }
        for answer in answers
    ]
    return {"interactions": items, "version": 1}


def _php(answers: tuple[Body, ...], headers: dict[str, str]) -> list[Body]:
    return [
        {
            "request": {"method": "GET", "url": _url(answer), "headers": {"Host": "api.stripe.com"}},
            "response": {
                "status": {"http_version": "1.1", "code": "200", "message": "OK"},
                "headers": dict(headers),
                "body": json.dumps(answer),
            },
        }
        for answer in answers
    ]


def _go(answers: tuple[Body, ...], headers: dict[str, str]) -> str:
    items = [
        {
            "request": {"body": "", "form": {}, "headers": {}, "url": _url(answer), "method": "GET"},
            "response": {
                "body": json.dumps(answer),
                "headers": {name: [value] for name, value in headers.items()},
                "status": "200 OK",
                "code": 200,
                "duration": "",
            },
        }
        for answer in answers
    ]
    return yaml.safe_dump({"version": 1, "interactions": items})


def _har(answers: tuple[Body, ...], headers: dict[str, str]) -> str:
    said = [{"name": name, "value": value} for name, value in headers.items()]
    entries = [
        {
            "startedDateTime": "2026-01-01T00:00:00Z",
            "request": {"method": "GET", "url": _url(answer), "headers": [], "queryString": []},
            "response": {
                "status": 200,
                "headers": said,
                "content": {"mimeType": "application/json", "text": json.dumps(answer)},
            },
        }
        for answer in answers
    ]
    other = {**entries[0], "request": {"method": "GET", "url": "https://example.com/", "headers": []}}
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, "pages": [], "entries": [other, *entries]}})


def _rows(answers: tuple[Body, ...], headers: dict[str, str]) -> str:
    rows = [
        {"method": "GET", "path": _url(answer).partition(".com")[2], "status": 200, "headers": headers, "body": answer}
        for answer in answers
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def _pairs(answers: tuple[Body, ...], headers: dict[str, str]) -> str:
    rows = [
        {
            "request": {"method": "GET", "url": _url(answer)},
            "response": {"status": 200, "headers": headers, "body": answer},
        }
        for answer in answers
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


_TEXTS = {
    "ruby.yml": _ruby,
    "ruby-base64.yml": lambda a, h: _ruby(a, h, packed=True),
    "vcrpy.yaml": lambda a, h: yaml.safe_dump(_vcrpy(a, h)),
    "vcrpy-gzip.yaml": lambda a, h: yaml.safe_dump(_vcrpy(a, h, packed=True)),
    "vcrpy.json": lambda a, h: json.dumps(_vcrpy(a, h)),
    "php.yml": lambda a, h: yaml.safe_dump(_php(a, h)),
    "php.json": lambda a, h: json.dumps(_php(a, h)),
    "go.yaml": _go,
    "browser.har": _har,
    "rows.jsonl": _rows,
    "rows.jsonl.gz": lambda a, h: gzip.compress(_rows(a, h).encode()),
    "pairs.jsonl": _pairs,
}


def invoice(**changes: Any) -> Body:
    """A right invoice with an id as Stripe makes them."""
    return bodies.invoice(**changes)
