"""JSON values as people read them: their type names, a short safe rendering, and field paths.

Everything shown may come from a hostile server: rendering is bounded in size and lets no terminal escape through.
"""

from __future__ import annotations

import difflib
import json
import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

Path = tuple[str | int, ...]

STRING_SHOWN = 120  # characters of one string
ITEMS_SHOWN = 4  # members of one object or list
DEPTH_SHOWN = 2
DEPTH_COMPARED = 100  # deeper values are never taken for equal; Stripe's stay under 15

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")


class Missing:
    """The value of a key that is not there. One instance: `MISSING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()

TYPES: dict[type, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "list",
    type(None): "null",
    Missing: "missing",
}


def type_name(value: Any) -> str:
    """The JSON type of ``value`` as a word; ``number`` means one written with a fraction or exponent."""
    return TYPES.get(type(value), "not JSON")


def safe(text: str) -> str:
    """``text`` with control, invisible and direction-changing characters (terminal escapes too) made visible."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(ord(char)) for char in text)


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def show(value: Any, depth: int = DEPTH_SHOWN) -> str:
    """``value`` as short JSON on one line; long strings and big containers say how much was left out."""
    if isinstance(value, str):
        return _show_string(value)
    if isinstance(value, dict):
        return _show_members(
            (f"{_show_string(str(key))}: {show(item, depth - 1)}" for key, item in value.items()),
            len(value),
            depth,
            "{}",
        )
    if isinstance(value, list):
        return _show_members((show(item, depth - 1) for item in value), len(value), depth, "[]")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return repr(value)[:STRING_SHOWN]
    return safe(str(value))[:STRING_SHOWN]


def _show_string(text: str) -> str:
    shown = safe(json.dumps(text[:STRING_SHOWN], ensure_ascii=False))
    return shown if len(text) <= STRING_SHOWN else f'{shown[:-1]}…" ({len(text):,} characters)'


def _show_members(members: Iterable[str], size: int, depth: int, brackets: str) -> str:
    if not size:
        return brackets
    if depth <= 0:
        return f"{brackets[0]}… {size:,}{brackets[1]}"
    shown = list(islice(members, ITEMS_SHOWN))
    if size > ITEMS_SHOWN:
        shown.append(f"… {size - ITEMS_SHOWN:,} more")
    return f"{brackets[0]}{', '.join(shown)}{brackets[1]}"


def join(path: str, part: str | int) -> str:
    """The field path ``path`` continued by a key or an index: ``lines.data`` and 0 give ``lines.data[0]``."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    if not _PLAIN_KEY.fullmatch(part):
        return f"{path}[{_show_string(part)}]"
    return f"{path}.{part}" if path else part


def concat(path: str, below: str) -> str:
    """Two field paths, the second below the first."""
    return f"{path}.{below}" if path and below and not below.startswith("[") else path + below


def field_path(parts: Path) -> str:
    """``("lines", "data", 0)`` as ``lines.data[0]``."""
    path = ""
    for part in parts:
        path = join(path, part)
    return path


_STEP = re.compile(r"""\.?([^.\[\]"']+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]""")


@lru_cache(maxsize=4096)
def parse_path(path: str) -> Path:
    """The parts of a field path; raise ValueError when it is none."""
    parts: list[str | int] = []
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if not found:
            raise ValueError(f"not a field path: {path!r}")
        key, index, quoted = found.groups()
        parts.append(key if key is not None else int(index) if index is not None else json.loads(quoted))
        at = found.end()
    return tuple(parts)


def at(value: Any, path: Path) -> Any:
    """The value at ``path``, or MISSING."""
    for part in path:
        if isinstance(value, str):  # an index into a string is no field of it
            return MISSING
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return value


def equal(one: Any, other: Any, depth: int = DEPTH_COMPARED) -> bool:
    """Same JSON value: ``1``, ``1.0`` and ``true`` are three values. Never equal below ``depth`` levels."""
    kind = type(one)
    if kind is not type(other) or depth <= 0:
        return False
    if kind is dict:
        return one.keys() == other.keys() and all(equal(item, other[key], depth - 1) for key, item in one.items())
    if kind is list:
        return len(one) == len(other) and all(equal(a, b, depth - 1) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def near(word: str, keys: Iterable[Any]) -> tuple[str, ...]:
    """At most three of ``keys`` that look like ``word``, shown safely."""
    return _near(word, tuple(key for key in islice(keys, 200) if isinstance(key, str) and len(key) <= 64))


@lru_cache(
    maxsize=1024
)  # difflib takes a millisecond on an invoice's keys; the same key is often missing in many bodies
def _near(word: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(safe(key) for key in difflib.get_close_matches(word, keys, n=3, cutoff=0.6))
