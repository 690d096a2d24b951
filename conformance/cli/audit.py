"""``stripe-conformance audit``: any capture of Stripe's API against the contract of the version it was recorded at."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.versions import known_version

if TYPE_CHECKING:
    from conformance.errors import ExitCode
    from conformance.results.model import ScenarioResult

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option(
    "--api-version",
    metavar="VERSION",
    help="Ask whether every body would be right at VERSION, whatever it was recorded at.",
)
@click.option("--journal", metavar="FILE", type=_FILE, help="Keep the journal (default: a temporary file).")
@click.option("--html", metavar="FILE", type=_FILE, help="Write the HTML report: one offline file.")
@click.option("--junit", metavar="FILE", type=_FILE, help="Write JUnit XML.")
@click.option("--markdown", metavar="FILE", type=_FILE, help="Append a markdown summary (for $GITHUB_STEP_SUMMARY).")
@click.option("--annotations", is_flag=True, help="Print GitHub annotations on the lines of the captures.")
@click.option("--baseline", metavar="FILE", type=_FILE, help="Judge by this baseline of known failures.")
@click.option("--notes", is_flag=True, help="Also note keys and values that came only after a body's own version.")
@click.option(
    "--verbose", "-v", is_flag=True, help="One line per recording: how many bodies, of which version, and who says so."
)
def command(paths: tuple[Path, ...], **options: Any) -> ExitCode:
    """Hold recordings against the contract of their API version: schema, invariants, lifecycle.

    FILE is a VCR cassette (Ruby VCR, vcrpy, php-vcr, go-vcr), a HAR, JSON lines, a JSON body or webhook payload, a list
    of them, or a folder of such files; .gz is read, too. Nothing is sent anywhere. The version is taken from the
    Stripe-Version header, from the event, or else it is the one that fits best.

    \b
    Examples:
      stripe-conformance audit spec/cassettes
      stripe-conformance audit tests/fixtures/invoice.json -v
      stripe-conformance audit cassettes --api-version newest --html stale.html
    """
    from conformance.cli import journalled
    from conformance.recordings import sources
    from conformance.recordings.audit import Audit
    from conformance.results.verdict import verdict
    from conformance.target.redact import Redactor

    asked = known_version(options["api_version"]) if options["api_version"] else None
    audit = Audit(asked, notes=options["notes"])
    names = [str(path) for path in paths]
    head = journalled.header(
        ("stripe-conformance", "audit", *names),
        api_version=str(asked) if asked else "each body's own",
        target={"name": "recordings", "paths": names},
        selected=len(sources.files(paths)),
    )
    with tempfile.TemporaryDirectory() as folder:
        journal = options["journal"] or Path(folder) / "journal.ndjson"
        journalled.record(audit.run(paths), journal, head, Redactor(), _line if options["verbose"] else None)
        run = journalled.judged(journal, options["baseline"])
        journalled.tell(run, options)
    return verdict(run).exit_code


def _line(result: ScenarioResult) -> str:
    from conformance.cli.main import printable

    by = result.tags.get("api-version-by", "")
    fits = result.tags.get("api-version-fits", "")
    told = f" ({by}{': ' + fits if fits else ''})" if by else ""
    return printable(f"{result.outcome.value:14} {result.id}: {result.reason or result.title}{told}")
