"""The suite against real third-party mocks, installed and started: no internal error, no hang, defects told apart.

They are found through ``LOCALSTRIPE`` and ``STRIPE_MOCK`` (paths of the programs), which ``nox -s targets`` and
``.ci/run`` set after installing them, or on the PATH. Where they are absent these tests skip and say so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "docs" / "examples" / "conformance.toml"
#: Nobody needs longer than this for the whole library; a run that does is taken for hung.
PATIENCE = 240
#: Of the must-level checks that assert state, values or errors, how many a target may pass that holds no state.
ECHO = 0.05


class Ran(NamedTuple):
    """One run of the whole library: exit code, terminal output, the journal's lines, and which musts it passed."""

    code: int
    output: str
    lines: list[dict[str, Any]]
    asserted: int
    passed: list[str]

    @property
    def scenarios(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["type"] == "scenario"]

    @property
    def kinds(self) -> Counter[str]:
        steps = (step for scenario in self.scenarios for step in scenario["steps"])
        return Counter(check["kind"] for step in steps for check in step.get("checks", ()))


def run(target: str, variable: str, folder: Path) -> Ran:
    found = os.environ.get(variable) or shutil.which(target)
    if not found:
        pytest.skip(f"{target} is not installed (set {variable} to its path; `nox -s targets` installs it)")
    path = os.pathsep.join([str(Path(found).parent), os.environ.get("PATH", "")])
    command = [sys.executable, str(ROOT / "tools" / "census.py"), str(folder / "census.json"), "run", "-t", target]
    ran = subprocess.run(
        [*command, "--config", str(CONFIG), "--report-dir", str(folder / "reports")],
        capture_output=True, text=True, timeout=PATIENCE, check=False, env={**os.environ, "PATH": path},
    )  # fmt: skip
    lines = [json.loads(line) for line in (folder / "reports" / "journal.ndjson").read_text().splitlines()]
    return Ran(ran.returncode, ran.stdout + ran.stderr, lines, **json.loads((folder / "census.json").read_text()))


@pytest.fixture(scope="module")
def localstripe(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run("localstripe", "LOCALSTRIPE", tmp_path_factory.mktemp("localstripe"))


@pytest.fixture(scope="module")
def stripe_mock(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run("stripe-mock", "STRIPE_MOCK", tmp_path_factory.mktemp("stripe-mock"))


def well_behaved(ran: Ran) -> None:
    """Whatever the target did, the run itself went right."""
    assert ran.code == 1, ran.output
    assert "Traceback" not in ran.output
    assert [line["id"] for line in ran.scenarios if line["outcome"] == "error"] == []
    assert ran.lines[-1]["type"] == "footer"
    assert ran.lines[-1]["complete"] is True
    assert len(ran.scenarios) == ran.lines[0]["selected"] > 60


def test_localstripe_is_told_wrong_not_implemented_and_crashed_apart(localstripe: Ran) -> None:
    well_behaved(localstripe)
    assert {"wrong", "not-implemented", "crashed"} <= localstripe.kinds.keys()
    assert "crashes the target" in localstripe.output
    assert "is not implemented" in localstripe.output


def test_a_stateless_echo_passes_no_scenario(stripe_mock: Ran) -> None:
    """Every scenario of the library means a state, a value or an error that no canned body can have."""
    well_behaved(stripe_mock)
    assert [line["id"] for line in stripe_mock.scenarios if line["outcome"] == "pass"] == []
    assert stripe_mock.kinds["wrong"] > 100


def test_a_stateless_echo_passes_hardly_a_check_of_a_must(stripe_mock: Ran, capsys: pytest.CaptureFixture[str]) -> None:
    """Checks that assert state, values or errors; `tools/census.py` counts them, and what passes is printed."""
    share = len(stripe_mock.passed) / stripe_mock.asserted
    alike = Counter(check.split(" > ", 2)[2] for check in stripe_mock.passed)
    with capsys.disabled():
        sys.stdout.write(f"\nstripe-mock passes {len(stripe_mock.passed)} of {stripe_mock.asserted} ({share:.1%}):\n")
        sys.stdout.writelines(f"  {times:3} {check}\n" for check, times in alike.most_common())
    assert stripe_mock.asserted > 2_500
    assert share <= ECHO


# --- the examples that are kept of these runs ------------------------------------------------------------------------

EXAMPLES = sorted(path for path in CONFIG.parent.rglob("*") if path.is_file())


def test_the_examples_are_there() -> None:
    assert {path.relative_to(CONFIG.parent).as_posix() for path in EXAMPLES} >= {
        "README.md",
        "localstripe/README.md",
        "localstripe/report.html",
        "stripe-mock/README.md",
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_small_and_tells_no_place_and_no_key(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text) < 1_500_000
    assert [word for word in ("/work/", "/tmp/", "/home/", "/root/", str(ROOT)) if word in text] == []
    assert "sk_test_12345" not in text or path == CONFIG
