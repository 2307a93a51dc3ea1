"""Lengths of time as ISO 8601 writes them ('P7D', 'PT24H', 'P1Y'): when one that ends now began, and what it is called."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chain.errors import SayDifferently

_ISO = re.compile(
    r"P(?=.)(?:(?P<year>\d{1,6})Y)?(?:(?P<month>\d{1,6})M)?(?:(?P<week>\d{1,6})W)?(?:(?P<day>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hour>\d{1,6})H)?(?:(?P<minute>\d{1,6})M)?(?:(?P<second>\d{1,6})S)?)?",
    re.ASCII,
)
_SHORT = re.compile(r"(?P<count>\d{1,6}) ?(?P<unit>[hdwmy])", re.ASCII)
_SECONDS = {"week": 604800, "day": 86400, "hour": 3600, "minute": 60, "second": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: calendar months, and seconds beside them. `words` follow 'the last': '30 days', 'week'."""

    iso: str
    months: int
    seconds: int
    words: str

    def start(self, end: int) -> int:
        """The Unix second at which a period that ends then began; 0 where that would be before 1970."""
        moment = datetime.fromtimestamp(end, UTC)
        month = moment.year * 12 + moment.month - 1 - self.months
        if month < 1970 * 12:
            return 0
        year, month = month // 12, month % 12 + 1
        moment = moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
        return max(0, int(moment.timestamp()) - self.seconds)


def read_period(text: str) -> Period:
    """A period as ISO 8601 writes it, or short: '7d', '24h', '3m' (months), '1y'. Raises SayDifferently."""
    said = text.strip().upper()
    short = _SHORT.fullmatch(said.lower())
    if short:
        unit = short["unit"].upper()
        said = f"PT{short['count']}H" if unit == "H" else f"P{short['count']}{unit}"
    match = _ISO.fullmatch(said)
    counts = {name: int(count) for name, count in match.groupdict().items() if count} if match else {}
    if not any(counts.values()):
        raise SayDifferently(
            f"{text!a} is no length of time.",
            not_done="Nothing was looked up.",
            remedy="Say it as in P7D, PT24H or 30d.",
        )
    months = counts.get("year", 0) * 12 + counts.get("month", 0)
    seconds = sum(counts.get(name, 0) * size for name, size in _SECONDS.items())
    return Period(said, months, seconds, _words({name: count for name, count in counts.items() if count}))


def _words(counts: Mapping[str, int]) -> str:
    if list(counts.values()) == [1]:
        return next(iter(counts))
    return " ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items())
