"""Passive conformance: hold every body of a capture against the contract of the version it was recorded at.

Memory does not grow with the capture: what passes is counted, what does not is kept up to a bound.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from conformance.contract import Contract, Violation, operations, parameters
from conformance.contract.contract import CLIENT_ERROR
from conformance.errors import Place
from conformance.recordings import sources
from conformance.recordings.edited import replaced
from conformance.recordings.findings import Recording, finish
from conformance.recordings.fit import Version, objects, versioned
from conformance.recordings.observed import SHOWING
from conformance.recordings.secrets import secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.api_version import ApiVersion
    from conformance.recordings.model import Captured
    from conformance.results.model import ScenarioResult


class Audit:
    """Audits captures. ``api_version``: judge every body by this version instead of its own ("would it still be
    right?"). ``notes``: also tell which keys and values came only after a body's version.
    """

    def __init__(self, api_version: ApiVersion | None = None, *, notes: bool = False) -> None:
        self.asked, self.notes = api_version, notes

    def run(self, paths: Iterable[Path]) -> Iterator[ScenarioResult]:
        """One result per recording, as they end. Raises RecordingError for a file that cannot be read."""
        for path in sources.files(paths):
            yield from self.file(path)

    def file(self, path: Path) -> Iterator[ScenarioResult]:
        """The recordings of one file."""
        name, used = path.as_posix(), Counter[str]()
        recording: Recording | None = None
        group = None
        for item, version in versioned(sources.read(path), self.asked):
            if recording is None or item.group != group:
                if recording is not None:
                    yield finish(recording)
                group = item.group
                recording = Recording(_name(name, group, used), name, self.asked)
            self._judge(recording, item, version)
            del item  # see `versioned`
        yield finish(recording or Recording(name, name, self.asked))

    def _judge(self, recording: Recording, item: Captured, version: Version) -> None:
        if item.raw:
            for kind in secrets(item.raw):
                recording.secrets.setdefault(kind.what, (kind.severity, Place(recording.file, item.line)))
        body = item.body
        if type(body) is not dict:
            if item.problem:
                recording.keep(item, [Violation("envelope", "INV-API-001", "", item.problem, "warning")])
        elif not item.path or item.path.startswith("/v1/"):
            self._judge_body(recording, item, body, version)

    def _judge_body(self, recording: Recording, item: Captured, body: dict[str, Any], version: Version) -> None:
        if version is not recording.version:
            recording.turn(version)
        recording.count[0] += 1
        edited = replaced(body)
        if edited and recording.replaced is None:
            recording.replaced = Place(recording.file, item.line)
        if body.get("livemode") is True and recording.live is None:
            recording.live = Place(recording.file, item.line)
        found = _violations(item, body, version.edited if edited else version.contract)
        if not edited and body.get("object") in SHOWING:
            found.extend(recording.statuses.judge(item, body))
        if found:
            recording.keep(item, found)
        else:
            recording.passed += 1
        if self.notes and item.status < CLIENT_ERROR:
            recording.ahead(version.contract.notes(inner, str(inner["object"])) for inner in objects(body))


def _violations(item: Captured, body: Any, contract: Contract) -> list[Violation]:
    if item.status >= CLIENT_ERROR:
        return contract.check_error(body)
    if not item.method:
        return contract.check_body(body)
    answer = operations.find(item.method, item.path)
    if answer is None:
        return contract.check_body(body)
    found = contract.check_body(body, answer.schema)
    if item.params and (refused := parameters.check_operation(answer.operation, item.params, contract.basis)):
        found.extend(refused)
    return found


def _name(file: str, group: str, used: Counter[str]) -> str:
    name = f"{file}#{group}" if group else file
    used[name] += 1
    return name if used[name] == 1 else f"{name}#{used[name]}"
