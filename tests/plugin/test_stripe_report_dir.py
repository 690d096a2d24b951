"""``--stripe-report-dir``: journal, page and JUnit of this run and of no other, in one process or two."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET

import pytest

from tests.plugin.conftest import Project


def test_the_three_files_are_written_and_their_place_is_said(project: Project) -> None:
    project.scenario("first")
    project.scenario("wrong", name="Bob")
    result = project.run("--stripe-report-dir=out")
    assert sorted(path.name for path in (project.path / "out").iterdir()) == [
        "journal.ndjson",
        "junit.xml",
        "report.html",
    ]
    assert "report.html" in result.stdout.str()
    lines = project.journal("out")
    assert [line["type"] for line in lines if line["type"] != "exchange"] == [
        "header",
        "scenario",
        "scenario",
        "footer",
    ]
    assert [line["id"] for line in lines if line["type"] == "scenario"] == ["first", "wrong"]
    assert lines[-1]["complete"] is True
    suite = ET.parse(project.path / "out" / "junit.xml").getroot()
    assert len(list(suite.iter("testcase"))) == 2
    assert len(list(suite.iter("failure"))) == 1


def test_the_last_runs_files_are_never_taken_for_this_runs(project: Project) -> None:
    project.scenario("first")
    project.run()
    result = project.run(target="http://127.0.0.1:9")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert not (project.path / "reports" / "report.html").exists()


@pytest.mark.skipif(os.name != "posix", reason="needs /dev/null")
def test_a_folder_that_cannot_be_written_is_said_before_anything_is_sent(project: Project) -> None:
    project.scenario("first")
    result = project.run("--stripe-report-dir=/dev/null/reports")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*cannot write reports to /dev/null/reports*--report-dir*"])
    assert not project.server.sent
