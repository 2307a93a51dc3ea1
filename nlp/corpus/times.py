"""Surface forms of periods, schedules, times of day and dates, minding the words in front of them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from nlp.corpus import pools
from nlp.corpus.surface import Surface

if TYPE_CHECKING:
    from random import Random

    from nlp.corpus.sample import Scene
    from nlp.corpus.template import Hole

MONTHS = [
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
]
UNITS = ("day", "week", "month", "hour", "year")
NUMBER_WORDS = ("two", "three", "four", "six", "ten", "twelve")


def duration(rng: "Random") -> str:
    """A length of time with its number."""
    number = rng.choice((2, 3, 4, 5, 6, 7, 10, 12, 14, 24, 30, 45, 48, 90))
    unit = rng.choice(("days", "days", "hours", "weeks", "months", "minutes", "years"))
    return rng.choice(
        (
            f"{number} {unit}",
            f"{number} {unit}",
            f"{number}{rng.choice('hdw')}",
            f"{rng.choice(NUMBER_WORDS)} {unit}",
            "24 hours",
            "an hour",
            "a week",
            "a month",
            "24h",
            "7d",
        )
    )


def short_duration(rng: "Random") -> str:
    """A length of time as one waits: minutes, hours, days."""
    number = rng.choice((2, 3, 5, 6, 8, 10, 12, 15, 20, 30, 45, 90))
    return rng.choice(
        (
            f"{number} {rng.choice(('minutes', 'hours', 'days', 'mins', 'hrs'))}",
            f"{number}{rng.choice('mhd')}",
            "an hour",
            "half an hour",
            "two hours",
            "three days",
            "a week",
            "a couple of hours" if rng.random() < 0.1 else "one hour",
        )
    )


def _period(hole: "Hole", scene: "Scene") -> Surface:
    rng, before = scene.rng, scene.before.lower()
    if before.endswith((" per ", " a ", " each ", " every ", "/")):
        return Surface.whole(rng.choice(("day", "week", "month", "day", "year", "hour")))
    if before.endswith(("past ", "last ", "previous ", "this ", "prior ")):
        words = rng.choice(UNITS) if before.endswith("this ") or rng.random() < 0.4 else duration(rng)
        return Surface.whole(words.removeprefix("a ").removeprefix("an "))
    if before.endswith((" the ", " my ")):
        words = duration(rng).removeprefix("a ").removeprefix("an ")
        lead = rng.choice(("last ", "past ", "previous "))
        return Surface(lead + words, len(lead), len(lead) + len(words))
    if scene.intent in ("history", "price_history") and rng.random() < 0.4:
        lead = rng.choice(("last ", "this ", "past ")) if before.endswith((" ", "")) else ""
        word = rng.choice(UNITS)
        return Surface(lead + word, len(lead), len(lead) + len(word))
    return Surface.whole(duration(rng))


def _term(hole: "Hole", scene: "Scene") -> Surface:
    rng = scene.rng
    return Surface.whole(
        rng.choice(
            (
                f"{rng.choice((3, 6, 9, 12, 18, 24, 36))} months",
                f"{rng.randint(2, 5)} years",
                "one year",
                "six months",
                "90 days",
                "a year",
                "two years",
                "12 mo",
                f"{rng.randint(2, 52)} weeks",
            )
        )
    )


def _every(hole: "Hole", scene: "Scene") -> Surface:
    rng = scene.rng
    bare = rng.choice(
        (
            "day",
            "week",
            "month",
            "hour",
            "2 weeks",
            "4 hours",
            "12 hours",
            "3 days",
            "two weeks",
            "10 days",
            "6h",
            "30 minutes",
            "quarter",
            "year",
            "day",
            "week",
            "other day",
            "other week",
        )
    )
    if scene.before.lower().endswith(("every ", "each ", "a ", "per ")):
        return Surface.whole(bare)
    return Surface.whole(
        rng.choice(
            (
                f"every {bare}",
                f"every {bare}",
                f"every {bare}",
                "daily",
                "weekly",
                "monthly",
                "hourly",
                "each day",
                "each week",
                "each month",
                "once a week",
                "once a day",
                "yearly",
                "biweekly",
                "every single day",
            )
        )
    )


def _weekday(hole: "Hole", scene: "Scene") -> Surface:
    rng = scene.rng
    word = rng.choice(pools.WEEKDAYS)
    word = word if rng.random() < 0.65 else word.title()
    if scene.before.lower().endswith(" on ") and rng.random() < 0.35:
        return Surface.whole(word + "s")
    return Surface.whole(word if rng.random() < 0.92 else word[:3])


def _at(hole: "Hole", scene: "Scene") -> Surface:
    rng = scene.rng
    hour, minute = rng.randint(1, 12), rng.choice(("00", "30", "15", "45", "05"))
    return Surface.whole(
        rng.choice(
            (
                f"{hour}am",
                f"{hour}pm",
                f"{hour} am",
                f"{hour} pm",
                f"{hour}:{minute}am",
                f"{hour}:{minute} pm",
                f"{rng.randint(0, 23):02d}:{minute}",
                f"{rng.randint(0, 23)}:{minute}",
                "noon",
                "midnight",
                f"{hour} p.m.",
                "9am",
                "nine am",
                "8 in the morning",
            )
        )
    )


def _after(hole: "Hole", scene: "Scene") -> Surface:
    rng = scene.rng
    words = short_duration(rng)
    if scene.before.lower().endswith((" in ", "after ", "wait ", "another ", " for ")) or scene.before.lower() == "in ":
        return Surface.whole(words)
    if rng.random() < 0.5:
        return Surface.whole("tomorrow")
    return Surface(f"in {words}", 3, 3 + len(words))


def _date(hole: "Hole", scene: "Scene") -> Surface:
    rng = scene.rng
    day, month, year = rng.randint(1, 28), rng.choice(MONTHS), rng.choice((2026, 2027, 2028))
    month = rng.choice((month, month, month.lower(), month[:3]))
    suffix = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}.get(day, "th")
    forms = (
        f"{day} {month} {year}",
        f"{month} {day} {year}",
        f"{month} {day}, {year}",
        f"{year}-{MONTHS.index('March') + 1:02d}-{day:02d}",
        f"{day}{suffix} of {month} {year}",
        f"{month} {day}{suffix} {year}",
    )
    return Surface.whole(
        rng.choice((f"{day} {month}", f"{month} {day}{suffix}", f"the {day}{suffix}"))
        if rng.random() < 0.15
        else rng.choice(forms)
    )


def _times(hole: "Hole", scene: "Scene") -> Surface:
    return Surface.whole(
        scene.rng.choice(("3", "4", "5", "6", "10", "12", "30", "52", "ten", "three", "six", "twelve", "8", "twenty"))
    )


def _within(hole: "Hole", scene: "Scene") -> Surface:
    return Surface.whole(
        scene.rng.choice(
            (
                "a day",
                "an hour",
                "24 hours",
                "24h",
                "a week",
                "1h",
                "one day",
                "7 days",
                "15 minutes",
                "12 hours",
                "a month",
                "two days",
                "30 min",
                "the same day",
            )[:-1]
        )
    )


TIMES: Mapping[str, Callable[["Hole", "Scene"], Surface]] = {
    "period": _period,
    "term": _term,
    "t.every": _every,
    "t.weekday": _weekday,
    "t.at": _at,
    "t.after": _after,
    "t.date": _date,
    "t.times": _times,
    "t.within": _within,
}
