"""An outage of the node: told once when it lasts, and once when it is over."""

from agent.session import Session
from agent.watch.cursors import drop_in, read_in, write_in
from agent.watch.record import tell
from agent.watch.telling import told_again, told_outage
from chain.errors import SaysoError

OUTAGE = "outage"
PATIENCE = 3
"""Failed ticks in a row after which it is told."""


def failed(session: Session, error: SaysoError, now: int) -> None:
    """Count a tick that could not read. Raises SaysoError where the store cannot be written."""
    chain_id = session.client.chain_id
    with session.store.write() as connection:
        since, count = _parts(read_in(connection, chain_id, OUTAGE), now)
        write_in(connection, chain_id, OUTAGE, f"{since}:{count + 1}", now)
        if count + 1 == PATIENCE:
            tell(session, connection, told_outage(session, since, error), now)


def went_well(session: Session, now: int) -> None:
    """End an outage, if there was one."""
    chain_id = session.client.chain_id
    with session.store.read() as connection:
        if read_in(connection, chain_id, OUTAGE) is None:
            return
    with session.store.write() as connection:
        since, count = _parts(read_in(connection, chain_id, OUTAGE), now)
        drop_in(connection, chain_id, OUTAGE)
        if count >= PATIENCE:
            tell(session, connection, told_again(session, since, now), now)


def _parts(value: str | None, now: int) -> tuple[int, int]:
    since, _, count = (value or f"{now}:0").partition(":")
    return int(since), int(count)
