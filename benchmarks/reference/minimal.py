"""The yardstick: the same library with the same settings, answering every request with the same body and headers.

    python benchmarks/reference/minimal.py BODY-FILE

Prints its URL as the reference does. It reads the request's body, as any server must, and does nothing else.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from conformance.reference.__main__ import _bind, _run


class Fixed:
    def __init__(self, body: bytes) -> None:
        self._start = {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"application/json"),
                (b"date", b"Fri, 20 Nov 2026 12:00:00 GMT"),
                (b"request-id", b"req_0123456789abcd"),
                (b"stripe-version", b"2026-10-28.endive"),
                (b"content-length", b"%d" % len(body)),
            ],
        }
        self._body = {"type": "http.response.body", "body": body}

    async def __call__(self, _: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send(self._start)
        await send(self._body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("body", type=Path)
    options = parser.parse_args()
    listener = _bind("127.0.0.1", 0)
    print(json.dumps({"listening": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
    _run(Fixed(options.body.read_bytes()), listener, with_parent=True)


if __name__ == "__main__":
    main()
