"""Identities that hold on every genuine body, as named functions in one table. Importing this fills the table."""

from conformance.contract.invariants import amounts, headers, shapes, states
from conformance.contract.invariants.registry import TABLE, Broken, Chosen, Invariant

__all__ = ["TABLE", "Broken", "Chosen", "Invariant", "amounts", "headers", "shapes", "states"]
