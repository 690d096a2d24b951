"""Where mutants of the reference come from: a process that has everything imported, and forks one when asked to."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import conformance
from conformance.target.process import Process, TargetNotStarted
from conformance.target.reference import ReferenceTarget
from conformance.target.settings import Settings

_WITHIN = 20.0
#: In the folder of the package, so that no other folder named "conformance" is taken for it.
_HOME = str(Path(conformance.__file__).resolve().parent.parent)


class Nursery(Process):
    """One mutant at a time: asking for another ends the one before. ``stop`` ends them all."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "conformance.reference.misbehaviour"]
        super().__init__(command, cwd=_HOME, read_stdout=True)

    def hatch(self, name: str) -> str:
        """The URL of the reference with the misbehaviour ``name``. Raises TargetNotStarted."""
        self.say(name)
        try:
            return str(json.loads(self.first_line(_WITHIN))["listening"])
        except (ValueError, KeyError, TypeError):
            problem = f"the reference did not start: {self.tail() or 'it wrote nothing'}"
            raise TargetNotStarted(problem) from None

    def say(self, name: str) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(f"{name}\n".encode())
            self._child.stdin.flush()
        except OSError:
            raise TargetNotStarted(f"the reference did not start: {self.tail()}") from None


class _Hatched(Process):
    """A mutant, whose process is the nursery's."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery

    def stop(self) -> None:
        self._nursery.say("")


class Mutant(ReferenceTarget):
    """The reference with one misbehaviour planted."""

    def __init__(self, settings: Settings, nursery: Nursery, name: str) -> None:
        super().__init__(settings)
        self._nursery, self._name = nursery, name

    def launch(self) -> Process:
        self.move_to(replace(self.settings, url=self._nursery.hatch(self._name)))
        return _Hatched(self._nursery)
