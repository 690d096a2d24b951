"""``python -m conformance.reference``: the server as a process. Prints one JSON line when it listens."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any, cast

import uvicorn

from conformance.reference import webhooks
from conformance.reference.http.app import Reference
from conformance.reference.http.versions import KNOWN, NEWEST
from conformance.reference.model.clock import Clock, parse_moment
from conformance.reference.state import StateFile, StateProblem


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m conformance.reference", description="A Stripe invoicing model over HTTP."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one (default)")
    parser.add_argument("--seed", default="0", help="decides the ids (default: 0)")
    parser.add_argument(
        "--clock",
        type=_moment,
        default=None,
        metavar="2026-11-01T00:00:00Z",
        help="start here and let requests alone move the time, a quarter of a second each",
    )
    parser.add_argument(
        "--api-version", default=NEWEST, type=_version, help=f"for requests without Stripe-Version (default: {NEWEST})"
    )
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="keep what happens in FILE, and begin with what it holds"
    )
    parser.add_argument(
        "--webhook", action="append", default=[], type=_address, metavar="URL", help="send events there; repeatable"
    )
    parser.add_argument(
        "--webhook-secret", type=_secret, metavar="whsec_…", help="sign them with it (default: a new one)"
    )
    parser.add_argument("--exit-with-parent", action="store_true", help="end when standard input ends")
    parser.add_argument("--quiet", action="store_true", help="print nothing but the line that says where it listens")
    parser.add_argument("--misbehave", metavar="NAME", help="be wrong in one way: plant this misbehaviour")
    parser.add_argument("--misbehaviours", action="store_true", help="print all misbehaviours as JSON and end")
    options = parser.parse_args(arguments)
    if len(options.webhook) > webhooks.MOST_ADDRESSES:
        parser.error(f"at most {webhooks.MOST_ADDRESSES} webhooks")
    return options


def _moment(text: str) -> int:
    try:
        return parse_moment(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a moment: {text!r} (write 2026-11-01T00:00:00Z)") from None


def _version(text: str) -> str:
    if text not in KNOWN:
        raise argparse.ArgumentTypeError(f"unknown API version {text!r} (newest: {NEWEST})")
    return text


def _address(text: str) -> str:
    try:
        return webhooks.address(text)
    except ValueError as reason:
        raise argparse.ArgumentTypeError(f"not an address for webhooks: {reason}") from None


def _secret(text: str) -> str:
    if not text.startswith("whsec_") or len(text) <= len("whsec_") or not text.isascii() or not text.isprintable():
        raise argparse.ArgumentTypeError("a secret begins with whsec_")
    return text


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # the protocol is named because asyncio turns off Nagle's delay (40 ms an answer) only on sockets that name it
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(512)
    return listener


async def _serve(server: uvicorn.Server, listener: socket.socket, *, with_parent: bool) -> None:
    if with_parent:
        _watch_parent(server)
    await server.serve([listener])


def _watch_parent(server: uvicorn.Server) -> None:
    """Ask the server to stop once standard input has ended."""
    loop = asyncio.get_running_loop()

    def readable() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            server.should_exit = True

    try:
        loop.add_reader(sys.stdin.fileno(), readable)
    except (ValueError, OSError, NotImplementedError):
        server.should_exit = False


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    if options.misbehaviours or options.misbehave:
        from conformance.reference import misbehaviour  # only a server that is to be wrong knows how

        if options.misbehaviours:
            return misbehaviour.list_all()
        if not misbehaviour.plant(options.misbehave):
            return 1
    try:
        listener = _bind(options.host, options.port)
    except OSError as error:
        print(f"cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    reference = Reference(options.seed, Clock(options.clock), options.api_version)
    try:
        state = _restored(reference, options)
    except StateProblem as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    hooks = None
    if options.webhook:
        hooks = webhooks.Webhooks(options.webhook, options.webhook_secret or webhooks.new_secret())
        reference.listen(hooks.tell)
    _say(_started(listener, reference, state, hooks))
    _run(reference, listener, with_parent=options.exit_with_parent)
    undelivered = hooks.stop() if hooks else 0
    if state:
        state.close()
    if not options.quiet:
        unkept = state.lost if state else 0
        _say({"stopped": True, "requests": reference.answered, "undelivered": undelivered, "unkept": unkept})
    return 0


def _restored(reference: Reference, options: argparse.Namespace) -> StateFile | None:
    """The state file, played back; None without one."""
    if options.state is None:
        return None
    made_with = {"seed": options.seed, "clock": options.clock, "api_version": options.api_version}
    state = StateFile(options.state, made_with)
    state.restore(reference)
    return state


def _started(
    listener: socket.socket, reference: Reference, state: StateFile | None, hooks: webhooks.Webhooks | None
) -> dict[str, Any]:
    """What a program that starts the server needs to know of it."""
    host, port = listener.getsockname()[:2]
    return {
        "listening": f"http://{f'[{host}]' if ':' in host else host}:{port}",
        "pid": os.getpid(),
        "api_version": reference.version,
        **({"accounts": reference.accounts, "restored": state.restored} if state else {}),
        **({"webhook_secret": hooks.secret} if hooks else {}),
    }


def _say(fact: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(fact), flush=True)  # noqa: T201


def _run(reference: Reference, listener: socket.socket, *, with_parent: bool) -> None:
    config = uvicorn.Config(
        cast("Any", reference),
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="critical",
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        backlog=512,
    )
    _look_once_for_garbage()
    loop = _new_loop()
    try:
        loop.run_until_complete(_serve(uvicorn.Server(config), listener, with_parent=with_parent))
    finally:
        loop.close()


def _look_once_for_garbage() -> None:
    """What the collector finds alive it never looks at again: what is stored stays, and most of it is stored."""

    def keep(phase: str, _: object) -> None:
        if phase == "stop":
            gc.freeze()

    gc.freeze()
    gc.set_threshold(50_000)
    gc.callbacks.append(keep)


def _new_loop() -> asyncio.AbstractEventLoop:
    """The loop of uvloop where that is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


if __name__ == "__main__":
    sys.exit(main())
