"""The one exit for secrets: by value, in every form a key travels in, and by name. Cheap where nothing is to hide."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

PLACEHOLDER = "[redacted]"
_SECRET_NAMES = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "client_secret", "secret", "api_key", "apikey",
     "password", "ephemeral_key", "access_token", "refresh_token", "webhook_secret", "signing_secret", "x-api-key"}
)  # fmt: skip
# Keys by their looks, whoever they belong to: a recording may hold keys that this run was never told.
_LOOKS = re.compile(r"\b(?:sk|rk|whsec|ek)_(?:live_|test_)?[A-Za-z0-9]{16,}")
# A client secret keeps the id that it begins with, so that it still looks like one to those who check it.
_CLIENT_SECRET = re.compile(r"\b([a-z]+_[A-Za-z0-9]+_secret_)[A-Za-z0-9]+")
_CUT = "_secret_redacted"
_NAMES = "|".join(sorted(map(re.escape, _SECRET_NAMES)))
_SECRET_MEMBER = re.compile(rf'("(?:{_NAMES})"\s*:\s*")(?!\w+{_CUT}")(?:[^"\\]|\\.)+', re.IGNORECASE)
_SECRET_PARAM = re.compile(rf"((?:^|[&\[])(?:{_NAMES})\]?=)(?!\w+{_CUT}(?:&|$))[^&]+", re.IGNORECASE)
_IN_FORM = quote_plus(PLACEHOLDER)
_MARKS = ("sk_", "rk_", "whsec_", "ek_", "_secret_")


class Redactor:
    """Knows the run's secrets. Those under six characters are not looked for by value: they would hit ordinary text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if len(secret) >= 6 for form in _forms(secret)}
        self._texts = tuple(sorted(forms, key=lambda form: (-len(form), form)))
        self._bytes = tuple(form.encode() for form in self._texts)

    def text(self, text: str) -> str:
        """``text`` without any known secret."""
        for secret in self._texts:
            if secret in text:
                text = text.replace(secret, PLACEHOLDER)
        return text

    def data(self, data: bytes) -> bytes:
        """The same for bytes as they came over the wire."""
        for secret in self._bytes:
            if secret in data:
                data = data.replace(secret, PLACEHOLDER.encode())
        return data

    def json_text(self, text: str) -> str:
        """A JSON text with the values of secret members cut out of it, so that all else keeps its bytes."""
        return _SECRET_MEMBER.sub(rf"\1{PLACEHOLDER}", self.thorough(text))

    def form_text(self, text: str) -> str:
        """A form-encoded text (query or body) with the values of secret parameters cut out of it."""
        return _SECRET_PARAM.sub(rf"\1{_IN_FORM}", self.thorough(text)) if "=" in text else self.thorough(text)

    def thorough(self, text: str) -> str:
        """By value, and whatever looks like a Stripe key or client secret. For artifacts that leave the machine."""
        text = self.text(text)
        if not any(mark in text for mark in _MARKS):
            return text
        return _CLIENT_SECRET.sub(r"\1redacted", _LOOKS.sub(PLACEHOLDER, text))

    def tree(self, node: Any) -> Any:
        """A JSON tree without secrets: members with a telling name lose their value whatever it is."""
        if isinstance(node, str):
            return self.thorough(node)
        if isinstance(node, Mapping):
            return {
                self.text(key) if isinstance(key, str) else key: self._hidden(value)
                if _hides(key, value)
                else self.tree(value)
                for key, value in node.items()
            }
        if isinstance(node, (list, tuple)):
            return [self.tree(item) for item in node]
        return node

    def _hidden(self, value: str) -> str:
        text = self.thorough(value)
        return text if text.endswith(_CUT) else PLACEHOLDER


def _hides(key: Any, value: Any) -> bool:
    return isinstance(key, str) and key.lower() in _SECRET_NAMES and isinstance(value, str) and value != ""


def _forms(secret: str) -> set[str]:
    """As it is, url-encoded, and as HTTP Basic credentials (user name with an empty password, or alone)."""
    basic = {base64.b64encode(f"{secret}{tail}".encode()).decode().rstrip("=") for tail in (":", "")}
    return {secret, quote(secret, safe=""), quote_plus(secret), *basic}
