"""Logs of many blocks: asked for in ranges that the node accepts, bounded, and checked against what was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from chain.abi import BadAnswer, address_word
from chain.client import ChainClient, bad_node_answer
from chain.events import Log, read_log
from chain.rpc import NoRpc, RpcError, quantity
from chain.values import Address

FIRST = 50_000
WIDEST = 2_000_000
MOST_REQUESTS = 60
MOST_ROWS = 20_000
MOST_UNANSWERED = 3
PATIENCE = 5

Topics = Sequence[str | Sequence[str] | None]
"""By position: one topic, any of several, or None for whatever stands there."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """A log and where it stands. `index` is its place in the block: with the transaction's hash it is its identity."""

    log: Log
    block: int
    block_hash: str
    tx_hash: str
    index: int


@dataclass(frozen=True, slots=True)
class Logs:
    """The rows from `from_block` to `to_block`, the oldest first. `complete`: that is all that was asked for."""

    rows: tuple[LogRow, ...]
    from_block: int
    to_block: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Width:
    """How many blocks are asked for at once: between the most that this node took and the least that it refused.

    A node that limits rows, not blocks, takes more where less happened: after `patience` answers a refusal is forgotten.
    """

    blocks: int = FIRST
    taken: int = 0
    refused: int | None = None
    answers: int = 0
    patience: int = PATIENCE

    def after_answer(self, asked: int) -> "Width":
        """The next width, where the node took `asked` blocks: wider, until that is known to be refused."""
        taken = max(self.taken, asked)
        if self.refused is None:
            return replace(self, blocks=min(taken * 2, WIDEST), taken=taken)
        if self.answers + 1 == self.patience:
            return Width(taken, taken, patience=self.patience * 3)
        wider = min(taken * 2, (taken + self.refused) // 2, WIDEST)
        # Near the limit, each further try would cost a refused request and gain little.
        blocks = taken if wider - taken < taken // 8 else wider
        return replace(self, blocks=blocks, taken=taken, answers=self.answers + 1)

    def after_refusal(self, asked: int) -> "Width":
        """The next width, where the node refused `asked` blocks; what it took elsewhere counts only where that was fewer."""
        taken = self.taken if self.taken < asked else 0
        if taken and self.patience > PATIENCE:
            return Width(taken, taken, taken + 1, patience=self.patience)
        return Width(taken or max(1, asked // 4), taken, asked, patience=self.patience)


async def find_logs(
    client: ChainClient,
    topics: Topics,
    start_block: int,
    end_block: int,
    address: Address | None = None,
    *,
    enough: int = MOST_ROWS,
) -> Logs:
    """The logs of a range, searched from its end back: what is cut off by the bounds, or after `enough` rows, is the oldest.

    Raises RpcError where the node refuses even a single block, SaysoError for an answer that cannot be true, NoRpc.
    """
    found: list[LogRow] = []
    upper, width, requests, unanswered = end_block, Width(), 0, 0
    while upper >= start_block and requests < MOST_REQUESTS and len(found) < min(enough, MOST_ROWS):
        lower = max(start_block, upper - width.blocks + 1)
        asked = upper - lower + 1
        requests += 1
        try:
            rows = await _range(client, topics, lower, upper, address)
        except (RpcError, NoRpc) as error:
            # An answer that is too large, or takes too long, is none at all; a node that is gone gives none either.
            unanswered += isinstance(error, NoRpc)
            if asked == 1 or unanswered > MOST_UNANSWERED or (isinstance(error, RpcError) and error.method_missing):
                raise
            width = width.after_refusal(asked)
            continue
        found += rows
        unanswered = 0
        upper, width = lower - 1, width.after_answer(asked)
    ordered = sorted(found, key=lambda row: (row.block, row.index))
    return Logs(tuple(ordered), upper + 1, end_block, upper < start_block)


async def block_at(client: ChainClient, unix_time: int) -> int:
    """The first block whose time is not before `unix_time`; the newest where none is. Some thirty requests at most."""
    newest = await client.block("latest")
    if newest.timestamp < unix_time:
        return newest.number
    low, high = 0, newest.number
    while low < high:
        middle = (low + high) // 2
        if (await client.block(middle)).timestamp < unix_time:
            low = middle + 1
        else:
            high = middle
    return low


def topic_of(address: Address) -> str:
    """An address as an indexed argument."""
    return "0x" + address_word(address).hex()


async def _range(client: ChainClient, topics: Topics, lower: int, upper: int, address: Address | None) -> list[LogRow]:
    asked: dict[str, object] = {"fromBlock": hex(lower), "toBlock": hex(upper), "topics": list(topics)}
    if address is not None:
        asked["address"] = address
    answer = await client.rpc("eth_getLogs", [asked])
    if not isinstance(answer, list):
        raise bad_node_answer("logs that are no list")
    rows = [_row(raw) for raw in answer if not (isinstance(raw, dict) and raw.get("removed") is True)]
    if not all(_was_asked_for(row, topics, lower, upper, address) for row in rows):
        raise bad_node_answer("logs that were not asked for")
    if len({(row.block, row.index) for row in rows}) < len(rows):
        raise bad_node_answer("the same log twice")
    # Nodes differ on whether None at the end asks for a topic there, or for nothing.
    return [row for row in rows if len(row.log.topics) >= len(topics)]


def _row(raw: Mapping[str, Any]) -> LogRow:
    try:
        return LogRow(
            read_log(raw),
            quantity(raw["blockNumber"]),
            _hash(raw["blockHash"]),
            _hash(raw["transactionHash"]),
            quantity(raw["logIndex"]),
        )
    except (BadAnswer, KeyError, TypeError, ValueError):
        raise bad_node_answer("a log that is not of its form") from None


def _hash(text: object) -> str:
    if not isinstance(text, str) or len(text) != 66 or not text.startswith("0x"):
        raise ValueError("not a hash")
    return "0x" + bytes.fromhex(text[2:]).hex()


def _was_asked_for(row: LogRow, topics: Topics, lower: int, upper: int, address: Address | None) -> bool:
    if not lower <= row.block <= upper or (address is not None and row.log.address != address):
        return False
    return all(_fits(have, wanted) for have, wanted in zip_longest(row.log.topics[: len(topics)], topics))


def _fits(have: str | None, wanted: str | Sequence[str] | None) -> bool:
    if wanted is None:
        return True
    if have is None:
        return False
    return have == wanted.lower() if isinstance(wanted, str) else have in [one.lower() for one in wanted]
