"""vcrpy's YAML cassettes as this suite keeps them: one file per scenario, nothing volatile in it, byte-stable.

Requests carry the address of the real API, whatever server was recorded: a cassette then serves any Stripe client under
vcrpy, and does not change with a port. The library is recorded at many API versions, so what every interaction would
repeat and nobody reads is left out: of the headers only those that a check may judge are kept.
"""

from __future__ import annotations

import http.client
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from conformance.errors import ConformanceError, ExitCode, Place
from conformance.target.base import Request, Response
from conformance.target.settings import STRIPE_HOST

BASE = f"https://{STRIPE_HOST}"
_LARGEST = 50_000_000  # bytes of one cassette
# What checks and matchers judge of a response's headers; in this order. Everything else is transport.
HEADERS = (
    "content-type", "date", "idempotency-key", "idempotent-replayed", "location", "original-request", "request-id",
    "retry-after", "stripe-version",
)  # fmt: skip
_NEVER = frozenset({"authorization", "cookie", "proxy-authorization"})
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


class CassetteUnreadable(ConformanceError):
    """The file is no cassette."""

    code = "cassette-unreadable"
    exit_code = ExitCode.INCOMPLETE


class Interaction(NamedTuple):
    """One request with its response, as recorded. ``target`` is path and query; ``body`` the form body or None."""

    method: str
    target: str
    body: str | None
    headers: Mapping[str, str]
    status: int
    response_headers: Mapping[str, str]
    response_body: bytes


def file_name(scenario_id: str) -> str:
    """``pay-by-status[paid]`` -> ``pay-by-status--paid.yaml``; nothing that could leave the folder."""
    name = scenario_id[:-1].replace("[", "--", 1) if scenario_id.endswith("]") else scenario_id
    return (_UNFIT.sub("-", name).strip(".-") or "unnamed") + ".yaml"


def read(path: Path) -> list[Interaction]:
    """Raise CassetteUnreadable; FileNotFoundError where there is none."""
    import yaml

    if path.stat().st_size > _LARGEST:
        raise CassetteUnreadable("is too large for a cassette.", place=Place(str(path)))
    try:
        document = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe
        return [_interaction(entry) for entry in document["interactions"]]
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path))
        raise CassetteUnreadable("is not YAML.", place=place) from None
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        message = f"is not a cassette: {type(problem).__name__} {problem}."
        raise CassetteUnreadable(message, place=Place(str(path))) from None


def _interaction(entry: Mapping[str, Any]) -> Interaction:
    request, response = entry["request"], entry["response"]
    parts = urlsplit(request["uri"])
    body = request.get("body")
    return Interaction(
        str(request["method"]).upper(),
        f"{parts.path}?{parts.query}" if parts.query else parts.path,
        body.decode() if isinstance(body, bytes) else body,
        _single(request.get("headers") or {}),
        int(response["status"]["code"]),
        _single(response.get("headers") or {}),
        _bytes(response["body"]["string"]),
    )


def _single(headers: Mapping[str, Any]) -> dict[str, str]:
    """A cassette keeps a list of values for each header, or one value."""
    return {
        str(name).lower(): ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in headers.items()
    }


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else str(body or "").encode()


def request_headers(request: Request) -> dict[str, str]:
    """What is recorded of the headers: what the step itself wrote, all that a replay compares. Never the key."""
    written = {name.lower(): str(value) for name, value in request.headers.items() if name.lower() not in _NEVER}
    return dict(sorted(written.items()))


def interaction(
    target: str, body: str | None, headers: Mapping[str, str], method: str, response: Response
) -> Interaction:
    """An interaction of what was said; the caller has redacted it."""
    kept = {name: response.headers[name] for name in HEADERS if name in response.headers}
    return Interaction(method, target, body, headers, response.status, kept, response.body)


class _Yaml:
    """vcrpy's serializer, with a line for each header and body: short, and a difference shows as one line."""

    @staticmethod
    def serialize(cassette: Mapping[str, Any]) -> str:
        import yaml

        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        text: str = yaml.dump(cassette, Dumper=dumper, default_flow_style=None, width=_LARGEST)
        return text


def dump(interactions: Sequence[Interaction]) -> bytes:
    """The file's bytes, made by vcrpy: the format is its to define."""
    from vcr.request import Request as VcrRequest
    from vcr.serialize import serialize

    requests, responses = [], []
    for one in interactions:
        requests.append(VcrRequest(one.method, BASE + one.target, one.body, dict(one.headers)))
        responses.append(
            {
                "status": {"code": one.status, "message": http.client.responses.get(one.status, "")},
                "headers": {name: [value] for name, value in one.response_headers.items()},
                "body": {"string": one.response_body},
            }
        )
    text: str = serialize({"requests": requests, "responses": responses}, _Yaml)
    return text.encode()


def write(path: Path, data: bytes) -> None:
    """Whole or not at all: an interrupted recording leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_bytes(data)
    half.replace(path)
