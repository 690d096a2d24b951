"""Secrets left inside a capture: found by their looks, told by kind and place, never repeated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from conformance.contract.violation import Severity


class Kind(NamedTuple):
    """One kind of secret, by the prefix Stripe gives it."""

    prefix: bytes
    what: str
    severity: Severity


KINDS: tuple[Kind, ...] = (
    Kind(b"sk_live_", "a live secret key", "fail"),
    Kind(b"rk_live_", "a live restricted key", "fail"),
    Kind(b"sk_test_", "a test secret key", "warning"),
    Kind(b"rk_test_", "a test restricted key", "warning"),
    Kind(b"whsec_", "a webhook signing secret", "warning"),
)
# Searched first. A pattern with a literal beginning is the cheapest test there is, cheaper than ``in``.
_KEY, _WEBHOOK = re.compile(rb"k_(?:live|test)_"), re.compile(rb"whsec_")
_SECRET = re.compile(rb"(?<![A-Za-z0-9_])(sk_live_|rk_live_|sk_test_|rk_test_|whsec_)[A-Za-z0-9]{16,}")
_BY_PREFIX = {kind.prefix: kind for kind in KINDS}


def secrets(raw: bytes) -> list[Kind]:
    """The kinds of secret in ``raw``, one for each place."""
    if _KEY.search(raw) is None and _WEBHOOK.search(raw) is None:
        return []
    return [_BY_PREFIX[found[1]] for found in _SECRET.finditer(raw)]
