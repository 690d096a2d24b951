"""Keeps several scenarios in flight while pytest reports them one by one, in its own order.

Scenarios are independent and real targets are slow, so what counts is requests in flight. A bounded window of results
may wait for their turn; nothing runs further ahead than that.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from conformance.results.model import ScenarioResult
from conformance.scenario.model import Scenario

#: How many finished or running scenarios per thread may be ahead of the one being reported.
WINDOW = 4

#: A thread with an answer in its hands asks for the interpreter several times before its next request is out, and
#: Python lets another one keep it for 5 ms each time: by then a target could have answered.
SWITCH_SECONDS = 0.0005


class Ahead:
    """``result`` gives one scenario's result: from the pool where it was run ahead, else by running it here and now."""

    def __init__(self, run: Callable[[Scenario], ScenarioResult], width: int) -> None:
        self._run = run
        self._width = width
        self._waiting: deque[Scenario] = deque()
        self._futures: dict[str, Future[ScenarioResult]] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._afterwards: Callable[[], None] | None = None
        self._usual_switch = sys.getswitchinterval()

    def start(self, scenarios: Sequence[Scenario], afterwards: Callable[[], None]) -> None:
        """Begin with the first of ``scenarios``, in the order in which they will be asked for.

        ``afterwards`` is run by the first thread that finds no scenario left, while others wait for their last answers.
        """
        if self._width > 1:
            self._pool = ThreadPoolExecutor(self._width, thread_name_prefix="scenario")
            self._afterwards = afterwards
            self._waiting.extend(scenarios)
            sys.setswitchinterval(SWITCH_SECONDS)
            self._fill()

    def _fill(self) -> None:
        assert self._pool is not None
        while self._waiting and len(self._futures) < self._width * WINDOW:
            scenario = self._waiting.popleft()
            self._futures[scenario.id] = self._pool.submit(self._run, scenario)
        if not self._waiting and self._afterwards is not None:
            self._pool.submit(self._afterwards)
            self._afterwards = None

    def result(self, scenario: Scenario) -> ScenarioResult:
        """Wait for the scenario's result. Raises what running it raised."""
        future = self._futures.get(scenario.id)
        if future is None:
            return self._run(scenario)
        try:
            return future.result()
        finally:
            del self._futures[scenario.id]
            self._fill()

    def stop(self) -> None:
        """Start nothing more, and wait for what is in flight (each request has its own deadline)."""
        self._waiting.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            sys.setswitchinterval(self._usual_switch)
