"""The embedded reference, as a process of its own: this package never imports it."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import conformance
from conformance.target.process import Process, TargetNotStarted
from conformance.target.settings import Settings
from conformance.target.started import StartedTarget

KEY = "sk_test_conformance"
_WITHIN = 20.0
_HOME = Path(conformance.__file__).resolve().parent.parent


class ReferenceTarget(StartedTarget):
    """Starts the reference on a free port. Accounts are by key: with ``worlds`` every scenario has one of its own."""

    per_worker = True

    def __init__(self, settings: Settings, *, clock: str = "", seed: str = "", worlds: bool = False) -> None:
        super().__init__(settings)
        self._options = [*(("--clock", clock) if clock else ()), *(("--seed", seed) if seed else ())]
        self._worlds = worlds

    def key_for(self, scenario_id: str) -> str:
        if not self._worlds:
            return self.settings.key
        return "sk_test_" + hashlib.sha256(scenario_id.encode()).hexdigest()[:24]

    def command(self) -> Sequence[str]:
        return [
            sys.executable,
            "-m",
            "conformance.reference",
            "--port",
            "0",
            "--exit-with-parent",
            "--quiet",
            *self._options,
        ]

    def launch(self) -> Process:
        # In the folder of the package, so that no other folder named "conformance" is taken for it.
        process = Process(self.command(), cwd=str(_HOME), read_stdout=True)
        line = process.first_line(_WITHIN)
        try:
            url = str(json.loads(line)["listening"])
        except (ValueError, KeyError, TypeError):
            problem = f"the reference did not start: {process.tail() or 'it wrote nothing'}"
            process.stop()
            raise TargetNotStarted(problem) from None
        self.move_to(replace(self.settings, url=url))
        return process
