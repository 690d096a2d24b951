"""What is known about a target before it is asked anything. Made by ``config.load``; frozen; its repr hides the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from conformance.api_version import ApiVersion
from conformance.errors import ConformanceError, Place

DEFAULT_API_VERSION = ApiVersion.parse("2026-10-28.endive")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
STRIPE_HOST = "api.stripe.com"
_LIVE_KEY = re.compile(r"\b(?:sk|rk)_live_")


class LiveKeyRefused(ConformanceError):
    """A key that moves real money; it is not even put into the message."""

    code = "live-key-refused"
    ends_the_run = True


class Auth(str, Enum):
    """How the key travels. ``BASIC`` sends it as the user name with an empty password, as Stripe allows."""

    BEARER = "bearer"
    BASIC = "basic"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Ready:
    """Readiness of a started server: ``path`` answers (with ``status``, where given) within ``within`` seconds."""

    path: str = "/v1/customers?limit=1"
    status: int | None = None
    within: float = 30.0


@dataclass(frozen=True, slots=True)
class Reset:
    """How to empty a target before a run: an HTTP call, or a command."""

    method: str = ""
    path: str = ""
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """One target. ``timeout`` bounds a whole request in seconds; ``rate_limit`` is requests a second (0: none);
    ``patience`` is how long, in seconds, a read may lag behind a write at most (None: as long as a scenario allows).
    """

    name: str
    url: str
    api_version: ApiVersion = DEFAULT_API_VERSION
    key: str = field(default="", repr=False)
    auth: Auth = Auth.BEARER
    headers: Mapping[str, str] = field(default_factory=dict)
    capabilities: frozenset[str] | None = None  # None: all but ``without``
    without: frozenset[str] = frozenset()
    timeout: float = 30.0
    concurrency: int = 1
    rate_limit: float = 0.0
    patience: float | None = None
    max_bytes: int = 5_000_000
    probe: str = "/v1/customers?limit=1"
    livemode: str = "refuse"  # or "report": leave a wrong ``livemode`` to the checks (never towards Stripe itself)
    start: tuple[str, ...] = ()
    ready: Ready = Ready()
    reset: Reset | None = None
    cwd: str = ""
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    run_id: str = "run"

    def __post_init__(self) -> None:
        refuse_live_key(self.key, f"target {self.name!r}")

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    def offers(self, capability: str) -> bool:
        """``credit_notes`` stands for everything under it: ``credit_notes.void`` is then covered as well."""
        if _covered(capability, self.without):
            return False
        return self.capabilities is None or _covered(capability, self.capabilities)

    def describe(self) -> dict[str, Any]:
        """For the journal's header: everything that shaped the run, nothing that opens a door."""
        return {
            "name": self.name,
            "url": without_userinfo(self.url),
            "api_version": str(self.api_version),
            "auth": self.auth.value,
            "key": describe_key(self.key),
            "capabilities": sorted(self.capabilities) if self.capabilities is not None else None,
            "without": sorted(self.without),
            "timeout": self.timeout,
            "concurrency": self.concurrency,
            "rate_limit": self.rate_limit,
            "patience": self.patience,
            "managed": bool(self.start),
        }


def _covered(capability: str, declared: frozenset[str]) -> bool:
    parts = capability.split(".")
    return any(".".join(parts[:n]) in declared for n in range(1, len(parts) + 1))


def refuse_live_key(text: str, where: str, place: Place | None = None) -> None:
    """Raise `LiveKeyRefused` if ``text`` holds a live key."""
    if "_live_" in text and _LIVE_KEY.search(text):
        raise LiveKeyRefused(
            f"{where} was given a live key.",
            place=place,
            hint="This suite creates and voids invoices: use a test key (sk_test_…).",
        )


def describe_key(key: str) -> str:
    """The kind of a key, never its value."""
    if not key:
        return "none"
    return next((kind for kind in ("sk_test_", "rk_test_") if key.startswith(kind)), "") + "…"


def without_userinfo(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
