"""Whole scenarios against every faulty server: nothing breaks, what is wrong is found, what only looks odd is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from conformance.contract import for_version
from conformance.contract.requirements import get
from conformance.engine.plan import Planner
from conformance.engine.run import Engine
from conformance.paths import data
from conformance.results.model import Outcome, ScenarioResult
from conformance.scenario.loader import Library
from conformance.target.config import Options, load
from conformance.target.reference import ReferenceTarget
from tests.miniatures import CONFORMING, FAULTS, miniature

#: A few scenarios that reach every fault: finalize, pay, void, mark, read, list, search, refuse.
CHOSEN = (
    "finalize/finalize-opens.yaml",
    "finalize/nothing-due.yaml",
    "lifecycle/void-by-status.yaml",
    "lifecycle/mark-uncollectible-by-status.yaml",
    "lifecycle/pay-by-status.yaml",
    "errors/unknown-parameter.yaml",
    "errors/unknown-object.yaml",
    "list/list-by-status.yaml",
    "list/list-pages.yaml",
    "list/list-refused.yaml",
    "create/customer-is-all-it-needs.yaml",
    "create/text-is-kept.yaml",
    "items/item-of-a-price.yaml",
    "api/idempotent-replay.yaml",
)

#: What each fault must show up as, at the least. What is not named here shows up as ``wrong``.
KINDS = {
    "dies_on_empty_post": {"crashed", "unreachable"},
    "dies_on_finalize": {"crashed", "unreachable"},
    "resets_on_pay": {"crashed"},
    "closes_keepalive_after_500": {"crashed"},
    "html_errors": {"unreadable"},
    "text_404_and_500": {"crashed"},
    "empty_500": {"crashed"},
    "unimplemented_as_stripe": {"not-implemented"},
    "unimplemented_404_text": {"not-implemented"},
    "unimplemented_404_foreign": {"not-implemented"},
    "unimplemented_405": {"not-implemented"},
    "unimplemented_501": {"not-implemented"},
    "unimplemented_500": {"not-implemented", "crashed"},
    "empty_200": {"not-implemented"},
    "placeholder_200": {"not-implemented"},
    "placeholder_object_200": {"not-implemented"},
    "fallthrough_search": {"not-implemented"},
    "fallthrough_subaction": {"not-implemented"},
    "not_a_number": {"unreadable"},
    "old_roads": {"not-implemented"},
    "slow_drip": {"hung"},
    "slow_headers": {"hung"},
    "hangs_on_pay": {"hung"},
    "huge_body": {"unreadable"},
    "endless_chunks": {"unreadable"},
    "giant_chunk": {"crashed"},
    "gzip_bomb": {"unreadable"},
    "endless_headers": {"unreadable"},
    "promises_more": {"crashed"},
    "redirects": {"unreadable"},
    "deep_json": {"unreadable"},
}
REFUSED_BEFORE_THE_RUN = {"never_ready", "not_http", "always_400_text", "always_500"}
ENDS_THE_RUN = {"live_mode"}
SETTINGS = {
    "basic_only": Options(auth="basic"),
    "one_key_only": Options(environ={"STRIPE_CONFORMANCE_KEY": "sk_test_123"}),
}


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    """One reference, which answers whatever a fault leaves alone."""
    target = load("reference")
    assert isinstance(target, ReferenceTarget)
    target.start()
    yield target.settings.url
    target.stop()


def perform(url: str, options: Options, patience: float = 5.0) -> list[ScenarioResult]:
    library = Library()
    scenarios = [one for file in CHOSEN for one in library.load(data("scenarios") / file).scenarios]
    run_id = uuid4().hex
    target = load(url, replace(options, timeout=patience, run_id=run_id))
    target.start()
    version = target.api_version
    engine = Engine(target, Planner(library.setups, get, version), for_version(version), run_id)
    try:
        return [engine.run(scenario) for scenario in scenarios]
    finally:
        target.stop()


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - REFUSED_BEFORE_THE_RUN - ENDS_THE_RUN))
def test_each_fault_is_found_for_what_it_is(name: str, upstream: str) -> None:
    began = time.monotonic()
    with miniature(name, upstream=upstream) as server:
        patience = 0.5 if "hung" in KINDS.get(name, ()) else 5.0
        results = perform(server.url, SETTINGS.get(name, Options()), patience)
    assert time.monotonic() - began < 30
    outcomes = {result.outcome for result in results}
    assert Outcome.ERROR not in outcomes, [result.reason for result in results if result.outcome is Outcome.ERROR]
    kinds = {check.kind for result in results for step in result.steps for check in step.checks}
    if name in CONFORMING - KINDS.keys():
        assert {result.id: result.reason for result in results if result.outcome is Outcome.FAIL} == {}
    else:
        assert outcomes & {Outcome.FAIL, Outcome.NOT_TESTABLE}
        assert kinds >= KINDS.get(name, {"wrong"}), kinds


@pytest.mark.parametrize("name", ["dies_on_empty_post", "dies_on_finalize"])
def test_a_death_is_blamed_on_one_step_of_one_scenario(name: str, upstream: str) -> None:
    with miniature(name, upstream=upstream) as server:
        results = perform(server.url, Options())
    blamed = [check for result in results for step in result.steps for check in step.checks if check.kind == "crashed"]
    assert len(blamed) == 1
    after = results[[any(c.kind == "crashed" for s in r.steps for c in s.checks) for r in results].index(True) + 1 :]
    assert {result.outcome for result in after} == {Outcome.NOT_TESTABLE}
