"""What rollups of the OP stack take on top of gas, for putting the transaction on the chain below them. Wei in int.

The sequencer takes it from the balance and no field of the transaction bounds it (OP Stack specifications, "L1 cost fees").
It is read from the predeployed GasPriceOracle, for the bytes themselves: since Fjord it hangs on how they compress.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from chain.abi import decode_uint, encode_call
from chain.errors import Refused, SaysoError
from chain.rpc import RpcError
from chain.transaction import encode_unsigned, unsigned
from chain.values import FeeLimits, TransactionRequest, Wei
from contracts.registry import ChainEntry

MARGIN = 2
# What is kept back is rounded up to so many bits, so that it does not change with each byte of an amount.
KEPT_BITS = 4
LONGEST_NONCE = 2**32 - 1


class L1FeeReader(Protocol):
    """The part of a chain client that this needs."""

    @property
    def entry(self) -> ChainEntry:
        """The registry's entry of the connected chain."""
        ...

    async def rpc(self, method: str, params: Sequence[object]) -> Any:
        """One JSON-RPC read. Raises SaysoError."""
        ...


async def l1_fee(
    client: L1FeeReader, request: TransactionRequest, limits: FeeLimits, block: int | str = "latest"
) -> Wei:
    """What this transaction would be charged at a block; 0 where the registry says that the chain charges none.

    Raises Refused where the oracle does not say, and as `ChainClient.rpc`.
    """
    oracle = client.entry.l1_fee_oracle
    if not oracle:
        return Wei(0)
    transaction = unsigned(request, LONGEST_NONCE, limits, base_fee=client.entry.base_fee)
    data = encode_call("getL1Fee(bytes)", encode_unsigned(transaction))
    tag = hex(block) if isinstance(block, int) else block
    try:
        answer = await client.rpc("eth_call", [{"to": oracle, "data": "0x" + data.hex()}, tag])
    except RpcError as error:
        if not error.is_revert:
            raise
        raise _unreadable(client) from None
    return Wei(_word(client, answer))


async def with_l1_fee(client: L1FeeReader, request: TransactionRequest, limits: FeeLimits) -> FeeLimits:
    """The limits with room for this fee: twice what it is now, rounded up. Raises as `l1_fee`."""
    return replace(limits, l1_fee=room_for(await l1_fee(client, request, limits)))


def room_for(fee: int) -> Wei:
    """What to keep back for a fee that is `fee` now: at least twice as much."""
    wanted = fee * MARGIN
    step = 1 << max(0, wanted.bit_length() - KEPT_BITS)
    return Wei(-(-wanted // step) * step)


def _word(client: L1FeeReader, answer: object) -> int:
    """The fee of an answer of exactly one word. Raises Refused."""
    try:
        data = bytes.fromhex(answer.removeprefix("0x")) if isinstance(answer, str) else b""
    except ValueError:
        data = b""
    fee = decode_uint(data) if len(data) == 32 else None
    if fee is None or fee >= 2**128:
        raise _unreadable(client)
    return fee


def _unreadable(client: L1FeeReader) -> SaysoError:
    return Refused(
        f"What {client.entry.name} charges for data on the chain below it cannot be read.",
        not_done="Nothing was drafted, and nothing was signed.",
        remedy="Try again, or use another RPC node.",
    )
