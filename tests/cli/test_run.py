"""``stripe-conformance run``: our exit codes, and one line for whatever a user gets wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.miniatures import miniature

GOOD = """
id: a
title: A customer is there
covers: [MINE-1]
steps:
  - id: made
    request: POST /v1/customers
    params: {{email: jenny.rosen@example.com}}
    expect: {{status: 200, body: {{email: {email}}}}}
"""


class Shell:
    """A folder in which the command is called as a person would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def scenario(self, text: str = GOOD, *, email: str = "jenny.rosen@example.com", name: str = "a") -> None:
        (self.folder / f"{name}.yaml").write_text(text.format(email=email) if text is GOOD else text)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "conformance.cli", "run", *arguments]
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "STRIPE"))}
        return subprocess.run(
            words, cwd=self.folder, env=environ, capture_output=True, text=True, timeout=60, check=False
        )


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_a_conforming_target_is_0_and_the_report_is_named(shell: Shell) -> None:
    shell.scenario()
    ran = shell.run(".")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "CONFORMS" in ran.stdout
    assert "Report: reports/report.html" in ran.stdout


def test_a_deviation_is_1(shell: Shell) -> None:
    shell.scenario(email="somebody.else@example.com")
    ran = shell.run(".")
    assert ran.returncode == 1
    assert "NOT CONFORMANT" in ran.stdout
    assert "a.yaml:9" in ran.stdout


def test_what_cannot_be_tested_is_3(shell: Shell) -> None:
    shell.scenario(GOOD.format(email="${made.nothing}"))
    shell.scenario(
        "id: b\ntitle: b\ncovers: [MINE-1]\nsteps:\n"
        "  - {id: one, request: GET /v1/customers, params: {limit: 1}, expect: {status: 200}}\n"
        "  - {id: two, request: 'GET /v1/customers/${one.nothing}', expect: {status: 200}}\n",
        name="b",
    )
    (shell.folder / "a.yaml").unlink()
    ran = shell.run(".")
    assert ran.returncode == 3
    assert "INCOMPLETE" in ran.stdout


def test_a_run_in_which_nothing_applies_is_not_green(shell: Shell) -> None:
    shell.scenario(GOOD.format(email="x").replace("covers:", 'versions: "<2015-01-01"\ncovers:'))
    ran = shell.run(".")
    assert ran.returncode == 3
    assert "no check was evaluated" in ran.stdout


BAD_FILES = {
    "malformed YAML": ("id: a\nsteps: [\n", "a.yaml:3:1"),
    "a key nobody knows": (GOOD.format(email="x").replace("title:", "titel:"), "Did you mean 'title'?"),
    "a reference to nothing": (GOOD.format(email="'${maed.email}'"), "maed"),
    "a key given twice": (GOOD.format(email="x") + "id: b\n", "a.yaml:10:1"),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_bad_file_is_4_a_line_per_problem_and_nothing_is_sent(shell: Shell, what: str) -> None:
    text, said = BAD_FILES[what]
    shell.scenario(text)
    with miniature("good") as server:
        ran = shell.run("--target", server.url, ".")
        assert server.calls == []
    assert ran.returncode == 4
    assert said in ran.stderr
    assert all("a.yaml:" in line and "[" in line for line in ran.stderr.splitlines())
    assert "Traceback" not in ran.stdout + ran.stderr


BAD_CALLS = {
    "no such target": (["--target", "refrence", "."], "Did you mean 'reference'?"),
    "nobody listens": (["--target", "http://127.0.0.1:9", "."], "nothing listens on 127.0.0.1:9"),
    "no such path": (["nowhere/"], "nowhere"),
    "no scenario there": (["empty/"], "no scenarios in empty"),
    "a report folder that cannot be": (["--report-dir", "/dev/null/x", "."], "cannot write reports to /dev/null/x"),
    "no such version": (["--api-version", "newest", "."], "not an API version: 'newest'"),
    "no such configuration": (["--config", "nowhere.toml", "."], "nowhere.toml"),
    "no key where one was promised": (["--target", "stripe", "."], "STRIPE_TEST_SECRET_KEY"),
    "no cassettes there": (["--target", "cassettes", "--cassettes", "empty", "."], "empty"),
    "no such baseline": (["--baseline", "nowhere.yaml", "."], "nowhere.yaml"),
}


@pytest.mark.parametrize("what", BAD_CALLS)
def test_a_bad_call_is_one_line_with_what_and_where(shell: Shell, what: str) -> None:
    arguments, said = BAD_CALLS[what]
    shell.scenario()
    (shell.folder / "empty").mkdir()
    ran = shell.run(*arguments)
    assert ran.returncode in {3, 4}
    assert ran.returncode == 4 or what == "no cassettes there"
    assert said in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr
    if ran.returncode == 4:
        assert len(ran.stderr.strip().splitlines()) == 1


def test_a_wrong_key_is_one_line_with_a_hint(shell: Shell) -> None:
    shell.scenario()
    with miniature("one_key_only") as server:
        ran = shell.run("--target", server.url, ".")
    assert ran.returncode == 4
    assert "rejects the key" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


def test_the_callers_own_pytest_settings_and_plugins_play_no_part(shell: Shell) -> None:
    shell.scenario()
    (shell.folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (shell.folder / "conftest.py").write_text("raise RuntimeError('theirs')\n")
    ran = shell.run("a.yaml")
    assert ran.returncode == 0, ran.stdout + ran.stderr
