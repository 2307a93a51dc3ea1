"""One tick: look at the chain, keep what was read, carry orders, deliver. Each part stands alone: none holds up the rest."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from agent.notices.channels.types import Channel
from agent.notices.deliver import deliver
from agent.session import Session
from agent.watch.cursors import read_in, write_in
from agent.watch.news import look
from agent.watch.orders import carry_orders
from agent.watch.outage import failed, went_well
from agent.watch.plan import plan_at
from agent.watch.reading import read
from agent.watch.record import record
from chain.errors import SaysoError

EVERY_CHAIN, THINNED, THIN_EVERY = 0, "thinned", 3600


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick came to: how much was looked at and sent, and what went wrong in it."""

    at: int
    blocks: int = 0
    fired: int = 0
    drafted: int = 0
    sent: int = 0
    troubles: tuple[SaysoError, ...] = ()


async def tick(session: Session, channels: Sequence[Channel], zone: tzinfo) -> Ticked:
    """Do all that is due now. Raises nothing of ours: what went wrong is tried again at the next tick."""
    now, troubles = session.now(), []

    async def tried(part: Callable[[], Awaitable[int]]) -> int:
        try:
            return await part()
        except SaysoError as error:
            troubles.append(error)
            return 0

    blocks, fired = await _read(session, now, troubles)
    drafted = await tried(lambda: _orders(session, now, zone))
    sent = await tried(lambda: deliver(session.notices, channels))
    await tried(lambda: _thin(session, now))
    return Ticked(now, blocks, fired, drafted, sent, tuple(troubles))


async def _read(session: Session, now: int, troubles: list[SaysoError]) -> tuple[int, int]:
    """Look and poll; an outage is counted here."""
    try:
        blocks = await look(session, now)
        fired = await _poll(session, now)
        went_well(session, now)
    except SaysoError as error:
        troubles.append(error)
        try:
            failed(session, error, now)
        except SaysoError as unwritable:
            troubles.append(unwritable)
        return 0, 0
    return blocks, fired


async def _poll(session: Session, now: int) -> int:
    plan = plan_at(session, now)
    if not plan.kinds:
        return 0
    return len(record(session, await read(session, plan), now))


async def _orders(session: Session, now: int, zone: tzinfo) -> int:
    return sum(done.outcome == "drafted" for done in await carry_orders(session, now, zone))


async def _thin(session: Session, now: int) -> int:
    """Once an hour, whoever ticks."""
    with session.store.write() as connection:
        last = int(read_in(connection, EVERY_CHAIN, THINNED) or 0)
        if now - THIN_EVERY < last <= now:
            return 0
        write_in(connection, EVERY_CHAIN, THINNED, str(now), now)
    return session.points.thin(now)
