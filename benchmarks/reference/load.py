"""A load client that costs little: one thread, a few keep-alive connections, one request in flight on each."""

from __future__ import annotations

import select
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator

    #: Yields requests and is sent the bodies of their answers.
    Lane = Generator[bytes, bytes, None]

HEADERS = "Host: 127.0.0.1\r\nAuthorization: Bearer sk_test_benchmark\r\n"


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\n{HEADERS}\r\n".encode()


def post(path: str, form: str = "") -> bytes:
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    return f"POST {path} HTTP/1.1\r\n{HEADERS}{kind}Content-Length: {len(form)}\r\n\r\n{form}".encode()


class Done(NamedTuple):
    """Seconds of wall, and how many answers with how many bytes of body there were."""

    seconds: float
    requests: int
    bytes: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def run(port: int, lanes: list[Lane]) -> Done:
    """Every lane to its end on a connection of its own. Raise SystemExit for an answer that is not 200."""
    poll = select.epoll()
    connections = {}
    requests = size = 0
    begun = time.perf_counter()
    for lane in lanes:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connections[connection.fileno()] = (connection, lane)
        poll.register(connection, select.EPOLLIN)
        connection.sendall(next(lane))
    while connections:
        for number, _ in poll.poll():
            connection, lane = connections[number]
            body = _body(connection)
            requests += 1
            size += len(body)
            try:
                connection.sendall(lane.send(body))
            except StopIteration:
                poll.unregister(number)
                del connections[number]
                connection.close()
    poll.close()
    return Done(time.perf_counter() - begun, requests, size)


def _body(connection: socket.socket) -> bytes:
    data = connection.recv(262_144)
    end = data.find(b"\r\n\r\n")
    while end < 0:
        data += _more(connection)
        end = data.find(b"\r\n\r\n")
    if data[9:12] != b"200":
        raise SystemExit(f"not 200: {data.decode(errors='replace')[:2000]}")
    place = data.index(b"content-length: ", 0, end) + 16
    length = int(data[place : data.index(b"\r\n", place)])
    while len(data) < end + 4 + length:
        data += _more(connection)
    return data[end + 4 :]


def _more(connection: socket.socket) -> bytes:
    more = connection.recv(262_144)
    if not more:
        raise SystemExit("the server closed the connection")
    return more


def identifier(body: bytes) -> str:
    """The ``id`` of an object: the first member of every body."""
    return body[7 : body.index(b'"', 7)].decode()
