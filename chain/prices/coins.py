"""What a coin's symbol means to each kind of source: a feed's name, a token's address, a service's id."""

from chain.client import ChainClient
from chain.price_service import Coin
from contracts.registry import TokenEntry, UnknownEntry

# Coins that stand for another one to one, where they have no feed of their own; the source names the feed that was read.
STANDS_FOR = {"WBTC": "BTC"}


def coin_of(client: ChainClient, symbol: str) -> Coin | None:
    """The coin that a symbol means on this chain, as services know it; None where no data of ours says so."""
    by_id = client.registry.price_id(client.chain_id, symbol)
    if by_id is not None:
        return Coin(symbol, by_id=by_id)
    platform = client.registry.price_platform(client.chain_id)
    if platform is None:
        return None
    try:
        token = client.registry.token(client.chain_id, symbol)
    except UnknownEntry:
        return None
    return Coin(symbol, platform=platform, address=token.address)


def known_as(client: ChainClient, symbol: str) -> str:
    """The name under which a coin has its feed: the wrapped native coin is the native one."""
    wrapped = client.registry.token_at(client.chain_id, client.entry.wrapped_native)
    if wrapped is not None and symbol == wrapped.symbol.upper():
        return client.entry.native_symbol.upper()
    return symbol if has_feed(client, symbol) else STANDS_FOR.get(symbol, symbol)


def has_feed(client: ChainClient, known: str) -> bool:
    """Whether a feed of this chain has this coin or currency as its base."""
    return any(feed.base.upper() == known for feed in client.registry.feeds_on(client.chain_id))


def token_of(client: ChainClient, symbol: str) -> TokenEntry | None:
    """The listed token that trades as this coin: for the native coin its wrapped form. None where there is none."""
    if symbol == client.entry.native_symbol.upper():
        return client.registry.token_at(client.chain_id, client.entry.wrapped_native)
    try:
        return client.registry.token(client.chain_id, symbol)
    except UnknownEntry:
        return None
