from __future__ import annotations

from typing import Any

import pytest

from conformance.errors import ExitCode
from conformance.results.model import Outcome
from conformance.results.verdict import MEANING, Conclusion, verdict
from tests.results import build

STALE = ({"scenario": "a", "check": "b", "why": "holds now", "place": ""},)


def blocked(id: str = "b") -> Any:
    return build.scenario(id, build.step("s", build.check(outcome=Outcome.NOT_TESTABLE)), outcome=Outcome.NOT_TESTABLE)


@pytest.mark.parametrize(
    ("run", "conclusion", "code"),
    [
        (build.run(build.scenario("a")), Conclusion.CONFORMS, 0),
        (build.run(build.failing("a"), build.scenario("b")), Conclusion.NOT_CONFORMANT, 1),
        (build.run(build.scenario("a"), stale=STALE), Conclusion.STALE_BASELINE, 2),
        (build.run(build.scenario("a"), blocked()), Conclusion.INCOMPLETE, 3),
        (build.run(build.scenario("a"), footer=False), Conclusion.INCOMPLETE, 3),
        (build.run(build.scenario("a"), complete=False), Conclusion.INCOMPLETE, 3),
        (build.run(build.scenario("a"), selected=2), Conclusion.INCOMPLETE, 3),
        (build.run(), Conclusion.INCOMPLETE, 3),
        (build.run(build.untaken("a")), Conclusion.INCOMPLETE, 3),
        (build.run(build.scenario("a"), build.untaken("e", outcome=Outcome.ERROR)), Conclusion.ERROR, 5),
        (build.run(build.failing("a"), blocked(), footer=False, stale=STALE), Conclusion.NOT_CONFORMANT, 1),
        (build.run(build.scenario("a", build.step("s", build.check(outcome=Outcome.WARNING)))), Conclusion.CONFORMS, 0),
        (build.run(build.scenario("a", build.step("s", build.check(outcome=Outcome.KNOWN)))), Conclusion.CONFORMS, 0),
    ],
)
def test_a_run_comes_to_one_word_and_one_exit_code(run: Any, conclusion: Conclusion, code: int) -> None:
    judged = verdict(run)
    assert (judged.conclusion, judged.exit_code) == (conclusion, ExitCode(code))
    assert bool(judged.reasons) is (conclusion is not Conclusion.CONFORMS)


def test_a_run_that_failed_and_was_cut_off_says_both() -> None:
    judged = verdict(build.run(build.failing("a"), footer=False))
    assert judged.reasons == ("1 scenario failed", "the journal has no footer: the run was cut off")
    assert judged.incomplete


def test_counts_hide_nothing() -> None:
    judged = verdict(build.run(build.failing("a"), build.scenario("b", area="pay"), build.untaken("c", area="pay")))
    assert judged.counts == {Outcome.FAIL: 1, Outcome.PASS: 1, Outcome.NOT_APPLICABLE: 1}
    assert [(area.area, area.total) for area in judged.areas] == [("pay", 2), ("void", 1)]
    assert judged.checks == 3 + 1 + 3


def test_every_outcome_word_is_defined() -> None:
    assert set(MEANING) == set(Outcome)
