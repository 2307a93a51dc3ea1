"""Lengths of time as the parse gives them: ISO 8601, of the calendar or of the clock."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

from chain.errors import SayDifferently

NOTHING_MADE = "No alert or order was made."
MONTHS_A_YEAR = 12
DAYS = {"Y": 365, "M": 30, "W": 7, "D": 1}
SECONDS_A_DAY = 86400
_FORM = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: months and days of the calendar, seconds of the clock."""

    months: int
    days: int
    seconds: int

    @property
    def approximate_seconds(self) -> int:
        """With months of 30 days and years of 365: for a window, which no calendar bounds."""
        years, months = divmod(self.months, MONTHS_A_YEAR)
        return (years * DAYS["Y"] + months * DAYS["M"] + self.days) * SECONDS_A_DAY + self.seconds


def read_period(text: str) -> Period:
    """`P1W`, `P1M`, `PT4H`. Raises SayDifferently for none, and for one beyond a thousand years."""
    match = _FORM.fullmatch(text)
    part = {name: int(digits or 0) for name, digits in match.groupdict().items()} if match else {}
    if not any(part.values()):
        raise unusable(f"{text[:40]!a} is no length of time.", "Say it as 4 hours, 2 days, a week or a month.")
    period = Period(
        part["years"] * MONTHS_A_YEAR + part["months"],
        part["weeks"] * DAYS["W"] + part["days"],
        part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"],
    )
    if period.approximate_seconds > 1000 * DAYS["Y"] * SECONDS_A_DAY:
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
