"""One price out of feeds and pools: straight, inverted, or carried through USD or the native coin."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from chain.client import BlockId, ChainClient
from chain.prices.feeds import Feeds, read_feeds
from chain.prices.pools import Spot, spots
from chain.prices.quotation import SAME, Price, PriceUnavailable
from contracts.registry import TokenEntry, UnknownEntry

USD = "USD"
# A pool that holds less than this prices nothing: anyone could have made it.
MIN_DEPTH_USD = Decimal(1000)
# Coins that stand for another one to one, where they have no feed of their own; the source names the feed that was read.
STANDS_FOR = {"WBTC": "BTC"}


async def price(client: ChainClient, base: str, quote: str = USD, block: BlockId = "latest") -> Price:
    """What one whole `base` (a coin's symbol or a currency) is worth in `quote`.

    Feeds come first; a pool's spot price serves only coins without a feed: a feed that is broken is never passed over.
    Raises PriceUnavailable (stale, zero, negative, incomplete, none at all), and as `ChainClient.aggregate`.
    """
    return await _price(client, await read_feeds(client, block), base.upper(), quote.upper(), block)


async def prices(
    client: ChainClient, bases: Sequence[str], quote: str = USD, block: BlockId = "latest"
) -> dict[str, Price | PriceUnavailable]:
    """The prices of many coins with one reading of the feeds; why there is none in its place. Raises as `price` else."""
    feeds = await read_feeds(client, block)

    async def one(base: str) -> Price | PriceUnavailable:
        try:
            return await _price(client, feeds, base.upper(), quote.upper(), block)
        except PriceUnavailable as unavailable:
            return unavailable

    wanted = list(dict.fromkeys(bases))
    return dict(zip(wanted, await asyncio.gather(*(one(base) for base in wanted)), strict=True))


async def _price(client: ChainClient, feeds: Feeds, base: str, quote: str, block: BlockId) -> Price:
    start, end = (_known_as(client, feeds, symbol) for symbol in (base, quote))
    found = from_feeds(feeds, start, end, client.entry.native_symbol.upper())
    if found is None:
        first = await _in_usd(client, feeds, start, block)
        second = await _in_usd(client, feeds, end, block)
        found = first.over(second, end)
    return replace(found, base=base, quote=quote)


def from_feeds(feeds: Feeds, base: str, quote: str, native: str) -> Price | None:
    """The price by the feeds alone, or None where they do not join the two. Raises PriceUnavailable where one is unusable."""
    for middle in (None, USD, native):
        found = _leg(feeds, base, quote) if middle is None else _through(feeds, base, middle, quote)
        if found is not None:
            return found
    return None


def _through(feeds: Feeds, base: str, middle: str, quote: str) -> Price | None:
    if not (_joined(feeds, base, middle) and _joined(feeds, middle, quote)):
        return None
    first, second = _leg(feeds, base, middle), _leg(feeds, middle, quote)
    return first.times(second, quote) if first and second else None


def _joined(feeds: Feeds, base: str, quote: str) -> bool:
    return base == quote or (base, quote) in feeds.prices or (quote, base) in feeds.prices


def _leg(feeds: Feeds, base: str, quote: str) -> Price | None:
    if base == quote:
        return Price(base, quote, Decimal(1), feeds.now, SAME, feeds.now)
    if (base, quote) in feeds.prices:
        return _usable(feeds, base, quote)
    if (quote, base) in feeds.prices:
        backwards = _usable(feeds, quote, base)
        one = Price(base, base, Decimal(1), feeds.now, backwards.source, feeds.now)
        return one.over(backwards, quote)
    return None


def _usable(feeds: Feeds, base: str, quote: str) -> Price:
    reading = feeds.prices[(base, quote)]
    if isinstance(reading, PriceUnavailable):
        raise PriceUnavailable(base, quote, reading.why)
    return reading


def _known_as(client: ChainClient, feeds: Feeds, symbol: str) -> str:
    """The name under which a coin has its feed: the wrapped native coin is the native one."""
    wrapped = client.registry.token_at(client.chain_id, client.entry.wrapped_native)
    if wrapped is not None and symbol == wrapped.symbol.upper():
        return client.entry.native_symbol.upper()
    other = STANDS_FOR.get(symbol, symbol)
    return other if not any(base == symbol for base, _ in feeds.prices) else symbol


async def _in_usd(client: ChainClient, feeds: Feeds, symbol: str, block: BlockId) -> Price:
    native = client.entry.native_symbol.upper()
    found = from_feeds(feeds, symbol, USD, native)
    if found is not None:
        return found
    deep = [
        (worth, spot)
        for spot in await spots(client, _token(client, symbol), block)
        if (worth := _spot_in_usd(client, feeds, spot)) and worth.value * spot.depth >= MIN_DEPTH_USD
    ]
    if not deep:
        raise PriceUnavailable(symbol, USD, "it has no feed, and no pool that is deep enough")
    worth, spot = max(deep, key=lambda pair: pair[0].value * pair[1].depth)
    return spot.price.times(worth, USD)


def _spot_in_usd(client: ChainClient, feeds: Feeds, spot: Spot) -> Price | None:
    """What the pool's anchor is worth, by its feed."""
    anchor = _known_as(client, feeds, spot.pool.anchor.symbol.upper())
    return from_feeds(feeds, anchor, USD, client.entry.native_symbol.upper())


def _token(client: ChainClient, symbol: str) -> TokenEntry:
    try:
        return client.registry.token(client.chain_id, symbol)
    except UnknownEntry:
        raise PriceUnavailable(symbol, USD, "nothing on this chain gives one") from None
