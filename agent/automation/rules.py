"""Alerts and standing orders as rows: made, listed, cancelled; each with its entry in the journal."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, exists, func, insert, select, update

from agent.actions import actions_from_json, actions_to_json
from agent.automation.levels import Direction, Levels, order_key
from agent.journal import Journal
from agent.points import Points, Series
from agent.session import Desk
from agent.store import Store
from agent.store.tables import journal, rules, runs
from agent.store.tables import series as series_table
from chain.errors import Refused, SayDifferently
from nlp.types import Action

Kind = Literal["alert", "order"]
State = Literal["active", "done", "cancelled"]
BOUND = ("kind", "words", "actions", "trigger", "account", "chain_id")
"""What the journal binds of a rule."""
NOT_CANCELLED = "Nothing was cancelled."


@dataclass(frozen=True, slots=True)
class Rule:
    """One alert or standing order.

    `trigger` holds the parse's keys and what was resolved of them: `unit`, `decimals` and `of` of a condition, `start` of a
    schedule. `level` is in the series' own units, None for a move within `within` seconds; times are in Unix seconds.
    """

    id: int
    kind: Kind
    words: str
    actions: tuple[Action, ...]
    trigger: Mapping[str, str]
    account: str
    chain_id: int
    state: State
    created_at: int
    ended_at: int | None
    series: int | None
    direction: Direction | None
    within: int
    level: Decimal | None
    armed: bool
    crossings: int
    next_due: int | None
    runs_left: int | None


@dataclass(frozen=True, slots=True)
class Waits:
    """The condition of a new rule: which series, which way, and the levels. `armed`: it fires when it is reached next."""

    series: Series
    direction: Direction
    levels: Levels
    level: Decimal | None
    within: int
    armed: bool


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule that is not stored yet: it waits for a condition (`waits`) or for a moment (`next_due`)."""

    kind: Kind
    words: str
    actions: tuple[Action, ...]
    trigger: Mapping[str, str]
    account: str
    chain_id: int
    waits: Waits | None = None
    next_due: int | None = None
    runs_left: int | None = None


class Rules:
    """The rules in the store."""

    def __init__(self, store: Store, points: Points, journal: Journal, clock: Callable[[], float]) -> None:
        self._store = store
        self._points = points
        self._journal = journal
        self._clock = clock

    def add(self, new: NewRule) -> Rule:
        """Store a rule, durably, with its entry in the journal."""
        with self._store.write() as connection:
            return self.add_in(connection, new)

    def add_in(self, connection: Connection, new: NewRule) -> Rule:
        """As `add`, within a write that is kept or lost as a whole."""
        values = _values(new) | {"created_at": int(self._clock())}
        if new.waits is not None:
            values["series"] = self._points.id_in(connection, new.waits.series)
        row = connection.execute(insert(rules).values(**values).returning(rules)).one()
        facts = {"rule": row.id, **{key: values[key] for key in BOUND}}
        self._journal.append_in(connection, "rule.added", facts)
        return rule_of(row)

    def standing_in(self, connection: Connection, new: NewRule) -> Rule | None:
        """The alert that waits for exactly the same already, as a transaction sees it."""
        values, waits = _values(new), new.waits
        if waits is None or new.kind != "alert":
            return None
        number = self._points.id_in(connection, waits.series)
        same = [rules.c[key] == values[key] for key in ("direction", "within", "fires_at", "rearms_at", "runs_left")]
        alerts = select(rules).where(rules.c.state == "active", rules.c.kind == "alert", rules.c.series == number)
        row = connection.execute(alerts.where(*same)).first()
        return None if row is None else rule_of(row)

    def list(self, *, ended: bool = False) -> tuple[Rule, ...]:
        """The rules by number: those that stand, with `ended` also those that are done or cancelled."""
        query = select(rules).order_by(rules.c.id)
        with self._store.read() as connection:
            rows = connection.execute(query if ended else query.where(rules.c.state == "active")).all()
        return tuple(map(rule_of, rows))

    def get(self, number: int) -> Rule:
        """One rule. Raises SayDifferently where there is none of this number."""
        with self._store.read() as connection:
            return self._find(connection, number)

    def cancel(self, number: int) -> Rule:
        """Let a rule never fire again; what it has already drafted stands on its own.

        Raises SayDifferently where there is none of this number, or it has ended.
        """
        now = int(self._clock())
        with self._store.write() as connection:
            rule = self._find(connection, number)
            if rule.state != "active" and not _has_due_run(connection, number):
                raise _ended(rule)
            ended = {"state": "cancelled", "ended_at": now, "next_due": None}
            row = connection.execute(update(rules).where(rules.c.id == number).values(**ended).returning(rules)).one()
            _drop_runs(connection, number, now)
            self._journal.append_in(connection, "rule.cancelled", {"rule": number})
        return rule_of(row)

    def drafted(self) -> dict[int, int]:
        """How many drafts each order has made."""
        count = select(runs.c.rule, func.count().label("drafts")).where(runs.c.state == "drafted").group_by(runs.c.rule)
        with self._store.read() as connection:
            return {row.rule: row.drafts for row in connection.execute(count)}

    def watched(self, chain_id: int) -> tuple[Series, ...]:
        """The series of this chain that a standing rule hangs on: what a watch must read. One index step a series."""
        stands = exists().where(rules.c.series == series_table.c.id, rules.c.state == "active")
        query = select(series_table).where(series_table.c.chain_id == chain_id, stands).order_by(series_table.c.id)
        with self._store.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Series(r.kind, r.chain_id, r.subject, r.account, r.quote) for r in rows)

    def _find(self, connection: Connection, number: int) -> Rule:
        row = connection.execute(select(rules).where(rules.c.id == number)).first()
        if row is not None:
            return rule_of(row)
        known = connection.execute(select(rules.c.id).where(rules.c.state == "active").order_by(rules.c.id)).scalars()
        raise SayDifferently(
            f"There is no alert or order number {number}.", not_done=NOT_CANCELLED, remedy=_numbers(list(known))
        )


