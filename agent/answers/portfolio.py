"""All that an account holds, with its worth in USD and how that changed. What has no price is listed apart, counted in nothing."""

from collections.abc import Sequence
from decimal import Context, Decimal

from agent.answers.changes import SPANS, Changes, changes_of
from agent.answers.holdings import Holding, Holdings, holdings_of
from agent.answers.looking import Holder, check_chain, holder, text
from agent.answers.past import USD
from agent.answers.types import Answer, Chart, Grid, Part, Spark
from agent.answers.worth import Worth, worth_over
from agent.lines import change
from agent.periods import Period, read_period
from agent.render.amounts import (
    DIGITS,
    amount_data,
    duration,
    fiat,
    percent,
    plain_number,
    rate,
    signed_percent,
)
from agent.session import Session
from chain.errors import SetupNeeded
from chain.prices import Price
from chain.prices.quotation import SAME
from chain.units import format_units
from nlp.types import Action

A_WEEK = "P1W"
UNKNOWN = "-"
LACKING = f"{UNKNOWN}: no price is known near enough to that time. A total stands only where all the prices are known."
KINDS = {"feed ": "feeds of this chain", "uniswap-": "pools of this chain", SAME: "definition"}
# As many moments as blocks fit beside a margin of the terminal, and as a picture needs.
SPARKS, PLOTTED = 60, 240


async def answer(session: Session, action: Action) -> Answer:
    """The holdings, the most worth first, with share and changes, those without a price, and the worth over a period.

    The period is a week where the action has none. Raises SayDifferently, SetupNeeded, Refused.
    """
    check_chain(session, action)
    period = read_period(text(action, "period") or A_WEEK)
    who = await holder(session, action)
    held = await holdings_of(session, who)
    changed = await changes_of(session, held)
    past = _past(session, who, held.all, period, SPARKS)
    data = _document(session, who, held, changed) | {"history": _history_data(past, period)}
    return Answer("portfolio", data, (*_now(session, who, held), *_changed(held, changed), *_spark(who, past, period)))


async def worth_chart(session: Session, action: Action) -> Chart:
    """The worth over the action's period, for a picture. Raises as `answer`, and SetupNeeded where nothing of it is known."""
    period = read_period(text(action, "period") or A_WEEK)
    who = await holder(session, action)
    past = _past(session, who, (), period, PLOTTED)
    if not past.known:
        raise SetupNeeded(
            f"Nothing is known of what {who.name} was worth over the last {period.words}.",
            not_done="No picture was written.",
            remedy="Run 'sayso watch': it keeps the balances and prices that tell it.",
        )
    return Chart(f"Worth of {who.name} over the last {period.words}", USD, past.known, past.gaps)


def _past(session: Session, who: Holder, held: Sequence[Holding], period: Period, count: int) -> Worth:
    end = session.now()
    return worth_over(session, who, [h.asset for h in held], period.start(end), end, count)


def _now(session: Session, who: Holder, held: Holdings) -> tuple[Part, ...]:
    parts: list[Part] = [f"{who.name} on {session.client.entry.name} ({who.address})"]
    if held.valued:
        total = held.total
        rows = tuple(_row(h, total) for h in held.valued)
        sums = ("total", "", "", fiat(total, USD), "100%" if total else "")
        parts.append(Grid(("coin", "balance", "price", "worth", "share"), rows, frozenset({1, 2, 3, 4}), sums))
        parts += _sources([h.price for h in held.valued if h.price])
    elif not held.rest:
        parts.append("Nothing of any listed coin.")
    parts += [_unpriced(h) for h in held.rest]
    if held.rest:
        parts.append("What has no price is not in the total.")
    return tuple(parts)


def _sources(found: Sequence[Price]) -> tuple[str, ...]:
    """Of which kinds the sources are, how old the oldest price is, and which sources could not be used."""
    kinds = dict.fromkeys(kind for price in found for kind in _kinds(price.source))
    oldest = max(price.age for price in found)
    notes = dict.fromkeys(note for price in found for note in price.notes)
    told = f"Prices by {' and '.join(kinds)}; the oldest is {duration(oldest)} old."
    return (told, *(f"Of the other sources: {note}" for note in notes))


