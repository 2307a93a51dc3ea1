"""Prices of the past, from the services that a person configured; the chain itself keeps no more than its pools' minutes."""

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Context

from chain.client import ChainClient
from chain.http import ServiceFailure
from chain.price_service import Coin, PastPrice, PriceService
from chain.prices.coins import coin_of
from chain.prices.legs import USD
from chain.prices.quotation import PRECISION

# How old the quote's own price may be at a point of the base's: the services' own steps are of a day at most.
LONGEST_GAP = 2 * 86_400
_CONTEXT = Context(prec=PRECISION)


async def past_prices(client: ChainClient, base: str, quote: str, start: int, end: int) -> tuple[PastPrice, ...]:
    """What one whole `base` was worth in `quote` between two Unix times, oldest first, by the first service that can tell.

    () where no service is configured, or none knows the coin. Raises ServiceFailure where all that could tell failed.
    """
    coin = coin_of(client, base.upper())
    if coin is None or start >= end:
        return ()
    failures: list[ServiceFailure] = []
    for service in client.price_services:
        try:
            found = await _from(client, service, coin, quote.upper(), start, end)
        except ServiceFailure as failure:
            failures.append(failure)
            continue
        if found:
            return found
    if failures:
        raise failures[0]
    return ()


async def _from(
    client: ChainClient, service: PriceService, coin: Coin, quote: str, start: int, end: int
) -> tuple[PastPrice, ...]:
    other = coin_of(client, quote)
    if other is None:
        return await service.past(coin, quote, start, end)
    counted = await service.past(other, USD, start - LONGEST_GAP, end)
    return _over(await service.past(coin, USD, start, end), counted)


def _over(points: Sequence[PastPrice], counted: Sequence[PastPrice]) -> tuple[PastPrice, ...]:
    """Each point counted in the other coin at its latest price by then; left out where that is too old."""
    times = [point.at for point in counted]
    found = []
    for point in points:
        before = bisect_right(times, point.at) - 1
        if before >= 0 and point.at - times[before] <= LONGEST_GAP:
            value = _CONTEXT.divide(point.value, counted[before].value)
            found.append(PastPrice(point.at, value, point.source))
    return tuple(found)
