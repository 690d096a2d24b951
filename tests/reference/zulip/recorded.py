"""The recorded answers, and what the application's own fixtures leave of them.

Each answer is a file named after the SDK method and the number of its call, so the order *within* a method is known,
the order between methods is not. Ids, times and addresses were made equal before they were kept (*hollow*): in 2020
with numbers, so that two of them can still be told apart, in 2025 without.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from conformance.reference.http.versions import KNOWN

Body = dict[str, Any]

EVIDENCE = Path(__file__).resolve().parents[4] / "shared" / "evidence" / "zulip+zulip.jsonl.gz"
OLDEST = min(KNOWN)
_HOLLOW = re.compile(r"NORMALIZED(?![0-9])|NORMALI-|NORMA[0-9]|--[\w.]+\.json|^hollow ")
_HOLLOW_TIMES = range(1_000_000_000, 1_020_000_000)


class Recorded(NamedTuple):
    """One answer. ``call``: the SDK's method; ``nth``: its number among the calls of this method, with gaps."""

    call: str
    nth: int
    status: int
    body: Body
    line: int

    def __hash__(self) -> int:
        return self.line


class Flow(NamedTuple):
    """The answers to one run of one of the application's tests, each method's in its order."""

    name: str
    version: str
    answers: tuple[Recorded, ...]

    @property
    def driven(self) -> str:
        """The API version that the flow is rebuilt at: its own, or the oldest that the reference speaks."""
        return max(self.version, OLDEST)

    def of(self, *calls: str) -> list[Recorded]:
        return [one for one in self.answers if one.call in calls]


@cache
def flows() -> tuple[Flow, ...]:
    """Every flow of the file, in its order."""
    found: dict[str, list[Recorded]] = {}
    versions: dict[str, Counter[str]] = {}
    with gzip.open(EVIDENCE, "rb") as file:
        for line, text in enumerate(file, 1):
            row = orjson.loads(text)
            name = row["recording"]
            found.setdefault(name, []).append(
                Recorded(row["sdk_method"], row["call_index"], row["status"], row["body"], line)
            )
            versions.setdefault(name, Counter())[row["api_version"]] += 1
    return tuple(
        Flow(name, versions[name].most_common(1)[0][0], tuple(sorted(answers, key=lambda one: (one.call, one.nth))))
        for name, answers in found.items()
    )


def hollow(value: object) -> bool:
    """Whether a recorded value was made equal to others, so that it no longer says which one it is."""
    if isinstance(value, str):
        return _HOLLOW.search(value) is not None
    return type(value) is int and value in _HOLLOW_TIMES


_numbers = count(1)


def distinct(node: Any, key: str = "") -> Any:
    """The body with a name of its own in place of each hollow id: equal ones do not mean the same object."""
    if isinstance(node, dict):
        return {name: distinct(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [distinct(value, key) for value in node]
    return f"hollow {next(_numbers)}" if key == "id" and isinstance(node, str) and hollow(node) else node
