"""Lines of points: condensed without losing an extreme, split at gaps, filled from another line, converted."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.lines import (
    Gap,
    Line,
    allowed,
    change,
    condensed,
    converted,
    extent,
    filled,
    gaps,
    nearest,
    pieces,
    spacing,
    split,
    stepwise,
)
from agent.points import DAY, HOUR, WEEK, YEAR, Point
from agent.render.amounts import signed_percent

NOW = 1_800_000_000


def point(at: int, value: object, low: object = None, high: object = None) -> Point:
    found = Decimal(str(value))
    return Point(at, found, found if low is None else Decimal(str(low)), found if high is None else Decimal(str(high)))


def line(*both: tuple[int, object]) -> Line:
    return tuple(point(at, value) for at, value in both)


def regular(start: int, end: int, step: int) -> Line:
    return line(*((at, at % 7) for at in range(start, end + 1, step)))


lines = st.dictionaries(st.integers(0, 10_000), st.integers(-50, 50), min_size=1, max_size=60).map(
    lambda found: line(*sorted(found.items()))
)


@given(lines, st.integers(1, 20))
def test_condensing_keeps_the_extremes_the_order_and_the_newest_value(found: Line, most: int) -> None:
    short = condensed(found, most)
    assert len(short) <= max(most, 1)
    assert [p.at for p in short] == sorted({p.at for p in short})
    assert (extent(short).low, extent(short).high) == (extent(found).low, extent(found).high)
    assert short[-1].at == found[-1].at
    assert short[-1].value == found[-1].value


@given(lines, st.integers(2, 20), st.integers(1, 2000))
def test_the_pieces_between_gaps_hold_every_extreme_and_none_reaches_over_a_gap(
    found: Line, most: int, width: int
) -> None:
    holes = tuple(Gap(a.at, b.at) for a, b in pairwise(found) if b.at - a.at > width)
    drawn = pieces(found, holes, most)
    assert len(drawn) == len(holes) + 1
    assert min(p.low for piece in drawn for p in piece) == extent(found).low
    assert max(p.high for piece in drawn for p in piece) == extent(found).high
    assert all(piece[-1].at <= hole.start and hole.end <= after[0].at for piece, hole, after in zip(drawn, holes, drawn[1:], strict=False))  # fmt: skip
    assert tuple(p for piece in split(found, holes) for p in piece) == found


def test_an_empty_line_has_no_extent_and_no_pieces() -> None:
    with pytest.raises(ValueError, match="without points"):
        extent(())
    assert pieces((), (), 10) == ()
    assert condensed((), 5) == ()


def test_a_gap_is_where_points_are_further_apart_than_they_are_kept_at_that_age() -> None:
    recent = regular(NOW - 2 * HOUR, NOW, 60)
    assert gaps(recent, NOW - 2 * HOUR, NOW, 60) == ()
    assert gaps(recent[:30] + recent[60:], NOW - 2 * HOUR, NOW, 60) == (Gap(recent[29].at, recent[60].at),)
    hourly = regular(NOW - 4 * WEEK, NOW - WEEK - DAY, HOUR)
    assert gaps(hourly, NOW - 4 * WEEK, NOW, 60) == (Gap(hourly[-1].at, NOW),)
    assert gaps((), NOW - DAY, NOW, 60) == (Gap(NOW - DAY, NOW),)
    assert gaps(line((NOW - 2 * YEAR, 1), (NOW - 2 * YEAR + 2 * DAY, 1)), NOW - 2 * YEAR, NOW, 60)[0].start > NOW - 2 * YEAR  # fmt: skip


def test_a_watch_that_reads_seldom_has_no_gap_between_two_readings() -> None:
    slow = regular(NOW - DAY, NOW, 2 * HOUR)
    assert gaps(slow, NOW - DAY, NOW, 60)
    assert gaps(slow, NOW - DAY, NOW, 2 * HOUR) == ()
    assert allowed(0, 7200) == 3 * 7200


def test_another_line_fills_gaps_alone_and_the_own_point_stands() -> None:
    own, other = line((10, 1), (20, 2), (90, 9)), line((5, 5), (15, 5), (20, 5), (50, 5), (90, 5), (95, 5))
    assert filled(own, other, (Gap(20, 90),)) == line((10, 1), (20, 2), (50, 5), (90, 9))
    assert filled(own, other, ()) == own
    assert filled((), other, (Gap(0, 100),)) == other


def test_conversion_leaves_out_what_has_no_rate_near_its_time() -> None:
    rates = line((100, "2"), (200, "4"), (300, "0"))
    rate_at = stepwise(rates, lambda at: 50)
    assert [rate_at(at) for at in (99, 100, 150, 151, 200)] == [None, Decimal(2), Decimal(2), None, Decimal(4)]
    found = converted((point(100, 10, 8, 12), point(160, 10), point(200, 10), point(300, 10)), rate_at)
    assert found == (point(100, 5, 4, 6), point(200, "2.5"))


def test_the_nearest_point_and_the_spacing() -> None:
    found = line((10, 1), (20, 2), (40, 3))
    assert nearest(found, 28, 10) == found[1]
    assert nearest(found, 28, 5) is None
    assert (spacing(found), spacing(found[:1]), spacing(())) == (20, 0, 0)


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [("100", "110", "+10%"), ("100", "90", "-10%"), ("3", "4", "+33.33%"), ("1", "1", "0%"), ("100000", "99999", "0%")],
)
def test_a_change_has_its_sign(then: str, now: str, told: str) -> None:
    part = change(Decimal(then), Decimal(now))
    assert part is not None
    assert signed_percent(part) == told


def test_a_change_from_nothing_is_not_known() -> None:
    assert change(Decimal(0), Decimal(5)) is None
