from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from conformance.match.values import MISSING
from conformance.results import baseline
from conformance.results.model import Outcome
from conformance.results.verdict import Conclusion, verdict
from tests.results import build

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2026, 11, 20)


def stored(path: Path, *entries: str) -> Path:
    path.write_text("target: mock\nentries:\n" + "".join(entries) if entries else "entries: []\n")
    return path


def entry(scenario: str = "a", check: str = "voided/body:status", more: str = "") -> str:
    return f"  - scenario: {scenario}\n    check: {check}\n    reason: the mock has no void\n{more}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "baseline.yaml"


def blocked(id: str = "a", setup: str = "open-invoice") -> Any:
    failed = build.step(
        "opened", build.check("opened/status", outcome=Outcome.NOT_TESTABLE, aspect="status", path=""), setup=setup
    )
    rest = build.step("voided", outcome=Outcome.NOT_TESTABLE, passed=0, exchanges=())
    return build.scenario(id, failed, rest, outcome=Outcome.NOT_TESTABLE)


def test_a_failure_in_the_baseline_is_known_and_the_run_conforms(file: Path) -> None:
    known = baseline.load(stored(file, entry()))
    result = known.apply(build.failing("a"), TODAY)
    assert (result.outcome, result.steps[0].outcome, result.steps[0].checks[0].outcome) == (Outcome.KNOWN,) * 3
    assert "the mock has no void" in result.steps[0].checks[0].source
    assert verdict(known.judge(build.run(result), TODAY)).conclusion is Conclusion.CONFORMS


def test_another_failure_of_the_same_scenario_still_fails(file: Path) -> None:
    known = baseline.load(stored(file, entry()))
    two = build.scenario("a", build.step("voided", build.check(), build.check("voided/body:total", path="total")))
    result = known.apply(two, TODAY)
    assert (result.outcome, [check.outcome for check in result.steps[0].checks]) == (
        Outcome.FAIL,
        [Outcome.KNOWN, Outcome.FAIL],
    )


def test_steps_left_out_because_of_a_known_failure_are_known_with_it(file: Path) -> None:
    known = baseline.load(stored(file, entry()))
    rest = build.step("later", outcome=Outcome.NOT_TESTABLE, passed=0, exchanges=())
    result = known.apply(build.scenario("a", build.step("voided", build.check()), rest), TODAY)
    assert (result.outcome, result.steps[1].outcome) == (Outcome.KNOWN, Outcome.KNOWN)


def test_a_setup_that_is_known_to_fail_makes_its_scenario_known(file: Path) -> None:
    known = baseline.load(stored(file, entry(check="open-invoice/opened/status")))
    assert known.apply(blocked(), TODAY).outcome is Outcome.KNOWN
    assert known.judge(build.run(known.apply(blocked(), TODAY)), TODAY).stale == ()


def test_a_scenario_that_is_not_in_the_baseline_is_given_back_as_it_was(file: Path) -> None:
    result = build.failing("b")
    assert baseline.load(stored(file, entry())).apply(result, TODAY) is result


def test_a_target_that_is_gone_is_never_known(file: Path) -> None:
    gone = build.check("voided/body:status", kind="unreachable", outcome=Outcome.NOT_TESTABLE)
    result = baseline.load(stored(file, entry())).apply(build.scenario("a", build.step("voided", gone)), TODAY)
    assert result.outcome is Outcome.NOT_TESTABLE


def test_an_entry_that_holds_by_now_fails_the_run(file: Path) -> None:
    run = baseline.load(stored(file, entry())).judge(build.run(build.scenario("a")), TODAY)
    (stale,) = run.stale
    assert (stale["scenario"], stale["place"]) == ("a", f"{file}:3:5")
    assert "holds now" in stale["why"]
    assert verdict(run).exit_code == 2


def test_an_expired_entry_counts_no_longer(file: Path) -> None:
    known = baseline.load(stored(file, entry(more="    expires: 2026-11-19\n")))
    result = known.apply(build.failing("a"), TODAY)
    assert result.outcome is Outcome.FAIL
    assert [stale["why"] for stale in known.judge(build.run(result), TODAY).stale] == ["expired on 2026-11-19"]
    until_today = baseline.load(stored(file, entry(more="    expires: 2026-11-20\n")))
    assert until_today.apply(build.failing("a"), TODAY).outcome is Outcome.KNOWN


def test_an_entry_that_matches_nothing_is_stale_with_the_nearest_check(file: Path) -> None:
    known = baseline.load(stored(file, entry(check="voidd/body:status")))
    (stale,) = known.judge(build.run(build.failing("a")), TODAY).stale
    assert "no such check" in stale["why"]
    assert "'voided/body:status'" in stale["why"]


def test_an_entry_for_no_scenario_is_stale_with_the_nearest_scenario(file: Path) -> None:
    known = baseline.load(stored(file, entry("void-opn")))
    (stale,) = known.judge(build.run(build.failing("void-open")), TODAY).stale
    assert "'void-open'" in stale["why"]


