from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from conformance.match.values import MISSING
from conformance.results.cause import causes, to_fix
from conformance.results.fingerprint import fingerprint
from conformance.results.model import Outcome
from tests.results import build

VOID = "POST /v1/invoices/{id}/void"
PAY = "POST /v1/invoices/{id}/pay"


def name(
    aspect: str = "body",
    path: str = "status",
    kind: str = "wrong",
    operation: str = VOID,
    expected: Any = "void",
    actual: Any = "open",
    status: int | None = 200,
) -> str:
    return fingerprint(aspect, path, kind, operation, expected, actual, status)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            name(path="lines.data[0].id", expected="il_1", actual="il_9xYz1234"),
            name(path="lines.data[3].id", expected="il_2AA", actual="il_3b1111"),
        ),
        (name(path="amount_due", expected=2000, actual=12345), name(path="amount_due", expected=700, actual=98765)),
        (
            name(path="created", expected={"$now": "120s"}, actual=1_790_000_000),
            name(path="created", expected={"$now": "60s"}, actual=1_780_000_000),
        ),
        (
            name(aspect="header", path="request-id", operation=VOID),
            name(aspect="header", path="request-id", operation=PAY),
        ),
        (
            name(aspect="type", path="auto_advance", operation=VOID),
            name(aspect="type", path="auto_advance", operation=PAY),
        ),
        (name(kind="not-implemented", expected=1), name(kind="not-implemented", expected=2)),
        (name(kind="unreachable", operation=VOID), name(kind="unreachable", operation=PAY)),
        (name(path="metadata.cus_ABCdef123"), name(path="metadata.cus_XYZxyz789")),
    ],
)
def test_what_one_repair_would_mend_has_one_fingerprint(one: str, other: str) -> None:
    assert one == other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (name(actual="open"), name(actual="draft")),
        (name(actual="open"), name(actual=MISSING)),
        (name(actual=None), name(actual=MISSING)),
        (name(actual=False), name(actual=0)),
        (name(actual=0), name(actual=4711)),
        (name(actual="1600"), name(actual=1600)),
        (name(path="amount_due"), name(path="amount_paid")),
        (name(operation=VOID), name(operation=PAY)),
        (name(kind="not-implemented"), name(kind="crashed")),
        (name(kind="crashed", status=500), name(kind="crashed", status=None)),
        (
            name(aspect="status", path="", expected=400, actual=200),
            name(aspect="status", path="", expected=200, actual=400),
        ),
        (
            name(aspect="type", path="paid", operation=VOID),
            name(aspect="type", path="paid", operation="POST /v1/customers"),
        ),
    ],
)
def test_different_defects_have_different_fingerprints(one: str, other: str) -> None:
    assert one != other


def test_a_hostile_value_does_not_get_into_the_fingerprint() -> None:
    assert "\x1b" not in name(actual="\x1b[31m") and len(name(path="x" * 10_000)) < 400  # noqa: PT018


def answered(kind: str, operation: str, actual: str = "") -> Any:
    return build.check(
        "s/answer", aspect="answer", path="", expected=None, actual=actual, kind=kind, operation=operation
    )


def test_scenarios_of_one_defect_are_one_cause_with_counts() -> None:
    found = causes([build.failing("a"), build.scenario("ok"), build.failing("b")])
    (cause,) = found
    assert (cause.scenarios, cause.checks, cause.blocked) == (("a", "b"), 2, 0)
    assert cause.sentence == "status is open instead of void after POST /v1/invoices/{id}/void"
    assert (cause.example.scenario.id, str(cause.example.place)) == ("a", "scenarios/void/void-open-invoice.yaml:14:9")


def test_what_hides_most_comes_first() -> None:
    gone = build.scenario("gone", build.step("s", answered("unreachable", VOID)))
    dead = build.scenario("dead", build.step("s", answered("crashed", PAY, "500"), operation=PAY))
    lacking = build.scenario(
        "lacking", build.step("s", answered("not-implemented", VOID, "404 'Unrecognized request URL'"))
    )
    twice = [build.scenario(f"wrong{n}", build.step("s", build.check(path="total", operation=VOID))) for n in range(2)]
    once = build.failing("once")
    found = causes([once, *twice, lacking, dead, gone])
    assert [cause.scenarios[0] for cause in found] == ["gone", "dead", "lacking", "wrong0", "once"]
    assert found[2].sentence == f"{VOID} is not implemented: 404 'Unrecognized request URL'"
    assert found[1].sentence == f"{PAY} crashes the target: 500"


