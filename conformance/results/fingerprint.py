"""Fingerprints: what two checks share when the same defect made both.

Which operation, which field, what was wrong with it. Whatever differs from scenario to scenario (ids, times, amounts,
positions in lists) is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.match.values import MISSING, type_name

if TYPE_CHECKING:
    from collections.abc import Callable

_WRONG = "wrong"
ENUM_VALUE = re.compile(r"[a-z][a-z_]{0,39}")
_INDEX = re.compile(r"\[[^\]]*\]|(?<=\.)\d+(?=\.|$)")
_ID_KEY = re.compile(r"\b[a-z]{2,12}_(?=[A-Za-z0-9]*[A-Z0-9])[A-Za-z0-9]{6,}\b")

#: One defect shows on every operation: the operation is no part of the fingerprint.
EVERYWHERE = frozenset({"envelope", "header", "headers"})
#: One defect shows wherever the object is rendered: the collection stands for the operation.
_PER_COLLECTION = frozenset({"type", "schema", "removed", "invariant", "identity", "read-back", "lifecycle"})


def fingerprint(
    check_aspect: str, path: str, kind: str, operation: str, expected: Any, actual: Any, status: int | None
) -> str:
    """The name of the defect behind one failed check; equal for checks that one repair would mend.

    ``kind`` is as in `Check`; ``operation`` is ``POST /v1/invoices/{id}/void``; ``status`` that of the
    response, if any.
    """
    if kind == "unreachable":
        return kind
    if kind == "crashed":
        return f"crashed|{operation}|{status or '-'}"
    if kind != _WRONG:
        return f"{kind}|{operation}"
    if keys := _whole_keys(check_aspect, actual):
        return f"{check_aspect}|{_collection(operation)}|{keys}"
    if check_aspect == "error" and actual is MISSING:  # one place makes the errors of all operations
        operation = "*"
    where = _WHERE.get(check_aspect, _whole)(operation)
    shape = str if check_aspect == "status" else _shape
    return f"{check_aspect}|{where}|{normal_path(path)}|{shape(expected)[:60]}|{shape(actual)[:60]}"


def _whole_keys(aspect: str, actual: Any) -> str:
    """Keys that an object lacks, or has though they were removed: all of them are one thing to mend."""
    if aspect == "removed":
        return TOO_MANY
    return TOO_FEW if aspect == "schema" and actual in (MISSING, "missing") else ""


TOO_FEW, TOO_MANY = "keys that are missing", "keys that were removed"


def normal_path(path: str) -> str:
    """``lines.data[0].amount`` -> ``lines.data[].amount``; ids used as keys become ``{id}``."""
    return _ID_KEY.sub("{id}", _INDEX.sub("[]", path[:200]))


def _whole(operation: str) -> str:
    return operation


def _collection(operation: str) -> str:
    parts = operation.partition(" ")[2].strip("/").split("/")
    return parts[1] if len(parts) > 1 else operation


_WHERE: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(EVERYWHERE, lambda _: "*"),
    **dict.fromkeys(_PER_COLLECTION, _collection),
}


def _shape(value: Any) -> str:
    """What defects of one cause share in this value: its type, and the value itself where it names a state."""
    if value is None or value is True or value is False:
        return str(value).lower()
    if isinstance(value, (int, float)):
        return "0" if value == 0 else "number"
    if isinstance(value, str):
        return value if ENUM_VALUE.fullmatch(value) else "text" if value else "''"
    if isinstance(value, dict):
        only = next(iter(value)) if len(value) == 1 else ""
        return str(only) if str(only).startswith("$") else "object"  # a matcher by its name
    return "missing" if value is MISSING else type_name(value)
