"""What docs/LANGUAGE.md shows is what the loader, lint and the schema accept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from conformance.cli.lint import check
from conformance.paths import data
from conformance.scenario import lint_matchers, lint_names, lint_steps, yaml
from conformance.scenario.loader import examine

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = (Path(__file__).parents[2] / "docs" / "LANGUAGE.md").read_text(encoding="utf-8")
SCENARIO, SETUP, MATRIX = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
STEPS = "id: by-status\ntitle: T\nsteps:\n  - {id: read, request: 'GET /v1/x/${invoice.id}', expect: {status: 200}}\n"


@pytest.mark.parametrize(
    ("name", "text"), [("void-open-invoice", SCENARIO), ("by-status", MATRIX + STEPS)], ids=["scenario", "matrix"]
)
def test_the_examples_are_sound(write: Callable[[str, str], Path], name: str, text: str) -> None:
    path = write(f"{name}.yaml", text)
    assert [str(problem) for problem in check([path])[1] if problem.code != "covers-nothing"] == []


def test_the_example_of_a_setup_is_sound(write: Callable[[str, str], Path]) -> None:
    examined = examine(write("setups/open-invoice.yaml", SETUP))
    assert examined.problems == ()
    assert examined.document is not None
    assert examined.document.setup is not None


@pytest.mark.parametrize("text", [SCENARIO, SETUP, MATRIX + STEPS], ids=["scenario", "setup", "matrix"])
def test_the_examples_are_valid_by_the_published_schema(text: str) -> None:
    schema = json.loads((data("schemas") / "scenario.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(yaml.construct(yaml.compose(text.encode(), "f"), "f", []))


def test_every_code_of_lint_is_on_the_page() -> None:
    sources = [Path(module.__file__).read_text(encoding="utf-8") for module in (lint_matchers, lint_names, lint_steps)]
    codes = {
        code for source in sources for code in re.findall(r'Finding\(\s*"(?:error|warning)",\s*"([a-z-]+)"', source)
    }
    assert len(codes) > 15
    table = PAGE.split("## What lint says")[1]
    assert [code for code in sorted(codes) if f"`{code}`" not in table] == []
