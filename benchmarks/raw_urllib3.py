"""The yardstick: the same ten requests per scenario through one keep-alive urllib3 pool; nothing is checked.

python benchmarks/raw_urllib3.py URL N
"""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlencode

import flow
import orjson
import urllib3

VERSION = "2026-10-28.endive"


class Client:
    """A raw client: encode the form, send, decode the body."""

    def __init__(self, url: str) -> None:
        self._pool = urllib3.connection_from_url(url, maxsize=1)
        self._headers = {
            "Authorization": "Bearer sk_test_benchmark",
            "Stripe-Version": VERSION,
            "Accept": "application/json",
            "User-Agent": "benchmark",
        }
        self._form = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        self.requests = 0

    def send(self, method: str, path: str, params: dict[str, Any]) -> Any:
        self.requests += 1
        encoded = urlencode(params)
        if method == "POST":
            headers = {**self._form, "Idempotency-Key": f"raw-{self.requests}"}
            response = self._pool.urlopen("POST", path, body=encoded, headers=headers)
        else:
            response = self._pool.urlopen("GET", f"{path}?{encoded}" if encoded else path, headers=self._headers)
        if response.status != 200:
            raise SystemExit(f"{method} {path}: HTTP {response.status}")
        return orjson.loads(response.data)


def main() -> None:
    url, count = sys.argv[1], int(sys.argv[2])
    client = Client(url)
    for number in range(count):
        flow.play(client.send, number)
    print(f"{client.requests} requests")


if __name__ == "__main__":
    main()
