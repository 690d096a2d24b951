"""Every flow of an application that recorded Stripe's answers without its requests, rebuilt and held against them.

What was sent is inferred from what was answered (`tests.reference.zulip`); a field that only says what was sent, or that
the application made equal before it kept it, does not count.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.reference.conftest import Client, start, stop
from tests.reference.zulip.recorded import EVIDENCE, OLDEST, Flow, flows
from tests.reference.zulip.survey import Survey

pytestmark = pytest.mark.skipif(not EVIDENCE.is_file(), reason=f"recordings are not beside this checkout: {EVIDENCE}")
_accounts = itertools.count()

#: What is not as it was recorded, and why. Anything else is a defect of the reference, or of what was inferred.
KNOWN: dict[str, str] = {}


class Servers:
    """One per version: events are in the version of the account."""

    def __init__(self, *options: str) -> None:
        self._options = options
        self._started: dict[str, tuple[object, str]] = {}

    def account(self, flow: Flow) -> Client:
        version = flow.driven
        if version not in self._started:
            self._started[version] = start("--api-version", version, *self._options)
        base = self._started[version][1]
        return Client(base, f"sk_test_rebuilt{next(_accounts)}", **{"Stripe-Version": version})

    def stop(self) -> list[str]:
        return [stop(process) for process, _ in self._started.values()]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def survey() -> Iterator[Survey]:
    servers = Servers()
    done = Survey().run(flows(), servers.account)
    yield done
    assert set(servers.stop()) == {""}, "a server printed a traceback"
