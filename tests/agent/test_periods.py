"""Periods: what ISO 8601 and short forms mean, when they began, and what is none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.periods import read_period
from chain.errors import SayDifferently


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "began", "words"),
    [
        ("P7D", "2026-03-24T10:00:00", "7 days"),
        ("P1W", "2026-03-24T10:00:00", "week"),
        ("PT24H", "2026-03-30T10:00:00", "24 hours"),
        ("P1M", "2026-02-28T10:00:00", "month"),
        ("P1Y", "2025-03-31T10:00:00", "year"),
        ("P13M", "2025-02-28T10:00:00", "13 months"),
        ("P1Y6M", "2024-09-30T10:00:00", "1 year 6 months"),
        ("P1DT12H", "2026-03-29T22:00:00", "1 day 12 hours"),
        ("PT90M", "2026-03-31T08:30:00", "90 minutes"),
        ("30d", "2026-03-01T10:00:00", "30 days"),
        ("3 m", "2025-12-31T10:00:00", "3 months"),
        (" 2H ", "2026-03-31T08:00:00", "2 hours"),
    ],
)
def test_when_a_period_began(text: str, began: str, words: str) -> None:
    period = read_period(text)
    assert (period.start(at("2026-03-31T10:00:00")), period.words) == (at(began), words)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P0D", "P1.5D", "-P1D", "P1H", "P1D2W", "P٣D", "1 fortnight", "P9999999D", "7", "P1DT"]
)
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(SayDifferently, match="no length of time"):
        read_period(text)


@given(st.integers(1, 999_999), st.sampled_from("YMWD"), st.integers(0, 4 * 10**9))
def test_every_period_begins_before_it_ends_and_never_before_time_itself(count: int, unit: str, end: int) -> None:
    assert 0 <= read_period(f"P{count}{unit}").start(end) <= end
