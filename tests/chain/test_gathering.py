"""Several readers at once are one request; each gets its own answers, and each the failure."""

import asyncio

import pytest

from chain.balances import balances
from chain.client import connect
from chain.gathering import Gathering
from chain.prices import prices
from chain.rpc import NoRpc
from chain.values import Address, Asset
from tests.conftest import LocalChain


async def test_several_readers_are_one_request(local_chain: LocalChain) -> None:
    client = await connect([local_chain.rpc_url], local_chain.registry)
    usdc = Asset(client.chain_id, Address(local_chain.token("USDC")), "USDC", 6)
    ether = Asset(client.chain_id, None, "ETH", 18)
    holder = Address(local_chain.contract("uniswap-v2.router"))
    alone = (
        await balances(client, [holder], [usdc]),
        await balances(client, [holder], [ether]),
        await prices(client, ["ETH"]),
    )
    gathering, before = Gathering(client), client.request_count
    together = await asyncio.gather(
        balances(gathering, [holder], [usdc]), balances(gathering, [holder], [ether]), prices(gathering, ["ETH"])
    )
    assert client.request_count - before == 1
    assert (together[0], together[1], together[2]["ETH"].value) == (*alone[:2], alone[2]["ETH"].value)  # type: ignore[union-attr]
    await client.close()


async def test_a_failure_is_everybody_s(local_chain: LocalChain) -> None:
    client = await connect([local_chain.rpc_url], local_chain.registry)
    gathering = Gathering(client)

    async def refused(*_: object) -> object:
        raise NoRpc("nobody answers")

    client._pool.request = refused  # type: ignore[method-assign]
    call = (client.multicall3, b"")
    found = await asyncio.gather(*(gathering.aggregate([call]) for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in found] == [NoRpc] * 3
    with pytest.raises(NoRpc):
        await gathering.aggregate([call])
    await client.close()
