"""``stripe-conformance replay``: a capture's requests against a target, its answers beside the recorded ones."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.versions import known_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.errors import ExitCode
    from conformance.recordings.replay.counts import Tally
    from conformance.results.model import ScenarioResult

_FILE = click.Path(dir_okay=False, path_type=Path)
_MOST = 12  # rows of a section that are printed


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
@click.option("--differences", is_flag=True, help="List every kind of difference, not only the most frequent ones.")
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
    from conformance.cli import journalled
    from conformance.recordings import sources
    from conformance.recordings.replay import Replay
    from conformance.results.verdict import verdict
    from conformance.target.config import Options, load
    from conformance.target.redact import Redactor

    since = known_version(options["since"]) if options["since"] else None
    target = load(options["target"], Options(config_file=options["config_file"], key_env=options["key_env"] or ""))
    replay = Replay(target, since=since)
    sources.files(paths)  # a path that does not exist is told before anything is started
    with tempfile.TemporaryDirectory() as folder:
        journal = options["journal"] or Path(folder) / "journal.ndjson"
        target.start()
        try:
            head = journalled.header(
                ("stripe-conformance", "replay", *(str(path) for path in paths), "--target", target.name),
                api_version="each exchange's own",
                target=target.describe(),
            )
            shown = _line if options["verbose"] else None
            journalled.record(replay.run(paths), journal, head, Redactor(target.secrets()), shown)
        finally:
            target.stop()
        run = journalled.judged(journal, options["baseline"])
        journalled.tell(run, options)
    click.echo("\n".join(_told(replay.tally, every=options["differences"])))
    return verdict(run).exit_code


def _line(result: ScenarioResult) -> str:
    from conformance.cli.main import printable

    return printable(f"{result.outcome.value:14} {result.id}: {result.reason or result.title}")


def _told(tally: Tally, *, every: bool) -> Iterator[str]:
    """The counts: a table by version, what differs, what was not sent or not compared, and why."""
    yield "Fields equal of fields compared, by API version of the exchanges"
    yield from tally.table().splitlines()
    yield from _section("Differences", _differences(tally), every=every)
    yield from _section("Not replayed (exchanges)", tally.reasons.most_common(), every=every)
    yield from _section("Not compared (fields)", _uncounted(tally), every=every)
    yield from _section("Made again, for a request needed it", tally.restored.most_common(), every=every)


def _differences(tally: Tally) -> list[tuple[str, int]]:
    from conformance.match.values import show

    return [
        (f"{kind}: {show(found.expected)} -> {show(found.actual)}, first at {found.where}", found.count)
        for kind, found in sorted(tally.differences.items(), key=lambda one: -one[1].count)
    ]


def _uncounted(tally: Tally) -> list[tuple[str, int]]:
    return [(why, number) for (_, why), number in tally.uncounted.most_common()]


def _section(title: str, rows: list[tuple[str, int]], *, every: bool) -> Iterator[str]:
    from conformance.match.values import safe

    if not rows:
        return
    yield ""
    yield title
    for text, number in rows if every else rows[:_MOST]:
        yield safe(f"{number:>8,}  {text}")
    if not every and len(rows) > _MOST:
        yield f"{'':8}  … {len(rows) - _MOST:,} more (--differences)"
