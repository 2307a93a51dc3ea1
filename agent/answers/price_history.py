"""What one coin was worth over a time: a chart, what it comes to, who says so, and where nothing is known."""

from agent.answers.looking import NOTHING_ASKED, asset_of, is_currency, text
from agent.answers.past import Past, past_price
from agent.answers.types import Answer, Chart, Part
from agent.lines import Extent, Gap, condensed, extent
from agent.periods import Period, read_period
from agent.points import Point
from agent.render.amounts import clock, plain_number, rate, signed_percent
from agent.session import Session
from chain.errors import SayDifferently
from nlp.types import Action

A_WEEK = "P1W"
MOST_POINTS = 500
MOST_GAPS = 3
COLLECT = (
    "Run 'sayso watch': it keeps the prices from then on. Or configure a price service that knows the past: "
    "'sayso config set coingecko_url URL', or defillama_url."
)


async def answer(session: Session, action: Action) -> Answer:
    """The price of a token in a currency or another token over a period, a week of USD where none is named.

    Raises SayDifferently.
    """
    base = await _symbol(session, text(action, "token"))
    quote = await _symbol(session, text(action, "quote") or "USD")
    if base == quote:
        raise SayDifferently("Both are the same coin.", not_done=NOTHING_ASKED, remedy="Name two, or one alone.")
    period, end = read_period(text(action, "period") or A_WEEK), session.now()
    start = period.start(end)
    found = await past_price(session, base, quote, start, end)
    data = {"base": base, "quote": quote, "period": period.iso, "from": start, "to": end, **_data(found)}
    if not found.line:
        return Answer("price_history", data, _nothing(base, quote, period, found))
    return Answer("price_history", data, _parts(base, quote, period, found))


async def _symbol(session: Session, named: str) -> str:
    """The symbol under which a listed coin's prices are kept. Raises SayDifferently, SetupNeeded."""
    feeds = session.registry.feeds_on(session.client.chain_id)
    if is_currency(named) or any(named.upper() == feed.base.upper() for feed in feeds):
        return named.upper()
    asset = await asset_of(session, named)
    if not asset.listed:
        raise SayDifferently(
            f"The token {asset.address} is not listed, so no past prices are kept of it.",
            not_done=NOTHING_ASKED,
            remedy="Name a listed coin.",
        )
    return asset.symbol.upper()


def _parts(base: str, quote: str, period: Period, found: Past) -> tuple[Part, ...]:
    result = extent(found.line)
    title = f"{base} in {quote} over the last {period.words}"
    return (
        f"{title}:",
        Chart(title, quote, found.line, found.gaps),
        _numbers(result, quote),
        f"By {' and '.join(found.sources)}.",
        *_unknown(found.gaps),
        *found.notes,
    )


def _numbers(found: Extent, quote: str) -> str:
    changed = "" if found.change is None else f" ({signed_percent(found.change)})"
    return (
        f"From {rate(found.first.value)} on {clock(found.first.at)} to {rate(found.last.value)} {quote} "
        f"on {clock(found.last.at)}{changed}; lowest {rate(found.low)}, highest {rate(found.high)}."
    )


def _unknown(gaps: tuple[Gap, ...]) -> tuple[str, ...]:
    """The gaps in words, the longest first and not all of many."""
    if not gaps:
        return ()
    longest = sorted(gaps, key=lambda gap: gap.start - gap.end)[:MOST_GAPS]
    told = "; ".join(f"{clock(gap.start)} to {clock(gap.end)}" for gap in longest)
    more = f"; and {len(gaps) - MOST_GAPS} shorter times" if len(gaps) > MOST_GAPS else ""
    return (f"Nothing is known from {told}{more}.",)


def _nothing(base: str, quote: str, period: Period, found: Past) -> tuple[Part, ...]:
    head = f"No prices of {base} in {quote} over the last {period.words} are known: none were kept."
    return (head, *found.notes, COLLECT)


def _data(found: Past) -> dict[str, object]:
    result = extent(found.line) if found.line else None
    return {
        "first": _point_data(result.first) if result else None,
        "last": _point_data(result.last) if result else None,
        "lowest": plain_number(result.low) if result else None,
        "highest": plain_number(result.high) if result else None,
        "change": None if result is None or result.change is None else plain_number(result.change),
        "sources": list(found.sources),
        "gaps": [{"from": gap.start, "to": gap.end} for gap in found.gaps],
        "notes": list(found.notes),
        "known_points": len(found.line),
        "points": [_point_data(point) for point in condensed(found.line, MOST_POINTS)],
    }


def _point_data(point: Point) -> dict[str, object]:
    """A point that stands for a longer time has the lowest and the highest of it."""
    return {
        "at": point.at,
        "price": plain_number(point.value),
        "low": plain_number(point.low),
        "high": plain_number(point.high),
    }
