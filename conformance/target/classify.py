"""What a target did with a request, apart from whether the answer is right.

Servers say "not implemented" in many ways; the canary (questions that Stripe answers with ``Unrecognized request URL``)
shows how this one does. The rules are a table, the first match decides. A genuine 404 ``resource_missing`` for an
unknown id is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from conformance.target.base import NOT_JSON, Reply, Request, Response

_ID = re.compile(r"0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}|\b[a-z]+_[a-z0-9_-]+|\d+")
_QUOTED = re.compile(r"""['"`‘“]([^'"`’”]*)['"`’”]""")
_REFUSAL = re.compile(
    r"not[ _-]?(?:yet[ _-])?(?:implemented|supported)|unimplemented|unsupported (?:endpoint|route|operation)",
    re.IGNORECASE,
)
# Words of Stripe's routes that stand where an id could: a router that takes them for one has no such route.
ROUTE_WORDS = frozenset(
    {"search", "create_preview", "upcoming", "finalize", "pay", "send", "void", "mark_uncollectible", "attach_payment",
     "lines", "add_lines", "update_lines", "remove_lines", "cancel", "confirm", "attach", "detach", "advance"}
)  # fmt: skip
_PLACEHOLDER_KEYS = frozenset({"message", "status", "detail", "details", "success", "ok", "info", "note", "todo"})


class Signature(NamedTuple):
    """What two answers that mean the same have in common: ids, numbers and the request's own path are taken out."""

    status: int
    content_type: str
    shape: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Canary:
    """What this target answered where Stripe says ``Unrecognized request URL``.

    ``learned`` is False before it was asked. ``falls_through``: a bogus sub-action of an invoice was taken for the
    invoice itself. ``unknown_object`` is how it speaks of an invoice that is not there.
    """

    signatures: frozenset[Signature] = frozenset()
    falls_through: bool = False
    learned: bool = False
    unknown_object: Signature | None = None


class Case(NamedTuple):
    """One answer with what its judgement needs, also from earlier in this conversation.

    ``known``: ids that are alive. ``proven``: the same operation has succeeded before, so it is implemented.
    """

    request: Request
    response: Response
    canary: Canary
    known: AbstractSet[str]
    proven: bool
    error: Mapping[str, Any]  # Stripe's error envelope, or empty
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """``detail`` is one line; ``{answer}`` stands for a short, printable form of the answer."""

    name: str
    holds: Callable[[Case], bool]
    reply: Reply
    detail: str = "{answer}"
    statuses: range = field(default=range(600))


def classify(
    request: Request, response: Response, canary: Canary, known: AbstractSet[str] = frozenset(), *, proven: bool = False
) -> tuple[Reply, str]:
    """The reply and one printable line about it (empty where the target simply answered). See `Case`."""
    if _plain_success(response, canary):
        return Reply.ANSWERED, ""
    error = _envelope(response.json)
    case = Case(request, response, canary, known, proven, error, _message(response))
    for rule in RULES:
        if response.status in rule.statuses and rule.holds(case):
            return rule.reply, rule.detail.format(answer=summary(response)) if rule.detail else ""
    return Reply.ANSWERED, ""


def signature(request: Request, response: Response) -> Signature:
    """See `Signature`."""
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Signature(response.status, content_type, _shape(response.json), _normalised(request, _message(response)))


def is_resource_missing(response: Response) -> bool:
    """A 404 in Stripe's envelope that speaks of an object, not of a route."""
    error = _envelope(response.json)
    missing = error.get("code") == "resource_missing" or _message(response).startswith("No such ")
    return response.status == 404 and missing


def summary(response: Response) -> str:
    """``404 text/plain '404: Not Found'``: short, on one line, without control characters."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip() or "no content type"
    said = _message(response) or response.body[:200].decode("utf-8", "replace")
    return " ".join(
        part
        for part in (str(response.status), printable(kind, 40), f"'{printable(said, 120)}'" if said else "no body")
        if part
    )


def printable(text: str, limit: int) -> str:
    """What a target said, fit for a terminal: one line, no control or invisible characters, at most ``limit`` long."""
    words = " ".join(text[: limit * 4].split())
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in words)
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def _plain_success(response: Response, canary: Canary) -> bool:
    """The common case, decided without a look at the rules: a 2xx object that calls itself something."""
    json = response.json
    if not (200 <= response.status < 300 and isinstance(json, dict) and isinstance(json.get("object"), str)):
        return False
    return json["object"] == "list" or not any(known.status < 300 for known in canary.signatures)


def _like_canary(case: Case) -> bool:
    return not case.proven and signature(case.request, case.response) in case.canary.signatures


def _alien_404(case: Case) -> bool:
    """Not Stripe's envelope, and nothing was learned that would tell a missing route from a missing object."""
    return not case.proven and not case.error and not case.canary.learned


def _took_route_for_id(case: Case) -> bool:
    """``No such invoice: 'search'``, or ``'in_1/finalize'``, or ``'finalize'``: the router has no such route."""
    word = case.request.path.partition("?")[0].rstrip("/").rpartition("/")[2]
    if word not in ROUTE_WORDS:
        return False
    in_place_of_id = case.request.path.count("/") == 3
    if in_place_of_id and signature(case.request, case.response) == case.canary.unknown_object:
        return True
    if not is_resource_missing(case.response):
        return False
    named = [quoted.rpartition("/")[2] for quoted in _QUOTED.findall(case.message)]
    return word in named or case.message.rstrip(".").endswith((f": {word}", f"/{word}"))


def _fell_through(case: Case) -> bool:
    """A sub-action of an object that is alive is answered as if the object were unknown, by a router known to do so."""
    segments = case.request.path.partition("?")[0].strip("/").split("/")
    alive = len(segments) >= 4 and segments[2] in case.known
    return alive and case.canary.falls_through and is_resource_missing(case.response) and segments[2] in case.message


def _says_unsupported(case: Case) -> bool:
    return bool(_REFUSAL.search(f"{case.error.get('code', '')} {case.message[:500]}")) or _foreign_code(case)


def _foreign_code(case: Case) -> bool:
    json = case.response.json
    code = json.get("code") if isinstance(json, dict) else None
    return isinstance(code, str) and bool(_REFUSAL.search(code))


def _placeholder(case: Case) -> bool:
    json = case.response.json
    return isinstance(json, dict) and json.keys() <= _PLACEHOLDER_KEYS


_CLIENT = range(400, 500)
_SERVER = range(500, 600)
_SUCCESS = range(200, 300)
_MISSING = Reply.NOT_IMPLEMENTED

RULES: tuple[Rule, ...] = (
    Rule("501", lambda _: True, _MISSING, statuses=range(501, 502)),
    Rule("405", lambda _: True, _MISSING, statuses=range(405, 406)),
    Rule("rate limit", lambda _: True, Reply.ANSWERED, "", statuses=range(429, 430)),
    Rule(
        "unrecognized URL", lambda case: case.message.startswith("Unrecognized request URL"), _MISSING, statuses=_CLIENT
    ),
    Rule("route word as id", _took_route_for_id, _MISSING, "the route is missing: {answer}", statuses=range(404, 405)),
    Rule("fell through", _fell_through, _MISSING, "the sub-action is missing: {answer}", statuses=range(404, 405)),
    Rule(
        "object missing", lambda case: is_resource_missing(case.response), Reply.ANSWERED, "", statuses=range(404, 405)
    ),
    Rule("server says so", _says_unsupported, _MISSING, statuses=_SERVER),
    Rule("client says so", lambda case: not case.error and _says_unsupported(case), _MISSING, statuses=_CLIENT),
    Rule("as for the canary", _like_canary, _MISSING, "as for an unknown route: {answer}"),
    Rule("alien 404", _alien_404, _MISSING, statuses=range(404, 405)),
    Rule("nothing inside", _placeholder, _MISSING, "a placeholder: {answer}", statuses=_SUCCESS),
    Rule("server error", lambda _: True, Reply.CRASHED, statuses=_SERVER),
    Rule("not JSON", lambda case: case.response.json is NOT_JSON, Reply.UNREADABLE, "not JSON: {answer}"),
)


def _envelope(json: Any) -> Mapping[str, Any]:
    error = json.get("error") if isinstance(json, dict) else None
    return error if isinstance(error, dict) else {}


def _message(response: Response) -> str:
    """What the answer says in words: Stripe's message, another envelope's, or the text itself."""
    json = response.json
    if json is NOT_JSON:
        return response.body[:2000].decode("utf-8", "replace")
    if isinstance(json, dict):
        inner = _envelope(json) or json
        for key in ("message", "detail", "title", "error", "msg"):
            if isinstance(inner.get(key), str):
                return str(inner[key])
        return "" if inner.get("object") else response.body[:200].decode("utf-8", "replace")
    return response.body[:200].decode("utf-8", "replace")


def _shape(json: Any) -> tuple[str, ...]:
    """The key paths of an answer, two levels deep."""
    if not isinstance(json, dict):
        return (type(json).__name__,)
    inner = [f"{key}.{name}" for key, value in json.items() if isinstance(value, dict) for name in value]
    return tuple(sorted([*map(str, json), *inner]))


def _normalised(request: Request, message: str) -> str:
    """A message without what differs between two routes: the path, its parts, the method, ids and numbers."""
    path = request.path.partition("?")[0]
    parts = sorted({path, *(part for part in path.split("/") if len(part) > 3)}, key=len, reverse=True)
    for part in parts:
        message = message.replace(part, "#")
    message = re.sub(rf"\b{re.escape(request.method)}\b", "#", message)
    return re.sub(r"[#/]+", "#", _ID.sub("#", message.lower()))[:300]
