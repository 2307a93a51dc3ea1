"""What an account was worth over time: the balances that the watch kept, times the prices that it kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import pairwise

from agent.answers.looking import Holder, listed
from agent.answers.past import price_series, readings_every
from agent.lines import Gap, allowed
from agent.points import Point, Series
from agent.render.amounts import DIGITS, worth
from agent.session import Session
from chain.values import Asset

NATIVE = "native"
NOT_KEPT = "What it was worth before is not known: 'sayso watch' keeps the balances and prices that tell it."
Values = tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Worth:
    """What an account was worth in USD at each of `times`, None where a balance or a price of then is not known."""

    times: tuple[int, ...]
    values: Values
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[Point, ...]:
        """The known values as points."""
        both = zip(self.times, self.values, strict=True)
        return tuple(Point(at, value, value, value) for at, value in both if value is not None)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The times between two known values that hold an unknown one."""
        step = self.times[1] - self.times[0] if len(self.times) > 1 else 0
        return tuple(Gap(a.at, b.at) for a, b in pairwise(self.known) if b.at - a.at > step + 1)


def worth_over(session: Session, who: Holder, held: Sequence[Asset], start: int, end: int, count: int) -> Worth:
    """The worth at so many even moments; `held` is what the account holds now. What is left out of it is in the notes."""
    times = tuple(start + (end - start) * n // (count - 1) for n in range(count))
    kept = _kept(session, who)
    lines = {asset: _line(session, series, asset, times, end) for asset, series in kept.items()}
    unpriced = [asset for asset, values in lines.items() if values is None]
    counted = [values for values in lines.values() if values is not None]
    if not counted:
        return Worth(times, (None,) * count, (NOT_KEPT,))
    notes = _left_out(unpriced, [asset for asset in held if asset not in kept])
    found = Worth(times, tuple(map(_sum, zip(*counted, strict=True))), notes)
    return found if found.known else Worth(times, found.values, (NOT_KEPT,))


def _kept(session: Session, who: Holder) -> Mapping[Asset, Series]:
    """The listed coins whose balance was kept."""
    assets = {asset.address or NATIVE: asset for asset in listed(session)}
    series = session.points.series_of("balance", session.client.chain_id, who.address)
    return {assets[one.subject]: one for one in series if one.subject in assets}


def _line(session: Session, series: Series, asset: Asset, times: Sequence[int], end: int) -> Values | None:
    """A coin's worth at each time; None where it was held and never had a price."""
    every = readings_every(session), session.settings.seconds("watch_balances_every")
    balances = _sampled(session, series, times, end, max(every))
    prices = _sampled(session, price_series(session, asset.symbol), times, end, max(every))
    if any(balances) and not any(prices):
        return None
    return tuple(_worth(asset, *both) for both in zip(balances, prices, strict=True))


def _sampled(session: Session, series: Series, times: Sequence[int], end: int, every: int) -> Values:
    """The values at those times, as far as they were read shortly before."""
    found = zip(times, session.points.sampled(series, times), strict=True)
    return tuple(p.value if p is not None and at - p.at <= allowed(end - at, every) else None for at, p in found)


def _worth(asset: Asset, balance: Decimal | None, price: Decimal | None) -> Decimal | None:
    if balance is None:
        return None
    if not balance:
        return Decimal(0)
    return None if price is None else worth(int(balance), asset.decimals, price)


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    total, context = Decimal(0), Context(prec=DIGITS)
    for value in values:
        if value is None:
            return None
        total = context.add(total, value)
    return total


def _left_out(unpriced: Sequence[Asset], unkept: Sequence[Asset]) -> tuple[str, ...]:
    priceless = ", ".join(asset.symbol for asset in unpriced)
    missing = ", ".join(asset.symbol for asset in unkept)
    return tuple(
        note
        for names, note in (
            (priceless, f"Without {priceless}, of which no prices were kept."),
            (missing, f"Without {missing}, of which no balances were kept."),
        )
        if names
    )
