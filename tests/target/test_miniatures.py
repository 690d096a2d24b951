"""Every way in which servers were seen to misbehave, and the reply each of its calls is given."""

from __future__ import annotations

import pytest

from conformance.target.base import Reply
from conformance.target.health import KeyRejected, TargetUnreachable, TargetUseless
from conformance.target.settings import Auth
from tests.miniatures import CONFORMING, FAULTS

GENUINE_404 = "GET /v1/invoices/in_nope"
SEARCH = "GET /v1/invoices/search"

# What each fault makes of these calls; all that is not named is ANSWERED. The invoice exists: {invoice}.
CALLS = (
    "GET {invoice}", "POST {invoice}/finalize", "POST {invoice}/mark_uncollectible", "POST {invoice}/pay",
    "POST {invoice}/pay again", "POST {invoice}/void", GENUINE_404, SEARCH,
)  # fmt: skip
MISSING = dict.fromkeys(("POST {invoice}/mark_uncollectible", SEARCH), Reply.NOT_IMPLEMENTED)
NO_SEARCH = {SEARCH: Reply.NOT_IMPLEMENTED}  # the base has no search: /search falls into /:id
REFUSALS = ("POST {invoice}/pay again", "POST {invoice}/void")
BOTH_PAYS = ("POST {invoice}/pay", "POST {invoice}/pay again")
AFTER_FINALIZE = CALLS[2:]
DEATH = {"POST {invoice}/finalize": Reply.CRASHED, **dict.fromkeys(AFTER_FINALIZE, Reply.UNREACHABLE)}

VERDICTS: dict[str, dict[str, Reply]] = {
    "dies_on_empty_post": DEATH,
    "dies_on_finalize": DEATH,
    "resets_on_pay": {**dict.fromkeys(BOTH_PAYS, Reply.CRASHED), **NO_SEARCH},
    "closes_keepalive_after_500": {"POST {invoice}/void": Reply.CRASHED, **NO_SEARCH},
    "html_errors": {**dict.fromkeys((*REFUSALS, GENUINE_404), Reply.UNREADABLE), **NO_SEARCH},
    "text_404_and_500": {**dict.fromkeys(REFUSALS, Reply.CRASHED), **NO_SEARCH},
    "no_content_type": NO_SEARCH,
    "json_as_text": NO_SEARCH,
    "empty_500": {"POST {invoice}/finalize": Reply.CRASHED, **NO_SEARCH},
    "foreign_envelopes": NO_SEARCH,
    "foreign_code_message": NO_SEARCH,
    "problem_json": NO_SEARCH,
    "string_errors": NO_SEARCH,
    "pointers_in_messages": NO_SEARCH,
    "unimplemented_as_stripe": MISSING,
    "unimplemented_404_text": MISSING,
    "unimplemented_404_foreign": MISSING,
    "unimplemented_405": MISSING,
    "unimplemented_501": MISSING,
    "unimplemented_500": {**MISSING, "POST {invoice}/finalize": Reply.CRASHED},
    "empty_200": MISSING,
    "placeholder_200": MISSING,
    "placeholder_object_200": MISSING,
    "fallthrough_search": MISSING,
    "fallthrough_without_a_word": MISSING,
    "fallthrough_subaction": MISSING,
    "wrong_json_types": NO_SEARCH,
    "not_a_number": {"POST {invoice}/pay": Reply.UNREADABLE, **NO_SEARCH},
    "silent_on_unknown_params": NO_SEARCH,
    "silent_on_wrong_state": NO_SEARCH,
    "pager_that_loops": NO_SEARCH,
    "random_values": NO_SEARCH,
    "leaks_state": NO_SEARCH,
    "basic_only": NO_SEARCH,
    "bearer_only": NO_SEARCH,
    "one_key_only": NO_SEARCH,
    "old_roads": NO_SEARCH,
    "gzip_and_cors": NO_SEARCH,
    "strange_ids": NO_SEARCH,
    "hollow_totals": NO_SEARCH,
    "echo": {},
    "slow_drip": {**dict.fromkeys(BOTH_PAYS, Reply.HUNG), **NO_SEARCH},
    "slow_headers": {**dict.fromkeys(BOTH_PAYS, Reply.HUNG), **NO_SEARCH},
    "hangs_on_pay": {**dict.fromkeys(BOTH_PAYS, Reply.HUNG), **NO_SEARCH},
    "huge_body": {**dict.fromkeys(BOTH_PAYS, Reply.UNREADABLE), **NO_SEARCH},
    "endless_chunks": {**dict.fromkeys(BOTH_PAYS, Reply.UNREADABLE), **NO_SEARCH},
    "giant_chunk": {**dict.fromkeys(BOTH_PAYS, Reply.CRASHED), **NO_SEARCH},
    "gzip_bomb": {**dict.fromkeys(BOTH_PAYS, Reply.UNREADABLE), **NO_SEARCH},
    "endless_headers": {**dict.fromkeys(BOTH_PAYS, Reply.UNREADABLE), **NO_SEARCH},
    "promises_more": {**dict.fromkeys(BOTH_PAYS, Reply.CRASHED), **NO_SEARCH},
    "redirects": {**dict.fromkeys(BOTH_PAYS, Reply.UNREADABLE), **NO_SEARCH},
    "deep_json": {**dict.fromkeys(BOTH_PAYS, Reply.UNREADABLE), **NO_SEARCH},
    "says_the_key": NO_SEARCH,
    "closes_every_connection": NO_SEARCH,
    "closes_idle_connections": NO_SEARCH,
    "good": NO_SEARCH,
}  # fmt: skip
SETTINGS = {"basic_only": {"auth": Auth.BASIC}, "one_key_only": {"key": "sk_test_123"}}
BEFORE_THE_RUN = {
    "never_ready": TargetUnreachable,
    "not_http": TargetUnreachable,
    "always_400_text": TargetUseless,
    "always_500": TargetUseless,
}
ELSEWHERE = {"live_mode"}


