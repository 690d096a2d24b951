"""One keep-alive connection with a deadline on the whole exchange and a bound on what it may bring.

A socket and httptools, the C parser under uvicorn: every request of a run passes here, and http.client, whose headers
go through the email package, costs three times as much. What else an HTTP library does (retries, redirects, pools) a
client for conformance must not do behind the scenario's back.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import time
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import httptools

from conformance.target.base import TransportFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHUNK = 65_536
_MOST_HEADERS = 100
_IDLE_FOR_POST = (
    1.0  # seconds after which a POST gets a fresh connection: the server may be about to close the idle one
)
_NO_TARGET = re.compile(r"[^\x21-\x7e]")
_NO_HEADER = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
# What Python's and curl's clients read without complaint is no reason to call a server's answer unreadable.
_LENIENT = {
    "lenient_headers": True,
    "lenient_chunked_length": True,
    "lenient_version": True,
    "lenient_optional_cr_before_lf": True,
    "lenient_optional_lf_after_cr": True,
    "lenient_optional_crlf_after_chunk": True,
    "lenient_spaces_after_chunk_size": True,
}


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
        return cls(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme], prefix)

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host.encode("idna").decode()
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


_PORTS = {"http": 80, "https": 443}


class _TooLarge(Exception):
    pass


class _Ended(Exception):
    """The server closed the connection too early; the text says when."""


class _Answer:
    """One response as it comes in; httptools calls the ``on_`` methods."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.parts: list[bytes] = []
        self.received = 0
        self._lines = 0
        self.status = 0  # known once the headers are complete
        self.complete = False
        self.reusable = False
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(**_LENIENT)

    def feed(self, data: bytes) -> None:
        """Raise httptools' errors for what is no HTTP, unless the response was complete before it."""
        self.received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as problem:
            self.reusable = False
            if not self.complete:
                raise problem.__context__ or problem from None

    def end(self) -> None:
        """The server has closed: the end of a body of unknown length, or too early."""
        framed = "content-length" in self.headers or "chunked" in self.headers.get("transfer-encoding", "").lower()
        if not self.status or framed:
            raise _Ended("in the middle of the response" if self.received else "without a response")
        self.complete = True

    def announced(self) -> int:
        """How many bytes the headers say will come."""
        length = self.headers.get("content-length", "")
        return int(length) if length.isdecimal() else 0

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.status:  # what follows a chunked body is no header
            self._lines += 1
            if self._lines > _MOST_HEADERS:
                raise httptools.HttpParserError(f"more than {_MOST_HEADERS} headers")
            key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        if not self.complete:
            self.parts.append(body)

    def on_message_complete(self) -> None:
        if self.complete:  # more than was asked for
            self.reusable = False
        elif 100 <= self.status < 200:  # the real answer is still to come
            self.status, self.headers, self.parts = 0, {}, []
        else:
            self.complete, self.reusable = True, self._parser.should_keep_alive()


