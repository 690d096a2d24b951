"""stripe-python as a judge: does it accept this answer as an application would, and raise what it raises for Stripe?

The SDK sends nothing: a client of its own public kind hands it the answer that has already come. Asked for with
``--judge sdk``; `stripe` is imported only then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from conformance.engine.memory import Finding
from conformance.target.base import Exchange, Response

Judge = Callable[[Exchange], Finding | None]

#: What stripe-python raises for Stripe's answers: by status where that alone decides, else by the error's type.
_BY_STATUS = {401: "AuthenticationError", 403: "PermissionError", 429: "RateLimitError"}
_BY_TYPE = {
    "card_error": "CardError",
    "idempotency_error": "IdempotencyError",
    "invalid_request_error": "InvalidRequestError",
    "api_error": "APIError",
}
_BY_STATUS_WITHOUT_TYPE = {400: "InvalidRequestError", 402: "CardError", 404: "InvalidRequestError"}


def sdk_judge() -> Judge:
    """A judge for any thread; each has a client of its own."""
    local = threading.local()

    def judge(exchange: Exchange) -> Finding | None:
        if exchange.response is None:
            return None
        if not hasattr(local, "reader"):
            local.reader = _reader()
        return _judge(local.reader, exchange.response)

    return judge


def _judge(reader: Callable[[Response], Any], response: Response) -> Finding | None:
    import stripe

    expected = _expected(response)
    try:
        made = reader(response)
    except stripe.StripeError as error:
        raised = type(error).__name__
        if raised == expected:
            return None
        wanted = f"raise {expected}" if expected else "accept it"
        return _finding(f"stripe-python raises {raised} where Stripe's own answer makes it {wanted}", expected, raised)
    except Exception as error:  # noqa: BLE001 - whatever an SDK does on a strange body, an application would meet it
        raised = type(error).__name__
        return _finding(f"stripe-python breaks on this answer with {raised}", expected or "an object", raised)
    if expected:
        return _finding(
            f"stripe-python takes this for a success where it should raise {expected}", expected, type(made).__name__
        )
    return None


def _finding(message: str, expected: str, actual: str) -> Finding:
    return Finding("sdk", "", message, "INV-API-005", expected, actual)


def _expected(response: Response) -> str:
    """The exception that belongs to the answer; empty for a success."""
    if response.status < 400:
        return ""
    body = response.json
    error = body.get("error") if isinstance(body, Mapping) else None
    kind = error.get("type") if isinstance(error, Mapping) else None
    by_type = _BY_TYPE.get(kind) if isinstance(kind, str) else None
    return _BY_STATUS.get(response.status) or by_type or _BY_STATUS_WITHOUT_TYPE.get(response.status, "APIError")


def _reader() -> Callable[[Response], Any]:
    """A function that gives what the SDK makes of a response, and raises what it raises."""
    import stripe

    class Canned(stripe.HTTPClient):
        name = "canned"
        answer: tuple[str, int, Mapping[str, str]] = ("", 200, {})

        def request(self, method: str, url: str, headers: Any, post_data: Any = None, **_: Any) -> Any:  # noqa: ARG002
            return self.answer

        def close(self) -> None: ...

    canned = Canned()
    client = stripe.StripeClient("sk_test_judge", http_client=canned, max_network_retries=0)

    def read(response: Response) -> Any:
        canned.answer = (response.body.decode("utf-8", "replace"), response.status, response.headers)
        return client.deserialize(client.raw_request("get", "/v1/judged"), api_mode="V1")

    return read
