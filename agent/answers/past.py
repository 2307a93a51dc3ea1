"""Prices of the past: the watch's own points first, a price service's where those have gaps; converted where that is told."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from agent.lines import Gap, Line, allowed, converted, filled, gaps, spacing, stepwise
from agent.points import DAY, Point, Series
from agent.render.amounts import duration, rate
from agent.resolve import CURRENCIES
from agent.session import Session
from chain.errors import SaysoError
from chain.prices import PriceUnavailable, price
from chain.prices.coins import STANDS_FOR
from chain.prices.history import past_prices

USD = "USD"
OWN = "the points that 'sayso watch' kept"


@dataclass(frozen=True, slots=True)
class Past:
    """A price over time. `sources`: who says it; `notes`: whole sentences about how it was reckoned, and what is missing."""

    line: Line = ()
    sources: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


async def past_price(session: Session, base: str, quote: str, start: int, end: int) -> Past:
    """The price of a coin, by symbol, from `start` to `end`, which is now. Raises as `ChainClient.aggregate`."""
    own = await _own(session, base, quote, start, end)
    every = readings_every(session)
    holes = gaps(own.line, start, end, every)
    more = await served(session, base, quote, start, end) if holes else Past()
    line = filled(own.line, more.line, holes)
    left = gaps(line, start, end, max(every, spacing(more.line)))
    sources = (own.sources if own.line else ()) + (more.sources if len(line) > len(own.line) else ())
    return Past(line, sources, left, own.notes + more.notes)


def readings_every(session: Session) -> int:
    """Seconds between two of the watch's readings of the prices."""
    return session.settings.seconds("watch_prices_every")


def own_line(session: Session, symbol: str, start: int, end: int) -> Line:
    """What the watch kept of a coin's price in USD."""
    return session.points.between(price_series(session, symbol), start, end)


def price_series(session: Session, symbol: str) -> Series:
    """The series of a coin's or a currency's price in USD: its own, or of a coin that is worth the same, where that was kept."""
    chain_id = session.client.chain_id
    own, *others = (Series("price", chain_id, name, quote=USD) for name in (symbol.upper(), *_same_as(session, symbol)))
    return next((one for one in (own, *others) if session.points.last(one) is not None), own)


def _same_as(session: Session, symbol: str) -> tuple[str, ...]:
    """The coins that stand one to one for another, by both names: the wrapped native coin, and those without a feed."""
    native, wrapped = session.client.entry.native_symbol, session.client.entry.wrapped_native
    token = session.registry.token_at(session.client.chain_id, wrapped)
    pairs = [*STANDS_FOR.items(), *([(token.symbol.upper(), native.upper())] if token else [])]
    names = [other for pair in pairs for one, other in (pair, pair[::-1]) if one == symbol.upper()]
    return tuple(dict.fromkeys(names))


async def served(session: Session, base: str, quote: str, start: int, end: int) -> Past:
    """What the configured price services say; that one failed is a note."""
    try:
        found = await past_prices(session.client, base, quote, start, end)
    except SaysoError as error:
        return Past(notes=(f"Of the price services: {error.happened}",))
    line = tuple(Point(p.at, p.value, p.value, p.value) for p in found if start <= p.at <= end)
    return Past(line, tuple(dict.fromkeys(p.source for p in found)))


async def _own(session: Session, base: str, quote: str, start: int, end: int) -> Past:
    line, source = own_line(session, base, start, end), _source(session, base)
    if quote == USD or not line:
        return Past(line, (source,))
    rates = own_line(session, quote, start - DAY, end)
    if rates:
        return _by_rates(line, source, rates, quote, _reach(session, quote, end))
    if quote not in CURRENCIES:
        return Past(notes=(f"The watch kept no points of {quote}, which its own of {base} would be counted in.",))
    return await _by_present_rate(session, line, source, quote)


def _source(session: Session, symbol: str) -> str:
    kept_as = price_series(session, symbol).subject
    return OWN if kept_as == symbol else f"{OWN} of {kept_as}"


def _reach(session: Session, quote: str, end: int) -> Callable[[int], int]:
    """How old a rate may be at a time: a day for money of a state, which rests at night."""
    if quote in CURRENCIES:
        return lambda at: DAY
    every = readings_every(session)
    return lambda at: allowed(end - at, every)


def _by_rates(line: Line, source: str, rates: Line, quote: str, reach: Callable[[int], int]) -> Past:
    counted = converted(line, stepwise(rates, reach))
    lost = len(line) - len(counted)
    what = "1 point is" if lost == 1 else f"{lost} points are"
    note = f"{what} left out: no price of {quote} is known near enough in time."
    return Past(counted, (source,), notes=(note,) if lost else ())


async def _by_present_rate(session: Session, line: Line, source: str, quote: str) -> Past:
    try:
        present = await price(session.client, quote, USD)
    except PriceUnavailable as error:
        return Past(notes=(f"The watch's own points are in USD, and they cannot be counted in {quote}: {error.why}.",))

    def at_present(at: int) -> Decimal:
        return present.value

    words = f"1 {quote} = {rate(present.value)} {USD}, {duration(present.age)} old, by {present.source}"
    note = f"Past exchange rates of {quote} are not known: all points are counted at the present one ({words})."
    return Past(converted(line, at_present), (source,), notes=(note,))
