"""Which API versions are known, and which one speaks for a version that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract import chronicle

if TYPE_CHECKING:
    from conformance.api_version import ApiVersion


def known() -> tuple[ApiVersion, ...]:
    """All versions with a derived shape, oldest first."""
    return chronicle.objects().versions


def newest() -> ApiVersion:
    """The newest known version."""
    return known()[-1]


def oldest() -> ApiVersion:
    """The oldest known version."""
    return known()[0]


def nearest(version: ApiVersion) -> ApiVersion:
    """The newest known version that is not after ``version``; the oldest known one where all are after it."""
    return max((known_version for known_version in known() if known_version <= version), default=oldest())


def releases(version: ApiVersion) -> str:
    """The SDK releases whose union is the shape of ``version``."""
    return chronicle.objects().releases[str(version)]
