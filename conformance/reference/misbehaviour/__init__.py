"""Servers that are wrong on purpose: each misbehaviour is one plausible bug of a mock, planted at start-up.

``python -m conformance.reference --misbehave NAME`` serves one, ``--misbehaviours`` lists them all as JSON.
"""

from __future__ import annotations

import json
import sys
from itertools import chain

from conformance.reference.misbehaviour import (
    aftermath,
    deeds,
    drafts,
    eras,
    figures,
    harmless,
    missing,
    others,
    refusals,
    requests,
    seen,
    states,
    subtle,
    sums,
    surface,
)
from conformance.reference.misbehaviour.tools import Misbehaviour, remembering_nothing

__all__ = ["MISBEHAVIOURS", "Misbehaviour", "list_all", "plant"]

_ROOMS = (
    *(refusals, requests, figures, sums, states, drafts, deeds, subtle),
    *(aftermath, surface, missing, seen, eras, others),
)


def _by_name() -> dict[str, Misbehaviour]:
    found: dict[str, Misbehaviour] = {}
    for one in chain.from_iterable(room.MISBEHAVIOURS for room in _ROOMS):
        if one.name in found:
            raise ValueError(f"two misbehaviours are named {one.name}")
        found[one.name] = one
    return found


#: name -> misbehaviour.
MISBEHAVIOURS: dict[str, Misbehaviour] = _by_name()


def list_all() -> int:
    """Print name, requirement, sentence and version of each as JSON; give the exit code."""
    print(json.dumps([(one.name, one.requirement, one.sentence, one.at) for one in MISBEHAVIOURS.values()]))  # noqa: T201
    return 0


def plant(name: str) -> bool:
    """Make this process misbehave, or do what is harmless; False, and a line on stderr, where it knows no such way."""
    planted = MISBEHAVIOURS.get(name) or next((one for one in harmless.HARMLESS if one.name == name), None)
    if planted is None:
        print(f"no misbehaviour named {name!r}", file=sys.stderr)  # noqa: T201
        return False
    planted.plant()
    remembering_nothing()
    return True
