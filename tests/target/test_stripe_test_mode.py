"""Test mode's own rules, shown without a single packet to Stripe: the endpoint is put onto a miniature."""

from __future__ import annotations

import dataclasses

import pytest

from conformance.target import http as http_module
from conformance.target.base import Reply, Request
from conformance.target.config import KeyMissing, Options, load
from conformance.target.http import LiveModeRefused
from conformance.target.settings import LiveKeyRefused
from conformance.target.stripe_test_mode import NotATestKey, StripeNotAskedFor
from conformance.target.wire import Endpoint
from tests.miniature_server import answer
from tests.miniatures import FAULTS, miniature
from tests.target.conftest import ask

KEY = {"STRIPE_TEST_SECRET_KEY": "sk_test_c4n4ryc4n4ry"}


def options(root, environ=KEY, **more):
    return Options(root=root, environ=environ, **more)


def diverted(target, server):
    """``target`` as it is, with its packets sent to ``server``."""
    target._endpoint = Endpoint.parse(server.url)
    return target


def test_loading_contacts_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(http_module, "Connection", None)
    target = load("stripe", options(tmp_path))
    assert (target.settings.url, target.settings.rate_limit, target.retries) == ("https://api.stripe.com", 20, 4)


@pytest.mark.parametrize(
    ("spec", "environ", "problem"),
    [
        ("stripe", {}, KeyMissing),
        ("stripe", {"STRIPE_TEST_SECRET_KEY": "sk_live_c4n4ry123"}, LiveKeyRefused),
        ("stripe", {"STRIPE_TEST_SECRET_KEY": "rk_live_c4n4ry123"}, LiveKeyRefused),
        ("stripe", {"STRIPE_TEST_SECRET_KEY": "c4n4ry123"}, NotATestKey),
        ("https://api.stripe.com", KEY, StripeNotAskedFor),
        ("https://API.stripe.com/v1", KEY, StripeNotAskedFor),
    ],
)
def test_only_a_test_key_and_only_when_asked_for_by_name(tmp_path, spec, environ, problem):
    with pytest.raises(problem) as refused:
        load(spec, options(tmp_path, environ))
    assert "c4n4ry" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8420", "https://api.stripe.com.evil.example", "http://api.stripe.com"]
)
def test_the_key_for_stripe_goes_to_stripe_and_nowhere_else(tmp_path, url):
    (tmp_path / "conformance.toml").write_text(f"[targets.stripe]\nurl = '{url}'\n")
    with pytest.raises(StripeNotAskedFor):
        load("stripe", options(tmp_path))


def test_another_name_for_stripe_is_refused_and_another_variable_is_not(tmp_path):
    (tmp_path / "conformance.toml").write_text(
        "[targets.stripe]\nkey_env = 'MY_KEY'\nlivemode = 'report'\n[targets.mine]\nurl = 'https://api.stripe.com'\n"
    )
    with pytest.raises(StripeNotAskedFor):
        load("mine", options(tmp_path))
    target = load("stripe", options(tmp_path, {"MY_KEY": "rk_test_1"}))
    assert target.settings.livemode == "refuse"


def test_a_live_object_ends_the_run(tmp_path):
    with miniature("live_mode") as server:
        target = diverted(load("stripe", options(tmp_path)), server)
        with pytest.raises(LiveModeRefused):
            ask(target, Request("POST", "/v1/invoices/in_1/pay"))
        target.stop()


@pytest.fixture
def limited(monkeypatch):
    """A server that refuses the first two attempts of everything."""
    seen: list[str] = []

    def rate_limited(call):
        seen.append(call.headers.get("idempotency-key", ""))
        if len(seen) <= 2:
            kind = {"code": "lock_timeout" if len(seen) == 1 else "rate_limit", "type": "invalid_request_error"}
            return answer(429, {"error": kind}, retry_after="0")
        return call.forward()

    monkeypatch.setitem(FAULTS, "rate_limited", rate_limited)
    return seen


def test_what_is_rate_limited_or_locked_is_sent_again_with_the_same_key_and_noted(tmp_path, limited):
    with miniature("rate_limited") as server:
        target = diverted(load("stripe", options(tmp_path)), server)
        exchange = ask(target, Request("POST", "/v1/customers", {"name": "x"}))
        target.stop()
    assert (exchange.reply, exchange.response.status) == (Reply.ANSWERED, 200)
    assert "3 times" in exchange.detail
    assert len(limited) == 3
    assert len(set(limited)) == 1


def test_another_target_is_not_asked_twice(talk, limited):
    mini = talk("rate_limited")
    assert mini.send("POST", "/v1/customers").response.status == 429
    assert len(limited) == 1


def test_nothing_shows_the_key(tmp_path):
    target = load("stripe", options(tmp_path))
    shown = repr(target.settings) + str(target.describe()) + repr(dataclasses.replace(target.settings))
    assert "c4n4ry" not in shown
    assert target.secrets() == (KEY["STRIPE_TEST_SECRET_KEY"],)
