"""Operations name routes, not objects."""

from __future__ import annotations

import pytest

from conformance.engine.operation import addressed, operation


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/invoices", "/v1/invoices"),
        ("/v1/invoices/in_1", "/v1/invoices/{id}"),
        ("/v1/invoices/in_1/void", "/v1/invoices/{id}/void"),
        ("/v1/invoices/in_1/lines/il_2", "/v1/invoices/{id}/lines/{id}"),
        ("/v1/invoices/search", "/v1/invoices/search"),
        ("/v1/invoices/create_preview", "/v1/invoices/create_preview"),
        ("/v1/test_helpers/test_clocks/clock_1/advance", "/v1/test_helpers/test_clocks/{id}/advance"),
        ("/v1/credit_notes/preview", "/v1/credit_notes/preview"),
        ("/v1/nope", "/v1/nope"),
    ],
)
def test_ids_are_taken_out_of_the_route(path: str, expected: str) -> None:
    assert operation("GET", path) == f"GET {expected}"


def test_only_a_whole_object_is_addressed() -> None:
    assert addressed("/v1/invoices/in_1") == ("invoices", "in_1")
    assert addressed("/v1/invoices/in_1/void") is None
    assert addressed("/v1/invoices/search") is None
    assert addressed("/v1/invoices") is None
