"""stripe-python, unmodified but for its base address, against ``stripe-conformance serve``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.served import SECRET, Received, Served, serving_with_webhook

LIFECYCLE = Path(__file__).with_name("sdk_lifecycle.py")
#: A release of each era and the API version it asks for (5 has none of its own).
RELEASES = {
    "5.5.0": "2022-11-15",
    "8.11.0": "2023-10-16",
    "10.12.0": "2024-06-20",
    "11.6.0": "2025-02-24.acacia",
    "12.5.1": "2025-08-27.basil",
    "14.4.1": "2026-02-25.clover",
    "15.3.0": "2026-06-24.dahlia",
}
SDKS = os.environ.get("STRIPE_SDKS", "")
STEPS = 19


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Served, Received]]:
    with serving_with_webhook() as both:
        yield both


def lifecycle(python: str, served: tuple[Served, Received], key: str) -> dict[str, Any]:
    server, webhook = served
    told = {
        "url": server.url,
        "key": key,
        "secret": SECRET,
        "payload": webhook.payload.decode(),
        "signature": webhook.headers["stripe-signature"],
    }
    done = subprocess.run(
        [python, LIFECYCLE], input=json.dumps(told), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def interpreter(release: str) -> str:
    """Of an environment with that release under ``STRIPE_SDKS``, made there when it is missing."""
    home = Path(SDKS) / release
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", f"stripe=={release}"], check=True, timeout=300)
    return str(python)


def test_the_installed_release_lives_a_whole_life(served: tuple[Served, Received]) -> None:
    report = lifecycle(sys.executable, served, "sk_test_installed")
    assert {name: problem for name, problem in report["steps"].items() if problem} == {}
    assert len(report["steps"]) == STEPS


@pytest.mark.skipif(not SDKS, reason="STRIPE_SDKS names no folder for environments with older releases (nox -s sdks)")
@pytest.mark.parametrize("release", RELEASES)
def test_a_release_of_each_era_lives_a_whole_life(served: tuple[Served, Received], release: str) -> None:
    report = lifecycle(interpreter(release), served, f"sk_test_sdk{release}")
    assert (report["release"], report["api_version"]) == (release, RELEASES[release])
    assert {name: problem for name, problem in report["steps"].items() if problem} == {}
    assert len(report["steps"]) == STEPS


@pytest.fixture
def client(served: tuple[Served, Received], request: pytest.FixtureRequest) -> stripe.StripeClient:
    key = f"sk_test_{abs(hash(request.node.name))}"
    return stripe.StripeClient(key, base_addresses={"api": served[0].url}, max_network_retries=0)


def owner(client: stripe.StripeClient, method: str = "pm_card_visa") -> str:
    made = client.v1.customers.create({"email": "jenny@example.com"})
    attached = client.v1.payment_methods.attach(method, {"customer": made.id})
    client.v1.customers.update(made.id, {"invoice_settings": {"default_payment_method": attached.id}})
    return made.id


def opened(client: stripe.StripeClient, customer: str, amount: int = 2000) -> stripe.Invoice:
    draft = client.v1.invoices.create({"customer": customer})
    client.v1.invoice_items.create({"customer": customer, "invoice": draft.id, "amount": amount, "currency": "usd"})
    return client.v1.invoices.finalize_invoice(draft.id)


def test_the_client_takes_an_invoice_to_its_credit_note(client: stripe.StripeClient) -> None:
    invoice = opened(client, owner(client))
    assert (invoice.status, invoice.amount_due) == ("open", 2000)
    paid = client.v1.invoices.pay(invoice.id, {"expand": ["payments"]})
    assert (paid.status, paid.amount_paid) == ("paid", 2000)
    assert paid.payments is not None
    assert [payment.status for payment in paid.payments.data] == ["paid"]
    note = client.v1.credit_notes.create({"invoice": invoice.id, "amount": 500, "credit_amount": 500})
    assert (note.status, note.amount) == ("issued", 500)
    kinds = [event.type for event in client.v1.events.list({"limit": 100}).auto_paging_iter()]
    assert {"invoice.created", "invoice.finalized", "invoice.paid", "credit_note.created"} <= set(kinds)


def test_the_client_pages_through_lists_and_searches(client: stripe.StripeClient) -> None:
    customer = owner(client)
    made = [client.v1.invoices.create({"customer": customer}).id for _ in range(13)]
    listed = client.v1.invoices.list({"customer": customer, "limit": 5})
    assert listed.has_more
    assert [one.id for one in listed.auto_paging_iter()] == made[::-1]
    searched = client.v1.invoices.search({"query": f"customer:'{customer}'", "limit": 5})
    assert searched.next_page
    assert [one.id for one in searched.auto_paging_iter()] == made[::-1]


def test_the_client_raises_what_stripe_means(client: stripe.StripeClient) -> None:
    invoice = opened(client, owner(client, "pm_card_chargeCustomerFail"))
    with pytest.raises(stripe.CardError) as declined:
        client.v1.invoices.pay(invoice.id)
    assert (declined.value.http_status, declined.value.code) == (402, "card_declined")
    assert declined.value.error is not None
    assert declined.value.error.decline_code == "generic_decline"
    with pytest.raises(stripe.CardError) as poor:
        owner(client, "pm_card_visa_chargeDeclinedInsufficientFunds")
    assert poor.value.error is not None
    assert poor.value.error.decline_code == "insufficient_funds"
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.customers.retrieve("cus_none")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        client.v1.customers.create({"nope": "x"})  # type: ignore[typeddict-unknown-key]
    assert unknown.value.param == "nope"


def test_a_key_of_the_client_makes_one_thing(client: stripe.StripeClient) -> None:
    one, same = (client.v1.customers.create({"name": "A"}, {"idempotency_key": "k"}) for _ in range(2))
    assert one.id == same.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"name": "B"}, {"idempotency_key": "k"})


def test_the_sdk_accepts_a_webhook_and_nothing_near_it(served: tuple[Served, Received]) -> None:
    _, webhook = served
    signature = webhook.headers["stripe-signature"]
    event = stripe.Webhook.construct_event(webhook.payload, signature, SECRET)
    assert event.type == "customer.created"
    for wrong in ((webhook.payload + b" ", signature, SECRET), (webhook.payload, signature, SECRET + "0")):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(*wrong)
