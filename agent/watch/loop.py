"""The watch in the foreground: APScheduler only ticks, news of a block ticks early, and what is due stands in our tables."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from agent.automation.watching import WATCH_LOCK
from agent.locks import sharing
from agent.notices.channels.types import Channel
from agent.session import Session
from agent.watch.tick import Ticked, tick
from chain.blocks import NoNews, new_blocks, websocket_url

TICK_SECONDS = 15
LEAST_PAUSE = 5.0
"""Seconds between two ticks that blocks call for: some chains make several a second, and each tick asks the node a few times."""
FIRST_RETRY, LONGEST_RETRY = 5.0, 300.0

Report = Callable[[Ticked], None]
Say = Callable[[str], None]


@dataclass(slots=True)
class Watch:
    """One watch of one chain. `zone` is asked at every tick, as a machine may travel; `report` is told every tick, `say` what a person should know of the watch itself."""

    session: Session
    channels: Sequence[Channel]
    zone: Callable[[], tzinfo]
    report: Report
    say: Say
    tick_seconds: float = TICK_SECONDS
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def once(self) -> Ticked:
        """One tick; two never run at the same time."""
        async with self._busy:
            done = await tick(self.session, self.channels, self.zone())
        self.report(done)
        return done

    async def run(self) -> None:
        """Until it is cancelled. What goes wrong in a tick is told and tried again; what nobody foresaw is raised."""
        broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        running: set[asyncio.Future[Ticked]] = set()

        def ended(task: "asyncio.Future[Ticked]") -> None:
            running.discard(task)
            error = None if task.cancelled() else task.exception()
            if error is not None and not broken.done():
                broken.set_exception(error)

        async def begin() -> None:
            """Let a tick run by itself: the scheduler neither waits for it nor tells of it."""
            if not running:
                task = asyncio.ensure_future(self.once())
                running.add(task)
                task.add_done_callback(ended)

        scheduler = self._scheduler(begin)
        with sharing(self.session.home.locks, WATCH_LOCK):
            scheduler.start()
            listening = asyncio.ensure_future(self._listen())
            try:
                await asyncio.wait({broken, listening}, return_when=asyncio.FIRST_COMPLETED)
                await (broken if broken.done() else listening)
            finally:
                scheduler.shutdown(wait=False)
                await _cancelled(listening, *running)

    def _scheduler(self, begin: Callable[[], Awaitable[None]]) -> AsyncIOScheduler:
        """It begins a tick at once and then at intervals."""
        scheduler = AsyncIOScheduler(timezone=UTC)
        # A machine that slept is behind by many ticks: one makes up for all, however late it is.
        scheduler.add_job(
            begin,
            IntervalTrigger(seconds=max(1, int(self.tick_seconds)), timezone=UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )
        return scheduler

    async def _listen(self) -> None:
        """Tick when there is news of a block. What is told while a tick runs or rests is one piece of news."""
        news = asyncio.Event()
        hearing = asyncio.ensure_future(self._hear(news))
        hearing.add_done_callback(lambda _: news.set())
        try:
            while True:
                await news.wait()
                if hearing.done():
                    return await hearing
                news.clear()
                await self.once()
                await asyncio.sleep(LEAST_PAUSE)
        finally:
            await _cancelled(hearing)

    async def _hear(self, news: asyncio.Event) -> None:
        """Wait for the node's news for ever; where it tells none, the intervals alone go on, and that is said once."""
        retry, said = FIRST_RETRY, False
        while True:
            try:
                async for _ in new_blocks(self._news_url()):
                    retry = FIRST_RETRY
                    news.set()
            except NoNews as none:
                if not said:
                    self.say(str(none))
                said = True
            await asyncio.sleep(retry)
            retry = min(retry * 2, LONGEST_RETRY)

    def _news_url(self) -> str:
        settings = self.session.settings
        return settings.text("ws_url") or websocket_url(settings.rpc_urls[0])


async def _cancelled(*tasks: "asyncio.Future[Any]") -> None:
    """End what still runs, and wait until it has: what was begun in a transaction is kept or undone whole."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
