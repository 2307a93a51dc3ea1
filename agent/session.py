"""One run of the assistant: the settings, the store's parts and, where it is needed, the connected chain."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, fields

from agent.accounts import Accounts
from agent.contacts import Contacts
from agent.drafts import DraftStore
from agent.feedback.store import Feedback
from agent.home import Home
from agent.journal import Journal
from agent.ledger import StoreLedger
from agent.notices.configured import channel_names
from agent.notices.store import Notices
from agent.points import Points
from agent.policies import Policies
from agent.sealing import Seals
from agent.services import price_services
from agent.settings import Settings
from agent.store import Store, open_store
from chain.client import ChainClient, connect
from chain.keystore import Keystore
from contracts.registry import Registry, load_registry

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that works without a chain. `clock` gives Unix seconds; timers use the monotonic clock instead."""

    settings: Settings
    home: Home
    registry: Registry
    store: Store
    journal: Journal
    seals: Seals
    ledger: StoreLedger
    drafts: DraftStore
    contacts: Contacts
    policies: Policies
    accounts: Accounts
    points: Points
    notices: Notices
    feedback: Feedback
    clock: Clock

    def now(self) -> int:
        """The time in Unix seconds."""
        return int(self.clock())


@dataclass(frozen=True, slots=True)
class Session(Desk):
    """A desk with a connected chain."""

    client: ChainClient

    async def close(self) -> None:
        """Close the chain's connections and the store."""
        await self.client.close()
        self.store.close()


@contextmanager
def open_desk(settings: Settings, *, clock: Clock = time.time) -> Iterator[Desk]:
    """A desk without a chain. Raises SetupNeeded where the home or the database cannot be used."""
    desk = _desk(settings, clock)
    try:
        yield desk
    finally:
        desk.store.close()


async def open_session(settings: Settings, *, clock: Clock = time.time) -> Session:
    """A session on the chain that the settings' RPC serves; close it. Raises SetupNeeded, UnknownChain, NoRpc."""
    desk = _desk(settings, clock)
    try:
        services = price_services(settings, clock)
        client = await connect(settings.rpc_urls, desk.registry)
    except BaseException:
        desk.store.close()
        raise
    client.price_services = services
    return Session(**{f.name: getattr(desk, f.name) for f in fields(desk)}, client=client)


Connect = Callable[[], Awaitable[Session]]
"""Gives the session where a chain is needed, and opens it then."""


@asynccontextmanager
async def session(settings: Settings, *, clock: Clock = time.time) -> AsyncIterator[Session]:
    """As `open_session`, closed at the end of the block."""
    opened = await open_session(settings, clock=clock)
    try:
        yield opened
    finally:
        await opened.close()


def _desk(settings: Settings, clock: Clock) -> Desk:
    home, registry = settings.home.ensure(), load_registry()
    store = open_store(home.database)
    journal = Journal(store, clock)
    seals = Seals(store, journal, clock)
    return Desk(
        settings=settings,
        home=home,
        registry=registry,
        store=store,
        journal=journal,
        seals=seals,
        ledger=StoreLedger(store, journal, registry, clock),
        drafts=DraftStore(store, journal, clock),
        contacts=Contacts(store, journal, seals, registry, clock),
        policies=Policies(store, journal, seals),
        accounts=Accounts(Keystore(home.keystore, clock=clock), seals, journal, settings.account),
        points=Points(store),
        notices=Notices(store, channel_names(settings), clock),
        feedback=Feedback(store, clock, wanted=settings.switched_on("feedback")),
        clock=clock,
    )
