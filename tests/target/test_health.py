from __future__ import annotations

import socket
import threading

import pytest

from conformance.target.base import Reply, Request
from conformance.target.health import TargetUnreachable, TargetUseless
from conformance.target.http import HttpTarget
from conformance.target.reset import ResetFailed
from conformance.target.settings import Reset, Settings
from tests.miniatures import miniature


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_nobody_there_is_said_at_once():
    target = HttpTarget(Settings("mock", f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(TargetUnreachable) as refused:
        target.start()
    assert "nothing listens" in str(refused.value)
    assert refused.value.exit_code == 4


def test_a_name_that_does_not_resolve_is_unreachable():
    with pytest.raises(TargetUnreachable, match="cannot connect"):
        HttpTarget(Settings("mock", "http://nowhere.invalid")).start()


def test_https_where_http_is_spoken_is_unreachable_with_a_reason():
    with miniature("good") as server, pytest.raises(TargetUnreachable):
        HttpTarget(Settings("mock", server.url.replace("http:", "https:"), timeout=1.0)).start()


def test_a_server_without_the_probes_route_may_still_be_useful(talk):
    mini = talk("unimplemented_404_text", probe="/v1/nothing_of_the_kind").started()
    assert mini.target.alive


def test_a_death_is_blamed_on_one_step_and_told_to_the_others(talk):
    mini = talk("dies_on_finalize").started()
    invoice = mini.invoice()
    killer = mini.send("POST", f"{invoice}/finalize")
    mini.next_scenario()
    later = [mini.send("GET", "/v1/customers") for _ in range(3)]
    assert killer.reply is Reply.CRASHED
    assert "no longer answers" in killer.detail
    assert not mini.target.alive
    assert {exchange.reply for exchange in later} == {Reply.UNREACHABLE}
    assert len({exchange.detail for exchange in later}) == 1  # one cause, however many steps
    assert "void-open[paid]/finalize" in later[0].detail


def test_of_many_steps_that_see_a_death_at_once_one_is_blamed():
    with miniature("dies_on_finalize") as server:
        target = HttpTarget(Settings("mini", server.url, timeout=1.0))
        target.start()
        sessions = [target.open(f"s{n}") for n in range(6)]
        made = [session.send(Request("POST", "/v1/invoices", {"x": 1}), "create") for session in sessions]
        barrier = threading.Barrier(6)
        replies = []

        def finish(session, invoice):
            barrier.wait()
            replies.append(session.send(Request("POST", f"/v1/invoices/{invoice}/finalize"), "finalize"))

        threads = [
            threading.Thread(target=finish, args=(session, exchange.response.json["id"]))
            for session, exchange in zip(sessions, made, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        blamed = [exchange for exchange in replies if "no longer answers" in exchange.detail]
        assert len(blamed) == 1
        assert {exchange.reply for exchange in replies if exchange not in blamed} == {Reply.UNREACHABLE}


def test_a_target_that_comes_back_is_asked_again(talk, monkeypatch):
    monkeypatch.setattr("conformance.target.health._RECHECK_SECONDS", 0.0)
    mini = talk("dies_on_finalize").started()
    port = mini.server.server_port
    mini.send("POST", f"{mini.invoice()}/finalize")
    assert mini.send("GET", "/v1/customers").reply is Reply.UNREACHABLE
    from tests.miniatures import FAULTS, Miniature

    again = Miniature(FAULTS["good"], port=port)
    thread = threading.Thread(target=again.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        assert mini.send("GET", "/v1/customers").reply is Reply.ANSWERED
        assert mini.target.alive
    finally:
        again.shutdown()
        again.server_close()
        thread.join()


def test_a_server_that_dies_of_an_unknown_route_is_useless(talk, monkeypatch):
    from tests.miniature_server import Gone
    from tests.miniatures import FAULTS

    def dies_of_the_canary(call):
        if "canary" in call.path:
            raise Gone("die")
        return call.forward()

    monkeypatch.setitem(FAULTS, "dies_of_the_canary", dies_of_the_canary)
    with pytest.raises(TargetUseless, match="died of a request for what is not there"):
        talk("dies_of_the_canary").target.start()


def test_the_canary_of_a_server_like_stripe_has_stripes_face(talk):
    canary = talk("good").started().target.canary
    assert canary.learned
    assert not canary.falls_through
    assert {known.status for known in canary.signatures} == {404}


def test_a_catch_all_that_answers_lists_does_not_make_every_empty_list_a_placeholder(talk):
    mini = talk("echo").started()
    assert mini.send("GET", "/v1/invoices", {"customer": "cus_1"}).reply is Reply.ANSWERED


def test_reset_by_a_call_empties_the_target_before_the_run(talk):
    mini = talk("leaks_state", reset=Reset("DELETE", "/_config/data")).started()
    mini.invoice()
    mini.target.start()
    assert mini.send("GET", "/v1/invoices").response.json["data"] == []


def test_a_worker_does_not_reset_what_the_controller_has_reset(talk):
    mini = talk("leaks_state").started()
    mini.invoice()
    worker = HttpTarget(Settings("mini", mini.server.url, reset=Reset("DELETE", "/_config/data")), attach=True)
    worker.start()
    assert len(mini.send("GET", "/v1/invoices").response.json["data"]) == 1


@pytest.mark.parametrize(
    ("reset", "said"),
    [
        (Reset("POST", "/v1/no_such_reset"), "answered 404"),
        (Reset(command=("sh", "-c", "echo oh no >&2; exit 3")), "ended with 3: oh no"),
        (Reset(command=("no-such-command-here",)), "No such file"),
    ],
)
def test_a_reset_that_fails_is_said(talk, reset, said):
    with pytest.raises(ResetFailed, match=said):
        talk("good", reset=reset).target.start()


def test_reset_by_a_command_runs_it(talk, tmp_path):
    talk("good", reset=Reset(command=("touch", "done")), cwd=str(tmp_path)).started()
    assert (tmp_path / "done").exists()
