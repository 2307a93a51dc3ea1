"""What happened on chain to the own accounts since the last look: transfers, allowances, and nonces that others used.

The cursor is the last block that was looked through, with its hash: where the chain was reorganised, or an event was lost,
the same blocks are looked through again, and what was told already is not told twice.
"""

import json
from dataclasses import dataclass

from sqlalchemy import Connection

from agent.session import Session
from agent.watch.coins import COIN, native_moves
from agent.watch.cursors import drop_in, read_all_in, read_in, write_in
from agent.watch.keeping import keep_allowances, keep_logs, keep_moves, keep_nonces
from agent.watch.nonces import NONCE, Foreign, foreign_nonces
from agent.watch.record import tell
from agent.watch.telling import told_skipped
from chain.client import BlockHead
from chain.events import APPROVAL, APPROVAL_FOR_ALL, TRANSFER
from chain.logs import LogRow, find_logs, topic_of
from chain.values import Address

BLOCKS = "blocks"
CHUNK = 5000
"""Blocks that are looked through in one go, and kept in one transaction."""
MOST_CHUNKS = 20
REORG_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Looked:
    """The last block that was looked through. What stood at block `since`, where the watch began, was never news."""

    number: int
    hash: str
    since: int


async def look(session: Session, now: int) -> int:
    """Look through the blocks since the last look; how many. The first look only sets the cursor. Raises SaysoError."""
    head = await session.client.block("latest")
    looked = _looked(session)
    if looked is None or head.number < looked.since:
        await _baseline(session, head, now)
        return 0
    if looked.number - REORG_DEPTH < head.number < looked.number:
        # Another node of the same address, some blocks behind: what it says of balances is of before.
        return 0
    start = await _start(session, looked, head)
    last = min(head.number, start + CHUNK * MOST_CHUNKS - 1)
    for lower in range(start, last + 1, CHUNK):
        await _chunk(session, lower, min(last, lower + CHUNK - 1), (head, looked.since), now)
    return max(0, last - start + 1)


def _looked(session: Session) -> Looked | None:
    with session.store.read() as connection:
        value = read_in(connection, session.client.chain_id, BLOCKS)
    return None if value is None else Looked(*json.loads(value))


async def _start(session: Session, looked: Looked, head: BlockHead) -> int:
    """The first block to look through: the next one, or further back where the chain is another than it was."""
    if looked.number == head.number and looked.hash == head.hash:
        return head.number + 1
    if looked.number <= head.number and await _hash_of(session, looked.number) == looked.hash:
        return looked.number + 1
    return max(looked.since + 1, min(looked.number, head.number) - REORG_DEPTH + 1)


async def _hash_of(session: Session, number: int) -> str:
    return (await session.client.block(number)).hash


async def _baseline(session: Session, head: BlockHead, now: int) -> None:
    """What stands now is no news, and what was kept of a chain that was begun anew means nothing."""
    accounts = _own(session)
    with session.store.write() as connection:
        for prefix in (COIN, NONCE):
            for name in read_all_in(connection, session.client.chain_id, prefix):
                drop_in(connection, session.client.chain_id, prefix + name)
    moves, foreign = (
        await native_moves(session, accounts, head.number, head.number),
        await foreign_nonces(session, accounts),
    )
    with session.store.write() as connection:
        keep_moves(session, connection, moves, now)
        keep_nonces(session, connection, foreign, now)
        _keep(session, connection, Looked(head.number, head.hash, head.number), now)


async def _chunk(session: Session, lower: int, upper: int, span: tuple[BlockHead, int], now: int) -> None:
    head, since = span
    accounts = _own(session)
    rows, complete = await _rows(session, accounts, lower, upper)
    moves = await native_moves(session, accounts, lower, upper) if upper == head.number else ()
    touched = [a for a in accounts if any(m.account == a for m in moves)]
    foreign: tuple[Foreign, ...] = await foreign_nonces(session, touched) if touched else ()
    reached = head.hash if upper == head.number else await _hash_of(session, upper)
    with session.store.write() as connection:
        keep_logs(session, connection, rows, accounts, now)
        keep_allowances(session, connection, rows, accounts, now)
        keep_moves(session, connection, moves, now)
        keep_nonces(session, connection, foreign, now)
        if not complete:
            blocks = f"{lower} to {upper}"
            tell(session, connection, told_skipped(session, f"skipped:{session.client.chain_id}:{blocks}", blocks), now)
        _keep(session, connection, Looked(upper, reached, since), now)


async def _rows(session: Session, accounts: tuple[Address, ...], lower: int, upper: int) -> tuple[list[LogRow], bool]:
    """The logs of the accounts in two requests: what goes out or is allowed, and what comes in."""
    if not accounts:
        return [], True
    own = [topic_of(account) for account in accounts]
    out = await find_logs(session.client, [[TRANSFER, APPROVAL, APPROVAL_FOR_ALL], own], lower, upper)
    into = await find_logs(session.client, [TRANSFER, None, own], lower, upper)
    unique = {(row.tx_hash, row.index): row for row in (*out.rows, *into.rows)}
    ordered = sorted(unique.values(), key=lambda row: (row.block, row.index))
    return ordered, out.complete and into.complete


def _own(session: Session) -> tuple[Address, ...]:
    return tuple(info.address for info in session.accounts.list())


def _keep(session: Session, connection: Connection, looked: Looked, now: int) -> None:
    write_in(connection, session.client.chain_id, BLOCKS, json.dumps([looked.number, looked.hash, looked.since]), now)
