"""Stripe's form encoding of a parameter tree: ``items[0][price]=price_1&auto_advance=false&coupon=``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

# What a path may hold as it stands. "%" is let through: a scenario may send a malformed escape on purpose.
_PATH_SAFE = "/%:@!$&'()*+,;=?~-._"


def form(params: Mapping[str, Any]) -> str:
    """``params`` as ``application/x-www-form-urlencoded``; the same text serves as query and as body.

    None is an empty string (Stripe's way to unset a value). Empty objects and lists have no encoding and send nothing.
    """
    if not params:
        return ""
    return "&".join(
        f"{quote_plus(name, safe='[]', errors='replace')}={quote_plus(value, errors='replace')}"
        for name, value in pairs(params)
    )


def pairs(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The flat (name, value) pairs of a tree, in document order."""
    for name, value in params.items():
        yield from _pairs(str(name), value)


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{key}]", inner)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _pairs(f"{name}[{index}]", inner)
    else:
        yield name, scalar(value)


def scalar(value: Any) -> str:
    """How a single value is written: ``true``/``false``, an empty string for None, and text as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def path(text: str) -> str:
    """``text`` as a request path: what a target put into an id can neither end the line nor start a header."""
    return quote(text, safe=_PATH_SAFE, errors="replace")


def shape(request_path: str) -> str:
    """The path of an operation: ``/v1/invoices/*/pay``. Good enough to tell whether two requests ask for the same."""
    parts = request_path.partition("?")[0].split("/")
    if len(parts) > 3 and ("_" in parts[3] or len(parts) > 4):
        parts[3] = "*"
    return "/".join(parts)


def target(method: str, request_path: str, params: Mapping[str, Any]) -> tuple[str, bytes | None]:
    """The request target and the body. Parameters go into the body for POST, into the query for every other method."""
    where = path(request_path)
    encoded = form(params)
    if method == "POST":
        return where, encoded.encode("ascii")
    if not encoded:
        return where, None
    return f"{where}{'&' if '?' in where else '?'}{encoded}", None
