"""What an exchange is, and what every target offers. The key never appears here: it is injected below this line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from conformance.api_version import ApiVersion


class TransportFailure(str, Enum):
    """Why there is no usable response."""

    REFUSED = "refused"  # nothing listens
    RESET = "reset"  # the connection broke before the whole response was read
    TIMEOUT = "timeout"  # no complete response in time
    TOO_LARGE = "too-large"  # more bytes than the limit
    NOT_HTTP = "not-http"  # bytes that are no HTTP response


class Reply(str, Enum):
    """What a target did with one request, apart from whether the answer is right."""

    ANSWERED = "answered"
    NOT_IMPLEMENTED = "not-implemented"
    CRASHED = "crashed"
    UNREADABLE = "unreadable"  # answered, but not JSON where Stripe answers JSON
    UNREACHABLE = "unreachable"
    HUNG = "hung"


@dataclass(frozen=True, slots=True)
class Request:
    """``params`` is the tree as the scenario wrote it; the transport encodes it the way Stripe's clients do.

    A header that is None is taken away: the request goes without what the suite would send by itself.
    """

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers (names lower-cased) and the raw body as it came over the wire (content-encoding undone)."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    json: Any = None  # the parsed body; NOT_JSON where it is none


NOT_JSON: Any = type("NotJson", (), {"__repr__": lambda _: "NOT_JSON", "__bool__": lambda _: False})()


def parse_json(body: bytes) -> Any:
    """The parsed body, or NOT_JSON. NaN and Infinity are not JSON."""
    import orjson

    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:  # orjson refuses what json allows only for integers over 64 bits
        return json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return NOT_JSON


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with what came back. ``started`` is Unix seconds, ``elapsed`` seconds."""

    request: Request
    response: Response | None
    failure: TransportFailure | None = None
    reply: Reply = Reply.ANSWERED
    detail: str = ""  # one line on a failure, safe to print
    started: float = 0.0
    elapsed: float = 0.0


class Session(Protocol):
    """One scenario's conversation with a target. Not shared between threads."""

    def send(self, request: Request, step: str) -> Exchange:
        """Never raises for what the target does; ``step`` names the step for cassettes and blame."""

    def settle(self, seconds: float) -> None:
        """Wait between polls (a replay does not)."""

    def close(self, *, complete: bool) -> None:
        """The scenario has ended; ``complete`` says that every step ran and held.

        A replay then raises when interactions were left unused; a recording keeps only what is complete.
        """


class Target(Protocol):
    """Whoever answers. ``open`` is called once per scenario, from any thread."""

    name: str
    api_version: ApiVersion

    @property
    def concurrency(self) -> int:
        """How many sessions may be open at once."""

    @property
    def patience(self) -> float | None:
        """How long polling is of any use, in seconds; None: as long as a scenario allows."""

    @property
    def attached(self) -> str | None:
        """What another process needs to use the server this one started; None where each starts its own."""

    def start(self) -> None:
        """Make ready: start the process, pass the health gate, learn the canary. Raises ConformanceError."""

    def open(self, scenario_id: str) -> Session: ...

    def offers(self, capability: str) -> bool: ...

    def describe(self) -> dict[str, Any]:
        """The redacted configuration, for the journal's header."""

    def secrets(self) -> tuple[str, ...]:
        """Values that must appear in no artifact."""

    def stop(self) -> None: ...
