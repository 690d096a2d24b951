"""The committed cassettes: the newest API version and one of each era, each whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance import paths
from conformance.contract.versions import known, newest
from tools import record

FOLDER = paths.data("cassettes") / record.PROVENANCE
REMEDY = "python tools/record.py"


def era(version: str) -> str:
    """The word after the date; versions older than such words are one era."""
    return version.partition(".")[2] or "dated"


def test_the_newest_version_and_one_of_each_era_are_recorded() -> None:
    recorded = sorted(place.name for place in FOLDER.iterdir())
    assert recorded == sorted(record.VERSIONS), REMEDY
    assert str(newest()) in recorded
    assert {era(version) for version in recorded} == {era(str(one)) for one in known()}


@pytest.mark.parametrize("version", record.VERSIONS)
def test_every_scenario_that_holds_at_a_version_is_recorded_there_and_nothing_else_is(version: str) -> None:
    place = FOLDER / version
    assert {path.name for path in place.glob("*.yaml")} == record.expected(version), REMEDY


@pytest.mark.parametrize("version", record.VERSIONS)
def test_every_recording_says_where_it_comes_from(version: str) -> None:
    place = FOLDER / version
    beside = {path.name.removesuffix(".provenance.json"): _origin(path) for path in place.glob("*.json")}
    assert beside.keys() == {path.stem for path in place.glob("*.yaml")}
    assert {(one["target"], one["provenance"], one["api_version"]) for one in beside.values()} == {
        ("reference", "reference", version)
    }


def _origin(path: Path) -> dict[str, str]:
    origin: dict[str, str] = json.loads(path.read_text())
    return origin
