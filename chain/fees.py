"""Fees: what to offer, how much gas to allow, and how to bump. Wei in int, margins in whole percent, rounded up.

Computed from `eth_feeHistory` on every chain: the libraries' fallbacks are wrong on rollups.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Any, Protocol

from chain.errors import Refused, SaysoError
from chain.transaction import calldata_floor
from chain.values import FeeLimits, Wei
from contracts.registry import ChainEntry

HISTORY_BLOCKS = 10
REWARD_PERCENTILE = 50
BASE_FEE_DOUBLINGS = 2
GAS_MARGIN_PERCENT = 25
BUMP_NUMERATOR, BUMP_DENOMINATOR = 1125, 1000
BUMPS_ALLOWED = 3


class FeeReader(Protocol):
    """The part of a chain client that fees need."""

    @property
    def entry(self) -> ChainEntry:
        """The registry's entry of the connected chain."""
        ...

    async def rpc(self, method: str, params: Sequence[object]) -> Any:
        """One JSON-RPC read. Raises SaysoError."""
        ...


@dataclass(frozen=True, slots=True)
class FeeQuote:
    """Fees to offer, in wei per gas. `base_fee` is the next block's, None where the chain has none (then both are the gas price)."""

    max_fee_per_gas: Wei
    max_priority_fee_per_gas: Wei
    base_fee: Wei | None

    @property
    def usual(self) -> Wei:
        """What a unit of gas costs now: the base fee and the usual tip."""
        return self.max_fee_per_gas if self.base_fee is None else Wei(self.base_fee + self.max_priority_fee_per_gas)


async def quote_fees(client: FeeReader) -> FeeQuote:
    """Fees to offer now: twice the next base fee and the usual tip; the gas price where the chain has no base fee.

    Raises SaysoError where the node's answer is no fee, or lacks the base fee that the registry says the chain has.
    """
    if not client.entry.base_fee:
        price = Wei(_quantity(await client.rpc("eth_gasPrice", []), "gas price"))
        return FeeQuote(price, price, None)
    history = await client.rpc("eth_feeHistory", [hex(HISTORY_BLOCKS), "latest", [REWARD_PERCENTILE]])
    base = _next_base_fee(history)
    tip = _tip(history)
    if tip is None:
        tip = _quantity(await client.rpc("eth_maxPriorityFeePerGas", []), "tip")
    return FeeQuote(Wei(BASE_FEE_DOUBLINGS * base + tip), Wei(tip), Wei(base))


def gas_limit_for(gas_used: int, data: bytes = b"") -> int:
    """The gas to allow for a call that used `gas_used` in simulation: a quarter more, and never below the calldata floor.

    A plain transfer (21,000) keeps exactly what it needs, as nothing in it can vary.
    """
    if gas_used == 21_000 and not data:
        return gas_used
    return max(gas_used + _percent_up(gas_used, GAS_MARGIN_PERCENT), calldata_floor(data))


def fee_limits(quote: FeeQuote, gas_limit: int, l1_fee: int = 0) -> FeeLimits:
    """The limits that a draft shows and the signer holds to: the quoted fees, with room for three bumps above them."""
    return FeeLimits(gas_limit, _room(quote.max_fee_per_gas), _room(quote.max_priority_fee_per_gas), Wei(l1_fee))


def clamp(quote: FeeQuote, ceiling: FeeLimits) -> FeeQuote:
    """The quote held to the confirmed ceiling, field by field; the tip also stays within the fee."""
    fee = min(quote.max_fee_per_gas, ceiling.max_fee_per_gas)
    tip = min(quote.max_priority_fee_per_gas, ceiling.max_priority_fee_per_gas, fee)
    return FeeQuote(Wei(fee), Wei(tip), quote.base_fee)


def covers(ceiling: FeeLimits, market: FeeQuote) -> bool:
    """Whether a transaction within the ceiling would be taken now: the next block's base fee, an eighth more in case it
    rises once again (EIP-1559), and the tip; the gas price where the chain has no base fee."""
    if market.base_fee is None:
        return market.max_fee_per_gas <= ceiling.max_fee_per_gas
    tip = min(market.max_priority_fee_per_gas, ceiling.max_priority_fee_per_gas)
    return bumped(market.base_fee) + tip <= ceiling.max_fee_per_gas


def bumped(wei: int) -> int:
    """The least that replaces an offer of `wei`: 12.5% more, rounded up, and at least 1 wei more."""
    return max(-(-wei * BUMP_NUMERATOR // BUMP_DENOMINATOR), wei + 1)


def bump(previous: FeeQuote, market: FeeQuote, ceiling: FeeLimits) -> FeeQuote:
    """Fees for a replacement: each field up by at least 12.5%, up to the market, within the ceiling. Raises Refused."""
    fee = max(bumped(previous.max_fee_per_gas), min(market.max_fee_per_gas, ceiling.max_fee_per_gas))
    tip = max(
        bumped(previous.max_priority_fee_per_gas),
        min(market.max_priority_fee_per_gas, ceiling.max_priority_fee_per_gas),
    )
    if fee > ceiling.max_fee_per_gas or tip > ceiling.max_priority_fee_per_gas:
        raise Refused(
            "A higher fee would go over the ceiling that was confirmed.",
            not_done="The transaction was not replaced; what was sent before may still be included.",
            remedy="Wait for it, or ask again once it is settled.",
        )
    return FeeQuote(Wei(fee), Wei(min(tip, fee)), market.base_fee)


def _room(wei: int) -> Wei:
    for _ in range(BUMPS_ALLOWED):
        wei = bumped(wei)
    return Wei(wei)


def _next_base_fee(history: object) -> int:
    """The base fee of the block after the newest. Raises SaysoError."""
    rows = history.get("baseFeePerGas") if isinstance(history, Mapping) else None
    return _quantity(rows[-1] if isinstance(rows, list) and rows else None, "base fee")


def _tip(history: object) -> int | None:
    """The median of the median tips of recent blocks with anything in them; None where the node gives none."""
    rows = history.get("reward") if isinstance(history, Mapping) else None
    if not isinstance(rows, list):
        return None
    tips = [_quantity(row[0], "tip") for row in rows if isinstance(row, list) and row]
    return median_low(tips) if any(tips) else None


def _quantity(value: object, what: str) -> int:
    """A JSON-RPC quantity that fits 128 bits. Raises SaysoError."""
    try:
        number = int(value, 16) if isinstance(value, str) else value
    except ValueError:
        number = None
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**128:
        raise SaysoError(f"The node answered a {what} that is no number.", remedy="Try again, or use another node.")
    return number


def _percent_up(value: int, percent: int) -> int:
    return -(-value * percent // 100)
