"""``requirements``: what of the catalogue is tested, excluded for a reason, or untested."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.requirements import load
from conformance.report.catalogue import EVERY_ANSWER, universal

Cli = Callable[..., Any]
Write = Callable[..., Path]


def entry(cli: Cli, id_: str, *paths: str) -> dict[str, Any]:
    [found] = [one for one in json.loads(cli("requirements", "--json", *paths).out) if one["id"] == id_]
    return dict(found)


def test_every_entry_of_the_catalogue_is_told_once(cli: Cli) -> None:
    told = json.loads(cli("requirements", "--json").out)
    assert [one["id"] for one in told] == list(load())
    assert {one["state"] for one in told} <= {"tested", "excluded", "untested"}


def test_a_step_tests_what_its_scenario_covers(cli: Cli, write: Write) -> None:
    write("scenarios/drafts/flow.yaml")
    found = entry(cli, "INV-FIN-005", "scenarios")
    assert (found["state"], found["checked_by"][0]) == ("tested", "flow")


def test_a_scenario_outside_the_versions_of_a_requirement_does_not_test_it(cli: Cli, write: Write) -> None:
    text = write("x.yaml").read_text().replace("INV-FIN-005", "INV-EVT-008")  # known at 2020-08-27 only
    write("scenarios/drafts/flow.yaml", text)
    assert entry(cli, "INV-EVT-008", "scenarios")["state"] == "tested"
    write("scenarios/drafts/flow.yaml", text + '\nversions: ">=2022-08-01"\n')
    assert entry(cli, "INV-EVT-008", "scenarios")["state"] == "untested"


def test_steps_that_cover_something_else_do_not_test_what_the_scenario_covers(cli: Cli, write: Write) -> None:
    text = write("x.yaml").read_text().replace("  - id: read\n", "  - id: read\n    covers: [INV-FIN-001]\n")
    write("scenarios/drafts/flow.yaml", text.replace("INV-FIN-005", "INV-FIN-030"))
    assert entry(cli, "INV-FIN-030", "scenarios")["state"] == "untested"
    assert entry(cli, "INV-FIN-001", "scenarios")["state"] == "tested"


def test_what_holds_for_every_answer_is_tested_without_a_scenario(cli: Cli, write: Write) -> None:
    write("scenarios/drafts/flow.yaml")
    for id_ in universal():
        assert entry(cli, id_, "scenarios")["checked_by"][-1] == EVERY_ANSWER


def test_the_reason_of_an_exclusion_is_told(cli: Cli) -> None:
    out = cli("requirements", "--area", "api").out
    assert "Excluded\n" in out
    assert "INV-API-016  race of two requests" in out


def test_the_table_adds_up(cli: Cli) -> None:
    rows = [line.split() for line in cli("requirements").out.splitlines()]
    start = rows.index(["area", "tested", "excluded", "untested", "all"]) + 1
    end = rows.index([], start)
    *areas, totals = rows[start:end]
    assert [sum(int(row[at]) for row in areas) for at in range(1, 5)] == [int(cell) for cell in totals]
    assert int(totals[3]) == len(load())


def test_untested_fails_while_anything_is_untested(cli: Cli, write: Write) -> None:
    write("scenarios/drafts/flow.yaml")
    code, out, _ = cli("requirements", "--untested", "--area", "pay", "scenarios")
    assert code == 1
    assert "INV-PAY-001  must, " in out


@pytest.mark.parametrize(("area", "hint"), [("finalise", "finalize"), ("x", "One of: object, create")])
def test_an_unknown_area_is_a_problem_with_a_hint(cli: Cli, area: str, hint: str) -> None:
    code, _, err = cli("requirements", "--area", area)
    assert code == 4
    assert hint in err
