"""``stripe-conformance replay``: a capture's requests against a target, its answers beside the recorded ones."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.versions import known_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.errors import ExitCode
    from conformance.recordings.replay_counts import Tally
    from conformance.target.base import Target

_FILE = click.Path(dir_okay=False, path_type=Path)
_MOST = 30  # kinds of difference that are printed


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="RECORDING…", type=click.Path(path_type=Path))
@click.option(
    "--target",
    "-t",
    default="reference",
    show_default=True,
    help="reference, stripe, a URL, or a name from conformance.toml.",
)
@click.option("--since", metavar="VERSION", help="Leave out exchanges of API versions before VERSION.")
@click.option("--config", "config_file", metavar="FILE", type=_FILE, help="conformance.toml to read.")
@click.option("--key-env", metavar="NAME", help="Environment variable that holds the target's test key.")
@click.option("--journal", metavar="FILE", type=_FILE, help="Keep the journal (default: a temporary file).")
@click.option("--html", metavar="FILE", type=_FILE, help="Write the HTML report: one offline file.")
@click.option("--junit", metavar="FILE", type=_FILE, help="Write JUnit XML.")
@click.option("--markdown", metavar="FILE", type=_FILE, help="Append a markdown summary (for $GITHUB_STEP_SUMMARY).")
@click.option("--baseline", metavar="FILE", type=_FILE, help="Judge by this baseline of known failures.")
@click.option("--differences", is_flag=True, help="List every kind of difference, most frequent first.")
@click.option("--verbose", "-v", is_flag=True, help="One line per recording.")
def command(paths: tuple[Path, ...], **options: Any) -> ExitCode:
    """Send a recording's requests to a target and compare what comes back.

    RECORDING is any capture that `audit` reads and that holds requests. They are sent in their order, each at the API
    version of its own, with the recording's ids replaced by the target's. An answer is compared field by field; ids,
    times and urls count as equal where they stand for the same thing. What was there before a recording began is made
    again where the recording shows it (prices, coupons, customers); a request that needs anything else is counted
    apart.

    \b
    Examples:
      stripe-conformance replay spec/cassettes --target http://127.0.0.1:8420
      stripe-conformance replay checkout.har -t mock --html replay.html --differences
    """
    from conformance.recordings.replay import Replay
    from conformance.results.verdict import verdict
    from conformance.target.config import Options, load

    since = known_version(options["since"]) if options["since"] else None
    target = load(options["target"], Options(config_file=options["config_file"], key_env=options["key_env"] or ""))
    replay = Replay(target, since=since)
    with tempfile.TemporaryDirectory() as folder:
        journal = options["journal"] or Path(folder) / "journal.ndjson"
        _record(replay, paths, journal, verbose=options["verbose"])
        run = _judged(journal, options["baseline"])
        _write(run, options)
    click.echo("\n".join(_told(replay.tally, every=options["differences"])))
    return verdict(run).exit_code


def _record(replay: Any, paths: tuple[Path, ...], journal: Path, *, verbose: bool) -> None:
    """Replay into the journal, a recording at a time. The target is up for as long as that takes."""
    from conformance.cli.audit import _line
    from conformance.recordings import sources
    from conformance.results.journal import JournalWriter
    from conformance.target.redact import Redactor

    sources.files(paths)  # a path that does not exist is told before anything is started
    target: Target = replay.target
    target.start()
    try:
        writer = JournalWriter(journal, _header(target, paths), Redactor(target.secrets()))
        complete, reason = False, "the replay stopped"
        try:
            for result in replay.run(paths):
                writer.write(result)
                if verbose:
                    click.echo(_line(result))
            complete, reason = True, ""
        finally:
            writer.close(ended=time.time(), complete=complete, reason=reason)
    finally:
        target.stop()


def _header(target: Target, paths: tuple[Path, ...]) -> Any:
    import platform
    import uuid
    from importlib.metadata import version

    from conformance.results.journal import Header

    return Header(
        run_id=uuid.uuid4().hex[:12],
        suite_version=version("stripe-invoice-conformance"),
        api_version="each exchange's own",
        target=target.describe(),
        selected=0,
        started=time.time(),
        python=platform.python_version(),
        command=("stripe-conformance", "replay", *(str(path) for path in paths), "--target", target.name),
    )


def _judged(journal: Path, baseline_file: Path | None) -> Any:
    from conformance.cli.audit import _judged as judged

    return judged(journal, baseline_file)


def _write(run: Any, options: dict[str, Any]) -> None:
    from conformance.report import terminal

    for name, mode in (("html", "w"), ("junit", "w"), ("markdown", "a")):
        if options[name] is not None:
            from importlib import import_module

            options[name].parent.mkdir(parents=True, exist_ok=True)
            with options[name].open(mode, encoding="utf-8") as file:
                file.write(import_module(f"conformance.report.{name}").render(run))
    width = shutil.get_terminal_size().columns
    click.echo(terminal.render(run, color=sys.stdout.isatty(), width=width, html=options["html"]))


def _told(tally: Tally, *, every: bool) -> Iterator[str]:
    """The counts: a table by version, what could not be replayed and why, and the differences."""
    from conformance.match.values import safe, show

    yield "Fields equal of fields compared, by API version"
    yield from tally.table().splitlines()
    if tally.restored:
        made = ", ".join(f"{number} {plural}" for plural, number in tally.restored.most_common())
        yield f"Made again before a request needed it: {made}"
    for reason, number in tally.reasons.most_common(_MOST):
        yield f"  {number:>6,}  {safe(reason)}"
    kinds = sorted(tally.differences.items(), key=lambda one: -one[1].count)
    for kind, found in kinds if every else kinds[:_MOST]:
        what = f"{kind.object}.{kind.field}".rstrip(".")
        yield safe(f"  {found.count:>6,}  {what} {kind.how}: {show(found.expected)} -> {show(found.actual)}")
    if not every and len(kinds) > _MOST:
        yield f"  … {len(kinds) - _MOST:,} more kinds of difference (--differences)"
