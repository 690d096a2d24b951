"""Every requirement that certainly holds is somewhere in the reference, or is named here with the reason why not."""

from __future__ import annotations

import re
from pathlib import Path

from conformance.contract import requirements
from conformance.rules.errors import ERRORS
from conformance.rules.lifecycle import LIFECYCLE

ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r"INV-([A-Z]+)-(\d{3})(?:\.\.(\d{3}))?")

#: Requirements of areas 1 to 14 that are certain and must hold, and that the reference does not implement.
LEFT_OUT = {
    "INV-API-025": "a rate limit would make every run slower and nothing truer",
    "INV-EVT-002": "a rule for whoever compares events, not behaviour of a server",
    "INV-API-028": "a rule for whoever compares messages, not behaviour of a server",
    "INV-ARI-037": "minor units need no rule of their own: amounts are integers of the currency",
    "INV-SND-004": "no e-mail ever leaves",
    "INV-LST-022": "search finds at once what Stripe finds within a minute",
    "INV-BAL-008": "one balance per customer: a second currency starts from zero",
}


def _named() -> set[str]:
    """Ids in the code, in its tests, and in the rule tables; ``INV-X-001..003`` names three."""
    found = {row.requirement for row in (*LIFECYCLE, *ERRORS)}
    for folder in ("conformance/reference", "tests/reference"):
        for file in (ROOT / folder).rglob("*.py"):
            if file.name == Path(__file__).name or file.parent.name == "misbehaviour":  # what it breaks, it does not do
                continue
            for area, first, last in _NAMED.findall(file.read_text()):
                found |= {f"INV-{area}-{number:03d}" for number in range(int(first), int(last or first) + 1)}
    return found


def _demanded() -> set[str]:
    return {
        identifier
        for identifier, entry in requirements.load().items()
        if str(entry.level) == "must" and str(entry.confidence) == "high" and "-VER-" not in identifier
    }


def test_what_must_hold_is_implemented_or_left_out_for_a_reason() -> None:
    missing = _demanded() - _named() - LEFT_OUT.keys()
    assert not missing, sorted(missing)


def test_nothing_is_left_out_that_does_not_exist() -> None:
    assert LEFT_OUT.keys() <= requirements.load().keys()
