from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.target.base import Reply, Request, Response, parse_json
from conformance.target.classify import Canary, classify, printable, signature, summary

STRIPE = Canary(learned=True)

SLOW_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)


def response(status, body, content_type="application/json"):
    data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Response(status, {"content-type": content_type} if content_type else {}, data, parse_json(data))


def refused(status, **error):
    return response(status, {"error": {"type": "invalid_request_error", **error}})


def missing(message, **more):
    return response(
        404, {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": message, **more}}
    )


FALLS = Canary(
    falls_through=True,
    learned=True,
    unknown_object=signature(
        Request("GET", "/v1/invoices/in_canary"), missing("No such invoice: 'in_canary'", param="invoice")
    ),
)
CANARIES = (Canary(), STRIPE, FALLS)

GENUINE = [
    ("GET", "/v1/invoices/in_nope", missing("No such invoice: 'in_nope'", param="invoice")),
    ("POST", "/v1/invoices/in_nope", missing("No such invoice: 'in_nope'", param="id")),
    ("POST", "/v1/invoices/in_nope/pay", missing("No such invoice: 'in_nope'", param="id")),
    ("POST", "/v1/invoices/in_nope/finalize", missing("No such invoice: 'in_nope'", param="id")),
    ("GET", "/v1/invoices/does_not_exist", missing("No such invoice: 'does_not_exist'", param="invoice")),
    ("GET", "/v1/invoices/in_nope/lines", missing("No such invoice: 'in_nope'", param="invoice")),
    ("GET", "/v1/customers/finalize", missing("No such customer: 'finalise'")),
    ("DELETE", "/v1/invoices/in_nope", missing("No such invoice: in_nope")),
    ("POST", "/v1/invoices", refused(400, code="resource_missing", message="No such customer: 'cus_x'")),
    ("POST", "/v1/invoices/in_1/pay", refused(402, type="card_error", code="card_declined", message="declined")),
    ("POST", "/v1/invoices", refused(400, message="This is not supported for draft invoices")),
    ("POST", "/v1/invoices", refused(409, type="idempotency_error", code="idempotency_key_in_use")),
    ("GET", "/v1/invoices", refused(429, code="rate_limit", message="Request rate limit exceeded")),
    ("GET", "/v1/invoices", refused(401, message="Invalid API Key provided: sk_test_****")),
    ("GET", "/v1/invoices", response(200, {"object": "list", "data": [], "has_more": False})),
    ("DELETE", "/v1/invoices/in_1", response(200, {"id": "in_1", "object": "invoice", "deleted": True})),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "given"), GENUINE)
@pytest.mark.parametrize("canary", CANARIES, ids=["none", "stripe", "falls"])
def test_what_stripe_itself_answers_is_never_anything_but_an_answer(method, path, given, canary):
    assert classify(Request(method, path), given, canary) == (Reply.ANSWERED, "")


def test_a_genuine_404_is_an_answer_even_where_unknown_routes_look_the_same():
    """The server takes a bogus sub-action for an id it cannot find: the same words as for an unknown invoice."""
    request = Request("POST", "/v1/invoices/in_nope/pay")
    unknown = missing("No such invoice: 'in_nope'")
    canary = Canary(frozenset({signature(request, unknown)}), falls_through=True, learned=True)
    assert classify(request, unknown, canary, {"in_other"})[0] is Reply.ANSWERED
    assert classify(request, unknown, canary, {"in_nope"})[0] is Reply.NOT_IMPLEMENTED
    assert classify(request, unknown, STRIPE, {"in_nope"})[0] is Reply.ANSWERED


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/v1/invoices/search", "No such invoice: 'search'"),
        ("/v1/invoices/search?query=x", "No such invoice: search"),
        ("/v1/invoices/create_preview", 'No such invoice: "create_preview"'),
        ("/v1/invoices/in_1/finalize", "No such invoice: 'in_1/finalize'"),
        ("/v1/invoices/in_1/finalize", "No such invoice: 'finalize'."),
    ],
)
def test_a_route_that_was_taken_for_an_id_is_not_implemented(path, message):
    assert classify(Request("POST", path), missing(message), STRIPE)[0] is Reply.NOT_IMPLEMENTED


