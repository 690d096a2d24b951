"""Behavioural mutants: the reference with one plausible bug, and which scenario notices.

The reference is a process of its own; what it can do wrong it says itself (``--misbehaviours``).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from conformance.errors import ConformanceError, did_you_mean
from conformance.mutation.behaviour_audience import Audience, Misbehaviour, Tried

__all__ = ["Job", "Misbehaviour", "Tried", "UnknownMisbehaviour", "chosen", "known", "run", "untested"]

_LISTED_WITHIN = 30.0


class UnknownMisbehaviour(ConformanceError):
    """No misbehaviour of that name."""

    code = "unknown-misbehaviour"


class Job(NamedTuple):
    """Which scenarios try to notice, at which API version (a mutant may name another one)."""

    scenarios: tuple[Path, ...]
    version: str


@cache
def known() -> tuple[Misbehaviour, ...]:
    """Every misbehaviour of the reference."""
    said = subprocess.run(
        [sys.executable, "-m", "conformance.reference", "--misbehaviours"],
        capture_output=True,
        check=True,
        timeout=_LISTED_WITHIN,
    )
    return tuple(Misbehaviour(*row) for row in json.loads(said.stdout))


def chosen(only: Sequence[str], *, every: int | None = None, sample: int | None = None) -> tuple[Misbehaviour, ...]:
    """The misbehaviours named, else each ``every``-th, else about ``sample`` of them evenly spread, else all.

    Raises UnknownMisbehaviour.
    """
    table = known()
    if only:
        names = {one.name: one for one in table}
        for name in only:
            if name not in names:
                raise UnknownMisbehaviour(f"no misbehaviour named {name!r}.", hint=did_you_mean(name, list(names)))
        return tuple(names[name] for name in only)
    step = every or (max(1, len(table) // sample) if sample else 1)
    return table[::step]


def run(job: Job, mutants: Sequence[Misbehaviour], workers: int = 1) -> list[Tried]:
    """What became of each mutant, in order. What the reference itself does not pass does not count."""
    if workers < 2:
        try:
            return [_attempt(job, mutant) for mutant in mutants]
        finally:
            while _AUDIENCES:
                _AUDIENCES.popitem()[1].close()
    with ProcessPoolExecutor(workers) as pool:  # what a worker has started ends with the worker
        return list(pool.map(partial(_attempt, job), mutants, chunksize=2))


#: In each process: scenarios are loaded once for each API version.
_AUDIENCES: dict[Job, Audience] = {}


def _attempt(job: Job, mutant: Misbehaviour) -> Tried:
    key = job._replace(version=mutant.at or job.version)
    audience = _AUDIENCES.get(key)
    if audience is None:
        audience = _AUDIENCES[key] = Audience(*key)
    return audience.attempt(mutant)


def untested(mutants: Sequence[Misbehaviour], requirements: Iterable[str]) -> list[str]:
    """The requirements among ``requirements`` that no mutant breaks."""
    broken = {one.requirement for one in mutants}
    return [one for one in requirements if one not in broken]
