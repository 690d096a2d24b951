"""Billing periods: days, weeks, months, years after an anchor."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta, timezone

_FIXED = {"day": 86400, "week": 7 * 86400}
_MONTHS = {"month": 1, "year": 12}
#: The names Stripe writes in descriptions, whatever the locale of the machine.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def add(anchor: int, interval: str, count: int) -> int:
    """``anchor`` moved by ``count`` intervals. A day that the month does not have becomes its last one."""
    if interval in _FIXED:
        return anchor + _FIXED[interval] * count
    moment = datetime.fromtimestamp(anchor, timezone.utc)
    months = moment.year * 12 + moment.month - 1 + _MONTHS[interval] * count
    year, month = divmod(months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return int(moment.replace(year=year, month=month + 1, day=day).timestamp())


def period_after(anchor: int, interval: str, count: int, moment: int) -> int:
    """The first boundary of the cycle through ``anchor`` that lies after ``moment``."""
    steps = 1
    while add(anchor, interval, steps * count) <= moment:
        steps += 1
    return add(anchor, interval, steps * count)


def day_text(moment: int) -> str:
    """``03 Feb 2026``: as in descriptions of prorations."""
    date = datetime.fromtimestamp(moment, timezone.utc)
    return f"{date.day:02d} {MONTHS[date.month - 1]} {date.year}"


def days(count: int) -> int:
    return int(timedelta(days=count).total_seconds())
