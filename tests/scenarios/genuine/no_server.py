"""What a target and its session need not do where no server stands behind them."""

from __future__ import annotations

from typing import Any


class NoServer:
    """One scenario at a time, every capability, nothing to start, wait for, stop or hide."""

    attached = None
    patience = None
    concurrency = 1

    def offers(self, capability: str) -> bool:
        return True

    def settle(self, seconds: float) -> None: ...

    def close(self, *, complete: bool) -> None: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def describe(self) -> dict[str, Any]:
        return {}

    def secrets(self) -> tuple[str, ...]:
        return ()
