"""What time it is: the machine's clock, or a moment that stands still so that recordings are byte-stable."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from email.utils import formatdate


class Clock:
    """``frozen`` (Unix seconds) stands still; None runs with the machine."""

    __slots__ = ("_at", "_date", "_frozen")

    def __init__(self, frozen: int | None = None) -> None:
        self._frozen = frozen
        self._at = -1
        self._date = b""

    def now(self) -> int:
        return int(time.time()) if self._frozen is None else self._frozen

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
