"""What a token is: by the registry where it is listed, by its own untrusted words where it is not."""

import asyncio
from dataclasses import dataclass

from agent.answers.called import SPAM
from agent.answers.looking import asset_of, check_chain, native, text
from agent.answers.past import USD
from agent.answers.price import price_data, price_sentence
from agent.answers.types import Answer, Part
from agent.render.amounts import amount_data
from agent.render.escape import quoted
from agent.session import Session
from chain.contract_abi.proxies import has_code, implementation_of
from chain.errors import SaysoError
from chain.prices import Price, PriceUnavailable, price
from chain.protocols.erc20 import TokenMetadata, metadata, total_supplies
from chain.units import format_units
from chain.values import Address, Asset
from nlp.types import Action

UNKNOWN = "unknown"
PROXY = "Its code can be replaced by whoever runs it: it is a proxy (ERC-1967) for"
FORGED = "It is NOT the listed {symbol}, which is at {address}."


@dataclass(frozen=True, slots=True)
class Token:
    """What was read of a token. `supply` None is not known; `said` is what it says of itself."""

    asset: Asset
    address: Address
    said: TokenMetadata
    supply: int | None
    code: bool
    implementation: Address | None


async def answer(session: Session, action: Action) -> Answer:
    """Symbol, name, decimals, supply, code and price of a token, or of the chain's own coin. Raises SayDifferently, Refused."""
    check_chain(session, action)
    asset = await asset_of(session, text(action, "token"))
    found = await _priced(session, asset)
    if asset.address is None:
        return Answer("token_info", _native_data(session, found), (_native_words(session), _price_words(found)))
    token = await _read(session, asset, asset.address)
    return Answer("token_info", _document(session, token, found), _parts(session, token, found))


async def _priced(session: Session, asset: Asset) -> Price | str:
    """The price in USD, or why there is none: an unlisted token may bear any coin's symbol."""
    if not asset.listed:
        return "it is not listed, and a price of its symbol would be another coin's"
    try:
        return await price(session.client, asset.symbol, USD)
    except PriceUnavailable as error:
        return error.why
    except SaysoError as error:
        return error.happened.rstrip(".")


async def _read(session: Session, asset: Asset, address: Address) -> Token:
    client = session.client
    said, supplies, code, implementation = await asyncio.gather(
        metadata(client, address),
        total_supplies(client, [address]),
        has_code(client, address),
        implementation_of(client, address),
    )
    return Token(asset, address, said, supplies[address], code, implementation)


def _native_words(session: Session) -> str:
    coin, entry = native(session), session.client.entry
    wrapped = session.registry.token_at(session.client.chain_id, entry.wrapped_native)
    form = f" As a token it is {wrapped.symbol} ({wrapped.address})." if wrapped else ""
    return f"{coin.symbol} is the own coin of {entry.name}, with {coin.decimals} decimals. It is no contract.{form}"


def _native_data(session: Session, found: Price | str) -> dict[str, object]:
    coin = native(session)
    return {
        "chain": session.client.entry.slug,
        "native": True,
        "listed": True,
        "symbol": coin.symbol,
        "decimals": coin.decimals,
        "address": None,
        "total_supply": None,
        **_price_data(found),
    }


def _parts(session: Session, token: Token, found: Price | str) -> tuple[Part, ...]:
    supply = f"Total supply: {_supply(token)}."
    code = "" if token.code else " No code stands there."
    where = f"Address: {token.address} on {session.client.entry.name}.{code}"
    proxy = (f"{PROXY} {token.implementation}.",) if token.implementation else ()
    return (*_heading(session, token), where, supply, _price_words(found), *proxy)


def _heading(session: Session, token: Token) -> tuple[str, ...]:
    entry = session.registry.token_at(session.client.chain_id, token.address)
    decimals = f"{token.asset.decimals} decimals"
    if entry is not None:
        source = f"Listed: {entry.source}, {entry.date}."
        return (f"{entry.symbol}, {entry.name}, {decimals}. {source}", *_renamed(token, entry.symbol))
    called = f"{quoted(token.said.symbol, 'it')}, {quoted(token.said.name, 'it')}"
    return (f"NOT LISTED. It calls itself {called}, {decimals}.", *_forged(session, token), SPAM)


def _renamed(token: Token, symbol: str) -> tuple[str, ...]:
    """A listed token that calls itself otherwise is told: it may have changed hands."""
    if not token.said.symbol or token.said.symbol == symbol:
        return ()
    return (f"On chain it calls itself {quoted(token.said.symbol, 'it')}.",)


def _forged(session: Session, token: Token) -> tuple[str, ...]:
    known = session.registry.tokens_on(session.client.chain_id)
    same = [t for t in known if t.symbol.casefold() == token.said.symbol.strip().casefold()]
    return tuple(FORGED.format(symbol=t.symbol, address=t.address) for t in same)


def _supply(token: Token) -> str:
    if token.supply is None:
        return f"{UNKNOWN}, the token did not answer"
    unit = token.asset.symbol if token.asset.listed else "of it"
    return f"{format_units(token.supply, token.asset.decimals)} {unit}"


def _price_words(found: Price | str) -> str:
    return f"No price: {found}." if isinstance(found, str) else price_sentence(found)


def _price_data(found: Price | str) -> dict[str, object]:
    if isinstance(found, str):
        return {"price": None, "why_unpriced": found}
    return {"price": price_data(found), "why_unpriced": ""}


def _document(session: Session, token: Token, found: Price | str) -> dict[str, object]:
    entry = session.registry.token_at(session.client.chain_id, token.address)
    return {
        "chain": session.client.entry.slug,
        "native": False,
        "listed": entry is not None,
        "source": entry.source if entry else None,
        "symbol": entry.symbol if entry else None,
        "name": entry.name if entry else None,
        "calls_itself": {"symbol": token.said.symbol, "name": token.said.name},
        "decimals": token.asset.decimals,
        "address": token.address,
        "total_supply": None if token.supply is None else amount_data(token.supply, token.asset),
        "has_code": token.code,
        "implementation": token.implementation,
        **_price_data(found),
    }
