"""Runs of standing orders: claimed when due, drafted once, or told as missed or failed. Nothing is signed here.

A run is a row under its order and period before anything is done for it. Its draft is stored in the same transaction that
takes the run from 'due' to 'drafted': whoever comes second stores nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, select, text, update
from sqlalchemy.dialects.sqlite import insert

from agent.automation.rules import Rule, check_as_made, rule_of, without_trigger
from agent.automation.schedule import Occurrence, next_occurrence, period_of
from agent.automation.telling import Told, told_drafted, told_failed
from agent.drafting import draft
from agent.journal import append_in
from agent.session import Session
from agent.standing import check_stands
from agent.store.tables import rules, runs
from chain.errors import SayDifferently, SaysoError, SetupNeeded
from chain.http import ServiceFailure, TransportFailure
from chain.rpc import NoRpc, RpcError
from chain.values import Address, Draft

GRACE = 600
"""Seconds after its due time within which a run is still drafted; later it is told as missed."""
LEASE = 60
"""Seconds that a process has for drafting; a run whose claim ran out is another's to draft."""
RETRY = 30
"""Seconds until a run is tried again whose chain could not be reached."""

UNREADABLE = "unreadable"
DUE_RULES = text(
    "SELECT * FROM rules INDEXED BY rules_by_time WHERE state = 'active' AND next_due IS NOT NULL AND next_due <= :now"
    " AND (:chain IS NULL OR chain_id = :chain) ORDER BY next_due"
)
OPEN_RUNS = text(
    "SELECT runs.rule, runs.period, runs.due_at, runs.claimed_until FROM runs INDEXED BY runs_due"
    " JOIN rules ON rules.id = runs.rule WHERE runs.state = 'due' AND (:chain IS NULL OR rules.chain_id = :chain)"
)
Tell = Callable[[Connection, Told], object]
Outcome = Literal["drafted", "failed", "waits", "taken"]


class OtherChain(SaysoError):
    """The order is for a chain that is not connected here: another watch may be."""

    code = "other_chain"


class RunTaken(SaysoError):
    """Another process has dealt with this run, or its order was cancelled meanwhile."""

    code = "run_taken"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of an order that is due: claimed by whoever was given it."""

    rule: Rule
    period: str
    due_at: int


@dataclass(frozen=True, slots=True)
class Missed:
    """The periods of one order that passed without a draft, oldest first, and when the first and last were due."""

    rule: Rule
    periods: tuple[str, ...]
    first_due: int
    last_due: int


@dataclass(frozen=True, slots=True)
class Due:
    """What a look at the orders came to: runs to carry out, and what was missed, to be told once."""

    runs: tuple[Run, ...] = ()
    missed: tuple[Missed, ...] = ()


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What came of a run. 'waits': its chain could not be reached, it is tried again; 'taken': another dealt with it."""

    run: Run
    outcome: Outcome
    draft: Draft | None = None
    trouble: SaysoError | None = None


def due_in(connection: Connection, now: int, zone: tzinfo, chain_id: int | None = None) -> Due:
    """Claim what is due at `now`, of one chain where it is given, and set aside what is past its grace.

    In the caller's write transaction, in which what was missed must be told. Two processes never get the same run while
    its claim lasts.
    """
    bound = {"now": now, "chain": chain_id}
    for row in connection.execute(DUE_RULES, bound).all():
        _open_runs(connection, rule_of(row), now, zone)
    due: list[Run] = []
    late: dict[int, list[Run]] = {}
    for row in sorted(connection.execute(OPEN_RUNS, bound).all(), key=lambda r: (r.due_at, r.rule)):
        run = Run(_rule(connection, row.rule), row.period, row.due_at)
        if now - run.due_at > GRACE:
            late.setdefault(run.rule.id, []).append(run)
        elif not now < row.claimed_until <= now + LEASE:
            due.append(run)
    for run in due:
        _set(connection, run, now, claimed_until=now + LEASE)
        append_in(connection, "order.due", {"rule": run.rule.id, "period": run.period, "due_at": run.due_at}, now)
    return Due(tuple(due), tuple(_missed(connection, group, now) for group in late.values()))


async def carry_out(session: Session, run: Run, tell: Tell | None = None) -> CarriedOut:
    """Draft what a claimed run asks for, or say why not; `tell` is called within the transaction that settles it.

    One draft a run at most, whoever else tries. A chain that cannot be reached leaves the run to be tried again.
    """
    say = tell or _silent

    def settle(connection: Connection, made: Draft) -> None:
        _settle(connection, run, session.now(), state="drafted", draft_id=made.id)
        append_in(connection, "order.drafted", _facts(run) | {"draft": made.id}, session.now())
        say(connection, told_drafted(session, run.rule, run.period, made))

    try:
        _check(session, run)
        account = Address(run.rule.account)
        await check_stands(session, account)
        made = await draft(session, without_trigger(run.rule.actions), run.rule.words, payer=account, beside=settle)
    except RunTaken:
        return CarriedOut(run, "taken")
    except SaysoError as error:
        return _troubled(session, run, error, say)
    return CarriedOut(run, "drafted", made)


