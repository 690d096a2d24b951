"""What every capture is turned into, whatever wrote it."""

from __future__ import annotations

from typing import Any, NamedTuple

from conformance.errors import ConformanceError


class RecordingError(ConformanceError):
    """A capture that cannot be read."""

    code = "recording"


class Captured(NamedTuple):
    """One answer, or one bare body (then ``method`` is empty). Headers are as the capture has them: read them with
    `header`.

    ``version`` is what the capture says beside the headers; ``group`` names the recording inside a file that holds
    several; ``line`` is 1-based; ``ordered`` is False where the order of a file says nothing about the order of
    events.
    """

    body: Any
    line: int = 0
    method: str = ""
    path: str = ""
    status: int = 200
    headers: Any = None
    request_headers: Any = None
    params: Any = None
    version: str = ""
    group: str = ""
    ordered: bool = True
    problem: str = ""  # one line: why the body could not be read
    raw: bytes = b""  # what to look for secrets in
    at: str = ""  # when it was captured, in the recorder's words


def header(headers: Any, name: str) -> str:
    """The value of the header ``name`` (lower-case), or an empty string; from any dialect's way to keep headers."""
    if not headers:
        return ""
    if type(headers) is dict and type(value := headers.get(name)) is str:
        return value
    return all_headers(headers).get(name, "")


def all_headers(headers: Any) -> dict[str, str]:
    """From a mapping (of strings or lists) or a list of ``{name, value}``; names in lower case."""
    if isinstance(headers, list):
        pairs = [pair for pair in headers if isinstance(pair, dict)]
        return {str(pair.get("name", "")).lower(): str(pair.get("value", "")) for pair in pairs}
    if not isinstance(headers, dict):
        return {}
    return {str(name).lower(): _one(value) for name, value in headers.items()}


def _one(value: Any) -> str:
    return str(value[0] if isinstance(value, list) and value else value)
