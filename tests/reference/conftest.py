"""A real server in its own process, one per session; each test talks to an account of its own."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from conformance.contract.contract import for_version
from conformance.reference.http.versions import KNOWN, NEWEST

_accounts = itertools.count()


def flat(tree: Any, name: str = "") -> list[tuple[str, str]]:
    """A tree of parameters as Stripe's clients write it."""
    if isinstance(tree, dict):
        return [pair for key, value in tree.items() for pair in flat(value, f"{name}[{key}]" if name else key)]
    if isinstance(tree, list):
        return [pair for index, value in enumerate(tree) for pair in flat(value, f"{name}[{index}]")]
    return [(name, str(tree).lower() if isinstance(tree, bool) else str(tree))]


class Answer:
    """Status, parsed body and headers; ``error`` is the content of the envelope."""

    def __init__(self, reply: urllib3.BaseHTTPResponse) -> None:
        self.status = reply.status
        self.raw = reply.data
        self.headers = {name.lower(): value for name, value in reply.headers.items()}
        self.body: Any = json.loads(reply.data)

    def __getitem__(self, key: str) -> Any:
        return self.body[key]

    @property
    def error(self) -> dict[str, Any]:
        return dict(self.body["error"])


class Client:
    """One account at the server."""

    def __init__(self, base: str, key: str, **headers: str) -> None:
        self.base = base
        self.key = key
        self.pool = urllib3.PoolManager(retries=False)
        self.headers = {"Authorization": f"Bearer {key}", **headers}

    def send(self, method: str, path: str, params: dict[str, Any] | None = None, **headers: str) -> Answer:
        encoded = urlencode(flat(params or {}))
        url = f"{self.base}{path}" + (f"?{encoded}" if encoded and method != "POST" else "")
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if method == "POST":
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        answer = Answer(self.pool.request(method, url, body=encoded if method == "POST" else None, headers=sent))
        if path.startswith("/v1/"):
            self.judge(method, path, answer, sent.get("Stripe-Version", NEWEST))
        return answer

    @staticmethod
    def judge(method: str, path: str, answer: Answer, version: str) -> None:
        """Every answer of every test keeps the contract of its API version."""
        assert answer.status < 500, answer.body
        if version in KNOWN:
            violations = for_version(version).check(method, path, answer.status, answer.headers, answer.body)
            assert not violations, "\n".join(map(str, violations))

    def get(self, path: str, **params: Any) -> Answer:
        return self.send("GET", path, params)

    def post(self, path: str, **params: Any) -> Answer:
        return self.send("POST", path, params)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def make(self, path: str, **params: Any) -> dict[str, Any]:
        """The body of a call that must succeed."""
        answer = self.post(path, **params)
        assert answer.status == 200, answer.body
        return dict(answer.body)


def start(*options: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance.reference", "--exit-with-parent", "--quiet", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr and process.stderr.read()
    return process, json.loads(line)["listening"]


def stop(process: subprocess.Popen[str]) -> str:
    """End it by closing its input; what it wrote to stderr."""
    _, errors = process.communicate(timeout=10)
    return errors


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    process, base = start()
    yield base
    assert stop(process) == "", "the server printed a traceback"


@pytest.fixture
def api(server: str) -> Client:
    return Client(server, f"sk_test_account{next(_accounts)}")
