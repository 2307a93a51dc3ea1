"""Many calls in one request: Multicall3's aggregate3 (https://github.com/mds1/multicall), encoded directly.

A reverting call fails alone. Its answer is then `(False, revert data)`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from chain.abi import BadAnswer, decode_answer, encode_call
from chain.errors import SetupNeeded
from chain.rpc import RpcError
from chain.values import Address

CHUNK = 500
Call = tuple[Address, bytes]
CallAnswer = tuple[bool, bytes]
EthCall = Callable[[Address, bytes], Awaitable[bytes]]

_AGGREGATE3 = "aggregate3((address,bool,bytes)[])"


def encode_aggregate(calls: Sequence[Call]) -> bytes:
    """Calldata of aggregate3, every call allowed to fail."""
    return encode_call(_AGGREGATE3, [(to, True, data) for to, data in calls])


def decode_aggregate(data: bytes, count: int) -> list[CallAnswer]:
    """The answers of an aggregate3 of `count` calls. Raises SetupNeeded where Multicall3 does not stand there."""
    try:
        (answers,) = decode_answer(["(bool,bytes)[]"], data)
    except BadAnswer:
        answers = ()
    if len(answers) != count:
        raise SetupNeeded(
            "This chain does not have Multicall3 where the registry says.",
            not_done="Nothing was read.",
            remedy="Connect to a chain as the registry describes it; for the local one, use 'sayso devnet'.",
        )
    return [(bool(ok), bytes(answer)) for ok, answer in answers]


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
    return multicall3, encode_call("getEthBalance(address)", account)
