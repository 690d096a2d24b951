"""``stripe-conformance serve``: the embedded reference as a server for people and their SDKs."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

import conformance
from conformance.cli.main import printable
from conformance.errors import ConformanceError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KEY = "sk_test_conformance"
_HOME = Path(conformance.__file__).resolve().parent.parent
_STOP_SECONDS = 5.0
_PARSER = "python -m conformance.reference: error: argument "
_LOOPBACK = frozenset(["127.0.0.1", "::1", "localhost"])


class NotServed(ConformanceError):
    """The server did not start; what it said is the message."""

    code = "not-served"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=12111, show_default=True, help="0 takes a free one.")
@click.option(
    "--api-version", metavar="VERSION", help="For requests without Stripe-Version (default: the newest known)."
)
@click.option("--seed", metavar="TEXT", help="Decides the ids: the same requests get the same ids.")
@click.option(
    "--clock",
    metavar="MOMENT",
    help="Begin at MOMENT (2026-11-01T00:00:00Z) and let requests alone move the time, a quarter of a second each.",
)
@click.option(
    "--state",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep what happens in FILE and begin with what it holds. It has the accounts' keys in it.",
)
@click.option("--webhook", "webhooks", metavar="URL", multiple=True, help="Send every event there, signed. Repeatable.")
@click.option("--webhook-secret", metavar="whsec_…", help="Sign with it (default: a new one, shown at the start).")
def command(
    host: str,
    port: int,
    api_version: str | None,
    seed: str | None,
    clock: str | None,
    state: Path | None,
    webhooks: tuple[str, ...],
    webhook_secret: str | None,
) -> ExitCode:
    """Serve the embedded reference, until Ctrl-C or SIGTERM.

    Any test key is an account of its own; live keys are refused. Point stripe-python, stripe-node or curl at it.

    \b
    Examples:
      stripe-conformance serve
      stripe-conformance serve --port 8420 --api-version 2024-06-20
      stripe-conformance serve --state stripe.state --webhook http://127.0.0.1:5000/webhooks

    Exit codes: 0 stopped by you, 4 it could not start, 5 it ended by itself.
    """
    single = {
        "--host": host,
        "--port": port,
        "--api-version": api_version,
        "--seed": seed,
        "--clock": clock,
        "--state": state and state.absolute(),
        "--webhook-secret": webhook_secret,
    }
    options = [f"{name}={value}" for name, value in single.items() if value is not None]
    options += [f"--webhook={url}" for url in webhooks]
    return _serve(options, state, webhooks)


class Server:
    """The reference as a child in a session of its own, so that Ctrl-C reaches us alone; the end of its input ends it.

    What it writes to stderr is shown from the moment it listens, and is the reason when it never does.
    """

    def __init__(self, options: Sequence[str]) -> None:
        self.child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "conformance.reference", "--exit-with-parent", *options],
            cwd=_HOME,  # no other folder named "conformance" is taken for it
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._said: deque[str] = deque(maxlen=20)
        self._listens = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.child.stderr or ():
            text = printable(line.decode("utf-8", "replace").rstrip())
            if self._listens.is_set():
                click.echo(text, err=True)
            else:
                self._said.append(text)

    def facts(self) -> dict[str, Any]:
        """The next line it writes about itself. Raise NotServed when it ended instead."""
        assert self.child.stdout is not None
        try:
            facts: dict[str, Any] = json.loads(self.child.stdout.readline())
        except ValueError:
            self.child.wait()
            self._reader.join(1)
            raise NotServed(self._said[-1].removeprefix(_PARSER) if self._said else "it wrote nothing") from None
        self._listens.set()
        return facts

    def end(self) -> None:
        """Ask it to stop; what it does not within a few seconds is done to it."""
        with contextlib.suppress(OSError):
            if self.child.stdin:
                self.child.stdin.close()
        try:
            self.child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def close(self) -> None:
        self.end()
        self._reader.join(1)
        for pipe in (self.child.stdout, self.child.stderr):
            if pipe:
                pipe.close()


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM is taken like Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _serve(options: Sequence[str], state: Path | None, webhooks: Sequence[str]) -> ExitCode:
    server = Server(options)
    try:
        with _interruptible():
            facts = server.facts()
            click.echo("\n".join(banner(facts, state, webhooks)) + "\n")
            sys.stdout.flush()
            server.child.wait()
    except KeyboardInterrupt:
        server.end()
        click.echo(farewell(server.facts(), state))
        return ExitCode.CONFORMS
    finally:
        server.close()
    click.echo(f"The server ended by itself with {server.child.returncode}.", err=True)
    return ExitCode.INTERNAL


def banner(facts: dict[str, Any], state: Path | None, webhooks: Sequence[str]) -> Iterator[str]:
    """What somebody who has just started the server wants to copy."""
    url = str(facts["listening"])
    parts = urlsplit(url)
    yield f"Stripe's invoicing on {url}, as of {facts['api_version']}. Ctrl-C stops it."
    yield ""
    rows = {
        "key": f"{_KEY}, or any other sk_test_…: each is an account of its own",
        "curl": f"curl {url}/v1/customers -u {_KEY}: -d email=jenny@example.com",
        "stripe-python": f'stripe.StripeClient("{_KEY}", base_addresses={{"api": "{url}"}})',
        "stripe-node": f'new Stripe("{_KEY}", {{host: "{parts.hostname}", port: {parts.port}, protocol: "http"}})',
        "reset": f"curl -X POST {url}/_reference/reset -u {_KEY}:   empties that account",
    }
    if state:
        kept = f"{_plural(facts['restored'], 'change')}, {_plural(facts['accounts'], 'account')}"
        rows["state"] = f"{state} ({kept}; has keys in it)"
    if webhooks:
        rows["webhooks"] = f"{', '.join(webhooks)}, signed with {facts['webhook_secret']}"
    for name, text in rows.items():
        yield f"  {name:14} {printable(text)}"
    if parts.hostname not in _LOOPBACK:
        yield ""
        yield f"  Whoever can reach {parts.hostname} can use it: any test key opens an account."


def farewell(facts: dict[str, Any], state: Path | None) -> str:
    """One line: what was done, and what was not."""
    said = [f"Stopped after {_plural(facts['requests'], 'request')}"]
    if state:
        said.append(f"the state is in {state}")
    if facts["unkept"]:
        said.append(f"{_plural(facts['unkept'], 'change')} not kept")
    if facts["undelivered"]:
        said.append(f"{_plural(facts['undelivered'], 'event')} not delivered")
    return printable("; ".join(said) + ".")


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
