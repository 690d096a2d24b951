"""Known versions, what changes between them, and the lifecycle as a judge of two observations."""

from __future__ import annotations

import pytest

from conformance.api_version import ApiVersion
from conformance.contract import behaviour, changes, chronicle, lifecycle, requirements, versions
from tests.contract.bodies import ACACIA, BASIL, CLOVER, NEWEST


def version(text: str) -> ApiVersion:
    return ApiVersion.parse(text)


def test_versions_ascend_and_reach_from_2019_to_the_newest():
    known = versions.known()
    assert list(known) == sorted(known)
    assert (str(known[0]), str(versions.newest())) == ("2019-12-03", NEWEST)
    assert len(known) == 35


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [("2021-01-01", "2020-08-27"), (BASIL, BASIL), ("2099-01-01", NEWEST), ("2011-01-01", "2019-12-03")],
)
def test_the_nearest_known_version_is_not_after_the_one_asked_for(asked, nearest):
    assert str(versions.nearest(version(asked))) == nearest


def test_basil_removes_35_fields():
    found = changes.diff(version(ACACIA), version(BASIL))
    assert len(found.bodies.removed) == 35
    assert {"invoice.charge", "line_item.price", "invoiceitem.unit_amount", "credit_note.refund"} <= set(
        found.bodies.removed
    )
    assert {"invoice.parent", "invoice_payment", "line_item.pricing"} <= set(found.bodies.added)
    assert "GET /v1/invoices/upcoming" in found.operations_removed
    assert "POST /v1/invoiceitems.price" in found.parameters.removed
    assert "INV-VER-012" in {change.requirement for change in found.behaviour}


def test_only_the_upcoming_invoice_is_gone_of_all_operations():
    """Where the SDK merely keeps an operation's parameters in another module, nobody is told that it was removed."""
    lives = chronicle.requests().operations
    gone = {name for name, life in lives.items() if chronicle.alive(life, versions.newest().date) is None}
    assert gone == {"GET /v1/invoices/upcoming", "GET /v1/invoices/upcoming/lines"}


def test_a_move_back_is_told_from_the_older_to_the_newer():
    assert changes.diff(version(NEWEST), version(CLOVER)) == changes.diff(version(CLOVER), version(NEWEST))


def test_nothing_changes_between_a_version_and_itself():
    found = changes.diff(version(BASIL), version(BASIL))
    assert not found.bodies
    assert not found.parameters
    assert found.behaviour == ()


def test_new_enum_values_are_told():
    found = changes.diff(version(BASIL), version("2025-05-28.basil"))
    assert found.bodies.values["credit_note.type"] == (["mixed"], [])


def test_what_may_be_absent_is_told_apart_from_types():
    found = changes.diff(version("2025-08-27.basil"), version("2025-09-30.clover"))
    assert found.bodies.optional["invoice.id"] == ("may be null or absent", "always there")
    assert "invoice.id" not in found.bodies.types


def test_every_behaviour_change_names_a_catalogued_requirement():
    for change in behaviour.CHANGES:
        assert requirements.get(change.requirement) is not None, change


def test_silent_changes_belong_to_no_version():
    assert behaviour.silent()
    assert not any(change.silent for change in behaviour.between(version("2013-01-01"), version("2030-01-01")))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("draft", "open"),
        ("draft", "paid"),
        ("draft", "void"),
        ("draft", "deleted"),
        ("open", "paid"),
        ("open", "void"),
        ("open", "uncollectible"),
        ("uncollectible", "paid"),
        ("uncollectible", "void"),
        ("paid", "paid"),
        ("void", "void"),
    ],
)
def test_what_can_follow_is_allowed(before, after):
    assert lifecycle.allowed(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("open", "draft"),
        ("paid", "open"),
        ("paid", "void"),
        ("paid", "draft"),
        ("void", "open"),
        ("void", "paid"),
        ("uncollectible", "draft"),
        ("open", "deleted"),
        ("paid", "deleted"),
        ("deleted", "draft"),
    ],
)
def test_what_no_call_leads_to_is_not_allowed(before, after):
    assert not lifecycle.allowed(before, after)


def test_an_unheard_of_status_is_not_held_against_anyone():
    assert lifecycle.allowed("closed", "open")
