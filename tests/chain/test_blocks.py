"""News of blocks over WebSocket: from a real node, and from servers that lie, flood or go away."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from chain.blocks import LARGEST_MESSAGE, NoNews, new_blocks, websocket_url
from tests.conftest import LocalChain

Behaviour = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def server(behave: Behaviour) -> AsyncIterator[str]:
    """A WebSocket server on loopback that behaves so after it was subscribed to."""

    async def handle(socket: ServerConnection) -> None:
        await socket.recv()
        await behave(socket)

    async with serve(handle, "127.0.0.1", 0) as running:
        port = running.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}/v3/visibly-a-test-key"


def accepted(subscription: str = "0x1") -> str:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": subscription})


def block(subscription: str = "0x1") -> str:
    params = {"subscription": subscription, "result": {"number": "0x1"}}
    return json.dumps({"jsonrpc": "2.0", "method": "eth_subscription", "params": params})


async def counted(url: str) -> int:
    return len([None async for _ in new_blocks(url)])


@pytest.mark.parametrize(
    ("rpc", "socket"),
    [
        ("http://127.0.0.1:8545", "ws://127.0.0.1:8545"),
        ("https://node.example/v3/k?x=1", "wss://node.example/v3/k?x=1"),
    ],
)
def test_a_node_is_tried_at_its_own_address(rpc: str, socket: str) -> None:
    assert websocket_url(rpc) == socket


async def test_a_block_of_the_real_chain_is_told(local_chain: LocalChain) -> None:
    news = new_blocks(websocket_url(local_chain.rpc_url))
    first = asyncio.ensure_future(anext(news))
    while not first.done():
        local_chain.mine()
        await asyncio.sleep(0.05)
    await first
    await news.aclose()


async def test_messages_of_other_subscriptions_are_no_news() -> None:
    async def behave(socket: ServerConnection) -> None:
        await socket.send(accepted())
        for message in (block("0x2"), json.dumps({"params": 5}), block()):
            await socket.send(message)

    async with server(behave) as url:
        assert await counted(url) == 1


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps({"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "no"}}),
        json.dumps({"jsonrpc": "2.0", "id": 2, "result": "0x1"}),
        "not json",
        "[" * 100,
        "[]",
    ],
)
async def test_a_node_without_news_is_told_by_its_host_alone(answer: str) -> None:
    async def behave(socket: ServerConnection) -> None:
        await socket.send(answer)

    async with server(behave) as url:
        with pytest.raises(NoNews) as error:
            await counted(url)
    assert "visibly" not in str(error.value) and "127.0.0.1" in str(error.value)


async def test_a_message_beyond_the_bound_ends_it() -> None:
    async def behave(socket: ServerConnection) -> None:
        await socket.send(accepted())
        await socket.send("x" * (LARGEST_MESSAGE + 1))

    async with server(behave) as url:
        with pytest.raises(NoNews):
            await counted(url)


async def test_nobody_there() -> None:
    with pytest.raises(NoNews):
        await counted("ws://127.0.0.1:9")
