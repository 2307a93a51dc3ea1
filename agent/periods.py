"""Lengths of time as ISO 8601 writes them ('P7D', 'PT24H', 'P1Y'): when one that ends now began, and what it is called."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chain.errors import SayDifferently

_ISO = re.compile(
    r"P(?=.)(?:(?P<year>\d{1,6})Y)?(?:(?P<month>\d{1,6})M)?(?:(?P<week>\d{1,6})W)?(?:(?P<day>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hour>\d{1,7})H)?(?:(?P<minute>\d{1,8})M)?(?:(?P<second>\d{1,9})S)?)?",
    re.ASCII,
)
_SHORT = re.compile(r"(?P<count>\d{1,6}) ?(?P<unit>[hdwmy])", re.ASCII)
SECONDS_A_DAY = 86400
MONTHS_A_YEAR = 12
_DAYS = {"week": 7, "day": 1}
_SECONDS = {"hour": 3600, "minute": 60, "second": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: months and days of the calendar, seconds of the clock. `words` follow 'the last': '30 days', 'week'."""

    iso: str
    months: int
    days: int
    seconds: int
    words: str

    @property
    def approximate_seconds(self) -> int:
        """With months of 30 days and years of 365: for a window, which no calendar bounds."""
        years, months = divmod(self.months, MONTHS_A_YEAR)
        return (years * 365 + months * 30 + self.days) * SECONDS_A_DAY + self.seconds

    def start(self, end: int) -> int:
        """The Unix second at which a period that ends then began; 0 where that would be before 1970."""
        moment = datetime.fromtimestamp(end, UTC)
        month = moment.year * 12 + moment.month - 1 - self.months
        if month < 1970 * 12:
            return 0
        year, month = month // 12, month % 12 + 1
        moment = moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
        return max(0, int(moment.timestamp()) - self.days * SECONDS_A_DAY - self.seconds)


def read_period(text: str) -> Period:
    """A period as ISO 8601 writes it, or short: '7d', '24h', '3m' (months), '1y'. Raises SayDifferently."""
    said = text.strip().upper()
    short = _SHORT.fullmatch(said.lower())
    if short:
        unit = short["unit"].upper()
        said = f"PT{short['count']}H" if unit == "H" else f"P{short['count']}{unit}"
    period = iso_period(said)
    if period is None:
        raise SayDifferently(
            f"{text!a} is no length of time.",
            not_done="Nothing was looked up.",
            remedy="Say it as in P7D, PT24H or 30d.",
        )
    return period


def iso_period(text: str) -> Period | None:
    """A period as ISO 8601 writes it ('P1W', 'PT4H'), None for anything else and for one of no length."""
    match = _ISO.fullmatch(text)
    counts = {name: int(count) for name, count in match.groupdict().items() if count and int(count)} if match else {}
    if not counts:
        return None
    months = counts.get("year", 0) * MONTHS_A_YEAR + counts.get("month", 0)
    days, seconds = (sum(counts.get(n, 0) * size for n, size in sizes.items()) for sizes in (_DAYS, _SECONDS))
    return Period(text, months, days, seconds, _words(counts))


def _words(counts: Mapping[str, int]) -> str:
    if list(counts.values()) == [1]:
        return next(iter(counts))
    return " ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items())
