"""Where the data that ships with the suite is: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def data(kind: str) -> Path:
    """The folder of ``kind``: ``scenarios``, ``cassettes`` or ``schemas``."""
    packaged = _PACKAGE / "_data" / kind
    return packaged if packaged.is_dir() else _PACKAGE.parent / kind
