"""A server that somebody else wrote and that we start: ready when its probe answers, started again when it dies."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

from conformance.target.base import Request
from conformance.target.process import Process, TargetNotStarted
from conformance.target.settings import Settings
from conformance.target.started import StartedTarget
from conformance.target.wire import WireFailure


class ManagedTarget(StartedTarget):
    """``{port}`` in ``start``, ``url`` and ``env`` stands for a free port: every worker then has its own server."""

    def __init__(self, settings: Settings, *, attach: bool = False) -> None:
        self.per_worker = "{port}" in settings.url or any("{port}" in part for part in settings.start)
        super().__init__(_with_port(settings) if self.per_worker else settings, attach=attach and not self.per_worker)

    def launch(self) -> Process:
        process = Process(self.settings.start, cwd=self.settings.cwd, env=self.settings.env)
        problem = self._not_ready(process)
        if problem:
            tail = process.tail()
            process.stop()
            raise TargetNotStarted(
                f"target {self.name!r} {problem}.",
                hint=f"The end of its output: {tail}" if tail else "It wrote nothing.",
            )
        return process

    def _not_ready(self, process: Process) -> str:
        """Wait for readiness; what went wrong, or an empty string."""
        ready = self.settings.ready
        deadline = time.monotonic() + ready.within
        last = "nothing answered"
        while time.monotonic() < deadline:
            if not process.running:
                return f"ended with {process.returncode} before it was ready"
            try:
                response = self.probe(Request("GET", ready.path), max(deadline - time.monotonic(), 0.1))
            except WireFailure as failure:
                last = failure.detail
            else:
                if ready.status in (None, response.status):
                    return "" if process.running else "is not what listens there: the port belongs to another process"
                last = f"GET {ready.path} answered {response.status}"
            time.sleep(0.05)
        return f"was not ready within {ready.within:g} s ({last})"


def _with_port(settings: Settings) -> Settings:
    """Choose a free port; the small chance that another process takes it first shows as a server that is not ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    return replace(
        settings,
        url=settings.url.replace("{port}", port),
        start=tuple(part.replace("{port}", port) for part in settings.start),
        env={name: value.replace("{port}", port) for name, value in settings.env.items()},
    )
