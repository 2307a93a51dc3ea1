"""All that is read for a set of prices: feeds and mean prices in one request, and beside it what the services say."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chain.abi import decode_uint
from chain.client import BlockId, ChainClient
from chain.multicall import Call, CallAnswer
from chain.price_service import NoQuote, PriceService, Quote, Quotes
from chain.prices.ages import later_clock
from chain.prices.coins import coin_of, has_feed, known_as, token_of
from chain.prices.feeds import Feeds, feed_calls, feeds_of
from chain.prices.legs import USD
from chain.prices.pools import STABLE_ANCHOR, Pool, Spot, anchors, clock_call, find_pools, spot_calls, spots_of
from chain.prices.twap import CALLS, Mean, calls_of, mean_price, pool_address
from chain.values import Address
from contracts.registry import TokenEntry, UnknownEntry

# The tiers whose pools may speak against a feed: the third one's are seldom deep, and each costs three calls a coin.
WITNESS_TIERS = (500, 3000)


@dataclass(frozen=True, slots=True)
class Market:
    """What was read: the feeds, the mean prices of coins that have one by symbol, and what each service says of which coin."""

    client: ChainClient
    block: BlockId
    feeds: Feeds
    means: Mapping[str, tuple[Mean, ...]]
    services: tuple[tuple[str, Quotes], ...]

    @property
    def native(self) -> str:
        """The native coin's symbol."""
        return self.client.entry.native_symbol.upper()

    def said(self, symbol: str) -> list[tuple[str, Quote | NoQuote]]:
        """What the services say of a coin, in their order, those left out that were not asked."""
        coin = coin_of(self.client, symbol)
        return [(name, quotes[coin]) for name, quotes in self.services if coin is not None and coin in quotes]


@dataclass(frozen=True, slots=True)
class PoolPrices:
    """A token's prices by its pools, in their anchors."""

    means: tuple[Mean, ...]
    spots: tuple[Spot, ...]


async def read_market(client: ChainClient, symbols: Collection[str], block: BlockId) -> Market:
    """Read what the prices of these coins need, in one request to the node. Raises as `ChainClient.aggregate`."""
    wanted = _with_anchors(client, symbols)
    chain, services = await asyncio.gather(_read_chain(client, wanted, block), _ask(client, wanted))
    return Market(client, block, *chain, services)


async def read_pools(client: ChainClient, token: TokenEntry, block: BlockId) -> PoolPrices:
    """The mean and spot prices of all pools of a token, in two requests. Raises as `ChainClient.aggregate`."""
    pools = await find_pools(client, token, block)
    if not pools:
        return PoolPrices((), ())
    with_oracle = [pool for pool in pools if pool.fee is not None]
    calls = [clock_call(client), *spot_calls(pools), *_mean_calls(with_oracle)]
    (clock, *answers) = await client.aggregate(calls, block)
    head_time = decode_uint(clock[1]) or 0
    split = len(spot_calls(pools))
    return PoolPrices(_means(with_oracle, head_time, answers[split:]), tuple(spots_of(pools, head_time, answers)))


def _with_anchors(client: ChainClient, symbols: Collection[str]) -> list[str]:
    """The coins themselves, and for those without a feed the anchors of their pools."""
    lacking = any(symbol != USD and not has_feed(client, known_as(client, symbol)) for symbol in symbols)
    return list(dict.fromkeys([*symbols, *((client.entry.native_symbol.upper(), STABLE_ANCHOR) if lacking else ())]))


async def _read_chain(
    client: ChainClient, symbols: Sequence[str], block: BlockId
) -> tuple[Feeds, dict[str, tuple[Mean, ...]]]:
    calls = feed_calls(client)
    if not calls:
        return Feeds(0, {}), {}
    pools = {symbol: _witness_pools(client, symbol) for symbol in symbols}
    mean_calls = [call for found in pools.values() for call in _mean_calls(found)]
    answers = await client.aggregate([*calls, *mean_calls], block)
    head_time, rest = decode_uint(answers[0][1]) or 0, answers[len(calls) :]
    means = {}
    for symbol, found in pools.items():
        means[symbol], rest = _means(found, head_time, rest), rest[CALLS * len(found) :]
    return feeds_of(client, answers[: len(calls)]), means


def _witness_pools(client: ChainClient, symbol: str) -> list[Pool]:
    """Where the pools of a coin with a feed stand, if they do: reckoned, as asking the factory would take a request."""
    token = token_of(client, symbol)
    if token is None or not has_feed(client, known_as(client, symbol)):
        return []
    try:
        factory = Address(client.registry.contract(client.chain_id, "uniswap-v3.factory").address)
    except UnknownEntry:
        return []
    places = [(anchor, fee) for anchor in anchors(client) if anchor.address != token.address for fee in WITNESS_TIERS]
    pair = Address(token.address)
    return [Pool(pool_address(factory, pair, Address(a.address), fee), token, a, fee) for a, fee in places]


def _mean_calls(pools: Sequence[Pool]) -> list[Call]:
    return [call for pool in pools for call in calls_of(pool)]


def _means(pools: Sequence[Pool], head_time: int, answers: Sequence[CallAnswer]) -> tuple[Mean, ...]:
    seen_at = later_clock(head_time)
    read = [mean_price(pool, head_time, seen_at, answers[CALLS * i : CALLS * (i + 1)]) for i, pool in enumerate(pools)]
    return tuple(mean for mean in read if mean is not None)


async def _ask(client: ChainClient, symbols: Sequence[str]) -> tuple[tuple[str, Quotes], ...]:
    found = (coin_of(client, symbol) for symbol in symbols)
    coins = list(dict.fromkeys(coin for coin in found if coin is not None))
    if not coins:
        return ()

    async def one(service: PriceService) -> tuple[str, Quotes]:
        return service.name, await service.quotes(coins)

    return tuple(await asyncio.gather(*(one(service) for service in client.price_services)))
