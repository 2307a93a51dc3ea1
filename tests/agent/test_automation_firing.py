"""Alerts on values: once a crossing, armed again by hysteresis, and at a cost that grows with what can fire alone."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from agent.automation.firing import FIRE, NEXT_WINDOW, REARM, cross_in
from agent.automation.levels import fixed_levels, moving_levels, order_key
from agent.automation.rules import rules_of
from agent.points import Points
from agent.session import Desk
from nlp.types import Action
from tests.agent.automation_support import ETH, GAS, HELD, add, cross, level_rule, move_rule, see
from tests.agent.store_support import Clock, desk_at

NUMBERS = st.decimals(min_value=0, max_value=Decimal(10) ** 90, allow_nan=False, allow_infinity=False) | st.integers(
    min_value=0, max_value=2**256
).map(Decimal)
DAY = 86400


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path / "home", Clock()) as opened:
        yield opened


@given(NUMBERS, NUMBERS)
def test_the_texts_of_levels_stand_in_the_order_of_the_numbers(one: Decimal, other: Decimal) -> None:
    keys = (order_key(one).encode(), order_key(other).encode())
    assert (keys[0] < keys[1], keys[0] == keys[1]) == (one < other, one == other)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1", "1e600", "1e-600"])
def test_what_is_no_level_has_no_text(value: str) -> None:
    with pytest.raises(ValueError, match="number"):
        order_key(Decimal(value))


@given(st.sampled_from(["above", "below"]), st.decimals(min_value="1e-20", max_value="1e40", allow_nan=False))
def test_a_rule_is_armed_again_only_a_hundredth_of_its_level_away(direction: str, level: Decimal) -> None:
    levels = fixed_levels(direction, level, Decimal(0))  # type: ignore[arg-type]
    gap = abs(levels.fires_at - levels.rearms_at)
    assert levels.fires_at == level
    assert abs(gap - level / 100) <= level / 10**20
    assert (levels.rearms_at < level) == (direction == "above")


@given(st.sampled_from(["above", "below"]), st.integers(min_value=0, max_value=2**256))
def test_no_raw_amount_both_fires_and_arms(direction: str, level: int) -> None:
    levels = fixed_levels(direction, Decimal(level), Decimal(1))  # type: ignore[arg-type]
    assert levels.fires_at != levels.rearms_at
    assert (levels.rearms_at < levels.fires_at) == (direction == "above")
    assert levels.rearms_at >= 0


@given(st.sampled_from(["above", "below"]), st.decimals(min_value="0.0001", max_value="0.99", allow_nan=False))
def test_a_small_move_can_be_armed_again(direction: str, share: Decimal) -> None:
    levels = moving_levels(direction, share)  # type: ignore[arg-type]
    assert min(levels.fires_at, Decimal(1)) < levels.rearms_at < max(levels.fires_at, Decimal(1))


def test_an_alert_fires_once_a_crossing_and_is_armed_again_a_hundredth_away(desk: Desk) -> None:
    add(desk, level_rule("2000"))
    fired = [see(desk, value, at) for at, value in enumerate([2100, 2001, 2000, 1999, 2010, 1990, 2019, 2020, 1999])]
    assert fired == [[], [], [1], [], [], [], [], [], [1]]
    (rule,) = rules_of(desk).list()
    assert (rule.crossings, rule.armed, rule.state) == (2, False, "active")


def test_each_crossing_has_its_number(desk: Desk) -> None:
    add(desk, level_rule("2000", "above"))
    found = [fired for at, value in enumerate([2000, 1980, 2500]) for fired in cross(desk, value, at)]
    assert [(f.crossing, f.value) for f in found] == [(1, Decimal(2000)), (2, Decimal(2500))]


def test_a_value_that_jumps_over_many_levels_fires_them_all(desk: Desk) -> None:
    add(desk, level_rule("2000"), level_rule("1900"), level_rule("1800"), level_rule("2000", "above"))
    assert see(desk, "1850.000000000000000001", 1) == [1, 2]


def test_a_rule_hears_of_its_own_series_alone(desk: Desk) -> None:
    add(desk, level_rule(2000), level_rule(2000, series=GAS), level_rule(2000, series=HELD))
    assert see(desk, 1000, 1, GAS) == [2]
    assert see(desk, 0, 1, HELD) == [3]


def test_a_balance_of_nothing_is_a_value_and_a_price_of_nothing_is_not(desk: Desk) -> None:
    add(desk, level_rule(0, "above", HELD), level_rule(0, "below", HELD))
    assert see(desk, 0, 1, HELD) == [2]
    assert see(desk, 1, 2, HELD) == [1]
    assert see(desk, 0, 3, HELD) == [2]
    for value, series in ((0, ETH), ("NaN", HELD), (-1, GAS)):
        with pytest.raises(ValueError, match="value"):
            see(desk, value, 4, series)


def test_an_alert_for_one_time_is_done_after_it(desk: Desk) -> None:
    add(desk, level_rule("2000", runs_left=2))
    assert [see(desk, value, at) for at, value in enumerate([1999, 2100, 1999, 2100, 1999])] == [[1], [], [1], [], []]
    (rule,) = rules_of(desk).list(ended=True)
    assert (rule.state, rule.ended_at) == ("done", 2)


def test_an_order_fires_once_for_good_and_its_run_is_due(desk: Desk) -> None:
    add(desk, level_rule("2000", actions=(Action("transfer", {"amount": "1"}),)))
    assert [see(desk, value, at) for at, value in enumerate([1999, 2100, 1999])] == [[1], [], []]
    with desk.store.read() as connection:
        rows = connection.execute(text("SELECT rule, period, due_at, state FROM runs")).all()
    assert [tuple(row) for row in rows] == [(1, "crossing", 0, "due")]


def test_what_is_cancelled_or_disarmed_stays_silent(desk: Desk) -> None:
    add(desk, level_rule("2000"), level_rule("2000", armed=False))
    rules_of(desk).cancel(1)
    assert [see(desk, value, at) for at, value in enumerate([1999, 2020, 1999])] == [[], [], [2]]


def test_a_move_is_counted_from_the_lowest_or_the_highest_of_its_window(desk: Desk) -> None:
    add(desk, move_rule("0.1", DAY), move_rule("0.1", DAY, "below"), move_rule("0.1", 60))
    assert see(desk, 1000, 0) == []
    assert see(desk, 950, 3600) == []
    assert see(desk, 1045, 7200) == [1]
    assert see(desk, 1046, 7201) == []
    assert see(desk, 941, 7260) == [2]
    assert sorted(see(desk, "1035.1", 7270)) == [1, 3]


def test_a_move_that_is_older_than_its_window_counts_no_more(desk: Desk) -> None:
    add(desk, move_rule("0.1", DAY))
    assert see(desk, 1000, 0) == []
    assert see(desk, 1200, DAY + 1) == []
    assert see(desk, 1320, DAY + 2) == [1]


def test_a_move_is_told_again_only_after_it_went_back(desk: Desk) -> None:
    add(desk, move_rule("0.1", DAY))
    values = [1000, 1100, 1101, 1090, 1100, 1089, 1100]
    assert [see(desk, value, at) for at, value in enumerate(values)] == [[], [1], [], [], [], [], [1]]


def test_a_balance_that_was_nothing_has_moved_by_no_share(desk: Desk) -> None:
    add(desk, move_rule("0.1", DAY, series=HELD))
    assert [see(desk, value, at, HELD) for at, value in enumerate([0, 100])] == [[], []]


def test_what_a_crossing_was_written_beside_is_lost_or_kept_with_it(desk: Desk) -> None:
    add(desk, level_rule("2000"))
    points = Points(desk.store)
    with pytest.raises(RuntimeError), desk.store.write() as connection:
        assert cross_in(connection, points, points.id_in(connection, ETH), Decimal(1), 1)
        raise RuntimeError("killed")
    assert see(desk, 1, 2) == [1]


@pytest.mark.parametrize("statement", [*FIRE.values(), *REARM.values(), NEXT_WINDOW], ids=lambda s: str(s)[:60])
def test_only_what_changes_is_looked_at(statement: object, desk: Desk) -> None:
    bound = {"series": 1, "direction": "above", "within": 0, "value": "5042", "at": 1}
    with desk.store.read() as connection:
        rows = connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"), bound).all()
    plan = " ".join(row.detail for row in rows)
    assert "SEARCH rules USING" in plan
    assert "SCAN" not in plan
    bounds = "within>?" if statement is NEXT_WINDOW else ("fires_at" if statement in FIRE.values() else "rearms_at")
    assert bounds in plan, plan


def test_the_journal_tells_of_every_firing(desk: Desk) -> None:
    add(desk, level_rule("2000"), level_rule("1900"))
    see(desk, 1800, 7)
    entry = desk.journal.entries()[-1]
    assert (entry.kind, entry.at, entry.facts["rules"], entry.facts["value"]) == ("rule.fired", 7, [1, 2], "1800")
    assert desk.journal.verify().broken_at is None
