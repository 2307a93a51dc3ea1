"""Periods, clock times, days of the week and dates, by a closed grammar."""

import re
from datetime import date
from fractions import Fraction

from nlp.lexicon import MONTHS, WEEKDAYS
from nlp.recognise.patterns import TEENS, UNITS
from nlp.types import Kind, Word
from nlp.values.numbers import read_number
from nlp.values.result import Span, Unusable, shown

_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "TS"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "TM"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "TH"),
    **dict.fromkeys(("d", "day", "days"), "D"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "W"),
    **dict.fromkeys(("mo", "mos", "mth", "mths", "month", "months"), "M"),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), "Y"),
    "fortnight": "FW", "fortnights": "FW", "quarter": "3M", "quarters": "3M",
}  # fmt: skip
_WORDS = {
    "today": "P1D", "tomorrow": "P1D", "daily": "P1D", "nightly": "P1D", "weekly": "P1W", "monthly": "P1M", "hourly": "PT1H",
    "yearly": "P1Y", "annually": "P1Y", "annual": "P1Y", "quarterly": "P3M", "fortnightly": "P2W", "everyday": "P1D",
    "morning": "P1D", "evening": "P1D", "night": "P1D", "afternoon": "P1D",
}  # fmt: skip
_SMALLER = {"TM": ("TS", 60), "TH": ("TM", 60), "D": ("TH", 24), "W": ("D", 7), "Y": ("M", 12)}
_ORDER = ("Y", "M", "W", "D", "TH", "TM", "TS")
_FILLERS = frozenset(
    ("last", "past", "this", "the", "in", "a", "an", "every", "each", "per", "previous", "within", "over", "for", "of", "ago", "during",
     "from", "now", "time", "evry", "evey", "evrey", "ev", "'s", "single", "recent", "and", "after", ",", "/", "later", "long", "term", "once", "throughout", "on", "at", "my")
)  # fmt: skip
_PERIOD = re.compile(r"(?i:(?P<number>.*?)[\s\-]?(?P<unit>[a-z]+))", re.DOTALL)
_SECONDS = {"TS": 1, "TM": 60, "TH": 3600, "D": 86400, "W": 604800}
_CLOCK = re.compile(
    r"(?P<hour>[a-z]+|[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2})| (?P<said>fifteen|thirty|forty[ \-]five))?\s?(?:o['’]?clock)?\s?(?P<half>[ap])?(?:\.?m\.?)?"
    r"(?:\s?(?:in the (?P<part>morning|afternoon|evening)|at (?P<night>night)))?"
)
_PAST = re.compile(r"(?:a )?(?P<minutes>half|quarter|five|ten|twenty|twenty[ \-]five) (?P<side>past|to) (?P<rest>.+)")
_PAST_MINUTES = {"half": 30, "quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty five": 25}
_TODAY = re.compile(r"(?i:\b(?:tonight|this\s+(?:morning|afternoon|evening))\b)")
_HOURS = UNITS | TEENS
_ISO = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
_NUMERIC = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})")
_DAY = re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th)?\b")
_YEAR = re.compile(r"\b([0-9]{4})\b")
_NAMED = re.compile(r"[a-z]{3,}")


def _iso(parts: dict[str, int]) -> str:
    days = "".join(f"{parts[unit]}{unit}" for unit in _ORDER[:4] if unit in parts)
    clock = "".join(f"{parts[unit]}{unit[1]}" for unit in _ORDER[4:] if unit in parts)
    return f"P{days}" + (f"T{clock}" if clock else "")


def _whole(number: Fraction, unit: str) -> tuple[int, str] | None:
    """The count in the user's unit, or in a smaller one where a part of it is whole there (`half an hour`)."""
    if unit == "FW":
        number, unit = number * 2, "W"
    elif unit == "3M":
        number, unit = number * 3, "M"
    while number.denominator != 1:
        if unit not in _SMALLER:
            return None
        unit, times = _SMALLER[unit]
        number *= times
    return (number.numerator, unit) if 0 < number.numerator < 10**6 else None


def _counted(word: Word) -> tuple[int, str] | None:
    """A PERIOD word as a count and a unit."""
    match = _PERIOD.fullmatch(word.text.strip())
    unit = _UNITS.get(match["unit"].lower()) if match else None
    if not match or not unit:
        return None
    number = match["number"].strip().lower()
    value = Fraction(1) if number in ("a", "an") else read_number(number)
    return None if isinstance(value, Unusable) else _whole(value, unit)


def read_period(span: Span) -> str | Unusable:
    """ISO 8601 in the unit that the user used: `P1W`, `P30D`, `PT24H`."""
    bad = Unusable(f"{span.shown()} is not one length of time")
    content = [word for word in span.words if word.text.lower() not in _FILLERS]
    lower = [word.text.lower() for word in content]
    if lower and lower[0] in ("next", "coming") and len(content) > 1 and content[1].kind is Kind.PERIOD:
        content, lower = content[1:], lower[1:]
    step = 2 if lower and lower[0] in ("other", "second") else 1
    if step == 2:
        content, lower = content[1:], lower[1:]
    if content and all(word.kind is Kind.PERIOD for word in content) and step == 1:
        return _sum([_counted(word) for word in content]) or bad
    if len(content) != 1:
        return bad
    if lower[0] in WEEKDAYS:
        return f"P{step}W"
    if lower[0] in _WORDS and step == 1:
        return _WORDS[lower[0]]
    counted = _whole(Fraction(step), _UNITS[lower[0]]) if lower[0] in _UNITS and len(lower[0]) > 1 else None
    return _iso({counted[1]: counted[0]}) if counted else bad


