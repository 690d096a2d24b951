from __future__ import annotations

import threading
import time

import pytest

from conformance.errors import ConformanceError
from conformance.target.base import Reply, TransportFailure
from conformance.target.headers import UnsendableRequest, idempotency_key
from conformance.target.http import LiveModeRefused
from conformance.target.settings import LiveKeyRefused
from tests.target.conftest import KEY


def test_a_request_carries_key_version_and_an_idempotency_key_of_its_own(talk):
    mini = talk(run_id="run1").started()
    mini.send("POST", "/v1/customers", {"email": "a@example.com"})
    mini.send("POST", "/v1/customers", {"email": "a@example.com"})
    mini.send("GET", "/v1/customers")
    first, second, read = mini.server.seen
    assert first["authorization"] == f"Bearer {KEY}"
    assert first["stripe-version"] == str(mini.target.api_version)
    assert first["content-type"] == "application/x-www-form-urlencoded"
    assert first["idempotency-key"] == "run1.void-open[paid].1.customers"
    assert second["idempotency-key"] == "run1.void-open[paid].2.customers"
    assert "idempotency-key" not in read
    assert "content-type" not in read


def test_a_steps_own_headers_win_whatever_their_case(talk):
    mini = talk().started()
    mini.send(
        "POST", "/v1/customers", {}, **{"idempotency-key": "k1", "STRIPE-VERSION": "2020-08-27", "Authorization": None}
    )
    (seen,) = mini.server.seen
    assert (seen["idempotency-key"], seen["stripe-version"]) == ("k1", "2020-08-27")
    assert "authorization" not in seen


@pytest.mark.parametrize("headers", [{"x": "a\r\nb: c"}, {"x": "é\u2028"}, {"a b": "c"}, {"x\r\ny": "c"}])
def test_a_header_that_http_cannot_carry_is_an_error_of_the_scenario(talk, headers):
    mini = talk().started()
    with pytest.raises(UnsendableRequest):
        mini.send("GET", "/v1/customers", **headers)
    assert mini.server.calls == []


def test_a_live_key_in_a_step_is_refused_before_anything_is_sent(talk):
    mini = talk().started()
    with pytest.raises(LiveKeyRefused) as refused:
        mini.send("GET", "/v1/customers", Authorization="Bearer sk_live_abcdefgh12345678")
    assert refused.value.ends_the_run
    assert "abcdefgh" not in str(refused.value)
    assert mini.server.calls == []


def test_the_same_scenario_has_the_same_keys_in_the_same_run_and_others_in_another():
    assert idempotency_key("r", "s", 1, "step") == idempotency_key("r", "s", 1, "step")
    assert len({idempotency_key(run, "s" * 300, n, "step") for run in "ab" for n in (1, 2)}) == 4
    assert len(idempotency_key("r", "s" * 300, 1, "é" * 300)) <= 255
    assert idempotency_key("r", "é", 1, "ü").isascii()


def test_one_scenario_after_the_other_uses_one_connection(talk):
    mini = talk().started()
    before = mini.server.connections
    for _ in range(3):
        mini.invoice()
        mini.next_scenario()
    assert mini.server.connections == before + 1


