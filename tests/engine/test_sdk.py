"""stripe-python as a judge: silent on Stripe's own kind of answers, clear about what an application would meet."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from conformance.engine.sdk import sdk_judge
from conformance.target.base import Exchange, Request, Response, parse_json


def judged(status: int, body: Any) -> str:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    response = Response(status, {"content-type": "application/json"}, raw, parse_json(raw))
    finding = sdk_judge()(Exchange(Request("GET", "/v1/invoices"), response))
    return finding.message if finding else ""


def error(kind: str, **members: Any) -> dict[str, Any]:
    return {"error": {"type": kind, "message": "No.", **members}}


RIGHT = [
    (200, {"id": "in_1", "object": "invoice", "lines": {"object": "list", "data": [], "has_more": False}}),
    (200, {"object": "list", "data": [], "has_more": False, "url": "/v1/invoices"}),
    (200, {"id": "in_1", "object": "invoice", "deleted": True}),
    (400, error("invalid_request_error", param="x")),
    (400, error("idempotency_error")),
    (401, error("invalid_request_error")),
    (402, error("card_error", code="card_declined", decline_code="generic_decline")),
    (404, error("invalid_request_error", code="resource_missing")),
    (429, error("invalid_request_error", code="rate_limit")),
    (500, error("api_error")),
]


@pytest.mark.parametrize(("status", "body"), RIGHT)
def test_nothing_is_held_against_answers_of_stripes_kind(status: int, body: Any) -> None:
    assert judged(status, body) == ""


WRONG = [
    (404, {"detail": "Not Found"}, "raises APIError where Stripe's own answer makes it raise InvalidRequestError"),
    (404, b"<html>", "raises APIError where Stripe's own answer makes it raise InvalidRequestError"),
    (402, {"message": "declined"}, "raises APIError where Stripe's own answer makes it raise CardError"),
    (200, b"OK", "raises APIError where Stripe's own answer makes it accept it"),
    (200, b"[1, 2", "raises APIError where Stripe's own answer makes it accept it"),
]


@pytest.mark.parametrize(("status", "body", "said"), WRONG)
def test_what_an_application_would_trip_over_is_said(status: int, body: Any, said: str) -> None:
    assert said in judged(status, body)
