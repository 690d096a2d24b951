from __future__ import annotations

import re

import pytest

from conformance.api_version import ApiVersion
from conformance.contract import requirements
from conformance.rules import capabilities, errors, lifecycle
from conformance.rules.capabilities import CAPABILITIES, needed_by
from conformance.rules.errors import ERRORS
from conformance.rules.lifecycle import LIFECYCLE, transitions

STATUSES = ("draft", "open", "paid", "uncollectible", "void")
OPERATIONS = (
    "retrieve",
    "update_fields",
    "update_metadata",
    "delete",
    "finalize",
    "pay",
    "send",
    "void",
    "mark_uncollectible",
    "add_lines",
)
DAHLIA = ApiVersion.parse("2026-08-26.dahlia")


@pytest.mark.parametrize("row", [*LIFECYCLE, *ERRORS], ids=lambda row: f"{row.requirement}-{row.condition}")
def test_every_row_names_the_requirement_that_states_it(row: lifecycle.Transition | errors.ErrorRule) -> None:
    assert requirements.get(row.requirement) is not None


@pytest.mark.parametrize("row", LIFECYCLE, ids=lambda row: row.key)
def test_the_address_of_a_transition_is_readable_and_its_own(row: lifecycle.Transition) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+(\.[a-z0-9-]+)?", row.key)
    assert lifecycle.find(row.key) is row


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: f"{row.operation} {row.condition}")
def test_an_error_is_found_by_operation_and_condition(row: errors.ErrorRule) -> None:
    assert errors.find(row.operation, row.condition) is row


@pytest.mark.parametrize("row", [*LIFECYCLE, *ERRORS], ids=lambda row: f"{row.requirement}-{row.condition}")
def test_a_pattern_is_a_regular_expression_and_no_row_says_two_things_in_one_word(
    row: lifecycle.Transition | errors.ErrorRule,
) -> None:
    re.compile(row.pattern or "")
    for word in (row.code, row.param, getattr(row, "type", None), getattr(row, "result", None)):
        assert word is None or " or " not in word


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_on_every_status_has_a_row_at_the_newest_version(status: str, operation: str) -> None:
    assert transitions(status, operation, DAHLIA)


def test_an_error_of_a_wrong_state_has_a_status_and_leaves_the_invoice_as_it_was() -> None:
    for row in LIFECYCLE:
        if row.http_status == 400 and row.status in STATUSES:
            assert row.result == row.status or row.key.startswith("draft.pay"), row.key


def test_rows_of_an_era_are_chosen_by_version() -> None:
    paid_void = {
        version: transitions("paid", "void", ApiVersion.parse(version))
        for version in ("2022-08-01", "2026-08-26.dahlia")
    }
    assert [row.pattern for row in paid_void["2022-08-01"]] == [
        r"You can only pass in open invoices\. This invoice isn't open\."
    ]
    assert [row.pattern for row in paid_void["2026-08-26.dahlia"]] == [
        r"Invoices with `paid` payments cannot be voided\."
    ]
    assert len(transitions("paid", "void")) == 2


def test_an_unknown_address_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        lifecycle.find("open.eat")
    with pytest.raises(KeyError):
        errors.find("…/pay", "nothing")


def test_the_profiles_contain_each_other() -> None:
    core, billing, full = (set(needed_by(profile)) for profile in capabilities.PROFILES)
    assert core < billing < full == set(CAPABILITIES)


def test_a_capability_has_a_name_a_target_can_write_in_a_file() -> None:
    for name, capability in CAPABILITIES.items():
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", name)
        assert all(re.fullmatch(r"(GET|POST|DELETE) /v1/[a-z_/{}]+", endpoint) for endpoint in capability.endpoints)
