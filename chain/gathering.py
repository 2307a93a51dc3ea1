"""Many readers, one request: what several coroutines ask of Multicall3 at the same time is sent as one call."""

import asyncio
from collections.abc import Sequence

from chain.client import BlockId, ChainClient
from chain.multicall import Call, CallAnswer

# Turns of the event loop in which others may still join: readers start readers of their own.
TURNS = 12


class Gathering(ChainClient):
    """A client over the nodes of another one. It is not closed: the other one is."""

    def __init__(self, client: ChainClient) -> None:
        super().__init__(client._pool, client.entry, client.registry)
        self.price_services = client.price_services
        self._waiting: dict[BlockId, list[tuple[Sequence[Call], asyncio.Future[list[CallAnswer]]]]] = {}

    async def aggregate(self, calls: Sequence[Call], block: BlockId = "latest") -> list[CallAnswer]:
        """As `ChainClient.aggregate`, in one request with what else is asked for at this moment."""
        answer: asyncio.Future[list[CallAnswer]] = asyncio.get_running_loop().create_future()
        first = block not in self._waiting
        self._waiting.setdefault(block, []).append((calls, answer))
        if first:
            await self._send(block)
        return await answer

    async def _send(self, block: BlockId) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)
        together = self._waiting.pop(block)
        try:
            answers = await super().aggregate([call for calls, _ in together for call in calls], block)
        except BaseException as error:
            for _, waiting in together[1:]:
                if not waiting.done():
                    waiting.set_exception(error)
            raise
        at = 0
        for calls, waiting in together:
            if not waiting.done():
                waiting.set_result(answers[at : at + len(calls)])
            at += len(calls)
