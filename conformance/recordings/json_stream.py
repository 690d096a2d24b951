"""JSON captures element by element: the long array of a HAR or a JSON cassette is never in memory as a whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

from conformance.recordings.model import RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMED = frozenset({"entries", "http_interactions", "interactions", "events"})
ENTERED = frozenset({"log"})
CHUNK = 1 << 16
_SPACE = " \t\r\n"


def items(file: TextIO, name: str) -> Iterator[tuple[str, Any, int]]:
    """``(key, item, line)`` for each element of a streamed array; ``("", document, 1)`` for a document without one.

    Raises RecordingError where the text is not JSON.
    """
    reader = _Reader(file)
    try:
        if reader.peek() == "[":
            yield from reader.array("")
        elif reader.peek() == "{":
            yield from reader.document()
        else:
            yield "", reader.value(), 1
        reader.end()
    except (ValueError, RecursionError) as error:
        from conformance.errors import Place

        raise RecordingError(f"not JSON: {error}", place=Place(name, reader.line)) from None


class _Reader:
    """A window on the file: text before ``at`` is consumed and thrown away."""

    def __init__(self, file: TextIO) -> None:
        self.file, self.text, self.at, self.line, self.ended = file, "", 0, 1, False
        self.longest = 0  # characters of a value so far: with fewer in the window the next is likely to be cut off
        self.decode = json.JSONDecoder().raw_decode

    def more(self, size: int = CHUNK) -> bool:
        """Read on; False at the end of the file."""
        chunk = "" if self.ended else self.file.read(size)
        self.ended = not chunk
        self.text = self.text[self.at :] + chunk
        self.at = 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is not space, or an empty string."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _SPACE:
                self.line += self.text[self.at] == "\n"
                self.at += 1
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def take(self, wanted: str) -> str:
        """Consume the next character, which must be one of ``wanted``."""
        found = self.peek()
        if not found or found not in wanted:
            raise ValueError(f"expected {' or '.join(wanted)}, got {found or 'the end of the file'}")
        self.at += 1
        return found

    def end(self) -> None:
        """Raise ValueError unless all is consumed."""
        if self.peek():
            raise ValueError("text after the end of the document")

    def value(self) -> Any:
        """Consume one whole value."""
        self.peek()
        if len(self.text) - self.at < self.longest and not self.ended:
            self.more()
        size = CHUNK
        while True:
            try:
                value, end = self.decode(self.text, self.at)
            except ValueError:
                size *= 2
                if not self.more(size):
                    raise
                continue
            if end == len(self.text) and not isinstance(value, str | dict | list) and self.more():
                continue  # a number may go on in the next chunk
            self.line += self.text.count("\n", self.at, end)
            self.longest = max(self.longest, end - self.at)
            self.at = end
            return value

    def array(self, key: str) -> Iterator[tuple[str, Any, int]]:
        self.take("[")
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            self.peek()
            line = self.line
            yield key, self.value(), line
            if self.take(",]") == "]":
                return

    def document(self) -> Iterator[tuple[str, Any, int]]:
        """An object: its streamed array element by element, or else the object itself."""
        rest: dict[str, Any] = {}
        streamed = False
        self.take("{")
        while self.peek() != "}":
            key = str(self.value())
            self.take(":")
            if key in STREAMED and self.peek() == "[":
                streamed = True
                yield from self.array(key)
            elif key in ENTERED and self.peek() == "{":
                streamed = True
                yield from self.document()
            else:
                rest[key] = self.value()
            if self.take(",}") == "}":
                break
        else:
            self.at += 1
        if not streamed:
            yield "", rest, 1
