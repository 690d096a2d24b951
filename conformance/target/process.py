"""A child process: in a process group of its own, its output kept for the error, and never left behind."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence

from conformance.errors import ConformanceError
from conformance.target.classify import printable

_STOP_SECONDS = 3.0


class TargetNotStarted(ConformanceError):
    """The start command failed, ended early, or never got ready."""

    code = "target-not-started"


class Process:
    """One child process. ``stdin`` stays open as its lifeline: a child that reads from it ends when we do."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        read_stdout: bool = False,
    ) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            self._child = subprocess.Popen(  # noqa: S603 - the command is the user's own
                [*argv],
                cwd=cwd or None,
                env={**os.environ, **(env or {})},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if read_stdout else self._log,
                stderr=self._log,
                start_new_session=True,
            )
        except OSError as problem:
            self._log.close()
            raise TargetNotStarted(f"cannot start {argv[0]!r}: {problem.strerror}.") from None
        atexit.register(self.stop)  # whoever forgets it, or is interrupted, leaves nothing running

    @property
    def running(self) -> bool:
        return self._child.poll() is None

    @property
    def returncode(self) -> int | None:
        return self._child.poll()

    def first_line(self, within: float) -> bytes:
        """The first line on stdout, or what there is of it when the child ends; empty after ``within`` seconds."""
        assert self._child.stdout is not None
        lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=lambda out=self._child.stdout: lines.put(out.readline()), daemon=True).start()
        try:
            return lines.get(timeout=within)
        except queue.Empty:
            return b""

    def tail(self, limit: int = 600) -> str:
        """The end of what the child wrote, on one printable line."""
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(self._log.tell() - limit, 0))
        return printable(self._log.read().decode("utf-8", "replace"), limit)

    def stop(self) -> None:
        """End the child and everything it started: politely, then not."""
        atexit.unregister(self.stop)
        with contextlib.suppress(OSError):
            if self._child.stdin:
                self._child.stdin.close()
        for harm in (None, signal.SIGTERM, signal.SIGKILL):
            if harm:
                self._signal(harm)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(0.3 if harm is None else _STOP_SECONDS)
                break
        self._signal(signal.SIGKILL)  # whatever of its group has outlived it
        if self._child.stdout:
            self._child.stdout.close()
        self._log.close()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, number)