def _sum(parts: list[tuple[int, str] | None]) -> str | None:
    found = [part for part in parts if part]
    units = {unit: count for count, unit in found}
    return _iso(units) if len(found) == len(parts) == len(units) and len(parts) <= 3 else None


def runs_within(every: str, total: str) -> str | None:
    """How many runs of an order `every` fill `total` (both ISO periods); None where that is no whole number."""
    one, whole = (re.fullmatch(r"P(T?)([0-9]+)([YMWDHS])", period) for period in (every, total))
    if not one or not whole:
        return None
    units = [match[1] + match[3] for match in (one, whole)]
    factors = [{"Y": 12, "M": 1}.get(unit) for unit in units]
    if None in factors:
        factors = [_SECONDS.get(unit) for unit in units]
    if factors[0] is None or factors[1] is None:
        return None
    count = Fraction(int(whole[2]) * factors[1], int(one[2]) * factors[0])
    return str(count.numerator) if count.denominator == 1 and count else None


def read_clock(span: Span) -> str | Unusable:
    """`HH:MM` on the 24-hour clock."""
    content = [word for word in span.words if word.kind in (Kind.TIME, Kind.NUMBER)]
    if len(content) != 1:
        return Unusable(f"{span.shown()} is not one time of day")
    around = span.text[max(0, span.start - 24) : span.end + 24]
    if _TODAY.search(around):
        return Unusable(f"{span.shown()} needs today's date; say the date or how long from now")
    text = re.sub(r"\s+", " ", content[0].text.lower().strip())
    fixed = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}.get(text)
    return fixed or _clock(text) or Unusable(f"{span.shown()} is not a time of day")


def _clock(text: str) -> str | None:
    past = _PAST.fullmatch(text)
    if past:
        base = _clock(past["rest"])
        minutes = _PAST_MINUTES[past["minutes"].replace("-", " ")]
        total = (int(base[:2]) * 60 + (minutes if past["side"] == "past" else -minutes)) % 1440 if base else -1
        return f"{total // 60:02d}:{total % 60:02d}" if total >= 0 else None
    match = _CLOCK.fullmatch(text.removesuffix(":00") if text.count(":") == 2 else text)
    if not match:
        return None
    hour = int(match["hour"]) if match["hour"].isdigit() else _HOURS.get(match["hour"], -1)
    minute = int(match["minute"] or {"fif": 15, "thi": 30, "for": 45}.get((match["said"] or "")[:3], 0))
    hour = _half_day(hour, match["half"] or "", match["part"] or match["night"] or "")
    return f"{hour:02d}:{minute:02d}" if 0 <= hour < 24 and minute < 60 else None


def _half_day(hour: int, half: str, part: str) -> int:
    """The hour on the 24-hour clock; -1 where the two say different things."""
    if not half and not part:
        return hour
    if not 1 <= hour <= 12:
        return hour if not half and (hour > 12) == (part != "morning") else -1
    after = half == "p" or part in ("afternoon", "evening") or (part == "night" and 6 <= hour < 12)
    if half and part and (half == "p") != after:
        return -1
    return hour % 12 + (12 if after else 0)


def read_weekday(span: Span) -> str | Unusable:
    """`monday` … `sunday`; one day only."""
    days = {WEEKDAYS[word] for word in span.lower if word in WEEKDAYS}
    return days.pop() if len(days) == 1 else Unusable(f"{span.shown()} is not one day of the week")


def read_date(span: Span) -> str | Unusable:
    """`YYYY-MM-DD`. Without its year a date needs to know today, and is unusable here."""
    dates = [word for word in span.words if word.kind is Kind.DATE]
    if len(dates) != 1:
        return Unusable(f"{span.shown()} is not a date with its year")
    text = dates[0].text.lower()
    parts = _numeric_date(text) or _named_date(text)
    if not parts:
        return Unusable(f"{shown(dates[0].text)} is not one date; write it as 2027-03-01")
    try:
        return date(*parts).isoformat()
    except ValueError:
        return Unusable(f"{shown(dates[0].text)} is not a day of the calendar")


def _numeric_date(text: str) -> tuple[int, int, int] | None:
    iso = _ISO.fullmatch(text)
    if iso:
        return int(iso[1]), int(iso[2]), int(iso[3])
    other = _NUMERIC.fullmatch(text)
    if not other:
        return None
    first, second, year = (int(part) for part in other.groups())
    if first == second or (first <= 12) != (second <= 12):
        return (year, second, first) if first > 12 or first == second else (year, first, second)
    return None


def _named_date(text: str) -> tuple[int, int, int] | None:
    year, day = _YEAR.search(text), _DAY.search(text)
    month = next((MONTHS[name] for name in _NAMED.findall(text) if name in MONTHS), None)
    return (int(year[1]), month, int(day[1])) if year and day and month else None
