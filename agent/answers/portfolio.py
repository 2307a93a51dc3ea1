"""All that an account holds, with its worth in USD. What has no price is listed apart and counted in nothing."""

from dataclasses import dataclass
from decimal import Context, Decimal

from agent.answers.looking import Holder, check_chain, holder, listed
from agent.answers.types import Answer, Grid, Part
from agent.render.amounts import DIGITS, amount_data, duration, fiat, percent, rate, worth
from agent.session import Session
from chain.balances import balances
from chain.prices import Price, PriceUnavailable, prices
from chain.units import format_units
from chain.values import Asset
from nlp.types import Action

CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Holding:
    """A coin that is held: `raw` None is unknown, and without a `price` there is a reason."""

    asset: Asset
    raw: int | None
    price: Price | None
    why: str = ""

    @property
    def worth(self) -> Decimal | None:
        """Its worth, None where the amount or the price is not known."""
        if self.raw is None or self.price is None:
            return None
        return worth(self.raw, self.asset.decimals, self.price.value)


async def answer(session: Session, action: Action) -> Answer:
    """The holdings, the most worth first, with each one's share, and those that have no price."""
    check_chain(session, action)
    who = await holder(session, action)
    held = await _holdings(session, who)
    valued = sorted((h for h in held if h.worth is not None), key=lambda h: h.worth or Decimal(0), reverse=True)
    rest = [h for h in held if h.worth is None]
    total = sum((h.worth or Decimal(0) for h in valued), Decimal(0))
    data = {
        "account": who.data,
        "chain": session.client.entry.slug,
        "currency": CURRENCY,
        "total": _plain(total),
        "complete": not rest,
        "holdings": [_data(h, total) for h in (*valued, *rest)],
    }
    return Answer("portfolio", data, _parts(session, who, valued, rest, total))


async def _holdings(session: Session, who: Holder) -> list[Holding]:
    assets = listed(session)
    found = await balances(session.client, [who.address], assets)
    held = [(asset, found[who.address, asset.address]) for asset in assets]
    kept = [(asset, raw) for asset, raw in held if raw != 0]
    priced = await prices(session.client, [asset.symbol for asset, _ in kept], CURRENCY) if kept else {}
    return [_holding(asset, raw, priced[asset.symbol]) for asset, raw in kept]


def _holding(asset: Asset, raw: int | None, price: Price | PriceUnavailable) -> Holding:
    if raw is None:
        return Holding(asset, None, None, "the token did not answer")
    if isinstance(price, PriceUnavailable):
        return Holding(asset, raw, None, price.why)
    return Holding(asset, raw, price)


def _parts(
    session: Session, who: Holder, valued: list[Holding], rest: list[Holding], total: Decimal
) -> tuple[Part, ...]:
    parts: list[Part] = [f"{who.name} on {session.client.entry.name} ({who.address})"]
    if valued:
        rows = tuple(_row(h, total) for h in valued)
        sums = ("total", "", "", fiat(total, CURRENCY), "100%" if total else "")
        parts.append(Grid(("coin", "balance", "price", "worth", "share"), rows, frozenset({1, 2, 3, 4}), sums))
        oldest = max((h.price for h in valued if h.price), key=lambda price: price.age)
        parts.append(f"Prices from feeds and pools of this chain; the oldest is {duration(oldest.age)} old.")
    elif not rest:
        parts.append("Nothing of any listed coin.")
    parts += [_unpriced(h) for h in rest]
    if rest:
        parts.append("What has no price is not in the total.")
    return tuple(parts)


def _row(holding: Holding, total: Decimal) -> tuple[str, ...]:
    value = holding.worth or Decimal(0)
    share = percent(Context(prec=DIGITS).divide(value, total)) if total else ""
    shown = format_units(holding.raw or 0, holding.asset.decimals)
    price = rate(holding.price.value) if holding.price else ""
    return (holding.asset.symbol, shown, price, fiat(value, CURRENCY), share)


def _unpriced(holding: Holding) -> str:
    if holding.raw is None:
        return f"{holding.asset.symbol}: the balance is unknown, {holding.why}."
    return f"{format_units(holding.raw, holding.asset.decimals)} {holding.asset.symbol}: no price, {holding.why}."


def _data(holding: Holding, total: Decimal) -> dict[str, object]:
    value, price = holding.worth, holding.price
    base = amount_data(holding.raw or 0, holding.asset)
    if holding.raw is None:
        base |= {"amount": None}
    share = None if value is None or not total else _plain(Context(prec=6).divide(value, total))
    return base | {
        "price": _plain(price.value) if price else None,
        "price_age": price.age if price else None,
        "price_source": price.source if price else None,
        "worth": None if value is None else _plain(value),
        "share": share,
        "why_unpriced": holding.why,
    }


def _plain(value: Decimal) -> str:
    """A decimal number without an exponent."""
    return f"{value.normalize():f}" if value else "0"
