"""A pytest inside the test, with our plugin and a server of a few lines; every test runs with and without ``-n 2``."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

CUSTOMER = {"id": "cus_1", "object": "customer", "name": "Ada", "livemode": False}

PASSING = """
id: {id}
title: A customer is there
covers: [MINE-1]
steps:
  - id: read
    request: GET /v1/customers/cus_1
    expect: {{status: 200, body: {{name: {name}}}}}
"""


class Server(ThreadingHTTPServer):
    """Knows one customer; ``delay`` seconds pass before each answer; ``sent`` holds what came."""

    daemon_threads = True
    delay = 0.0
    envelope: Any = None  # instead of Stripe's own, for routes it does not have

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sent: list[tuple[str, str, dict[str, str]]] = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def _answer(self) -> None:
        server = self.server
        self.rfile.read(int(self.headers.get("content-length") or 0))
        with server.lock:
            server.sent.append((self.command, self.path, dict(self.headers)))
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        time.sleep(server.delay)
        status, body = self._body()
        with server.lock:
            server.at_once -= 1
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Request-Id", "req_1")
        self.send_header("Stripe-Version", self.headers.get("Stripe-Version", ""))
        self.end_headers()
        self.wfile.write(data)

    def _body(self) -> tuple[int, Any]:
        if self.path == "/v1/customers/cus_1":
            return 200, CUSTOMER
        if self.path.startswith("/v1/customers?") or self.path == "/v1/customers":
            return 200, {"object": "list", "data": [], "has_more": False, "url": "/v1/customers"}
        message = f"Unrecognized request URL ({self.command}: {self.path})."
        return 404, self.server.envelope or {"error": {"type": "invalid_request_error", "message": message}}

    do_GET = do_POST = do_DELETE = _answer

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield one
    one.shutdown()
    thread.join()
    one.server_close()


@pytest.fixture(params=[(), ("-n", "2")], ids=["one process", "two workers"])
def workers(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The arguments that decide how many processes there are."""
    return request.param


class Project:
    """A folder with scenarios in which pytest is run."""

    def __init__(self, pytester: pytest.Pytester, server: Server, workers: tuple[str, ...]) -> None:
        self.path = pytester.path
        self.server = server
        self._pytester = pytester
        self._workers = workers
        pytester.makeini("[pytest]\n")

    def scenario(self, id: str, name: str = "Ada", text: str = PASSING) -> Path:
        file = self.path / f"{id}.yaml"
        file.write_text(text.format(id=id, name=name))
        return file

    def run(self, *arguments: str, target: str | None = None) -> pytest.RunResult:
        target = self.server.url if target is None else target
        return self._pytester.runpytest_subprocess(*self._workers, f"--stripe-target={target}", *arguments)

    def journal(self, folder: str = "reports") -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.path / folder / "journal.ndjson").read_text().splitlines()]


@pytest.fixture
def project(pytester: pytest.Pytester, server: Server, workers: tuple[str, ...]) -> Project:
    return Project(pytester, server, workers)
