"""``stripe-conformance clean``: take away what runs have left on a target, also runs that crashed."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.errors import ExitCode


@click.command()
@click.option("--target", "-t", required=True, help="stripe, a URL, or a name from conformance.toml.")
@click.option(
    "--run", "run_id", metavar="ID", default="", help="Only what this run left (the id stands in its report)."
)
@click.option("--config", "config_file", metavar="FILE", help="conformance.toml to read (default: searched upward).")
@click.option("--key-env", metavar="NAME", help="Environment variable that holds the target's test key.")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
def command(target: str, run_id: str, config_file: str | None, key_env: str | None, *, dry_run: bool) -> ExitCode:
    """Delete the customers and test clocks that runs have made on a target.

    They are told by their tags (metadata conformance_run); nothing else is touched.

    \b
    Examples:
      stripe-conformance clean -t stripe --dry-run         what is there
      stripe-conformance clean -t stripe --run 3f2a9c41    what one run left
    """
    from conformance.target import leftovers
    from conformance.target.config import Options, load

    where = load(target, Options(config_file=Path(config_file) if config_file else None, key_env=key_env or ""))
    where.start()
    try:
        found = leftovers.find(where, run_id)
        if dry_run:
            for one in found:
                click.echo(f"{one.path}  of run {one.run_id}")
            click.echo(f"{len(found)} objects would be deleted.")
            return ExitCode.CONFORMS
        kept = 0
        with click.progressbar(leftovers.delete(where, found), length=len(found), label="deleting") as deleted:
            for _, gone in deleted:
                kept += not gone
    finally:
        where.stop()
    click.echo(f"{len(found) - kept} objects deleted" + (f", {kept} could not be." if kept else "."))
    return ExitCode.INCOMPLETE if kept else ExitCode.CONFORMS
