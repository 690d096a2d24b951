"""Stripe API versions and windows over them: ordering only. Which versions exist, ``conformance.contract`` knows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

_VERSION = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:\.([a-z]+))?$")
_BOUND = re.compile(r"^(>=|<=|<|>|==)?\s*(\S+)$")


@dataclass(frozen=True, slots=True, order=True)
class ApiVersion:
    """``2025-03-31.basil``: ordered by its date; the release name is carried, not compared."""

    date: str
    release: str = field(default="", compare=False)

    @classmethod
    @lru_cache(maxsize=256)
    def parse(cls, text: str) -> ApiVersion:
        """Raise ValueError unless ``text`` looks like ``YYYY-MM-DD`` or ``YYYY-MM-DD.release``."""
        found = _VERSION.match(text)
        if not found:
            raise ValueError(f"not an API version: {text!r}")
        return cls(found[1], found[2] or "")

    def __str__(self) -> str:
        return f"{self.date}.{self.release}" if self.release else self.date


@dataclass(frozen=True, slots=True)
class Window:
    """All of some bounds: ``">=2022-08-01 <2025-03-31.basil"`` (comma or space between); ``"all"`` is no bound."""

    bounds: tuple[tuple[str, ApiVersion], ...] = ()

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, text: str) -> Window:
        """Raise ValueError with the offending bound."""
        if text.strip() in {"", "all"}:
            return cls()
        bounds = []
        for part in re.split(r"\s*,\s*|\s+(?=[<>=])", text.strip()):
            found = _BOUND.match(part)
            if not found:
                raise ValueError(f"not a version bound: {part!r}")
            bounds.append((found[1] or "==", ApiVersion.parse(found[2])))
        return cls(tuple(bounds))

    def __contains__(self, version: ApiVersion) -> bool:
        return all(_HOLDS[sign](version, bound) for sign, bound in self.bounds)

    def __str__(self) -> str:
        return " ".join(f"{sign}{bound}" for sign, bound in self.bounds) or "all"


_HOLDS = {
    ">=": lambda v, b: v >= b,
    "<=": lambda v, b: v <= b,
    ">": lambda v, b: v > b,
    "<": lambda v, b: v < b,
    "==": lambda v, b: v == b,
}
