"""The connected network: which chain, which nodes, how fresh, how final, and what can be simulated on it."""

import time
from typing import Any

from agent.answers.looking import check_chain
from agent.answers.types import Answer, Grid
from agent.render.amounts import duration
from agent.render.escape import quoted
from agent.session import Session
from chain.client import BlockHead, ChainClient
from chain.errors import SaysoError
from chain.rpc import RpcError
from chain.units import format_units
from nlp.types import Action

GWEI = 9
SIMULATE: tuple[object, ...] = ({"blockStateCalls": [{"calls": []}]}, "latest")


async def answer(session: Session, action: Action) -> Answer:
    """What is known of the chain and of the node that answers. Raises Refused for another chain, and as `ChainClient.rpc`."""
    check_chain(session, action)
    client, entry = session.client, session.client.entry
    began = time.monotonic()
    head = await client.block("latest")
    latency = int((time.monotonic() - began) * 1000)
    version, final, syncing = await _version(client), await _final(client, head), await _syncing(client)
    simulates = await _simulates(client)
    tokens, contracts = (
        len(session.registry.tokens_on(client.chain_id)),
        len(session.registry.contracts_on(client.chain_id)),
    )
    age = max(0, session.now() - head.timestamp)
    data: dict[str, Any] = {
        "chain": entry.slug,
        "name": entry.name,
        "chain_id": int(client.chain_id),
        "test": entry.test,
        "native": {"symbol": entry.native_symbol, "decimals": entry.native_decimals},
        "nodes": list(client.nodes),
        "latency_ms": latency,
        "client_version": version or None,
        "head": {"number": head.number, "hash": head.hash, "time": head.timestamp, "age": age},
        "base_fee_wei": None if head.base_fee is None else str(head.base_fee),
        "final_block": final,
        "syncing": syncing,
        "simulates_steps": simulates,
        "tokens": tokens,
        "contracts": contracts,
    }
    head_row = ("chain", f"{entry.name} ({entry.slug}), id {client.chain_id}{', TEST CHAIN' if entry.test else ''}")
    rows = (
        ("node", f"{', '.join(client.nodes)}; answered in {latency} ms"),
        ("software", quoted(version, "the node") if version else "not told"),
        ("newest block", f"{head.number}, {duration(age)} old{', still catching up' if syncing else ''}"),
        ("final", f"up to block {final}" if final is not None else "not told by the node"),
        ("base fee", "none on this chain" if head.base_fee is None else f"{format_units(head.base_fee, GWEI)} gwei"),
        ("simulation", SIMULATION[simulates]),
        ("known here", f"{tokens} tokens, {contracts} contracts; fees are paid in {entry.native_symbol}"),
    )
    return Answer("network_info", data, (Grid(head_row, rows),))


SIMULATION = {
    True: "step on step, with every movement (eth_simulateV1)",
    False: "step by step, without the movements between (the node lacks eth_simulateV1)",
}


async def _version(client: ChainClient) -> str:
    try:
        return str(await client.rpc("web3_clientVersion", []))
    except RpcError:
        return ""


async def _syncing(client: ChainClient) -> bool:
    try:
        return (await client.rpc("eth_syncing", [])) is not False
    except RpcError:
        return False


async def _final(client: ChainClient, head: BlockHead) -> int | None:
    """The newest final block, by the chain's own tag or by the registry's rule."""
    blocks = client.entry.finality_blocks
    if blocks is not None:
        return max(0, head.number - blocks)
    try:
        return (await client.block("finalized")).number
    except SaysoError:
        return None


async def _simulates(client: ChainClient) -> bool:
    try:
        await client.rpc("eth_simulateV1", list(SIMULATE))
    except RpcError as error:
        return not error.method_missing
    return True
