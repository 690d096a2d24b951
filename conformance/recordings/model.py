"""What every capture is turned into, whatever wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from conformance.errors import ConformanceError


class RecordingError(ConformanceError):
    """A capture that cannot be read."""

    code = "recording"


class Captured(NamedTuple):
    """One answer, or one bare body (then ``method`` is empty). Header names are lower-case.

    ``version`` is what the capture says beside the headers; ``group`` names the recording inside a file that holds several;
    ``line`` is 1-based; ``ordered`` is False where the order of a file says nothing about the order of events.
    """

    body: Any
    line: int = 0
    method: str = ""
    path: str = ""
    status: int = 200
    headers: Mapping[str, str] = {}
    request_headers: Mapping[str, str] = {}
    params: Any = None
    version: str = ""
    group: str = ""
    ordered: bool = True
    problem: str = ""  # one line: why the body could not be read
    raw: bytes = b""  # what to look for secrets in
