"""The checker that the engine calls: right bodies pass with nothing said, wrong ones are named exactly."""

from __future__ import annotations

import copy

import pytest

from conformance.contract import Violation, for_version, versions
from tests.contract import bodies
from tests.contract.bodies import ACACIA, BASIL, CLOVER, NEWEST

HEADERS = {"stripe-version": NEWEST, "request-id": "req_Made", "idempotency-key": "k", "original-request": "req_Made"}
PATH = "/v1/invoices/in_MadeHere1"


def judge(body, version=NEWEST, **options):
    return for_version(version, **options).check("GET", PATH, 200, {**HEADERS, "stripe-version": version}, body)


def only(found) -> Violation:
    assert len(found) == 1, [str(violation) for violation in found]
    return found[0]


@pytest.mark.parametrize("version", [str(version) for version in versions.known()])
@pytest.mark.parametrize("status", ["draft", "open", "paid", "void", "uncollectible"])
def test_a_right_invoice_passes_at_every_version_and_status(version, status):
    assert judge(bodies.invoice(version, status), version) == ()


@pytest.mark.parametrize("lines", [0, 1, 10, 11])
def test_the_window_of_ten_lines_is_no_fault(lines):
    assert judge(bodies.invoice(status="draft", lines=lines)) == ()


def test_a_wrong_type_is_named_with_its_place_and_both_sides():
    body = bodies.invoice()
    body["lines"]["data"][1]["currency"] = 7
    found = only(judge(body))
    assert (found.rule, found.path, found.expected, found.actual) == ("schema", "lines.data[1].currency", "string", 7)
    assert (found.severity, found.requirement) == ("fail", "INV-API-021")


def test_a_missing_key_is_said_once_although_invariants_speak_of_it_too():
    body = bodies.invoice()
    del body["amount_due"]
    found = only(judge(body))
    assert (found.rule, found.path, found.expected, found.actual) == ("schema", "amount_due", "present", "missing")


def test_a_field_that_was_removed_is_told_with_the_version_that_removed_it():
    found = only(judge(bodies.invoice(paid=False)))
    assert (found.rule, found.path, found.requirement) == ("removed", "paid", "INV-VER-001")
    assert BASIL in found.message


def test_an_extra_key_never_fails_but_one_that_no_version_has_is_a_warning():
    assert only(judge(bodies.invoice(totally_made_up=1))).severity == "warning"


def test_a_key_of_a_later_version_is_no_finding_because_stripe_shows_new_fields_to_old_versions():
    body = bodies.invoice(BASIL)
    body["customer_account"] = None
    body["lines"]["data"][0]["quantity_decimal"] = "3"
    assert judge(body, BASIL) == ()


def test_the_undocumented_key_that_genuine_bodies_carry_is_known():
    body = bodies.invoice()
    body["lines"]["data"][0]["parent"]["license_fee_subscription_details"] = None
    assert judge(body) == ()


def test_what_only_later_versions_have_can_be_noted():
    body = bodies.invoice(BASIL, customer_account=None, made_up=1)
    body["customer_tax_ids"] = [{"type": "pl_nip", "value": "1"}]
    found = for_version(BASIL).notes(body, "invoice")
    assert {(v.path, v.severity) for v in found} == {("customer_account", "note"), ("customer_tax_ids[0].type", "note")}
    assert "2025-12-15.clover" in next(v.message for v in found if v.path == "customer_account")
    assert for_version(NEWEST).notes(bodies.invoice(), "invoice") == []


def test_an_enum_value_of_a_later_version_is_tolerated_and_an_unknown_one_is_not():
    body = bodies.invoice(CLOVER)
    body["customer_tax_ids"] = [{"type": "pl_nip", "value": "1"}]
    assert judge(body, CLOVER) == ()
    body["customer_tax_ids"] = [{"type": "made_up", "value": "1"}]
    assert only(judge(body, CLOVER)).severity == "fail"
    assert only(judge(body, CLOVER, genuine=True)).severity == "warning"


def test_an_unknown_status_fails_whoever_says_it():
    found = judge(bodies.invoice(status="open") | {"status": "pending"}, genuine=True)
    assert ("status", "fail", "INV-OBJ-008") in {(v.path, v.severity, v.requirement) for v in found}


def test_a_nullable_key_that_is_always_there_fails_a_mock_and_warns_of_stripe_itself():
    body = bodies.invoice()
    del body["statement_descriptor"]
    assert only(judge(body)).severity == "fail"
    assert only(judge(body, genuine=True)).severity == "warning"


def test_a_preview_only_warns_of_what_only_recordings_tell():
    body = bodies.invoice(status="draft", id="upcoming_in_1")
    body["lines"] |= {"data": [], "total_count": 0} | {"url": "/v1/invoices/upcoming_in_1/lines"}
    body |= dict.fromkeys(("total", "subtotal", "total_excluding_tax", "subtotal_excluding_tax"), 0)
    body |= {"amount_due": 0, "amount_remaining": 0}
    del body["statement_descriptor"]
    assert only(judge(body)).severity == "warning"


