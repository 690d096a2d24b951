"""The recording's names for things, and the target's: learned where two answers have one at the same place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.recordings.replay.rules import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

#: An id inside any string: a prefix of small letters, then at least eight letters and digits, not all of them small.
#: What Stripe names for tests (``pm_card_visa``) is the same everywhere.
_ID = re.compile(
    r"(?<![A-Za-z0-9_])(?!pm_card_|tok_)([a-z]{2,16}_(?:[a-z]{2,8}_)?)(?=[a-z]*[0-9A-Z])[A-Za-z0-9]{8,}"
    r"(_secret_)?(?(2)[A-Za-z0-9]+)"
)
DEEPEST = 64
CUT = 25  # characters that an order reference may have: Stripe cuts an id there


def tokens(text: str) -> list[str]:
    """The ids in ``text``, in their order."""
    return [found[0] for found in _ID.finditer(text)] if "_" in text else []


def template(text: str) -> str:
    """``text`` with each id replaced by its prefix: what is left must be equal."""
    return _ID.sub(r"\1…", text) if "_" in text else text


_NAMED_PARTS = (3, 5)
_OF_ALL = frozenset({"data", "has_more", "total_count", "next_page"})  # what a list tells of all that an account holds


class Names:
    """Which id of the target stands for which id of the recording. One to one, for a whole recording."""

    def __init__(self) -> None:
        self._theirs: dict[str, str] = {}
        self._ours: dict[str, str] = {}

    def __contains__(self, recorded: str) -> bool:
        return recorded in self._theirs

    def bind(self, recorded: str, got: str) -> bool:
        """Hold the two for the same thing; False where one of them already stands for another."""
        if (known := self._theirs.get(recorded)) is not None:
            return known == got
        if len(recorded) == CUT and (whole := self._whole(recorded)):
            return got == self._theirs[whole][:CUT]
        if got in self._ours:
            return False
        self._theirs[recorded], self._ours[got] = got, recorded
        return True

    def _whole(self, cut: str) -> str:
        """The known id of which ``cut`` is the beginning."""
        return next((known for known in self._theirs if known.startswith(cut)), "")

    def same(self, recorded: str, got: str, key: str) -> bool:
        """Whether two strings say the same: names through what is known of them, ids inside text one by one."""
        if key in NAMES and recorded in self._theirs:
            return self._theirs[recorded] == got
        if key == "id" and bool(tokens(recorded)) == bool(tokens(got)) and template(recorded) == template(got):
            return self.bind(recorded, got)
        if key == "id" and not tokens(recorded) and not tokens(got):
            return self.bind(recorded, got)  # names that somebody chose
        if recorded == got and not tokens(recorded):
            return True
        if template(recorded) != template(got):
            return False
        return all(self.bind(old, new) for old, new in zip(tokens(recorded), tokens(got), strict=True))

    def shared(self, recorded: Any, got: Any) -> tuple[Any, Any]:
        """Two lists of whatever an account holds, with only what belongs to this recording. What a target lists further
        down is not missing.
        """
        ours = [item for item in _rows(got) if _id(item) in self._ours]
        listed = {_id(item) for item in ours}
        whole = not got.get("has_more")
        theirs = [
            item for item in _rows(recorded) if _id(item) in self and (whole or self._theirs[_id(item)] in listed)
        ]
        return (
            {**{key: recorded[key] for key in recorded if key not in _OF_ALL}, "data": theirs},
            {**{key: got[key] for key in got if key not in _OF_ALL}, "data": ours},
        )

    def text(self, recorded: str, key: str = "") -> str:
        """``recorded`` in the target's names, for a request. Unknown ids stay."""
        if key in NAMES and recorded in self._theirs:
            return self._theirs[recorded]
        return _ID.sub(lambda found: self._theirs.get(found[0], found[0]), recorded)

    def tree(self, node: Any, key: str = "") -> Any:
        """Parameters in the target's names."""
        if isinstance(node, dict):
            return {name: self.tree(value, last(name)) for name, value in node.items()}
        if isinstance(node, list):
            return [self.tree(value, key) for value in node]
        return self.text(node, key) if isinstance(node, str) else node

    def path(self, path: str) -> str:
        """``/v1/invoices/in_…/lines/il_…``: every other part is a name."""
        return "/".join(self.text(part, "id" if n in _NAMED_PARTS else "") for n, part in enumerate(path.split("/")))


def named(node: Any, key: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every ``(key, name)`` that parameters refer to: ids, and names where a name stands."""
    if depth > DEEPEST:
        return
    if isinstance(node, dict):
        for name, value in node.items():
            yield from named(value, last(str(name)), depth + 1)
    elif isinstance(node, list):
        for value in node:
            yield from named(value, key, depth + 1)
    elif isinstance(node, str) and key != "expand":
        found = tokens(node)
        if found:
            yield from ((key, one) for one in found)
        elif key in NAMES and node:
            yield key, node


def last(name: str) -> str:
    """The last word of a flat parameter name that is no index: ``items[0][price]`` and ``discounts[0]``."""
    words = [word for word in re.split(r"[\[\]]+", name) if word and not word.isdigit()]
    return words[-1] if words else name


def _rows(body: dict[str, Any]) -> list[Any]:
    rows = body.get("data")
    return rows if type(rows) is list else []


def _id(item: Any) -> str:
    identity = item.get("id") if type(item) is dict else None
    return identity if type(identity) is str else ""
