"""One new price against many alert rules: the whole write transaction of a watch's tick, of which few rules fire."""

import tempfile
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert

from agent.automation.firing import cross_in
from agent.automation.levels import fixed_levels, order_key
from agent.points import Points, Series
from agent.store import Store, open_store
from agent.store.tables import rules as table
from tests.bench.figures import Figure, Rounds
from tests.bench.timing import median, timed

COUNTS = (1_000, 100_000)
BAR_MS = 1000
ETH = Series("price", 1, "ETH", "", "USD")
START = Decimal(2500)
STEP = Decimal("0.01")
FIRING = 10


def figures(rounds: Rounds) -> list[Figure]:
    """The time of a tick at each number of rules; the same number of them fires at every tick."""
    return [_figure(count, rounds) for count in COUNTS]


def _figure(count: int, rounds: Rounds) -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "rules.db")
        try:
            series_id = _filled(store, count)
            ticks = [_tick(store, series_id, number) for number in range(rounds.warming + rounds.ticks)]
        finally:
            store.close()
    note = f"{FIRING} of them fire"
    bar = BAR_MS if count == COUNTS[-1] else None
    return Figure(f"a price against {count:,} alert rules", median(ticks[rounds.warming :]), "ms", bar, note=note)


def _filled(store: Store, count: int) -> int:
    """Half of the rules wait above the price and half below, each at a level of its own."""
    with store.write() as connection:
        series_id = Points(store).id_in(connection, ETH)
        connection.execute(insert(table), [_row(series_id, number) for number in range(count)])
    return series_id


def _row(series_id: int, number: int) -> dict[str, object]:
    away = STEP * (number // 2 + 1)
    level = START + away if number % 2 else START - away
    direction = "above" if number % 2 else "below"
    levels = fixed_levels("above" if number % 2 else "below", max(level, STEP), Decimal(0))
    return {
        "kind": "alert",
        "words": "tell me when eth is there",
        "actions": "[]",
        "trigger": '{"metric": "price"}',
        "account": "",
        "chain_id": 1,
        "state": "active",
        "created_at": 0,
        "series": series_id,
        "direction": direction,
        "within": 0,
        "level": f"{level:f}",
        "fires_at": order_key(levels.fires_at),
        "rearms_at": order_key(levels.rearms_at),
        "armed": 1,
        "crossings": 0,
    }


def _tick(store: Store, series_id: int, number: int) -> float:
    """The price rises past the next few levels; the time in ms, committed."""
    value, at = START + STEP * FIRING * (number + 1), number + 1
    points = Points(store)

    def work() -> int:
        with store.write() as connection:
            points.record_in(connection, series_id, at, value)
            return len(cross_in(connection, points, series_id, value, at))

    fired, took = timed(work)
    if fired != FIRING:
        raise AssertionError(f"{fired} rules fired, and not {FIRING}")
    return took