def test_every_miniature_has_its_verdict():
    assert VERDICTS.keys() | BEFORE_THE_RUN.keys() | ELSEWHERE == FAULTS.keys()


@pytest.mark.parametrize("name", VERDICTS)
def test_each_call_gets_its_reply(talk, name):
    mini = talk(name, timeout=0.4 if Reply.HUNG in VERDICTS[name].values() else 5.0, **SETTINGS.get(name, {})).started()
    invoice = mini.invoice()
    replies = {}
    for call in CALLS:
        method, path = call.removesuffix(" again").split(" ")
        exchange = mini.send(method, path.format(invoice=invoice))
        replies[call] = exchange.reply
        assert exchange.detail.isprintable()
        assert bool(exchange.detail) == (exchange.reply is not Reply.ANSWERED)
    assert replies == {**dict.fromkeys(CALLS, Reply.ANSWERED), **VERDICTS[name]}


@pytest.mark.parametrize(("name", "problem"), BEFORE_THE_RUN.items())
def test_a_useless_server_is_refused_before_the_run(talk, name, problem):
    mini = talk(name, timeout=0.4)
    with pytest.raises(problem) as refused:
        mini.target.start()
    assert "\n" not in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("name", "settings"),
    [("one_key_only", {}), ("basic_only", {}), ("bearer_only", {"auth": Auth.BASIC}), ("bearer_only", {"key": ""})],
)
def test_a_wrong_key_or_a_wrong_way_to_send_it_is_said(talk, name, settings):
    with pytest.raises(KeyRejected) as refused:
        talk(name, **settings).target.start()
    assert "key" in refused.value.hint


@pytest.mark.parametrize("name", sorted(CONFORMING & VERDICTS.keys()))
def test_nothing_is_held_against_a_server_that_only_looks_odd(name):
    assert set(VERDICTS[name].values()) <= {Reply.NOT_IMPLEMENTED}
