"""A scenario file as a pytest collector, a scenario as a pytest item."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.errors import ConformanceError
from conformance.results.model import Outcome, ScenarioResult
from conformance.scenario.loader import examine
from conformance.scenario.model import Scenario

if TYPE_CHECKING:
    from conformance.pytest_plugin.suite import SuitePlugin

RED = frozenset({Outcome.FAIL, Outcome.NOT_TESTABLE, Outcome.ERROR})


class ScenarioFailed(Exception):
    """Carries a result to ``repr_failure``."""

    def __init__(self, result: ScenarioResult) -> None:
        super().__init__(result.id)
        self.result = result


class ScenarioFile(pytest.File):
    """One YAML file: one item, or one per row of its matrix."""

    suite: SuitePlugin

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, suite: SuitePlugin) -> ScenarioFile:
        made: ScenarioFile = cls.from_parent(parent, path=path)
        made.suite = suite
        return made

    def collect(self) -> Iterator[ScenarioItem]:
        """Raise CollectError with the problems (one line each: file:line:col, hint) of a file that is no scenario."""
        try:
            scenarios = self.suite.scenarios(self.path)
        except ConformanceError as problem:
            problems = examine(self.path).problems or (problem,)
            raise self.CollectError("\n".join(map(str, problems))) from None
        for scenario in scenarios:
            yield ScenarioItem.of(self, scenario)


class ScenarioItem(pytest.Item):
    """One scenario; its result is in ``result`` once it has run."""

    scenario: Scenario
    outcome: Outcome | None = None  # not the result: its bodies would stay in memory until the session ends

    @classmethod
    def of(cls, parent: ScenarioFile, scenario: Scenario) -> ScenarioItem:
        made: ScenarioItem = cls.from_parent(parent, name=scenario.id)
        made.scenario = scenario
        return made

    @property
    def suite(self) -> SuitePlugin:
        parent = self.parent
        assert isinstance(parent, ScenarioFile)
        return parent.suite

    def runtest(self) -> None:
        """Run (or fetch) the scenario, keep its evidence, and say what came of it."""
        try:
            result = self.suite.perform(self.scenario)
        except ConformanceError as problem:
            pytest.exit(str(problem), returncode=int(problem.exit_code))
        self.outcome = result.outcome
        if result.outcome is Outcome.NOT_APPLICABLE:
            pytest.skip(result.reason)
        if result.outcome in RED:
            raise ScenarioFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the failed exchange, not our stack."""
        if isinstance(excinfo.value, ScenarioFailed):
            from conformance.report.terminal import render_scenario

            return render_scenario(excinfo.value.result, self.suite.redactor)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """The title is the item's heading."""
        return self.path, 0, self.scenario.title
