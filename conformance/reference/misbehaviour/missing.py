# ruff: noqa: E501 - a table is read by columns
"""Operations that are not there, in the many ways that real mocks were seen to say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from conformance.reference.misbehaviour.tools import Heard, Misbehaviour, on_answers_to
from conformance.reference.model.table import Body


class Face(NamedTuple):
    """One way to say that something is not implemented: status, content type, body."""

    sentence: str
    status: int
    kind: str
    body: Any


def _error(**fields: Any) -> Body:
    return {"error": {"type": "invalid_request_error", **fields}}


_HTML = b"<!doctype html><title>404 Not Found</title><h1>Not Found</h1><p>The requested URL was not found.</p>"
# fmt: off
FACES: dict[str, Face] = {
    "unrecognized": Face("an unrecognized URL", 404, "application/json", _error(message="Unrecognized request URL (POST: /). Please see https://stripe.com/docs.")),
    "plain": Face("404 in plain text", 404, "text/plain", b"404: Not Found"),
    "html": Face("an HTML page", 404, "text/html", _HTML),
    "foreign": Face("404 in another envelope", 404, "application/json", {"detail": "Not Found"}),
    "405": Face("405", 405, "application/json", {"detail": "Method Not Allowed"}),
    "501": Face("501", 501, "application/json", _error(message="Endpoint not supported.", code="endpoint_not_supported")),
    "crash": Face("500 and an api_error", 500, "application/json", {"error": {"type": "api_error", "message": "list index out of range"}}),
    "silent-crash": Face("500 and nothing", 500, "", b""),
    "empty": Face("200 and {}", 200, "application/json", {}),
    "placeholder": Face("200 and a placeholder", 200, "application/json", {"message": "placeholder"}),
}
#: operation, requirement, how its requests look, the face it has.
_MISSING: tuple[tuple[str, str, str, str], ...] = (
    ("finalize", "INV-FIN-001", "POST /v1/invoices/[^/]+/finalize", "unrecognized"),
    ("finalize", "INV-FIN-001", "POST /v1/invoices/[^/]+/finalize", "405"),
    ("pay", "INV-PAY-001", "POST /v1/invoices/[^/]+/pay", "crash"),
    ("pay", "INV-PAY-001", "POST /v1/invoices/[^/]+/pay", "silent-crash"),
    ("void", "INV-TRN-001", "POST /v1/invoices/[^/]+/void", "plain"),
    ("mark-uncollectible", "INV-TRN-010", "POST /v1/invoices/[^/]+/mark_uncollectible", "foreign"),
    ("send", "INV-SND-001", "POST /v1/invoices/[^/]+/send", "html"),
    ("add-lines", "INV-EDT-016", "POST /v1/invoices/[^/]+/add_lines", "405"),
    ("remove-lines", "INV-EDT-021", "POST /v1/invoices/[^/]+/remove_lines", "empty"),
    ("update-lines", "INV-EDT-020", "POST /v1/invoices/[^/]+/update_lines", "placeholder"),
    ("search", "INV-LST-019", "GET /v1/invoices/search", "501"),
    ("search", "INV-LST-018", "GET /v1/invoices/search", "empty"),
    ("preview", "INV-PRV-001", "POST /v1/invoices/create_preview", "foreign"),
    ("attach-payment", "INV-PAY-027", "POST /v1/invoices/[^/]+/attach_payment", "unrecognized"),
    ("credit-notes", "INV-BAL-010", "POST /v1/credit_notes", "501"),
    ("balance", "INV-BAL-002", "POST /v1/customers/[^/]+/balance_transactions", "empty"),
    ("delete", "INV-EDT-005", "DELETE /v1/invoices/[^/]+", "405"),
    ("items", "INV-CRE-041", "POST /v1/invoiceitems", "placeholder"),
    ("lines", "INV-LST-013", "GET /v1/invoices/[^/]+/lines", "crash"),
)
# fmt: on


def wearing(face: Face) -> Callable[[Heard], None]:
    """Make an answer look like ``face``."""

    def change(heard: Heard) -> None:
        heard.status, heard.body = face.status, face.body
        heard.headers["content-type"] = face.kind
        if not face.kind:
            del heard.headers["content-type"]

    return change


def _missing() -> Iterator[Misbehaviour]:
    for operation, requirement, where, face in _MISSING:
        looks = FACES[face]
        yield Misbehaviour(
            f"{operation}-is-missing-{face}",
            requirement,
            f"{operation.replace('-', ' ')} is answered with {looks.sentence}",
            on_answers_to(where, wearing(looks)),
        )


MISBEHAVIOURS: tuple[Misbehaviour, ...] = tuple(_missing())
