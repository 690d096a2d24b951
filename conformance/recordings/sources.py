"""Files and folders -> captured items, one at a time, whatever the format. Nothing is ever read as a whole."""

from __future__ import annotations

import gzip
import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from conformance.errors import Place
from conformance.recordings import dialects, json_stream, yaml_stream
from conformance.recordings.model import Captured, RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LONGEST_LINE = 64 << 20
CHUNK = 1 << 18  # what is unpacked at once
_LINES = (".jsonl", ".ndjson")
_YAML = (".yml", ".yaml")
_JSON = (".json", ".har")
READ = (*_LINES, *_YAML, *_JSON)


def files(paths: Iterable[Path]) -> list[Path]:
    """Every capture under ``paths``, in order. Raises RecordingError for a path that does not exist or holds none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [file for file in sorted(path.rglob("*")) if file.is_file() and _suffix(file) in READ]
            if not inside:
                raise RecordingError(
                    "no captures in this folder", place=Place(str(path)), hint=f"Read are {', '.join(READ)}."
                )
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise RecordingError("no such file", place=Place(str(path)))
    return found


def _suffix(path: Path) -> str:
    return (path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower()


def read(path: Path) -> Iterator[Captured]:
    """The items of one file, in its order. Raises RecordingError where the file cannot be read."""
    suffix = _suffix(path)
    with _opened(path) as file:
        if suffix in _LINES:
            yield from _lines(file, path)
        elif suffix in _YAML or (suffix not in _JSON and not _looks_like_json(file)):
            yield from _items(yaml_stream.items(file, str(path)), ordered=True)
        else:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
            yield from _items(json_stream.items(text, str(path)), ordered=False)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            yield io.BufferedReader(file, CHUNK) if isinstance(file, gzip.GzipFile) else file
    except (OSError, EOFError) as error:
        raise RecordingError(f"cannot be read: {error}", place=Place(str(path))) from None


def _looks_like_json(file: Any) -> bool:
    return bool(file.peek(64)[:64].lstrip()[:1] in {b"{", b"["})


def _items(items: Iterator[tuple[str, Any, int]], *, ordered: bool) -> Iterator[Captured]:
    for key, item, line in items:
        found = dialects.captured(
            item, line, ordered=ordered or key in {"entries", "http_interactions", "interactions"}
        )
        if found is not None:
            yield found


def _lines(file: BinaryIO, path: Path) -> Iterator[Captured]:
    import orjson

    from conformance.target.base import NOT_JSON, parse_json

    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        try:
            item = orjson.loads(line)
        except orjson.JSONDecodeError:
            if not line.strip():
                continue
            item = parse_json(line)
            if item is NOT_JSON:
                raise RecordingError("this line is not JSON", place=Place(str(path), number)) from None
        found = dialects.captured(item, number, line)
        if found is not None:
            yield found
        item = found = None  # see `fit.versioned`
