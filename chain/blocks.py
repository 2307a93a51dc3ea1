"""News of blocks over WebSocket (`eth_subscribe` to newHeads). A hint to look, never the truth: events get lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from chain.bounded_json import loads
from chain.errors import SayDifferently, SaysoError
from chain.http import display_url

LARGEST_MESSAGE = 256 * 1024
DEEPEST_MESSAGE = 16
OPEN_SECONDS = 10.0
SUBSCRIBE = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"]})


class NoNews(SaysoError):
    """The node tells no news of blocks, or ceased to."""

    code = "no_news"


async def new_blocks(url: str) -> AsyncIterator[None]:
    """Yields once a message about a new block, until the connection ends. Raises NoNews where it cannot be had."""
    try:
        async with connect(
            url, max_size=LARGEST_MESSAGE, open_timeout=OPEN_SECONDS, compression=None, proxy=None
        ) as socket:
            await socket.send(SUBSCRIBE)
            subscription = _subscription(await asyncio.wait_for(socket.recv(), OPEN_SECONDS), url)
            async for message in socket:
                if _is_of(message, subscription):
                    yield None
    except (OSError, WebSocketException, TimeoutError, ValueError):
        raise _no_news(url) from None


def websocket_url(rpc_url: str) -> str:
    """The same address by WebSocket: most nodes answer there, too."""
    parts = urlsplit(rpc_url)
    return urlunsplit(parts._replace(scheme="wss" if parts.scheme == "https" else "ws"))


def _subscription(message: str | bytes, url: str) -> str:
    answer = _read(message)
    subscription = answer.get("result") if answer.get("id") == 1 else None
    if not isinstance(subscription, str):
        raise _no_news(url)
    return subscription


def _is_of(message: str | bytes, subscription: str) -> bool:
    told = _read(message).get("params")
    return isinstance(told, dict) and told.get("subscription") == subscription


def _read(message: str | bytes) -> dict[str, object]:
    """Raises ValueError for what is no JSON object within bounds."""
    try:
        text = message if isinstance(message, str) else message.decode("utf-8")
        answer = loads(text, max_bytes=LARGEST_MESSAGE, max_depth=DEEPEST_MESSAGE)
    except SayDifferently:
        raise ValueError("not JSON within bounds") from None
    if not isinstance(answer, dict):
        raise ValueError("not an object")
    return answer


def _no_news(url: str) -> NoNews:
    return NoNews(
        f"The node at {display_url(url)} tells no news of blocks.",
        not_done="Blocks are looked for at intervals instead.",
        remedy="To have them told, set ws_url to the node's WebSocket address.",
    )
