"""Nonces of own accounts that Sayso did not use: another wallet has the same key, or somebody else has."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from agent.ledger import life_in
from agent.session import Session
from agent.store.tables import slots
from agent.watch.cursors import read_in
from chain.client import bad_node_answer
from chain.rpc import quantity
from chain.values import Address

NONCE = "nonce:"


@dataclass(frozen=True, slots=True)
class Foreign:
    """An account's transaction count now and at the last look, and the nonces between that Sayso knows nothing of."""

    account: Address
    before: int
    count: int
    nonces: tuple[int, ...]


async def foreign_nonces(session: Session, accounts: Sequence[Address]) -> tuple[Foreign, ...]:
    """Of each account. Raises SaysoError."""
    return tuple([await _foreign(session, account) for account in accounts])


async def _foreign(session: Session, account: Address) -> Foreign:
    answer = await session.client.rpc("eth_getTransactionCount", [account, "latest"])
    try:
        count = quantity(answer)
    except ValueError:
        raise bad_node_answer("a nonce that is no number") from None
    with session.store.read() as connection:
        before = read_in(connection, session.client.chain_id, NONCE + account)
        known = _known(session, connection, account)
    start = count if before is None else int(before)
    return Foreign(account, start, count, tuple(n for n in range(start, count) if n not in known))


def _known(session: Session, connection: Connection, account: Address) -> set[int]:
    chain_id, c = session.client.chain_id, slots.c
    own = (c.chain_id == chain_id, c.life == life_in(connection, chain_id), c.account == account)
    return set(connection.execute(select(c.nonce).where(*own)).scalars())
