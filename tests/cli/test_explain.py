"""``explain``: what a scenario does and how it is known, or who covers a requirement."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.paths import data
from conformance.scenario.loader import Library, discover

Cli = Callable[..., Any]
Write = Callable[..., Path]


def test_a_scenario_step_by_step(cli: Cli, write: Write) -> None:
    write("scenarios/drafts/flow.yaml")
    ran = cli("explain", "flow", "scenarios")
    assert (ran.code, ran.err) == (0, "")
    head, _, covers = ran.out.partition("Covers\n")
    assert head.startswith(
        "A draft stays a draft\n"
        "flow, scenarios/drafts/flow.yaml\n"
        "Not for targets without invoices.finalize.\n"
        "Profile core.\n"
        "\n"
        "Starts from\n"
        "  invoice: A draft of one line for a new customer who pays by card [draft-invoice]\n"
    )
    assert "POST /v1/payment_methods/pm_card_visa/attach\n" in head
    assert head.endswith(
        "1. read: Nothing happened to it\n"
        "   GET /v1/invoices/${invoice.id}\n"
        '       expand = ["customer"]\n'
        "   - HTTP status is 200\n"
        '   - status is "draft"\n'
        "\n"
    )
    assert covers.startswith(
        "  INV-FIN-005  must, recorded, confidence high; API versions >=2026-03-25.dahlia\n    Finalizing anything"
    )
    assert covers.endswith("A failure fails the target.\n")


def test_a_row_and_the_rows_beside_it(cli: Cli) -> None:
    whole = cli("explain", "void-by-status").out
    assert "Rows: draft, " in whole
    row = cli("explain", "void-by-status[draft]").out
    assert row.splitlines()[1].startswith("void-by-status[draft], ")
    assert "Rows:" not in row


def test_a_requirement_names_its_source_and_every_scenario_that_covers_it(cli: Cli) -> None:
    out = cli("explain", "INV-TRN-010").out
    assert out.startswith("INV-TRN-010\nPOST /mark_uncollectible on open: status uncollectible")
    assert "\nlevel:        must\nprovenance:   recorded, confidence high\n" in out
    assert "\nsource:       K13:53; TD:invoice_3" in out
    assert "\n  mark-uncollectible-by-status[open] " in "\n" + out.partition("Checked by\n")[2]


def test_a_setup(cli: Cli) -> None:
    out = cli("explain", "open-invoice").out
    assert out.startswith("An open invoice of one line for a new customer who pays by card\nsetup open-invoice, ")
    assert 'Arguments: amount (default 2000), payment_method (default "pm_card_visa").\n' in out
    assert out.endswith("Gives ${opened}\n")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("open-invoic", "Did you mean 'open-invoice'?"),
        ("INV-TRN-01", "Did you mean 'INV-TRN-0"),
        ("zzz", "`stripe-conformance list` names all scenarios."),
    ],
)
def test_an_unknown_name_is_a_problem_with_a_hint(cli: Cli, name: str, hint: str) -> None:
    ran = cli("explain", name)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith(f"stripe-conformance: no scenario, setup or requirement '{name}' [unknown-id] {hint}")


def test_everything_that_ships_can_be_explained(cli: Cli) -> None:
    library = Library()
    files = discover([data("scenarios")])
    for scenario in {file: library.load(file).scenarios[0] for file in files[::8]}.values():
        assert cli("explain", scenario.id, scenario.file).code == 0
