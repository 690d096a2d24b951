"""What lint says and what it has to know: shared by its rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from conformance.scenario import yaml
from conformance.scenario.model import Path, Scenario, Setup, Step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from conformance.api_version import ApiVersion
    from conformance.errors import Place
    from conformance.scenario.problems import ScenarioProblem

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. An error keeps a scenario out of a library, a warning is for a person to weigh."""

    severity: Severity
    code: str
    place: Place | None
    message: str
    hint: str = ""

    @classmethod
    def of(cls, problem: ScenarioProblem) -> Problem:
        """What the loader said."""
        return cls("error", problem.code, problem.place, problem.message, problem.hint)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return " ".join(f"{where}{self.severity}: {self.message} [{self.code}] {self.hint}".split())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that exist outside scenario files.

    ``requirements`` says of each id whether its failure fails a target. Requirements that do not begin with one of
    ``prefixes`` are the user's own. Where ``versions`` or ``capabilities`` is empty, it is not checked.
    """

    requirements: Mapping[str, bool] = field(default_factory=dict)
    capabilities: Collection[str] = ()
    setups: Mapping[str, Setup] = field(default_factory=dict)
    versions: Collection[ApiVersion] = ()
    prefixes: tuple[str, ...] = ("INV-",)


class Finding(NamedTuple):
    """What a rule found, before it has a place."""

    severity: Severity
    code: str
    where: Path
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A scenario or a setup, and what rules ask of it."""

    of: Scenario | Setup

    @property
    def scenario(self) -> Scenario | None:
        return self.of if isinstance(self.of, Scenario) else None

    def covers(self, step: Step) -> tuple[str, ...]:
        """What a step covers: its own ids, or the scenario's."""
        return step.covers or (self.of.covers if isinstance(self.of, Scenario) else ())

    def steps(self) -> Iterator[tuple[Step, Path]]:
        """Each step with its place."""
        for step in self.of.steps:
            yield step, ("steps", step.index)

    def problem(self, finding: Finding) -> Problem:
        """The finding with its place in the file; a variable of a matrix is followed into its row."""
        row = self.of.row if isinstance(self.of, Scenario) else None
        place = yaml.mark(self.of.file, finding.where, row)
        return Problem(finding.severity, finding.code, place, finding.message, finding.hint)
