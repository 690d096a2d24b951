from __future__ import annotations

from typing import Any

import pytest

from conformance import match
from conformance.api_version import ApiVersion


@pytest.fixture
def scope():
    """Makes a scope: references name the keyword arguments; the response's Date is 1,000,000."""

    def make(version: str = "2025-03-31.basil", date: float | None = 1_000_000.0, **names: Any) -> match.Scope:
        return match.Scope(names, match.Symbols(), date, ApiVersion.parse(version))

    return make
