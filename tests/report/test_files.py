"""JUnit, markdown and annotations: what CI systems read."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.report import annotations, junit, markdown
from conformance.results.model import Outcome
from tests.report.sample import HOSTILE, sample
from tests.results import build


def test_junit_has_one_suite_per_area_and_one_case_per_scenario() -> None:
    run = sample(12)
    root = ET.fromstring(junit.render(run))
    assert {suite.get("name") for suite in root} == {one.area for one in run.scenarios}
    assert {case.get("name") for case in root.iter("testcase")} == {one.id for one in run.scenarios}
    red = sum(one.outcome in {Outcome.FAIL, Outcome.NOT_TESTABLE} for one in run.scenarios)
    assert (root.get("tests"), root.get("failures")) == (str(len(run.scenarios)), str(red))
    assert len(list(root.iter("failure"))) == red
    assert {
        (case.get("name"), next(iter(case)).tag)
        for case in root.iter("testcase")
        if case.get("name") in {"known-0", "no-search"}
    } == {
        ("known-0", "skipped"),
        ("no-search", "skipped"),
    }


def test_a_junit_failure_says_where_and_how_to_see_it_again() -> None:
    (failure,) = ET.fromstring(junit.render(build.run(build.failing("void-open")))).iter("failure")
    assert "status" in str(failure.get("message"))
    for part in (f"{build.FILE}:14:9", "-k void-open", "+ 'open'"):
        assert part in str(failure.text)


@given(text=st.text(st.characters(codec="utf-8"), max_size=40))
def test_junit_is_xml_whatever_a_target_says(text: str) -> None:
    one = build.scenario(
        "a", build.step("s", build.check(actual=text, message=text, diff=(text,))), reason=text, title=text
    )
    assert ET.fromstring(junit.render(build.run(one))).find(".//failure") is not None


@pytest.mark.parametrize("run", [build.run(), build.run(build.scenario("a"), footer=False)])
def test_a_run_that_is_not_whole_is_never_green_in_junit(run: object) -> None:
    root = ET.fromstring(junit.render(run))  # type: ignore[arg-type]
    assert root.get("errors") == "1"
    assert len(list(root.iter("error"))) == 1


def test_markdown_tells_the_verdict_the_first_causes_and_the_areas() -> None:
    text = markdown.render(sample(12))
    assert text.startswith("## ❌ Stripe invoices: not conformant\n")
    assert "1. POST /v1/invoices/\\{id\\}/finalize crashes the target" in text
    assert "| lifecycle | 14 |" in text
    assert "✅" in markdown.render(build.run(build.scenario("a")))


def test_markdown_is_as_dead_as_text() -> None:
    text = markdown.render(sample(12))
    outside_code = re.sub(r"`[^`]*`", "", text)
    assert "<script>" not in outside_code
    assert not re.search(r"(?<!\\)<(?!/?(?:sub|b)>)", outside_code)
    assert "\x1b" not in text
    bad = build.scenario("a", build.step("s", build.check(path="x", actual="![a](http://evil) @team #1 | `c`")))
    escaped = markdown.escape("![a](http://evil) | <b> `c`")
    assert escaped == r"\!\[a\]\(http://evil\) \| \<b\> \`c\`"
    assert "![a](" not in markdown.render(build.run(bad))


def test_code_survives_backticks() -> None:
    assert markdown.code("a `` b") == "``` a `` b ```"


def test_markdown_says_when_a_run_is_not_whole() -> None:
    assert "> This run is not whole: the journal has no footer" in markdown.render(
        build.run(build.scenario("a"), footer=False)
    )


def test_an_annotation_stands_on_the_line_that_failed() -> None:
    text = annotations.render(build.run(build.failing("void-open"), build.failing("again")))
    assert text == (
        f"::error file={build.FILE},line=14,title=void-open::"
        "status is open instead of void after POST /v1/invoices/{id}/void (2 scenarios)\n"
    )


def test_a_target_cannot_write_a_workflow_command_of_its_own() -> None:
    evil = "x\n::set-env name=PATH::evil\r%0A::error::y"
    one = build.scenario("a,b:c", build.step("s", build.check(path="", message=evil, actual=[1])))
    (line,) = annotations.render(build.run(one)).splitlines()
    assert line.startswith("::error file=")
    assert "title=a%2Cb%3Ac" in line
    assert "%250A" in line
    assert HOSTILE[:8] in annotations.render(sample(12))
    assert "\x1b" not in annotations.render(sample(12))


def test_annotations_are_few_and_a_conforming_run_has_none() -> None:
    many = [build.scenario(f"s{n}", build.step("s", build.check(cause=f"c{n}"))) for n in range(40)]
    assert annotations.render(build.run(*many)).count("::error") == annotations.MOST
    assert annotations.render(build.run(build.scenario("a"))) == ""
