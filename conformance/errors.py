"""One class per problem a user can cause or meet. Each renders as one line: where, what, how to go on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command tells its caller (the shell, CI)."""

    CONFORMS = 0
    NONCONFORMING = 1
    STALE_BASELINE = 2
    INCOMPLETE = 3
    USAGE = 4
    INTERNAL = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file, 1-based; ``line`` and ``column`` are None where only the file is known."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class ConformanceError(Exception):
    """Base of every problem shown to a user. Subclasses set ``code`` and, where it is not 4, ``exit_code``."""

    code = "error"
    exit_code = ExitCode.USAGE
    ends_the_run = False  # True: no further scenario may be sent (a live key, a livemode body)

    def __init__(self, message: str, *, place: Place | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        hint = f" {self.hint}" if self.hint else ""
        return " ".join(f"{where}{self.message} [{self.code}]{hint}".split())


def did_you_mean(word: str, known: object) -> str:
    """A hint naming the nearest of ``known`` (an iterable of str), or an empty string."""
    import difflib

    near = difflib.get_close_matches(word, [str(k) for k in known], n=1, cutoff=0.6)  # type: ignore[attr-defined]
    return f"Did you mean {near[0]!r}?" if near else ""
