"""Replay: each scenario's cassette is read once and served in strict order. What differs is an error with a name."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from conformance.api_version import ApiVersion
from conformance.errors import ConformanceError, ExitCode, Place
from conformance.target import cassette_format, encoding
from conformance.target.base import NOT_JSON, Exchange, Request, Response, parse_json
from conformance.target.cassette_format import Interaction
from conformance.target.classify import Canary, classify
from conformance.target.redact import Redactor

_PREFERRED = ("stripe", "reference")  # what was seen at Stripe is worth more than what we think of it
_AGAIN = "Record it: stripe-conformance run --target {target} --api-version {version} --record {folder}"


class CassetteMissing(ConformanceError):
    """There is no recording of this scenario at this API version."""

    code = "cassette-missing"
    exit_code = ExitCode.INCOMPLETE


class CassetteMismatch(ConformanceError):
    """The scenario asks for something else than what was recorded, for more, or for less."""

    code = "cassette-mismatch"
    exit_code = ExitCode.INCOMPLETE


class CassetteTarget:
    """The recordings under ``folder/<provenance>/<api version>``; of every provenance, or of the given one."""

    per_worker = True
    attached = None
    concurrency = 1
    patience = None

    def __init__(
        self, folder: Path, api_version: ApiVersion, *, provenance: str = "", without: frozenset[str] = frozenset()
    ) -> None:
        self.name = "cassettes"
        self.api_version = api_version
        self.folder = folder
        self._wanted = provenance
        self._without = without
        self._places: tuple[Path, ...] = ()

    def start(self) -> None:
        """Raise CassetteMissing where nothing at all is recorded at this API version."""
        self._places = tuple(place / str(self.api_version) for place in self._provenances())
        if not any(place.is_dir() for place in self._places):
            there = ", ".join(map(str, self.recorded_versions()))
            raise CassetteMissing(
                f"no cassettes for API version {self.api_version} under {self.folder}.",
                hint=f"--api-version may be {there}. {self._again()}" if there else self._again(),
            )

    def open(self, scenario_id: str) -> CassetteSession:
        """Raise CassetteMissing or CassetteUnreadable."""
        name = cassette_format.file_name(scenario_id)
        for place in self._places:
            path = place / name
            if path.is_file():
                return CassetteSession(scenario_id, path, cassette_format.read(path))
        expected = (self._places or (self.folder,))[0] / name
        raise CassetteMissing(
            f"scenario {scenario_id!r} has no cassette.", place=Place(str(expected)), hint=self._again()
        )

    def recorded_versions(self) -> list[ApiVersion]:
        """The API versions that something is recorded at, oldest first."""
        folders = {place.name for provenance in self._provenances() for place in provenance.glob("*") if place.is_dir()}
        return sorted(version for name in folders if (version := _version(name)))

    def _again(self) -> str:
        return _AGAIN.format(target=self._wanted or "reference", version=self.api_version, folder=self.folder)

    def offers(self, capability: str) -> bool:
        return capability not in self._without and capability.partition(".")[0] not in self._without

    def describe(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "folder": str(self.folder),
            "provenances": [place.parent.name for place in self._places if place.is_dir()],
            "api_version": str(self.api_version),
            "without": sorted(self._without),
        }

    def secrets(self) -> tuple[str, ...]:
        return ()

    def stop(self) -> None:
        """Nothing was started."""

    def _provenances(self) -> list[Path]:
        if self._wanted:
            return [self.folder / self._wanted]
        found = sorted(place for place in self.folder.glob("*") if place.is_dir()) if self.folder.is_dir() else []
        return sorted(
            found, key=lambda place: _PREFERRED.index(place.name) if place.name in _PREFERRED else len(_PREFERRED)
        )


class CassetteSession:
    """One scenario's recording, read from the front."""

    def __init__(self, scenario_id: str, path: Path, interactions: list[Interaction]) -> None:
        self._scenario = scenario_id
        self._path = path
        self._interactions = interactions
        self._next = 0

    def send(self, request: Request, step: str) -> Exchange:
        """Raise CassetteMismatch, which names the step and what differs."""
        if self._next >= len(self._interactions):
            raise self._mismatch(f"step {step!r} sends {request.method} {request.path}, but the recording has ended")
        recorded = self._interactions[self._next]
        self._next += 1
        if differences := _differences(request, recorded):
            raise self._mismatch(f"step {step!r}: request {self._next} differs: {'; '.join(differences)}")
        body = recorded.response_body
        response = Response(recorded.status, recorded.response_headers, body, parse_json(body) if body else NOT_JSON)
        reply, detail = classify(request, response, _STRIPES_OWN)
        return Exchange(request, response, None, reply, detail, time.time())

    def settle(self, seconds: float) -> None:
        """Polls were recorded too: the next answer is there already."""

    def close(self, *, complete: bool = True) -> None:
        """Raise CassetteMismatch when a scenario that ran to its end has left interactions unused."""
        unused = self._interactions[self._next :]
        if complete and unused:
            first = f"{unused[0].method} {unused[0].target}"
            raise self._mismatch(f"{len(unused)} recorded requests were not sent, the first is {first}")

    def _mismatch(self, message: str) -> CassetteMismatch:
        of_version = self._path.parent
        provenance = of_version.parent
        return CassetteMismatch(
            f"scenario {self._scenario!r}: {message}.",
            place=Place(str(self._path)),
            hint=_AGAIN.format(target=provenance.name, version=of_version.name, folder=provenance.parent),
        )


def _version(name: str) -> ApiVersion | None:
    try:
        return ApiVersion.parse(name)
    except ValueError:
        return None


_STRIPES_OWN = Canary(learned=True)
_REDACTOR = Redactor()


def _differences(request: Request, recorded: Interaction) -> list[str]:
    """What of a request is not as recorded; empty in the common case, decided by ``==``."""
    target, body = encoding.target(request.method, request.path, request.params)
    differences = []
    if request.method != recorded.method:
        differences.append(f"method {request.method}, recorded {recorded.method}")
    path, _, query = target.partition("?")
    recorded_path, _, recorded_query = recorded.target.partition("?")
    if path != recorded_path:
        differences.append(f"path {path}, recorded {recorded_path}")
    sent, kept = (body.decode() if body else query), (recorded.body or recorded_query)
    if sent != kept:
        differences += _param_differences(sent, kept)
    for name, value in request.headers.items():
        known = recorded.headers.get(name.lower())
        if known is not None and known != _REDACTOR.thorough(str(value)):
            differences.append(f"header {name}")
    return differences


def _param_differences(sent: str, recorded: str) -> list[str]:
    """Parameter by parameter; their order has no meaning, and secrets are not in the recording."""
    left, right = (parse_qsl(_REDACTOR.form_text(text), keep_blank_values=True) for text in (sent, recorded))
    if sorted(left) == sorted(right):
        return []
    here, there = dict(left), dict(right)
    names = [*here, *(name for name in there if name not in here)]
    return [
        f"param {name}: {_shown(here, name)}, recorded {_shown(there, name)}"
        for name in names
        if here.get(name) != there.get(name)
    ][:5] or ["params are repeated a different number of times"]


def _shown(params: dict[str, str], name: str) -> str:
    return repr(params[name][:80]) if name in params else "nothing"
