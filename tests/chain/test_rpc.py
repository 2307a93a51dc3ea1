"""RPC nodes that misbehave: what is refused, what is asked elsewhere, and what is never repeated."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from eth_abi.abi import decode, encode
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.abi import selector
from chain.client import ChainClient, connect, hex_bytes
from chain.errors import Refused, SaysoError, SetupNeeded, UnknownChain
from chain.http import MAX_RESPONSE_BYTES, JsonRpcHttp, TransportFailure, check_url, display_url
from chain.multicall import decode_aggregate, encode_aggregate
from chain.rpc import ChainIdChanged, NoRpc, RpcError, RpcPool, quantity
from contracts.registry import load_registry

SECRET = "test-api-key-not-real"
FIRST, SECOND = f"https://first.example/{SECRET}", f"https://second.example/v3/{SECRET}?key={SECRET}"
Reply = Callable[[dict[str, Any]], httpx.Response]


def result(value: object) -> Reply:
    return lambda asked: httpx.Response(200, json={"jsonrpc": "2.0", "id": asked["id"], "result": value})


def error(code: int, message: str, data: object = None) -> Reply:
    body = {"code": code, "message": message, "data": data}
    return lambda asked: httpx.Response(200, json={"jsonrpc": "2.0", "id": asked["id"], "error": body})


def raw(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return lambda asked: httpx.Response(status, content=body, headers=headers)


def unreachable(asked: dict[str, Any]) -> httpx.Response:
    raise httpx.ConnectError(f"no route to {FIRST}")


class Nodes:
    """Two nodes on a transport of our own; `replies[host][method]` answers, `asked` remembers."""

    def __init__(self) -> None:
        healthy = {"eth_chainId": result("0x1"), "eth_call": lambda asked: result(asked["params"][0]["data"])(asked)}
        self.replies: dict[str, dict[str, Reply]] = {"first.example": dict(healthy), "second.example": dict(healthy)}
        self.asked: list[tuple[str, str]] = []
        self.transport = httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        self.asked.append((request.url.host, asked["method"]))
        replies = self.replies[request.url.host]
        return replies.get(asked["method"], replies.get("*", error(-32601, "Method not found")))(asked)

    def set_all(self, host: str, reply: Reply) -> None:
        self.replies[host] = {"*": reply}

    def count(self, method: str) -> int:
        return sum(1 for _, asked in self.asked if asked == method)

    async def connect(self, *urls: str) -> ChainClient:
        return await connect(urls or (FIRST, SECOND), load_registry(), transport=self.transport)


@pytest.fixture
def nodes() -> Nodes:
    return Nodes()


def not_json_rpc(body: object) -> Reply:
    return raw(json.dumps(body).encode())


BAD = {
    "unreachable": ("unreachable", unreachable),
    "error page": ("http_status", raw(b"<html>502</html>", 502)),
    "server error with a result": (
        "http_status",
        lambda asked: httpx.Response(500, json={"id": asked["id"], "result": "0x9"}),
    ),
    "too many requests": ("rate_limited", raw(b"slow down", 429)),
    "redirect": ("redirect", raw(b"", 307, {"location": "https://elsewhere.example/"})),
    "html": ("garbage", raw(b"<html></html>")),
    "empty": ("garbage", raw(b"")),
    "not utf-8": ("garbage", raw(b'{"id":1,"result":"\xff"}')),
    "deep": ("garbage", raw(b'{"id":1,"result":' + b"[" * 65_000 + b"]" * 65_000 + b"}")),
    "deep and cut off": ("garbage", raw(b"[" * 65_000)),
    "NaN": ("garbage", raw(b'{"jsonrpc":"2.0","id":1,"result":NaN}')),
    "Infinity": ("garbage", raw(b'{"jsonrpc":"2.0","id":1,"result":-Infinity}')),
    "too long": ("garbage", raw(b" " * (MAX_RESPONSE_BYTES + 1))),
    "gzip bomb": ("garbage", raw(gzip.compress(b" " * 50_000_000), headers={"content-encoding": "gzip"})),
    "a list": ("garbage", not_json_rpc([])),
    "neither result nor error": ("garbage", not_json_rpc({"jsonrpc": "2.0", "id": 1})),
    "both": (
        "garbage",
        not_json_rpc({"jsonrpc": "2.0", "id": 1, "result": "0x9", "error": {"code": 1, "message": "x"}}),
    ),
    "another id": ("garbage", lambda asked: httpx.Response(200, json={"id": asked["id"] + 1, "result": "0x9"})),
    "id as text": ("garbage", lambda asked: httpx.Response(200, json={"id": str(asked["id"]), "result": "0x9"})),
    "id null": ("garbage", not_json_rpc({"id": None, "result": "0x9"})),
}


@pytest.mark.parametrize(("kind", "reply"), BAD.values(), ids=BAD.keys())
async def test_a_bad_answer_is_told_by_its_kind_and_without_the_url(nodes: Nodes, kind: str, reply: Reply) -> None:
    nodes.set_all("first.example", reply)
    node = JsonRpcHttp(FIRST, transport=nodes.transport)
    with pytest.raises(TransportFailure) as failure:
        await node.post("eth_blockNumber", [])
    assert failure.value.kind == kind
    assert failure.value.node == "https://first.example"
    assert SECRET not in str(failure.value)
    assert failure.value.__cause__ is None or SECRET not in str(failure.value.__cause__)
    await node.close()


@pytest.mark.parametrize(("kind", "reply"), BAD.values(), ids=BAD.keys())
async def test_a_read_moves_on_to_the_next_node(nodes: Nodes, kind: str, reply: Reply) -> None:
    client = await nodes.connect()
    nodes.replies["first.example"]["eth_gasPrice"] = reply
    nodes.replies["second.example"]["eth_gasPrice"] = result("0x7")
    assert await client.rpc("eth_gasPrice", []) == "0x7"
    nodes.asked.clear()
    assert await client.rpc("eth_gasPrice", []) == "0x7"
    assert nodes.asked == [("second.example", "eth_gasPrice")], "the node that answered stays in use"
    await client.close()


async def test_a_slow_body_ends_at_the_timeout() -> None:
    class Drip(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.01)

    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=Drip()))
    node = JsonRpcHttp(FIRST, transport=transport, timeout=0.1)
    with pytest.raises(TransportFailure) as failure:
        await node.post("eth_blockNumber", [])
    assert failure.value.kind == "timeout"
    await node.close()


async def test_an_execution_error_is_the_answer_and_is_asked_of_nobody_else(nodes: Nodes) -> None:
    client = await nodes.connect()
    nodes.replies["first.example"]["eth_call"] = error(3, "execution reverted: \x1b[31mno", "0x08c379a0")
    nodes.asked.clear()
    with pytest.raises(RpcError) as failure:
        await client.call(client.multicall3, b"\x01\x02\x03\x04")
    assert (failure.value.rpc_code, failure.value.data, failure.value.is_revert) == (3, "0x08c379a0", True)
    assert "\x1b" not in str(failure.value)
    assert nodes.asked == [("first.example", "eth_call")]
    await client.close()


async def test_where_no_node_answers_the_text_names_hosts_and_no_keys(nodes: Nodes) -> None:
    client = await nodes.connect()
    nodes.set_all("first.example", unreachable)
    nodes.set_all("second.example", raw(b"", 503))
    with pytest.raises(NoRpc) as failure:
        await client.rpc("eth_blockNumber", [])
    assert "https://first.example" in str(failure.value)
    assert "503" in str(failure.value)
    assert SECRET not in str(failure.value)
    assert failure.value.exit_code == 4
    await client.close()


async def test_nodes_of_two_chains_do_not_connect(nodes: Nodes) -> None:
    nodes.replies["second.example"]["eth_chainId"] = result("0xa")
    with pytest.raises(ChainIdChanged):
        await nodes.connect()


async def test_an_unknown_chain_needs_set_up(nodes: Nodes) -> None:
    nodes.replies["first.example"]["eth_chainId"] = result("0xdeadbeef")
    with pytest.raises(UnknownChain, match="3735928559"):
        await nodes.connect(FIRST)


async def test_a_node_that_cannot_run_code_is_not_healthy(nodes: Nodes) -> None:
    nodes.replies["first.example"]["eth_call"] = error(-32000, "missing trie node")
    client = await nodes.connect()
    nodes.replies["second.example"]["eth_gasPrice"] = result("0x7")
    assert await client.rpc("eth_gasPrice", []) == "0x7"
    await client.close()
    nodes.replies["second.example"]["eth_call"] = result("0x")
    with pytest.raises(NoRpc):
        await nodes.connect()


async def test_a_chain_id_that_changes_on_failover_is_refused(nodes: Nodes) -> None:
    nodes.set_all("second.example", unreachable)
    client = await nodes.connect()
    nodes.set_all("second.example", result("0xa"))
    nodes.set_all("first.example", unreachable)
    with pytest.raises(ChainIdChanged) as failure:
        await client.rpc("eth_gasPrice", [])
    assert failure.value.exit_code == 5
    assert ("second.example", "eth_gasPrice") not in nodes.asked, "nothing is read from a node of another chain"
    await client.close()


async def test_a_node_that_failed_is_asked_for_its_chain_again(nodes: Nodes) -> None:
    client = await nodes.connect(FIRST)
    nodes.replies["first.example"]["eth_gasPrice"] = raw(b"", 502)
    with pytest.raises(NoRpc):
        await client.rpc("eth_gasPrice", [])
    nodes.set_all("first.example", result("0xa"))
    with pytest.raises(ChainIdChanged):
        await client.rpc("eth_gasPrice", [])
    await client.close()


@pytest.mark.parametrize("reply", [raw(b"<html>", 502), unreachable, raw(b"", 429), not_json_rpc({"id": 0})])
async def test_a_broadcast_is_one_request_and_never_repeated(nodes: Nodes, reply: Reply) -> None:
    client = await nodes.connect()
    for host in nodes.replies:
        nodes.replies[host]["eth_sendRawTransaction"] = reply
    with pytest.raises(TransportFailure):
        await client.send_raw(b"\x02\xf8")
    assert nodes.count("eth_sendRawTransaction") == 1
    await client.close()


async def test_a_broadcast_that_the_node_refuses_says_how(nodes: Nodes) -> None:
    client = await nodes.connect()
    nodes.replies["first.example"]["eth_sendRawTransaction"] = error(-32000, "nonce too low")
    with pytest.raises(RpcError) as failure:
        await client.send_raw(b"\x02")
    assert (failure.value.rpc_code, failure.value.message) == (-32000, "nonce too low")
    assert nodes.count("eth_sendRawTransaction") == 1
    nodes.replies["first.example"]["eth_sendRawTransaction"] = result("0xabc")
    assert await client.send_raw(b"\x02") == "0xabc"
    await client.close()


async def test_reads_and_web3_cannot_broadcast(nodes: Nodes) -> None:
    client = await nodes.connect()
    with pytest.raises(Refused):
        await client.rpc("eth_sendRawTransaction", ["0x02"])
    with pytest.raises(Refused):
        await client.w3.eth.send_raw_transaction("0x02")
    assert nodes.count("eth_sendRawTransaction") == 0
    await client.close()


async def test_web3_asks_once_and_the_requests_are_counted(nodes: Nodes) -> None:
    client = await nodes.connect(FIRST)
    assert client.request_count == 2
    nodes.replies["first.example"]["eth_blockNumber"] = result("0x10")
    assert await client.w3.eth.block_number == 16
    assert client.request_count == 3
    assert not client.w3.provider.global_ccip_read_enabled
    assert len(client.w3.middleware_onion) == 0
    await client.close()


@pytest.mark.parametrize(
    ("answer", "message"),
    [(None, "no block"), ({"number": "0x1"}, "not numbers"), ({"number": "١", "hash": "0x"}, "not numbers")],
)
async def test_a_block_must_have_its_fields(nodes: Nodes, answer: object, message: str) -> None:
    client = await nodes.connect(FIRST)
    nodes.replies["first.example"]["eth_getBlockByNumber"] = result(answer)
    with pytest.raises(SaysoError, match=message):
        await client.block()
    await client.close()


@pytest.mark.parametrize(
    "url",
    ["", "ftp://a.example", "file:///etc/passwd", "https://", "//a.example", f"https://me:{SECRET}@a.example", "http://[::1",
     "http://a.example:99999", "http://a.example:0"],
)  # fmt: skip
def test_a_url_that_cannot_be_an_rpc_is_refused_untold(url: str) -> None:
    with pytest.raises(SetupNeeded) as failure:
        check_url(url)
    assert SECRET not in str(failure.value)


def test_no_url_at_all_says_what_to_set() -> None:
    with pytest.raises(NoRpc, match="SAYSO_RPC_URL"):
        RpcPool([])


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (SECOND, "https://second.example"),
        ("http://127.0.0.1:8545", "http://127.0.0.1:8545"),
        (f"https://me:{SECRET}@a.example/x", "https://a.example"),
        ("http://[::1]:8545/x", "http://[::1]:8545"),
        ("http://a:b:c", "(an unreadable URL)"),
    ],
)
def test_a_shown_url_is_scheme_host_and_port(url: str, shown: str) -> None:
    assert display_url(url) == shown


@given(st.integers(min_value=0, max_value=2**256 - 1))
def test_a_quantity_reads_back(number: int) -> None:
    assert quantity(hex(number)) == number


@pytest.mark.parametrize(
    "text", ["", "0x", "12", 12, None, "0x1_0", " 0x1", "0xg", "-0x1", "0x" + "f" * 65, "0x١", "0x1\n"]
)
def test_what_is_no_quantity_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="quantity"):
        quantity(text)


@pytest.mark.parametrize("text", [None, "", "0", "0x1", "0xzz", 5])
def test_what_is_no_hexadecimal_is_refused(text: object) -> None:
    with pytest.raises(SaysoError, match="hexadecimal"):
        hex_bytes(text)


calls = st.lists(st.tuples(st.binary(min_size=20, max_size=20), st.binary(max_size=100)), max_size=8)


@settings(max_examples=60)
@given(calls)
def test_aggregate_calldata_is_what_the_general_encoder_makes(items: list[tuple[bytes, bytes]]) -> None:
    made = encode_aggregate([("0x" + to.hex(), data) for to, data in items])
    plain = encode(["(address,bool,bytes)[]"], [[(to, True, data) for to, data in items]])
    assert made == selector("aggregate3((address,bool,bytes)[])") + plain


answers = st.lists(st.tuples(st.booleans(), st.binary(max_size=100)), max_size=8)


@settings(max_examples=60)
@given(answers, st.data())
def test_aggregate_answers_read_back_and_never_short(items: list[tuple[bool, bytes]], data: st.DataObject) -> None:
    plain = encode(["(bool,bytes)[]"], [items])
    assert decode_aggregate(plain, len(items)) == items == list(decode(["(bool,bytes)[]"], plain)[0])
    with pytest.raises(SetupNeeded):
        decode_aggregate(plain, len(items) + 1)
    cut = data.draw(st.integers(min_value=0, max_value=31))
    with pytest.raises(SetupNeeded):
        decode_aggregate(plain[:cut], len(items))


def test_aggregate_answers_that_share_their_bytes_are_refused() -> None:
    word = [n.to_bytes(32, "big") for n in range(3000)]
    shared = word[32] + word[2] + word[64] * 2 + word[1] + word[64] + word[1000] + bytes(1000)
    with pytest.raises(SetupNeeded):
        decode_aggregate(shared, 2)
