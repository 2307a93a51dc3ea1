"""When orders are due: in local time, across changes of the clocks, each period once."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.automation.periods import later, read_period
from agent.automation.schedule import anchored, instant, local_clock, next_due, next_occurrence, period_of
from agent.automation.words import length_words, schedule_words
from chain.errors import SayDifferently

BERLIN, NEW_YORK, LORD_HOWE = map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe"))
ZONES = st.sampled_from(
    [BERLIN, NEW_YORK, LORD_HOWE, ZoneInfo("UTC"), ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Kathmandu")]
)
# Wednesday 25 November 2026, 10:00 in Berlin.
NOW = int(datetime(2026, 11, 25, 9, tzinfo=UTC).timestamp())
CLOCKS = st.none() | st.times().map(lambda clock: f"{clock:%H:%M}")
EVERY = st.sampled_from(["P1D", "P3D", "P1W", "P2W", "P1M", "P3M", "P1Y", "PT10M", "PT4H", "PT24H", "PT7H"])
TIMES = st.integers(min_value=0, max_value=4_000_000_000)


def local(trigger: dict[str, str], now: int = NOW, zone: ZoneInfo = BERLIN) -> str:
    """The first due time on the wall."""
    at = next_due(anchored(trigger, now, zone), now, zone)
    assert at is not None
    return f"{datetime.fromtimestamp(at, zone):%a %Y-%m-%d %H:%M:%S}"


def dues(trigger: dict[str, str], count: int, now: int = NOW, zone: ZoneInfo = BERLIN) -> list[tuple[str, str]]:
    """The first due times on the wall with their periods."""
    kept, found, at = anchored(trigger, now, zone), [], now
    for _ in range(count):
        occurrence = next_occurrence(kept, at, zone)
        assert occurrence is not None
        at = occurrence.at
        assert occurrence.period == period_of(kept, at, zone)
        found.append((f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}", occurrence.period))
    return found


@pytest.mark.parametrize(
    ("trigger", "first"),
    [
        ({"every": "P1W", "weekday": "friday", "at": "09:00"}, "Fri 2026-11-27 09:00:00"),
        ({"every": "P1W", "weekday": "wednesday", "at": "09:00"}, "Wed 2026-12-02 09:00:00"),
        ({"every": "P1W", "weekday": "wednesday", "at": "10:01"}, "Wed 2026-11-25 10:01:00"),
        ({"every": "P1D"}, "Thu 2026-11-26 09:00:00"),
        ({"every": "P1D", "at": "17:30"}, "Wed 2026-11-25 17:30:00"),
        ({"every": "P1M"}, "Thu 2026-11-26 09:00:00"),
        ({"every": "PT4H"}, "Wed 2026-11-25 14:00:00"),
        ({"every": "PT4H", "at": "12:30"}, "Wed 2026-11-25 12:30:00"),
        ({"every": "P1M", "date": "2027-01-31"}, "Sun 2027-01-31 09:00:00"),
        ({"weekday": "monday"}, "Mon 2026-11-30 09:00:00"),
        ({"at": "19:00"}, "Wed 2026-11-25 19:00:00"),
        ({"at": "10:00"}, "Thu 2026-11-26 10:00:00"),
        ({"after": "PT2H"}, "Wed 2026-11-25 12:00:00"),
        ({"after": "P1D"}, "Thu 2026-11-26 10:00:00"),
        ({"after": "P1D", "at": "12:00"}, "Thu 2026-11-26 12:00:00"),
        ({"after": "P3M"}, "Thu 2027-02-25 10:00:00"),
        ({"date": "2027-03-01"}, "Mon 2027-03-01 09:00:00"),
        ({"date": "2027-03-01", "at": "00:00"}, "Mon 2027-03-01 00:00:00"),
        ({"date": "2027-03-28", "at": "02:30"}, "Sun 2027-03-28 03:00:00"),
    ],
    ids=lambda value: str(value),
)
def test_the_first_time(trigger: dict[str, str], first: str) -> None:
    assert local(trigger) == first


@pytest.mark.parametrize(
    "trigger",
    [
        {"date": "2020-03-01"},
        {"date": "2026-11-25", "at": "10:00"},
        {"date": "2027-02-30"},
        {"at": "25:00"},
        {"weekday": "someday"},
        {"every": "P1D", "weekday": "friday"},
        {"every": "P1M", "weekday": "friday"},
        {"every": "PT5M"},
        {"every": "P1DT2H"},
        {"every": "soon"},
        {"after": "PT2H", "at": "09:00"},
        {"after": "P1D", "date": "2027-03-01"},
        {"weekday": "monday", "date": "2027-03-01"},
        {"weekday": "monday", "times": "3"},
        {"times": "3"},
    ],
    ids=lambda value: str(value),
)
def test_what_cannot_be_kept_is_said(trigger: dict[str, str]) -> None:
    with pytest.raises(SayDifferently) as raised:
        anchored(trigger, NOW, BERLIN)
    assert raised.value.not_done == "No alert or order was made."


def test_once_is_once() -> None:
    kept = anchored({"after": "PT2H"}, NOW, BERLIN)
    assert next_due(kept, NOW, BERLIN) == NOW + 7200
    assert next_due(kept, NOW + 7200, BERLIN) is None
    assert period_of(kept, NOW + 7200, BERLIN) == "once"


def test_the_31st_is_the_last_of_a_short_month_and_the_31st_again() -> None:
    assert dues({"every": "P1M", "date": "2027-01-31"}, 4) == [
        ("2027-01-31 09:00", "2027-01"),
        ("2027-02-28 09:00", "2027-02"),
        ("2027-03-31 09:00", "2027-03"),
        ("2027-04-30 09:00", "2027-04"),
    ]


def test_weeks_over_the_turn_of_the_year_are_told_apart() -> None:
    assert [period for _, period in dues({"every": "P1W", "weekday": "friday"}, 7)] == [
        "2026-W48",
        "2026-W49",
        "2026-W50",
        "2026-W51",
        "2026-W52",
        "2026-W53",
        "2027-W01",
    ]


def test_hours_are_counted_by_the_clock_that_runs_on() -> None:
    night = int(datetime(2027, 3, 27, 23, tzinfo=BERLIN).timestamp())
    assert [due for due, _ in dues({"every": "PT1H"}, 4, night)] == [
        "2027-03-28 00:00",
        "2027-03-28 01:00",
        "2027-03-28 03:00",
        "2027-03-28 04:00",
    ]


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        (BERLIN, datetime(2027, 3, 28, 2, 30), "2027-03-28T01:00"),
        (BERLIN, datetime(2027, 10, 31, 2, 30), "2027-10-31T00:30"),
        (LORD_HOWE, datetime(2026, 10, 4, 2, 15), "2026-10-03T15:30"),
        (LORD_HOWE, datetime(2027, 4, 4, 1, 45), "2027-04-03T14:45"),
        (ZoneInfo("Pacific/Apia"), datetime(2011, 12, 30, 12), "2011-12-30T10:00"),
    ],
)
def test_a_time_that_is_skipped_is_the_end_of_the_gap_and_one_shown_twice_its_first(
    zone: ZoneInfo, wall: datetime, utc: str
) -> None:
    assert f"{datetime.fromtimestamp(instant(wall, zone), UTC):%Y-%m-%dT%H:%M}" == utc


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE], ids=str)
@pytest.mark.parametrize("clock", ["00:00", "01:45", "02:00", "02:15", "02:30", "03:00", "23:59"])
def test_every_local_day_of_a_year_has_exactly_one_run(zone: ZoneInfo, clock: str) -> None:
    start = int(datetime(2026, 12, 31, 23, 59, 59, tzinfo=zone).timestamp())
    found = dues({"every": "P1D", "at": clock}, 365, start, zone)
    days = [(date(2027, 1, 1) + timedelta(days=n)).isoformat() for n in range(365)]
    assert [period for _, period in found] == days
    assert Counter(due[:10] for due, _ in found) == Counter(days)


@settings(max_examples=200)
@given(EVERY, CLOCKS, TIMES, st.integers(min_value=0, max_value=3 * 365 * 86400), ZONES)
def test_the_next_time_is_later_and_periods_never_come_twice(
    every: str, clock: str | None, made: int, passed: int, zone: ZoneInfo
) -> None:
    kept = anchored({"every": every} | ({"at": clock} if clock else {}), made, zone)
    after, seen = made + passed, []
    for _ in range(6):
        found = next_occurrence(kept, after, zone)
        assert found is not None
        assert found.at > after
        assert found.period == period_of(kept, found.at, zone)
        seen.append((len(found.period), found.period))
        after = found.at
    assert seen == sorted(set(seen))


@given(EVERY, TIMES, st.integers(min_value=-10 * 86400, max_value=400 * 86400), ZONES)
def test_no_time_lies_between_a_moment_and_its_next_due(every: str, made: int, passed: int, zone: ZoneInfo) -> None:
    """Asked from any moment, also one before the order was made, the answer is the first one after it."""
    kept = anchored({"every": every}, made, zone)
    after = max(0, made + passed)
    due = next_due(kept, after, zone)
    assert due is not None
    earlier = next_due(kept, after - 1, zone)
    assert earlier in (after, due)


@given(
    st.dates(date(1, 2, 1), date(8000, 1, 1)), st.sampled_from(["P1D", "P1W", "P1M", "P5M", "P1Y"]), st.integers(0, 500)
)
def test_steps_of_the_calendar_only_go_forward(day: date, period: str, times: int) -> None:
    wall, step = datetime(day.year, day.month, day.day, 9), read_period(period)
    assert later(wall, step, times) < later(wall, step, times + 1)
    assert later(wall, step, 0) == wall


@pytest.mark.parametrize("text", ["", "P", "PT", "1W", "P0D", "P-1D", "P1.5D", "PT4", "P٣D", "P99999999Y", "P1W "])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(SayDifferently):
        read_period(text)


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        ({"every": "P1W"}, "every week"),
        ({"every": "P2W"}, "every 2 weeks"),
        ({"every": "PT4H", "times": "6"}, "every 4 hours, 6 times in all"),
        ({"every": "P1D"}, "every day"),
        ({"every": "P3M"}, "every 3 months"),
        ({"every": "P30D"}, "every 30 days"),
        ({"after": "PT2H"}, "once"),
    ],
)
def test_how_often_in_words(trigger: dict[str, str], words: str) -> None:
    assert schedule_words(trigger) == words


def test_lengths_and_moments_in_words() -> None:
    assert length_words("PT90M") == "1 hour and 30 minutes"
    assert length_words("P1Y6M") == "1 year and 6 months"
    assert local_clock(NOW, BERLIN) == "Wednesday 25 November 2026, 10:00 CET"