@pytest.mark.parametrize(
    "run",
    [
        build.run(build.scenario("b"), command=("run", "-k", "b")),
        build.run(build.scenario("b"), complete=False),
        build.run(build.untaken("a")),
        build.run(build.untaken("a", outcome=Outcome.ERROR)),
        build.run(blocked()),
        build.run(build.scenario("a", build.step("voided", build.check("voided/status", aspect="status")))),
        build.run(build.scenario("a", build.step("voided", outcome=Outcome.NOT_TESTABLE, passed=0))),
    ],
    ids=["not selected", "stopped", "not applicable", "error", "setup failed", "masked by the status", "not reached"],
)
def test_an_entry_that_was_not_put_to_the_test_is_not_stale(file: Path, run: Any) -> None:
    assert baseline.load(stored(file, entry())).judge(run, TODAY).stale == ()


def test_what_is_written_makes_the_same_run_conform(file: Path) -> None:
    run = build.run(build.failing("a"), blocked("b"), build.scenario("c"))
    assert baseline.write(run, file) == 2
    known = baseline.load(file)
    again = known.judge(build.run(*(known.apply(one, TODAY) for one in run.scenarios)), TODAY)
    assert verdict(again).exit_code == 0
    assert known.target == "mock"


def test_writing_again_keeps_reasons_and_drops_what_holds(file: Path) -> None:
    stored(file, entry("a", more="    issue: https://example.com/1\n"), entry("gone"))
    known = baseline.load(file)
    run = build.run(known.apply(build.failing("a"), TODAY), build.failing("new"), build.scenario("gone"))
    assert baseline.write(run, file) == 2
    kept = baseline.load(file).entries["a", "voided/body:status"]
    assert (kept.reason, kept.issue) == ("the mock has no void", "https://example.com/1")


def test_hostile_text_in_a_message_survives_writing(file: Path) -> None:
    bad = build.check("voided/body:x", message="\x1b[31m: {a: [}\n- scenario: z", path="x", actual=MISSING)
    baseline.write(build.run(build.scenario("a", build.step("voided", bad))), file)
    assert list(baseline.load(file).entries) == [("a", "voided/body:x")]


def test_no_baseline_is_made_of_a_run_that_is_not_whole(file: Path) -> None:
    with pytest.raises(baseline.BaselineError, match="no footer"):
        baseline.write(build.run(build.failing("a"), footer=False), file)
    assert not file.exists()


def test_pruning_takes_out_the_stale_entries_and_nothing_else(file: Path) -> None:
    first, last = entry("a"), entry("c", more="    issue: X-1\n")
    stored(file, "  # why this one\n", first, "  # the middle\n", entry("b"), "\n  # the last\n", last)
    assert baseline.prune(file, [{"scenario": "b", "check": "voided/body:status"}]) == 1
    text = file.read_text()
    assert text == f"target: mock\nentries:\n  # why this one\n{first}  # the middle\n\n  # the last\n{last}"


def test_pruning_everything_leaves_a_file_that_loads(file: Path) -> None:
    stored(file, entry("a"))
    assert baseline.prune(file, [{"scenario": "a", "check": "voided/body:status"}]) == 1
    assert baseline.load(file).entries == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("entries: [{scenario: a, check: 'voided/*', reason: x}]", "patterns are refused"),
        ("entries: [{scenario: 'a?', check: b, reason: x}]", "patterns are refused"),
        ("entries: [{scenario: a, check: b}]", "an entry needs 'reason'"),
        ("entries: [{scenario: a, check: b, reason: ''}]", "an entry needs 'reason'"),
        ("entries: [{scenario: a, check: b, reason: c, expires: soon}]", "is not a date"),
        ("entries: [{scenario: a, check: b, reason: c, expire: 2027-01-01}]", "Did you mean 'expires'?"),
        ("entries: [a: b]", "unknown key 'a'"),
        ("entries: {a: b}", "must be a list"),
        ("entries: [{scenario: [a], check: b, reason: c}]", "must be text"),
        ("target: x", "'entries' is missing"),
        ("- a", "must be a mapping"),
        ("", "must be a mapping"),
        ("entries: [\n", "not YAML"),
        ("entries: [{scenario: a, check: b, reason: c}, {scenario: a, check: b, reason: d}]", "named twice"),
        ("entries: [{scenario: a, scenario: b, check: b, reason: c}]", "stands here twice"),
    ],
)
def test_a_malformed_baseline_is_one_line_with_a_place(file: Path, text: str, says: str) -> None:
    file.write_text(text)
    with pytest.raises(baseline.BaselineError) as problem:
        baseline.load(file)
    assert says in str(problem.value)
    assert str(problem.value).startswith(str(file))
    assert "\n" not in str(problem.value)


def test_the_published_schema_accepts_what_is_written_and_refuses_patterns(file: Path) -> None:
    import jsonschema_rs
    import orjson
    import yaml

    from conformance import paths

    schema = orjson.loads((paths.data("schemas") / "baseline.schema.json").read_bytes())
    valid = jsonschema_rs.Draft202012Validator(schema)
    baseline.write(build.run(build.failing("a")), file)
    assert valid.is_valid(yaml.safe_load(file.read_text()))
    assert not valid.is_valid({"entries": [{"scenario": "a", "check": "*", "reason": "x"}]})
    assert not valid.is_valid({"entries": [{"scenario": "a", "check": "b"}]})
