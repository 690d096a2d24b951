from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.target import encoding

SLOW_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({}, ""),
        ({"auto_advance": False, "x": True}, "auto_advance=false&x=true"),
        ({"coupon": None}, "coupon="),
        ({"expand": ["customer", "lines.data"]}, "expand[0]=customer&expand[1]=lines.data"),
        (
            {"items": [{"price": "price_1", "quantity": 2}, {"price": "p"}]},
            "items[0][price]=price_1&items[0][quantity]=2&items[1][price]=p",
        ),
        ({"metadata": {"a b": "c&d=é"}}, "metadata[a+b]=c%26d%3D%C3%A9"),
        ({"a": {}, "b": [], "c": 1}, "c=1"),
        ({"unit_amount_decimal": "12.5", "percent": 12.5}, "unit_amount_decimal=12.5&percent=12.5"),
        (
            {"automatic_tax": {"enabled": True, "liability": {"type": "self"}}},
            "automatic_tax[enabled]=true&automatic_tax[liability][type]=self",
        ),
    ],
)
def test_a_tree_is_encoded_as_stripes_own_clients_do(params: dict[str, object], text: str) -> None:
    assert encoding.form(params) == text


def test_parameters_go_into_the_body_of_a_post_and_the_query_of_everything_else() -> None:
    assert encoding.target("POST", "/v1/invoices", {"a": 1}) == ("/v1/invoices", b"a=1")
    assert encoding.target("POST", "/v1/invoices/in_1/pay", {}) == ("/v1/invoices/in_1/pay", b"")
    assert encoding.target("GET", "/v1/invoices", {"a": 1}) == ("/v1/invoices?a=1", None)
    assert encoding.target("DELETE", "/v1/invoices/in_1?b=2", {"a": 1}) == ("/v1/invoices/in_1?b=2&a=1", None)
    assert encoding.target("GET", "/v1/invoices", {}) == ("/v1/invoices", None)


@pytest.mark.parametrize("hostile", ["in_1 HTTP/1.1\r\nx: y", "in_\x00\n", "in_é\ud800", "in#frag"])
def test_what_a_target_put_into_an_id_cannot_leave_the_request_line(hostile: str) -> None:
    where, _ = encoding.target("GET", f"/v1/invoices/{hostile}", {})
    assert where.isascii()
    assert where.isprintable()
    assert not set(where) & set(" #\r\n")


def test_a_malformed_escape_is_sent_as_it_was_written() -> None:
    assert encoding.path("/v1/invoices/%zz") == "/v1/invoices/%zz"


@SLOW_MACHINE
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="[]"), min_size=1),
        st.text(st.characters(codec="utf-8")),
    )
)
def test_flat_text_parameters_survive_the_way_there(params: dict[str, str]) -> None:
    text = encoding.form(params)
    assert text.isascii()
    assert dict(parse_qsl(text, keep_blank_values=True)) == params


def test_the_same_operation_on_two_objects_has_one_shape() -> None:
    assert (
        encoding.shape("/v1/invoices/in_1/pay")
        == encoding.shape("/v1/invoices/in_2/pay")
        != encoding.shape("/v1/invoices/in_1")
    )
    assert (
        encoding.shape("/v1/invoices/in_1")
        != encoding.shape("/v1/invoices/search")
        != encoding.shape("/v1/invoices/create_preview?x=1")
    )
