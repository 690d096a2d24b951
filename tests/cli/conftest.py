from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from conformance.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

FLOW = """
id: flow
title: A draft stays a draft
covers: [INV-FIN-005]
needs: [invoices.finalize]
given: {invoice: draft-invoice}
steps:
  - id: read
    title: Nothing happened to it
    request: GET /v1/invoices/${invoice.id}
    params: {expand: [customer]}
    expect: {status: 200, body: {status: draft}}
"""


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run a command line in an empty project; give its exit code and what it wrote."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()

    def run(*arguments: str) -> Ran:
        code = main(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def write(cli: object) -> Callable[[str, str], Path]:
    """Put a file into that project."""

    def put(name: str, text: str = FLOW) -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    return put
