"""Movements of the native coin, which leave no log: found by the balance, and named by looking through the blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.session import Session
from agent.watch.cursors import read_all_in
from chain.abi import checksum, decode_uint
from chain.client import bad_node_answer
from chain.multicall import native_balance_call
from chain.rpc import quantity
from chain.values import Address

COIN = "coin:"
MOST_BLOCKS = 50
"""More blocks than these are not looked through for one change of a balance."""


@dataclass(frozen=True, slots=True)
class CoinTx:
    """A transaction that an account sent or was sent. `moved`: its value, 0 where it failed; `fee` in wei, paid by `sender`."""

    hash: str
    sender: Address
    to: Address | None
    moved: int
    fee: int


@dataclass(frozen=True, slots=True)
class CoinMove:
    """How an account's native balance changed. `before` is None at the first look; `txs` None where it was not looked up."""

    account: Address
    before: int | None
    after: int
    first: int
    last: int
    txs: tuple[CoinTx, ...] | None

    @property
    def unexplained(self) -> int:
        """What of the change no transaction tells: it came or went through a contract."""
        told = sum(self._effect(tx) for tx in self.txs or ())
        return self.after - (self.before or 0) - told

    def _effect(self, tx: CoinTx) -> int:
        into = tx.moved if tx.to == self.account else 0
        out = tx.moved + tx.fee if tx.sender == self.account else 0
        return into - out


async def native_moves(session: Session, accounts: Sequence[Address], first: int, last: int) -> tuple[CoinMove, ...]:
    """The accounts whose native balance at block `last` is another than at the last look. Raises SaysoError."""
    client = session.client
    if not accounts:
        return ()
    with session.store.read() as connection:
        kept = read_all_in(connection, client.chain_id, COIN)
    calls = [native_balance_call(client.multicall3, account) for account in accounts]
    found = [decode_uint(data) if ok else None for ok, data in await client.aggregate(calls, last)]
    changed = [
        (account, int(kept[account]) if account in kept else None, after)
        for account, after in zip(accounts, found, strict=True)
        if after is not None and kept.get(account) != str(after)
    ]
    named = [account for account, before, _ in changed if before is not None]
    txs = await _transactions(session, named, first, last) if named and last - first < MOST_BLOCKS else None
    return tuple(
        CoinMove(account, before, after, first, last, None if txs is None else _of(account, txs))
        for account, before, after in changed
    )


def _of(account: Address, txs: Sequence[CoinTx]) -> tuple[CoinTx, ...]:
    return tuple(tx for tx in txs if account in (tx.sender, tx.to))


async def _transactions(session: Session, accounts: Sequence[Address], first: int, last: int) -> tuple[CoinTx, ...]:
    wanted, found = set(accounts), []
    for number in range(first, last + 1):
        block = await session.client.rpc("eth_getBlockByNumber", [hex(number), True])
        for raw in block.get("transactions", ()) if isinstance(block, dict) else ():
            if _parties(raw) & wanted:
                found.append(await _read(session, raw))
    return tuple(found)


def _parties(raw: Mapping[str, Any]) -> set[Address | None]:
    try:
        return {checksum(raw["from"]), checksum(raw["to"]) if raw.get("to") else None}
    except (KeyError, TypeError, ValueError):
        raise bad_node_answer("a transaction that is not of its form") from None


async def _read(session: Session, raw: Mapping[str, Any]) -> CoinTx:
    receipt = await session.client.rpc("eth_getTransactionReceipt", [raw["hash"]])
    try:
        passed = quantity(receipt["status"]) == 1
        fee = quantity(receipt["gasUsed"]) * quantity(receipt["effectiveGasPrice"])
        fee += quantity(receipt["l1Fee"]) if receipt.get("l1Fee") else 0
        to = checksum(raw["to"]) if raw.get("to") else None
        return CoinTx(str(raw["hash"]), checksum(raw["from"]), to, quantity(raw["value"]) if passed else 0, fee)
    except (KeyError, TypeError, ValueError):
        raise bad_node_answer("a receipt that is not of its form") from None
