"""Differential replay: a capture's requests are sent to a target, and its answers are held against the recorded ones.

One recording is in memory at a time, and of that at most `MOST` exchanges.
"""

from __future__ import annotations

import uuid
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from conformance.recordings import sources
from conformance.recordings.fit import versioned
from conformance.recordings.replay.conversation import Conversation, Recorded
from conformance.recordings.replay.counts import Tally
from conformance.recordings.replay.results import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.api_version import ApiVersion
    from conformance.results.model import ScenarioResult
    from conformance.target.base import Target

MOST = 5_000  # exchanges of one recording; what comes after them is a recording of its own


class Replay:
    """Replays captures against one target. ``since``: leave out exchanges of older API versions. Counts are in
    ``tally``.
    """

    def __init__(self, target: Target, *, since: ApiVersion | None = None) -> None:
        self.target = target
        self.tally = Tally()
        self._since = since
        self._salt = uuid.uuid4().hex[:12]

    def run(self, paths: Iterable[Path]) -> Iterator[ScenarioResult]:
        """One result per recording, as they end. Raises RecordingError for a file that cannot be read."""
        for path in sources.files(paths):
            yield from self.file(path)

    def file(self, path: Path) -> Iterator[ScenarioResult]:
        """The recordings of one file, one after the other."""
        name, used = path.as_posix(), Counter[str]()
        every = (Recorded(item, version.own.version) for item, version in versioned(sources.read(path), None))
        for group, members in groupby(every, key=lambda one: one.item.group):
            for exchanges in _bounded(one for one in members if self._wanted(one)):
                own = f"{name}#{group}" if group else name
                used[own] += 1
                yield self._recording(own if used[own] == 1 else f"{own}#{used[own]}", name, exchanges)

    def _wanted(self, one: Recorded) -> bool:
        called = bool(one.item.method) and one.item.path.startswith("/v1/")
        return called and (self._since is None or one.version >= self._since)

    def _recording(self, name: str, file: str, exchanges: list[Recorded]) -> ScenarioResult:
        session = self.target.open(name)
        conversation = Conversation(session, self.tally, Result(name, file), self._salt)
        try:
            for one in exchanges:
                conversation.past.note(one.item.body)
            for one in exchanges:
                conversation.play(one)
        finally:
            session.close(complete=False)
        return conversation.result.finish()


def _bounded(exchanges: Iterator[Recorded]) -> Iterator[list[Recorded]]:
    part: list[Recorded] = []
    for one in exchanges:
        part.append(one)
        if len(part) == MOST:
            yield part
            part = []
    if part:
        yield part
