"""When an order is due: a closed grammar of times, in the machine's zone, each period at most once.

Keys: `every`, `weekday`, `at`, `after`, `date`, and `start`: the first due time, which `anchored` adds when the order is made.
A time that the clocks skip is taken at the first moment after the gap; one that they show twice is taken once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.automation.periods import Period, later, read_period, unusable
from chain.errors import SetupNeeded

DAY_BEGINS = "09:00"
"""The hour of an order that names none."""
LEAST_STEP = 600
ONCE = "once"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
TIMED = frozenset({"every", "weekday", "at", "after", "date"})
LAST_YEAR = 9000


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One due time in Unix seconds, and the key of its period: an order runs at most once a period."""

    at: int
    period: str


def machine_zone() -> tzinfo:
    """The zone that this machine's clock is set to now. Raises SetupNeeded where it cannot be known."""
    from tzlocal import reload_localzone

    try:
        return reload_localzone()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SetupNeeded(
            "This machine's time zone cannot be read.",
            not_done="No time was reckoned with.",
            remedy="Set TZ to a zone, such as Europe/Berlin.",
        ) from None


def anchored(trigger: Mapping[str, str], now: int, zone: tzinfo) -> dict[str, str]:
    """The trigger with its first due time after `now`, from which all others are counted.

    Raises SayDifferently for what the grammar does not hold, and for a time that has passed.
    """
    return dict(trigger) | {"start": _start(trigger, now, zone).isoformat()}


def next_due(trigger: Mapping[str, str], after: int, zone: tzinfo) -> int | None:
    """The first due time later than `after`, in Unix seconds; None where there is none any more. Raises SayDifferently."""
    found = next_occurrence(trigger, after, zone)
    return None if found is None else found.at


def period_of(trigger: Mapping[str, str], at: int, zone: tzinfo) -> str:
    """The period of a due time: the local date, ISO week, month or year, or the n-th of its steps. Raises SayDifferently."""
    if "every" not in trigger:
        return ONCE
    step = read_period(trigger["every"])
    if step.seconds:
        return f"{(at - _instant(_start(trigger, at, zone), zone)) // step.seconds}"
    return _key(datetime.fromtimestamp(at, zone).date(), step)


def next_occurrence(trigger: Mapping[str, str], after: int, zone: tzinfo) -> Occurrence | None:
    """As `next_due`, with its period."""
    start = _start(trigger, after, zone)
    if "every" not in trigger:
        at = _instant(start, zone)
        return Occurrence(at, ONCE) if at > after else None
    step = read_period(trigger["every"])
    return _by_clock(start, step, after, zone) if step.seconds else _by_calendar(start, step, after, zone)


