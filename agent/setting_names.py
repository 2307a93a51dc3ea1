"""Every setting by name: what kind of value it takes, its default, and what it is for. The environment calls it SAYSO_<NAME>."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "urls", "url", "file", "seconds", "switch"]
"""`url` and `urls` are shown without path and query, `file` is a path, `seconds` a whole number above 0, `switch` on or off."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `default` is '' where there is none."""

    name: str
    kind: Kind
    meaning: str
    default: str = ""


CHAINS = (
    "ethereum",
    "base",
    "arbitrum",
    "optimism",
    "polygon",
    "bsc",
    "avalanche",
    "gnosis",
    "sepolia",
    "base-sepolia",
    "local",
    "ganache",
)
"""The chains that a node can be named for: the registry's, by slug."""


def chain_setting(slug: str) -> str:
    """The setting with the URLs of one chain's nodes."""
    return f"rpc_url_{slug.replace('-', '_')}"


SETTINGS = (
    Setting("rpc_url", "urls", "URL of an RPC node, or several of one chain, separated by commas"),
    *(Setting(chain_setting(slug), "urls", f"the same for {slug}, taken by 'switch to {slug}'") for slug in CHAINS),
    Setting("rpc_url_before", "urls", "what rpc_url was before the last switch, where its node told no chain"),
    Setting("account", "text", "name or address of the account that is used where none is named"),
    Setting("password_file", "file", "a 0600 file with the password, for creating, importing and confirming"),
    Setting("ws_url", "url", "WebSocket URL of the node (ws, wss), for news of blocks; else the RPC's own is tried"),
    Setting(
        "feedback", "switch", "keep what you reject or put right, encrypted, for 'sayso train --with-feedback'", "on"
    ),
    Setting("coingecko_url", "url", "a CoinGecko-compatible price service"),
    Setting("coingecko_key_file", "file", "a 0600 file with that service's key"),
    Setting("defillama_url", "url", "a DefiLlama-compatible price service"),
    Setting("sourcify_url", "url", "a Sourcify-compatible service for the ABIs of verified contracts"),
    Setting("etherscan_url", "url", "an Etherscan-compatible service for the ABIs of verified contracts"),
    Setting("etherscan_key_file", "file", "a 0600 file with that service's key"),
    Setting("larger_model", "file", "a folder with a transformers causal model, asked where the small one is unsure"),
    Setting("larger_model_url", "url", "an OpenAI-compatible service for the same instead: https://host/v1"),
    Setting("larger_model_name", "text", "the name that the service knows the model by; of a folder, how it is called"),
    Setting("larger_model_key_file", "file", "a 0600 file with that service's key"),
    Setting("larger_model_seconds", "seconds", "seconds within which the larger model has to answer", "20"),
    Setting("watch_prices_every", "seconds", "seconds between two readings of the prices", "60"),
    Setting("watch_balances_every", "seconds", "seconds between two readings of the balances", "60"),
    Setting("watch_gas_every", "seconds", "seconds between two readings of the gas price", "60"),
    Setting("watch_allowances_every", "seconds", "seconds between two readings of the allowances", "600"),
    Setting("notice_file", "file", "a file that notices are written to, one JSON document a line"),
    Setting("webhook_url", "url", "where notices are posted to, signed"),
    Setting("webhook_secret_file", "file", "a 0600 file with the secret that signs what is posted"),
    Setting("desktop_notices", "switch", "show notices on the desktop, where there is one", "off"),
    Setting("telegram_url", "url", "the Telegram bot service", "https://api.telegram.org"),
    Setting("telegram_token_file", "file", "a 0600 file with the bot's token"),
    Setting("telegram_chat", "text", "the chat that the bot writes to"),
    Setting("ntfy_url", "url", "an ntfy-compatible server, with the topic: https://host/topic"),
    Setting("ntfy_token_file", "file", "a 0600 file with that server's token"),
)


NAMES = tuple(setting.name for setting in SETTINGS)
BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SETTINGS}
