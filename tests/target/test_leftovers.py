"""What a run makes is tagged, found again page by page, and taken away; nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from conformance.target import leftovers
from conformance.target.base import Request
from conformance.target.config import Options, load
from tests.miniatures import miniature


@pytest.fixture
def target() -> Iterator[Any]:
    one = load("reference", Options(run_id="r1"))
    one.start()
    yield one
    one.stop()


def post(target: Any, path: str, **params: Any) -> Any:
    session = target.open(uuid4().hex)  # a scenario of its own: idempotency keys are made of its name
    answer = session.send(Request("POST", path, params), "make").response.json
    session.close(complete=True)
    return answer


def test_only_what_runs_made_is_found_and_deleted(target: Any) -> None:
    mine = [post(target, "/v1/customers", metadata={"conformance_run": "r1"})["id"] for _ in range(3)]
    other = post(target, "/v1/customers", metadata={"conformance_run": "r2"})["id"]
    post(target, "/v1/customers", name="a person")
    found = leftovers.find(target, "r1")
    assert {one.path for one in found} == {f"/v1/customers/{id}" for id in mine}
    assert {one.path for one in leftovers.find(target)} == {f"/v1/customers/{id}" for id in [*mine, other]}
    assert all(gone for _, gone in leftovers.delete(target, found))
    assert {one.path for one in leftovers.find(target)} == {f"/v1/customers/{other}"}


def test_every_page_is_looked_at(target: Any) -> None:
    for _ in range(105):
        post(target, "/v1/customers", metadata={"conformance_run": "r1"})
    assert len(leftovers.find(target)) == 105


def test_a_test_clock_stands_for_its_customers(target: Any) -> None:
    clock = post(target, "/v1/test_helpers/test_clocks", frozen_time=1795000000, name="conformance r1")
    post(target, "/v1/customers", metadata={"conformance_run": "r1"}, test_clock=clock["id"])
    assert [one.path for one in leftovers.find(target)] == [f"/v1/test_helpers/test_clocks/{clock['id']}"]


def test_a_pager_that_loops_ends() -> None:
    with miniature("pager_that_loops") as server:
        target = load(server.url, Options(timeout=5.0))
        target.start()
        assert leftovers.find(target) == []
        target.stop()
