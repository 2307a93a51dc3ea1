"""DefiLlama-compatible services: /prices/current and /chart of the coins API (api-docs.defillama.com)."""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from chain.http import ServiceFailure
from chain.price_service import Coin, NoQuote, PastPrice, Quote
from chain.prices.asking import PatientService, unanswered
from chain.prices.outside import UNKNOWN_COIN, decimal_of, judged, mapping_at, seconds_of
from chain.prices.past import DAY, usable_points

# Below this the service itself holds its price for unsure: it is no price then.
LEAST_CONFIDENCE = Decimal("0.9")
# Coins in one request: their keys stand in its URL.
BATCH = 50
PERIODS = (("5m", 300), ("30m", 1800), ("1h", 3600), ("4h", 14_400), ("1d", DAY), ("7d", 7 * DAY))
MOST_STEPS = 400


class DefiLlama:
    """A source of prices by DefiLlama's coins API. A token is asked for as chain:address; all it counts in is USD."""

    def __init__(self, service: PatientService) -> None:
        self._service = service
        self.name = f"defillama at {service.host}"

    async def quotes(self, coins: Sequence[Coin]) -> dict[Coin, Quote | NoQuote]:
        """Each coin's price in USD, or why there is none; what one request asks for fails together."""
        asked = [self._batch(coins[i : i + BATCH]) for i in range(0, len(coins), BATCH)]
        return {coin: quote for found in await asyncio.gather(*asked) for coin, quote in found.items()}

    async def past(self, coin: Coin, currency: str, start: int, end: int) -> tuple[PastPrice, ...]:
        """The points of its chart, of which the period is chosen so that they are few. Raises ServiceFailure."""
        if currency != "USD":
            return ()
        period, seconds = next((p for p in PERIODS if end - start <= MOST_STEPS * p[1]), PERIODS[-1])
        span = min(MOST_STEPS, (end - start) // seconds + 1)
        query = {"start": str(start), "span": str(span), "period": period, "searchWidth": str(seconds)}
        answer = _coins(self._service, await self._service.get(f"/chart/{_key(coin)}", query))
        rows = (_row(answer, _key(coin)) or {}).get("prices", [])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise self._service.garbage("sent something that is not a chart")
        return usable_points(
            [(seconds_of(row.get("timestamp")), row.get("price")) for row in rows], start, end, self.name
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    async def _batch(self, coins: Sequence[Coin]) -> dict[Coin, Quote | NoQuote]:
        keys = ",".join(_key(coin) for coin in coins)
        try:
            answer = _coins(self._service, await self._service.get(f"/prices/current/{keys}", {"searchWidth": "1h"}))
        except ServiceFailure as failure:
            return dict.fromkeys(coins, unanswered(failure))
        return {coin: self._judged(_row(answer, _key(coin))) for coin in coins}

    def _judged(self, row: Mapping[str, Any] | None) -> Quote | NoQuote:
        if row is None or row.get("price") is None:
            return UNKNOWN_COIN
        confidence = decimal_of(row.get("confidence"))
        if confidence is None or not 0 <= confidence <= 1:
            return NoQuote("does not say how sure it is of its price")
        if confidence < LEAST_CONFIDENCE:
            return NoQuote(f"is not sure of its price (confidence {confidence:.2f})")
        return judged(row["price"], row.get("timestamp"), self._service.now())


def _coins(service: PatientService, answer: object) -> Mapping[str, Any]:
    """The rows of an answer by their keys in lower case. Raises ServiceFailure."""
    coins = mapping_at(answer, "coins")
    if coins is None:
        raise service.garbage("sent something that is not a list of prices")
    return {key.lower(): row for key, row in coins.items()}


def _row(coins: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    return mapping_at(coins, key.lower())


def _key(coin: Coin) -> str:
    if coin.by_id:
        return coin.by_id.defillama
    return f"{coin.platform.defillama if coin.platform else ''}:{coin.address}"
