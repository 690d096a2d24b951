"""Every rule of high confidence is stated by a requirement that a scenario covers, or says here why none does yet."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from conformance import paths
from conformance.rules.errors import ERRORS, ErrorRule
from conformance.rules.lifecycle import LIFECYCLE, Transition

#: requirement -> why no scenario covers it. A row that gets its scenario must leave this table.
UNEXERCISED = {
    "INV-API-025": "needs a flood of requests",
}

SURE = [row for row in (*LIFECYCLE, *ERRORS) if row.confidence == "high"]


@cache
def covered() -> frozenset[str]:
    """Every requirement id in any ``covers`` of the library."""
    found: set[str] = set()

    def collect(node: object) -> None:
        if isinstance(node, dict):
            found.update(node.get("covers", ()))
            for value in node.values():
                collect(value)
        elif isinstance(node, list):
            for item in node:
                collect(item)

    folder = paths.data("scenarios")
    for file in sorted(folder.glob("*/*.yaml")):
        if file.parent != Path(folder, "requirements"):
            collect(yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader))
    return frozenset(found)


@pytest.mark.parametrize("row", SURE, ids=lambda row: f"{row.requirement}-{row.condition}")
def test_a_rule_of_high_confidence_is_exercised(row: Transition | ErrorRule) -> None:
    assert row.requirement in covered() or row.requirement in UNEXERCISED


@pytest.mark.parametrize("requirement", UNEXERCISED)
def test_what_is_exercised_is_no_longer_excused(requirement: str) -> None:
    assert requirement not in covered()
    assert requirement in {row.requirement for row in SURE}
