"""The published schemas: valid JSON Schema, the same verdict as the compiled ones, cheap to load."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from conformance.api_version import ApiVersion
from conformance.contract import chronicle, for_version, schema, versions
from conformance.contract.chronicle import Span
from tests.contract import bodies
from tests.contract.bodies import ACACIA, BASIL, NEWEST

KNOWN = [str(version) for version in versions.known()]


@pytest.mark.parametrize("version", [KNOWN[0], "2023-08-16", ACACIA, BASIL, NEWEST])
def test_published_schemas_are_valid_and_accept_right_bodies(version):
    parsed = ApiVersion.parse(version)
    for name in schema.names(parsed):
        Draft202012Validator.check_schema(schema.document(name, parsed))
    validator = Draft202012Validator(schema.document("invoice", parsed))
    assert list(validator.iter_errors(bodies.invoice(version))) == []


@pytest.mark.parametrize("version", KNOWN)
def test_the_published_and_the_compiled_schema_agree_on_what_is_wrong(version):
    published = Draft202012Validator(schema.document("invoice", ApiVersion.parse(version)))
    damages = (("amount_due", "1"), ("status", "odd"), ("lines", []), ("closed", True), ("customer", {"object": "x"}))
    for key, value in damages:
        body = bodies.invoice(version) | {key: value}
        rules = {v.rule for v in for_version(version).check_body(body, "invoice") if v.severity == "fail"}
        assert bool({"schema", "removed"} & rules) == (not published.is_valid(body)), (key, rules)


def test_the_published_schema_allows_extra_keys_and_forbids_removed_ones():
    validator = Draft202012Validator(schema.document("invoice", ApiVersion.parse(NEWEST)))
    assert validator.is_valid(bodies.invoice(made_up=1))
    (error,) = validator.iter_errors(bodies.invoice(charge=None))
    assert list(error.path) == ["charge"]


def test_an_unknown_name_is_a_key_error():
    with pytest.raises(KeyError):
        schema.document("invoce", versions.newest())


@pytest.mark.parametrize("row", ["integer", "boolean ..2025-03-31.basil", "string? 2022-11-15..; string ..2020-08-27"])
def test_a_row_reads_back_as_it_was_written(row):
    assert "; ".join(str(span) for span in chronicle.spans(row)) == row


def test_a_field_is_alive_between_its_bounds_only():
    row = f"{Span('boolean', until=BASIL)}; {Span('integer', since='2026-03-25.dahlia')}"
    alive = {date: chronicle.alive(row, date) for date in ("2020-08-27", "2025-03-30", "2025-03-31", "2026-03-25")}
    assert alive == {"2020-08-27": "boolean", "2025-03-30": "boolean", "2025-03-31": None, "2026-03-25": "integer"}


def test_every_row_of_the_history_is_in_words_the_schemas_know():
    for version in versions.known():
        for name in schema.names(version):
            schema.strict(name, version)


def test_enum_values_come_and_go_with_versions():
    table = chronicle.objects()
    path = "credit_note.type"
    assert "mixed" in table.values(path, versions.newest())
    assert "mixed" not in table.values(path, ApiVersion.parse(BASIL))
    assert "mixed" in table.later_values(path, ApiVersion.parse(BASIL))
    assert table.later_values(path, versions.newest()) == []
