"""Identities that hold on every genuine body, as named functions in one table. Importing this fills the table."""

from conformance.contract.invariants import amounts, headers, lines, shapes, states, unset
from conformance.contract.invariants.registry import TABLE, Broken, Chosen, Invariant, Rules

__all__ = [
    "TABLE",
    "Broken",
    "Chosen",
    "Invariant",
    "Rules",
    "amounts",
    "headers",
    "lines",
    "shapes",
    "states",
    "unset",
]
