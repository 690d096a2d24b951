"""Records the committed cassettes from the embedded reference: the newest API version and one of each era.

    python tools/record.py                 # every version of VERSIONS, about ten seconds each
    python tools/record.py 2024-06-20      # one of them

A version is recorded as a whole or not at all: the library must hold there. Cassettes of scenarios that are gone are
taken away; those that come out with the same bytes keep their date.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from conformance.api_version import ApiVersion  # noqa: E402
from conformance.scenario.loader import Library  # noqa: E402
from conformance.target.cassette_format import file_name  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

CASSETTES = ROOT / "cassettes"
PROVENANCE = "reference"
#: One of each era, those that the reference's own tests exercise, and the newest.
VERSIONS = (
    "2024-06-20",
    "2024-12-18.acacia",
    "2025-03-31.basil",
    "2025-11-17.clover",
    "2026-08-26.dahlia",
    "2026-10-28.endive",
)


def expected(version: str) -> set[str]:
    """The names of the cassettes that belong to ``version``: one per scenario that holds there."""
    asked = ApiVersion.parse(version)
    return {file_name(one.id) for one in Library().scenarios([ROOT / "scenarios"]) if asked in one.versions}


def record(version: str, folder: Path) -> int:
    """Record ``version`` under ``folder`` and give the run's exit code; leftovers go only after a run that held."""
    run = [sys.executable, "-m", "conformance.cli", "run", "--target", "reference", "--api-version", version]
    code = subprocess.run([*run, "-n", "2", "--record", str(folder)], cwd=ROOT, check=False).returncode
    if code == 0:
        belongs = expected(version)
        for cassette in (folder / PROVENANCE / version).glob("*.yaml"):
            if cassette.name not in belongs:
                cassette.unlink()
                cassette.with_suffix(".provenance.json").unlink(missing_ok=True)
    return code


def main(arguments: Sequence[str]) -> int:
    """Give the first exit code that is not 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("versions", nargs="*", metavar="VERSION", help=f"one of {', '.join(VERSIONS)}")
    versions = parser.parse_args(arguments).versions
    if unknown := [version for version in versions if version not in VERSIONS]:
        parser.error(f"no cassettes are kept of {', '.join(unknown)}")
    return next((code for version in versions or VERSIONS if (code := record(version, CASSETTES))), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
