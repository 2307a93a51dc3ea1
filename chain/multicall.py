"""Many calls in one request: Multicall3's aggregate3 (https://github.com/mds1/multicall), encoded directly.

A reverting call fails alone. Its answer is then `(False, revert data)`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from chain.abi import BadAnswer, address_word, selector
from chain.errors import SetupNeeded
from chain.rpc import RpcError
from chain.values import Address

CHUNK = 500
Call = tuple[Address, bytes]
CallAnswer = tuple[bool, bytes]
EthCall = Callable[[Address, bytes], Awaitable[bytes]]

_AGGREGATE3 = "aggregate3((address,bool,bytes)[])"


def encode_aggregate(calls: Sequence[Call]) -> bytes:
    """Calldata of aggregate3((address,bool,bytes)[]), every call allowed to fail.

    Written out by hand: the layout is fixed, and a general encoder takes most of the time of a thousand balances.
    """
    items = [_item(to, data) for to, data in calls]
    offsets, position = [], 32 * len(items)
    for item in items:
        offsets.append(position.to_bytes(32, "big"))
        position += len(item)
    head = selector(_AGGREGATE3) + _word(32) + _word(len(items))
    return b"".join((head, *offsets, *items))


def decode_aggregate(data: bytes, count: int) -> list[CallAnswer]:
    """The answers of an aggregate3 of `count` calls. Raises SetupNeeded where Multicall3 does not stand there."""
    try:
        return _answers(data, count)
    except BadAnswer:
        raise SetupNeeded(
            "This chain does not have Multicall3 where the registry says.",
            not_done="Nothing was read.",
            remedy="Connect to a chain as the registry describes it; for the local one, use 'sayso devnet'.",
        ) from None


def _item(to: Address, data: bytes) -> bytes:
    """One (address target, bool allowFailure, bytes callData)."""
    head = address_word(to) + _word(1) + _word(96) + _word(len(data))
    return head + data + bytes(-len(data) % 32)


def _answers(data: bytes, count: int) -> list[CallAnswer]:
    """The (bool success, bytes returnData)[] of an answer. Raises BadAnswer where it is another."""
    array = _number(data, 0)
    if _number(data, array) != count:
        raise BadAnswer("another number of answers")
    base = array + 32
    items = [base + _number(data, base + 32 * i) for i in range(count)]
    starts = [item + _number(data, item + 32) for item in items]
    if sum(_number(data, start) for start in starts) > len(data):
        raise BadAnswer("answers that overlap")
    return [(_number(data, item) != 0, _bytes(data, start)) for item, start in zip(items, starts, strict=True)]


def _bytes(data: bytes, at: int) -> bytes:
    end = at + 32 + _number(data, at)
    if end > len(data):
        raise BadAnswer("bytes beyond the end")
    return data[at + 32 : end]


def _number(data: bytes, at: int) -> int:
    if at + 32 > len(data):
        raise BadAnswer("a word beyond the end")
    return int.from_bytes(data[at : at + 32], "big")


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")


async def aggregate(eth_call: EthCall, multicall3: Address, calls: Sequence[Call]) -> list[CallAnswer]:
    """The answers of all calls in order, `CHUNK` calls a request, the requests side by side."""
    chunks = [calls[i : i + CHUNK] for i in range(0, len(calls), CHUNK)]
    answers = await asyncio.gather(*(_aggregate_chunk(eth_call, multicall3, chunk) for chunk in chunks))
    return [answer for part in answers for answer in part]


async def _aggregate_chunk(eth_call: EthCall, multicall3: Address, calls: Sequence[Call]) -> list[CallAnswer]:
    try:
        return decode_aggregate(await eth_call(multicall3, encode_aggregate(calls)), len(calls))
    except RpcError:
        # aggregate3 itself fails only where the calls together want more gas than the node gives to one eth_call.
        if len(calls) < 2:
            raise
    half = len(calls) // 2
    first = await _aggregate_chunk(eth_call, multicall3, calls[:half])
    return first + await _aggregate_chunk(eth_call, multicall3, calls[half:])


def native_balance_call(multicall3: Address, account: Address) -> Call:
    """The call that reads an account's native balance."""
    return multicall3, selector("getEthBalance(address)") + address_word(account)
