"""Logs of many blocks: asked for in ranges that the node accepts, bounded, and checked against what was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.abi import BadAnswer, address_word
from chain.client import ChainClient, bad_node_answer
from chain.events import Log, read_log
from chain.rpc import RpcError, quantity
from chain.values import Address

WIDEST = 50_000
MOST_REQUESTS = 60
MOST_ROWS = 20_000

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


async def find_logs(
    client: ChainClient, topics: Topics, start_block: int, end_block: int, address: Address | None = None
) -> Logs:
    """The logs of a range, searched from its end back: what is cut off by the bounds is the oldest.

    Raises RpcError where the node refuses even a single block, SaysoError for an answer that cannot be true, NoRpc.
    """
    found: list[LogRow] = []
    upper, width, requests = end_block, WIDEST, 0
    while upper >= start_block and requests < MOST_REQUESTS and len(found) < MOST_ROWS:
        lower = max(start_block, upper - width + 1)
        requests += 1
        try:
            rows = await _range(client, topics, lower, upper, address)
        except RpcError:
            if lower == upper:
                raise
            width = max(1, (upper - lower + 1) // 4)
            continue
        found += rows
        upper, width = lower - 1, min(WIDEST, width * 2)
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
    return rows


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
    return len(row.log.topics) >= len(topics) and all(
        _fits(have, wanted) for have, wanted in zip(row.log.topics, topics, strict=False)
    )


def _fits(have: str, wanted: str | Sequence[str] | None) -> bool:
    if wanted is None:
        return True
    return have == wanted.lower() if isinstance(wanted, str) else have in [one.lower() for one in wanted]
