"""A watch in the hands of a test: one account, a clock that stands where it is put, and everything that was told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path

from agent.assistant import Reply, context_of, respond
from agent.notices.channels.terminal import Terminal
from agent.notices.store import Notice
from agent.session import Session
from agent.understand import load_parser
from agent.watch.tick import Ticked, tick
from chain.values import Address
from tests.agent.store_support import Clock, payer
from tests.conftest import LocalChain

STEP = 60


@dataclass
class Watched:
    """`shown` is what reached the terminal, in its order."""

    session: Session
    chain: LocalChain
    clock: Clock
    zone: tzinfo = UTC
    shown: list[Notice] = field(default_factory=list)

    @property
    def account(self) -> Address:
        return self.session.accounts.default().address

    async def tick(self, seconds: float = STEP) -> Ticked:
        """Let time pass, then tick."""
        self.clock.at += seconds
        return await tick(self.session, (Terminal(self.shown.append),), self.zone)

    async def ticks(self, count: int, seconds: float = STEP) -> None:
        for _ in range(count):
            await self.tick(seconds)

    async def say(self, words: str) -> Reply:
        """A sentence, by the shipped model. It must come to something."""

        async def connected() -> Session:
            return self.session

        reply = await respond(self.session, connected, load_parser().parse(words, context_of(self.session)), words)
        assert reply.trouble is None, reply.trouble
        return reply

    def told(self, *kinds: str) -> list[str]:
        """The titles of what was told, of these kinds or of all."""
        return [notice.title for notice in self.shown if not kinds or notice.kind in kinds]

    def stored(self) -> list[str]:
        """The keys of all notices in the store, the oldest first."""
        return [told.notice.key for told in reversed(self.session.notices.recent(10_000))]

    def drafts(self) -> int:
        """How many drafts were stored."""
        with self.session.store.read() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM drafts").scalar() or 0)


@asynccontextmanager
async def watched(home: Path, chain: LocalChain, clock: Clock | None = None) -> AsyncIterator[Watched]:
    """A watch that has looked once, so that what stands is no news."""
    standing = clock or Clock()
    async with payer(home, chain, standing) as session:
        watch = Watched(session, chain, standing)
        await watch.tick(0)
        assert not watch.shown
        yield watch
