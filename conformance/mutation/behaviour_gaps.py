"""Rules of must level that no misbehaviour of the reference breaks by itself, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

NO_MUTANT: Mapping[str, str] = {}
