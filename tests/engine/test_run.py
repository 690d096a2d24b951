"""One scenario against one server: which outcome it gets, what is said, and what is not tried any more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.results.model import Outcome
from conformance.target.base import Exchange, Reply, Request
from tests.engine.conftest import NOW, FakeTarget, Play

CUSTOMER = {"id": "cus_1", "object": "customer", "name": "Ada", "livemode": False}

READ = """
id: scenario
title: A customer is there
covers: [MINE-1]
steps:
  - id: read
    request: GET /v1/customers/cus_1
    expect: {status: 200, body: {name: Ada}}
  - id: again
    request: GET /v1/customers/${read.id}
    expect: {status: 200, same_as: "${read}"}
"""


def own(result: Any) -> list[Any]:
    """The checks that are not universal ones."""
    aspects = {"schema", "removed", "invariant", "envelope", "lifecycle", "identity", "read-back"}
    return [check for step in result.steps for check in step.checks if check.aspect not in aspects]


def test_a_server_that_does_as_expected_passes_and_its_checks_are_counted(play: Play) -> None:
    result = play(READ, lambda _: (200, CUSTOMER))
    assert not own(result)
    assert result.steps[0].passed >= 2
    assert result.steps[1].passed >= 2


def test_a_wrong_value_fails_with_its_path_its_place_and_a_diff(play: Play) -> None:
    result = play(READ, lambda _: (200, {**CUSTOMER, "name": "Bob"}))
    assert result.outcome is Outcome.FAIL
    (check,) = own(result)
    assert check.id == "read/body:name"
    assert (check.expected, check.actual) == ("Ada", "Bob")
    assert "name" in check.message
    assert check.place.line == 8
    assert check.diff


def test_after_a_failed_step_the_rest_is_not_testable_and_never_sent(play: Play) -> None:
    target = FakeTarget(lambda _: (200, {**CUSTOMER, "name": "Bob"}))
    result = play(READ, target)
    assert [step.outcome for step in result.steps] == [Outcome.FAIL, Outcome.NOT_TESTABLE]
    assert len(target.sent) == 1
    assert target.closed == [False]
    assert result.reason.startswith("step read: ")


def test_a_wrong_status_is_one_check_that_quotes_the_error(play: Play) -> None:
    error = {
        "error": {
            "type": "invalid_request_error",
            "code": "resource_missing",
            "param": "id",
            "message": "No such customer",
        }
    }
    result = play(READ, lambda _: (404, error))
    (check,) = own(result)
    assert check.aspect == "status"
    assert (
        check.message
        == "expected HTTP 200, got 404 (invalid_request_error resource_missing (param id): No such customer)"
    )


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply.NOT_IMPLEMENTED, Outcome.FAIL),
        (Reply.CRASHED, Outcome.FAIL),
        (Reply.HUNG, Outcome.FAIL),
        (Reply.UNREADABLE, Outcome.FAIL),
        (Reply.UNREACHABLE, Outcome.NOT_TESTABLE),
    ],
)
def test_no_answer_is_told_apart_from_a_wrong_one(play: Play, reply: Reply, outcome: Outcome) -> None:
    result = play(READ, lambda _: reply)
    assert result.outcome is outcome
    (check,) = own(result)
    assert check.kind == reply.value


def test_a_failing_setup_makes_the_scenario_not_testable_and_is_named(play: Play) -> None:
    result = play(
        """
        id: scenario
        title: Needs a customer
        covers: [MINE-1]
        given: {customer: someone}
        steps:
          - id: read
            request: GET /v1/customers/${customer.id}
            expect: {status: 200}
        """,
        lambda _: (404, {"error": {"type": "invalid_request_error", "message": "No such route"}}),
        setups={
            "someone": """
            setup: someone
            title: Someone
            steps:
              - id: made
                request: POST /v1/customers
                expect: {status: 200}
            result: ${made}
            """
        },
    )
    assert result.outcome is Outcome.NOT_TESTABLE
    assert "setup someone, step made" in result.reason


def test_a_setup_takes_arguments_and_hands_on_its_result(play: Play) -> None:
    target = FakeTarget(lambda request: (200, {**CUSTOMER, "name": request.params.get("name", "Ada")}))
    result = play(
        """
        id: scenario
        title: Needs a customer
        covers: [MINE-1]
        given: {customer: {setup: someone, with: {name: Eve}}}
        steps:
          - id: read
            request: GET /v1/customers/${customer.id}
            params: {name: "${customer.name}"}
            expect: {status: 200, body: {name: Eve}}
        """,
        target,
        setups={
            "someone": """
            setup: someone
            title: Someone
            arguments: {name: Ada}
            steps:
              - id: made
                request: POST /v1/customers
                params: {name: "${with.name}"}
                expect: {status: 200}
            result: ${made}
            """
        },
    )
    assert not own(result)
    assert [request.params for request in target.sent] == [{"name": "Eve"}, {"name": "Eve"}]


def test_an_undeclared_capability_is_not_applicable_and_nothing_is_sent(play: Play) -> None:
    target = FakeTarget(lambda _: (200, CUSTOMER), without=("invoices.search",))
    result = play(READ.replace("covers:", "needs: [invoices.search]\ncovers:"), target)
    assert result.outcome is Outcome.NOT_APPLICABLE
    assert "invoices.search" in result.reason
    assert not target.sent


def test_another_api_version_is_not_applicable(play: Play) -> None:
    result = play(READ.replace("covers:", 'versions: "<2025-03-31.basil"\ncovers:'), lambda _: (200, CUSTOMER))
    assert result.outcome is Outcome.NOT_APPLICABLE


def test_a_missing_earlier_value_is_not_testable_and_says_which(play: Play) -> None:
    result = play(READ.replace("${read.id}", "${read.email}"), lambda _: (200, CUSTOMER))
    (check,) = own(result)
    assert check.outcome is Outcome.NOT_TESTABLE
    assert "email" in check.message


@pytest.mark.parametrize(
    ("covers", "outcome"), [("INV-API-004", Outcome.WARNING), ("INV-API-029", Outcome.OBSERVATION)]
)
def test_knowledge_that_is_no_sure_must_never_fails_a_target(play: Play, covers: str, outcome: Outcome) -> None:
    target = FakeTarget(lambda _: (200, {**CUSTOMER, "name": "Bob"}))
    result = play(READ.replace("MINE-1", covers), target)
    assert {check.outcome for check in own(result)} == {outcome}
    assert len(target.sent) == 2, "the scenario goes on"


def test_polling_repeats_a_read_until_it_holds_and_keeps_every_attempt(play: Play) -> None:
    answers = iter([(200, {**CUSTOMER, "name": "Bob"}), (200, {**CUSTOMER, "name": "Cid"}), (200, CUSTOMER)])
    target = FakeTarget(lambda _: next(answers))
    result = play(
        """
        id: scenario
        title: Settles
        covers: [MINE-1]
        steps:
          - id: read
            request: GET /v1/customers/search
            eventually: {within: 5s, every: 100ms}
            expect: {status: 200, body: {name: Ada}}
        """.replace("100ms", "1s"),
        target,
    )
    assert not own(result)
    assert len(result.steps[0].exchanges) == 3
    assert target.waited == [1.0, 1.0]


def test_now_is_the_responses_own_date(play: Play) -> None:
    yaml = READ.replace("{name: Ada}", "{created: {$now: 5s}}")
    assert not own(play(yaml, lambda _: (200, {**CUSTOMER, "created": NOW - 5})))
    assert own(play(yaml, lambda _: (200, {**CUSTOMER, "created": NOW - 6})))


def test_the_frame_condition_catches_what_should_not_have_changed(play: Play) -> None:
    yaml = """
    id: scenario
    title: Only the name changes
    covers: [MINE-1]
    steps:
      - id: read
        request: GET /v1/customers/cus_1
        expect: {status: 200}
      - id: renamed
        request: POST /v1/customers/cus_1
        params: {name: Eve}
        expect:
          status: 200
          changes: {since: "${read}", to: {name: Eve}}
    """

    def server(request: Request) -> tuple[int, Any]:
        return 200, CUSTOMER if request.method == "GET" else {**CUSTOMER, "name": "Eve", **extra}

    extra: dict[str, Any] = {}
    assert not own(play(yaml, server))
    extra = {"phone": "1"}
    (check,) = own(play(yaml, server))
    assert check.id == "renamed/changes:phone"


def test_a_write_that_is_not_there_on_the_next_read_is_caught_without_being_asked(play: Play) -> None:
    yaml = """
    id: scenario
    title: A write is there to be read
    covers: [MINE-1]
    steps:
      - id: renamed
        request: POST /v1/customers/cus_1
        expect: {status: 200}
      - id: read
        request: GET /v1/customers/cus_1
        expect: {status: 200}
    """
    stale = play(yaml, lambda request: (200, CUSTOMER if request.method == "GET" else {**CUSTOMER, "name": "Eve"}))
    assert [check.id for step in stale.steps for check in step.checks if check.aspect == "read-back"] == [
        "read/read-back:name"
    ]


def test_a_create_that_gives_an_old_id_is_caught_without_being_asked(play: Play) -> None:
    yaml = """
    id: scenario
    title: Two customers are two
    covers: [MINE-1]
    steps:
      - id: one
        request: POST /v1/customers
        expect: {status: 200}
      - id: two
        request: POST /v1/customers
        expect: {status: 200}
    """
    result = play(yaml, lambda _: (200, CUSTOMER))
    assert [check.id for check in result.steps[1].checks if check.aspect == "identity"] == ["two/identity:id"]


def test_a_bug_of_ours_is_an_error_and_never_a_verdict_on_the_target(play: Play) -> None:
    def broken(_: Request) -> tuple[int, Any]:
        raise RuntimeError("ours")

    result = play(READ, broken)
    assert result.outcome is Outcome.ERROR
    assert "RuntimeError: ours" in result.reason


def test_a_read_that_was_waited_for_may_differ_from_the_one_before(play: Play) -> None:
    yaml = """
    id: scenario
    title: A change that nobody writes
    covers: [MINE-1]
    steps:
      - id: read
        request: GET /v1/customers/cus_1
        expect: {status: 200}
      - id: settled
        request: GET /v1/customers/cus_1
        eventually: {within: 5s, every: 1s}
        expect: {status: 200, body: {name: Eve}}
      - id: later
        request: GET /v1/customers/cus_1
        expect: {status: 200}
    """
    names = iter(["Ada", "Ada", "Eve", "Fay"])
    result = play(yaml, lambda _: (200, {**CUSTOMER, "name": next(names)}))
    assert [check.id for step in result.steps for check in step.checks if check.aspect == "read-back"] == []


def test_a_malformed_matcher_is_said_and_never_a_bug_of_ours(play: Play) -> None:
    result = play(READ.replace("{name: Ada}", "{name: {$match: '['}}"), lambda _: (200, CUSTOMER))
    assert result.outcome is Outcome.NOT_TESTABLE
    assert "malformed-matcher" in result.reason


def test_waiting_ends_at_once_where_nobody_will_ever_answer(play: Play) -> None:
    target = FakeTarget(lambda _: Reply.NOT_IMPLEMENTED)
    play(
        """
        id: scenario
        title: Settles
        covers: [MINE-1]
        steps:
          - id: found
            request: GET /v1/customers/search
            eventually: {within: 60s, every: 1s}
            expect: {status: 200}
        """,
        target,
    )
    assert len(target.sent) == 1


SETTLES = """
id: scenario
title: Settles
covers: [MINE-1]
steps:
  - id: found
    request: GET /v1/customers/cus_1
    eventually: {within: 100ms, every: 20ms}
    expect: {status: 200, body: {name: Eve}}
