"""The chains that are watched: the connected one, and every other one that a node is named for."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from agent.session import Session, session
from agent.setting_names import CHAINS, chain_setting
from agent.settings import Settings, urls_in
from chain.errors import SaysoError

EXPLICIT = ("flag", "environment")


@asynccontextmanager
async def watched_sessions(settings: Settings, say: Callable[[str], None]) -> AsyncIterator[tuple[Session, ...]]:
    """One session a chain. Where a flag or the environment names the node, that chain alone.

    Raises as `session` for the connected chain; another one whose node does not answer is said, and left out.
    """
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(session(settings))]
        for slug in CHAINS if settings.source("rpc_url") not in EXPLICIT else ():
            urls = settings.text(chain_setting(slug))
            if not urls or slug in {one.client.entry.slug for one in opened}:
                continue
            try:
                other = await stack.enter_async_context(session(replace(settings, rpc_urls=urls_in(urls))))
            except SaysoError as error:
                say(f"{slug} is not watched: {error.happened}")
                continue
            opened.append(other)
        yield tuple(opened)
