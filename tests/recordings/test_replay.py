"""`replay`: requests of a recording sent again, over real connections."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from conformance.api_version import ApiVersion
from conformance.recordings.replay import run as replaying
from conformance.results.model import Outcome
from tests.miniature_server import Call, answer
from tests.recordings.replays import THEN, against, replay, row, scripted, serving, write

CUSTOMER = {"id": "cus_Recorded00", "object": "customer", "email": "a@example.com", "created": THEN}
OURS = {**CUSTOMER, "id": "cus_Received00"}
INVOICE = {"id": "in_1Recorded00", "object": "invoice", "customer": "cus_Recorded00", "status": "draft"}
OUR_INVOICE = {**INVOICE, "id": "in_1Received00", "customer": "cus_Received00"}


def now(body: dict[str, Any]) -> dict[str, Any]:
    import time

    return {**body, "created": int(time.time())}


def flow(*more: dict[str, Any]) -> list[dict[str, Any]]:
    """A customer and its invoice."""
    return [
        row("POST", "/v1/customers", CUSTOMER, {"email": "a@example.com"}),
        row("POST", "/v1/invoices", INVOICE, {"customer": "cus_Recorded00"}, after=1),
        *more,
    ]


def test_requests_go_out_in_the_names_of_the_target(tmp_path: Path) -> None:
    sent: list[tuple[str, dict[str, str], str]] = []
    answers = scripted(now(OURS), OUR_INVOICE, {**OUR_INVOICE, "status": "open"})

    def fault(call: Call) -> Any:
        sent.append((f"{call.method} {call.path}", call.params, call.headers["stripe-version"]))
        return answers(call)

    path = write(
        tmp_path,
        *flow(row("POST", "/v1/invoices/in_1Recorded00/finalize", {**INVOICE, "status": "open"}, version="2024-06-20")),
    )
    with serving() as server:
        done = replay(path, server.url, server, fault)
    assert sent == [
        ("POST /v1/customers", {"email": "a@example.com"}, "2026-10-28.endive"),
        ("POST /v1/invoices", {"customer": "cus_Received00"}, "2026-10-28.endive"),
        ("POST /v1/invoices/in_1Received00/finalize", {}, "2024-06-20"),
    ]
    assert done.found == set()
    assert done.results[0].outcome is Outcome.PASS
    assert [step.id for step in done.results[0].steps] == ["line-1", "line-2", "line-3"]
    assert done.tally.share("invoice").compared == 8
    assert done.tally.versions() == ["2024-06-20", "2026-10-28.endive"]
    assert done.tally.share(version="2024-06-20").compared == 4


def test_what_differs_fails_its_step_and_is_grouped_by_its_cause(tmp_path: Path) -> None:
    read = row("GET", "/v1/invoices/in_1Recorded00", INVOICE, after=2)
    path = write(tmp_path, *flow(read, {**read}))
    wrong = {**OUR_INVOICE, "status": "open"}
    done = against(path, now(OURS), OUR_INVOICE, wrong, wrong)
    assert done.found == {"invoice.status value"}
    steps = done.results[0].steps
    assert [step.outcome for step in steps] == [Outcome.PASS, Outcome.PASS, Outcome.FAIL, Outcome.FAIL]
    assert len({check.cause for step in steps for check in step.checks}) == 1
    assert steps[2].checks[0].expected == "draft"
    assert steps[2].checks[0].actual == "open"
    assert steps[2].passed == 3
    assert steps[2].exchanges[0].response is not None


def test_another_status_makes_every_recorded_field_differ(tmp_path: Path) -> None:
    path = write(tmp_path, row("POST", "/v1/customers", CUSTOMER, {"email": "a@example.com"}))
    done = against(path, (400, {"error": {"type": "invalid_request_error", "message": "No."}}))
    assert str(done.tally.share("customer")) == "0/4 (0.00%)"
    (check,) = done.results[0].steps[0].checks
    assert (check.aspect, check.expected, check.actual) == ("status", 200, 400)
    assert "No." in check.message


def test_what_needs_an_object_that_the_target_did_not_make_is_blocked(tmp_path: Path) -> None:
    path = write(tmp_path, *flow())
    done = against(path, (400, {"error": {"type": "invalid_request_error", "message": "No."}}))
    assert [step.outcome for step in done.results[0].steps] == [Outcome.FAIL, Outcome.NOT_TESTABLE]
    assert done.tally.share("invoice").compared == 0
    assert done.tally.exchanges["2026-10-28.endive"] == {"sent": 1, "blocked": 1}


def test_what_the_target_refused_is_made_in_another_way_so_that_the_rest_is_seen(tmp_path: Path) -> None:
    path = write(tmp_path, *flow())
    done = against(path, (400, {"error": {"type": "api_error", "message": "No."}}), now(OURS), OUR_INVOICE)
    assert [step.outcome for step in done.results[0].steps] == [Outcome.FAIL, Outcome.PASS]
    assert done.tally.restored == {"customers": 1}
    assert str(done.tally.share("customer")) == "0/4 (0.00%)"
    assert done.tally.share("invoice").value == 1


def test_what_is_missing_with_all_it_held_is_one_cause(tmp_path: Path) -> None:
    address = {"city": "Berlin", "country": "DE", "line1": None}
    path = write(tmp_path, row("POST", "/v1/customers", {**CUSTOMER, "address": address}, {"email": "a@example.com"}))
    done = against(path, now({**OURS, "address": None}))
    ((kind, found),) = done.tally.differences.items()
    assert (str(kind), found.count) == ("customer.address type", 3)
    assert done.tally.share("customer").compared == 7


def test_what_the_target_could_not_make_again_is_blocked(tmp_path: Path) -> None:
    shown = {
        "id": "sub_1Recorded00",
        "object": "subscription",
        "coupon": {"id": "TENOFF", "object": "coupon", "percent_off": 10},
    }
    path = write(tmp_path, row("POST", "/v1/subscriptions", shown, {"coupon": "TENOFF"}))
    done = against(path, (400, {"error": {"type": "invalid_request_error", "message": "No."}}))
    assert done.results[0].outcome is Outcome.NOT_TESTABLE
    assert "the target could not make TENOFF: HTTP 400 No." in done.results[0].steps[0].title


def test_the_same_error_is_equal_and_another_one_differs(tmp_path: Path) -> None:
    def error(name: str, **more: str) -> dict[str, Any]:
        return {"error": {"type": "invalid_request_error", "message": f"No such invoice: '{name}'", **more}}

    told = {"code": "resource_missing", "param": "id"}
    path = write(tmp_path, row("GET", "/v1/invoices/in_1Nowhere000", error("in_1Nowhere000", **told), status=404))
    assert against(path, (404, error("in_1Nowhere000", **told))).found == set()
    assert against(path, (404, error("in_1Nowhere000", code="x", param="id"))).found == {"error.error.code value"}
    assert against(path, (404, {"error": {**error("in_1Nowhere000", **told)["error"], "message": "Gone"}})).found == {
        "error.error.message value"
    }


def test_what_was_there_before_and_is_not_shown_is_not_replayable(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        row("POST", "/v1/invoices/in_1Earlier000/void", {"id": "in_1Earlier000", "object": "invoice"}),
        row("GET", "/v1/invoices/in_1Earlier000", {"id": "in_1Earlier000", "object": "invoice"}),
    )
    done = against(path)
    assert [step.outcome for step in done.results[0].steps] == [Outcome.NOT_APPLICABLE] * 2
    assert done.results[0].outcome is Outcome.NOT_APPLICABLE
    assert done.tally.share().compared == 0
    assert done.tally.exchanges["2026-10-28.endive"] == {"not replayable": 2}
    assert "in_1Earlier000 was made before the recording began" in done.results[0].steps[0].title


def test_a_price_of_before_is_made_again_from_what_is_shown_of_it(tmp_path: Path) -> None:
    price = {
        "id": "small-monthly", "object": "price", "currency": "usd", "unit_amount": 2500, "product": "prod_Recorded00",
        "recurring": {"interval": "month", "interval_count": 1}, "nickname": None, "metadata": {},
    }  # fmt: skip
    line = {
        "id": "il_1Recorded00",
        "object": "line_item",
        "price": price,
        "description": "2 seat × Desk (at $25.00 / month)",
    }
    body = {"id": "sub_1Recorded00", "object": "subscription", "line": line}
    path = write(tmp_path, row("POST", "/v1/subscriptions", body, {"items": [{"price": "small-monthly"}]}))
    sent: list[tuple[str, dict[str, str]]] = []
    ours = {**price, "id": "price_1Received00", "product": "prod_Received00"}
    answers = scripted(
        {"id": "prod_Received00", "object": "product"},
        ours,
        {"id": "sub_1Received00", "object": "subscription", "line": {**line, "id": "il_1Received00", "price": ours}},
    )

    def fault(call: Call) -> Any:
        sent.append((call.path, call.params))
        return answers(call)

    with serving() as server:
        done = replay(path, server.url, server, fault)
    assert sent == [
        ("/v1/products", {"name": "Desk", "unit_label": "seat"}),
        (
            "/v1/prices",
            {
                "currency": "usd", "unit_amount": "2500", "product": "prod_Received00",
                "recurring[interval]": "month", "recurring[interval_count]": "1",
            },
        ),
        ("/v1/subscriptions", {"items[0][price]": "price_1Received00"}),
    ]  # fmt: skip
    assert done.found == set()
    assert done.tally.restored == {"products": 1, "prices": 1}


def test_a_coupon_that_nothing_shows_is_the_recordings_own(tmp_path: Path) -> None:
    body = {"id": "sub_1Recorded00", "object": "subscription"}
    path = write(tmp_path, row("POST", "/v1/subscriptions", body, {"coupon": "10OFF"}))
    error = {"type": "invalid_request_error", "code": "resource_missing", "message": "No such coupon: '10OFF'"}
    done = against(path, (404, {"error": error}))
    assert done.results[0].outcome is Outcome.NOT_APPLICABLE
    assert against(path, {**body, "id": "sub_1Received00"}).results[0].outcome is Outcome.PASS


def test_a_list_of_everybodys_objects_is_compared_in_what_is_the_recordings_own(tmp_path: Path) -> None:
    def listed(*data: Any, more: bool = False) -> dict[str, Any]:
        return {"object": "list", "data": list(data), "has_more": more, "url": "/v1/customers"}

    older = {"id": "cus_Earlier000", "object": "customer"}
    everybody = row("GET", "/v1/customers", listed(CUSTOMER, older, more=True), {"limit": 2}, after=1)
    path = write(tmp_path, flow()[0], everybody)
    own, stranger = now(OURS), {"id": "cus_Stranger00", "object": "customer"}
    assert against(path, own, listed(stranger, own, stranger)).found == set()
    assert against(path, own, listed(stranger, more=True)).found == set()
    assert against(path, own, listed(stranger)).found == {"list.data[] missing"}
    assert against(path, own, listed({**own, "email": None})).found == {"customer.email value"}


def test_a_write_whose_parameters_were_not_recorded_is_not_sent(tmp_path: Path) -> None:
    path = write(tmp_path, {**row("POST", "/v1/customers", CUSTOMER), "params": None})
    done = against(path)
    assert done.results[0].steps[0].title == "not replayable: the recording does not tell its parameters"


def test_times_in_requests_are_as_far_from_now_as_they_were(tmp_path: Path) -> None:
    import time

    due = THEN + 30 * 86_400
    body = {**INVOICE, "customer": None, "due_date": due}
    path = write(tmp_path, row("POST", "/v1/invoices", body, {"due_date": str(due), "days_until_due": "1760000001"}))
    sent: list[dict[str, str]] = []

    def fault(call: Call) -> Any:
        sent.append(call.params)
        ours = {**body, "id": "in_1Received00", "due_date": int(call.params["due_date"])}
        return answer(200, ours, date=formatdate(usegmt=True))

    with serving() as server:
        done = replay(path, server.url, server, fault)
    assert int(sent[0]["due_date"]) == pytest.approx(time.time() + 30 * 86_400, abs=10)
    assert done.found == set()


def test_an_idempotent_repetition_is_repeated_and_a_key_of_the_recorder_is_not(tmp_path: Path) -> None:
    keyed = {"req_headers": {"idempotency-key": "k1"}}
    first = row("POST", "/v1/customers", CUSTOMER, {"email": "a@example.com"}, **keyed)
    again = row("POST", "/v1/customers", CUSTOMER, {"email": "a@example.com"}, **keyed, after=1)
    again["headers"]["idempotent-replayed"] = "true"
    other = row("POST", "/v1/customers", {**CUSTOMER, "id": "cus_Recorded01"}, {"email": "a@example.com"}, **keyed)
    path = write(tmp_path, first, again, {**other, "headers": first["headers"]})
    with serving() as server:
        replay(path, server.url, server, scripted(now(OURS), now(OURS), now({**OURS, "id": "cus_Received01"})))
        keys = [headers["idempotency-key"] for headers in server.seen[-3:]]
    assert keys[0] == keys[1] != keys[2]
    assert "k1" not in keys


def test_exchanges_of_older_versions_can_be_left_out(tmp_path: Path) -> None:
    old = row("GET", "/v1/customers", {"object": "list", "data": []}, version="2020-08-27")
    path = write(tmp_path, old, row("GET", "/v1/customers", {"object": "list", "data": []}))
    with serving() as server:
        done = replay(
            path,
            server.url,
            server,
            scripted({"object": "list", "data": []}),
            since=ApiVersion.parse("2022-11-15"),
        )
    assert done.tally.versions() == ["2026-10-28.endive"]


def test_a_long_recording_is_replayed_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "MOST", 2)
    empty = {"object": "list", "data": []}
    path = write(tmp_path, *[row("GET", "/v1/customers", empty) for _ in range(5)])
    done = against(path, *[empty] * 5)
    assert [len(result.steps) for result in done.results] == [2, 2, 1]
    assert len({result.id for result in done.results}) == 3


def test_a_target_that_breaks_is_told_and_nothing_of_it_is_equal(tmp_path: Path) -> None:
    path = write(tmp_path, row("POST", "/v1/customers", CUSTOMER, {"email": "a@example.com"}))
    with serving() as server:
        done = replay(path, server.url, server, lambda _: answer(500, "<html>oops</html>", "text/html"))
    (check,) = done.results[0].steps[0].checks
    assert check.kind in {"crashed", "unreadable"}
    assert done.tally.share().equal == 0
    assert done.tally.share().compared == 4


def test_what_a_target_sends_without_end_is_counted_within_bounds(tmp_path: Path) -> None:
    path = write(tmp_path, row("POST", "/v1/customers", CUSTOMER, {"email": "a@example.com"}))
    done = against(path, now({**OURS, **{f"invented_{n}": n for n in range(20_000)}}))
    assert len(done.tally.differences) <= 10_000
    assert len(done.results[0].steps[0].checks) <= 400


VCR = """
http_interactions:
- request:
    method: post
    uri: https://api.stripe.com/v1/customers
    body: {encoding: UTF-8, string: "email=a%40example.com&expand[]=tax&expand[]=default_source"}
    headers: {Stripe-Version: ["2024-06-20"], Authorization: [Bearer sk_test_redacted]}
  response:
    status: {code: 200, message: OK}
    headers: {Date: ["Fri, 31 Oct 2025 18:15:17 GMT"]}
    body: {encoding: UTF-8, string: '{"id": "cus_Recorded00", "object": "customer", "email": "a@example.com"}'}
  recorded_at: Fri, 31 Oct 2025 18:15:17 GMT
