"""Time-weighted prices of Uniswap V3 pools: the oracle's arithmetic mean tick over ten minutes (v3-core, Oracle.sol).

One trade cannot move such a price: it would have to hold for the whole window. A pool that keeps no more than one
observation forgets at every trade what was before, and is said to have no history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import cache

from eth_utils.crypto import keccak

from chain.abi import BadAnswer, address_word, checksum, decode_answer, decode_uint, encode_call
from chain.multicall import Call, CallAnswer
from chain.prices.pools import Pool, Spot, source_of, spot_value
from chain.prices.quotation import PRECISION, Price, scaled
from chain.protocols.erc20 import balance_of
from chain.values import Address

WINDOW = 600
CALLS = 3
# keccak256 of UniswapV3Pool's creation code, the same for every official deployment (v3-periphery, PoolAddress.sol).
INIT_CODE_HASH = bytes.fromhex("e34f199b19b2b4f47f68442619d555527d244f78a3297ea89325f843f87b8b54")
_CONTEXT = Context(prec=PRECISION)
_TICK_BASE = Decimal("1.0001")
_X128 = 2**128
_OBSERVE, _SLOT0 = encode_call("observe(uint32[])", [WINDOW, 0]), encode_call("slot0()")


@dataclass(frozen=True, slots=True)
class Mean(Spot):
    """A pool's mean price and its depth; `latest` is what the pool itself says now, in the same unit."""

    latest: Decimal


@dataclass(frozen=True, slots=True)
class _History:
    """The mean tick, and the harmonic mean of the liquidity, over the window."""

    mean_tick: int
    liquidity: int


@cache
def pool_address(factory: Address, first: Address, second: Address, fee: int) -> Address:
    """Where the factory puts the pool of two tokens (CREATE2, EIP-1014), without asking it."""
    low, high = sorted((first, second), key=lambda token: int(token, 16))
    salt = keccak(address_word(low) + address_word(high) + fee.to_bytes(32, "big"))
    return checksum(keccak(b"\xff" + bytes.fromhex(factory[2:]) + salt + INIT_CODE_HASH)[12:])


def calls_of(pool: Pool) -> list[Call]:
    """The `CALLS` calls that read a V3 pool's mean price."""
    return [
        (pool.address, _OBSERVE),
        (pool.address, _SLOT0),
        (Address(pool.anchor.address), balance_of(pool.address)),
    ]


def mean_price(pool: Pool, head_time: int, seen_at: int, answers: Sequence[CallAnswer]) -> Mean | None:
    """A pool's mean price and its depth; None where there is no pool, no history, or nobody provided liquidity.

    The depth is the lower of what the pool holds and what its liquidity amounted to over the window, so that neither
    a gift nor a narrow position of a moment makes a pool look deep.
    """
    history = _history(answers)
    if history is None:
        return None
    held, latest = decode_uint(answers[2][1]) if answers[2][0] else None, spot_value(pool, answers[1])
    if not held or latest is None:
        return None
    value = tick_value(pool, history.mean_tick)
    liquid = _virtual_anchor(pool, history)
    source = f"{source_of(pool)}, mean of {WINDOW // 60} minutes"
    price = Price(pool.token.symbol, pool.anchor.symbol, value, head_time, source, seen_at)
    return Mean(pool, price, min(scaled(held, pool.anchor.decimals), liquid), latest)


def tick_value(pool: Pool, tick: int) -> Decimal:
    """What one whole token is worth in the anchor at a tick: 1.0001^tick raw units of token1 for one of token0."""
    ratio = _CONTEXT.power(_TICK_BASE, tick if pool.token_first else -tick)
    return ratio.scaleb(pool.token.decimals - pool.anchor.decimals, context=_CONTEXT)


def mean_tick(earlier: int, later: int, seconds: int) -> int:
    """The arithmetic mean tick between two cumulative ones, rounded down as the pools' own library does."""
    return (later - earlier) // seconds


def _history(answers: Sequence[CallAnswer]) -> _History | None:
    (observed, ticks), (answered, slot) = answers[0], answers[1]
    if not observed or not answered or not ticks:
        return None
    try:
        (then, now), (before, after) = decode_answer(["int56[]", "uint160[]"], ticks)
        _, _, _, cardinality = decode_answer(["uint160", "int24", "uint16", "uint16"], slot)
    except (BadAnswer, ValueError):
        return None
    # Cumulative values wrap around, as those of the contract do.
    per_liquidity = (after - before) % 2**160
    if cardinality < 2 or not per_liquidity:
        return None
    return _History(mean_tick(then, now, WINDOW), WINDOW * _X128 // per_liquidity)


def _virtual_anchor(pool: Pool, history: _History) -> Decimal:
    """How much anchor the harmonic mean liquidity stands for at the mean price, in whole units."""
    tick = history.mean_tick if pool.token_first else -history.mean_tick
    root = _CONTEXT.sqrt(_CONTEXT.power(_TICK_BASE, tick))
    raw = _CONTEXT.multiply(Decimal(history.liquidity), root)
    return raw.scaleb(-pool.anchor.decimals, context=_CONTEXT)