@pytest.mark.parametrize("version", [str(version) for version in versions.known()])
def test_an_invoice_has_an_id_unless_it_is_still_to_come(version):
    body = bodies.invoice(version)
    del body["id"]
    assert [one.path for one in judge(body, version) if one.severity == "fail"] == ["id"]
    contract, headers = for_version(version), {**HEADERS, "stripe-version": version}
    upcoming = contract.check("GET", "/v1/invoices/upcoming", 200, headers, body)
    assert not [one for one in upcoming if one.path == "id"]
    listed = {"object": "list", "url": "/v1/invoices", "has_more": False, "data": [body]}
    found = contract.check("GET", "/v1/invoices", 200, headers, listed)
    assert [one.path for one in found if one.severity == "fail"] == ["data[0].id"]


def test_an_expanded_object_is_known_by_its_name_and_a_wrong_one_is_refused():
    assert judge(bodies.invoice(customer={"id": "cus_1", "object": "customer", "whatever": 1})) == ()
    assert judge(bodies.invoice(customer={"id": "cus_1", "object": "customer", "deleted": True})) == ()
    found = only(judge(bodies.invoice(customer={"id": "cus_1", "object": "client"})))
    assert (found.path, found.rule) == ("customer.object", "schema")


def test_an_expanded_tax_rate_is_right():
    details = {"tax_rate": {"id": "txr_1", "object": "tax_rate"}}
    tax = {"amount": 0, "tax_behavior": "exclusive", "tax_rate_details": details, "taxability_reason": "standard_rated"}
    body = bodies.invoice(total_taxes=[tax | {"taxable_amount": 0, "type": "tax_rate_details"}])
    assert judge(body) == ()


def test_a_body_that_is_no_object_breaks_the_envelope():
    for body in ([], "text", None, 3):
        assert only(judge(body)).rule == "envelope"


@pytest.mark.parametrize(
    "hostile", [{"object": {}}, {"object": []}, {"object": "list", "data": {}}, {"object": "event"}, {}]
)
def test_a_hostile_body_is_judged_and_raises_nothing(hostile):
    for method, path in (("GET", PATH), ("GET", "/v1/unknown"), ("GET", "/v1/invoices"), ("GET", "/v1/events")):
        for_version(NEWEST).check(method, path, 200, HEADERS, hostile)


def test_hostile_values_in_every_field_raise_nothing():
    right = bodies.invoice()
    for value in ([], {}, "x", 1e400, -1, None, True, [[]], {"object": "invoice"}, 10**30):
        for key in right:
            for_version(NEWEST).check("GET", PATH, 200, HEADERS, right | {key: value})


def test_a_list_is_judged_row_by_row():
    wrong = bodies.invoice(amount_remaining=1)
    found = for_version(NEWEST).check("GET", "/v1/invoices", 200, HEADERS, bodies.listed(bodies.invoice(), wrong))
    assert only(found).path == "data[1].amount_remaining"


def test_the_list_envelope_is_judged():
    body = bodies.listed(bodies.invoice())
    del body["has_more"]
    assert only(for_version(NEWEST).check("GET", "/v1/invoices", 200, HEADERS, body)).path == "has_more"


def test_a_list_of_another_object_than_the_path_promises_is_wrong():
    body = bodies.listed({"id": "cus_1", "object": "customer"})
    assert for_version(NEWEST).check("GET", "/v1/invoices", 200, HEADERS, body)


def test_search_results_have_an_envelope_of_their_own():
    body = bodies.listed(bodies.invoice(), url="/v1/invoices/search") | {"object": "search_result", "next_page": None}
    assert for_version(NEWEST).check("GET", "/v1/invoices/search", 200, HEADERS, body) == ()
    assert for_version(NEWEST).check("GET", "/v1/invoices/search", 200, HEADERS, body | {"object": "list"})


def test_a_deleted_invoice_is_its_stub():
    stub = {"id": "in_MadeHere1", "object": "invoice", "deleted": True}
    assert for_version(NEWEST).check("DELETE", PATH, 200, HEADERS, stub) == ()
    assert for_version(NEWEST).check("DELETE", PATH, 200, HEADERS, bodies.invoice(status="draft"))


def test_an_error_is_judged_as_an_error():
    contract = for_version(NEWEST)
    assert contract.check("GET", PATH, 404, HEADERS, bodies.error()) == ()
    assert only(contract.check("GET", PATH, 404, HEADERS, bodies.error(decline_code=None))).path == "error.decline_code"
    assert contract.check("GET", PATH, 404, HEADERS, {"message": "no"})
    assert contract.check("GET", PATH, 500, HEADERS, {"error": "boom"})


