"""What a rollup takes for data on the chain below it: read for the exact bytes, or refused; never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from eth_abi.abi import decode
from hypothesis import given
from hypothesis import strategies as st

from chain.abi import selector
from chain.errors import Refused
from chain.fees import fee_limits
from chain.l1_fee import l1_fee, room_for, with_l1_fee
from chain.rlp_strict import as_list
from chain.rlp_strict import decode as decode_rlp
from chain.rpc import RpcError
from chain.values import TransactionRequest, Wei
from contracts.registry import ChainEntry, load_registry
from tests.chain.signing_support import CHAIN, FEES, RECIPIENT

ORACLE = "0x420000000000000000000000000000000000000F"
ROLLUP = replace(CHAIN, l1_fee_oracle=ORACLE)
LIMITS = fee_limits(FEES, 60_000)
REQUEST = TransactionRequest(CHAIN.chain_id, RECIPIENT, RECIPIENT, Wei(7), b"\1\2\3")  # type: ignore[arg-type]


def word(value: int) -> str:
    return f"0x{value:064x}"


@dataclass
class FakeNode:
    answer: Any
    entry: ChainEntry = ROLLUP
    asked: list[tuple[str, Sequence[Any]]] = field(default_factory=list)

    async def rpc(self, method: str, params: Sequence[object]) -> Any:
        self.asked.append((method, params))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_the_oracle_is_asked_for_the_bytes_that_would_be_signed() -> None:
    node = FakeNode(word(12345))
    assert await l1_fee(node, REQUEST, LIMITS, 17) == 12345
    ((method, (call, block)),) = node.asked
    assert (method, call["to"], block) == ("eth_call", ORACLE, "0x11")
    data = bytes.fromhex(call["data"][2:])
    assert data[:4] == selector("getL1Fee(bytes)")
    (encoded,) = decode(["bytes"], data[4:])
    fields = as_list(decode_rlp(encoded[1:]), 9)
    assert encoded[0] == 2
    assert fields[5:8] == [bytes.fromhex(RECIPIENT[2:]), b"\7", b"\1\2\3"]


async def test_a_chain_that_charges_none_is_not_asked() -> None:
    node = FakeNode(word(1), CHAIN)
    assert await with_l1_fee(node, REQUEST, LIMITS) == LIMITS
    assert node.asked == []
    assert not load_registry().chain(1).l1_fee_oracle


@pytest.mark.parametrize(
    "answer",
    ["0x", None, 5, "0x05", "0xzz", word(1) + "00", word(2**128), RpcError(3, "execution reverted")],
)
async def test_what_is_no_fee_is_refused_and_not_taken_for_none(answer: Any) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        await with_l1_fee(FakeNode(answer), REQUEST, LIMITS)


async def test_room_is_kept_for_twice_as_much() -> None:
    limits = await with_l1_fee(FakeNode(word(1000)), REQUEST, LIMITS)
    assert limits == replace(LIMITS, l1_fee=Wei(2048))
    assert limits.ceiling == LIMITS.ceiling + 2048


@given(st.integers(0, 2**128))
def test_room_is_twice_rounded_up_by_an_eighth_at_most(fee: int) -> None:
    assert 2 * fee <= room_for(fee) <= 2 * fee + 2 * fee // 8
