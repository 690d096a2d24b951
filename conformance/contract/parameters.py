"""Which parameters each operation accepts at each API version, and what an unknown one means."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from conformance.contract import chronicle, operations
from conformance.contract.violation import Violation
from conformance.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.api_version import ApiVersion

UNKNOWN = "INV-API-009"
_PART = re.compile(r"[^\[\]]+|\[\]")


def accepted(operation: str, version: ApiVersion) -> dict[str, str]:
    """Parameter path -> type word of ``POST /v1/invoices`` at ``version``; empty when the version lacks the
    operation.
    """
    return dict(_accepted(operation, version))


@lru_cache(maxsize=512)
def _accepted(operation: str, version: ApiVersion) -> dict[str, str]:
    head = f"{operation}."
    return {path[len(head) :]: word for path, word in _alive(version) if path.startswith(head)}


@lru_cache(maxsize=8)
def _alive(version: ApiVersion) -> tuple[tuple[str, str], ...]:
    return tuple(chronicle.requests().at(version))


def check(method: str, path: str, params: Any, version: ApiVersion) -> list[Violation]:
    """Parameters that Stripe would refuse at ``version``. ``params`` is a tree, or flat pairs named ``a[b]``."""
    answer = operations.find(method, path)
    return check_operation(answer.operation, params, version) if answer and params else []


def check_operation(operation: str, params: Any, version: ApiVersion) -> list[Violation]:
    """The same for an operation that is known: ``POST /v1/invoices/{id}/pay``."""
    known = _accepted(operation, version)
    if known:
        return [_refused(operation, name, known, version) for name in _names(params) if not _known(name, known)]
    life = chronicle.requests().operations.get(operation)
    return [_gone(operation, version)] if life and chronicle.alive(life, version.date) is None else []


def _gone(operation: str, version: ApiVersion) -> Violation:
    span = chronicle.spans(chronicle.requests().operations[operation])[-1]
    why = f"was removed in {span.until}" if span.until[:10] <= version.date else f"came with {span.since}"
    return Violation(
        "schema", "INV-VER-009", "", f"{operation} {why}", "fail", "an operation of " + str(version), operation
    )


def _refused(operation: str, name: str, known: Mapping[str, str], version: ApiVersion) -> Violation:
    row = chronicle.requests().fields.get(f"{operation}.{name}")
    if row is None:
        why = f"no API version accepts it. {did_you_mean(name, known)}".strip()
    else:
        span = chronicle.spans(row)[-1]
        why = f"it was removed in {span.until}" if span.until[:10] <= version.date else f"it came with {span.since}"
    requirement = "INV-VER-008" if name.rpartition(".")[2] == "price" else UNKNOWN
    return Violation(
        "schema", requirement, f"params.{name}", f"{operation} does not accept {name}: {why}", "fail", None, name
    )


def _known(name: str, known: Mapping[str, str]) -> bool:
    if name in known:
        return True
    parent = name.rpartition(".")[0]
    while parent:
        if known.get(parent, "").rstrip("?").startswith(("map<", "any")) or "map<" in known.get(parent, ""):
            return True
        parent = parent.rpartition(".")[0]
    return False


def _names(params: Any, path: str = "") -> Iterator[str]:
    """Every named place of ``params`` in the history's words: ``items[0][price]`` -> ``items[].price``."""
    if isinstance(params, dict):
        for key, value in params.items():
            name = f"{path}.{_flat(key)}" if path else _flat(str(key))
            yield name
            yield from _names(value, name)
    elif isinstance(params, list):
        for value in params:
            yield from _names(value, f"{path}[]")


def _flat(key: str) -> str:
    parts: list[str] = _PART.findall(key) or [key]
    first, *rest = parts
    for part in rest:
        first += "[]" if part == "[]" or part.isdigit() else f".{part}"
    return first.removesuffix("[]")