def _kinds(source: str) -> tuple[str, ...]:
    """Sources on the chain by their kind alone, as each coin has its own; anything else by its name."""
    kinds = tuple(kind for mark, kind in KINDS.items() if mark in source)
    return kinds or (source,)


def _row(holding: Holding, total: Decimal) -> tuple[str, ...]:
    value = holding.worth or Decimal(0)
    share = percent(Context(prec=DIGITS).divide(value, total)) if total else ""
    shown = format_units(holding.raw or 0, holding.asset.decimals)
    price = rate(holding.price.value) if holding.price else ""
    return (holding.asset.symbol, shown, price, fiat(value, USD), share)


def _unpriced(holding: Holding) -> str:
    if holding.raw is None:
        return f"{holding.asset.symbol}: the balance is unknown, {holding.why}."
    return f"{format_units(holding.raw, holding.asset.decimals)} {holding.asset.symbol}: no price, {holding.why}."


def _changed(held: Holdings, changed: Changes) -> tuple[Part, ...]:
    """How the prices changed, coin by coin, and what that comes to for all that is held now."""
    if not held.valued:
        return ()
    if not changed.known:
        return (
            "How the prices changed is not known: no points of a day, a week or a month ago were kept.",
            *changed.notes,
        )
    rows = tuple((h.asset.symbol, *map(_percent, changed.of(h.asset.symbol).values())) for h in held.valued)
    sums = ("total", *map(_percent, changed.total.values()))
    grid = Grid(("price change", *(f"1 {span}" for span in SPANS)), rows, frozenset({1, 2, 3}), sums)
    return (grid, *((LACKING,) if changed.lacking else ()), *changed.notes)


def _percent(part: Decimal | None) -> str:
    return UNKNOWN if part is None else signed_percent(part)


def _spark(who: Holder, past: Worth, period: Period) -> tuple[Part, ...]:
    if not past.known:
        return past.notes
    return (Spark(f"Worth of {who.name} over the last {period.words}", USD, past.values), *past.notes)


def _document(session: Session, who: Holder, held: Holdings, changed: Changes) -> dict[str, object]:
    total = held.total
    return {
        "account": who.data,
        "chain": session.client.entry.slug,
        "currency": USD,
        "total": plain_number(total),
        "complete": not held.rest,
        "total_changes": {span: _number(part) for span, part in changed.total.items()},
        "holdings": [_data(h, total) | _changes_data(h, changed) for h in held.all],
    }


def _data(holding: Holding, total: Decimal) -> dict[str, object]:
    value, price = holding.worth, holding.price
    base = amount_data(holding.raw or 0, holding.asset)
    if holding.raw is None:
        base |= {"amount": None}
    share = None if value is None or not total else plain_number(Context(prec=6).divide(value, total))
    return base | {
        "price": plain_number(price.value) if price else None,
        "price_age": price.age if price else None,
        "price_source": price.source if price else None,
        "price_spread": _number(price.spread) if price else None,
        "worth": _number(value),
        "share": share,
        "why_unpriced": holding.why,
    }


def _changes_data(holding: Holding, changed: Changes) -> dict[str, object]:
    if holding.worth is None:
        return {"price_changes": dict.fromkeys(SPANS)}
    return {"price_changes": {span: _number(part) for span, part in changed.of(holding.asset.symbol).items()}}


def _history_data(past: Worth, period: Period) -> dict[str, object]:
    points = past.known
    return {
        "period": period.iso,
        "from": past.times[0],
        "to": past.times[-1],
        "worth": [{"at": point.at, "worth": plain_number(point.value)} for point in points],
        "change": _number(change(points[0].value, points[-1].value)) if points else None,
        "notes": list(past.notes),
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain_number(value)
