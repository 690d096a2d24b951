"""The published schema: valid itself, true of every file that ships, and as strict as the loader about shape."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from conformance.paths import data
from conformance.scenario import build, yaml
from conformance.scenario.loader import discover, discover_setups

SCHEMA = json.loads((data("schemas") / "scenario.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def tree(text: str) -> Any:
    return yaml.construct(yaml.compose(text.encode(), "f.yaml"), "f.yaml", [])


def test_it_is_a_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_shipped_scenario_and_setup_is_valid() -> None:
    files = [*discover([data("scenarios")]), *discover_setups([data("scenarios")])]
    assert len(files) > 100
    for file in files:
        problem = jsonschema.exceptions.best_match(VALIDATOR.iter_errors(tree(file.read_text(encoding="utf-8"))))
        assert problem is None, f"{file}: {problem.json_path}: {problem.message}"


@pytest.mark.parametrize(
    ("definition", "keys"),
    [
        ("scenario", build.SCENARIO_KEYS),
        ("setup", build.SETUP_KEYS),
        ("step", build.STEP_KEYS),
        ("expect", build.EXPECT_KEYS),
        ("row", build.ROW_KEYS),
    ],
)
def test_it_knows_the_keys_that_the_loader_knows(definition: str, keys: tuple[str, ...]) -> None:
    assert set(SCHEMA["$defs"][definition]["properties"]) == set(keys)
    assert SCHEMA["$defs"][definition]["additionalProperties"] is False


def test_every_key_says_what_it_is_for() -> None:
    for definition in ("scenario", "setup", "step", "expect", "row", "matcher"):
        for key, schema in SCHEMA["$defs"][definition]["properties"].items():
            here = schema.get("description") or SCHEMA["$defs"].get(schema.get("$ref", "")[8:], {}).get("description")
            described = here or any("$ref" in one for one in schema.get("anyOf", ()))
            assert described, f"{definition}.{key}"


def test_every_example_is_valid() -> None:
    def check(node: Any, path: str) -> None:
        if isinstance(node, dict):
            for example in node.get("examples", ()) if isinstance(node.get("examples"), list) else ():
                jsonschema.Draft202012Validator({"$defs": SCHEMA["$defs"], **node}).validate(example)
            for key, value in node.items():
                check(value, f"{path}/{key}")

    check(SCHEMA["$defs"], "")


STEP = "{id: s, request: GET /v1/invoices, expect: {status: 200}}"


@pytest.mark.parametrize(
    "text",
    [
        f"title: T\nsteps: [{STEP}]",
        f"id: f\nsteps: [{STEP}]",
        "id: f\ntitle: T\nsteps: []",
        f"id: f\ntitle: T\nneed: []\nsteps: [{STEP}]",
        f"id: a b\ntitle: T\nsteps: [{STEP}]",
        f"id: f\ntitle: T\nversions: '>=2022-8-1'\nsteps: [{STEP}]",
        f"id: f\ntitle: T\ncovers: INV-1\nsteps: [{STEP}]",
        f"id: f\ntitle: T\nprofile: huge\nsteps: [{STEP}]",
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, expect: {body: {a: 1}}}]",
        "id: f\ntitle: T\nsteps: [{id: s, request: PUT /v1, expect: {status: 200}}]",
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, expect: {status: 200, same_as: s}}]",
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, expect: {status: 200, body: {a: {$mach: 1}}}}]",
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, expect: {status: 200, body: {a: {}}}}]",
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, expect: {status: 200, error: {}}}]",
        "id: f\ntitle: T\nsteps: [{id: run, request: GET /v1, expect: {status: 200}}]",
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, eventually: {every: 1s}, expect: {status: 200}}]",
        "setup: s\ntitle: T\nsteps: []",
        "setup: s\ntitle: T\nsteps: []\nresult: a",
    ],
)
def test_it_refuses_what_the_loader_or_lint_refuses(text: str) -> None:
    assert not VALIDATOR.is_valid(tree(text))
