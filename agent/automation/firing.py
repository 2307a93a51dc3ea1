"""One new value of one series against all its rules: by index ranges, over those alone whose state it changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal

from sqlalchemy import Connection, insert, select, text

from agent.automation.levels import Direction, order_key
from agent.automation.rules import Rule, rule_of
from agent.journal import append_in
from agent.points import Points
from agent.store.tables import runs, series

CROSSING = "crossing"
DIRECTIONS: tuple[Direction, ...] = ("above", "below")
_RATIO = Context(prec=60)

# The state stands in the text itself: SQLite takes a partial index only where it sees that its condition holds.
_SCOPE = "state = 'active' AND series = :series AND direction = :direction AND within = :within"
_ENDS = "kind = 'order' OR runs_left = 1"
FIRE = {
    direction: text(
        "UPDATE rules INDEXED BY rules_to_fire SET armed = 0, crossings = crossings + 1, runs_left = runs_left - 1,"
        f" state = CASE WHEN {_ENDS} THEN 'done' ELSE state END, ended_at = CASE WHEN {_ENDS} THEN :at ELSE ended_at END"
        f" WHERE {_SCOPE} AND armed = 1 AND fires_at {reached} :value RETURNING *"
    )
    for direction, reached in (("above", "<="), ("below", ">="))
}
REARM = {
    direction: text(
        "UPDATE rules INDEXED BY rules_to_rearm SET armed = 1"
        f" WHERE {_SCOPE} AND armed = 0 AND rearms_at {reached} :value"
    )
    for direction, reached in (("above", ">="), ("below", "<="))
}
NEXT_WINDOW = text(
    "SELECT min(within) FROM rules INDEXED BY rules_to_fire"
    " WHERE state = 'active' AND series = :series AND direction = :direction AND within > :within"
)


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule whose condition came true. `crossing` counts its crossings from 1; `value` is in the series' own units."""

    rule: Rule
    crossing: int
    value: Decimal


def cross_in(connection: Connection, points: Points, series_id: int, value: Decimal, at: int) -> tuple[Fired, ...]:
    """The rules that this value makes fire, each once a crossing, and the re-arming of those that it has come back from.

    In the caller's write transaction, the point recorded before or after. An order that fires is done, and its run is due.
    Raises ValueError for a value that is no value of this series: not finite, negative, or a price of 0.
    """
    _check(connection, series_id, value)
    fired: list[Fired] = []
    for direction in DIRECTIONS:
        fired += _reached(connection, (series_id, direction, 0), value, value, at)
        for window in _windows(connection, series_id, direction):
            moved = _moved(connection, points, (series_id, direction, window), value, at)
            if moved is not None:
                fired += _reached(connection, (series_id, direction, window), moved, value, at)
    if fired:
        _record(connection, series_id, fired, at)
    return tuple(fired)


Scope = tuple[int, Direction, int]


def _check(connection: Connection, series_id: int, value: Decimal) -> None:
    kind = connection.execute(select(series.c.kind).where(series.c.id == series_id)).scalar_one()
    if not value.is_finite() or value < 0 or (kind == "price" and value == 0):
        raise ValueError(f"{value} is no value of a {kind}")


def _reached(connection: Connection, scope: Scope, compared: Decimal, value: Decimal, at: int) -> list[Fired]:
    """Re-arm and fire by one comparison, of the value itself or of how far it has moved."""
    series_id, direction, within = scope
    bound = {"series": series_id, "direction": direction, "within": within, "value": order_key(compared)}
    connection.execute(REARM[direction], bound)
    rows = connection.execute(FIRE[direction], bound | {"at": at}).all()
    return [Fired(rule_of(row), row.crossings, value) for row in rows]


def _windows(connection: Connection, series_id: int, direction: Direction) -> Iterator[int]:
    """The distinct lengths of the moves that are watched, one index step each."""
    within = 0
    while True:
        bound = {"series": series_id, "direction": direction, "within": within}
        found = connection.execute(NEXT_WINDOW, bound).scalar()
        if found is None:
            return
        within = int(found)
        yield within


def _moved(connection: Connection, points: Points, scope: Scope, value: Decimal, at: int) -> Decimal | None:
    """The value over the lowest (above) or the highest (below) of the window; None where that is nothing.

    None as well while points lie ahead: the clock was set back, and the window holds what was reckoned with before.
    """
    series_id, direction, within = scope
    if points.extremes_in(connection, series_id, at + 1, at + within) is not None:
        return None
    low, high = points.extremes_in(connection, series_id, at - within, at) or (value, value)
    start = min(low, value) if direction == "above" else max(high, value)
    return _RATIO.divide(value, start) if start else None


def _record(connection: Connection, series_id: int, fired: list[Fired], at: int) -> None:
    due = [
        {"rule": f.rule.id, "period": CROSSING, "due_at": at, "state": "due", "claimed_until": 0, "updated_at": at}
        for f in fired
        if f.rule.kind == "order"
    ]
    if due:
        connection.execute(insert(runs), due)
    facts = {"series": series_id, "value": f"{fired[0].value:f}", "rules": [f.rule.id for f in fired]}
    append_in(connection, "rule.fired", facts, at)
