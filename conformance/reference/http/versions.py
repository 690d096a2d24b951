"""The API versions the server answers to."""

from __future__ import annotations

from conformance.reference.model.problems import refused

NEWEST = "2026-10-28.endive"

KNOWN = frozenset(
    [
        "2019-12-03",
        "2020-03-02",
        "2020-08-27",
        "2022-08-01",
        "2022-11-15",
        "2023-08-16",
        "2023-10-16",
        "2024-04-10",
        "2024-06-20",
        "2024-09-30.acacia",
        "2024-10-28.acacia",
        "2024-11-20.acacia",
        "2024-12-18.acacia",
        "2025-01-27.acacia",
        "2025-02-24.acacia",
        "2025-03-31.basil",
        "2025-04-30.basil",
        "2025-05-28.basil",
        "2025-06-30.basil",
        "2025-07-30.basil",
        "2025-08-27.basil",
        "2025-09-30.clover",
        "2025-10-29.clover",
        "2025-11-17.clover",
        "2025-12-15.clover",
        "2026-01-28.clover",
        "2026-02-25.clover",
        "2026-03-25.dahlia",
        "2026-04-22.dahlia",
        "2026-05-27.dahlia",
        "2026-06-24.dahlia",
        "2026-07-29.dahlia",
        "2026-08-26.dahlia",
        "2026-09-30.endive",
        "2026-10-28.endive",
    ]
)


def chosen(sent: str | None, default: str) -> str:
    """The version of a request (INV-API-021, INV-API-022). Older names than the ones known here are refused like
    invented ones.
    """
    if not sent:
        return default
    if sent not in KNOWN:
        raise refused("any", "invalid-stripe-version", f"Invalid Stripe API version: {sent}")
    return sent
