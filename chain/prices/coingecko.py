"""CoinGecko-compatible services: /simple/price, /simple/token_price and /market_chart (docs.coingecko.com, API v3)."""

import asyncio
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from chain.http import ServiceFailure
from chain.price_service import Coin, NoQuote, PastPrice, Quote
from chain.prices.asking import PatientService, unanswered
from chain.prices.outside import UNKNOWN_COIN, judged, mapping_at, seconds_of
from chain.prices.past import DAY, usable_points

DEMO_KEY, PRO_KEY = "x-cg-demo-api-key", "x-cg-pro-api-key"
PRO_HOST = "https://pro-api."
# Fiat money that it counts in by itself, of those that a sentence can name.
CURRENCIES = frozenset({"USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "CNY", "INR"})
# Coins in one request: their addresses stand in its URL.
BATCH = 50
_USD = {"vs_currencies": "usd", "include_last_updated_at": "true", "precision": "full"}


def key_header(url: str) -> str:
    """The header for the key: paid keys are for a host of their own, and each kind is refused on the other's."""
    return PRO_KEY if url.startswith(PRO_HOST) else DEMO_KEY


class CoinGecko:
    """A source of prices by CoinGecko's API. A token is asked for by its address on its platform."""

    def __init__(self, service: PatientService) -> None:
        self._service = service
        self.name = f"coingecko at {service.host}"

    async def quotes(self, coins: Sequence[Coin]) -> dict[Coin, Quote | NoQuote]:
        """Each coin's price in USD, or why there is none; what one request asks for fails together."""
        asked = [self._batch(path, batch) for path, group in _by_path(coins).items() for batch in _batches(group)]
        return {coin: quote for found in await asyncio.gather(*asked) for coin, quote in found.items()}

    async def past(self, coin: Coin, currency: str, start: int, end: int) -> tuple[PastPrice, ...]:
        """The points of its chart: of five minutes for a day, of an hour for 90, else of a day. Raises ServiceFailure."""
        if currency not in CURRENCIES:
            return ()
        days = max(1, ceil((self._service.now() - start) / DAY))
        query = {"vs_currency": currency.lower(), "days": str(days), "precision": "full"}
        try:
            answer = await self._service.get(_chart_path(coin), query)
        except ServiceFailure as failure:
            if failure.status == 404:
                return ()
            raise
        return usable_points(self._points(answer), start, end, self.name)

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    async def _batch(self, path: str, coins: Sequence[Coin]) -> dict[Coin, Quote | NoQuote]:
        names = ",".join(_name(coin) for coin in coins)
        query = {"ids" if coins[0].by_id else "contract_addresses": names, **_USD}
        try:
            answer = self._checked(await self._service.get(path, query))
        except ServiceFailure as failure:
            return dict.fromkeys(coins, unanswered(failure))
        return {coin: self._judged(answer, _name(coin)) for coin in coins}

    def _checked(self, answer: object) -> Mapping[str, Any]:
        """The answer, where it is none of the bodies that tell an error. Raises ServiceFailure."""
        if not isinstance(answer, Mapping):
            raise self._service.garbage("sent something that is not a list of prices")
        told = mapping_at(answer, "status") or mapping_at(answer, "error", "status") or {}
        if "error_code" in told or "error" in answer or "error_code" in answer:
            code = told.get("error_code", answer.get("error_code"))
            raise self._service.garbage("reports an error" + (f" (code {code})" if isinstance(code, int) else ""))
        return answer

    def _judged(self, answer: Mapping[str, Any], name: str) -> Quote | NoQuote:
        row = mapping_at(answer, name)
        if row is None or row.get("usd") is None:
            return UNKNOWN_COIN
        return judged(row["usd"], row.get("last_updated_at"), self._service.now())

    def _points(self, answer: object) -> list[tuple[int | None, object]]:
        """(seconds, value) of each point: it sends milliseconds."""
        rows = self._checked(answer).get("prices")
        if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 2 for row in rows):
            raise self._service.garbage("sent something that is not a chart")
        return [(seconds_of(at, unit=1000), value) for at, value in rows]


def _by_path(coins: Sequence[Coin]) -> dict[str, list[Coin]]:
    groups: dict[str, list[Coin]] = {}
    for coin in coins:
        platform = f"/simple/token_price/{coin.platform.coingecko}" if coin.platform else ""
        groups.setdefault("/simple/price" if coin.by_id else platform, []).append(coin)
    return {path: group for path, group in groups.items() if path}


def _batches(coins: Sequence[Coin]) -> list[Sequence[Coin]]:
    return [coins[i : i + BATCH] for i in range(0, len(coins), BATCH)]


def _name(coin: Coin) -> str:
    """Its id, or its address as the service writes it back: in lower case."""
    return coin.by_id.coingecko if coin.by_id else coin.address.lower()


def _chart_path(coin: Coin) -> str:
    place = f"/contract/{coin.address.lower()}" if coin.by_id is None else ""
    owner = coin.by_id.coingecko if coin.by_id else (coin.platform.coingecko if coin.platform else "")
    return f"/coins/{owner}{place}/market_chart"
