"""Names to addresses and assets: what the words call somebody or something, looked up and never guessed."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from agent.scene import Scene
from chain.abi import checksum
from chain.errors import Refused, SayDifferently
from chain.names import normalise, resolve
from chain.protocols.erc20 import metadata, verify_decimals
from chain.transaction import is_checksummed
from chain.values import Address, Asset
from contracts.registry import UnknownEntry
from nlp.types import Action

CURRENCIES = frozenset(
    [
        "USD",
        "EUR",
        "GBP",
        "JPY",
        "CHF",
        "CAD",
        "AUD",
        "INR",
        "CNY",
        "KRW",
        "BRL",
        "MXN",
        "DOLLAR",
        "DOLLARS",
        "EURO",
        "EUROS",
        "POUND",
        "POUNDS",
    ]
)
NOTHING = "Nothing was drafted."
_HEX = re.compile(r"0[xX][0-9a-fA-F]*")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody named in the words. `ens` is the name to resolve again before signing, '' where the address does not hang on one."""

    address: Address
    kind: Literal["contact", "account", "name", "address"]
    said: str
    ens: str = ""


async def resolve_party(scene: Scene, text: str) -> Party:
    """Who `text` is: a contact, an own account, an ENS name or an address.

    Raises SayDifferently where nobody is called so, or two are; or where an address has a wrong checksum.
    """
    name = text.strip()
    if _HEX.fullmatch(name):
        return Party(resolve_address(name), "address", name)
    key = " ".join(name.lower().split())
    contact, account = scene.contacts.get(key), scene.accounts.get(key)
    if contact and account and contact.address != account:
        raise _say(f"{name!a} is both a contact and one of your accounts.", "Give the address itself.")
    if contact:
        return Party(contact.address, "contact", name, contact.ens)
    if account:
        return Party(account, "account", name)
    if "." in name:
        return await _resolve_ens(scene, name)
    near = _nearest(key, [*scene.contacts, *scene.accounts])
    raise _say(f"Nobody is known as {name!a}.", near or "Add a contact, or give the address itself.")


def resolve_address(text: str) -> Address:
    """An address as it was typed, checksummed. All one case is taken; mixed case must be EIP-55. Raises SayDifferently."""
    if not re.fullmatch(r"0x[0-9a-fA-F]{40}", text):
        raise _say(f"{text[:80]!a} is not an address: it needs 0x and 40 hex digits.", "Copy the address again.")
    if text[2:] not in (text[2:].lower(), text[2:].upper()) and not is_checksummed(text):
        raise _say(f"The address {text} has a wrong checksum: a letter is wrong.", "Copy the address again.")
    return checksum(text)


async def resolve_asset(scene: Scene, text: str) -> Asset:
    """The asset that a symbol or a token's address stands for on the connected chain.

    A token that the registry does not vouch for is known only by its address, and comes back with `listed` False and
    its own, untrusted symbol. Raises SayDifferently for an unknown symbol, Refused where decimals differ or are missing.
    """
    name = text.strip()
    if _HEX.fullmatch(name):
        return await _token_at(scene, resolve_address(name))
    if name.upper() == scene.native.symbol.upper():
        return scene.native
    try:
        entry = scene.client.registry.token(scene.chain_id, name)
    except UnknownEntry as unknown:
        raise _no_token(scene, name, unknown.nearest) from None
    return await _verified(scene, Asset(scene.chain_id, Address(entry.address), entry.symbol, entry.decimals))


def check_chain(scene: Scene, action: Action) -> None:
    """Refuse an action that names another chain than the connected one. Raises Refused."""
    named, entry = action.slots.get("chain"), scene.client.entry
    if named is None or named == entry.slug:
        return
    raise Refused(
        f"You asked for the chain {named!a}, but {entry.name} ({entry.slug}) is connected.",
        not_done=NOTHING,
        remedy=f"Connect to {named!a} with SAYSO_RPC_URL or 'sayso config set rpc_url', or leave the chain out.",
    )


def resolve_sender(scene: Scene, actions: Iterable[Action]) -> Address:
    """The one own account that the actions move from: the one named, or else the default. Raises SayDifferently."""
    senders = {_sender(scene, action) for action in actions}
    if len(senders) != 1:
        raise _say("One draft moves from one account.", "Ask for each account in a sentence of its own.")
    return senders.pop()


def shown(asset: Asset) -> str:
    """How an asset is called in a message: a symbol that a stranger chose is not repeated."""
    return asset.symbol if asset.listed else f"units of the unlisted token {asset.address}"


def _sender(scene: Scene, action: Action) -> Address:
    said = action.slots.get("account")
    if said is None:
        return scene.account
    name = str(said).strip()
    address = resolve_address(name) if _HEX.fullmatch(name) else scene.accounts.get(name.lower())
    if address in scene.held and address is not None:
        return address
    near = _nearest(name.lower(), scene.accounts)
    raise _say(f"{name!a} is not one of your accounts.", near or "See: sayso account list.")


async def _resolve_ens(scene: Scene, name: str) -> Party:
    normal = normalise(name)
    address = await resolve(scene.client, normal)
    if address is None:
        raise _say(f"The name {normal!a} has no address on {scene.client.entry.name}.", "Check the name.")
    return Party(address, "name", name, normal)


async def _token_at(scene: Scene, address: Address) -> Asset:
    entry = scene.client.registry.token_at(scene.chain_id, address)
    if entry is not None:
        return await _verified(scene, Asset(scene.chain_id, address, entry.symbol, entry.decimals))
    found = await metadata(scene.client, address)
    return Asset(scene.chain_id, address, found.symbol, found.decimals, listed=False)


async def _verified(scene: Scene, asset: Asset) -> Asset:
    await verify_decimals(scene.client, [asset])
    return asset


def _no_token(scene: Scene, name: str, nearest: tuple[str, ...]) -> SayDifferently:
    chain = scene.client.entry.name
    if name.upper() in CURRENCIES:
        return _say(f"{name.upper()} is a currency and not a token on {chain}.", "Name the token, such as USDC.")
    if wrapped := _nearest(
        f"W{name.upper()}", [t.symbol for t in scene.client.registry.tokens_on(scene.chain_id)], 0.99
    ):
        return _say(f"There is no token {name.upper()!a} on {chain}.", wrapped)
    near = f"Did you mean {' or '.join(nearest)}?" if nearest else "Give the token's address, or another symbol."
    return _say(f"There is no token {name[:80].upper()!a} on {chain}.", near)


def _nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    near = difflib.get_close_matches(name, sorted(set(known)), n=3, cutoff=cutoff)
    return f"Did you mean {' or '.join(near)}?" if near else ""


def _say(happened: str, remedy: str) -> SayDifferently:
    return SayDifferently(happened, not_done=NOTHING, remedy=remedy)
