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
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

CONFIGURATION = """
[targets.localstripe]
url = "http://127.0.0.1:{{port}}"
start = ["{localstripe}", "--port", "{{port}}", "--from-scratch"]
ready = {{path = "/v1/customers?limit=1", within = 30}}
reset = {{method = "DELETE", path = "/_config/data"}}
key = "sk_test_12345"

[targets.stripe-mock]
url = "http://127.0.0.1:{{port}}"
start = ["{stripe_mock}", "-http-addr", "127.0.0.1:{{port}}"]
key = "sk_test_12345"
"""
#: Nobody needs longer than this for the whole library; a run that does is taken for hung.
PATIENCE = 240


class Ran(NamedTuple):
    """One run of the whole library: exit code, terminal output, seconds, and the journal's lines."""

    code: int
    output: str
    seconds: float
    lines: list[dict[str, Any]]

    @property
    def scenarios(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["type"] == "scenario"]

    @property
    def kinds(self) -> Counter[str]:
        steps = (step for scenario in self.scenarios for step in scenario["steps"])
        return Counter(check["kind"] for step in steps for check in step.get("checks", ()))


def program(variable: str, name: str) -> str:
    found = os.environ.get(variable) or shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed (set {variable} to its path; `nox -s targets` installs it)")
    return found


def run(target: str, folder: Path, **programs: str) -> Ran:
    config = folder / "conformance.toml"
    config.write_text(CONFIGURATION.format(**{"localstripe": "missing", "stripe_mock": "missing", **programs}))
    command = [sys.executable, "-m", "conformance.cli", "run", "-t", target, "--config", str(config)]
    began = time.monotonic()
    ran = subprocess.run(
        [*command, "--report-dir", str(folder / "reports")],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in (folder / "reports" / "journal.ndjson").read_text().splitlines()]
    return Ran(ran.returncode, ran.stdout + ran.stderr, time.monotonic() - began, lines)


@pytest.fixture(scope="module")
def localstripe(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    where = program("LOCALSTRIPE", "localstripe")
    return run("localstripe", tmp_path_factory.mktemp("localstripe"), localstripe=where)


@pytest.fixture(scope="module")
def stripe_mock(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    where = program("STRIPE_MOCK", "stripe-mock")
    return run("stripe-mock", tmp_path_factory.mktemp("stripe-mock"), stripe_mock=where)


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


def test_a_stateless_echo_passes_nothing(stripe_mock: Ran) -> None:
    """Every scenario of the library means a state, a value or an error that no canned body can have."""
    well_behaved(stripe_mock)
    assert [line["id"] for line in stripe_mock.scenarios if line["outcome"] == "pass"] == []
    assert stripe_mock.kinds["wrong"] > 100
