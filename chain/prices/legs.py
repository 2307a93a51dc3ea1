"""Prices by the feeds alone: straight, inverted, or carried through USD or the native coin."""

from decimal import Decimal

from chain.prices.feeds import Feeds
from chain.prices.quotation import SAME, Price, PriceUnavailable

USD = "USD"


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
        return Price(base, quote, Decimal(1), feeds.now, SAME, feeds.now, by_feeds=True)
    if (base, quote) in feeds.prices:
        return _usable(feeds, base, quote)
    if (quote, base) in feeds.prices:
        backwards = _usable(feeds, quote, base)
        one = Price(base, base, Decimal(1), feeds.now, backwards.source, feeds.now, by_feeds=True)
        return one.over(backwards, quote)
    return None


def _usable(feeds: Feeds, base: str, quote: str) -> Price:
    reading = feeds.prices[(base, quote)]
    if isinstance(reading, PriceUnavailable):
        raise PriceUnavailable(base, quote, reading.why)
    return reading
