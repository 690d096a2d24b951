"""``stripe-conformance serve`` as somebody starts it, and a receiver for its webhooks."""

from __future__ import annotations

import http.server
import queue
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import urllib3

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Received(NamedTuple):
    payload: bytes
    headers: dict[str, str]


class Receiver:
    """Takes webhooks; ``statuses`` are its next answers (then 200)."""

    def __init__(self) -> None:
        self.came: queue.Queue[Received] = queue.Queue()
        self.statuses: list[int] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                payload = self.rfile.read(int(self.headers["content-length"]))
                status = outer.statuses.pop(0) if outer.statuses else 200
                outer.came.put(Received(payload, {name.lower(): value for name, value in self.headers.items()}))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.send_header("location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/webhooks"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def next(self, within: float = 10) -> Received:
        return self.came.get(timeout=within)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Served:
    """The running command: where it listens, and the start of what it wrote."""

    def __init__(self, options: Sequence[str], cwd: str | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", "import sys; from conformance.cli import main; sys.exit(main())", "serve", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
        )
        assert self.process.stdout is not None
        self.banner = self.process.stdout.readline()
        found = re.search(r"http://\S+:\d+", self.banner)
        if found is None:
            raise AssertionError(self.process.communicate(timeout=10))
        self.url = found[0]
        while self.banner.count("\n\n") < 2:
            self.banner += self.process.stdout.readline()

    def stop(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """End it like somebody at the keyboard: code, what it wrote since the banner, what it complained about."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        out, err = self.process.communicate(timeout=15)
        return self.process.returncode, out, err


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


@contextmanager
def serving(*options: str, cwd: str | None = None) -> Iterator[Served]:
    """On a free port."""
    served = Served(["--port", "0", *options], cwd)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.stop()


SECRET = "whsec_0123456789abcdef0123456789abcdef"


@contextmanager
def serving_with_webhook() -> Iterator[tuple[Served, Received]]:
    """The running command, and a webhook it has sent, signed with ``SECRET``. It must end well."""
    with receiving() as receiver, serving("--webhook", receiver.url, "--webhook-secret", SECRET) as server:
        headers = {"Authorization": "Bearer sk_test_first"}
        urllib3.request("POST", f"{server.url}/v1/customers", body=b"name=x", headers=headers)
        yield server, receiver.next()
        code, _, errors = server.stop()
        assert (code, errors) == (0, "")