def test_an_event_is_judged_at_its_own_version():
    old = bodies.event(bodies.invoice(ACACIA), ACACIA)
    assert for_version(NEWEST).check_body(old) == []
    mixed = bodies.event(bodies.invoice(ACACIA), NEWEST)
    assert {v.rule for v in for_version(NEWEST).check_body(mixed)} == {"removed", "schema"}
    assert all(v.path.startswith("data.object.") for v in for_version(NEWEST).check_body(mixed))


def test_a_pinned_contract_judges_events_by_its_own_version():
    old = bodies.event(bodies.invoice(ACACIA), ACACIA)
    assert for_version(NEWEST, pinned=True).check_body(old)


@pytest.mark.parametrize("version", [ACACIA, NEWEST])
def test_a_deleted_draft_has_a_status_of_its_own_in_its_own_event_only(version):
    deleted = bodies.invoice(version, "draft") | {"status": "deleted"}
    own = bodies.event(deleted, version, type="invoice.deleted")
    contract = for_version(version)
    assert contract.check_body(own) == []
    listed = {"object": "list", "url": "/v1/events", "has_more": False, "data": [own]}
    assert contract.check("GET", "/v1/events", 200, {**HEADERS, "stripe-version": version}, listed) == ()
    assert only(contract.check_body(bodies.event(deleted, version))).path == "data.object.status"
    assert only(contract.check_body(deleted)).path == "status"
    own["data"]["object"]["status"] = "open"
    own["data"]["object"]["amount_due"] = "much"
    assert "data.object.amount_due" in {violation.path for violation in contract.check_body(own)}


def test_an_invoice_inside_another_object_is_found():
    body = {"id": "sub_1", "object": "subscription", "latest_invoice": bodies.invoice(total=1)}
    found = for_version(NEWEST).check("GET", "/v1/subscriptions/sub_1", 200, HEADERS, body)
    assert "latest_invoice.total" in {violation.path for violation in found}


def test_headers_are_judged():
    contract = for_version(NEWEST)
    body = bodies.invoice()
    found = only(contract.check("GET", PATH, 200, {**HEADERS, "stripe-version": "2020-08-27"}, body))
    assert (found.rule, found.path, found.severity) == ("envelope", "headers.stripe-version", "fail")
    found = contract.check("POST", PATH, 200, {}, body)
    assert {violation.severity for violation in found} == {"warning"}
    replayed = {**HEADERS, "original-request": "req_First", "idempotent-replayed": "true"}
    assert contract.check("POST", PATH, 200, replayed, body) == ()


def test_an_unknown_version_is_judged_by_the_nearest_before_it_and_says_so():
    contract = for_version("2026-12-24.fir")
    assert contract.basis == versions.newest()
    assert str(versions.newest()) in contract.note
    assert for_version(NEWEST).note == ""


def test_a_version_before_all_known_ones_is_judged_by_types_and_invariants_only():
    contract = for_version("2018-11-08")
    body = bodies.invoice("2019-12-03")
    del body["amount_paid"]
    assert "older" in contract.note
    assert contract.check_body(body | {"made_up": 1}, "invoice") == []
    assert [v.path for v in contract.check_body(body | {"currency": 3}, "invoice")] == ["currency"]


def test_what_is_no_version_is_refused():
    with pytest.raises(ValueError, match="not an API version"):
        for_version("basil")


def test_a_contract_is_made_once():
    assert for_version(NEWEST) is for_version(NEWEST)


def test_checking_leaves_the_body_as_it_was():
    body = bodies.invoice(amount_due=3)
    before = copy.deepcopy(body)
    judge(body)
    assert body == before


def test_unknown_parameters_are_told_with_the_version_that_took_them():
    contract = for_version(NEWEST)
    assert contract.check_request("POST", "/v1/invoices", {"customer": "cus_1", "metadata": {"a": "b"}}) == []
    found = only(contract.check_request("POST", "/v1/invoiceitems", {"customer": "cus_1", "price": "price_1"}))
    assert (found.path, found.requirement) == ("params.price", "INV-VER-008")
    assert BASIL in found.message
    flat = {"lines[0][amount]": "1", "lines[0][nope]": "1", "expand[]": "customer"}
    assert [v.path for v in contract.check_request("POST", "/v1/invoices/in_1/add_lines", flat)] == [
        "params.lines[].nope"
    ]
    assert contract.check_request("POST", "/v1/unknown", {"a": 1}) == []


def test_an_operation_that_the_version_lacks_is_told():
    assert for_version(NEWEST).check_request("GET", "/v1/invoices/upcoming", {"customer": "cus_1"})
    assert for_version(ACACIA).check_request("GET", "/v1/invoices/upcoming", {"customer": "cus_1"}) == []
