from __future__ import annotations

import threading
import time

from conformance.target.limiter import Limiter


def test_a_rate_of_zero_limits_nothing():
    began = time.monotonic()
    limiter = Limiter(0)
    for _ in range(1000):
        limiter.wait()
    assert time.monotonic() - began < 0.5


def test_threads_share_the_rate_after_the_first_seconds_worth():
    limiter = Limiter(50)
    began = time.monotonic()
    threads = [threading.Thread(target=lambda: [limiter.wait() for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0.5 < time.monotonic() - began < 1.5  # 80 requests: 50 at once, 30 at 50 a second
