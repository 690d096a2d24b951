"""The committed data is what the registries' packages give, and Stripe's own OpenAPI says the same."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from conformance.api_version import ApiVersion
from conformance.contract import chronicle, versions
from tools import derive, openapi
from tools.shape import Shape, merge

UNREACHABLE = (subprocess.SubprocessError, OSError)
FULL = "STRIPE_CONFORMANCE_REGISTRIES"


@pytest.mark.skipif(not os.environ.get(FULL), reason=f"downloads 60 packages (100 MB): set {FULL}=1 to run it")
def test_the_committed_data_is_what_all_pinned_releases_give(tmp_path):
    cache = os.environ.get("STRIPE_CONFORMANCE_DOWNLOADS")
    assert derive.main(["--check", *(["--cache", cache] if cache else ["--cache", str(tmp_path)])]) == 0


def test_the_newest_version_is_what_its_releases_give(tmp_path):
    pin = derive.pins(derive.PINS.read_text("utf-8"))[-1]
    try:
        shape = derive.shape_of(pin, tmp_path)
    except UNREACHABLE as error:
        pytest.skip(f"the package registry does not answer: {error}")
    version = versions.newest()
    assert str(version) == pin.version
    committed = {
        path: word for table in (chronicle.objects(), chronicle.requests()) for path, word in table.at(version)
    }
    assert committed == shape.fields
    for table in (chronicle.objects(), chronicle.requests()):
        for path in set(table.enums) & set(shape.fields):
            if path in shape.enums:
                assert set(table.values(path, version)) == set(shape.enums[path]), path


def test_every_pin_is_in_the_committed_data_with_its_releases():
    pins = derive.pins(derive.PINS.read_text("utf-8"))
    assert [pin.version for pin in pins] == [str(version) for version in versions.known()]
    for pin in pins:
        told = versions.releases(ApiVersion.parse(pin.version))
        assert [release.split()[-1] for release in told.split(", ")] == list(pin.releases)


def test_pins_must_ascend():
    with pytest.raises(ValueError, match="ascend"):
        derive.pins("2025-03-31.basil pypi 12.0.0\n2024-06-20 pypi 10.0.0\n")


def test_a_field_is_sure_only_where_all_releases_of_a_version_are_sure():
    older = Shape("v", "1", {"a.x": "string", "a.y": "integer"}, {"a.e": ["p"]})
    newer = Shape("v", "2", {"a.x": "string", "a.y": "integer?", "a.z": "boolean"}, {"a.e": ["q", "p"]})
    merged = merge([older, newer])
    assert merged.fields == {"a.x": "string", "a.y": "integer?", "a.z": "boolean?"}
    assert sorted(merged.enums["a.e"]) == ["p", "q"]


def test_a_history_tells_when_fields_and_values_came_and_went():
    first = Shape("2024-04-10", fields={"a.x": "enum", "a.y": "string"}, enums={"a.x": ["p", "q"]})
    second = Shape("2025-03-31.basil", fields={"a.x": "enum", "a.z": "integer?"}, enums={"a.x": ["q", "r"]})
    assert derive.rows([first, second]) == {
        "a.x": "enum", "a.y": "string ..2025-03-31.basil", "a.z": "integer? 2025-03-31.basil..",
    }  # fmt: skip
    assert derive.enums([first, second]) == {
        "a.x": {"0000-00-00": ["p", "q"], "-2025-03-31.basil": ["p"], "2025-03-31.basil": ["r"]}
    }


# Path -> why the history is right to depart from Stripe's OpenAPI there.
EXPLAINED = {
    "event.data.object": "any object: the spec leaves it untyped, the history says it is an object",
    "invoice.amount_paid_off_stripe": "only there when included (INV-OBJ-031), so it may be absent",
    "invoice.auto_advance": "deleted invoices and older previews lack it; the SDK allows that",
    "invoice.customer": "null on invoices of accounts (customer_account); the SDK allows that",
    "invoice.default_source": "an account may be a source of older customers; the SDK keeps it",
    "invoice.last_finalization_error.source": "an account may be a source of older customers; the SDK keeps it",
    "invoice.payment_settings.payment_method_options.billie": "an object without keys: untyped in the spec",
    "invoice.payment_settings.payment_method_options.konbini": "an object without keys: untyped in the spec",
    "invoice.payment_settings.payment_method_options.sepa_debit": "an object without keys: untyped in the spec",
}


def test_every_difference_to_stripes_openapi_is_explained():
    try:
        file = openapi.download()
    except (*UNREACHABLE, json.JSONDecodeError) as error:
        pytest.skip(f"the Go module proxy does not answer: {error}")
    version, found = openapi.differences(file)
    if version not in versions.known():
        pytest.skip(f"the spec is of {version}, which is not pinned yet")
    assert {path: difference for path, difference in found.items() if path not in EXPLAINED} == {}
    assert len(dict(chronicle.objects().at(version))) > 400
