"""What Stripe's response headers say. ``exchange`` is a `Seen`: method, status, lower-case header names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.contract.invariants.registry import Broken, invariant

if TYPE_CHECKING:
    from collections.abc import Mapping


#: Headers that no server leaves out and no recording keeps on purpose: where one is there, they all are.
_WHOLE = frozenset({"content-length", "transfer-encoding"})

#: Stripe turns a bad key away before the request gets a name: no 401 on record has an id or a version.
_TURNED_AWAY = 401


class Seen(NamedTuple):
    """The part of an exchange that header rules look at. ``version`` is what the request asked for."""

    method: str
    status: int
    headers: Mapping[str, str]
    version: str


@invariant("headers", "INV-API-032", "every answer is JSON and says so")
def content_type(seen: Seen) -> Broken | None:
    said = seen.headers.get("content-type")
    if said is None and not _WHOLE.intersection(seen.headers):  # a recording that kept only some headers
        return None
    media = (said or "missing").partition(";")[0].strip().lower()
    return (
        None if media == "application/json" else Broken("headers.content-type", "application/json", said or "missing")
    )


@invariant("headers", "INV-API-022", "the answer echoes the API version of the request")
def version_echo(seen: Seen) -> Broken | None:
    echoed = seen.headers["stripe-version"]
    return None if echoed == seen.version else Broken("headers.stripe-version", seen.version, echoed)


@invariant("headers", "INV-API-020", "every answer but a 401 names the version it is in", severity="warning")
def version_named(seen: Seen) -> Broken | None:
    if seen.status == _TURNED_AWAY or "stripe-version" in seen.headers:
        return None
    return Broken("headers.stripe-version", seen.version, "missing")


@invariant("headers", "INV-API-020", "every answer but a 401 has a request id", severity="warning")
def request_id(seen: Seen) -> Broken | None:
    if seen.status == _TURNED_AWAY and "request-id" not in seen.headers:
        return None
    identity = seen.headers.get("request-id", "missing")
    return None if identity.startswith("req_") else Broken("headers.request-id", "req_…", identity)


@invariant(
    "headers",
    "INV-API-020",
    "answers to POST carry the idempotency key, a generated one where none was sent",
    versions=">=2022-08-01",
    severity="warning",
)
def idempotency_key(seen: Seen) -> Broken | None:
    if seen.method != "POST" or seen.status == _TURNED_AWAY or "idempotency-key" in seen.headers:
        return None
    return Broken("headers.idempotency-key", "a key", "missing")


@invariant(
    "headers",
    "INV-API-020",
    "answers to POST name the request that first used the key",
    versions=">=2022-08-01",
    severity="warning",
)
def original_request(seen: Seen) -> Broken | None:
    if seen.method != "POST" or seen.status == _TURNED_AWAY or "original-request" in seen.headers:
        return None
    return Broken("headers.original-request", "req_…", "missing")


@invariant("headers", "INV-API-013", "only a replayed answer names another request as its original", severity="warning")
def first_use(seen: Seen) -> Broken | None:
    original, own = seen.headers.get("original-request"), seen.headers.get("request-id")
    if original is None or own is None or original == own or seen.headers.get("idempotent-replayed") == "true":
        return None
    return Broken("headers.original-request", own, original)
