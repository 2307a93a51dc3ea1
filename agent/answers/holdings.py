"""All listed coins that an account holds, each with its price in USD or the reason why it has none."""

from dataclasses import dataclass
from decimal import Decimal

from agent.answers.looking import Holder, listed
from agent.answers.past import USD
from agent.render.amounts import worth
from agent.session import Session
from chain.balances import balances
from chain.prices import Price, PriceUnavailable, prices
from chain.values import Asset


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
        return None if self.price is None else self.worth_at(self.price.value)

    def worth_at(self, price: Decimal) -> Decimal | None:
        """Its worth at another price, None where the amount is not known."""
        return None if self.raw is None else worth(self.raw, self.asset.decimals, price)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is held: with a worth, the most worth first, and the rest, of which none is known."""

    valued: tuple[Holding, ...]
    rest: tuple[Holding, ...]

    @property
    def all(self) -> tuple[Holding, ...]:
        """Both, in this order."""
        return (*self.valued, *self.rest)

    @property
    def total(self) -> Decimal:
        """What the valued ones are worth together, in USD."""
        return sum((h.worth or Decimal(0) for h in self.valued), Decimal(0))


async def holdings_of(session: Session, who: Holder) -> Holdings:
    """The holdings that are not nothing, at the newest block. Raises as `ChainClient.aggregate`."""
    assets = listed(session)
    found = await balances(session.client, [who.address], assets)
    kept = [(asset, raw) for asset in assets if (raw := found[who.address, asset.address]) != 0]
    priced = await prices(session.client, [asset.symbol for asset, _ in kept], USD) if kept else {}
    held = [_holding(asset, raw, priced[asset.symbol]) for asset, raw in kept]
    valued = sorted((h for h in held if h.worth is not None), key=lambda h: h.worth or Decimal(0), reverse=True)
    return Holdings(tuple(valued), tuple(h for h in held if h.worth is None))


def _holding(asset: Asset, raw: int | None, price: Price | PriceUnavailable) -> Holding:
    if raw is None:
        return Holding(asset, None, None, "the token did not answer")
    if isinstance(price, PriceUnavailable):
        return Holding(asset, raw, None, price.why)
    return Holding(asset, raw, price)
