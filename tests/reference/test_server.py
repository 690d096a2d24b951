"""The process and its door: start, stop, keys, headers, idempotency, forms."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import urllib3

from conformance.reference.api.search import parse
from conformance.reference.http.form import decode
from conformance.reference.model.problems import StripeError
from tests.reference import states
from tests.reference.conftest import Client, start, stop

FACTS = Path(__file__).parents[3] / "shared" / "facts" / "KEYS.json"


def test_it_says_where_it_listens_and_ends_with_its_parent() -> None:
    process, base = start("--port", "0")
    assert base.startswith("http://127.0.0.1:")
    assert Client(base, "sk_test_a").get("/v1/invoices").status == 200
    assert stop(process) == ""
    assert process.returncode == 0


def test_a_port_in_use_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "conformance.reference", "--port", port],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert port in done.stderr


@pytest.mark.parametrize("option", [("--clock", "yesterday"), ("--api-version", "1999-01-01")])
def test_bad_options_are_refused(option: tuple[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "conformance.reference", *option],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert done.returncode == 2
    assert option[1] in done.stderr


def test_basic_and_bearer_reach_the_same_account(server: str) -> None:
    bearer = Client(server, "sk_test_both")
    basic = Client(server, "", Authorization="Basic " + b64encode(b"sk_test_both:").decode())
    made = bearer.make("/v1/customers", name="A")
    assert basic.get(f"/v1/customers/{made['id']}")["name"] == "A"


@pytest.mark.parametrize(
    "key", ["sk_live_abc", "rk_live_abc", "sk_test_", "pk_test_abc", "sk_test_bogus", "sk_test_invalid1", "nonsense"]
)
def test_keys_that_are_none_are_refused(server: str, key: str) -> None:
    answer = Client(server, key).get("/v1/invoices")
    assert answer.status == 401
    assert answer.error.keys() == {"message", "type"}
    assert "live_abc" not in answer.error["message"]


def test_accounts_are_worlds_apart(server: str) -> None:
    one, other = Client(server, "sk_test_one"), Client(server, "sk_test_other")
    made = one.make("/v1/customers")
    assert other.get(f"/v1/customers/{made['id']}").status == 404


def test_reset_empties_the_account_alone(server: str) -> None:
    one, other = Client(server, "sk_test_reset"), Client(server, "sk_test_kept")
    first, kept = one.make("/v1/customers"), other.make("/v1/customers")
    assert one.post("/_reference/reset").status == 200
    assert one.get(f"/v1/customers/{first['id']}").status == 404
    assert one.make("/v1/customers")["id"] == first["id"]
    assert other.get(f"/v1/customers/{kept['id']}").status == 200


def test_the_same_key_answers_the_same_again(api: Client) -> None:
    """INV-API-013."""
    sent: dict[str, Any] = {"email": "a@example.com"}
    first = api.send("POST", "/v1/customers", sent, Idempotency_Key="k")
    again = api.send("POST", "/v1/customers", sent, Idempotency_Key="k")
    assert first.raw == again.raw
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"] != again.headers["request-id"]


def test_a_request_that_failed_validation_leaves_its_key_free(api: Client) -> None:
    """INV-API-017."""
    assert api.send("POST", "/v1/customers", {"nope": 1}, Idempotency_Key="k").status == 400
    assert api.send("POST", "/v1/customers", {"name": "A"}, Idempotency_Key="k").status == 200


def test_a_decline_is_replayed_and_not_tried_again(api: Client) -> None:
    """INV-API-018."""
    invoice = states.opened(api, states.customer(api, payment_method="pm_card_chargeCustomerFail"))
    answers = [api.send("POST", f"/v1/invoices/{invoice['id']}/pay", Idempotency_Key="k") for _ in range(2)]
    assert [answer.status for answer in answers] == [402, 402]
    assert answers[0].raw == answers[1].raw
    assert len(api.get("/v1/charges", customer=invoice["customer"])["data"]) == 1


def test_keys_mean_nothing_on_delete(api: Client) -> None:
    """INV-API-019."""
    path = f"/v1/invoices/{states.draft(api)['id']}"
    assert [api.send("DELETE", path, Idempotency_Key="k").status for _ in range(2)] == [200, 404]


def test_a_post_without_a_key_gets_one(api: Client) -> None:
    """INV-API-031."""
    answer = api.post("/v1/customers")
    assert answer.headers["idempotency-key"]
    assert answer.headers["original-request"] == answer.headers["request-id"]
    assert answer.headers["stripe-should-retry"] == "false"


def test_a_refused_call_changes_nothing(api: Client) -> None:
    owner = states.customer(api)
    other = states.customer(api)
    foreign = other["invoice_settings"]["default_payment_method"]
    before = api.get(f"/v1/customers/{owner['id']}").body
    refused = api.post("/v1/invoices", customer=owner["id"], default_payment_method=foreign)
    assert refused.status == 400
    assert api.get("/v1/invoices", customer=owner["id"])["data"] == []
    assert api.get(f"/v1/customers/{owner['id']}").body == before


def test_json_bodies_are_refused(server: str) -> None:
    """INV-API-027."""
    reply = urllib3.request(
        "POST",
        f"{server}/v1/customers",
        body=b'{"name":"A"}',
        headers={"Authorization": "Bearer sk_test_j", "Content-Type": "application/json"},
    )
    assert reply.status == 400


@pytest.mark.parametrize(
    "body", [b"\xff\xfe%%%", b"a[=1&a[b=2&]x[=3", b"metadata[a][b]=1", b"expand=x", b"lines[x]=1", b"&&&=&=="]
)
def test_strange_forms_never_break_the_server(server: str, body: bytes) -> None:
    headers = {"Authorization": "Bearer sk_test_f", "Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/v1/customers", "/v1/invoices", "/v1/invoices/in_x/add_lines", "/v1/subscriptions"):
        assert urllib3.request("POST", server + path, body=body, headers=headers).status < 500


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a[b][c]=1", {"a": {"b": {"c": "1"}}}),
        ("a[]=1&a[]=2", {"a": {"0": "1", "1": "2"}}),
        ("a[0][b]=1&a[1][b]=2", {"a": {"0": {"b": "1"}, "1": {"b": "2"}}}),
        ("a=", {"a": ""}),
        ("a%5Bb%5D=x+y", {"a": {"b": "x y"}}),
    ],
)
def test_forms_are_read_as_trees(text: str, tree: dict[str, Any]) -> None:
    assert decode(text) == tree


@pytest.mark.parametrize(
    ("query", "clauses", "any_suffices"),
    [
        ("total>999", 1, False),
        ('status:"open" AND total>1', 2, False),
        ('status:"open" total>1', 2, False),
        ("status:'open' OR status:'paid'", 2, True),
        ('-metadata["a b"]:"x \\" y"', 1, False),
        ('metadata["a"]:null', 1, False),
    ],
)
def test_queries_are_parsed(query: str, clauses: int, any_suffices: bool) -> None:
    parsed, any_of_them = parse(query)
    assert (len(parsed), any_of_them) == (clauses, any_suffices)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "asdf",
        "total>",
        'total~"12"',
        'status:"a" AND',
        "status:open",
        "(total:1)",
        'metadata:"x"',
        "a:1 AND b:2 OR c:3",
    ],
)
def test_queries_that_are_none_are_refused(query: str) -> None:
    with pytest.raises(StripeError) as refused:
        parse(query)
    assert refused.value.status == 400


@pytest.mark.skipif(not FACTS.exists(), reason="the recorded key sets are not part of a checkout")
def test_newest_bodies_have_every_recorded_key(api: Client) -> None:
    known = json.loads(FACTS.read_text())
    invoice = states.paid(api)
    shown = api.get(f"/v1/invoices/{invoice['id']}", expand=["payments"]).body
    note = api.make("/v1/credit_notes", invoice=invoice["id"], amount=100, credit_amount=100)
    item = shown["lines"]["data"][0]["parent"]["invoice_item_details"]["invoice_item"]
    bodies = {
        "invoice": shown,
        "line_item": shown["lines"]["data"][0],
        "invoiceitem": api.get(f"/v1/invoiceitems/{item}").body,
        "invoice_payment": shown["payments"]["data"][0],
        "credit_note": note,
        "credit_note_line_item": note["lines"]["data"][0],
    }
    for kind, body in bodies.items():
        newest = list(known[kind].values())[-1]
        assert set(newest["always"]) - set(body) == set(), kind


@pytest.mark.skipif(not FACTS.exists(), reason="the recorded key sets are not part of a checkout")
@pytest.mark.parametrize(
    "version", ["2022-11-15", "2023-10-16", "2024-06-20", "2024-12-18.acacia", "2025-03-31.basil", "2025-10-29.clover"]
)
def test_older_versions_have_every_key_that_was_recorded_at_them(server: str, version: str) -> None:
    known = json.loads(FACTS.read_text())
    api = Client(server, f"sk_test_keys{version.replace('.', '')}", **{"Stripe-Version": version})
    invoice = states.paid(api)
    for kind, body in (("invoice", invoice), ("line_item", invoice["lines"]["data"][0])):
        assert set(known[kind][version]["always"]) - set(body) == set(), kind


def test_each_era_shows_its_own_fields(server: str) -> None:
    """INV-VER-001..012."""
    old = Client(server, "sk_test_eras", **{"Stripe-Version": "2024-06-20"})
    new = Client(server, "sk_test_eras")
    invoice = states.opened(old)
    settled = old.make(f"/v1/invoices/{invoice['id']}/pay", paid_out_of_band=True)
    assert (settled["paid"], settled["paid_out_of_band"], settled["charge"]) == (True, True, None)
    assert (settled["amount_paid"], settled["amount_remaining"]) == (0, 2000)
    today = new.get(f"/v1/invoices/{invoice['id']}").body
    assert (today["amount_paid"], today["amount_remaining"]) == (2000, 0)
    assert not {"paid", "charge", "payment_intent", "tax", "discount", "subscription"} & today.keys()
    by_card = states.paid(old)
    assert by_card["charge"].startswith("ch_")
    assert by_card["payment_intent"].startswith("pi_")
    assert by_card["lines"]["data"][0]["price"]["object"] == "price"


def test_upcoming_invoices_end_with_basil(server: str) -> None:
    """INV-PRV-002, INV-PRV-003."""
    old = Client(server, "sk_test_upcoming", **{"Stripe-Version": "2024-06-20"})
    owner = states.customer(old)
    none = old.get("/v1/invoices/upcoming", customer=owner["id"])
    assert (none.status, none.error["code"]) == (404, "invoice_upcoming_none")
    assert old.get("/v1/invoices/upcoming").status == 400
    old.make("/v1/invoiceitems", customer=owner["id"], amount=500, currency="usd")
    assert old.get("/v1/invoices/upcoming", customer=owner["id"])["total"] == 500
    assert Client(server, "sk_test_upcoming").get("/v1/invoices/upcoming", customer=owner["id"]).status in (400, 404)
