"""The command group: commands are imported when they are called, and problems are shown in one place."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.errors import ConformanceError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

#: command -> its line in the help. Each is a module of that name here, with a click command named ``command``.
COMMANDS = {
    "run": "Run scenarios against a target and say what to fix next.",
    "list": "List scenarios with what they need and cover.",
    "explain": "Say in words what a scenario does, or who covers a requirement.",
    "requirements": "Say what of the catalogue is tested, left out, or missing.",
    "lint": "Check scenario files without running them.",
    "audit": "Hold recordings against the contract of their API version.",
    "replay": "Send a recording's requests to a target and compare.",
    "serve": "Serve the embedded reference.",
    "schema": "Print the published JSON Schemas and the contract of an API version.",
    "versions": "Say what changes between two API versions.",
    "mutate": "Plant faults, in recordings and in the reference, and say who notices.",
    "report": "Make reports from a journal.",
    "clean": "Delete what runs have left on a target.",
}

INTERRUPTED = 130
PIPE_CLOSED = 141


class _PipeClosed(Exception):
    pass


class _Commands(click.Group):
    """Knows its commands by name only; a module is imported when its command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        here = Path(__file__).parent
        return [name for name in COMMANDS if (here / f"{name}.py").is_file()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"conformance.cli.{cmd_name}").command
        command.name = cmd_name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.list_commands(ctx) and not args[0].startswith("-"):
            from conformance.errors import did_you_mean

            hint = did_you_mean(args[0], self.list_commands(ctx))
            raise click.UsageError(f"No such command {args[0]!r}. {hint}".strip(), ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise _PipeClosed from None
        return result


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=(
        "Exit codes: 0 conforms, 1 does not, 2 stale baseline, 3 incomplete or not testable, "
        "4 usage or lint, 5 our own error."
    ),
)
@click.version_option(package_name="stripe-invoice-conformance", prog_name="stripe-conformance")
@click.option("--traceback", is_flag=True, help="Show the whole traceback when something of ours breaks.")
def cli(traceback: bool) -> None:
    """Does it behave like Stripe invoices, and where does it not?

    \b
    Start with:
      stripe-conformance run                                  the library against the embedded reference
      stripe-conformance run --target http://127.0.0.1:8420   against a mock of yours
      stripe-conformance explain void-open-invoice            what a scenario does, and how that is known
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit code; every problem is one line on stderr."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        result = cli.main(arguments, prog_name="stripe-conformance", standalone_mode=False)
    except ConformanceError as problem:
        click.echo(f"stripe-conformance: {printable(str(problem))}", err=True)
        return int(problem.exit_code)
    except click.ClickException as problem:
        problem.show()
        return int(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except _PipeClosed:
        _forget_stdout()
        return PIPE_CLOSED
    except Exception as bug:  # noqa: BLE001 - whatever it is, it is ours, and the caller gets a line and a code
        return _our_own(bug, show="--traceback" in arguments)
    return int(result or 0)


def _our_own(bug: Exception, *, show: bool) -> int:
    if show:
        click.echo(printable(traceback.format_exc(), lines=True), err=True)
        where = ""
    else:
        where = f" Traceback: {_keep(traceback.format_exc())}"
    said = printable(str(bug)).strip()
    told = f"{type(bug).__name__}: {said}" if said else type(bug).__name__
    click.echo(f"stripe-conformance: internal error: {told[:300]} [internal]{where}", err=True)
    return int(ExitCode.INTERNAL)


def _keep(text: str) -> str:
    """Write ``text`` to a new file that only the user can read; give its name."""
    handle, name = tempfile.mkstemp(prefix="stripe-conformance-", suffix=".txt")
    with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - it is open already
        file.write(text)
    return name


def printable(text: str, *, lines: bool = False) -> str:
    """``text`` without what a terminal would obey: it may hold what a target sent."""
    kept = "\n" if lines else ""
    return "".join(char if char.isprintable() or char in kept else " " if char == "\t" else "\ufffd" for char in text)


def _forget_stdout() -> None:
    """Python would complain about the closed pipe once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