"""


@pytest.mark.parametrize(
    ("patience", "tries", "note"),
    [(0, 1, "(polled for 0 of 0.1 s: the target's `patience`)"), (30, 2, ""), (None, 2, "")],
)
def test_a_target_that_does_everything_at_once_may_say_so_and_the_failure_says_it_too(
    play: Play, patience: float | None, tries: int, note: str
) -> None:
    target = FakeTarget(lambda _: (200, CUSTOMER), patience=patience)
    (check,) = own(play(SETTLES, target))
    assert len(target.sent) >= tries
    assert (len(target.sent) == 1) is (tries == 1)
    assert check.message.endswith(note)
    assert ("patience" in check.message) is bool(note)


def test_an_answer_that_is_expected_in_every_point_is_right_however_it_looks(play: Play) -> None:
    yaml = """
    id: scenario
    title: An unknown route is refused as Stripe refuses it
    covers: [MINE-1]
    steps:
      - id: refused
        request: GET /v1/nope
        expect: {status: 404, error: {type: invalid_request_error, message: {$match: "Unrecognized request URL.*"}}}
    """
    error = {"error": {"type": "invalid_request_error", "message": "Unrecognized request URL (GET: /v1/nope)."}}

    class Canaried(FakeTarget):
        def send(self, request: Request, step: str) -> Exchange:
            return replace(super().send(request, step), reply=Reply.NOT_IMPLEMENTED)

    assert not own(play(yaml, Canaried(lambda _: (404, error))))
    (check,) = own(play(yaml, Canaried(lambda _: (404, {"error": {"type": "api_error", "message": "no"}}))))
    assert check.kind == "not-implemented"


def test_a_replayed_answer_tells_how_things_were_and_accuses_nobody(play: Play) -> None:
    yaml = """
    id: scenario
    title: The first answer again
    covers: [MINE-1]
    steps:
      - id: first
        request: POST /v1/customers
        headers: {Idempotency-Key: "${run.id}.k"}
        expect: {status: 200}
      - id: renamed
        request: POST /v1/customers/cus_1
        expect: {status: 200}
      - id: again
        request: POST /v1/customers
        headers: {Idempotency-Key: "${run.id}.k"}
        expect: {status: 200, body: {name: Ada}}
      - id: read
        request: GET /v1/customers/cus_1
        expect: {status: 200, body: {name: Eve}}
    """

    def server(request: Request) -> tuple[int, Any]:
        return 200, CUSTOMER if "Idempotency-Key" in request.headers else {**CUSTOMER, "name": "Eve"}

    result = play(yaml, server)
    assert [c.id for s in result.steps for c in s.checks if c.aspect in {"read-back", "identity", "lifecycle"}] == []


def test_a_header_that_is_null_is_taken_away(play: Play) -> None:
    target = FakeTarget(lambda _: (200, CUSTOMER))
    play(
        READ.replace(
            "request: GET /v1/customers/cus_1", "request: GET /v1/customers/cus_1\n    headers: {Stripe-Version: null}"
        ),
        target,
    )
    assert target.sent[0].headers == {"Stripe-Version": None}


def test_a_field_that_nothing_can_change_is_held_still_after_a_write_too(play: Play) -> None:
    yaml = """
    id: scenario
    title: A customer was made once
    covers: [MINE-1]
    steps:
      - id: read
        request: GET /v1/customers/cus_1
        expect: {status: 200}
      - id: renamed
        request: POST /v1/customers/cus_1
        expect: {status: 200}
    """
    result = play(yaml, lambda request: (200, {**CUSTOMER, "created": NOW if request.method == "GET" else NOW + 1}))
    assert [c.id for s in result.steps for c in s.checks if c.aspect == "fixed"] == ["renamed/fixed:created"]
