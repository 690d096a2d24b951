from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from conformance.target.redact import PLACEHOLDER, Redactor

KEY = "sk_test_a+b/c4n4ry"
BASIC = base64.b64encode(f"{KEY}:".encode()).decode()


@pytest.mark.parametrize(
    "form", [KEY, quote(KEY, safe=""), BASIC, BASIC.rstrip("="), base64.b64encode(KEY.encode()).decode()]
)
def test_a_secret_is_cut_out_in_every_form_it_travels_in(form: str) -> None:
    redactor = Redactor([KEY])
    text = f'{{"message": "bad key {form}!"}}'
    assert form.rstrip("=") not in redactor.text(text)
    assert form.rstrip("=").encode() not in redactor.data(text.encode())
    assert form.rstrip("=") not in str(redactor.tree({"a": [{"b": text, text: 1}]}))


def test_what_holds_no_secret_is_the_very_same_object() -> None:
    redactor = Redactor([KEY])
    text, data = "x" * 5000, b"x" * 5000
    assert redactor.text(text) is text
    assert redactor.data(data) is data
    assert redactor.thorough(text) is text


def test_members_with_a_telling_name_lose_their_value_whatever_it_is() -> None:
    tree = {
        "client_secret": "pi_1",
        "Authorization": "Bearer x",
        "secret": "",
        "id": "in_1",
        "deep": [{"password": "p"}],
        "secrets": 3,
    }
    hidden = {"client_secret": PLACEHOLDER, "Authorization": PLACEHOLDER, "deep": [{"password": PLACEHOLDER}]}
    assert Redactor().tree(tree) == {**hidden, "secret": "", "id": "in_1", "secrets": 3}


@pytest.mark.parametrize(
    "text",
    [
        "sk_test_51HxAbCdEfGhIjKlMnOp",
        "rk_live_51HxAbCdEfGhIjKlMnOp",
        "whsec_51HxAbCdEfGhIjKlMnOp",
        "pi_3abc_secret_9xYz",
    ],
)
def test_what_looks_like_a_key_is_cut_out_though_nobody_named_it(text: str) -> None:
    assert text not in Redactor().thorough(f"see {text}.")


@pytest.mark.parametrize("text", ["in_1abc", "task_list", "risk_score_high_enough_for_all", "sk_test_123", "a_secret_"])
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert Redactor(["sk_"]).thorough(text) == text


def test_a_json_text_keeps_its_bytes_but_for_the_secret() -> None:
    text = '{ "client_secret" : "pi_1\\"x",\n "total": 1.50, "other": "secret" }'
    assert Redactor().json_text(text) == f'{{ "client_secret" : "{PLACEHOLDER}",\n "total": 1.50, "other": "secret" }}'


def test_a_client_secret_still_looks_like_one():
    redactor = Redactor()
    cut = "pi_3abc_secret_redacted"
    assert redactor.json_text('{"client_secret": "pi_3abc_secret_9xYz"}') == f'{{"client_secret": "{cut}"}}'
    assert redactor.tree({"client_secret": "pi_3abc_secret_9xYz"}) == {"client_secret": cut}
    assert redactor.form_text("client_secret=pi_3abc_secret_9xYz&a=1") == f"client_secret={cut}&a=1"
    assert redactor.json_text(f'{{"client_secret": "{cut}"}}') == f'{{"client_secret": "{cut}"}}'


def test_a_form_text_keeps_everything_but_the_secret() -> None:
    text = "a=1&client_secret=abc&card[secret]=x&b=client_secret"
    assert Redactor().form_text(text) == "a=1&client_secret=%5Bredacted%5D&card[secret]=%5Bredacted%5D&b=client_secret"


def test_short_secrets_are_not_looked_for_by_value() -> None:
    assert Redactor(["", "a", "key"]).text("a key in the bag") == "a key in the bag"
