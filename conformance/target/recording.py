"""Any target, with a cassette written for every scenario that held, and beside it where the recording comes from."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.target import cassette_format, encoding
from conformance.target.base import Exchange, Request, Session, Target
from conformance.target.cassette_format import Interaction
from conformance.target.redact import Redactor


class RecordingTarget:
    """Wraps ``inner``; writes ``folder/<provenance>/<api version>/<scenario>.yaml`` and ``….provenance.json``."""

    def __init__(self, inner: Target, folder: Path, provenance: str) -> None:
        self.inner = inner
        self.name = inner.name
        self.api_version = inner.api_version
        self.folder = folder / provenance / str(inner.api_version)
        self.provenance = provenance
        self.redactor = Redactor(inner.secrets())

    def start(self) -> None:
        self.inner.start()

    def open(self, scenario_id: str) -> RecordingSession:
        return RecordingSession(self, self.inner.open(scenario_id), scenario_id)

    def offers(self, capability: str) -> bool:
        return self.inner.offers(capability)

    def describe(self) -> dict[str, Any]:
        return {**self.inner.describe(), "recording": str(self.folder)}

    def secrets(self) -> tuple[str, ...]:
        return self.inner.secrets()

    def stop(self) -> None:
        self.inner.stop()

    @property
    def concurrency(self) -> int:
        return getattr(self.inner, "concurrency", 1)

    @property
    def patience(self) -> float | None:
        return self.inner.patience

    @property
    def attached(self) -> str | None:
        return getattr(self.inner, "attached", None)


class RecordingSession:
    """Listens to one conversation."""

    def __init__(self, target: RecordingTarget, inner: Session, scenario_id: str) -> None:
        self._target = target
        self._inner = inner
        self._scenario = scenario_id
        self._heard: list[Exchange] = []

    def send(self, request: Request, step: str) -> Exchange:
        exchange = self._inner.send(request, step)
        self._heard.append(exchange)
        return exchange

    def settle(self, seconds: float) -> None:
        self._inner.settle(seconds)

    def close(self, *, complete: bool = True) -> None:
        """Keep the conversation of a scenario that ran to its end and held; of any other, an older one stays."""
        self._inner.close(complete=complete)
        if complete and self._heard and all(exchange.response for exchange in self._heard):
            self._write()

    def _write(self) -> None:
        target = self._target
        path = target.folder / cassette_format.file_name(self._scenario)
        data = cassette_format.dump([recorded(exchange, target.redactor) for exchange in self._heard])
        unchanged = path.is_file() and path.read_bytes() == data
        beside = path.with_suffix(".provenance.json")
        if unchanged and beside.is_file():
            return  # the date says when these bytes were first seen
        cassette_format.write(path, data)
        origin = {
            "scenario": self._scenario,
            "target": target.name,
            "provenance": target.provenance,
            "api_version": str(target.api_version),
            "recorded": time.strftime("%Y-%m-%d", time.gmtime()),
            "suite_version": __version__,
        }
        cassette_format.write(beside, (json.dumps(origin, indent=2) + "\n").encode())


def recording(target: Target, folder: Path, provenance: str) -> RecordingTarget:
    """``target`` as before, with a cassette of every scenario that holds."""
    return RecordingTarget(target, folder, provenance)


def recorded(exchange: Exchange, redactor: Redactor) -> Interaction:
    """An exchange as a cassette keeps it: without secrets, without what is only transport."""
    request, response = exchange.request, exchange.response
    assert response is not None
    where, body = encoding.target(request.method, request.path, request.params)
    path, mark, query = where.partition("?")
    headers = {name: redactor.thorough(value) for name, value in cassette_format.request_headers(request).items()}
    kept = cassette_format.interaction(
        redactor.thorough(path) + mark + redactor.form_text(query),
        redactor.form_text(body.decode()) if body else None,
        headers,
        request.method,
        response,
    )
    return kept._replace(
        response_headers={name: redactor.thorough(value) for name, value in kept.response_headers.items()},
        response_body=_redacted_body(kept.response_body, redactor),
    )


def _redacted_body(body: bytes, redactor: Redactor) -> bytes:
    try:
        return redactor.json_text(body.decode()).encode()
    except UnicodeDecodeError:
        return redactor.data(body)
