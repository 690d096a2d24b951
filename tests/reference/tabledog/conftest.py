"""One server whose accounts have the recordings' version, in its events too."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.reference.conftest import Client, start, stop
from tests.reference.tabledog.making import VERSION
from tests.reference.telling import Story

_accounts = itertools.count()


@pytest.fixture(scope="package")
def then() -> Iterator[str]:
    """A server whose accounts have the recordings' version, in its events too."""
    process, base = start("--api-version", VERSION)
    yield base
    assert stop(process) == "", "the server printed a traceback"


@pytest.fixture
def story(then: str) -> Story:
    return Story(Client(then, f"sk_test_then{next(_accounts)}", **{"Stripe-Version": VERSION}))
