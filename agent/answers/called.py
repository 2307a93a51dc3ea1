"""How addresses, tokens and amounts are called: by the person's own names and the registry's, never by a stranger's words."""

from collections.abc import Mapping

from agent.answers.looking import asset_of, known_names, party_of
from agent.render.escape import quoted
from agent.session import Session
from chain.units import format_units
from chain.values import UNLIMITED, Address, Asset
from contracts.registry import ContractEntry

SPAM = "Nobody vouches for this token: it may be bait. Do not use any site that it names."
POISON = "A transfer of nothing: a trick to get an address into your history. Never copy an address from there."


def name_of(session: Session, address: Address) -> str:
    """An address as the person knows it: own account, contact, known contract, else the address in full."""
    known = known_names(session).get(address)
    if known is not None:
        return known
    contract = session.registry.contract_at(session.client.chain_id, address)
    return f"{contract.name} ({address})" if contract is not None else address


def party_data(session: Session, address: Address) -> Mapping[str, str | None]:
    """An address as JSON; `name` is null where neither the person nor the registry has one."""
    called = known_names(session).get(address)
    contract = session.registry.contract_at(session.client.chain_id, address)
    return {"address": address, "name": called or (contract.name if contract is not None else None)}


def token_name(session: Session, token: Address) -> str:
    """A listed token's symbol, another's address."""
    entry = session.registry.token_at(session.client.chain_id, token)
    return entry.symbol if entry is not None else f"the unlisted token {token}"


def collection_name(session: Session, collection: Address) -> str:
    """A listed collection's name and symbol, another's address."""
    entry = session.registry.collection_at(session.client.chain_id, collection)
    return f"{entry.name} ({entry.symbol})" if entry is not None else f"the unlisted collection {collection}"


def own_words(symbol: str, name: str) -> str:
    """What a token or a collection calls itself, as quotations."""
    return f"{quoted(symbol, 'it')}, {quoted(name, 'it')}"


def asset_at(session: Session, token: Address | None) -> Asset:
    """The coin at an address, None being the native one; one that is not listed counts in raw units and has no symbol."""
    entry, chain_id = session.client.entry, session.client.chain_id
    if token is None:
        return Asset(chain_id, None, entry.native_symbol, entry.native_decimals)
    listed = session.registry.token_at(chain_id, token)
    if listed is None:
        return Asset(chain_id, token, "", 0, listed=False)
    return Asset(chain_id, token, listed.symbol, listed.decimals)


def units(session: Session, token: Address | None, raw: int) -> str:
    """An amount in words: of an unlisted token in raw units, for its decimals are its own word."""
    asset = asset_at(session, token)
    if not asset.listed:
        return f"{raw} raw units of the unlisted token {token}"
    return f"{format_units(raw, asset.decimals)} {asset.symbol}"


def unlimited(raw: int) -> bool:
    """Whether an allowance is without a limit: some tokens count one down from the most that there can be."""
    return raw >= UNLIMITED // 2


async def token_address(session: Session, named: str) -> Address | None:
    """A token or a collection by its symbol or address, None for the native coin. Raises SayDifferently."""
    if named.startswith("0x"):
        return (await party_of(session, named)).address
    collections = session.registry.collections_on(session.client.chain_id)
    by_symbol = [Address(c.address) for c in collections if c.symbol.upper() == named.upper()]
    return by_symbol[0] if by_symbol else (await asset_of(session, named)).address


def thing_name(session: Session, token: Address) -> str:
    """A token or a collection: by its name where it is listed, else by its address."""
    if session.registry.collection_at(session.client.chain_id, token) is not None:
        return collection_name(session, token)
    return token_name(session, token)


def protocol_contracts(session: Session, named: str) -> tuple[ContractEntry, ...]:
    """The connected chain's contracts of a protocol; 'uniswap' stands for every version of it."""
    slug = named.strip().lower()
    entries = session.registry.contracts_on(session.client.chain_id)
    return tuple(e for e in entries if slug and (e.protocol == slug or e.protocol.startswith(f"{slug}-v")))
