"""The price services that a person configured, by their URLs and keys."""

import time

from chain.http import Transport, WebService
from chain.price_service import PriceService
from chain.prices.asking import Clock, PatientService
from chain.prices.coingecko import CoinGecko, key_header
from chain.prices.defillama import DefiLlama
from chain.prices.kept import KeptService


def coingecko(url: str, key: str = "", *, clock: Clock = time.time, transport: Transport | None = None) -> PriceService:
    """A CoinGecko-compatible service under a base URL, its key in a header. Raises SetupNeeded for an unusable URL."""
    headers = {key_header(url): key} if key else None
    service = WebService(url, headers=headers, transport=transport)
    return KeptService(CoinGecko(PatientService(service, clock)), clock)


def defillama(url: str, *, clock: Clock = time.time, transport: Transport | None = None) -> PriceService:
    """A DefiLlama-compatible service under a base URL. Raises SetupNeeded for an unusable URL."""
    return KeptService(DefiLlama(PatientService(WebService(url, transport=transport), clock)), clock)
