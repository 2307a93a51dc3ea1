"""Points: what is kept of a series, and that thinning loses no extreme, repeats nothing and survives being killed."""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.points import BATCH, DAY, HOUR, WEEK, YEAR, Point, Points, Series
from agent.store import Store, open_store
from tests.conftest import ROOT

ETH = Series("price", 1, "ETH", quote="USD")
NOW = 1_800_000_000 // DAY * DAY
FEW = settings(max_examples=40, deadline=None)
Readings = Mapping[int, Decimal]

# Around the two borders of age, where folding begins, and beyond the present, where a clock went wrong.
times = st.one_of(
    st.integers(NOW - WEEK - 3 * HOUR, NOW - WEEK + 2 * HOUR),
    st.integers(NOW - YEAR - 3 * DAY, NOW - YEAR + 2 * DAY),
    st.integers(NOW - 2 * HOUR, NOW + 2 * HOUR),
)
values = st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=0, max_value=10**30)
readings = st.dictionaries(times, values, max_size=40)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "sayso.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One for all examples of a property; each empties it first."""
    opened = open_store(tmp_path_factory.mktemp("points") / "sayso.db")
    yield opened
    opened.close()


def emptied(store: Store) -> Points:
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM points")
    return Points(store)


def keep(store: Store, found: Readings | Iterable[tuple[int, Decimal]], series: Series = ETH) -> None:
    points = Points(store)
    with store.write() as connection:
        number = points.id_in(connection, series)
        for at, value in found.items() if isinstance(found, Mapping) else found:
            points.record_in(connection, number, at, value)


def extremes(store: Store, start: int, end: int) -> tuple[Decimal, Decimal] | None:
    points = Points(store)
    with store.write() as connection:
        return points.extremes_in(connection, points.id_in(connection, ETH), start, end)


def rows(store: Store) -> list[tuple[object, ...]]:
    with store.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM points ORDER BY series, at, step")]


def thin_all(points: Points, now: int = NOW) -> None:
    while points.thin(now):
        pass


def same(at: int, value: str) -> Point:
    return Point(at, Decimal(value), Decimal(value), Decimal(value))


def test_a_reading_is_kept_as_it_was_and_the_last_of_a_second_stands(store: Store) -> None:
    keep(store, [(10, Decimal("2500.1230")), (20, Decimal(2**256 - 1)), (10, Decimal("1E+30")), (30, Decimal("0.00"))])
    found = Points(store).between(ETH, 10, 30)
    assert found == (same(10, "1" + "0" * 30), same(20, str(2**256 - 1)), same(30, "0"))
    assert Points(store).between(ETH, 11, 19) == ()


