"""One keep-alive connection with a deadline on the whole exchange and a bound on what it may bring.

http.client underneath: it costs two thirds of urllib3's connection per call, and what urllib3 adds (retries, redirects,
pools, decoding) is what a conformance client must not do behind the scenario's back. The socket is wrapped because a
socket timeout bounds one read only: a server that drips a byte a second would never run into it.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import select
import socket
import ssl
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from conformance.target.base import TransportFailure

_CHUNK = 65_536
_IDLE_FOR_POST = (
    1.0  # seconds after which a POST gets a fresh connection: the server may be about to close the idle one
)


class WireFailure(Exception):
    """No usable response. ``stale``: a reused connection broke before any byte of the response."""

    def __init__(self, kind: TransportFailure, detail: str, *, stale: bool = False) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.stale = stale


class WireResponse(NamedTuple):
    """Header names are lower-cased; a repeated header is joined with a comma."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect. ``prefix`` is the path of the base URL without a trailing ``/v1`` (scenarios write it)."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """Raise ValueError unless ``url`` is http(s) with a host."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"not an http(s) URL: {url!r}")
        prefix = parts.path.rstrip("/").removesuffix("/v1")
        return cls(parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), prefix)


class _TooLarge(Exception):
    pass


class _Budget(io.RawIOBase):
    """The receiving side of one exchange: every read gets what is left of the time, and the bytes are counted."""

    def __init__(self, sock: socket.socket, deadline: float, limit: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self._left = limit
        self.received = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        got = self._sock.recv_into(buffer)
        self.received += got
        if self.received > self._left:
            raise _TooLarge
        return got


class _Bounded:
    """As much of a socket as http.client uses, for one exchange after the other."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.budget = _Budget(sock, 0.0, 0)
        self._poll = select.poll() if hasattr(select, "poll") else None
        if self._poll:
            self._poll.register(sock, select.POLLIN)

    def arm(self, deadline: float, limit: int) -> None:
        self.budget = _Budget(self.sock, deadline, limit)
        self.sock.settimeout(max(deadline - time.monotonic(), 0.001))

    def readable(self) -> bool:
        """Between exchanges: the server has closed, or sent what nobody asked for."""
        if self._poll:
            return bool(self._poll.poll(0))
        return bool(select.select([self.sock], [], [], 0)[0])

    def makefile(self, mode: str, buffering: int | None = None) -> io.BufferedReader:  # noqa: ARG002 - socket's signature
        return io.BufferedReader(self.budget, 16_384)

    def sendall(self, data: Any) -> None:
        self.sock.sendall(data)

    def close(self) -> None:
        self.sock.close()


