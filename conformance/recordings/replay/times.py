"""Times of the recording and of the replay. A moment is told by the exchanges it lies between; a future one by its
distance, in seconds or in calendar months, from one of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

SLACK = 10  # seconds: what an exchange may take, and what clocks are apart
REMEMBERED = 400  # exchanges
_MONTH = 2_629_746
_DAY = 86_400
_DATE = re.compile(r"\b(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4})\b")
_MONTHS = {
    name: n
    for n, name in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1)
}


def moment(text: str) -> int:
    """Unix seconds of an HTTP date or an ISO one; 0 for anything else."""
    try:
        return int(parsedate_to_datetime(text).timestamp())
    except (ValueError, TypeError, OverflowError):
        pass
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return 0
    return int((at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp())


def months_later(at: int, months: int) -> int:
    """The same day and time ``months`` later, or the last day of a shorter month."""
    then = datetime.fromtimestamp(at, timezone.utc)
    year, month = divmod(then.year * 12 + then.month - 1 + months, 12)
    day = min(then.day, monthrange(year, month + 1)[1])
    return int(then.replace(year=year, month=month + 1, day=day).timestamp())


class Times:
    """The clock of the recording beside the target's, exchange by exchange."""

    def __init__(self) -> None:
        self._theirs: list[int] = []
        self._ours: list[int] = []
        self._exact: dict[int, int] = {}

    def passed(self, recorded: int, now: int) -> None:
        """An exchange took place at ``recorded``, and was sent again at ``now``. 0: the capture does not say when."""
        if not recorded or (self._theirs and recorded < self._theirs[-1]):
            return
        self._theirs.append(recorded)
        self._ours.append(now)
        if len(self._theirs) > REMEMBERED:
            del self._theirs[1], self._ours[1]

    def sent(self, recorded: int, recorded_now: int, now: int) -> int:
        """A time that a request holds, as far from now as it was then."""
        self._exact[recorded] = recorded - (recorded_now or recorded) + now
        return self._exact[recorded]

    def same(self, recorded: int, got: int) -> bool | None:
        """Whether they are the same moment; None where the capture cannot tell: it was before its first exchange."""
        if recorded == got or self._exact.get(recorded) == got:
            return True
        if not self._theirs or recorded < self._theirs[0] - SLACK:
            return None
        if recorded <= self._theirs[-1] + 1:
            return self._between(recorded, got)
        return any(
            _as_far(recorded - theirs, got - ours) or _as_many_months(theirs, recorded, ours, got)
            for theirs, ours in zip(reversed(self._theirs), reversed(self._ours), strict=True)
        )

    def _between(self, recorded: int, got: int) -> bool:
        after = min(bisect_left(self._theirs, recorded - SLACK), len(self._theirs) - 1)
        last = min(bisect_left(self._theirs, recorded + SLACK), len(self._theirs) - 1)
        return self._ours[max(after - 1, 0)] - SLACK <= got <= self._ours[last] + SLACK

    def text(self, recorded: str, got: str) -> bool:
        """Whether two texts that name days name the same ones, and say the same besides."""
        if _DATE.sub("…", recorded) != _DATE.sub("…", got):
            return False
        pairs = zip(_DATE.finditer(recorded), _DATE.finditer(got), strict=True)
        return all(self._same_day(_noon(old), _noon(new)) for old, new in pairs)

    def _same_day(self, recorded: int, got: int) -> bool:
        if not self._theirs or recorded < self._theirs[0] - _DAY:
            return True
        pairs = zip(self._theirs, self._ours, strict=True)
        return any(
            abs((recorded - theirs) - (got - ours)) <= _DAY
            or (
                (months := round((recorded - theirs) / _MONTH)) > 0
                and abs(months_later(theirs, months) - recorded) <= _DAY
                and abs(months_later(ours, months) - got) <= _DAY
            )
            for theirs, ours in pairs
        )


def undated(text: str) -> str:
    """``text`` with the days it names left out."""
    return _DATE.sub("…", text)


def _noon(found: re.Match[str]) -> int:
    try:
        day = datetime(int(found[3]), _MONTHS[found[2]], int(found[1]), 12, tzinfo=timezone.utc)
    except ValueError:
        return 0
    return int(day.timestamp())


def _as_far(recorded: int, got: int) -> bool:
    return abs(recorded - got) <= SLACK


def _as_many_months(theirs: int, recorded: int, ours: int, got: int) -> bool:
    months = round((recorded - theirs) / _MONTH)
    return (
        0 < months <= 1200
        and abs(months_later(theirs, months) - recorded) <= SLACK
        and abs(months_later(ours, months) - got) <= SLACK
    )
