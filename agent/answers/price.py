"""What one coin is worth, with the price's age and source."""

from collections.abc import Sequence
from decimal import Decimal

from agent.answers.looking import NOTHING_ASKED, asset_of, is_currency, text
from agent.answers.types import Answer
from agent.render.amounts import duration, percent, plain_number, rate
from agent.render.escape import visible
from agent.session import Session
from chain.errors import SayDifferently
from chain.prices import Price, PriceUnavailable, price
from chain.values import Asset
from nlp.types import Action

# A spread below this is shown as that, not as none.
LEAST_SHOWN = Decimal("0.0001")


async def answer(session: Session, action: Action) -> Answer:
    """The price of a token in a currency or another token, USD where none is named. Raises PriceUnavailable, SayDifferently."""
    names = (text(action, "token"), text(action, "quote") or "USD")
    symbols = [await _symbol(session, name) for name in names]
    try:
        found = await price(session.client, *symbols)
    except PriceUnavailable:
        for name in names:
            await _check_known(session, name)
        raise
    return Answer("price", price_data(found), (price_sentence(found), *comparison(found)))


def price_sentence(found: Price) -> str:
    """One price in words."""
    return f"1 {found.base} is {rate(found.value)} {found.quote} ({duration(found.age)} old, by {found.source})."


def comparison(found: Price) -> tuple[str, ...]:
    """Whom the price was compared with and how far apart they are, and each source that could not be used, in sentences."""
    notes = tuple(f"Of the other sources: {visible(note)}" for note in found.notes)
    if found.spread is None:
        return notes
    apart = "less than 0.01%" if 0 < found.spread < LEAST_SHOWN else percent(found.spread)
    return (f"Compared with {_listed(found.agreed)}: {apart} apart at most.", *notes)


def price_data(found: Price) -> dict[str, object]:
    """One price as JSON; `spread` is a share of the price, null where nothing was compared."""
    return {
        "base": found.base,
        "quote": found.quote,
        "price": plain_number(found.value),
        "updated_at": found.updated_at,
        "age": found.age,
        "source": found.source,
        "spread": None if found.spread is None else plain_number(found.spread),
        "agreed": list(found.agreed),
        "notes": list(found.notes),
    }


def _listed(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


async def _symbol(session: Session, named: str) -> str:
    """The symbol that has a price: a token's address becomes its listed symbol."""
    if is_currency(named) or not named.startswith("0x"):
        return named.upper()
    return priced_symbol(await asset_of(session, named))


def priced_symbol(asset: Asset) -> str:
    """The symbol that has this coin's price. Raises SayDifferently for an unlisted token: it may bear any coin's symbol."""
    if not asset.listed:
        raise SayDifferently(
            f"There is no price of the unlisted token {asset.address}.",
            not_done=NOTHING_ASKED,
            remedy="Ask for a quote of it against a listed coin.",
        )
    return asset.symbol


async def _check_known(session: Session, named: str) -> None:
    """Raise SayDifferently, with the nearest symbols, where nothing on this chain is called so."""
    feeds = session.registry.feeds_on(session.client.chain_id)
    if not is_currency(named) and not any(named.upper() in (feed.base, feed.quote) for feed in feeds):
        await asset_of(session, named)
