"""What one coin is worth, with the price's age and source."""

from agent.answers.looking import asset_of, is_currency, text
from agent.answers.types import Answer
from agent.render.amounts import duration, rate
from agent.session import Session
from chain.prices import Price, PriceUnavailable, price
from nlp.types import Action


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
    return Answer("price", price_data(found), (price_sentence(found),))


def price_sentence(found: Price) -> str:
    """One price in words."""
    return f"1 {found.base} is {rate(found.value)} {found.quote} ({duration(found.age)} old, by {found.source})."


def price_data(found: Price) -> dict[str, object]:
    """One price as JSON."""
    return {
        "base": found.base,
        "quote": found.quote,
        "price": f"{found.value.normalize():f}",
        "updated_at": found.updated_at,
        "age": found.age,
        "source": found.source,
    }


async def _symbol(session: Session, named: str) -> str:
    """The symbol that has a price: a token's address becomes its listed symbol."""
    if is_currency(named) or not named.startswith("0x"):
        return named.upper()
    return (await asset_of(session, named)).symbol


async def _check_known(session: Session, named: str) -> None:
    """Raise SayDifferently, with the nearest symbols, where nothing on this chain is called so."""
    feeds = session.registry.feeds_on(session.client.chain_id)
    if not is_currency(named) and not any(named.upper() in (feed.base, feed.quote) for feed in feeds):
        await asset_of(session, named)