class Connection:
    """One connection, opened on the first request and dropped on any sign of trouble. For one thread at a time."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._conn: http.client.HTTPConnection | None = None
        self._last_used = 0.0

    def request(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str], *, timeout: float, limit: int
    ) -> WireResponse:
        """Raise `WireFailure`; afterwards the connection is closed. It is also closed after any 5xx."""
        deadline = time.monotonic() + timeout
        reused = self._reusable(method)
        conn, sock = self._open(timeout)
        sock.arm(deadline, limit)
        try:
            response = _exchange(conn, method, target, body, headers, limit)
        except Exception as problem:
            self.close()
            failure = _failure(problem, timeout, limit)
            if failure is None:
                raise
            failure.stale = reused and sock.budget.received == 0 and failure.kind is TransportFailure.RESET
            raise failure from None
        self._last_used = time.monotonic()
        if response.status >= 500:
            self.close()
        return response

    def close(self) -> None:
        if self._conn:
            self._conn.close()
            self._conn = None

    def _reusable(self, method: str) -> bool:
        """Whether the kept connection can take this request; a doubtful one is closed."""
        sock: Any = self._conn.sock if self._conn else None
        if sock is None:
            return False
        too_old = method != "GET" and time.monotonic() - self._last_used > _IDLE_FOR_POST
        if too_old or sock.readable():
            self.close()
            return False
        return True

    def _open(self, timeout: float) -> tuple[http.client.HTTPConnection, _Bounded]:
        if self._conn is None or self._conn.sock is None:
            self._conn = conn = _new(self._endpoint, timeout)
            try:
                conn.connect()
            except (OSError, UnicodeError) as problem:
                self.close()
                raise WireFailure(TransportFailure.REFUSED, _connect_problem(problem, self._endpoint)) from None
            conn.sock = cast("Any", _Bounded(conn.sock))
        return self._conn, cast("_Bounded", self._conn.sock)


def _new(endpoint: Endpoint, timeout: float) -> http.client.HTTPConnection:
    if endpoint.scheme == "https":
        return http.client.HTTPSConnection(
            endpoint.host, endpoint.port, timeout=timeout, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(endpoint.host, endpoint.port, timeout=timeout)


def _exchange(
    conn: http.client.HTTPConnection,
    method: str,
    target: str,
    body: bytes | None,
    headers: Mapping[str, str],
    limit: int,
) -> WireResponse:
    # A server may answer and close before it has read everything; the answer is then still to be had.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        conn.request(method, target, body, headers)
    response = conn.getresponse()
    if response.length is not None and response.length > limit:
        raise _TooLarge
    raw = response.read() if response.length is not None else _read_on(response)
    fields: dict[str, str] = {}
    for name, value in response.getheaders():
        name = name.lower()
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return WireResponse(response.status, fields, _decoded(raw, fields.get("content-encoding", ""), limit))


def _read_on(response: http.client.HTTPResponse) -> bytes:
    """Chunked, or until the end of the connection. In portions: a chunk may claim any size before it is sent."""
    parts = []
    while part := response.read(_CHUNK):
        parts.append(part)
    return b"".join(parts)


def _decoded(raw: bytes, coding: str, limit: int) -> bytes:
    """Undo gzip and deflate, which some servers apply unasked. What cannot be undone stays as it came."""
    if coding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        return raw
    unpack = zlib.decompressobj(wbits=47)
    try:
        body = unpack.decompress(raw, limit)
    except zlib.error:
        return raw
    if unpack.unconsumed_tail:
        raise _TooLarge
    return body


def _failure(problem: Exception, timeout: float, limit: int) -> WireFailure | None:
    """What an exception means; None for one that is our own mistake."""
    for kinds, failure, detail in _MEANING:
        if isinstance(problem, kinds):
            text = detail.format(timeout=timeout, limit=limit, what=ascii(str(problem))[:80])
            return WireFailure(failure, text)
    return None


# In order: TimeoutError and ssl.SSLError are OSErrors, RemoteDisconnected is a BadStatusLine.
_MEANING: tuple[tuple[tuple[type[Exception], ...], TransportFailure, str], ...] = (
    ((TimeoutError,), TransportFailure.TIMEOUT, "no complete response within {timeout:g} s"),
    ((_TooLarge,), TransportFailure.TOO_LARGE, "the response is larger than {limit} bytes"),
    ((http.client.RemoteDisconnected,), TransportFailure.RESET, "the connection was closed without a response"),
    ((http.client.IncompleteRead,), TransportFailure.RESET, "the connection was closed in the middle of the response"),
    ((OSError,), TransportFailure.RESET, "the connection was reset"),
    (
        (http.client.InvalidURL, http.client.CannotSendRequest),
        TransportFailure.NOT_HTTP,
        "the request cannot be sent: {what}",
    ),
    ((http.client.HTTPException, zlib.error), TransportFailure.NOT_HTTP, "the answer is not HTTP: {what}"),
)


def _connect_problem(problem: Exception, endpoint: Endpoint) -> str:
    where = f"{endpoint.host}:{endpoint.port}"
    if isinstance(problem, TimeoutError):
        return f"no connection to {where} in time"
    if isinstance(problem, ssl.SSLError):
        return f"TLS to {where} failed: {problem.reason or 'handshake'}"
    if isinstance(problem, ConnectionRefusedError):
        return f"nothing listens on {where}"
    return f"cannot connect to {where}: {getattr(problem, 'strerror', None) or type(problem).__name__}"
