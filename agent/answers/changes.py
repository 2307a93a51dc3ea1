"""How prices changed over a day, a week and a month: against the watch's own points, or a price service's where it has none."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from agent.answers.holdings import Holding, Holdings
from agent.answers.past import USD, own_line, served
from agent.lines import Line, change, nearest
from agent.points import DAY, WEEK
from agent.render.amounts import DIGITS
from agent.session import Session

SPANS: Mapping[str, int] = {"day": DAY, "week": WEEK, "month": 30 * DAY}
# A price stands for the one of a day ago where it is not more than an hour off, and so on with the longer spans.
NEAR_ENOUGH = 24
Then = Mapping[str, Decimal | None]
Shares = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Changes:
    """The change of each price over each span, as a share of the price then, None where that is not known.

    `total`: the same for all that is held now, None where a price is missing; `notes`: which services failed.
    """

    by_symbol: Mapping[str, Shares]
    total: Shares
    notes: tuple[str, ...] = ()

    def of(self, symbol: str) -> Shares:
        """Of one coin."""
        return self.by_symbol[symbol]

    @property
    def known(self) -> bool:
        """Whether there is any."""
        return any(part is not None for shares in self.by_symbol.values() for part in shares.values())

    @property
    def lacking(self) -> bool:
        """Whether any is missing."""
        return any(part is None for shares in self.by_symbol.values() for part in shares.values())


async def changes_of(session: Session, held: Holdings) -> Changes:
    """The changes of a day, a week and a month, of what has a price."""
    then, notes = await _prices_then(session, [h.asset.symbol for h in held.valued])
    by_symbol = {h.asset.symbol: _changes(h, then[h.asset.symbol]) for h in held.valued}
    return Changes(by_symbol, {span: _total(held, then, span) for span in SPANS}, notes)


def _changes(holding: Holding, then: Then) -> Shares:
    return {
        span: None if before is None or holding.price is None else change(before, holding.price.value)
        for span, before in then.items()
    }


def _total(held: Holdings, then: Mapping[str, Then], span: str) -> Decimal | None:
    """What is held now, at the prices of then against those of now."""
    total, context = Decimal(0), Context(prec=DIGITS)
    for holding in held.valued:
        price = then[holding.asset.symbol][span]
        worth = None if price is None else holding.worth_at(price)
        if worth is None:
            return None
        total = context.add(total, worth)
    return change(total, held.total)


async def _prices_then(session: Session, symbols: Sequence[str]) -> tuple[Mapping[str, Then], tuple[str, ...]]:
    """For each symbol its price in USD before each span, and which services failed."""
    now = session.now()
    own = {symbol: _own(session, symbol, now) for symbol in symbols}
    lacking = [symbol for symbol, then in own.items() if None in then.values()]
    first = _window(now, max(SPANS.values()))[0]
    found = await asyncio.gather(*(served(session, symbol, USD, first, now) for symbol in lacking))
    more = {symbol: _joined(own[symbol], past.line, now) for symbol, past in zip(lacking, found, strict=True)}
    return {**own, **more}, tuple(dict.fromkeys(note for past in found for note in past.notes))


def _own(session: Session, symbol: str, now: int) -> Then:
    return {name: _value(own_line(session, symbol, *_window(now, span)), now, span) for name, span in SPANS.items()}


def _joined(own: Then, line: Line, now: int) -> Then:
    return {name: _value(line, now, span) if own[name] is None else own[name] for name, span in SPANS.items()}


def _window(now: int, span: int) -> tuple[int, int]:
    return now - span - span // NEAR_ENOUGH, now - span + span // NEAR_ENOUGH


def _value(line: Line, now: int, span: int) -> Decimal | None:
    found = nearest(line, now - span, span // NEAR_ENOUGH)
    return None if found is None else found.value
