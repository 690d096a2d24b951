"""``stripe-conformance report``: from journals to files, with the run's exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from conformance.cli import main
from conformance.results import baseline, reading
from tests.results import build

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def failed(tmp_path: Path) -> Path:
    return build.write(tmp_path / "journal.ndjson", build.failing("void"), build.scenario("pay"))


def test_the_files_are_made_and_the_exit_code_is_the_runs(
    failed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = {name: tmp_path / "out" / name for name in ("html", "junit", "markdown")}
    code = main(["report", str(failed), *(word for name, path in out.items() for word in (f"--{name}", str(path)))])
    assert code == 1
    assert out["html"].read_text().startswith("<!doctype html>")
    assert ET.fromstring(out["junit"].read_text()).get("failures") == "1"
    assert "not conformant" in out["markdown"].read_text()
    shown = capsys.readouterr().out
    assert "status is open instead of void" in shown
    assert f"Report: {out['html']}" in shown


def test_the_step_summary_is_appended_to(failed: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    main(["report", str(failed), "--markdown", str(summary)])
    assert summary.read_text().startswith("before\n## ")


def test_annotations_are_printed_first(failed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["report", str(failed), "--annotations"])
    assert capsys.readouterr().out.startswith(f"::error file={build.FILE},line=14,title=void::")


def test_shards_are_merged_and_the_merged_journal_kept(tmp_path: Path) -> None:
    one = build.write(tmp_path / "1", build.scenario("a"), run_id="one")
    two = build.write(tmp_path / "2", build.scenario("b"), run_id="two")
    assert main(["report", str(one), str(two), "--merged", str(tmp_path / "all")]) == 0
    assert [scenario.id for scenario in reading.read(tmp_path / "all").scenarios] == ["a", "b"]


def test_a_journal_without_a_footer_is_incomplete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(build.write(tmp_path / "j", build.scenario("a"), close=False))]) == 3
    assert "INCOMPLETE" in capsys.readouterr().out


def test_a_baseline_is_written_kept_to_and_pruned(failed: Path, tmp_path: Path) -> None:
    known = tmp_path / "baseline.yaml"
    assert main(["report", str(failed), "--write-baseline", str(known)]) == 0
    assert main(["report", str(failed), "--baseline", str(known)]) == 0
    mended = build.write(tmp_path / "later", build.scenario("void"), build.scenario("pay"))
    assert main(["report", str(mended), "--baseline", str(known)]) == 2
    assert main(["report", str(mended), "--baseline", str(known), "--prune"]) == 0
    assert baseline.load(known).entries == {}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{tmp}/none"], "cannot be read"),
        (["{tmp}/bad"], "bad:1: is not JSON"),
        (["{journal}", "--html", "{journal}/x/report.html"], "cannot be written"),
        (["{journal}", "--baseline", "{tmp}/none.yaml"], "cannot be read"),
        (["{journal}", "--prune"], "--prune needs --baseline"),
        ([], "JOURNAL"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_4(
    failed: Path, tmp_path: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad").write_text("{oops}\n")
    assert main(["report", *(word.format(tmp=tmp_path, journal=failed) for word in arguments)]) == 4
    err = capsys.readouterr().err
    assert says in err
    assert "Traceback" not in err
