"""Standing orders that are due: drafted and told, or told as missed or failed. Nothing is signed here."""

from datetime import tzinfo

from sqlalchemy import Connection

from agent.automation.orders import CarriedOut, carry_out, due_in
from agent.automation.telling import Told, told_missed
from agent.session import Session
from agent.watch.record import tell


async def carry_orders(session: Session, now: int, zone: tzinfo) -> tuple[CarriedOut, ...]:
    """Draft what is due on this chain. Raises SaysoError where the store cannot be written: then nothing was claimed."""
    with session.store.write() as connection:
        due = due_in(connection, now, zone, session.client.chain_id)
        for missed in due.missed:
            tell(session, connection, told_missed(missed, zone), now)

    def told(connection: Connection, notice: Told) -> None:
        tell(session, connection, notice, now)

    return tuple([await carry_out(session, run, told) for run in due.runs])
