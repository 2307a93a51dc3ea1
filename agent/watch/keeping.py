"""What was found on chain into notices and cursors, within the transaction of the chunk of blocks that it was found in."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from agent.session import Session
from agent.store.tables import attempts
from agent.watch.coins import COIN, CoinMove, CoinTx
from agent.watch.cursors import read_in, write_in
from agent.watch.nonces import NONCE, Foreign
from agent.watch.record import keep_allowance, tell
from agent.watch.telling import told_allowed, told_balance, told_moved, told_nft, told_nonce
from chain.abi import ZERO, BadAnswer, decode_answer
from chain.events import TRANSFER, read_events
from chain.logs import LogRow
from chain.values import Address

ALIEN = "Not by Sayso: by another wallet of yours, or by a contract that you allowed to."
CLAIMED = "Only the token itself says so: nothing of yours need have moved."


def keep_logs(
    session: Session, connection: Connection, rows: Sequence[LogRow], accounts: Sequence[Address], now: int
) -> None:
    """Tell every transfer of an own account. A log that does not decode says nothing."""
    for row in rows:
        if row.log.topics[0] != TRANSFER:
            continue
        try:
            sender, to, number = _transfer(row)
        except BadAnswer:
            continue
        for account, other, sign in ((sender, to, -1), (to, sender, 1)):
            if account in accounts:
                _tell_transfer(session, connection, row, (account, other, sign * number), now)


def keep_allowances(
    session: Session, connection: Connection, rows: Sequence[LogRow], accounts: Sequence[Address], now: int
) -> None:
    """Tell every allowance that an own account gave or took back, and remember what is to be read again."""
    chain_id = session.client.chain_id
    for row in rows:
        for change in read_events([row.log], ZERO).allowances:
            if change.owner not in accounts:
                continue
            raw, spender = change.amount, change.spender
            by = _by(session, connection, row.tx_hash, row.block, out=True)
            key = f"log:{chain_id}:{row.tx_hash}:{row.index}"
            told = told_allowed(session, key, change.owner, change.token, spender, raw, by, every=change.everything)
            tell(session, connection, told, now)
            if not change.everything and len(row.log.topics) == 3:
                keep_allowance(connection, chain_id, f"{change.owner}:{change.token}:{spender}", raw, now)


def keep_moves(session: Session, connection: Connection, moves: Iterable[CoinMove], now: int) -> None:
    """Tell how the native coin moved, and remember the balances. The first look at an account tells nothing.

    Where another watch has told it meanwhile, the balance kept is not that of before any more.
    """
    chain_id = session.client.chain_id
    for move in moves:
        kept = read_in(connection, chain_id, COIN + move.account)
        if move.before is not None and kept == str(move.before):
            _tell_move(session, connection, move, now)
        write_in(connection, chain_id, COIN + move.account, str(move.after), now)


def keep_nonces(session: Session, connection: Connection, found: Iterable[Foreign], now: int) -> None:
    """Tell of nonces that others used, once whoever comes upon them, and remember the count."""
    chain_id = session.client.chain_id
    for foreign in found:
        kept = read_in(connection, chain_id, NONCE + foreign.account)
        if foreign.nonces and kept == str(foreign.before):
            first, last = foreign.nonces[0], foreign.nonces[-1]
            nonces = str(first) if first == last else f"{first} to {last}"
            key = f"nonce:{chain_id}:{foreign.account}:{nonces}:{now}"
            tell(session, connection, told_nonce(session, key, foreign.account, nonces), now)
        if kept is None or foreign.count > int(kept):
            write_in(connection, chain_id, NONCE + foreign.account, str(foreign.count), now)


def _transfer(row: LogRow) -> tuple[Address, Address, int]:
    """From, to, and the amount; one NFT where the id is indexed. Raises BadAnswer."""
    if len(row.log.topics) == 4:
        return row.log.party(1), row.log.party(2), 1
    if len(row.log.topics) != 3:
        raise BadAnswer("not a transfer")
    return row.log.party(1), row.log.party(2), int(decode_answer(["uint256"], row.log.data)[0])


def _tell_transfer(
    session: Session, connection: Connection, row: LogRow, moved: tuple[Address, Address, int], now: int
) -> None:
    account, other, delta = moved
    key = f"log:{session.client.chain_id}:{row.tx_hash}:{row.index}:{account}"
    by = _by(session, connection, row.tx_hash, row.block, out=delta < 0, claimed=not _is_listed(session, row))
    if len(row.log.topics) == 4:
        number = int(row.log.topics[3], 16)
        told = told_nft(session, key, account, row.log.address, number, other, by, came=delta > 0)
    else:
        told = told_moved(session, key, account, row.log.address, delta, other, by)
    tell(session, connection, told, now)


def _tell_move(session: Session, connection: Connection, move: CoinMove, now: int) -> None:
    chain_id, account = session.client.chain_id, move.account
    blocks = f"{move.first} to {move.last}"
    for tx in move.txs or ():
        _tell_coin(session, connection, account, tx, now)
    if move.unexplained:
        key = f"coin:{chain_id}:{account}:{blocks}:{move.after}"
        tell(session, connection, told_balance(session, key, move, blocks), now)


def _tell_coin(session: Session, connection: Connection, account: Address, tx: CoinTx, now: int) -> None:
    """A payment; what moves nothing of the native coin is told by its logs."""
    if not tx.moved or tx.to is None:
        return
    for own, other, delta in ((tx.sender, tx.to, -tx.moved), (tx.to, tx.sender, tx.moved)):
        if own == account:
            key = f"coin:{session.client.chain_id}:{tx.hash}:{own}:{delta > 0}"
            by = _by(session, connection, tx.hash, None, out=delta < 0)
            tell(session, connection, told_moved(session, key, own, None, delta, other, by), now)


def _by(
    session: Session, connection: Connection, tx_hash: str, block: int | None, *, out: bool, claimed: bool = False
) -> str:
    """Whose transaction it was, as far as our own store can tell, and which."""
    draft = connection.execute(select(attempts.c.draft_id).where(attempts.c.hash == tx_hash)).scalar()
    where = f"Transaction {tx_hash}" + (f", block {block}." if block is not None else ".")
    if draft is not None:
        return f"By your draft {draft}. {where}"
    if not out:
        return where
    return f"{CLAIMED if claimed else ALIEN} {where}"


def _is_listed(session: Session, row: LogRow) -> bool:
    return session.registry.token_at(session.client.chain_id, row.log.address) is not None
