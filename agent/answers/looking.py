"""What reads share: whose holdings are meant, which coin, and on which chain."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.resolve import CURRENCIES, Party, resolve_asset, resolve_party
from agent.scene import Scene
from agent.session import Desk, Session
from chain.errors import Refused, SayDifferently, SetupNeeded
from chain.values import Address, Asset
from nlp.types import Action

NOTHING_ASKED = "Nothing was asked of the chain."
NOBODY = Address("0x0000000000000000000000000000000000000000")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose holdings are read, and how to call them."""

    address: Address
    name: str

    @property
    def data(self) -> dict[str, str]:
        """For JSON."""
        return {"name": self.name, "address": self.address}


def text(action: Action, slot: str) -> str:
    """A slot's text, '' where it was not given."""
    value = action.slots.get(slot, "")
    return value if isinstance(value, str) else ""


def scene_for(session: Session) -> Scene:
    """What resolving names needs. Without an account of the person's own, nobody stands for it: reads move nothing."""
    contacts = {contact.name: contact for contact in session.contacts.list()}
    accounts = {info.name: info.address for info in session.accounts.list()}
    own = _own(session)
    return Scene(session.client, session.policies.current(), own or NOBODY, session.now(), accounts, contacts)


def check_chain(session: Session, action: Action) -> None:
    """Refuse a question about another chain than the connected one. Raises Refused."""
    named, entry = text(action, "chain"), session.client.entry
    if named and named != entry.slug:
        raise Refused(
            f"You asked about {named}, but {entry.name} ({entry.slug}) is connected.",
            not_done=NOTHING_ASKED,
            remedy=f"Connect to {named} with SAYSO_RPC_URL or 'sayso config set rpc_url', or leave the chain out.",
        )


async def holder(session: Session, action: Action) -> Holder:
    """Whose: the party that was named, or else the default account. Raises SayDifferently, SetupNeeded."""
    named = text(action, "account")
    if not named:
        info = session.accounts.default()
        return Holder(info.address, info.name)
    party = await party_of(session, named)
    return Holder(party.address, party.said)


async def party_of(session: Session, named: str) -> Party:
    """Who a name or address is. Raises SayDifferently."""
    try:
        return await resolve_party(scene_for(session), named)
    except SayDifferently as error:
        raise SayDifferently(error.happened, not_done=NOTHING_ASKED, remedy=error.remedy) from None


async def asset_of(session: Session, named: str) -> Asset:
    """The coin of a symbol or a token's address. Raises SayDifferently, Refused."""
    try:
        return await resolve_asset(scene_for(session), named)
    except SayDifferently as error:
        raise SayDifferently(error.happened, not_done=NOTHING_ASKED, remedy=error.remedy) from None


def is_currency(name: str) -> bool:
    """Whether this is money of a state: 'USD'."""
    return name.upper() in CURRENCIES


def native(session: Session) -> Asset:
    """The coin that pays for gas."""
    entry = session.client.entry
    return Asset(session.client.chain_id, None, entry.native_symbol, entry.native_decimals)


def listed(session: Session) -> tuple[Asset, ...]:
    """The native coin and all listed tokens of the connected chain."""
    chain_id = session.client.chain_id
    tokens = session.registry.tokens_on(chain_id)
    return (native(session), *(Asset(chain_id, Address(t.address), t.symbol, t.decimals) for t in tokens))


def known_names(desk: Desk) -> Mapping[Address, str]:
    """Addresses that the person's own store has names for."""
    contacts = {c.address: f"{c.name} (contact)" for c in desk.contacts.list()}
    return contacts | {info.address: f"{info.name} (yours)" for info in desk.accounts.list()}


def _own(session: Session) -> Address | None:
    try:
        return session.accounts.default().address
    except SetupNeeded:
        return None