def test_a_scenario_that_a_failed_setup_blocks_counts_for_the_cause() -> None:
    check = build.check(outcome=Outcome.NOT_TESTABLE)
    blocked = build.scenario("blocked", build.step("s", check, setup="open-invoice"), outcome=Outcome.NOT_TESTABLE)
    (cause,) = causes([build.failing("a"), blocked])
    assert (cause.scenarios, cause.blocked, cause.outcome) == (("a", "blocked"), 1, Outcome.FAIL)


def test_known_failures_and_warnings_are_causes_of_their_own_and_need_no_fix() -> None:
    known = build.scenario("k", build.step("s", build.check(outcome=Outcome.KNOWN)))
    warned = build.scenario("w", build.step("s", build.check(outcome=Outcome.WARNING)))
    found = causes([known, warned, build.failing("a")])
    assert [cause.outcome for cause in found] == [Outcome.FAIL, Outcome.KNOWN, Outcome.WARNING]
    assert [cause.scenarios for cause in to_fix(found)] == [("a",)]


def test_an_error_without_a_check_is_a_cause_by_its_reason() -> None:
    broken = build.untaken("x", outcome=Outcome.ERROR, reason="internal error: KeyError: 'a'")
    (cause,) = causes([broken])
    assert (cause.sentence, cause.outcome) == ("internal error: KeyError: 'a'", Outcome.ERROR)


def test_a_scenario_with_only_a_warning_and_no_failed_check_is_still_found_when_it_errs() -> None:
    warned = build.scenario("x", build.step("s", build.check(outcome=Outcome.WARNING)))
    found = causes([dataclasses.replace(warned, outcome=Outcome.ERROR, reason="boom")])
    assert next(cause.sentence for cause in found) == "boom"


def test_keys_that_an_object_lacks_are_one_cause_which_names_them() -> None:
    def lacks(path: str, operation: str) -> Any:
        lacking = build.check(
            f"s/schema:{path}", aspect="schema", path=path, expected="present", actual="missing", operation=operation
        )
        return build.step("s", lacking, operation=operation)

    get = "GET /v1/invoices/{id}"
    (cause,) = causes(
        [
            build.scenario("a", lacks("footer", VOID), lacks("quantity_decimal", VOID)),
            build.scenario("b", lacks("footer", get)),
        ]
    )
    assert cause.sentence == f"{VOID} and 1 other operation: keys that are missing: footer, quantity_decimal"


def test_errors_without_a_code_are_one_cause_over_all_operations() -> None:
    def codeless(operation: str) -> Any:
        return build.step(
            "s", build.check(aspect="error", path="code", actual=MISSING, operation=operation), operation=operation
        )

    (cause,) = causes(
        [
            build.scenario("a", codeless(VOID)),
            build.scenario("b", codeless(PAY)),
            build.scenario("c", codeless("GET /v1/x")),
        ]
    )
    assert cause.sentence == f"error.code is missing after {VOID} and 2 other operations"


def test_a_long_field_name_is_no_id() -> None:
    assert name(path="quantity_decimal") != name(path="unit_amountdecimal")


def test_an_amount_is_no_status() -> None:
    one, other = name(path="amount_due", expected=500, actual=100), name(path="amount_due", expected=450, actual=300)
    assert one == other


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (build.check(actual=MISSING), "status is missing after"),
        (
            build.check(aspect="changes", path="total", message="changed from 1 to 2, and should not"),
            "total changed from 1 to 2, and should not",
        ),
        (
            build.check(aspect="error", path="code", expected="a_b", actual="c_d"),
            "error.code is c_d instead of a_b after",
        ),
        (
            build.check(
                aspect="status", path="", expected=200, actual=400, message="expected HTTP 200, got 400 (no such)"
            ),
            "answers HTTP 400 where 200 is expected (no such)",
        ),
        (
            build.check(aspect="header", path="request-id", message="is missing, expected a value"),
            "request-id: is missing",
        ),
        (
            build.check(path="lines", expected={"data": []}, actual=[1], message="[1] (list) instead of an object"),
            "lines: [1] (list) instead of an object",
        ),
    ],
)
def test_the_sentence_says_what_is_wrong(check: Any, says: str) -> None:
    (cause,) = causes([build.scenario("a", build.step("s", check))])
    assert says in cause.sentence