class Connection:
    """One connection, opened on the first request and dropped on any sign of trouble. For one thread at a time."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._authority = ""
        self._sock: socket.socket | None = None
        self._last_used = 0.0

    def request(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str], *, timeout: float, limit: int
    ) -> WireResponse:
        """Raise `WireFailure`; afterwards the connection is closed. It is also closed after any 5xx."""
        deadline = time.monotonic() + timeout
        reused = self._reusable(method)
        sock = self._sock or self._open(timeout)
        sent = self._head(method, target, body, headers) + (body or b"")
        answer = _Answer()
        try:
            _exchange(sock, sent, answer, deadline, limit)
            raw = _decoded(b"".join(answer.parts), answer.headers.get("content-encoding", ""), limit)
        except Exception as problem:
            self.close()
            failure = _failure(problem, timeout, limit)
            if failure is None:
                raise
            failure.stale = reused and not answer.received and failure.kind is TransportFailure.RESET
            raise failure from None
        self._last_used = time.monotonic()
        if answer.status >= 500 or not answer.reusable:
            self.close()
        return WireResponse(answer.status, answer.headers, raw)

    def close(self) -> None:
        if self._sock:
            self._sock.close()
            self._sock = None

    def _reusable(self, method: str) -> bool:
        """Whether the kept connection can take this request; a doubtful one is closed."""
        if self._sock is None:
            return False
        too_old = method != "GET" and time.monotonic() - self._last_used > _IDLE_FOR_POST
        if too_old or _readable(self._sock):
            self.close()
            return False
        return True

    def _open(self, timeout: float) -> socket.socket:
        try:
            self._sock = _connected(self.endpoint, timeout)
        except (OSError, UnicodeError) as problem:
            raise WireFailure(TransportFailure.REFUSED, _connect_problem(problem, self.endpoint)) from None
        return self._sock

    def _head(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        """The request line and headers. Raise `WireFailure` for what would end one of them early."""
        self._authority = self._authority or self.endpoint.authority
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self._authority}", "Accept-Encoding: identity"]
        if body is not None or method != "GET":
            lines.append(f"Content-Length: {len(body or b'')}")
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if _NO_TARGET.search(target) or any(map(_NO_HEADER.search, lines)):
            what = ascii(f"{method} {target}")[:80]
            raise WireFailure(TransportFailure.NOT_HTTP, f"the request cannot be sent: {what}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _connected(endpoint: Endpoint, timeout: float) -> socket.socket:
    sock = socket.create_connection((endpoint.host, endpoint.port), timeout)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if endpoint.scheme != "https":
            return sock
        import ssl

        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        return context.wrap_socket(sock, server_hostname=endpoint.host)
    except BaseException:
        sock.close()
        raise


def _readable(sock: socket.socket) -> bool:
    """Between exchanges: the server has closed, or sent what nobody asked for."""
    if hasattr(select, "poll"):  # select() refuses descriptors above 1023
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([sock], [], [], 0)[0])


def _exchange(sock: socket.socket, request: bytes, answer: _Answer, deadline: float, limit: int) -> None:
    """Send, then read until the answer is complete. A timeout bounds one read only, so each gets what time is left."""
    sock.settimeout(max(deadline - time.monotonic(), 0.001))
    # A server may answer and close before it has read everything; the answer is then still to be had.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        sock.sendall(request)
    while not answer.complete:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock.settimeout(left)
        data = sock.recv(_CHUNK)
        if data:
            answer.feed(data)
        else:
            answer.end()
        if max(answer.received, answer.announced()) > limit:
            raise _TooLarge


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
            text = detail.format(timeout=timeout, limit=limit, what=ascii(str(problem))[:80].strip("'"))
            return WireFailure(failure, text)
    return None


# In order: TimeoutError and ssl.SSLError are OSErrors.
_MEANING: tuple[tuple[tuple[type[Exception], ...], TransportFailure, str], ...] = (
    ((TimeoutError,), TransportFailure.TIMEOUT, "no complete response within {timeout:g} s"),
    ((_TooLarge,), TransportFailure.TOO_LARGE, "the response is larger than {limit} bytes"),
    ((_Ended,), TransportFailure.RESET, "the connection was closed {what}"),
    ((OSError,), TransportFailure.RESET, "the connection was reset"),
    (
        (httptools.HttpParserError, httptools.HttpParserUpgrade),
        TransportFailure.NOT_HTTP,
        "the answer is not HTTP: {what}",
    ),
)


def _connect_problem(problem: Exception, endpoint: Endpoint) -> str:
    where = f"{endpoint.host}:{endpoint.port}"
    if isinstance(problem, TimeoutError):
        return f"no connection to {where} in time"
    if type(problem).__module__ == "ssl":
        return f"TLS to {where} failed: {getattr(problem, 'reason', None) or 'handshake'}"
    if isinstance(problem, ConnectionRefusedError):
        return f"nothing listens on {where}"
    return f"cannot connect to {where}: {getattr(problem, 'strerror', None) or type(problem).__name__}"