def test_series_are_apart_and_a_series_is_one(store: Store) -> None:
    other = Series("price", 10, "ETH", quote="USD")
    mine = Series("balance", 1, "native", "0xabc")
    keep(store, {10: Decimal(1)})
    keep(store, {20: Decimal(2)}, other)
    keep(store, {30: Decimal(3)}, mine)
    keep(store, {11: Decimal(4)})
    points = Points(store)
    assert [p.at for p in points.between(ETH, 0, 99)] == [10, 11]
    assert [p.at for p in points.between(other, 0, 99)] == [20]
    assert points.series_of("balance", 1, "0xabc") == (mine,)
    assert points.series_of("price", 1) == (ETH,)
    assert points.between(Series("gas", 1, ""), 0, 99) == ()
    assert points.last(Series("gas", 1, "")) is None


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_no_number_is_not_kept(store: Store, value: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        keep(store, {10: Decimal(value)})
    assert rows(store) == []


def test_the_newest_point_and_the_newest_that_is_not_of_a_wrong_clock(store: Store) -> None:
    keep(store, {10: Decimal(1), 20: Decimal(2), 10**10: Decimal(9)})
    points = Points(store)
    assert points.last(ETH) == same(10**10, "9")
    assert points.last(ETH, until=25) == same(20, "2")
    assert points.last(ETH, until=9) is None
    assert points.sampled(ETH, (9, 10, 19, 20)) == (None, same(10, "1"), same(10, "1"), same(20, "2"))


def test_an_hour_becomes_its_last_lowest_and_highest(store: Store) -> None:
    hour = NOW - WEEK - HOUR
    keep(store, {hour: Decimal(5), hour + 60: Decimal(9), hour + 120: Decimal(2), hour + 180: Decimal(4)})
    assert Points(store).thin(NOW) == 4
    assert Points(store).between(ETH, 0, NOW) == (Point(hour + 180, Decimal(4), Decimal(2), Decimal(9)),)
    assert Points(store).thin(NOW) == 0


@pytest.mark.parametrize(("age", "span"), [(WEEK, HOUR), (YEAR, DAY)])
def test_an_hour_or_a_day_that_is_not_over_is_left(store: Store, age: int, span: int) -> None:
    keep(store, {NOW - age - span: Decimal(1), NOW - age - span + 60: Decimal(2)})
    thin_all(Points(store), NOW - 1)
    assert [step for _, step, *_ in rows(store)] == ([0, 0] if span == HOUR else [HOUR])
    thin_all(Points(store), NOW)
    assert [step for _, step, *_ in rows(store)] == [span]


def test_a_reading_that_comes_to_a_folded_hour_is_part_of_it_at_once_and_after_thinning(store: Store) -> None:
    hour = NOW - WEEK - HOUR
    keep(store, {hour + 60: Decimal(5), hour + 120: Decimal(6)})
    thin_all(Points(store))
    keep(store, {hour + 90: Decimal(99), hour + 120: Decimal(7)})
    told = Points(store).between(ETH, 0, NOW)
    assert told == (Point(hour + 120, Decimal(7), Decimal(5), Decimal(99)),)
    thin_all(Points(store))
    assert Points(store).between(ETH, 0, NOW) == told
    assert len(rows(store)) == 1


def test_a_day_that_began_before_counts_with_its_last_value_alone(store: Store) -> None:
    day = NOW - YEAR - DAY
    keep(store, {day: Decimal(100), day + HOUR: Decimal(1), day + 20 * HOUR: Decimal(50)})
    thin_all(Points(store))
    assert extremes(store, day, NOW) == (Decimal(1), Decimal(100))
    assert extremes(store, day + 1, NOW) == (Decimal(50), Decimal(50))


@FEW
@given(readings)
def test_no_extreme_of_whole_hours_is_lost_by_folding_to_hours(shared_store: Store, found: Readings) -> None:
    points = emptied(shared_store)
    young = {at: value for at, value in found.items() if at >= NOW - WEEK - DAY}
    keep(shared_store, young)
    spans = [(at // HOUR * HOUR, (at // HOUR + n) * HOUR - 1) for at in young for n in (1, 3)]
    before = [extremes(shared_store, *span) for span in spans]
    thin_all(points)
    assert [extremes(shared_store, *span) for span in spans] == before


@FEW
@given(readings, st.integers(0, 400))
def test_no_extreme_of_whole_days_and_no_newest_value_is_lost(shared_store: Store, found: Readings, later: int) -> None:
    points = emptied(shared_store)
    keep(shared_store, found)
    spans = [(at // DAY * DAY, (at // DAY + n) * DAY - 1) for at in found for n in (1, 2, 400)]
    before, last = [extremes(shared_store, *span) for span in spans], points.last(ETH)
    for now in (NOW - later * HOUR, NOW, NOW + later * DAY):
        thin_all(points, now)
        assert [extremes(shared_store, *span) for span in spans] == before
        newest = points.last(ETH)
        assert (newest and (newest.at, newest.value)) == (last and (last.at, last.value))


@FEW
@given(readings, readings)
def test_no_time_is_told_twice_whatever_comes_late(shared_store: Store, first: Readings, second: Readings) -> None:
    points = emptied(shared_store)
    keep(shared_store, first)
    thin_all(points)
    keep(shared_store, second)
    told = points.between(ETH, 0, NOW + YEAR)
    assert [p.at for p in told] == sorted({p.at for p in told})
    with shared_store.read() as connection:
        spans = connection.exec_driver_sql("SELECT DISTINCT step, at / step FROM points WHERE step > 0").all()
    for step, number in spans:
        assert sum(number * step <= p.at < (number + 1) * step for p in told) == 1
    kept = {**first, **second}
    assert not kept or (min(p.low for p in told), max(p.high for p in told)) == _lowest_and_highest(first, second)
    thin_all(points)
    after = points.between(ETH, 0, NOW + YEAR)
    assert not kept or (min(p.low for p in after), max(p.high for p in after)) == _lowest_and_highest(first, second)


def _lowest_and_highest(first: Readings, second: Readings) -> tuple[Decimal, Decimal]:
    """Of all that was recorded, but what a later reading of the same second replaced before it was folded."""
    unfolded = {at: value for at, value in first.items() if at >= NOW - WEEK}
    folded = [value for at, value in first.items() if at < NOW - WEEK]
    everything = [*{**unfolded, **second}.values(), *folded]
    return min(everything), max(everything)


@FEW
@given(readings)
def test_thinning_again_changes_nothing_and_what_is_yet_to_come_is_left_as_it_is(
    shared_store: Store, found: Readings
) -> None:
    points = emptied(shared_store)
    keep(shared_store, found)
    thin_all(points)
    once = rows(shared_store)
    assert points.thin(NOW) == 0
    assert rows(shared_store) == once
    assert [p.at for p in points.between(ETH, NOW + 1, NOW + YEAR)] == sorted(at for at in found if at > NOW)


def test_a_clock_set_forward_and_back_loses_no_extreme(store: Store) -> None:
    points = Points(store)
    keep(store, {NOW - 10: Decimal(5), NOW - 5: Decimal(1)})
    keep(store, {NOW + 2 * YEAR: Decimal(3)})
    thin_all(points, NOW + 2 * YEAR)
    keep(store, {NOW: Decimal(4), NOW + 60: Decimal(8)})
    thin_all(points, NOW + 60)
    assert extremes(store, NOW - DAY, NOW + DAY) == (Decimal(1), Decimal(8))
    assert points.last(ETH, until=NOW + 60) == same(NOW + 60, "8")
    assert points.last(ETH) == same(NOW + 2 * YEAR, "3")


def test_a_call_does_a_bounded_share_of_the_work(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.points.MOST_A_CALL", 100)
    monkeypatch.setattr("agent.points.BATCH", 70)
    start = NOW - WEEK - 10 * HOUR
    keep(store, {start + minute * 60: Decimal(minute) for minute in range(600)})
    points, shares = Points(store), []
    while share := points.thin(NOW):
        shares.append(share)
    assert sum(shares) == 600
    assert len(shares) >= 3
    assert max(shares) < 100 + 70
    assert len(rows(store)) == 10
    assert extremes(store, start, NOW) == (Decimal(0), Decimal(599))


def test_a_batch_always_holds_a_whole_hour() -> None:
    assert BATCH > HOUR


def test_a_kill_amid_thinning_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sayso.db"
    opened = open_store(path)
    start = NOW - WEEK - 5 * HOUR
    keep(opened, {start + minute * 60: Decimal(minute) for minute in range(300)})
    before = rows(opened)
    opened.close()
    script = f"""
import os, signal, sys
from pathlib import Path
import agent.points as p
from agent.store import open_store
p._stored = lambda *a: None
real = p.insert
def dying(table):
    os.kill(os.getpid(), signal.SIGKILL)
p.insert = dying
p.Points(open_store(Path(sys.argv[1]))).thin({NOW})
"""
    assert subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, check=False).returncode == -9
    opened = open_store(path)
    assert rows(opened) == before
    thin_all(Points(opened))
    assert len(rows(opened)) == 5
    opened.close()
