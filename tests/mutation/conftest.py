"""Recordings for mutants: the shipped ones, or new ones of the reference where none are shipped for this version."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import paths
from conformance.contract import for_version
from conformance.contract.requirements import get
from conformance.engine.plan import Planner
from conformance.engine.run import Engine
from conformance.scenario.loader import Library, discover
from conformance.target.config import Options, load

VERSION = "2026-10-28.endive"


@pytest.fixture(scope="session")
def scenarios() -> Path:
    return paths.data("scenarios")


@pytest.fixture(scope="session")
def cassettes(scenarios: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of cassettes that fit the scenarios as they are now."""
    folder = tmp_path_factory.mktemp("cassettes")
    library = Library()
    target = load("reference", Options(api_version=VERSION, record=folder))
    target.start()
    try:
        planner = Planner(library.setups, get, target.api_version)
        engine = Engine(target, planner, for_version(target.api_version), "recording")
        for file in discover([scenarios]):
            for scenario in library.load(file).scenarios:
                engine.run(scenario)
    finally:
        target.stop()
    return folder
