"""Form pairs as a mapping, where one name may come more than once: ``expand[]=a&expand[]=b``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def numbered(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Every ``[]`` gets the index of its element. As with Rack, a name that comes again begins the next element:
    ``items[][price]``, ``items[][quantity]``, ``items[][price]`` are two items.
    """
    elements: dict[str, tuple[int, set[str]]] = {}
    return {_numbered(name, elements): value for name, value in pairs}


def _numbered(name: str, elements: dict[str, tuple[int, set[str]]]) -> str:
    place, *tails = name.split("[]")
    for n, tail in enumerate(tails):
        ends = n == len(tails) - 1
        at, seen = elements.get(place, (0, set()))
        if ends and tail in seen:
            at, seen = at + 1, set()
        elements[place] = (at, seen | {tail} if ends else seen)
        place = f"{place}[{at}]{tail}"
    return place
