"""Rules and values for the tests of alerts and standing orders."""

from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert, select

from agent.automation.firing import Fired, cross_in
from agent.automation.levels import Direction, fixed_levels, moving_levels
from agent.automation.orders import Due, due_in
from agent.automation.rules import NewRule, Rule, Waits, rules_of
from agent.automation.schedule import anchored, next_due
from agent.automation.telling import Told
from agent.points import Points, Series
from agent.session import Desk
from agent.store.tables import notices, runs
from chain.values import ChainId
from nlp.types import Action
from tests.agent.store_support import RECIPIENT

LOCAL = ChainId(31337)
ETH = Series("price", LOCAL, "ETH", "", "USD")
GAS = Series("gas", LOCAL, "")
HELD = Series("balance", LOCAL, "native", "0x1111111111111111111111111111111111111111")
TOLD = {
    "price": {"metric": "price", "coin": "ETH", "token": "ETH", "unit": "USD"},
    "gas": {"metric": "gas", "unit": "gwei", "decimals": "9"},
    "balance": {"metric": "balance", "token": "ETH", "unit": "ETH", "decimals": "18", "of": "main"},
}


def level_rule(
    level: str | int, direction: Direction = "below", series: Series = ETH, *, armed: bool = True, **more: Any
) -> NewRule:
    """An alert at a level of the series' own units; with `actions` an order."""
    step = Decimal(0) if series.kind == "price" else Decimal(1)
    levels = fixed_levels(direction, Decimal(level), step)
    waits = Waits(series, direction, levels, Decimal(level), 0, armed)
    trigger = TOLD[series.kind] | {"direction": direction, "threshold": str(level)}
    return new_rule(waits, trigger, **more)


def move_rule(share: str, within: int, direction: Direction = "above", series: Series = ETH) -> NewRule:
    """An alert on a move by a share within so many seconds."""
    waits = Waits(series, direction, moving_levels(direction, Decimal(share)), None, within, True)
    percent = f"{Decimal(share) * 100:f}%"
    return new_rule(waits, TOLD[series.kind] | {"threshold": percent, "within": f"PT{within}S"})


def new_rule(waits: Waits, trigger: dict[str, str], actions: tuple[Action, ...] = (), **more: Any) -> NewRule:
    """A rule with a condition."""
    kind = "order" if actions else "alert"
    return NewRule(kind, "what was said", actions, trigger, "", LOCAL, waits, **more)  # type: ignore[arg-type]


def add(desk: Desk, *new: NewRule) -> list[Rule]:
    """Store rules."""
    kept = rules_of(desk)
    return [kept.add(one) for one in new]


def see(desk: Desk, value: str | int, at: int, series: Series = ETH) -> list[int]:
    """A value arrives: recorded and held against the rules, as the watch does; the numbers of those that fire."""
    return [fired.rule.id for fired in cross(desk, value, at, series)]


def cross(desk: Desk, value: str | int, at: int, series: Series = ETH) -> tuple[Fired, ...]:
    """As `see`, whole."""
    points = Points(desk.store)
    with desk.store.write() as connection:
        number = points.id_in(connection, series)
        points.record_in(connection, number, at, Decimal(value))
        return cross_in(connection, points, number, Decimal(value), at)


PAY = Action("transfer", {"amount": "5", "token": "USDC", "recipient": RECIPIENT})


def timed_order(desk: Desk, trigger: dict[str, str], action: Action = PAY, **more: Any) -> Rule:
    """A standing order of the default account, in UTC, made now."""
    kept = anchored(trigger, desk.now(), UTC)
    account = desk.accounts.default().address
    due = next_due(kept, desk.now(), UTC)
    return add(desk, NewRule("order", "pay him", (action,), kept, account, LOCAL, next_due=due, **more))[0]


def claim(desk: Desk, zone: tzinfo = UTC) -> Due:
    """What is due now, claimed."""
    with desk.store.write() as connection:
        return due_in(connection, desk.now(), zone)


def noted(connection: Connection, told: Told) -> None:
    """A notice as the watch keeps it: its key makes it the only one."""
    row = {"key": told.key, "kind": told.kind, "at": 0, "title": told.title, "body": told.body}
    connection.execute(insert(notices).values(**row))


def notices_of(desk: Desk) -> list[tuple[str, str]]:
    """The kept notices: key and kind."""
    with desk.store.read() as connection:
        return [(row.key, row.kind) for row in connection.execute(select(notices).order_by(notices.c.id))]


def runs_of(desk: Desk) -> dict[str, str]:
    """The state of every run, by its period."""
    with desk.store.read() as connection:
        return {row.period: row.state for row in connection.execute(select(runs).order_by(runs.c.due_at))}
