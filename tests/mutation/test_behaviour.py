"""Behavioural mutants: the table is whole, each can be planted, and the best-known ones are all noticed."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from conformance.contract.requirements import get
from conformance.mutation import behaviour, behaviour_summary, equivalents
from conformance.mutation.behaviour import Misbehaviour, Tried
from conformance.mutation.behaviour_audience import Audience
from conformance.mutation.behaviour_gaps import NO_MUTANT

VERSION = "2026-10-28.endive"

#: Bugs that mocks were seen to have, of every sort.
SAMPLE = (
    *("void-of-paid-is-allowed", "totals-stale-after-item-deleted", "metadata-is-replaced", "finalized-at-missing"),
    *("replay-makes-a-second-object", "list-ignores-status", "post-invoices-unknown-customer-param"),
    *("tax-rounded-per-invoice", "attempt-count-not-raised", "deleted-draft-frees-its-items"),
    *(
        "finalize-answers-a-placeholder",
        "void-answers-an-empty-object",
        "search-falls-into-id",
        "totals-are-always-zero",
    ),
    *("booleans-are-text", "amounts-are-text", "unknown-cursor-is-page-one", "errors-in-a-foreign-envelope"),
    *("unknown-url-is-plain-text", "unknown-parameters-are-accepted", "no-key-needed", "paid-stays-open"),
    *("credit-note-leaves-the-due", "incomplete-is-active", "pending-items-swept-by-default"),
)


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def test_there_are_hundreds_in_every_area() -> None:
    table = behaviour.known()
    assert len(table) >= 200
    assert len({one.name for one in table}) == len(table)
    assert len({one.requirement[:7] for one in table}) >= 14


def test_each_breaks_a_rule_of_the_catalogue() -> None:
    assert [one.name for one in behaviour.known() if get(one.requirement) is None] == []


def test_each_can_be_planted() -> None:
    """What has been renamed in the reference is found here, not in a run of minutes."""
    code = (
        "from conformance.reference.misbehaviour import MISBEHAVIOURS\n"
        "for one in MISBEHAVIOURS.values(): one.plant()\n"
        "print(len(MISBEHAVIOURS))"
    )
    assert int(python(code)) == len(behaviour.known())


def test_a_server_that_is_not_told_to_misbehave_knows_none() -> None:
    code = (
        "import sys, json, conformance.reference.__main__\n"
        "print(json.dumps([name for name in sys.modules if 'misbehav' in name]))"
    )
    assert json.loads(python(code)) == []


def test_a_server_does_not_start_with_a_misbehaviour_nobody_knows() -> None:
    command = [sys.executable, "-m", "conformance.reference", "--misbehave", "nonsense"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "no misbehaviour named 'nonsense'" in done.stderr


def test_the_best_known_bugs_are_noticed(scenarios: Path) -> None:
    tried = behaviour.run(behaviour.Job((scenarios,), VERSION), behaviour.chosen(SAMPLE))
    assert [one.mutant.name for one in tried if one.how != "failed"] == []


def test_what_a_server_may_do_as_it_likes_is_not_blamed(scenarios: Path) -> None:
    """Compression, CORS, a charset, ids that count, fields of tomorrow: all of it at once, and no scenario fails."""
    audience = Audience(tuple(scenarios / area for area in ("api", "errors", "list", "object")), VERSION)
    try:
        assert audience.accusations("harmless") == []
    finally:
        audience.close()


def test_who_does_not_pass_the_reference_itself_notices_nothing(tmp_path: Path) -> None:
    """A scenario that is wrong would find every mutant guilty."""
    wrong = """
        id: wrong
        title: A scenario that no server passes
        covers: [INV-CRE-001]
        steps:
          - id: customer
            request: POST /v1/customers
            expect: {status: 418}
        """
    (tmp_path / "wrong.yaml").write_text(textwrap.dedent(wrong))
    job = behaviour.Job((tmp_path,), VERSION)
    [tried] = behaviour.run(job, behaviour.chosen(["empty-drafts-are-refused"]))
    assert (tried.how, tried.deaf) == ("survived", ("wrong",))
    assert any("does not pass wrong" in line for line in behaviour_summary.lines([tried]))


def test_a_rule_of_an_older_version_is_broken_at_that_version(scenarios: Path) -> None:
    job = behaviour.Job((scenarios / "pay",), VERSION)
    [tried] = behaviour.run(job, behaviour.chosen(["nothing-remains-out-of-band-before-basil"]))
    assert tried.mutant.at == "2020-08-27"
    assert (tried.how, tried.own_failed) == ("failed", True)


def test_a_should_is_heard_as_a_warning(scenarios: Path) -> None:
    job = behaviour.Job((scenarios / "api",), VERSION)
    [tried] = behaviour.run(job, behaviour.chosen(["no-request-id"]))
    assert (tried.how, tried.may, tried.own, tried.own_failed) == ("warned", "warning", True, False)


def test_the_names_of_mutants_are_checked() -> None:
    with pytest.raises(behaviour.UnknownMisbehaviour, match="metadata-is-replaced"):
        behaviour.chosen(["metadata-is-replacd"])


def test_a_sample_is_spread_evenly_over_the_table() -> None:
    table = behaviour.known()
    sample = behaviour.chosen((), sample=10)
    assert 10 <= len(sample) <= 11
    assert sample == table[:: len(table) // 10]


def tried(how: str, *, may: str = "fail", own: bool = False, own_failed: bool = False) -> Tried:
    return Tried(Misbehaviour("x", "INV-FIN-001", "…"), how, may, own=own, own_failed=own_failed)


def test_to_notice_is_not_yet_to_fail_the_run() -> None:
    rates = behaviour_summary.rates(
        [
            tried("failed", own=True, own_failed=True),
            tried("failed"),
            tried("blocked", own=True),
            tried("survived"),
            tried("equivalent"),
        ]
    )
    assert rates == (75.0, 50.0, 50.0, 25.0)


def test_a_should_may_only_warn_and_so_is_not_asked_to_fail_the_run() -> None:
    rates = behaviour_summary.rates(
        [tried("failed", own=True, own_failed=True), tried("warned", may="warning", own=True)]
    )
    assert rates == (100.0, 100.0, 100.0, 100.0)


def test_survivors_stand_first_in_the_report() -> None:
    lines = list(behaviour_summary.lines([tried("failed", own=True), tried("survived")]))
    assert lines[0].startswith("BEHAVIOURAL MUTANTS  50.00% noticed")
    assert lines.index("Survivors: 1") < next(at for at, line in enumerate(lines) if line.startswith("By area"))
    assert behaviour_summary.data([tried("failed"), tried("survived")])["mutants"][0]["how"] == "survived"


def test_what_crashes_by_itself_is_not_noticed_and_named() -> None:
    broken = tried("broken")
    assert behaviour_summary.rates([broken, tried("failed", own=True, own_failed=True)]) == (50.0, 50.0, 50.0, 50.0)
    assert "Broken: what was planted crashed: 1" in list(behaviour_summary.lines([broken]))


def test_every_rule_of_must_level_has_a_mutant_or_a_reason() -> None:
    """A new requirement comes with a misbehaviour of the reference, or with a line in the table that says why not."""
    assert behaviour_summary.without_mutant() == list(NO_MUTANT)
    assert all(NO_MUTANT.values())


def test_what_is_excused_is_still_there() -> None:
    names = {one.name for one in behaviour.known()}
    assert set(equivalents.BEHAVIOURS) <= names


def test_the_command_fails_where_too_little_is_noticed_and_says_what_became_of_each(tmp_path: Path) -> None:
    easy = """
        id: easy
        title: A customer can be made
        covers: [INV-BAL-001]
        steps:
          - id: customer
            request: POST /v1/customers
            expect: {status: 200, body: {object: customer, balance: 0}}
        """
    (tmp_path / "easy.yaml").write_text(textwrap.dedent(easy))
    report = tmp_path / "report.json"
    arguments = ["mutate", "--kind", "behaviour", "--only", "metadata-is-replaced"]
    command = [sys.executable, "-m", "conformance.cli", *arguments, "--json", str(report), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Survivors: 1" in done.stdout
    told = json.loads(report.read_text())["behaviour"]
    assert [(one["name"], one["how"]) for one in told["mutants"]] == [("metadata-is-replaced", "survived")]
    assert told["requirements"]["INV-CRE-028"] == told["areas"]["create"]
    assert told["areas"]["create"] == {"killed": 0.0, "own": 0.0, "failed": 0.0, "own_failed": 0.0, "mutants": 1}
