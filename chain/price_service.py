"""What a price service is to the rest: a name, quotes in USD of many coins at once, and the prices of the past.

Apart from `chain/prices`, so that a client can hold its services without importing what asks the client.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from contracts.registry import PriceIdEntry, PricePlatformEntry


@dataclass(frozen=True, slots=True)
class Coin:
    """What a service is asked about: by the id of our own data, or else a token's address on its chain. Never by symbol."""

    symbol: str
    by_id: PriceIdEntry | None = None
    platform: PricePlatformEntry | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a service says one whole coin is worth in USD, as of a Unix time."""

    value: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class NoQuote:
    """Why a service has no usable quote, to stand after its name; `silent` where it did not answer at all."""

    why: str
    silent: bool = False


@dataclass(frozen=True, slots=True)
class PastPrice:
    """What one whole coin was worth at a Unix time, by `source`."""

    at: int
    value: Decimal
    source: str


Quotes = Mapping[Coin, Quote | NoQuote]


class PriceService(Protocol):
    """A source of prices beside the chain. `name` is shown: it holds the host, never a key."""

    @property
    def name(self) -> str:
        """What it is called, with its host."""

    async def quotes(self, coins: Sequence[Coin]) -> Quotes:
        """Each coin's price in USD, or why there is none. Raises nothing of its own: what fails is said in its place."""

    async def past(self, coin: Coin, currency: str, start: int, end: int) -> tuple[PastPrice, ...]:
        """The prices in a currency between two Unix times, oldest first; () where it cannot tell. Raises ServiceFailure."""

    async def close(self) -> None:
        """Close the connections."""
