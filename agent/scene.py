"""Everything that is known while one request is drafted: the chain, the policy, and the people. Frozen."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.contacts import Contact
from chain.client import ChainClient
from chain.values import Address, Asset, ChainId, Effect, Policy


@dataclass(frozen=True, slots=True)
class Spending:
    """What left by an earlier step that was signed at Unix time `at`, at most: an OUT, or an ALLOWANCE that was given."""

    at: int
    effect: Effect


@dataclass(frozen=True, slots=True)
class Scene:
    """What drafting may know. `accounts` are those of the keystore, by name; `enrolled` those of them that stand under the
    seal; `past_recipients` were paid before; `now` in Unix seconds."""

    client: ChainClient
    policy: Policy
    account: Address
    now: int
    accounts: Mapping[str, Address]
    contacts: Mapping[str, Contact]
    past_recipients: frozenset[Address] = frozenset()
    spent: tuple[Spending, ...] = ()
    enrolled: frozenset[Address] = frozenset()

    @property
    def chain_id(self) -> ChainId:
        """The connected chain."""
        return self.client.chain_id

    @property
    def own(self) -> frozenset[Address]:
        """The accounts that no limit needs to guard against: those under the seal, and the one that pays.

        Anybody at this computer can make or import another one without the seal's password: it counts as a stranger.
        """
        return self.enrolled | {self.account}

    @property
    def held(self) -> frozenset[Address]:
        """Every account whose key is here: nothing of theirs may move unasked."""
        return frozenset(self.accounts.values()) | self.own

    @property
    def native(self) -> Asset:
        """The coin that pays for gas."""
        entry = self.client.entry
        return Asset(self.chain_id, None, entry.native_symbol, entry.native_decimals)

    @property
    def wrapped(self) -> Asset:
        """The wrapped native coin, as an ERC-20."""
        entry = self.client.entry
        token = self.client.registry.token_at(self.chain_id, entry.wrapped_native)
        symbol = token.symbol if token else f"W{entry.native_symbol}"
        return Asset(self.chain_id, Address(entry.wrapped_native), symbol, entry.native_decimals)
