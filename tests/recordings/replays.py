"""Recordings and servers for the tests of `replay`: small, written here, with ids of their own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any, NamedTuple

from conformance.recordings.replay import Replay
from conformance.recordings.replay.counts import Tally
from conformance.results.model import ScenarioResult
from conformance.target.config import Options, load
from tests.miniature_server import Answer, Call, Fault, Miniature, answer

NEWEST = "2026-10-28.endive"
THEN = 1_760_000_000  # Unix seconds of the first exchange
Body = dict[str, Any]


class Replayed(NamedTuple):
    results: list[ScenarioResult]
    tally: Tally

    @property
    def found(self) -> set[str]:
        """``customer.name value`` for each kind of difference."""
        return {str(kind) for kind in self.tally.differences}


def row(method: str, path: str, body: Any, params: Body | None = None, **more: Any) -> Body:
    """One exchange as a line of a capture; ``after`` is when, in seconds since the first."""
    after = more.pop("after", 0)
    return {
        "method": method,
        "path": path,
        "params": params or {},
        "status": more.pop("status", 200),
        "headers": {"date": formatdate(THEN + after, usegmt=True)},
        "api_version": more.pop("version", NEWEST),
        "body": body,
        **more,
    }


def write(folder: Path, *rows: Body, name: str = "made.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


@contextmanager
def serving(fault: Fault | None = None, upstream: str = "") -> Iterator[Miniature]:
    """A server on loopback: a small stateful one, with ``fault`` in front of it."""
    server = Miniature(lambda call: (fault(call) if fault else None) or server.upstream(call), upstream)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def scripted(*answers: Any) -> Fault:
    """These answers in this order, whatever is asked: a body, or a status and a body. Then refusals."""
    left = list(answers)
    refusal = {"error": {"type": "invalid_request_error", "message": "No."}}

    def fault(_: Call) -> Answer:
        given = left.pop(0) if left else (400, refusal)
        status, body = given if isinstance(given, tuple) else (200, given)
        return answer(status, body, date=formatdate(usegmt=True))

    return fault


def replay(
    path: Path, target: str, server: Miniature | None = None, fault: Fault | None = None, **options: Any
) -> Replayed:
    """Replay one file against a target; ``fault`` comes over ``server`` once the target has started."""
    opened = load(target, Options(root=path.parent, environ={}))
    replaying = Replay(opened, **options)
    opened.start()
    try:
        if server and fault:
            server.calls.clear()
            server.fault = fault
        results = list(replaying.run([path]))
    finally:
        opened.stop()
    return Replayed(results, replaying.tally)


def against(path: Path, *answers: Any) -> Replayed:
    """Replay one file against a server that gives these answers."""
    with serving() as server:
        return replay(path, server.url, server, scripted(*answers))
