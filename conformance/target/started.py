"""A server that the suite starts: up with the run, started again when it dies, down at the end."""

from __future__ import annotations

from abc import ABC, abstractmethod

from conformance.target.http import HttpTarget
from conformance.target.process import Process, TargetNotStarted
from conformance.target.settings import Settings

_MOST_RESTARTS = 20  # a server that dies of everything is not worth the wait


class StartedTarget(HttpTarget, ABC):
    """``attach``: another process has started it already."""

    def __init__(self, settings: Settings, *, attach: bool = False) -> None:
        super().__init__(settings, attach=attach)
        self._process: Process | None = None
        self._restarts = 0

    @abstractmethod
    def launch(self) -> Process:
        """The server's process, ready. Raise TargetNotStarted with the end of what it wrote."""

    def start(self) -> None:
        """Raise TargetNotStarted, and what the health gate raises."""
        if not self._attach:
            self._process = self.launch()
            self.health.revive = self._revive
        try:
            super().start()
        except Exception:
            self.stop()
            raise

    def stop(self) -> None:
        self.health.revive = None  # what is still in flight must not start it again
        super().stop()
        self._end()

    def _end(self) -> None:
        if self._process:
            self._process.stop()
            self._process = None

    def _revive(self) -> bool:
        self._end()
        self._restarts += 1
        if self._restarts > _MOST_RESTARTS:
            return False
        try:
            self._process = self.launch()
        except TargetNotStarted:
            return False
        return True
