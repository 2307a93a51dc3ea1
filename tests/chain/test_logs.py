"""Logs from a real chain, and from nodes that limit, cut and lie."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.client import ChainClient, connect
from chain.errors import SaysoError
from chain.events import TRANSFER
from chain.logs import FIRST, MOST_REQUESTS, WIDEST, Width, block_at, find_logs, topic_of
from chain.rpc import NoRpc, RpcError
from contracts.recipe import load_recipe
from contracts.registry import load_registry
from tests.conftest import LocalChain

TOKEN = "0x1111111111111111111111111111111111111111"
OWNER = "0x2222222222222222222222222222222222222222"
OTHER = "0x3333333333333333333333333333333333333333"
PROBE = "0x536179736f"
Change = Callable[[dict[str, Any]], object]


def log_at(block: int, index: int = 0, **other: object) -> dict[str, object]:
    """A transfer of OWNER as a node gives it."""
    return {
        "address": TOKEN,
        "topics": [TRANSFER, topic_of(OWNER), topic_of(OTHER)],
        "data": "0x" + (5).to_bytes(32).hex(),
        "blockNumber": hex(block),
        "blockHash": "0x" + block.to_bytes(32).hex(),
        "transactionHash": "0x" + (block + 7).to_bytes(32).hex(),
        "logIndex": hex(index),
        **other,
    }


class FakeNode:
    """A node of a long chain that holds a log in some blocks. It refuses ranges that are too wide or hold too much."""

    def __init__(self, blocks: list[int], *, most_blocks: int = 10**9, most_rows: int = 10**9) -> None:
        self.blocks = blocks
        self.most_blocks = most_blocks
        self.most_rows = most_rows
        self.asked: list[int] = []
        self.rows: Callable[[list[int]], object] = lambda blocks: [log_at(block) for block in blocks]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        answer: dict[str, object] = {"jsonrpc": "2.0", "id": asked["id"]}
        plain = {"eth_chainId": "0x7a69", "eth_call": PROBE}
        if asked["method"] in plain:
            return httpx.Response(200, json=answer | {"result": plain[asked["method"]]})
        return httpx.Response(200, json=answer | self.logs(asked["params"][0]))

    def logs(self, asked: dict[str, str]) -> dict[str, object]:
        lower, upper = int(asked["fromBlock"], 16), int(asked["toBlock"], 16)
        self.asked.append(upper - lower + 1)
        within = [block for block in self.blocks if lower <= block <= upper]
        if upper - lower + 1 > self.most_blocks:
            return {"error": {"code": -32600, "message": f"block range limited to {self.most_blocks}"}}
        if len(within) > self.most_rows:
            return {"error": {"code": -32005, "message": "query returned more than 10000 results"}}
        return {"result": self.rows(within)}


async def client_of(node: Callable[[httpx.Request], httpx.Response]) -> ChainClient:
    return await connect(["http://node"], load_registry(), transport=httpx.MockTransport(node))


async def found(node: FakeNode, end: int, **bounds: int) -> tuple[list[int], bool]:
    client = await client_of(node)
    logs = await find_logs(client, [TRANSFER, topic_of(OWNER)], 0, end, **bounds)
    await client.close()
    return [row.block for row in logs.rows], logs.complete


async def test_a_node_without_limits_is_asked_ever_wider() -> None:
    node = FakeNode([3, 5_000_000, 19_999_999])
    assert await found(node, 20_000_000) == ([3, 5_000_000, 19_999_999], True)
    assert node.asked[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert max(node.asked) == WIDEST and len(node.asked) < 20


async def test_a_node_that_limits_the_range_is_asked_in_ranges_that_it_takes() -> None:
    node = FakeNode([1, 99_000, 350_000], most_blocks=10_000)
    assert await found(node, 400_000) == ([1, 99_000, 350_000], True)
    refused = [asked for asked in node.asked if asked > 10_000]
    assert len(refused) <= len(node.asked) // 6, "a node's limit is found out once, not again with every range"


async def test_a_node_that_limits_the_rows_is_asked_in_smaller_ranges() -> None:
    crowded = list(range(70_000, 70_400))
    node = FakeNode([5, *crowded], most_rows=100)
    assert await found(node, 100_000) == ([5, *crowded], True)


async def test_what_is_beyond_the_bounds_is_said_to_be_missing_and_is_the_oldest() -> None:
    node = FakeNode([5, 10**7 - 5], most_blocks=100)
    rows, complete = await found(node, 10**7)
    assert (rows, complete) == ([10**7 - 5], False)
    assert len(node.asked) == MOST_REQUESTS


async def test_enough_rows_end_the_search() -> None:
    node = FakeNode([5, 10_000, 160_000, 190_000])
    assert await found(node, 200_000, enough=2) == ([160_000, 190_000], False)


async def test_a_node_that_refuses_even_one_block_is_told() -> None:
    with pytest.raises(RpcError, match="limited to 0"):
        await found(FakeNode([], most_blocks=0), 1000)


async def test_a_node_that_has_no_logs_is_asked_once() -> None:
    node = FakeNode([])
    node.logs = lambda asked: node.asked.append(1) or {"error": {"code": -32601, "message": "method not found"}}  # type: ignore[method-assign, func-returns-value]
    with pytest.raises(RpcError, match="method not found"):
        await found(node, 1000)
    assert len(node.asked) == 1


async def test_an_answer_that_is_too_large_is_asked_for_in_parts() -> None:
    node = FakeNode(list(range(1000, 30_000, 1000)))
    bulk = "0x" + "00" * 1_000_000
    node.rows = lambda blocks: [log_at(block, data=bulk) for block in blocks]
    rows, complete = await found(node, 30_000)
    assert rows == node.blocks and complete


async def test_a_node_that_is_gone_is_not_asked_for_ever() -> None:
    node = FakeNode([])

    def gone(request: httpx.Request) -> httpx.Response:
        if b"eth_getLogs" in request.content:
            node.asked.append(1)
            raise httpx.ConnectError("gone")
        return node(request)

    client = await client_of(gone)
    with pytest.raises(NoRpc):
        await find_logs(client, [TRANSFER], 0, 10**6)
    assert len(node.asked) <= 5
    await client.close()


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (lambda log: log | {"topics": [TRANSFER, topic_of(OTHER), topic_of(OWNER)]}, "not asked for"),
        (lambda log: log | {"topics": [TRANSFER]}, "not asked for"),
        (lambda log: log | {"address": OTHER}, "not asked for"),
        (lambda log: log | {"blockNumber": hex(10**6)}, "not asked for"),
        (lambda log: log | {"topics": ["0x12"]}, "not of its form"),
        (lambda log: log | {"data": "0xzz"}, "not of its form"),
        (lambda log: log | {"transactionHash": "0x" + "\u0661" * 64}, "not of its form"),
        (lambda log: log | {"logIndex": -1}, "not of its form"),
        (lambda log: {k: v for k, v in log.items() if k != "blockHash"}, "not of its form"),
        (lambda log: "a log", "not of its form"),
        (lambda log: None, "not of its form"),
    ],
)
async def test_a_node_that_lies_is_not_believed(lie: Change, said: str) -> None:
    node = FakeNode([7])
    node.rows = lambda blocks: [lie(log_at(block)) for block in blocks]
    client = await client_of(node)
    with pytest.raises(SaysoError, match=said):
        await find_logs(client, [TRANSFER, topic_of(OWNER)], 0, 100, TOKEN)
    await client.close()


@pytest.mark.parametrize(("answer", "said"), [({}, "no list"), (None, "no list"), ([log_at(7), log_at(7)], "twice")])
async def test_an_answer_that_is_no_list_of_logs_is_not_believed(answer: object, said: str) -> None:
    node = FakeNode([7])
    node.rows = lambda blocks: answer
    with pytest.raises(SaysoError, match=said):
        await found(node, 100)


async def test_logs_that_a_reorganisation_removed_are_left_out() -> None:
    node = FakeNode([7, 8])
    node.rows = lambda blocks: [log_at(7, removed=True), log_at(8)]
    assert await found(node, 100) == ([8], True)


async def test_a_topic_that_must_be_there_is_asked_for_by_none() -> None:
    node = FakeNode([7, 8])
    number = "0x" + (1).to_bytes(32).hex()
    node.rows = lambda blocks: [log_at(7), log_at(8, topics=[TRANSFER, topic_of(OWNER), topic_of(OTHER), number])]
    client = await client_of(node)
    logs = await find_logs(client, [TRANSFER, topic_of(OWNER), None, None], 0, 100)
    await client.close()
    assert [row.block for row in logs.rows] == [8]


@given(st.integers(1, 3_000_000), st.integers(1, 5_000_000))
def test_any_limit_of_a_node_is_met_and_then_kept_to(limit: int, blocks: int) -> None:
    width, left, refused = Width(), blocks, 0
    for _ in range(400):
        asked = min(width.blocks, left)
        if asked > limit:
            refused, width = refused + 1, width.after_refusal(asked)
        else:
            left, width = left - asked, width.after_answer(asked)
        assert 1 <= width.blocks <= WIDEST
        if left == 0:
            break
    assert refused <= 24
    assert left == 0 or limit < 20_000


@pytest.mark.anvil
async def test_a_real_chain_tells_the_recipes_past(local_chain: LocalChain) -> None:
    client = await connect([local_chain.rpc_url], load_registry())
    alice = next(n.address for n in load_recipe().names if n.name == "alice.eth" and n.forward)
    head = (await client.block()).number
    out = await find_logs(client, [TRANSFER, topic_of(alice)], 0, head)
    assert [row.log.address for row in out.rows].count(local_chain.token("USDC")) == 2
    usdc = await find_logs(client, [TRANSFER, None, topic_of(alice)], 0, head, local_chain.token("USDC"))
    (row,) = usdc.rows
    assert int.from_bytes(row.log.data) == 500 * 10**6
    assert usdc.complete and row.block_hash == (await client.block(row.block)).hash
    await client.close()


@pytest.mark.anvil
async def test_a_block_is_found_by_its_time(local_chain: LocalChain) -> None:
    client = await connect([local_chain.rpc_url], load_registry())
    newest, early = await client.block(), await client.block(9)
    assert await block_at(client, 0) == 0
    assert await block_at(client, newest.timestamp + 1) == newest.number
    assert await block_at(client, early.timestamp) <= 9
    assert (await client.block(await block_at(client, early.timestamp + 1))).timestamp > early.timestamp
    await client.close()
