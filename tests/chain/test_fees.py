"""Fees from what nodes answer, margins in whole numbers, and the bump rule."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.errors import Refused, SaysoError
from chain.fees import FeeQuote, bump, bumped, clamp, covers, fee_limits, gas_limit_for, quote_fees
from chain.values import FeeLimits, Wei
from contracts.registry import ChainEntry
from tests.chain.signing_support import CHAIN

wei = st.integers(0, 2**80)


@dataclass
class FakeNode:
    answers: dict[str, Any]
    entry: ChainEntry = CHAIN
    asked: list[str] = field(default_factory=list)

    async def rpc(self, method: str, params: Sequence[object]) -> Any:
        self.asked.append(method)
        return self.answers[method]


def history(base: list[Any], reward: Any) -> dict[str, Any]:
    return {"eth_feeHistory": {"baseFeePerGas": base, "reward": reward}, "eth_maxPriorityFeePerGas": "0x7"}


async def test_twice_the_next_base_fee_and_the_median_tip() -> None:
    quote = await quote_fees(FakeNode(history(["0x1", "0x64"], [["0x3"], ["0x9"], ["0x5"]])))
    assert quote == FeeQuote(Wei(205), Wei(5), Wei(100))


@pytest.mark.parametrize("reward", [None, [], [[]], [["0x0"], ["0x0"]], "no"])
async def test_without_rewards_the_node_is_asked_for_a_tip(reward: Any) -> None:
    assert await quote_fees(FakeNode(history(["0x64"], reward))) == FeeQuote(Wei(207), Wei(7), Wei(100))


@pytest.mark.parametrize("base", [[], [None], ["NaN"], [-1], ["0x" + "f" * 40], [True], [1.5]])
async def test_a_missing_or_absurd_base_fee_is_an_error_and_no_guess(base: list[Any]) -> None:
    with pytest.raises(SaysoError):
        await quote_fees(FakeNode(history(base, [["0x1"]])))


async def test_a_chain_without_base_fee_has_a_gas_price() -> None:
    node = FakeNode({"eth_gasPrice": "0x5"}, replace(CHAIN, base_fee=False))
    assert await quote_fees(node) == FeeQuote(Wei(5), Wei(5), None)
    assert node.asked == ["eth_gasPrice"]


def test_a_plain_transfer_gets_exactly_its_gas_and_a_call_a_margin() -> None:
    assert gas_limit_for(21_000) == 21_000
    assert gas_limit_for(100_001) == 125_002
    assert gas_limit_for(21_016, b"\1") == 26_270
    assert gas_limit_for(37_000, b"\1" * 1000) == 61_000


@given(wei)
def test_a_bump_is_at_least_an_eighth_rounded_up(value: int) -> None:
    assert 8 * bumped(value) >= 9 * value and bumped(value) > value
    assert 8 * (bumped(value) - 1) < 9 * value or bumped(value) == value + 1


@given(wei, wei)
def test_the_limits_leave_room_for_three_bumps(tip: int, base: int) -> None:
    quote = FeeQuote(Wei(base + tip), Wei(tip), Wei(base))
    ceiling = fee_limits(quote, 21_000)
    for _ in range(3):
        raised = bump(quote, quote, ceiling)
        assert raised.max_fee_per_gas >= bumped(quote.max_fee_per_gas)
        assert raised.max_priority_fee_per_gas >= bumped(quote.max_priority_fee_per_gas)
        assert raised.max_priority_fee_per_gas <= raised.max_fee_per_gas
        quote = raised
    with pytest.raises(Refused):
        bump(quote, quote, ceiling)


@given(wei, wei, wei, wei, wei, wei)
def test_neither_a_bump_nor_a_clamp_goes_over_the_ceiling(a: int, b: int, c: int, d: int, e: int, f: int) -> None:
    previous = FeeQuote(Wei(max(a, b)), Wei(min(a, b)), Wei(1))
    market = FeeQuote(Wei(max(c, d)), Wei(min(c, d)), Wei(1))
    ceiling = FeeLimits(21_000, Wei(max(e, f)), Wei(min(e, f)))
    held = clamp(market, ceiling)
    assert held.max_fee_per_gas <= ceiling.max_fee_per_gas
    assert held.max_priority_fee_per_gas <= min(ceiling.max_priority_fee_per_gas, held.max_fee_per_gas)
    try:
        raised = bump(previous, market, ceiling)
    except Refused:
        return
    assert raised.max_fee_per_gas <= ceiling.max_fee_per_gas
    assert raised.max_priority_fee_per_gas <= ceiling.max_priority_fee_per_gas


def test_a_ceiling_covers_the_next_base_fee_and_an_eighth_and_the_tip() -> None:
    market = FeeQuote(Wei(2_010), Wei(10), Wei(1_000))
    assert covers(FeeLimits(21_000, Wei(1_135), Wei(10)), market)
    assert not covers(FeeLimits(21_000, Wei(1_134), Wei(10)), market)
    assert covers(FeeLimits(21_000, Wei(1_130), Wei(5)), market)


def test_where_there_is_no_base_fee_a_ceiling_covers_the_gas_price() -> None:
    market = FeeQuote(Wei(1_000), Wei(1_000), None)
    assert covers(FeeLimits(21_000, Wei(1_000), Wei(1_000)), market)
    assert not covers(FeeLimits(21_000, Wei(999), Wei(999)), market)


@given(st.integers(0, 2**60), st.integers(0, 2**60))
def test_fresh_limits_always_cover_the_market_they_were_made_in(base: int, tip: int) -> None:
    market = FeeQuote(Wei(2 * base + tip), Wei(tip), Wei(base))
    assert covers(fee_limits(market, 21_000), market)
