"""Genuine recordings that are not part of this repository: tests that use them are skipped, and say so, where they
are absent.
"""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "evidence"
needed = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the genuine recordings are not here: {FOLDER}")
