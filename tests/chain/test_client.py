"""The client on a real chain."""

import subprocess
import sys
from dataclasses import replace

import pytest

from chain.client import connect
from chain.errors import SaysoError, SetupNeeded
from chain.multicall import CHUNK
from chain.protocols.erc20 import balance_of
from chain.rpc import RpcError

pytestmark = pytest.mark.anvil
ALICE = "0x1111111111111111111111111111111111111111"


async def test_the_chain_is_the_one_that_the_node_reports(client, local_chain) -> None:
    assert client.chain_id == local_chain.chain_id
    assert client.entry.test
    assert client.request_count == 2


async def test_a_block_reads_as_web3_reads_it(client) -> None:
    head = await client.block()
    plain = await client.w3.eth.get_block(head.number)
    assert (head.hash, head.timestamp) == ("0x" + bytes(plain["hash"]).hex(), plain["timestamp"])
    assert (head.base_fee, head.gas_limit) == (plain["baseFeePerGas"], plain["gasLimit"])
    assert await client.block(head.number) == head
    with pytest.raises(SaysoError, match="no block"):
        await client.block(head.number + 1000)


async def test_a_reverting_call_fails_alone_in_an_aggregate(client, local_chain) -> None:
    local_chain.fund(ALICE)
    usdc = local_chain.token("USDC")
    good, bad = (usdc, balance_of(ALICE)), (usdc, b"\xde\xad\xbe\xef")
    answers = await client.aggregate([good, bad, good])
    assert [ok for ok, _ in answers] == [True, False, True]
    assert int.from_bytes(answers[0][1]) == local_chain.erc20_balance("USDC", ALICE)
    with pytest.raises(RpcError) as failure:
        await client.call(*bad)
    assert failure.value.is_revert


async def test_aggregates_go_out_in_chunks_and_come_back_in_order(client, local_chain) -> None:
    calls = [(local_chain.token("USDC"), balance_of(ALICE)), (local_chain.token("DAI"), balance_of(ALICE))] * CHUNK
    local_chain.fund(ALICE)
    before = client.request_count
    answers = await client.aggregate([*calls, calls[0]])
    assert client.request_count == before + 3
    assert answers[:2] * CHUNK + answers[:1] == answers
    assert answers[0] != answers[1]


async def test_an_aggregate_that_wants_too_much_gas_is_asked_in_halves(client, local_chain) -> None:
    # JUMPDEST PUSH0 JUMP: burns all gas that it is given, of which aggregate3 keeps a 64th.
    burner = "0x00000000000000000000000000000000000b0b00"
    local_chain.rpc("anvil_setCode", burner, "0x5b5f56")
    good = (local_chain.token("USDC"), balance_of(ALICE))
    answers = await client.aggregate([(burner, b""), *[good] * 60, (burner, b""), *[good] * 60])
    assert [i for i, (ok, _) in enumerate(answers) if not ok] == [0, 61]


async def test_without_multicall_the_chain_is_not_the_registrys(client, local_chain) -> None:
    local_chain.rpc("anvil_setCode", client.multicall3, "0x")
    with pytest.raises(SetupNeeded, match="Multicall3"):
        await client.aggregate([(local_chain.token("USDC"), balance_of(ALICE))])


async def test_code_that_is_not_the_pinned_one_is_refused(client, local_chain) -> None:
    router = local_chain.registry.contract(local_chain.chain_id, "uniswap-v2.router")
    await client.verify_code([router])
    asked = client.request_count
    await client.verify_code([router])
    assert client.request_count == asked, "checked once"
    forged = replace(router, name="uniswap-v2.forged", address=local_chain.contract("uniswap-v3.router"))
    with pytest.raises(SetupNeeded, match="is not that of"):
        await client.verify_code([forged])


async def test_a_dead_node_beside_a_live_one_does_not_matter(local_chain) -> None:
    client = await connect(["http://127.0.0.1:9", local_chain.rpc_url], local_chain.registry)
    assert (await client.block()).number > 0
    await client.close()


def test_values_and_errors_and_the_client_do_not_cost_web3() -> None:
    code = (
        "import sys, chain.errors, chain.values; assert 'eth_abi' not in sys.modules and 'httpx' not in sys.modules\n"
    )
    code += "import chain.client, chain.simulate, chain.protocols.swap, chain.prices, chain.balances, chain.names\n"
    code += "assert 'web3' not in sys.modules and 'eth_account' not in sys.modules and sys.getrecursionlimit() == 1000"
    subprocess.run([sys.executable, "-c", code], check=True)


async def test_web3_leaves_the_recursion_limit_alone(client) -> None:
    limit = sys.getrecursionlimit()
    assert await client.w3.eth.chain_id == client.chain_id
    assert sys.getrecursionlimit() == limit
