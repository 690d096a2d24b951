"""A token bucket shared by every thread that talks to one target."""

from __future__ import annotations

import threading
import time


class Limiter:
    """At most ``rate`` requests a second on average, one second's worth at once; a rate of 0 limits nothing."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._tokens = max(rate, 1.0)
        self._last = time.monotonic()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Take a token; sleep until there is one."""
        if self._rate <= 0:
            return
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._tokens + (now - self._last) * self._rate, max(self._rate, 1.0)) - 1.0
            self._last = now
            debt = -self._tokens / self._rate  # below zero: the tokens of those who wait already
        if debt > 0:
            time.sleep(debt)
