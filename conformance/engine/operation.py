"""What a request does: its method and its route with ids taken out. A mock's work list is made of these."""

from __future__ import annotations

from functools import lru_cache

#: Words that stand where an id would (``/v1/invoices/search``).
_NOT_IDS = frozenset({"search", "upcoming", "create_preview", "preview"})
#: Namespaces in front of a collection (``/v1/test_helpers/test_clocks/{id}/advance``).
_NAMESPACES = frozenset({"test_helpers", "billing", "tax"})


@lru_cache(maxsize=4096)
def operation(method: str, path: str) -> str:
    """``POST /v1/invoices/in_1/void`` -> ``POST /v1/invoices/{id}/void``."""
    return f"{method} /{'/'.join(_route(path))}"


def _route(path: str) -> list[str]:
    parts = [part for part in path.partition("?")[0].split("/") if part]
    start = 2 if len(parts) > 1 and parts[1] in _NAMESPACES else 1
    return [
        "{id}" if at > start and (at - start) % 2 and part not in _NOT_IDS else part for at, part in enumerate(parts)
    ]


@lru_cache(maxsize=4096)
def addressed(path: str) -> tuple[str, str] | None:
    """The collection and id that a path addresses as a whole (``/v1/invoices/in_1``), or None for anything else."""
    parts = [part for part in path.partition("?")[0].split("/") if part]
    if len(parts) == 3 and parts[0] == "v1" and parts[2] not in _NOT_IDS and parts[1] not in _NAMESPACES:
        return parts[1], parts[2]
    return None
