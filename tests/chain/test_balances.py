"""Balances and what tokens say of themselves, against plain JSON-RPC."""

from dataclasses import replace

import pytest
from eth_abi.abi import encode
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.abi import checksum
from chain.balances import balance, balances
from chain.errors import Refused
from chain.protocols.erc20 import MAX_TEXT, allowance, decode_text, metadata, verify_decimals
from chain.values import Asset

ALICE = "0x1111111111111111111111111111111111111111"
BOB = "0x2222222222222222222222222222222222222222"
ODD = checksum("0x00000000000000000000000000000000000000dd")


def assets_of(chain) -> list[Asset]:
    tokens = [Asset(t.chain_id, t.address, t.symbol, t.decimals) for t in chain.registry.tokens_on(chain.chain_id)]
    return [Asset(chain.chain_id, None, "ETH", 18), *tokens]


@pytest.mark.anvil
async def test_all_balances_of_two_accounts_come_in_one_request(client, local_chain) -> None:
    local_chain.fund(ALICE)
    assets = assets_of(local_chain)
    before = client.request_count
    found = await balances(client, [ALICE, BOB], assets)
    assert client.request_count == before + 1
    assert len(found) == 2 * len(assets)
    assert found[ALICE, None] == local_chain.balance(ALICE) > 0
    for asset in assets[1:]:
        assert found[ALICE, asset.address] == local_chain.erc20_balance(asset.address, ALICE) > 0
        assert found[BOB, asset.address] == 0


@pytest.mark.anvil
async def test_a_thousand_balances_are_two_requests(client, local_chain) -> None:
    accounts = [checksum(n.to_bytes(20, "big")) for n in range(10**30, 10**30 + 100)]
    before = client.request_count
    found = await balances(client, accounts, assets_of(local_chain))
    assert len(found) == 1000
    assert client.request_count == before + 2


# Code that is no token: nothing there at all, a revert, an answer of one byte.
@pytest.mark.anvil
@pytest.mark.parametrize("code", ["0x", "0x5f5ffd", "0x60015ff3"])
async def test_a_token_that_does_not_answer_is_unknown_and_never_nought(client, local_chain, code: str) -> None:
    local_chain.rpc("anvil_setCode", ODD, code)
    odd = Asset(client.chain_id, ODD, "ODD", 18)
    found = await balances(client, [ALICE], [odd, *assets_of(local_chain)])
    assert found[ALICE, ODD] is None
    assert found[ALICE, None] == local_chain.balance(ALICE)
    assert await balance(client, ALICE, ODD) is None
    assert await allowance(client, ODD, ALICE, BOB) is None
    with pytest.raises(Refused, match="decimals"):
        await metadata(client, ODD)


@pytest.mark.anvil
async def test_balances_of_an_earlier_block_are_those_of_then(client, local_chain) -> None:
    then = (await client.block()).number
    local_chain.fund(ALICE)
    usdc = local_chain.token("USDC")
    assert await balance(client, ALICE, usdc, then) == 0
    assert await balance(client, ALICE, usdc) == 10_000 * 10**6
    assert await balances(client, [], []) == {}


@pytest.mark.anvil
async def test_metadata_is_what_the_token_says(client, local_chain) -> None:
    found = await metadata(client, local_chain.token("WBTC"))
    assert (found.symbol, found.name, found.decimals) == ("WBTC", "Wrapped BTC", 8)


@pytest.mark.anvil
async def test_decimals_that_differ_from_the_list_are_refused(client, local_chain) -> None:
    assets = assets_of(local_chain)
    await verify_decimals(client, assets)
    await verify_decimals(client, [])
    with pytest.raises(Refused, match="6 decimals on chain, but 18"):
        await verify_decimals(client, [replace(assets[2], decimals=18)])


def test_a_symbol_may_be_a_string_or_bytes32() -> None:
    assert decode_text(encode(["string"], ["USDC"])) == "USDC"
    assert decode_text(b"MKR".ljust(32, b"\0")) == "MKR"
    assert decode_text(b"\xff\xfe".ljust(32, b"\0")) == "\ufffd\ufffd"
    assert decode_text(b"") == ""
    assert decode_text(encode(["string"], ["x" * 500])) == "x" * MAX_TEXT


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_no_answer_makes_a_symbol_fail(data: bytes) -> None:
    assert len(decode_text(data)) <= MAX_TEXT