def rules_of(desk: Desk) -> Rules:
    """The rules of a desk's store."""
    return Rules(desk.store, desk.points, desk.journal, desk.clock)


def rule_of(row: Any) -> Rule:
    """The rule of a whole row."""
    return Rule(
        id=row.id,
        kind=row.kind,
        words=row.words,
        actions=actions_from_json(row.actions),
        trigger=json.loads(row.trigger),
        account=row.account,
        chain_id=row.chain_id,
        state=row.state,
        created_at=row.created_at,
        ended_at=row.ended_at,
        series=row.series,
        direction=row.direction,
        within=row.within,
        level=None if row.level is None else Decimal(row.level),
        armed=bool(row.armed),
        crossings=row.crossings,
        next_due=row.next_due,
        runs_left=row.runs_left,
    )


def check_as_made(connection: Connection, rule: Rule) -> None:
    """Raise Refused where what an order would do is not what the journal says that it was made to do."""
    # The quotes of the facts' own texts are escaped: this stands in no other place of an entry.
    own = journal.c.facts.contains(f'"rule":{rule.id},"trigger":', autoescape=True)
    told = connection.execute(select(journal.c.facts).where(journal.c.kind == "rule.added", own)).scalar()
    facts = json.loads(told) if told is not None else {}
    row = connection.execute(select(rules).where(rules.c.id == rule.id)).one()
    if any(getattr(row, key) != facts.get(key) for key in BOUND):
        raise Refused(
            f"The stored order {rule.id} is not what was asked for: somebody changed it.",
            not_done="Nothing was drafted.",
            remedy="Cancel it and say it anew, and run: sayso audit verify.",
        )


def without_trigger(actions: Sequence[Action]) -> tuple[Action, ...]:
    """What is drafted when the moment has come; the account that pays is the rule's, whatever is called so by then."""
    return tuple(
        replace(action, trigger=None, slots={k: v for k, v in action.slots.items() if k != "account"})
        for action in actions
    )


def _values(new: NewRule) -> dict[str, Any]:
    waits = new.waits
    return {
        "kind": new.kind,
        "words": new.words,
        "actions": actions_to_json(new.actions),
        "trigger": json.dumps(dict(new.trigger), sort_keys=True),
        "account": new.account,
        "chain_id": new.chain_id,
        "state": "active",
        "direction": waits.direction if waits else None,
        "within": waits.within if waits else 0,
        "level": None if waits is None or waits.level is None else f"{waits.level:f}",
        "fires_at": order_key(waits.levels.fires_at) if waits else None,
        "rearms_at": order_key(waits.levels.rearms_at) if waits else None,
        "armed": int(waits is None or waits.armed),
        "crossings": 0,
        "next_due": new.next_due,
        "runs_left": new.runs_left,
    }


def _has_due_run(connection: Connection, number: int) -> bool:
    return (
        connection.execute(select(runs.c.rule).where(runs.c.rule == number, runs.c.state == "due")).first() is not None
    )


def _drop_runs(connection: Connection, number: int, now: int) -> None:
    due = update(runs).where(runs.c.rule == number, runs.c.state == "due")
    connection.execute(due.values(state="cancelled", updated_at=now))


def _ended(rule: Rule) -> SayDifferently:
    how = "is done" if rule.state == "done" else "was cancelled already"
    return SayDifferently(f"Number {rule.id} {how}.", not_done=NOT_CANCELLED, remedy="See: sayso automation list.")


def _numbers(known: list[int]) -> str:
    return f"There are: {', '.join(map(str, known))}." if known else "There are none now."
