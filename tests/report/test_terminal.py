from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.report.terminal import render, render_scenario
from conformance.results.model import Outcome
from conformance.results.verdict import MEANING
from conformance.target.redact import Redactor
from tests.report.sample import sample
from tests.results import build

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("color", [True, False])
def test_no_escape_of_the_target_reaches_the_terminal(color: bool) -> None:
    run = sample(12)
    text = render(run, color=color, width=100) + "".join(render_scenario(one, color=color) for one in run.scenarios)
    ours = ESCAPE.sub("", text) if color else text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u200b-\u200f]", ours)
    assert "\\x1b[31mred" in text


def test_the_colors_are_only_ours() -> None:
    codes = {
        code
        for found in re.findall(r"\x1b\[([0-9;]*)m", render(sample(12), color=True, width=100))
        for code in found.split(";")
    }
    assert codes <= {"0", "1", "2", "31", "32", "33", "36"}
    assert "\x1b" not in render(sample(12), color=False, width=100)


def test_a_cause_is_told_once_with_everything_needed_to_go_on() -> None:
    run = build.run(build.failing("void-open"), build.failing("void-again"))
    text = render(run, color=False, width=100)
    assert text.count("status is open instead of void after POST /v1/invoices/{id}/void") == 1
    for part in (
        "2 scenarios, e.g. void-open",
        "HTTP 200 (req_1)",
        "- 'void'",
        "+ 'open'",
        f"{build.FILE}:14:9",
        "-k void-open",
    ):
        assert part in text


def test_the_verdict_counts_and_words_are_said() -> None:
    text = render(sample(12), color=False, width=120)
    assert "NOT CONFORMANT  mock at API version 2026-10-28.endive" in text
    for outcome in (Outcome.FAIL, Outcome.KNOWN, Outcome.NOT_APPLICABLE, Outcome.PASS):
        assert re.search(rf"\d+ {outcome.value} +{re.escape(MEANING[outcome][:30])}", text)


def test_warnings_and_observations_take_one_line_each() -> None:
    warned = build.scenario("w", build.step("s", build.check(outcome=Outcome.WARNING, message="m")))
    text = render(build.run(warned), color=False, width=100)
    assert len([line for line in text.splitlines() if line.startswith("  · ")]) == 1
    assert "CONFORMS" in text
    assert "What to fix" not in text


def test_only_the_first_causes_are_told_and_the_rest_counted() -> None:
    many = [
        build.scenario(
            f"s{n}", build.step("s", build.check(path=f"field_{chr(97 + n // 26)}{chr(97 + n % 26)}", cause=f"c{n}"))
        )
        for n in range(30)
    ]
    text = render(build.run(*many), color=False, width=100)
    assert "20. " in text
    assert "21. " not in text
    assert "10 more causes" in text


def test_a_run_that_is_not_whole_says_so() -> None:
    assert "INCOMPLETE: the journal has no footer" in render(
        build.run(build.scenario("a"), footer=False), color=False, width=100
    )
    assert "no check was evaluated" in render(build.run(), color=False, width=100)


def test_the_report_and_the_next_command_are_named() -> None:
    text = render(build.run(build.failing("a")), color=False, width=100, html=Path("reports/report.html"))
    assert text.splitlines()[-2:] == [
        "Report: reports/report.html",
        f"Next:   stripe-conformance run {build.FILE} --target http://127.0.0.1:1234 -k a",
    ]


def test_stale_baseline_entries_are_listed() -> None:
    stale = [{"scenario": "a", "check": "s/status", "why": "the check holds now", "place": "baseline.yaml:3:5"}]
    text = render(build.run(build.scenario("a"), stale=stale), color=False, width=100)
    assert "baseline.yaml:3:5: a s/status: the check holds now" in text
    assert "STALE BASELINE" in text
    assert "Next:   stripe-conformance report JOURNAL --baseline baseline.yaml --prune" in text


def test_no_line_is_wider_than_the_terminal_but_for_commands() -> None:
    for line in render(sample(12), color=False, width=80).splitlines():
        assert len(line) <= 80 or "stripe-conformance run" in line


def test_a_secret_in_a_result_is_not_printed() -> None:
    key = "sk_test_canary4242424242424242"
    one = build.scenario(
        "a", build.step("s", build.check(actual=key, message=f"got {key}", diff=(f"+ {key}",))), reason=key
    )
    assert key not in render_scenario(one, Redactor((key,)))
