"""Who is asking: API keys, and how Stripe refuses them (INV-API-006, INV-API-007)."""

from __future__ import annotations

import binascii
from base64 import b64decode
from functools import lru_cache

from conformance.reference.model.problems import StripeError, refused

_NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using "
    "Bearer auth (e.g. 'Authorization: Bearer "
    "YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/."
)
_PREFIX = "sk_test_"
#: Parts of keys that are wrong on purpose.
_BAD = ("bogus", "invalid")


@lru_cache(maxsize=4096)
def key_of(authorization: bytes) -> str:
    """The account's key, from Bearer or Basic. Raise the 401 for none, a live one, or one made to be refused."""
    scheme, _, rest = authorization.decode("latin-1").partition(" ")
    key = rest.strip()
    if scheme.lower() == "basic":
        key = _user(key)
    if not key or scheme.lower() not in ("bearer", "basic"):
        raise refused("any", "no-authorization-header", _NO_KEY)
    if len(key) <= len(_PREFIX) or not key.startswith(_PREFIX) or any(word in key for word in _BAD):
        raise _bad(key)
    return key


def _user(encoded: str) -> str:
    try:
        return b64decode(encoded, validate=True).decode("latin-1").partition(":")[0]
    except (binascii.Error, ValueError):
        return ""


def _bad(key: str) -> StripeError:
    """Stripe shows the ends of a key and stars between; a live key is never repeated, not even in part."""
    masked = "****" if "_live_" in key else key[:8] + "*" * max(4, len(key) - 12) + key[-4:]
    return refused("any", "bad-key", f"Invalid API Key provided: {masked}")
