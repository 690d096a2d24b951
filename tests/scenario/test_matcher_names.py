# ruff: noqa: E501 - messages stand on one line, as they are told
"""The table that lint and the schema read agrees with what `match` compiles and what the language page says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance import match
from conformance.paths import data
from conformance.scenario.matcher_names import IN_PARAMETERS, MATCHERS, TYPES
from conformance.scenario.model import Reference, Template
from conformance.scenario.words import PHRASES

SCHEMA = json.loads((data("schemas") / "scenario.schema.json").read_text(encoding="utf-8"))
LANGUAGE = Path(__file__).parents[2] / "docs" / "LANGUAGE.md"

REFERENCE = Reference("a", ("b",))
ARGUMENTS: list[Any] = [
    True, False, None, 0, 1, -1, 1.5, "", "x", "in", "120s", "30d", "1w", "soon", "12.5", "1e5", "[", "a+", "string", "timestamp",
    "text", [], ["string", "null"], ["string", 1], ["a", "b"], [1, 2], [1, "2"], [1, REFERENCE], [1, 2, 3], [{}], {}, {"a": 1},
    {"$gt": 1}, REFERENCE, Template(("x", REFERENCE)), {"to": REFERENCE, "within": "5s"}, {"to": 5, "within": "5s", "plus": "1d"},
    {"to": REFERENCE}, {"to": REFERENCE, "within": "5"}, {"to": "x", "within": "5s"}, {"to": REFERENCE, "within": "5s", "about": 1},
    {">=2022-08-01": 1}, {">=2022-08-01": 1, "<2022-08-01": {"$absent": True}}, {"2022": 1}, {"all": None},
]  # fmt: skip


def compiles(name: str, argument: Any) -> bool:
    try:
        match.compile({name: argument})
    except match.BadMatcher:
        return False
    return True


def test_lint_and_match_know_the_same_matchers() -> None:
    assert set(MATCHERS) == set(match.MATCHERS)


@pytest.mark.parametrize("name", MATCHERS)
def test_lint_accepts_the_arguments_that_match_compiles(name: str) -> None:
    accepts = MATCHERS[name].accepts
    assert {repr(one) for one in ARGUMENTS if accepts(one)} == {repr(one) for one in ARGUMENTS if compiles(name, one)}
    assert any(map(accepts, ARGUMENTS))


@pytest.mark.parametrize("name", MATCHERS)
def test_the_schema_accepts_no_plain_argument_that_match_refuses(name: str) -> None:
    schema = {"$defs": SCHEMA["$defs"], "$ref": "#/$defs/matcher"}
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(["regex"]))
    for argument in ARGUMENTS:
        if not _holds_references(argument) and validator.is_valid({name: argument}):
            assert compiles(name, argument), argument


def _holds_references(node: Any) -> bool:
    return "Reference" in repr(node)


def test_the_language_page_the_schema_and_the_words_name_every_matcher() -> None:
    table = LANGUAGE.read_text(encoding="utf-8").split("## Matchers")[1].split("## ")[0]
    assert set(re.findall(r"\{(\$[a-z]+):", table)) >= set(MATCHERS)
    assert set(SCHEMA["$defs"]["matcher"]["properties"]) == set(MATCHERS)
    assert set(PHRASES) == set(MATCHERS)
    assert set(IN_PARAMETERS) <= set(SCHEMA["$defs"]["value"]["anyOf"][2]["properties"])


def test_the_types_are_those_of_match() -> None:
    for word in TYPES:
        assert compiles("$type", word)
    assert SCHEMA["$defs"]["matcher"]["properties"]["$type"]["anyOf"][0]["enum"] == list(TYPES)
