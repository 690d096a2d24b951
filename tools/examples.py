"""Writes `docs/examples`: what the suite says of localstripe and of stripe-mock.

With both programs on the PATH: ``python tools/examples.py``; with one of them its name comes last.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from conformance.errors import ExitCode  # noqa: E402
from conformance.report import html, markdown, page_data  # noqa: E402
from conformance.results.reading import read  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EXAMPLES = ROOT / "docs" / "examples"
CONFIG = (EXAMPLES / "conformance.toml").relative_to(ROOT)
#: Characters of requests and responses in a kept page: those of the first scenarios of each cause.
EVIDENCE = 80_000


class Mock(NamedTuple):
    """A public mock: where it comes from, and whether its page is kept beside the summary."""

    source: str
    about: str
    page: bool


MOCKS = {
    "localstripe": Mock(
        "localstripe 1.15.10 (PyPI)",
        "A mock that keeps state, written when invoices looked otherwise: what it lacks, what crashes it and what it "
        "answers differently are told apart.",
        page=True,
    ),
    "stripe-mock": Mock(
        "github.com/stripe/stripe-mock v0.203.0",
        "Stripe's own stateless mock: every answer has the right shape, and none depends on what was asked before. It "
        "claims no more; the suite has to notice.",
        page=False,
    ),
}


def main(names: Sequence[str]) -> int:
    """Run each mock and write its folder. Neither conforms: any other end of a run is given as the exit code."""
    for name in names or MOCKS:
        folder, reports = EXAMPLES / name, Path("reports") / name
        reports.mkdir(parents=True, exist_ok=True)
        counted = reports / "census.json"
        run = ["run", "--target", name, "--config", str(CONFIG), "--report-dir", str(reports)]
        ended = subprocess.run([sys.executable, "tools/census.py", str(counted), *run], cwd=ROOT, check=False)
        if ended.returncode != ExitCode.NONCONFORMING:
            return ended.returncode
        folder.mkdir(exist_ok=True)
        _write(folder, name, " ".join(["stripe-conformance", *run[:5]]), ROOT / reports)
    return 0


def _write(folder: Path, name: str, command: str, reports: Path) -> None:
    run = read(reports / "journal.ndjson")
    census = json.loads((reports / "census.json").read_text(encoding="utf-8"))
    mock = MOCKS[name]
    lines = [
        f"# {name}",
        "",
        mock.about,
        "",
        f"`{mock.source}`, run on {time.strftime('%Y-%m-%d', time.gmtime(run.header.started))} with `{command}`"
        + ("; the whole report is [report.html](report.html)." if mock.page else "."),
        "",
        markdown.render(run).rstrip(),
        "",
        *_passed(census),
    ]
    (folder / "README.md").write_text(_here("\n".join(lines)) + "\n", encoding="utf-8")
    if mock.page:
        page_data.EVIDENCE = EVIDENCE
        (folder / "report.html").write_text(_here(html.render(run)), encoding="utf-8")


def _passed(census: dict[str, Any]) -> Iterator[str]:
    """The checks that held, those that look alike in one row."""
    passed, asserted = census["passed"], census["asserted"]
    yield "## What it passes"
    yield ""
    yield f"{len(passed):,} of {asserted:,} checks ({len(passed) / asserted:.1%}) that assert state, values or errors"
    yield "for a must-level requirement (`tools/census.py` says which); a check that it never came to is not passed."
    yield ""
    yield "| times | check | for example in |"
    yield "|---:|---|---|"
    alike = Counter(one.split(" > ", 2)[2] for one in passed)
    example = {one.split(" > ", 2)[2]: one.rsplit(" > ", 1)[0] for one in reversed(passed)}
    for check, times in alike.most_common():
        yield f"| {times} | {markdown.code(check)} | {markdown.code(' > '.join(example[check].split(' > ')[:2]))} |"


def _here(text: str) -> str:
    """Without the place of this checkout."""
    return text.replace(f"{ROOT}/", "").replace(str(ROOT), ".")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