@pytest.mark.parametrize(
    ("given", "reply"),
    [
        (response(404, "404: Not Found", "text/plain"), Reply.NOT_IMPLEMENTED),
        (response(404, {"detail": "Not Found"}), Reply.NOT_IMPLEMENTED),
        (response(404, b"", None), Reply.NOT_IMPLEMENTED),
        (response(405, "Method Not Allowed", "text/plain"), Reply.NOT_IMPLEMENTED),
        (response(501, {"error": {"code": "endpoint_not_supported"}}), Reply.NOT_IMPLEMENTED),
        (response(500, {"error": {"type": "api_error", "message": "not yet implemented"}}), Reply.NOT_IMPLEMENTED),
        (response(400, {"code": "endpoint_not_supported", "message": "x"}), Reply.NOT_IMPLEMENTED),
        (response(200, {}), Reply.NOT_IMPLEMENTED),
        (response(200, {"message": "placeholder"}), Reply.NOT_IMPLEMENTED),
        (response(500, {"error": {"type": "api_error", "message": "boom"}}), Reply.CRASHED),
        (response(500, b"", None), Reply.CRASHED),
        (response(503, "<html>", "text/html"), Reply.CRASHED),
        (response(200, "ok", "text/plain"), Reply.UNREADABLE),
        (response(200, b"", None), Reply.UNREADABLE),
        (response(400, "Bad Request", "text/plain"), Reply.UNREADABLE),
        (response(200, b'{"a": NaN}'), Reply.UNREADABLE),
        (response(400, {"detail": "bad"}), Reply.ANSWERED),
    ],
)
def test_a_server_of_which_nothing_was_learned(given, reply):
    assert classify(Request("POST", "/v1/invoices"), given, Canary())[0] is reply


def test_what_was_proven_to_exist_is_not_called_missing():
    page = response(404, "<h1>404</h1>", "text/html")
    request = Request("GET", "/v1/invoices/in_1")
    canary = Canary(frozenset({signature(Request("GET", "/v1/nope"), page)}), learned=True)
    assert classify(request, page, canary)[0] is Reply.NOT_IMPLEMENTED
    assert classify(request, page, canary, proven=True)[0] is Reply.UNREADABLE


def test_a_foreign_404_with_other_words_than_for_a_missing_route_is_an_answer():
    canary = Canary(
        frozenset({signature(Request("GET", "/v1/nope"), response(404, {"detail": "Not Found"}))}), learned=True
    )
    assert (
        classify(Request("GET", "/v1/invoices/in_1"), response(404, {"detail": "Invoice not found"}), canary)[0]
        is Reply.ANSWERED
    )


def test_two_answers_about_two_routes_have_one_signature():
    def of(method, path, message):
        return signature(Request(method, path), response(404, {"error": {"message": message}}))

    one = of("GET", "/v1/conformance_canary_route", "No route GET /v1/conformance_canary_route (0x7f01ab, req_12ab)")
    assert one == of("POST", "/v1/invoices/in_1abc/pay", "No route POST /v1/invoices/in_1abc/pay (0x88ff00, req_99)")
    assert one != of("POST", "/v1/invoices/in_1abc/pay", "This invoice cannot be paid")


@SLOW_MACHINE
@given(st.text(max_size=500), st.sampled_from([200, 400, 404, 500]), st.sampled_from(["text/html", "\x1b[2J", ""]))
def test_whatever_a_server_says_is_printed_on_one_short_line(text, status, content_type):
    reply, detail = classify(
        Request("GET", "/v1/x"), response(status, text.encode("utf-8", "surrogatepass"), content_type), Canary()
    )
    assert isinstance(reply, Reply)
    assert detail.isprintable()
    assert len(detail) < 260


@SLOW_MACHINE
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ),
    st.sampled_from([200, 302, 400, 404, 405, 500]),
)
def test_no_json_whatever_its_shape_breaks_the_classification(body, status):
    given = response(status, json.dumps(body))
    canary = Canary(frozenset({signature(Request("GET", "/v1/a"), given)}), learned=True)
    for known in (Canary(), canary):
        classify(Request("POST", "/v1/invoices/in_1/pay"), given, known)
    assert summary(given)


def test_control_characters_never_reach_a_terminal():
    assert printable("a\x1b[31m\u202eb\r\nc\x00", 40) == "a�[31m�b c�"
    assert printable("x" * 100, 10) == "x" * 9 + "…"
