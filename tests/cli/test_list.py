"""``list``: every scenario once, filtered, in columns or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.paths import data
from conformance.scenario.loader import discover, load

Cli = Callable[..., Any]
Write = Callable[..., Path]


def test_columns_by_area(cli: Cli, write: Write) -> None:
    write("scenarios/drafts/flow.yaml")
    write(
        "scenarios/drafts/other.yaml",
        write("x.yaml").read_text().replace("id: flow", "id: other-flow").replace("needs", "#"),
    )
    assert cli("list", "scenarios") == (
        0,
        (
            "drafts (2)\n"
            "  flow        1 req  A draft stays a draft  needs invoices.finalize\n"
            "  other-flow  1 req  A draft stays a draft\n"
            "\n"
            "2 scenarios.\n"
        ),
        "",
    )


def test_the_library_is_listed_whole(cli: Cli) -> None:
    listed = json.loads(cli("list", "--json").out)
    ids = [scenario.id for file in discover([data("scenarios")]) for scenario in load(file).scenarios]
    assert [one["id"] for one in listed] == ids
    assert cli("list").out.endswith(f"\n{len(ids)} scenarios.\n")


def test_json_says_what_a_program_needs(cli: Cli, write: Write) -> None:
    write("scenarios/drafts/flow.yaml")
    assert json.loads(cli("list", "--json", "scenarios").out) == [
        {
            "id": "flow",
            "title": "A draft stays a draft",
            "file": "scenarios/drafts/flow.yaml",
            "area": "drafts",
            "profile": "core",
            "needs": ["invoices.finalize"],
            "covers": ["INV-FIN-005"],
            "versions": "all",
            "steps": ["read"],
        }
    ]


@pytest.mark.parametrize(
    ("option", "value", "holds"),
    [
        ("--area", "lifecycle", lambda one: one["area"] == "lifecycle"),
        ("--covers", "INV-TRN-010", lambda one: "INV-TRN-010" in one["covers"]),
        ("--covers", "INV-PAY", lambda one: any(id_.startswith("INV-PAY") for id_ in one["covers"])),
        ("--needs", "credit_notes", lambda one: "credit_notes" in one["needs"]),
    ],
)
def test_a_filter_keeps_what_it_says_and_nothing_else(
    cli: Cli, option: str, value: str, holds: Callable[[Any], bool]
) -> None:
    everything = json.loads(cli("list", "--json").out)
    kept = json.loads(cli("list", "--json", option, value).out)
    assert kept == [one for one in everything if holds(one)]
    assert 0 < len(kept) < len(everything)


def test_a_filter_that_keeps_nothing_says_so(cli: Cli) -> None:
    assert cli("list", "--area", "nowhere") == (0, "No scenario is like that.\n", "")


def test_setups_are_listed_with_their_arguments(cli: Cli) -> None:
    assert any(
        line.split()[0] == "open-invoice" and "amount" in line for line in cli("list", "--setups").out.splitlines()
    )
    named = {one["setup"]: one for one in json.loads(cli("list", "--setups", "--json").out)}
    assert named["open-invoice"]["arguments"] == ["amount", "payment_method"]
