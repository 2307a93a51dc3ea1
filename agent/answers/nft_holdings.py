"""The NFTs (ERC-721) that an account holds: found by the transfers' logs, and each asked of its collection as it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.answers.called import collection_name, own_words
from agent.answers.looking import NOTHING_ASKED, Holder, check_chain, holder, text
from agent.answers.searched import searched_data, searched_words
from agent.answers.types import Answer, Part
from agent.resolve import resolve_address
from agent.session import Session
from chain.contract_abi.proxies import has_code
from chain.errors import SayDifferently
from chain.events import TRANSFER, read_transfer
from chain.logs import Logs, find_logs, topic_of
from chain.protocols.erc721 import CollectionMetadata, collections_metadata, owners
from chain.values import Address
from contracts.registry import CollectionEntry
from nlp.types import Action

MOST_IDS, MOST_COLLECTIONS = 20, 20
# So many may be asked for at once; who was sent more than that is told so.
MOST_READ = 2000
SPAM = "Nobody vouches for this collection: it may be bait. Do not use any site that it names."


@dataclass(frozen=True, slots=True)
class Held:
    """The tokens of one collection that an account holds, by number; `called` is what an unlisted one says of itself."""

    collection: Address
    listed: bool
    numbers: tuple[int, ...]
    called: CollectionMetadata | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What is held, how many tokens were not asked for, and what was looked through."""

    held: tuple[Held, ...]
    unread: int
    logs: Logs


async def answer(session: Session, action: Action) -> Answer:
    """The NFTs of an account by collection, those of the registry first. Raises SayDifferently, SetupNeeded, Refused."""
    check_chain(session, action)
    named, whose = text(action, "collection"), action
    if not named and await _is_collection(session, text(action, "account")):
        # 'my nfts from 0x…' names a collection where a contract without a name stands at the address.
        named, whose = text(action, "account"), Action(action.intent, {})
    collection = _collection(session, named) if named else None
    who = await holder(session, whose)
    found = await _found(session, who, collection)
    return Answer("nft_holdings", _document(session, who, found), _parts(session, who, collection, found))


async def _is_collection(session: Session, named: str) -> bool:
    """Whether what was taken for an account is a collection's address."""
    if not named.startswith("0x"):
        return False
    address = resolve_address(named)
    if session.registry.collection_at(session.client.chain_id, address) is not None:
        return True
    if not await has_code(session.client, address):
        return False
    called = await collections_metadata(session.client, (address,))
    return bool(called[address].symbol or called[address].name)


def _collection(session: Session, named: str) -> Address:
    """The collection of a name, a symbol or an address. Raises SayDifferently where none or several may be meant."""
    if named.startswith("0x"):
        return resolve_address(named)
    known = session.registry.collections_on(session.client.chain_id)
    fitting = [c for c in known if _key(named) in (_key(c.symbol), _key(c.name))]
    fitting = fitting or [c for c in known if _key(named) and _key(named) in _key(c.name)]
    if len(fitting) == 1:
        return Address(fitting[0].address)
    raise _not_known(session, named, fitting or known)


def _key(name: str) -> str:
    """'Bored Apes' and 'BoredApe...' begin alike: letters and digits alone, a plural's end left out."""
    return "".join(c for c in name.casefold() if c.isalnum()).removesuffix("s")


def _not_known(session: Session, named: str, near: Sequence[CollectionEntry]) -> SayDifferently:
    names = ", ".join(f"{c.name} ({c.symbol})" for c in near)
    listed = f"Listed there: {names}. " if names else ""
    return SayDifferently(
        f"No single NFT collection on {session.client.entry.name} is known as {named[:80]!a}.",
        not_done=NOTHING_ASKED,
        remedy=f"{listed}Any other one is named by its contract's address.",
    )


async def _found(session: Session, who: Holder, collection: Address | None) -> Found:
    head = await session.client.block("latest")
    logs = await find_logs(session.client, [TRANSFER, None, topic_of(who.address), None], 0, head.number, collection)
    came = [t for row in reversed(logs.rows) if (t := read_transfer(row.log)) is not None and t.number is not None]
    tokens = list(dict.fromkeys((t.token, t.number or 0) for t in came))
    # What the registry vouches for is asked first: anybody can fill the rest with worthless tokens.
    tokens.sort(key=lambda token: not _is_listed(session, token[0]))
    held_by = await owners(session.client, tokens[:MOST_READ])
    mine = [token for token, owner in held_by.items() if owner == who.address]
    return Found(await _by_collection(session, mine), max(0, len(tokens) - MOST_READ), logs)


async def _by_collection(session: Session, tokens: Sequence[tuple[Address, int]]) -> tuple[Held, ...]:
    numbers: dict[Address, list[int]] = {}
    for collection, number in tokens:
        numbers.setdefault(collection, []).append(number)
    unlisted = [c for c in numbers if not _is_listed(session, c)][:MOST_COLLECTIONS]
    called = await collections_metadata(session.client, unlisted)
    return tuple(
        Held(collection, _is_listed(session, collection), tuple(sorted(found)), called.get(collection))
        for collection, found in numbers.items()
    )


def _is_listed(session: Session, collection: Address) -> bool:
    return session.registry.collection_at(session.client.chain_id, collection) is not None


def _parts(session: Session, who: Holder, collection: Address | None, found: Found) -> tuple[Part, ...]:
    where = f"on {session.client.entry.name}"
    if not found.held:
        of = f" of {collection_name(session, collection)}" if collection else ""
        return (f"{who.name} holds no NFT{of} {where} (ERC-721).", *_missing(found))
    lines = [line for held in found.held[:MOST_COLLECTIONS] for line in _lines(session, held)]
    more = len(found.held) - MOST_COLLECTIONS
    left = (f"And those of {more} more collections that are not listed.",) if more > 0 else ()
    return (f"NFTs of {who.name} {where} ({who.address}):", *lines, *left, *_missing(found))


def _lines(session: Session, held: Held) -> tuple[str, ...]:
    shown = ", ".join(_number(number) for number in held.numbers[:MOST_IDS])
    more = len(held.numbers) - MOST_IDS
    count = f"{shown} and {more} more" if more > 0 else shown
    line = f"{collection_name(session, held.collection)}: {count}"
    if held.listed:
        return (line,)
    called = (f"  ! It calls itself {own_words(held.called.symbol, held.called.name)}.",) if held.called else ()
    return (line, *called, f"  ! {SPAM}")


def _number(number: int) -> str:
    """A token's number; some are hashes, and too long to be read as numbers."""
    return str(number) if number < 10**12 else hex(number)


def _missing(found: Found) -> tuple[str, ...]:
    unread = (f"{found.unread} more tokens that were sent to it were not asked for.",) if found.unread else ()
    return (*unread, *searched_words(found.logs, "transfers"))


def _document(session: Session, who: Holder, found: Found) -> dict[str, object]:
    return {
        "account": who.data,
        "chain": session.client.entry.slug,
        "standard": "ERC-721",
        "collections": [_data(session, held) for held in found.held],
        "not_asked_for": found.unread,
        "searched": searched_data(found.logs),
    }


def _data(session: Session, held: Held) -> dict[str, object]:
    entry = session.registry.collection_at(session.client.chain_id, held.collection)
    called = held.called
    return {
        "address": held.collection,
        "listed": held.listed,
        "name": entry.name if entry else None,
        "symbol": entry.symbol if entry else None,
        "calls_itself": {"symbol": called.symbol, "name": called.name} if called else None,
        "token_ids": [str(number) for number in held.numbers],
        "count": len(held.numbers),
    }
