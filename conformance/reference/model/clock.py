"""What time it is: the machine's clock, or one that only requests move, so that recordings are byte-stable."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from email.utils import formatdate

#: Requests to the second of a clock that only requests move: time passes, and passes alike in every recording.
REQUESTS_A_SECOND = 4


class Clock:
    """With ``start`` (Unix seconds) it is moved by `tick` alone; without, it is the machine's time at the last look:
    one moment for the whole of a request. ``held`` takes the place of the machine's time while a state is restored.
    """

    __slots__ = ("_at", "_date", "_now", "_start", "held", "ticks")

    def __init__(self, start: int | None = None) -> None:
        self._start = start
        self.ticks = 0
        self.held: int | None = None
        self._at = -1
        self._date = b""
        self.look()

    def for_account(self) -> Clock:
        """A clock of one account's own: what others ask for does not move it."""
        return self if self._start is None else Clock(self._start)

    def tick(self) -> None:
        """A request has come."""
        self.ticks += 1
        self.look()

    def look(self) -> None:
        """See what time it is."""
        self._now = self.held if self.held is not None else int(time.time())

    def now(self) -> int:
        return self._now if self._start is None else self._start + self.ticks // REQUESTS_A_SECOND

    def date(self) -> bytes:
        """The ``Date`` header, made once per second."""
        now = self.now()
        if now != self._at:
            self._at, self._date = now, formatdate(now, usegmt=True).encode()
        return self._date


def parse_moment(text: str) -> int:
    """Unix seconds of ``2026-11-01T00:00:00Z`` (or of a plain integer). Raise ValueError when it is neither."""
    if text.isdigit():
        return int(text)
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp())
