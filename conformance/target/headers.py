"""The headers of a request: the suite's own, with the key in them, and those that a step writes instead."""

from __future__ import annotations

import base64
import hashlib
import re

from conformance.errors import ConformanceError
from conformance.target import encoding
from conformance.target.settings import Auth, refuse_live_key

USER_AGENT = "stripe-invoice-conformance"
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


class UnsendableRequest(ConformanceError):
    """A scenario asks for a header or a path that HTTP cannot carry."""

    code = "unsendable-request"


def idempotency_key(run_id: str, scenario: str, position: int, step: str) -> str:
    """At most 255 characters, as Stripe demands; the step's position tells two uses of one setup apart."""
    key = f"{run_id}.{scenario}.{position}.{step}"
    if len(key) <= 255 and key.isascii():
        return key
    return f"{ascii(key)[1:180]}.{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def override(headers: dict[str, str], name: str, value: str | None) -> None:
    """A step's own header replaces the suite's, whatever its case; None takes it away (a request without a key)."""
    if not _NAME.fullmatch(name):
        raise UnsendableRequest(f"{name!a} is no header name.")
    for known in [known for known in headers if known.lower() == name.lower()]:
        del headers[known]
    if value is None:
        return
    text = encoding.scalar(value)
    refuse_live_key(text, f"the header {name}")
    if not text.isprintable() or not text.isascii():
        raise UnsendableRequest(f"the value of the header {name} cannot be sent: {ascii(text)[:80]}")
    headers[name] = text


def authorization(auth: Auth, key: str) -> dict[str, str]:
    if auth is Auth.NONE or not key:
        return {}
    if auth is Auth.BASIC:
        return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}
    return {"Authorization": f"Bearer {key}"}
