"""What services said, kept for half a minute, and never waited for longer than three seconds."""

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple

from chain.price_service import Coin, NoQuote, PastPrice, PriceService, Quote
from chain.prices.asking import Clock

KEPT_SECONDS = 30
ANSWER_WITHIN = 3.0


class _Kept(NamedTuple):
    at: float
    quote: Quote | NoQuote


class KeptService:
    """A price service whose quotes, failures too, serve again for `KEPT_SECONDS`: a card does not wait for them twice."""

    def __init__(self, service: PriceService, clock: Clock = time.time, within: float = ANSWER_WITHIN) -> None:
        """`clock` gives seconds; `within` is how long a quote is waited for."""
        self._service = service
        self._clock = clock
        self._within = within
        self._known: dict[Coin, _Kept] = {}
        self._lock = asyncio.Lock()

    @property
    def name(self) -> str:
        """What it is called, with its host."""
        return self._service.name

    async def quotes(self, coins: Sequence[Coin]) -> dict[Coin, Quote | NoQuote]:
        """As the service's own, from memory where it is fresh."""
        wanted = list(dict.fromkeys(coins))
        async with self._lock:
            self._forget()
            lacking = [coin for coin in wanted if coin not in self._known]
            if lacking:
                answers = await self._asked(lacking)
                at = self._clock()
                self._known |= {coin: _Kept(at, answers.get(coin, NoQuote("said nothing"))) for coin in lacking}
            return {coin: self._known[coin].quote for coin in wanted}

    async def past(self, coin: Coin, currency: str, start: int, end: int) -> tuple[PastPrice, ...]:
        """As the service's own."""
        return await self._service.past(coin, currency, start, end)

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    async def _asked(self, coins: Sequence[Coin]) -> dict[Coin, Quote | NoQuote]:
        try:
            async with asyncio.timeout(self._within):
                return dict(await self._service.quotes(coins))
        except TimeoutError:
            return dict.fromkeys(coins, NoQuote(f"did not answer within {self._within:g} seconds", silent=True))

    def _forget(self) -> None:
        now = self._clock()
        self._known = {coin: kept for coin, kept in self._known.items() if 0 <= now - kept.at < KEPT_SECONDS}
