"""The wheel carries what it needs: built, looked into, installed into an empty environment, run elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BARE = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON", "COV_"))}


def _run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    words = [str(part) for part in command]
    return subprocess.run(words, cwd=cwd, env=BARE, text=True, capture_output=True, timeout=540, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT, cwd=folder)
    if built.returncode and "No matching distribution found for hatchling" in built.stderr:
        pytest.skip("the package registry is not reachable, so no wheel can be built here")
    assert built.returncode == 0, built.stderr
    return next(folder.glob("stripe_invoice_conformance-*.whl"))


def test_the_wheel_holds_every_scenario_cassette_and_schema(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("conformance/_data/")}
    expected = {
        f"conformance/_data/{path.relative_to(ROOT).as_posix()}"
        for kind in ("scenarios", "cassettes", "schemas")
        for path in (ROOT / kind).rglob("*")
        if path.is_file()
    }
    assert len(expected) > 100
    assert inside == expected


def test_the_wheel_is_no_burden_though_it_carries_the_cassettes_of_every_era(wheel: Path) -> None:
    assert wheel.stat().st_size < 10_000_000


def test_an_installed_wheel_runs_the_suite_outside_the_repository(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "empty"
    venv.create(environment, with_pip=True)
    installed = _run(environment / "bin" / "pip", "install", "-q", wheel, cwd=tmp_path)
    if installed.returncode and "No matching distribution" in installed.stderr:
        pytest.skip("the package registry is not reachable, so the wheel's dependencies cannot be installed here")
    assert installed.returncode == 0, installed.stderr
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for target in ("reference", "cassettes"):
        ran = _run(environment / "bin" / "stripe-conformance", "run", "--target", target, cwd=elsewhere)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert (elsewhere / "reports" / "report.html").stat().st_size > 10_000
