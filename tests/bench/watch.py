"""A watch's poll of many accounts against one call each, and the memory of a watch over many ticks."""

import gc
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC

import httpx
import psutil

from agent.session import Session, open_session
from agent.watch.plan import Holding, Plan
from agent.watch.reading import read
from agent.watch.tick import tick
from chain.abi import checksum, decode_uint
from chain.client import connect
from chain.devnet import Node
from chain.protocols.erc20 import balance_of
from contracts.registry import load_registry
from tests.bench.figures import Figure, Rounds
from tests.bench.place import Place
from tests.bench.timing import timed_async

ACCOUNTS, TOKENS = 100, 50
FIRST = 10**31
FLAT_MB = 8
MEGABYTE = 1024 * 1024


async def figures(place: Place, rounds: Rounds) -> list[Figure]:
    """The poll, then the memory."""
    opened = await open_session(place.settings)
    try:
        polled = await _poll(opened, place)
    finally:
        await opened.close()
    return [*polled, await _memory(place, rounds)]


async def _poll(session: Session, place: Place) -> list[Figure]:
    """Requests and time of both ways, after seeing that they say the same."""
    holdings = _holdings(session, place)
    plan = Plan(frozenset({"balances"}), (), holdings, ())
    before = session.client.request_count
    found, together = await timed_async(read(session, plan))
    requests = session.client.request_count - before
    single, apart = await timed_async(_one_by_one(session, holdings))
    if [int(value) for value in found.values.values()] != single:
        raise AssertionError("the two ways do not agree")
    size = f"{ACCOUNTS} accounts × {TOKENS} tokens"
    return [
        Figure(f"one poll of {size}", len(holdings) / requests, "ratio", 50, "at least", f"{requests} requests, one call each takes {len(holdings)}"),
        Figure("its time against one call each", apart / together, "ratio", None, "at least", f"{together:.0f} ms against {apart:.0f} ms"),
    ]  # fmt: skip


def _holdings(session: Session, place: Place) -> tuple[Holding, ...]:
    """Accounts that nobody has, and as many tokens as asked for: the listed ones, and copies of one elsewhere."""
    node = Node(place.rpc_url)
    tokens = [checksum(t.address) for t in session.registry.tokens_on(session.client.chain_id)]
    code = node.rpc("eth_getCode", tokens[0], "latest")
    for number in range(FIRST, FIRST + TOKENS - len(tokens)):
        copy = checksum(number.to_bytes(20, "big"))
        node.rpc("anvil_setCode", copy, code)
        tokens.append(copy)
    accounts = [checksum((FIRST * 2 + number).to_bytes(20, "big")) for number in range(ACCOUNTS)]
    return tuple((account, token) for account in accounts for token in tokens)


async def _one_by_one(session: Session, holdings: Sequence[Holding]) -> list[int | None]:
    return [
        decode_uint(await session.client.call(token, balance_of(account)))
        for account, token in holdings
        if token is not None
    ]


async def _memory(place: Place, rounds: Rounds) -> Figure:
    """What a watch holds more after all its ticks than after the first tenth of them."""
    recorded, at = Recorded(), [time.time()]
    opened = await open_session(place.settings, clock=lambda: at[0])
    client = await connect(place.settings.rpc_urls, load_registry(), transport=recorded)
    watched = replace(opened, client=client)
    held: list[int] = []
    try:
        for number in range(rounds.watch_ticks):
            at[0] += 60
            done = await tick(watched, (), UTC)
            if done.troubles:
                raise done.troubles[0]
            if number + 1 in (rounds.watch_ticks // 10, rounds.watch_ticks):
                held.append(_resident())
    finally:
        await client.close()
        await opened.close()
    first, last = held
    note = (
        f"{last / MEGABYTE:.0f} MB after {rounds.watch_ticks:,} ticks, {first / MEGABYTE:.0f} MB after a tenth of them"
    )
    return Figure("memory that a watch gains", max(0.01, (last - first) / MEGABYTE), "MB", FLAT_MB, note=note)


def _resident() -> int:
    gc.collect()
    return psutil.Process().memory_info().rss


@dataclass
class Recorded(httpx.AsyncBaseTransport):
    """Answers a request as the node answered it first: the same quiet chain at every tick, without its time."""

    seen: dict[str, object] = field(default_factory=dict)
    node: httpx.AsyncHTTPTransport = field(default_factory=httpx.AsyncHTTPTransport)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(await request.aread())
        key = json.dumps([asked["method"], asked["params"]])
        if key not in self.seen:
            answer = await self.node.handle_async_request(request)
            self.seen[key] = json.loads(await answer.aread())
        body = {**dict(self.seen[key]), "id": asked["id"]}  # type: ignore[call-overload]
        return httpx.Response(200, json=body, request=request)

    async def aclose(self) -> None:
        await self.node.aclose()
