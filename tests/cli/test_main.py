# ruff: noqa: E501 - messages stand on one line, as they are told
"""The command line as a whole: help, problems as one line, exit codes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from conformance.cli.main import COMMANDS, main, printable
from conformance.cli.main import cli as group
from conformance.errors import ConformanceError, ExitCode, Place

Cli = Callable[..., Any]

PRESENT = group.list_commands(click.Context(group))


class Broken(ConformanceError):
    code = "broken"
    exit_code = ExitCode.INCOMPLETE


def failing_with(monkeypatch: pytest.MonkeyPatch, problem: BaseException) -> None:
    @click.command()
    def command() -> None:
        raise problem

    monkeypatch.setattr(group, "get_command", lambda ctx, name: command)


def test_help_names_the_commands_that_are_there_without_importing_one() -> None:
    script = (
        "import sys; from conformance.cli import main; code = main(['--help']); "
        "print([name for name in sys.modules if name.startswith('conformance.cli.') and name != 'conformance.cli.main']); "
        "print([name for name in ('pytest', 'yaml', 'stripe', 'jsonschema', 'vcr') if name in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["[]", "[]"]
    for name in PRESENT:
        assert f"  {name} " in done.stdout
        assert COMMANDS[name][:40] in done.stdout


def test_a_command_without_a_module_is_not_offered(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "nowhere", "Does nothing.")
    assert "nowhere" not in cli("--help").out
    assert cli("nowhere").code == 4


@pytest.mark.parametrize("name", PRESENT)
def test_every_command_teaches_with_an_example(cli: Cli, name: str) -> None:
    ran = cli(name, "--help")
    assert ran.code == 0
    assert f"stripe-conformance {name}" in ran.out
    assert "xample" in ran.out


def test_an_unknown_command_is_a_usage_error_with_a_suggestion(cli: Cli) -> None:
    ran = cli("explan")
    assert ran.code == 4
    assert ran.err.splitlines()[-1] == "Error: No such command 'explan'. Did you mean 'explain'?"


def test_an_unknown_option_is_a_usage_error(cli: Cli) -> None:
    ran = cli("lint", "--strct")
    assert (ran.code, ran.out) == (4, "")
    assert "No such option" in ran.err


def test_the_version_is_that_of_the_package(cli: Cli) -> None:
    ran = cli("--version")
    assert ran.code == 0
    assert ran.out.startswith("stripe-conformance, version ")


def test_a_problem_is_one_line_and_has_its_own_exit_code(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(monkeypatch, Broken("bad \x1b[31mred\nline", place=Place("a.yaml", 3, 4), hint="Do it well."))
    ran = cli("lint")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "stripe-conformance: a.yaml:3:4: bad \ufffd[31mred line [broken] Do it well.\n"


def test_a_bug_of_ours_is_a_line_and_a_file_with_the_traceback(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    failing_with(monkeypatch, RuntimeError("it broke"))
    ran = cli("lint")
    assert ran.code == 5
    told, _, file = ran.err.strip().partition(" Traceback: ")
    assert told == "stripe-conformance: internal error: RuntimeError: it broke [internal]"
    assert "RuntimeError: it broke" in Path(file).read_text()
    assert Path(file).stat().st_mode & 0o077 == 0


def test_the_traceback_is_shown_where_it_is_asked_for(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(monkeypatch, RuntimeError("it broke"))
    ran = cli("--traceback", "lint")
    assert ran.code == 5
    assert "in command" in ran.err
    assert ran.err.splitlines()[-1] == "stripe-conformance: internal error: RuntimeError: it broke [internal]"


@pytest.mark.parametrize(("problem", "code"), [(KeyboardInterrupt(), 130), (click.Abort(), 130)])
def test_an_interrupt_is_quiet(cli: Cli, monkeypatch: pytest.MonkeyPatch, problem: BaseException, code: int) -> None:
    failing_with(monkeypatch, problem)
    ran = cli("lint")
    assert (ran.code, ran.err.strip()) == (code, "")


def test_a_closed_pipe_is_quiet() -> None:
    command = [sys.executable, "-c", "import sys; from conformance.cli import main; sys.exit(main(['list']))"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_what_a_command_returns_is_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def command() -> ExitCode:
        return ExitCode.STALE_BASELINE

    monkeypatch.setattr(group, "get_command", lambda ctx, name: command)
    assert main(["lint"]) == 2


def test_printable_keeps_text_and_nothing_a_terminal_would_obey() -> None:
    assert printable("grün …\ta\x1b]0;x\x07\r\n") == "grün … a\ufffd]0;x\ufffd\ufffd\ufffd"
    assert printable("a\nb", lines=True) == "a\nb"
