"""``stripe-conformance``: one small module per command, each found by its name when it is called."""

from __future__ import annotations

from conformance.cli.main import main

__all__ = ["main"]
