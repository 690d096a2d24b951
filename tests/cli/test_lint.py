# ruff: noqa: E501 - messages stand on one line, as they are told
"""``lint``: one line per problem, a summary, an exit code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.lint import check, untested
from conformance.contract import requirements
from conformance.paths import data
from conformance.scenario.loader import Library

Cli = Callable[..., Any]
Write = Callable[..., Path]


def test_the_shipped_library_has_no_errors() -> None:
    count, problems = check([data("scenarios")])
    assert count > 100
    assert [str(problem) for problem in problems if problem.severity == "error"] == []


def test_a_requirement_that_nothing_covers_is_an_error_unless_it_says_why() -> None:
    known = requirements.load()["INV-FIN-001"]
    lost = replace(known, id="INV-FIN-999", file="finalize.yaml", line=7)
    told = untested(
        [known, lost, replace(lost, id="INV-FIN-998", excluded="needs the Dashboard")],
        Library().scenarios([data("scenarios")]),
    )
    assert [str(problem) for problem in told] == [
        "finalize.yaml:7: error: nothing tests INV-FIN-999 [untested-requirement] Write a scenario that covers it, or say under `excluded:` why none can."
    ]


def test_the_whole_library_tests_every_requirement_or_says_why(cli: Cli) -> None:
    ran = cli("lint")
    assert (ran.code, ran.out.splitlines()[-1].partition(": ")[2]) == (0, "0 errors, 0 warnings.")


def test_a_sound_file_is_said_to_be(cli: Cli, write: Write) -> None:
    write("flow.yaml")
    assert cli("lint", "flow.yaml") == (0, "1 file: 0 errors, 0 warnings.\n", "")


def test_problems_of_loading_and_of_linting_come_in_the_order_of_files_and_lines(cli: Cli, write: Write) -> None:
    write("b/flow.yaml")
    text = write("a/flow.yaml").read_text().replace("INV-FIN-005", "INV-FIN-0055").replace("needs:", "need:")
    write("a/flow.yaml", text.replace("${invoice.id}", "${invioce.id}"))
    write("a/setups/broken.yaml", "setup: [\n")
    ran = cli("lint", ".")
    assert ran.code == 4
    assert ran.out.splitlines() == [
        "a/flow.yaml:3:10: error: no requirement 'INV-FIN-0055' [unknown-requirement] Did you mean 'INV-FIN-005'?",
        "a/flow.yaml:4:1: error: a scenario has no key 'need' [unknown-key] Did you mean 'needs'?",
        "a/flow.yaml:5:9: warning: nothing refers to 'invoice' [unused-given] Leave it out.",
        "a/flow.yaml:9:5: error: unknown reference ${invioce.id} [unknown-reference] Did you mean 'invoice'?",
        "b/flow.yaml:1:1: error: scenario 'flow' is also in a/flow.yaml [duplicate-id] Ids are unique.",
        "a/setups/broken.yaml:2:1: error: not YAML: while parsing a flow node did not find expected node content [yaml-syntax]",
        "3 files: 5 errors, 1 warning.",
    ]


def test_warnings_are_errors_where_that_is_asked_for(cli: Cli, write: Write) -> None:
    write("flow.yaml", write("flow.yaml").read_text().replace("given: {", "given: {other: customer, "))
    warned = (
        "flow.yaml:5:9: warning: nothing refers to 'other' [unused-given] Leave it out.\n1 file: 0 errors, 1 warning.\n"
    )
    assert cli("lint", "flow.yaml") == (0, warned, "")
    assert cli("lint", "--strict", "flow.yaml") == (4, warned, "")


def test_what_a_file_says_cannot_move_the_cursor(cli: Cli, write: Write) -> None:
    write("flow.yaml", write("flow.yaml").read_text().replace("id: read", 'id: "re\\e[2Jad"'))
    ran = cli("lint", "flow.yaml")
    assert ran.code == 4
    assert "\x1b" not in ran.out + cli("explain", "flow", "flow.yaml").err


def test_a_setup_that_shadows_is_told_once(cli: Cli, write: Write) -> None:
    write("flow.yaml")
    write("setups/customer.yaml", "setup: customer\ntitle: T\nsteps: []\nresult: ${run.id}\n")
    out = cli("lint", ".").out
    assert out.count("shadowed-setup") == 1
    assert out.startswith("setups/customer.yaml: error: setup 'customer' is already in ")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("nowhere", "stripe-conformance: nowhere: no such file or folder [unreadable]\n"),
        (
            "empty",
            "stripe-conformance: empty: no scenarios in empty [no-scenarios] A scenario is a .yaml file with `id:` and `steps:`.\n",
        ),
    ],
)
def test_nothing_to_lint_is_a_problem(cli: Cli, path: str, line: str) -> None:
    Path("empty").mkdir()
    assert cli("lint", path) == (4, "", line)
