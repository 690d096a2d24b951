"""What time it is: the machine's clock, or one that only requests move, so that recordings are byte-stable."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from email.utils import formatdate

#: Requests to the second of a clock that only requests move: time passes, and passes alike in every recording.
REQUESTS_A_SECOND = 4


class Clock:
    """With ``start`` (Unix seconds) it is moved by `tick` alone; without, it runs with the machine."""

    __slots__ = ("_at", "_date", "_start", "_ticks")

    def __init__(self, start: int | None = None) -> None:
        self._start = start
        self._ticks = 0
        self._at = -1
        self._date = b""

    def for_account(self) -> Clock:
        """A clock of one account's own: what others ask for does not move it."""
        return self if self._start is None else Clock(self._start)

    def tick(self) -> None:
        """A request has come."""
        self._ticks += 1

    def now(self) -> int:
        return int(time.time()) if self._start is None else self._start + self._ticks // REQUESTS_A_SECOND

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
