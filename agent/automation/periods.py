"""Lengths of time for alerts and orders: those of `agent/periods.py`, bounded, and what comes so much later."""

from calendar import monthrange
from datetime import datetime, timedelta

from agent.periods import MONTHS_A_YEAR, SECONDS_A_DAY, Period, iso_period
from chain.errors import SayDifferently

__all__ = ["NOTHING_MADE", "Period", "later", "read_period", "unusable"]

NOTHING_MADE = "No alert or order was made."
LONGEST = 1000 * 365 * SECONDS_A_DAY


def read_period(text: str) -> Period:
    """`P1W`, `P1M`, `PT4H`. Raises SayDifferently for none, and for one beyond a thousand years."""
    period = iso_period(text)
    if period is None:
        raise unusable(f"{text[:40]!a} is no length of time.", "Say it as 4 hours, 2 days, a week or a month.")
    if period.approximate_seconds > LONGEST:
        raise unusable("That is too long a time.", "Say a shorter one.")
    return period


def later(wall: datetime, period: Period, times: int = 1) -> datetime:
    """The same time of day so many periods later by the calendar; a day that the month lacks becomes its last one."""
    month = wall.year * MONTHS_A_YEAR + wall.month - 1 + period.months * times
    year, month = divmod(month, MONTHS_A_YEAR)
    day = min(wall.day, monthrange(year, month + 1)[1])
    return wall.replace(year=year, month=month + 1, day=day) + timedelta(days=period.days * times)


def unusable(happened: str, remedy: str) -> SayDifferently:
    """The error for a time or a condition that cannot be kept."""
    return SayDifferently(happened, not_done=NOTHING_MADE, remedy=remedy)
