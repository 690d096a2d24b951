"""References: what is one, what is text, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.scenario.model import Reference, Template
from conformance.scenario.problems import MalformedReference
from conformance.scenario.references import join, parse

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True)
paths = st.lists(st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True) | st.integers(0, 999_999), max_size=5).map(tuple)
references = st.builds(Reference, names, paths)
literals = st.text(max_size=12).filter(lambda text: "${" not in text and not text.endswith("$") and text != "")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", ""),
        ("plain", "plain"),
        ("costs $5 or $$6", "costs $5 or $$6"),
        ("{a}", "{a}"),
        ("${a}", Reference("a")),
        ("${pay-voided.status_transitions.paid_at}", Reference("pay-voided", ("status_transitions", "paid_at"))),
        ("${a.lines.data[0].id}", Reference("a", ("lines", "data", 0, "id"))),
        ("${a[0][12]}", Reference("a", (0, 12))),
        ("${a.0}", Reference("a", ("0",))),
        ("/v1/invoices/${a.id}/void", Template(("/v1/invoices/", Reference("a", ("id",)), "/void"))),
        ("${a}${b}", Template((Reference("a"), Reference("b")))),
        (" ${a}", Template((" ", Reference("a")))),
        ("$${a}", "${a}"),
        ("$${a} is ${a}", Template(("${a} is ", Reference("a")))),
        ("x$${a}y", "x${a}y"),
    ],
)
def test_parse(text: str, node: object) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${", "'${' without its '}' in '${'"),
        ("a ${b", "'${' without its '}' in 'a ${b'"),
        ("${}", "not a reference: '${}'"),
        ("${ a }", "not a reference: '${ a }'"),
        ("${1a}", "not a reference: '${1a}'"),
        ("${a.}", "not a reference: '${a.}' after 'a'"),
        ("${a..b}", "not a reference: '${a..b}' after 'a'"),
        ("${a[]}", "not a reference: '${a[]}' after 'a'"),
        ("${a[-1]}", "not a reference: '${a[-1]}' after 'a'"),
        ("${a[01]}", "not a reference: '${a[01]}' after 'a'"),
        ("${a + 1}", "not a reference: '${a + 1}' after 'a'"),
        ("${a.b c}", "not a reference: '${a.b c}' after 'a.b'"),
        ("${a|upper}", "not a reference: '${a|upper}' after 'a'"),
    ],
)
def test_there_are_no_expressions_and_no_near_misses(text: str, message: str) -> None:
    with pytest.raises(MalformedReference) as problem:
        parse(text)
    assert str(problem.value) == f"{message} [reference-syntax] Write ${{name.key[0].key}}, or $${{ for a literal ${{."


@given(references)
def test_a_reference_reads_as_it_is_written(reference: Reference) -> None:
    assert parse(str(reference)) == reference


@given(st.lists(literals | references, max_size=6))
def test_a_template_reads_as_it_is_written(parts: list[str | Reference]) -> None:
    text = "".join(map(str, parts))
    assert parse(text) == join(parts)


@given(st.text())
def test_an_escaped_text_is_itself(text: str) -> None:
    if "$${" not in text and not text.endswith("$"):
        assert parse(text.replace("${", "$${")) == text


@given(st.text("${}[]. ab0-", max_size=20))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        parse(text)
    except MalformedReference:
        assert "${" in text
