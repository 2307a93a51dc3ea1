"""A reading into the store: points, the rules that fire by them, and what is told, in one transaction or not at all."""

from decimal import Decimal

from sqlalchemy import Connection

from agent.automation.firing import Fired, cross_in
from agent.automation.telling import Told, told_fired
from agent.points import Series
from agent.session import Session
from agent.watch.cursors import drop_in, read_all_in, read_in, write_in
from agent.watch.plan import ALLOWED, POLLED
from agent.watch.reading import Reading
from agent.watch.telling import told_grown, told_lacking, told_priced

LACKING = "lacking:"
PATIENCE = 3
"""Readings without a price after which that is told."""


def record(session: Session, reading: Reading, now: int) -> tuple[Fired, ...]:
    """Keep a reading; the rules that fired. Raises SaysoError where the store cannot be written: then nothing is kept."""
    with session.store.write() as connection:
        fired: list[Fired] = []
        for series, value in reading.values.items():
            fired += _kept(session, connection, series, value, now)
        for told in filter(None, map(told_fired, fired)):
            tell(session, connection, told, now)
        _lacking(session, connection, reading, now)
        _allowances(session, connection, reading, now)
        for kind in reading.kinds:
            write_in(connection, session.client.chain_id, POLLED + kind, str(now), now)
    return tuple(fired)


def tell(session: Session, connection: Connection, told: Told, now: int) -> bool:
    """Store a notice in the transaction that it comes from; False where it was told before."""
    return session.notices.add_in(connection, told.key, told.kind, told.title, told.body, now)


def _kept(session: Session, connection: Connection, series: Series, value: Decimal, now: int) -> tuple[Fired, ...]:
    number = session.points.id_in(connection, series)
    session.points.record_in(connection, number, now, value)
    return cross_in(connection, session.points, number, value, now)


def _lacking(session: Session, connection: Connection, reading: Reading, now: int) -> None:
    """A price that stays away is told once, and once more when it is back."""
    chain_id = session.client.chain_id
    for series, why in reading.lacking.items():
        name = _name(series)
        since, count = _counted(read_in(connection, chain_id, name), now)
        write_in(connection, chain_id, name, f"{since}:{count + 1}", now)
        if count + 1 == PATIENCE:
            tell(session, connection, told_lacking(series, why, since), now)
    for name, value in read_all_in(connection, chain_id, LACKING).items():
        series = _series(session, name)
        if series in reading.values:
            since, count = _counted(value, now)
            drop_in(connection, chain_id, LACKING + name)
            if count >= PATIENCE:
                tell(session, connection, told_priced(series, reading.values[series], since), now)


def _allowances(session: Session, connection: Connection, reading: Reading, now: int) -> None:
    """What grew without a log is told; what shrank was spent, and the transfer is told."""
    chain_id = session.client.chain_id
    before = read_all_in(connection, chain_id, ALLOWED)
    for allowed, raw in reading.allowances.items():
        name = ":".join(allowed)
        kept = int(before.get(name, "0"))
        if raw > kept:
            tell(session, connection, told_grown(session, allowed, raw, now), now)
        if raw != kept:
            keep_allowance(connection, chain_id, name, raw, now)


def keep_allowance(connection: Connection, chain_id: int, name: str, raw: int, now: int) -> None:
    """Remember what an allowance was last, so that it is read again; one of nothing is forgotten."""
    if raw:
        write_in(connection, chain_id, ALLOWED + name, str(raw), now)
    else:
        drop_in(connection, chain_id, ALLOWED + name)


def _counted(value: str | None, now: int) -> tuple[int, int]:
    since, _, count = (value or f"{now}:0").partition(":")
    return int(since), int(count)


def _name(series: Series) -> str:
    return f"{LACKING}{series.subject}/{series.quote}"


def _series(session: Session, name: str) -> Series:
    subject, _, quote = name.rpartition("/")
    return Series("price", session.client.chain_id, subject, "", quote)
