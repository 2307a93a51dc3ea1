"""Spot prices of Uniswap V2 and V3 pools, against the wrapped native coin or USDC, for tokens that have no feed.

A spot price can be moved within one transaction: it serves to show a worth, and a limit must not rest on it alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from chain.abi import ZERO, BadAnswer, decode_address, decode_answer, decode_uint, encode_call
from chain.client import BlockId, ChainClient
from chain.multicall import Call, CallAnswer
from chain.prices.ages import later_clock
from chain.prices.quotation import PRECISION, Price, scaled
from chain.protocols.erc20 import balance_of
from chain.protocols.uniswap_v3 import FEE_TIERS
from chain.values import Address
from contracts.registry import TokenEntry, UnknownEntry

Q192 = 2**192
STABLE_ANCHOR = "USDC"


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool of `token` and `anchor`. `fee` is None for Uniswap V2."""

    address: Address
    token: TokenEntry
    anchor: TokenEntry
    fee: int | None

    @property
    def token_first(self) -> bool:
        """Whether the token is the pool's token0: they are ordered by address."""
        return int(self.token.address, 16) < int(self.anchor.address, 16)


@dataclass(frozen=True, slots=True)
class Spot:
    """A pool's price of its token in its anchor, and how much anchor the pool holds, both in whole units."""

    pool: Pool
    price: Price
    depth: Decimal


async def spots(client: ChainClient, token: TokenEntry, block: BlockId = "latest") -> list[Spot]:
    """The spot prices of all pools of a token, in two requests. Raises as `ChainClient.aggregate`."""
    pools = await find_pools(client, token, block)
    if not pools:
        return []
    (clock, *answers) = await client.aggregate([clock_call(client), *spot_calls(pools)], block)
    return spots_of(pools, decode_uint(clock[1]) or 0, answers)


def clock_call(client: ChainClient) -> Call:
    """The call that reads the block's time."""
    return client.multicall3, encode_call("getCurrentBlockTimestamp()")


def spot_calls(pools: Sequence[Pool]) -> list[Call]:
    """The calls that read the spot prices: all states, then all depths."""
    states = [(p.address, encode_call("getReserves()" if p.fee is None else "slot0()")) for p in pools]
    return [*states, *((Address(p.anchor.address), balance_of(p.address)) for p in pools)]


def spots_of(pools: Sequence[Pool], head_time: int, answers: Sequence[CallAnswer]) -> list[Spot]:
    """The spot prices out of the answers to `spot_calls`."""
    read = [_spot(pool, head_time, answers[i], answers[len(pools) + i]) for i, pool in enumerate(pools)]
    return [spot for spot in read if spot is not None]


async def find_pools(client: ChainClient, token: TokenEntry, block: BlockId = "latest") -> list[Pool]:
    """All pools of a token and an anchor, as the factories name them. Raises as `ChainClient.aggregate`."""
    wanted = [
        (call, anchor, fee)
        for anchor in anchors(client)
        if anchor.address != token.address
        for call, fee in _pool_calls(client, Address(token.address), Address(anchor.address))
    ]
    answers = await client.aggregate([call for call, _, _ in wanted], block) if wanted else []
    found = zip(wanted, (decode_address(data) if ok else None for ok, data in answers), strict=True)
    return [Pool(a, token, anchor, fee) for (_, anchor, fee), a in found if a is not None and a != ZERO]


def anchors(client: ChainClient) -> list[TokenEntry]:
    """The tokens whose own prices pools are counted in: the wrapped native coin and USDC."""
    wrapped = client.registry.token_at(client.chain_id, client.entry.wrapped_native)
    try:
        stable = client.registry.token(client.chain_id, STABLE_ANCHOR)
    except UnknownEntry:
        stable = None
    return [anchor for anchor in (wrapped, stable) if anchor is not None]


def _pool_calls(client: ChainClient, token: Address, anchor: Address) -> Sequence[tuple[Call, int | None]]:
    factories = {c.name: Address(c.address) for c in client.registry.contracts_on(client.chain_id)}
    calls: list[tuple[Call, int | None]] = []
    if v2 := factories.get("uniswap-v2.factory"):
        calls.append(((v2, encode_call("getPair(address,address)", token, anchor)), None))
    if v3 := factories.get("uniswap-v3.factory"):
        calls += [((v3, encode_call("getPool(address,address,uint24)", token, anchor, fee)), fee) for fee in FEE_TIERS]
    return calls


def _spot(pool: Pool, head_time: int, state: CallAnswer, depth: CallAnswer) -> Spot | None:
    held, value = decode_uint(depth[1]) if depth[0] else None, spot_value(pool, state)
    if not held or value is None:
        return None
    price = Price(pool.token.symbol, pool.anchor.symbol, value, head_time, source_of(pool), later_clock(head_time))
    return Spot(pool, price, scaled(held, pool.anchor.decimals))


def spot_value(pool: Pool, state: CallAnswer) -> Decimal | None:
    """What one whole token is worth in the anchor by the pool's state; None where it does not say, or is empty."""
    try:
        anchor_units, token_units = _ratio(pool, state[1]) if state[0] else (0, 0)
    except BadAnswer:
        return None
    if not anchor_units or not token_units:
        return None
    return _ratio_value(scaled(anchor_units, pool.anchor.decimals), scaled(token_units, pool.token.decimals))


def source_of(pool: Pool) -> str:
    """A pool in words."""
    kind = "uniswap-v2 pool" if pool.fee is None else f"uniswap-v3 pool {pool.fee / 10_000:g}%"
    return f"{kind} {pool.token.symbol}/{pool.anchor.symbol}"


def _ratio(pool: Pool, state: bytes) -> tuple[int, int]:
    """How many raw anchor units stand against how many raw token units. Raises BadAnswer."""
    if pool.fee is None:
        first, second, _ = decode_answer(["uint112", "uint112", "uint32"], state)
    else:
        (root,) = decode_answer(["uint160"], state)
        first, second = Q192, root * root
    return (second, first) if pool.token_first else (first, second)


def _ratio_value(anchor: Decimal, token: Decimal) -> Decimal:
    return Context(prec=PRECISION).divide(anchor, token)
