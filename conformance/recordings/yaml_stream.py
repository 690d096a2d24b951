"""YAML cassettes item by item: the parser's events are built into values one interaction at a time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

import yaml

from conformance.recordings.model import RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMED = frozenset({"http_interactions", "interactions"})
_INTEGER = re.compile(r"[-+]?[0-9]+")
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}
DEEPEST = 64


def items(file: BinaryIO, name: str) -> Iterator[tuple[str, Any, int]]:
    """``(key, item, line)`` for each element of the streamed sequences; ``key`` is empty for a root sequence.

    Raises RecordingError with the line of the first syntax error.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events = yaml.parse(file, Loader=loader)
    try:
        yield from _Builder(events).documents()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise _broken(name, line, getattr(error, "problem", None) or str(error)) from None
    except (ValueError, RecursionError) as error:
        raise _broken(name, None, str(error)) from None


def _broken(name: str, line: int | None, what: str) -> RecordingError:
    from conformance.errors import Place

    return RecordingError(f"not YAML: {' '.join(what.split())}", place=Place(name, line))


class _Builder:
    """Plain values out of parser events. Aliases share what they name, so nothing is multiplied."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.anchors: dict[str, Any] = {}

    def documents(self) -> Iterator[tuple[str, Any, int]]:
        for event in self.events:
            if isinstance(event, yaml.SequenceStartEvent):
                yield from self._stream("")
            elif isinstance(event, yaml.MappingStartEvent):
                yield from self._root()

    def _root(self) -> Iterator[tuple[str, Any, int]]:
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self._build(event)
            value = next(self.events)
            if key in STREAMED and isinstance(value, yaml.SequenceStartEvent):
                yield from self._stream(key)
            else:
                self._build(value)

    def _stream(self, key: str) -> Iterator[tuple[str, Any, int]]:
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield key, self._build(event), event.start_mark.line + 1

    def _build(self, event: Any, depth: int = 0) -> Any:
        if depth > DEEPEST:
            raise ValueError(f"nested deeper than {DEEPEST}")
        if isinstance(event, yaml.ScalarEvent):
            value: Any = _scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            value = {}
            for key in iter(lambda: next(self.events), None):
                if isinstance(key, yaml.MappingEndEvent):
                    break
                name = self._build(key, depth + 1)
                value[name if isinstance(name, str) else str(name)] = self._build(next(self.events), depth + 1)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = []
            for item in self.events:
                if isinstance(item, yaml.SequenceEndEvent):
                    break
                value.append(self._build(item, depth + 1))
        else:
            return self.anchors.get(getattr(event, "anchor", ""))
        if event.anchor:
            self.anchors[event.anchor] = value
        return value


def _scalar(event: Any) -> Any:
    text: str = event.value
    if event.tag in {"tag:yaml.org,2002:binary", "!binary"}:
        import base64

        return base64.b64decode(text)
    if event.style or not event.implicit[0]:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if len(text) < 20 and _INTEGER.fullmatch(text) else text
