"""The services beside the node, as the settings name them: what leaves this machine for whom, and the price services made ready."""

from dataclasses import dataclass
from pathlib import Path

from agent.setting_names import CHAINS, chain_setting
from agent.settings import Settings, shown_url, urls_in
from chain.contract_abi.services import AbiService, Etherscan, Sourcify
from chain.errors import SetupNeeded
from chain.http import WebService
from chain.price_service import PriceService
from chain.prices.asking import Clock
from chain.prices.services import coingecko, defillama
from chain.private_files import read_private

ABI_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Outside:
    """A setting that names a service. `needs`: another setting without which it is not used."""

    setting: str
    what: str
    purpose: str
    needs: str = ""


OUTSIDE = (
    Outside("ws_url", "node's WebSocket", "news of blocks for 'sayso watch'"),
    Outside("coingecko_url", "price service", "prices of the coins you ask about, now and in the past"),
    Outside("defillama_url", "price service", "prices of the coins you ask about, now and in the past"),
    Outside("sourcify_url", "ABI service", "the ABIs of contracts that you read"),
    Outside("etherscan_url", "ABI service", "the ABIs of contracts that you read"),
    Outside("larger_model_url", "larger language model", "what you say when the small model is unsure, and questions"),
    Outside("webhook_url", "webhook", "your notices, signed"),
    Outside("telegram_url", "Telegram bot", "your notices", needs="telegram_token_file"),
    Outside("ntfy_url", "ntfy server", "your notices"),
)


def outside_connections(settings: Settings) -> list[dict[str, str]]:
    """Every configured service: its host, what it is, what it is asked for, and where the setting comes from."""
    return [
        {
            "to": shown_url(settings.text(service.setting)),
            "what": service.what,
            "for": service.purpose,
            "source": settings.source(service.setting),
        }
        for service in OUTSIDE
        if settings.text(service.setting) and (not service.needs or settings.text(service.needs))
    ]


def other_nodes(settings: Settings) -> list[dict[str, str]]:
    """The nodes that are named for chains: the watch asks them, and a switch takes them."""
    return [
        {
            "to": shown_url(url),
            "what": f"RPC node of {slug}",
            "for": "'sayso watch', and what you ask after switching there",
            "source": settings.source(chain_setting(slug)),
        }
        for slug in CHAINS
        for url in urls_in(settings.text(chain_setting(slug)))
        if url not in settings.rpc_urls
    ]


def price_services(settings: Settings, clock: Clock) -> tuple[PriceService, ...]:
    """The configured price services, in the order in which they are believed. Raises SetupNeeded for an unusable key file."""
    made: list[PriceService] = []
    if url := settings.text("coingecko_url"):
        made.append(coingecko(url, key_in(settings.file("coingecko_key_file")), clock=clock))
    if url := settings.text("defillama_url"):
        made.append(defillama(url, clock=clock))
    return tuple(made)


def abi_services(settings: Settings) -> tuple[AbiService, ...]:
    """The configured services for ABIs, in the order in which they are asked. Raises SetupNeeded for an unusable key file."""
    made: list[AbiService] = []
    if url := settings.text("sourcify_url"):
        made.append(Sourcify(WebService(url, timeout=ABI_SECONDS)))
    if url := settings.text("etherscan_url"):
        made.append(Etherscan(WebService(url, timeout=ABI_SECONDS), key_in(settings.file("etherscan_key_file"))))
    return tuple(made)


def key_in(path: Path | None) -> str:
    """The key in a file of the person's own, '' where none is set. Raises SetupNeeded, without the key in its words."""
    if path is None:
        return ""
    try:
        key = read_private(path).strip()
    except (FileNotFoundError, NotADirectoryError):
        raise SetupNeeded(
            f"There is no key file {path}.",
            not_done="The service was not asked.",
            remedy="Make it, or unset the setting.",
        ) from None
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise SetupNeeded(
            f"{path} does not hold a key.", not_done="The service was not asked.", remedy="Put the key alone into it."
        )
    return key