"""


def test_a_cassette_of_ruby_is_replayed_with_all_it_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "made.yml"
    path.write_text(VCR, encoding="utf-8")
    sent: list[tuple[dict[str, str], str, str]] = []

    def fault(call: Call) -> Any:
        sent.append((call.params, call.headers["stripe-version"], call.headers["authorization"]))
        return answer(200, {"id": "cus_Received00", "object": "customer", "email": "a@example.com"})

    with serving() as server:
        done = replay(path, server.url, server, fault)
    asked = {"email": "a@example.com", "expand[0]": "tax", "expand[1]": "default_source"}
    assert sent == [(asked, "2024-06-20", "Bearer sk_test_conformance")]
    assert done.results[0].outcome is Outcome.PASS


# --- the reference against itself -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def of_reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A capture of the embedded reference, as a proxy would write it."""
    folder = tmp_path_factory.mktemp("capture")
    from conformance.target.base import Request
    from conformance.target.config import Options, load

    target = load("reference", Options(environ={}, root=folder, clock="2025-01-31T10:00:00Z", seed="recorded"))
    target.start()
    rows = []
    try:
        session = target.open("recorded")

        def call(method: str, path: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
            response = session.send(Request(method, path, params or {}), f"step-{len(rows)}").response
            assert response is not None
            rows.append(
                {
                    "method": method, "path": path, "params": params or {}, "status": response.status,
                    "headers": dict(response.headers), "body": response.json,
                }
            )  # fmt: skip
            body: dict[str, Any] = response.json
            return body

        customer = call("POST", "/v1/customers", {"email": "a@example.com", "name": "A"})["id"]
        call("POST", "/v1/payment_methods/pm_card_visa/attach", {"customer": customer})
        method = rows[-1]["body"]["id"]
        call("POST", f"/v1/customers/{customer}", {"invoice_settings": {"default_payment_method": method}})
        product = call("POST", "/v1/products", {"name": "Desk"})["id"]
        price = call(
            "POST",
            "/v1/prices",
            {"product": product, "currency": "usd", "unit_amount": 900, "recurring": {"interval": "month"}},
        )["id"]
        call("POST", "/v1/subscriptions", {"customer": customer, "items": [{"price": price, "quantity": 2}]})
        draft = call("POST", "/v1/invoices", {"customer": customer})["id"]
        for amount in (500, 700, 900):
            call(
                "POST",
                "/v1/invoiceitems",
                {"customer": customer, "invoice": draft, "amount": amount, "currency": "usd"},
            )
        call("POST", f"/v1/invoices/{draft}/finalize")
        call("POST", f"/v1/invoices/{draft}/pay", {"expand": ["payments"]})
        call("POST", f"/v1/invoices/{draft}/void")
        call("POST", "/v1/credit_notes", {"invoice": draft, "amount": 300, "refund_amount": 300})
        call("GET", f"/v1/invoices/{draft}", {"expand": ["customer", "lines.data.invoice"]})
        call("GET", "/v1/invoices", {"customer": customer})
        call("GET", "/v1/invoices/in_1Nowhere000")
        session.close(complete=True)
    finally:
        target.stop()
    return write(folder, *rows)


def test_the_reference_is_equal_to_itself_on_another_day_with_other_ids(of_reference: Path) -> None:
    done = replay(of_reference, "reference")
    assert done.found == set()
    assert done.results[0].outcome is Outcome.PASS
    assert done.tally.exchanges["2026-10-28.endive"]["sent"] == 17
    assert done.tally.share("invoice").compared > 300
    assert done.tally.share("credit_note").compared > 20


CHANGES = {
    "a total": (rb'"total": ?(\d+)', rb'"total": 1\1', "invoice.total value"),
    "a status": (rb'"status": ?"paid"', rb'"status": "settled"', "invoice.status value"),
    "a renamed key": (rb'"amount_due":', rb'"amount_owed":', "invoice.amount_due missing"),
    "a null for text": (rb'"currency": ?"usd"', rb'"currency": null', "invoice.currency value"),
    "a number as text": (rb'"amount_paid": ?(\d+)', rb'"amount_paid": "\1"', "invoice.amount_paid value"),
    "a message": (rb"No such invoice", rb"Unknown invoice", "error.error.message value"),
    "a time": (rb'"period_end": ?(\d+)', rb'"period_end": 1234567890', "invoice.period_end time"),
    "another customer": (rb'"customer": ?"cus_(\w+)"', rb'"customer": "cus_X\1"', "invoice.customer identity"),
    "an amount in a line": (rb'"amount": ?700\b', rb'"amount": 701', "line_item.amount value"),
    "a lost list": (rb'"default_tax_rates": ?\[\]', rb'"default_tax_rates": null', "invoice.default_tax_rates type"),
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a reference that is up."""
    from conformance.target.config import Options, load

    target = load("reference", Options(environ={}, root=tmp_path_factory.mktemp("root")))
    target.start()
    try:
        yield target.settings.url  # type: ignore[attr-defined]
    finally:
        target.stop()


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_the_reference_is_seen(of_reference: Path, reference: str, what: str) -> None:
    pattern, instead, expected = CHANGES[what]
    with serving(upstream=reference) as server:

        def fault(call: Call) -> Any:
            given = server.upstream(call)
            return given._replace(body=re.sub(pattern, instead, given.body))

        done = replay(of_reference, server.url, server, fault)
    assert expected in done.found


def test_a_file_that_is_no_recording_of_requests_has_nothing_to_replay(tmp_path: Path) -> None:
    path = tmp_path / "body.json"
    path.write_text(json.dumps(INVOICE), encoding="utf-8")
    assert against(path).results == []
