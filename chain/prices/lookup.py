"""One price out of all sources: straight, inverted, or carried through USD or the native coin, and held against others.

A feed comes first. Against it stand the mean price of a deep pool and the services; a spot price can be moved within one
transaction and never speaks against a feed. Without a feed come mean prices, spot prices, services, each held against the rest.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from chain.client import BlockId, ChainClient
from chain.price_service import NoQuote, Quote
from chain.prices.ages import later_clock
from chain.prices.agreement import FEED_BOUND, LOOSE_BOUND, Witness, agreed, difference, shown
from chain.prices.coins import known_as, token_of
from chain.prices.legs import USD, from_feeds
from chain.prices.market import Market, read_market, read_pools
from chain.prices.pools import Spot
from chain.prices.quotation import Price, PriceUnavailable

# A pool that holds less than this prices nothing: anyone could have made it.
MIN_DEPTH_USD = Decimal(1000)
# A pool that holds less than this does not speak against a feed: holding its mean off for ten minutes costs too little.
WITNESS_DEPTH_USD = Decimal(100_000)
# Of a coin's pools those count beside the deepest that hold a tenth of what it holds.
COUNTED_SHARE = 10


async def price(client: ChainClient, base: str, quote: str = USD, block: BlockId = "latest") -> Price:
    """What one whole `base` (a coin's symbol or a currency) is worth in `quote`.

    Feeds come first, and a feed that is broken is never passed over. Raises PriceUnavailable (stale, zero, negative,
    incomplete, contradicted, none at all), and as `ChainClient.aggregate`.
    """
    market = await read_market(client, _upper([base, quote]), block)
    return await _price(market, base.upper(), quote.upper())


async def prices(
    client: ChainClient, bases: Sequence[str], quote: str = USD, block: BlockId = "latest"
) -> dict[str, Price | PriceUnavailable]:
    """The prices of many coins with one reading of the sources; why there is none in its place. Raises as `price` else."""
    wanted = list(dict.fromkeys(bases))
    market = await read_market(client, _upper([*wanted, quote]), block)

    async def one(base: str) -> Price | PriceUnavailable:
        try:
            return await _price(market, base.upper(), quote.upper())
        except PriceUnavailable as unavailable:
            return unavailable

    return dict(zip(wanted, await asyncio.gather(*(one(base) for base in wanted)), strict=True))


def _upper(symbols: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(symbol.upper() for symbol in symbols))


async def _price(market: Market, base: str, quote: str) -> Price:
    start, end = (known_as(market.client, symbol) for symbol in (base, quote))
    found = from_feeds(market.feeds, start, end, market.native)
    if found is None:
        first = await _in_usd(market, base)
        found = first if end == USD else first.over(await _in_usd(market, quote), end)
    elif start != end:
        by_feeds = (_by_feeds(market, symbol) for symbol in (base, quote))
        found = found.compared(*(part for part in by_feeds if part is not None))
    return replace(found, base=base, quote=quote)


async def _in_usd(market: Market, symbol: str) -> Price:
    return _by_feeds(market, symbol) or await _without_feed(market, symbol)


def _by_feeds(market: Market, symbol: str) -> Price | None:
    """The coin's USD price by feeds, held against the mean of its deepest pool and the services; None without a feed."""
    known = known_as(market.client, symbol)
    found = from_feeds(market.feeds, known, USD, market.native)
    if found is None or known == USD:
        return found
    found = replace(found, base=symbol)
    said, (means, moved) = market.said(symbol), _mean_witness(market, found)
    witnesses = [*means, *(Witness(name, quote.value) for name, quote in said if isinstance(quote, Quote))]
    return agreed(found, witnesses, FEED_BOUND, (*moved, *_notes(symbol, said)))


def _mean_witness(market: Market, by_feed: Price) -> tuple[list[Witness], tuple[str, ...]]:
    """The mean of the coin's deepest pool, if it may speak; else, in a sentence, why it does not.

    A mean lags behind a price that has just moved. Where the pool itself has come to where the feed is, its mean is no
    contradiction: prices would be lost just when they move most.
    """
    deep = [found for found in _witness_means(market, by_feed.base) if found[0] >= WITNESS_DEPTH_USD]
    if not deep:
        return [], ()
    _, mean, latest = max(deep, key=lambda found: found[0])
    lags = difference(by_feed.value, mean.value) > FEED_BOUND >= difference(by_feed.value, latest.value)
    if lags:
        return [], (
            f"{mean.source} says {shown(mean.value)}, and lags: the pool itself says {shown(latest.value)} now.",
        )
    return [Witness(mean.source, mean.value)], ()


def _witness_means(market: Market, symbol: str) -> list[tuple[Decimal, Price, Price]]:
    """Depth, mean and latest price of the coin's pools in USD, of those whose anchor has one."""
    found = []
    for mean in market.means.get(symbol, ()):
        try:
            anchor = _anchor_in_usd(market, mean)
        except PriceUnavailable:
            continue
        if anchor is not None:
            latest = replace(mean.price, value=mean.latest)
            found.append((anchor.value * mean.depth, mean.price.times(anchor, USD), latest.times(anchor, USD)))
    return found


def _anchor_in_usd(market: Market, spot: Spot) -> Price | None:
    """What the pool's anchor is worth, by its feed. Raises PriceUnavailable where that feed cannot be used."""
    anchor = known_as(market.client, spot.pool.anchor.symbol.upper())
    return from_feeds(market.feeds, anchor, USD, market.native)


async def _without_feed(market: Market, symbol: str) -> Price:
    """The coin's USD price by its pools and the services. Raises PriceUnavailable, also where its pools' anchor has none."""
    token, said = token_of(market.client, symbol), market.said(symbol)
    if token is None and not said:
        raise PriceUnavailable(symbol, USD, "nothing on this chain gives one")
    found: list[Price] = []
    if token is not None:
        pools = await read_pools(market.client, token, market.block)
        found = [*_deep(market, pools.means)[:1], *_deep(market, pools.spots)]
    found += [_by_service(market, symbol, name, q) for name, q in said if isinstance(q, Quote)]
    if not found:
        told = "".join(f", and {name} {q.why}" for name, q in said if isinstance(q, NoQuote))
        raise PriceUnavailable(symbol, USD, f"it has no feed, and no pool that is deep enough{told}")
    first, *others = found
    return agreed(first, [Witness(p.source, p.value) for p in others], LOOSE_BOUND, _notes(symbol, said))


def _deep(market: Market, spots: Sequence[Spot]) -> list[Price]:
    """The USD prices of pools that are deep enough, the deepest first, without those that are far less deep than it."""
    worths = []
    for spot in spots:
        anchor = _checked_anchor(market, spot)
        if anchor is not None and anchor.value * spot.depth >= MIN_DEPTH_USD:
            worths.append((anchor.value * spot.depth, spot.price.times(anchor, USD)))
    worths.sort(key=lambda pair: pair[0], reverse=True)
    return [found for depth, found in worths if depth * COUNTED_SHARE >= worths[0][0]]


def _checked_anchor(market: Market, spot: Spot) -> Price | None:
    """The anchor's price, held against other sources like any; those say nothing of the token itself."""
    found = _by_feeds(market, known_as(market.client, spot.pool.anchor.symbol.upper()))
    return None if found is None else replace(found, spread=None, agreed=(), notes=())


def _by_service(market: Market, symbol: str, name: str, quote: Quote) -> Price:
    return Price(symbol, USD, quote.value, quote.at, name, later_clock(market.feeds.now))


def _notes(symbol: str, said: Sequence[tuple[str, Quote | NoQuote]]) -> tuple[str, ...]:
    """Which services have no price, in sentences; that one does not answer is the same for every coin."""
    return tuple(
        f"{name}{'' if quote.silent else f', asked for {symbol},'} {quote.why}."
        for name, quote in said
        if isinstance(quote, NoQuote)
    )
