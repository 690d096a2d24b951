"""What an expectation is checked against beside the value itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.match.values import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.api_version import ApiVersion


class Symbols:
    """The scenario's bijection between symbols and ids, by unification: the first id met is the symbol's.

    No numbering, no text replacement: one missing object cannot rename the others, no id rewrites unrelated text.
    """

    __slots__ = ("_ids", "_symbols", "_trail")

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._symbols: dict[str, str] = {}
        self._trail: list[str] = []

    def copy(self) -> Symbols:
        """One that may bind more without this one."""
        other = Symbols()
        other._ids, other._symbols, other._trail = dict(self._ids), dict(self._symbols), list(self._trail)
        return other

    def unify(self, symbol: str, id: str) -> bool:
        """Whether ``symbol`` can stand for ``id``; binds the two when neither is bound."""
        bound = self._ids.get(symbol)
        if bound is not None:
            return bound == id
        if id in self._symbols:
            return False
        self._ids[symbol] = id
        self._symbols[id] = symbol
        self._trail.append(symbol)
        return True

    def conflict(self, symbol: str, id: str) -> str:
        """Why `unify` refuses, in words; empty when it does not."""
        bound = self._ids.get(symbol)
        if bound is not None:
            return "" if bound == id else f"{symbol} is {show(bound)} in this scenario"
        taken = self._symbols.get(id)
        return f"{show(id)} is already {taken} in this scenario, and {symbol} must be another" if taken else ""

    def get(self, symbol: str) -> str | None:
        """The id ``symbol`` is bound to."""
        return self._ids.get(symbol)

    def snapshot(self) -> int:
        """A mark for `rollback`."""
        return len(self._trail)

    def rollback(self, mark: int) -> None:
        """Forget every binding made since ``mark``: an attempt that failed binds nothing."""
        while len(self._trail) > mark:
            symbol = self._trail.pop()
            del self._symbols[self._ids.pop(symbol)]


@dataclass(frozen=True, slots=True)
class Scope:
    """``names``: what references name. ``date``: the response's own Date in Unix seconds, None where it sent none."""

    names: Mapping[str, Any]
    symbols: Symbols
    date: float | None
    version: ApiVersion
