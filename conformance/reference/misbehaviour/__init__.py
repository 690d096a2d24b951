"""Servers that are wrong on purpose: each misbehaviour is one plausible bug of a mock, planted at start-up.

``python -m conformance.reference --misbehave NAME`` serves one, ``--misbehaviours`` lists them all as JSON.
"""

from __future__ import annotations

from itertools import chain

from conformance.reference.misbehaviour import figures, others, refusals, requests, states, surface
from conformance.reference.misbehaviour.tools import Misbehaviour

__all__ = ["MISBEHAVIOURS", "Misbehaviour"]


def _by_name() -> dict[str, Misbehaviour]:
    found: dict[str, Misbehaviour] = {}
    for one in chain.from_iterable(
        module.MISBEHAVIOURS for module in (refusals, requests, figures, states, surface, others)
    ):
        if one.name in found:
            raise ValueError(f"two misbehaviours are named {one.name}")
        found[one.name] = one
    return found


#: name -> misbehaviour.
MISBEHAVIOURS: dict[str, Misbehaviour] = _by_name()
