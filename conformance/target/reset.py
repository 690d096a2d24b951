"""Emptying a target before a run, the way its owner says: an HTTP call or a command."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

from conformance.errors import ConformanceError
from conformance.target.base import Request, Response
from conformance.target.classify import printable, summary
from conformance.target.settings import Settings
from conformance.target.wire import WireFailure

_COMMAND_SECONDS = 60.0


class ResetFailed(ConformanceError):
    """A run on leftovers would accuse the target of what an earlier run left behind."""

    code = "reset-failed"


def perform(settings: Settings, ask: Callable[[Request, float], Response]) -> None:
    """Raise ResetFailed. Any 2xx or 204, with whatever body, is a success of the HTTP form."""
    reset = settings.reset
    if reset is None:
        return
    problem = _by_command(settings, reset.command) if reset.command else _by_call(settings, ask)
    if problem:
        raise ResetFailed(
            f"target {settings.name!r} could not be reset: {problem}.", hint="See reset in its configuration."
        )


def _by_call(settings: Settings, ask: Callable[[Request, float], Response]) -> str:
    assert settings.reset
    request = Request(settings.reset.method or "POST", settings.reset.path)
    try:
        response = ask(request, settings.timeout)
    except WireFailure as failure:
        return failure.detail
    return "" if 200 <= response.status < 300 else f"{request.method} {request.path} answered {summary(response)}"


def _by_command(settings: Settings, command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command
            command,
            cwd=settings.cwd or None,
            env={**os.environ, **settings.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]!r} took longer than {_COMMAND_SECONDS:g} s"
    except OSError as problem:
        return f"{command[0]!r}: {problem.strerror}"
    said = printable(done.stdout[-600:].decode("utf-8", "replace"), 200)
    return f"{command[0]!r} ended with {done.returncode}: {said}" if done.returncode else ""