def _by_clock(start: datetime, step: Period, after: int, zone: tzinfo) -> Occurrence:
    first = _instant(start, zone)
    number = max(0, (after - first) // step.seconds + 1)
    return Occurrence(first + number * step.seconds, str(number))


def _by_calendar(start: datetime, step: Period, after: int, zone: tzinfo) -> Occurrence:
    wall = start.replace(tzinfo=None)
    number = _steps_before(wall, step, after, zone)
    while instant(later(wall, step, number), zone) <= after:
        number += 1
    due = later(wall, step, number)
    return Occurrence(instant(due, zone), _key(due.date(), step))


def _steps_before(wall: datetime, step: Period, after: int, zone: tzinfo) -> int:
    """A number of steps that surely does not lead beyond `after`, and nearly to it."""
    days = (datetime.fromtimestamp(after, zone).date() - wall.date()).days
    longest = step.days + step.months * 31
    return max(0, days // longest - 1)


def _key(due: date, step: Period) -> str:
    if step.months:
        return str(due.year) if step.months % 12 == 0 else f"{due:%Y-%m}"
    if step.days % 7 == 0:
        year, week, _ = due.isocalendar()
        return f"{year}-W{week:02d}"
    return due.isoformat()


def instant(wall: datetime, zone: tzinfo) -> int:
    """The Unix time at which clocks of the zone show this; of two the first, and after a gap where none does."""
    early = int(wall.replace(tzinfo=zone, fold=0).timestamp())
    if _shows(early, zone) == wall:
        return early
    before = int(wall.replace(tzinfo=zone, fold=1).timestamp())
    return _change(min(before, early), max(before, early), zone)


def _change(low: int, high: int, zone: tzinfo) -> int:
    """The first second of the new offset, between one before and one after it."""
    old = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high


def _shows(at: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at, zone).replace(tzinfo=None)


def _instant(start: datetime, zone: tzinfo) -> int:
    """A stored start carries its offset and is a moment; what was just worked out is a time on the wall."""
    return int(start.timestamp()) if start.tzinfo else instant(start, zone)


def _start(trigger: Mapping[str, str], now: int, zone: tzinfo) -> datetime:
    """The first due time: as it was stored, or the first after `now` that the keys allow. Raises SayDifferently."""
    if "start" in trigger:
        try:
            return datetime.fromisoformat(trigger["start"])
        except ValueError as error:
            raise unusable(
                "The time that the order began at cannot be read.", "Cancel it, and say it again."
            ) from error
    _check(trigger)
    found = _first(trigger, now, zone)
    if int(found.timestamp()) <= now:
        raise unusable("That time has passed.", "Say one that is still to come.")
    return found


def _first(trigger: Mapping[str, str], now: int, zone: tzinfo) -> datetime:
    wall = _shows(now, zone)
    if "after" in trigger:
        return _after(trigger, wall, now, zone)
    clock = _clock(trigger.get("at", DAY_BEGINS))
    if "date" in trigger:
        return _moment(datetime.combine(_date(trigger), clock), zone)
    if "every" in trigger and "at" not in trigger and (step := read_period(trigger["every"])).seconds:
        return _from_unix(now + step.seconds, zone)
    days = range(9)
    coming = (datetime.combine(wall.date() + timedelta(days=ahead), clock) for ahead in days)
    fitting = (day for day in coming if _is_weekday(trigger, day) and instant(day, zone) > now)
    return _moment(next(fitting), zone)


def _after(trigger: Mapping[str, str], wall: datetime, now: int, zone: tzinfo) -> datetime:
    period = read_period(trigger["after"])
    if period.seconds and not (period.months or period.days) and "at" not in trigger:
        return _from_unix(now + period.seconds, zone)
    if period.seconds:
        raise unusable("Hours from now and a time of day were both said.", "Say one of them.")
    day = later(wall.replace(microsecond=0), period)
    return _moment(datetime.combine(day.date(), _clock(trigger["at"])) if "at" in trigger else day, zone)


def _moment(wall: datetime, zone: tzinfo) -> datetime:
    """A time on the wall as a moment, with the offset that makes it exact, but the wall's own hour and day."""
    at = instant(wall, zone)
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    shown = _shows(at, zone)
    if shown == wall or offset is None:
        return wall.replace(tzinfo=_fixed(offset))
    # In a gap: the moment is the end of the gap, told with the hour that was asked for.
    return wall.replace(tzinfo=_fixed(offset - (shown - wall)))


def _fixed(offset: timedelta | None) -> tzinfo:
    return timezone(offset or timedelta(0))


def _from_unix(at: int, zone: tzinfo) -> datetime:
    found = datetime.fromtimestamp(at, zone)
    return found.replace(tzinfo=_fixed(found.utcoffset()))


def _check(trigger: Mapping[str, str]) -> None:
    """Only combinations that mean one thing. Raises SayDifferently."""
    given = set(trigger) & TIMED
    if not given:
        raise unusable("No time was said.", "Say when, such as 'every friday at 9am' or 'in 2 hours'.")
    if len(given & {"after", "date", "weekday"}) > 1:
        raise unusable("Two different days were said.", "Say one of them.")
    if "every" in given:
        _check_every(trigger)
    elif trigger.get("times", "1") != "1":
        raise unusable("What happens once cannot happen several times.", "Say how often, such as 'every day'.")


def _check_every(trigger: Mapping[str, str]) -> None:
    step = read_period(trigger["every"])
    if bool(step.months) + bool(step.days) + bool(step.seconds) != 1:
        raise unusable("Such a mixed length of time cannot be repeated.", "Say hours, days, weeks or months.")
    if 0 < step.seconds < LEAST_STEP:
        raise unusable("An order is due every 10 minutes at most.", "Say a longer time.")
    if "weekday" in trigger and (step.months or step.seconds or step.days % 7):
        raise unusable("A day of the week repeats by weeks.", "Say 'every friday', or leave the day out.")


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise unusable(f"{text[:20]!a} is no time of day.", "Say it as 9am or 17:30.") from None


def _date(trigger: Mapping[str, str]) -> date:
    try:
        found = date.fromisoformat(trigger["date"])
    except ValueError:
        raise unusable(f"{trigger['date'][:20]!a} is no date.", "Say it as 2027-03-01.") from None
    if found.year >= LAST_YEAR:
        raise unusable("That is too far away.", "Say an earlier date.")
    return found


def _is_weekday(trigger: Mapping[str, str], day: datetime) -> bool:
    named = trigger.get("weekday")
    if named is not None and named not in WEEKDAYS:
        raise unusable(f"{named[:20]!a} is no day of the week.", "Say one, such as friday.")
    return named is None or WEEKDAYS[day.weekday()] == named


def shown_zone(zone: tzinfo) -> str:
    """The zone's name: 'Europe/Berlin'."""
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)


def local_clock(at: int, zone: tzinfo) -> str:
    """A moment in words: 'Friday 27 November 2026, 09:00 CET'."""
    found = datetime.fromtimestamp(at, UTC).astimezone(zone)
    return f"{WEEKDAYS[found.weekday()].capitalize()} {found.day} {MONTHS[found.month - 1]} {found.year}, {found:%H:%M} {found:%Z}"