def _open_runs(connection: Connection, rule: Rule, now: int, zone: tzinfo) -> None:
    """A row for every period that has come since the order was last looked at, and the order's next time."""
    left, upcoming = rule.runs_left, None
    for occurrence in _occurrences(rule, zone):
        if left == 0 or occurrence.at > now:
            upcoming = occurrence
            break
        if _open(connection, rule, occurrence, now) and left is not None:
            left -= 1
    goes_on = upcoming is not None and left != 0
    values: dict[str, object] = {"runs_left": left, "next_due": upcoming.at if upcoming and goes_on else None}
    if not goes_on:
        values |= {"state": "done", "ended_at": now}
    connection.execute(update(rules).where(rules.c.id == rule.id).values(**values))


def _occurrences(rule: Rule, zone: tzinfo) -> Iterator[Occurrence]:
    """From the stored due time on. A machine that changed its zone meanwhile is due by the new one from the next on."""
    at = rule.next_due
    if at is None:
        return
    # What was changed behind the journal so that it cannot be read is told by the run that is due, and none follows.
    try:
        period = period_of(rule.trigger, at, zone)
    except SayDifferently:
        period = UNREADABLE
    yield Occurrence(at, period)
    while period != UNREADABLE and (found := _following(rule, at, zone)) is not None:
        yield found
        at = found.at


def _following(rule: Rule, at: int, zone: tzinfo) -> Occurrence | None:
    try:
        return next_occurrence(rule.trigger, at, zone)
    except SayDifferently:
        return None


def _open(connection: Connection, rule: Rule, occurrence: Occurrence, now: int) -> bool:
    """Whether the period is new: one that was opened before, by whatever clock or zone, is never opened again."""
    row = {"rule": rule.id, "period": occurrence.period, "due_at": occurrence.at, "state": "due", "claimed_until": 0}
    made = connection.execute(insert(runs).values(**row, updated_at=now).on_conflict_do_nothing())
    return made.rowcount == 1


def _missed(connection: Connection, group: list[Run], now: int) -> Missed:
    for run in group:
        _set(connection, run, now, state="missed")
    periods = tuple(run.period for run in group)
    facts = {"rule": group[0].rule.id, "count": len(group), "first": group[0].due_at, "last": group[-1].due_at}
    append_in(connection, "order.missed", facts, now)
    return Missed(group[0].rule, periods, group[0].due_at, group[-1].due_at)


def _check(session: Session, run: Run) -> None:
    """Raises OtherChain, RunTaken where it was dealt with, SetupNeeded, and Refused where the order was changed."""
    with session.store.read() as connection:
        row = connection.execute(select(runs.c.state).where(_key(run))).first()
        check_as_made(connection, run.rule)
    if row is None or row.state != "due":
        raise _taken()
    if session.client.chain_id != run.rule.chain_id:
        name = session.registry.chain(run.rule.chain_id).name
        raise OtherChain(f"The order is for {name}, and {session.client.entry.name} is connected.")
    if run.rule.account not in {info.address for info in session.accounts.list()}:
        raise SetupNeeded(f"The account {run.rule.account} that the order pays from is not here any more.")


def _troubled(session: Session, run: Run, error: SaysoError, say: Tell) -> CarriedOut:
    """Try again where the chain did not answer; else the run has failed, and is told so once."""
    now = session.now()
    try:
        with session.store.write() as connection:
            if _is_passing(error):
                wait = 0 if isinstance(error, OtherChain) else RETRY
                _set(connection, run, now, claimed_until=now + wait)
                return CarriedOut(run, "waits", trouble=error)
            _settle(connection, run, now, state="failed")
            append_in(connection, "order.failed", _facts(run) | {"code": error.code}, now)
            say(connection, told_failed(run.rule, run.period, error))
    except RunTaken:
        return CarriedOut(run, "taken")
    except SaysoError as busy:
        # Nothing was written: the claim runs out by itself, and the run is tried again.
        return CarriedOut(run, "waits", trouble=busy)
    return CarriedOut(run, "failed", trouble=error)


def _is_passing(error: SaysoError) -> bool:
    """Whether it may be otherwise in a moment: nobody answered, or the database was busy."""
    if isinstance(error, RpcError):
        return not error.is_revert
    return isinstance(error, TransportFailure | ServiceFailure | NoRpc | OtherChain) or type(error) is SaysoError


def _settle(connection: Connection, run: Run, now: int, **values: object) -> None:
    """Take the run out of 'due'. Raises RunTaken where somebody else did."""
    due = update(runs).where(_key(run), runs.c.state == "due")
    if connection.execute(due.values(updated_at=now, **values)).rowcount != 1:
        raise _taken()


def _set(connection: Connection, run: Run, now: int, **values: object) -> None:
    connection.execute(update(runs).where(_key(run), runs.c.state == "due").values(updated_at=now, **values))


def _key(run: Run) -> ColumnElement[bool]:
    return and_(runs.c.rule == run.rule.id, runs.c.period == run.period)


def _rule(connection: Connection, number: int) -> Rule:
    return rule_of(connection.execute(select(rules).where(rules.c.id == number)).one())


def _facts(run: Run) -> dict[str, object]:
    return {"rule": run.rule.id, "period": run.period}


def _taken() -> RunTaken:
    return RunTaken("This run was dealt with already.", not_done="Nothing was drafted a second time.")


def _silent(_: Connection, __: Told) -> None:
    return None