def test_scenarios_at_once_have_a_connection_each(talk):
    mini = talk().started()
    before = mini.server.connections
    sessions = [mini.target.open(f"s{n}") for n in range(4)]
    barrier = threading.Barrier(4)

    def run(session):
        barrier.wait()
        from conformance.target.base import Request

        assert session.send(Request("GET", "/v1/customers"), "s").reply is Reply.ANSWERED
        barrier.wait()
        session.close()

    threads = [threading.Thread(target=run, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mini.server.connections == before + 4


def test_a_connection_is_not_used_again_after_a_500(talk):
    mini = talk("closes_keepalive_after_500").started()
    invoice = mini.invoice()
    assert mini.send("POST", f"{invoice}/void").reply is Reply.CRASHED
    for _ in range(5):  # the innocent next ones
        assert mini.send("GET", invoice).reply is Reply.ANSWERED


@pytest.mark.parametrize("name", ["closes_idle_connections", "closes_every_connection"])
def test_a_server_that_closes_connections_is_not_accused(talk, name):
    mini = talk(name).started()
    for _ in range(10):
        invoice = mini.invoice()
        for action in ("finalize", "pay"):
            assert mini.send("POST", f"{invoice}/{action}").reply is Reply.ANSWERED
        assert mini.send("GET", invoice).response.json["status"] == "paid"


def test_a_write_that_met_a_closed_connection_keeps_its_idempotency_key(talk):
    mini = talk("resets_on_pay").started()
    invoice = mini.invoice()
    mini.server.seen.clear()
    assert mini.send("POST", f"{invoice}/pay").reply is Reply.CRASHED
    keys = {seen["idempotency-key"] for seen in mini.server.seen if "idempotency-key" in seen}
    assert len(keys) == 1


@pytest.mark.parametrize("name", ["slow_drip", "slow_headers", "hangs_on_pay"])
def test_no_server_can_hang_a_step_for_longer_than_its_timeout(talk, name):
    mini = talk(name, timeout=0.4).started()
    invoice = mini.invoice()
    began = time.monotonic()
    exchange = mini.send("POST", f"{invoice}/pay")
    assert time.monotonic() - began < 2
    assert (exchange.reply, exchange.failure) == (Reply.HUNG, TransportFailure.TIMEOUT)
    assert "alive" in exchange.detail
    assert mini.send("GET", invoice).reply is Reply.ANSWERED


def test_a_target_that_goes_on_hanging_is_given_less_time(talk):
    mini = talk("hangs_on_pay", timeout=0.5).started()
    invoice = mini.invoice()
    for _ in range(3):
        mini.send("POST", f"{invoice}/pay")
    assert mini.send("POST", f"{invoice}/pay").elapsed < 0.3


@pytest.mark.parametrize("name", ["huge_body", "endless_chunks", "gzip_bomb"])
def test_no_response_is_larger_than_the_limit(talk, name):
    mini = talk(name, timeout=5.0, max_bytes=100_000).started()
    exchange = mini.send("POST", f"{mini.invoice()}/pay")
    assert (exchange.reply, exchange.failure) == (Reply.UNREADABLE, TransportFailure.TOO_LARGE)
    assert exchange.response is None


def test_a_chunk_of_four_petabytes_is_not_allocated(talk):
    mini = talk("giant_chunk").started()
    assert mini.send("POST", f"{mini.invoice()}/pay").reply is Reply.CRASHED


def test_gzip_is_undone_though_nobody_asked_for_it(talk):
    mini = talk("gzip_and_cors").started()
    response = mini.send("GET", mini.invoice()).response
    assert response.json["object"] == "invoice"
    assert response.body.startswith(b"{")


def test_redirects_are_not_followed(talk):
    mini = talk("redirects").started()
    exchange = mini.send("POST", f"{mini.invoice()}/pay")
    assert (exchange.reply, exchange.response.status) == (Reply.UNREADABLE, 302)


def test_an_object_of_live_mode_ends_the_run(talk):
    mini = talk("live_mode").started()
    with pytest.raises(LiveModeRefused) as refused:
        mini.send("POST", f"{mini.invoice()}/pay")
    assert isinstance(refused.value, ConformanceError)
    assert refused.value.ends_the_run


def test_a_mock_may_be_left_to_the_checks_when_its_livemode_is_wrong(talk):
    mini = talk("live_mode", livemode="report").started()
    assert mini.send("POST", f"{mini.invoice()}/pay").reply is Reply.ANSWERED


def test_the_word_livemode_in_a_text_is_no_live_object(talk):
    mini = talk().started()
    exchange = mini.send("POST", "/v1/customers", {"description": '"livemode": true', "metadata": {"livemode": "true"}})
    assert exchange.reply is Reply.ANSWERED


def test_a_path_prefix_of_the_base_url_is_kept_and_its_v1_is_not_doubled(talk):
    from conformance.target.wire import Endpoint

    assert Endpoint.parse("http://h:1/worlds/7/v1/") == Endpoint("http", "h", 1, "/worlds/7")
    assert Endpoint.parse("https://h") == Endpoint("https", "h", 443, "")
    for bad in ("ftp://h", "h:1", "http://"):
        with pytest.raises(ValueError, match="not an http"):
            Endpoint.parse(bad)
