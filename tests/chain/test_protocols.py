"""Quotes and calldata: what a quote says is what the real contracts do."""

from dataclasses import replace
from itertools import product

import pytest
from eth_abi.abi import decode
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.abi import checksum, selector
from chain.errors import Refused, SetupNeeded
from chain.protocols import erc20, swap, uniswap_v2, uniswap_v3, weth
from chain.protocols.quote import Quote, Route, paths

ALICE = "0x1111111111111111111111111111111111111111"
ROUTER = checksum("0x" + "22" * 20)
WRAPPED = checksum("0x" + "33" * 20)
TOKEN = checksum("0x" + "44" * 20)
OTHER = checksum("0x" + "55" * 20)
ETHER = 10**18
DEADLINE = 2**40

PAIRS = [("ETH", "USDC"), ("USDC", "ETH"), ("USDC", "LINK"), ("USDT", "WBTC"), ("WETH", "DAI"), ("ETH", "WBTC")]
IN = {"ETH": ETHER, "WETH": ETHER, "USDC": 10**9, "USDT": 10**9}
OUT = {"ETH": ETHER // 10, "USDC": 10**9, "LINK": 10 * ETHER, "WBTC": 10**6, "DAI": 1000 * ETHER}


@pytest.fixture
def alice(local_chain) -> str:
    local_chain.fund(ALICE)
    return ALICE


def address(chain, symbol: str) -> str | None:
    return None if symbol == "ETH" else chain.token(symbol)


def held(chain, symbol: str) -> int:
    return chain.balance(ALICE) if symbol == "ETH" else chain.erc20_balance(symbol, ALICE)


async def quotes(client, chain, sold: str, bought: str, exact: str) -> list[Quote]:
    ask, amount = (swap.quote_exact_in, IN[sold]) if exact == "in" else (swap.quote_exact_out, OUT[bought])
    return await ask(client, address(chain, sold), address(chain, bought), amount)


def gas_cost(receipt) -> int:
    return int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)


@pytest.mark.anvil
@pytest.mark.parametrize(("pair", "exact"), list(product(PAIRS, ("in", "out"))), ids=str)
async def test_every_quote_is_what_the_swap_then_does(client, local_chain, alice, pair, exact) -> None:
    sold, bought = pair
    found = await quotes(client, local_chain, sold, bought, exact)
    assert {q.protocol for q in found} == {"uniswap-v2", "uniswap-v3"}
    assert found == sorted(found, key=lambda q: (q.amount_in, -q.amount_out))
    best = {q.protocol: q for q in reversed(found)}.values()
    for quote in best:
        snapshot = local_chain.rpc("evm_snapshot")
        # The limit is exactly the quote: one unit less would revert.
        limit = quote.amount_out if exact == "in" else quote.amount_in
        sold_before, bought_before = held(local_chain, sold), held(local_chain, bought)
        receipt_gas = swap_and_gas(local_chain, quote, limit)
        spent = sold_before - held(local_chain, sold) - (receipt_gas if sold == "ETH" else 0)
        got = held(local_chain, bought) - bought_before + (receipt_gas if bought == "ETH" else 0)
        assert (spent, got) == (quote.amount_in, quote.amount_out)
        for token in {t for t in (quote.route.path) if t}:
            assert local_chain.erc20_balance(token, quote.router) == 0, "nothing stays in the router"
        assert local_chain.balance(quote.router) == 0
        assert local_chain.rpc("evm_revert", snapshot)


def swap_and_gas(chain, quote: Quote, limit: int) -> int:
    """Does the swap as Alice; what she paid for gas in all, approvals included."""
    to, value, data = quote.calldata(ALICE, limit, DEADLINE)
    receipts = []
    if quote.route.token_in:
        receipts.append(chain.send_as(ALICE, quote.route.token_in, "approve(address,uint256)", to, 2**200))
    chain.rpc("anvil_impersonateAccount", ALICE)
    receipts.append(chain.node.send(ALICE, to, data, value))
    chain.rpc("anvil_stopImpersonatingAccount", ALICE)
    return sum(gas_cost(receipt) for receipt in receipts)


@pytest.mark.anvil
async def test_all_quotes_of_all_protocols_come_in_one_request(client, local_chain) -> None:
    await quotes(client, local_chain, "ETH", "USDC", "in")
    before = client.request_count
    found = await quotes(client, local_chain, "USDC", "LINK", "in")
    assert client.request_count == before + 1
    assert len({(q.protocol, q.route.path, q.route.fees) for q in found}) == len(found) >= 5
    only = await swap.quote_exact_in(
        client, None, local_chain.token("USDC"), ETHER, protocols=frozenset({"uniswap-v2"})
    )
    assert {q.protocol for q in only} == {"uniswap-v2"}


@pytest.mark.anvil
async def test_each_protocol_quotes_alone_as_together(client, local_chain) -> None:
    usdc = local_chain.token("USDC")
    together = await swap.quote_exact_in(client, None, usdc, ETHER)
    alone = [q for p in (uniswap_v2, uniswap_v3) for q in await p.quote_exact_in(client, None, usdc, ETHER)]
    assert sorted(together, key=str) == sorted(alone, key=str)
    out = [q for p in (uniswap_v2, uniswap_v3) for q in await p.quote_exact_out(client, usdc, None, ETHER)]
    assert sorted(out, key=str) == sorted(await swap.quote_exact_out(client, usdc, None, ETHER), key=str)


@pytest.mark.anvil
async def test_where_there_is_no_route_there_is_no_quote(client, local_chain) -> None:
    usdc = local_chain.token("USDC")
    assert await swap.quote_exact_in(client, usdc, TOKEN, 10**6) == []
    assert await swap.quote_exact_in(client, usdc, usdc, 10**6) == []
    assert await swap.quote_exact_in(client, None, client.entry.wrapped_native, 10**6) == []
    assert await swap.quote_exact_in(client, usdc, None, 0) == []
    assert await swap.quote_exact_out(client, usdc, None, 10**40) == [], "more than the pools hold"


@pytest.mark.anvil
async def test_a_router_whose_code_was_changed_is_not_quoted(client, local_chain) -> None:
    local_chain.rpc("anvil_setCode", local_chain.contract("uniswap-v2.router"), "0x5f5ffd")
    with pytest.raises(SetupNeeded, match=r"uniswap-v2\.router"):
        await swap.quote_exact_in(client, None, local_chain.token("USDC"), ETHER)


def quote_of(kind, protocol: str, sold: str | None, bought: str | None, exact: str, hops: int) -> Quote:
    ends = (sold or WRAPPED, bought or WRAPPED)
    path = ends if hops == 1 else (ends[0], OTHER, ends[1])
    return kind(protocol, Route(ROUTER, sold, bought, path, exact, (500, 3000)[:hops]), 1000, 2000)


SHAPES = [
    (kind, protocol, sold, bought, exact, hops)
    for (kind, protocol) in ((uniswap_v2.UniswapV2Quote, "uniswap-v2"), (uniswap_v3.UniswapV3Quote, "uniswap-v3"))
    for sold, bought in ((None, TOKEN), (TOKEN, None), (TOKEN, checksum("0x" + "66" * 20)))
    for exact in ("in", "out")
    for hops in (1, 2)
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_limit_and_the_account_stand_in_the_calldata(shape) -> None:
    quote = quote_of(*shape)
    to, value, data = quote.calldata(ALICE, 77, DEADLINE)
    assert to == ROUTER
    assert value == (0 if shape[2] else (1000 if quote.exact == "in" else 77))
    assert bytes.fromhex(ALICE[2:]) in data
    assert (77).to_bytes(32, "big") in data or value == 77
    assert DEADLINE.to_bytes(32, "big") in data
    for limit, deadline in ((0, DEADLINE), (-1, DEADLINE), (77, 0)):
        with pytest.raises(Refused):
            quote.calldata(ALICE, limit, deadline)


def test_native_out_of_v3_is_unwrapped_to_the_account_and_to_nobody_else() -> None:
    quote = quote_of(uniswap_v3.UniswapV3Quote, "uniswap-v3", TOKEN, None, "in", 1)
    _, _, data = quote.calldata(ALICE, 77, DEADLINE)
    assert data[:4] == selector("multicall(uint256,bytes[])")
    deadline, calls = decode(["uint256", "bytes[]"], data[4:])
    assert deadline == DEADLINE
    assert [c[:4] for c in calls] == [
        selector("exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"),
        selector("unwrapWETH9(uint256,address)"),
    ]
    assert decode(["uint256", "address"], calls[1][4:]) == (77, ALICE)


def test_paths_go_straight_and_through_the_wrapped_coin() -> None:
    assert paths(TOKEN, OTHER, WRAPPED) == ((TOKEN, OTHER), (TOKEN, WRAPPED, OTHER))
    assert paths(None, OTHER, WRAPPED) == ((WRAPPED, OTHER),)
    assert paths(OTHER, None, WRAPPED) == ((OTHER, WRAPPED),)
    assert paths(None, WRAPPED, WRAPPED) == paths(TOKEN, TOKEN, WRAPPED) == ()


def test_a_packed_path_runs_backwards_for_an_exact_output() -> None:
    quote = quote_of(uniswap_v3.UniswapV3Quote, "uniswap-v3", TOKEN, None, "out", 2)
    _, calls = decode(["uint256", "bytes[]"], quote.calldata(ALICE, 77, DEADLINE)[2][4:])
    ((path, *_),) = decode(["(bytes,address,uint256,uint256)"], calls[0][4:])
    assert path.hex() == "33" * 20 + "000bb8" + "55" * 20 + "0001f4" + "44" * 20
    forward = replace(quote, route=replace(quote.route, exact="in"))
    _, calls = decode(["uint256", "bytes[]"], forward.calldata(ALICE, 77, DEADLINE)[2][4:])
    ((path, *_),) = decode(["(bytes,address,uint256,uint256)"], calls[0][4:])
    assert path.hex() == "44" * 20 + "0001f4" + "55" * 20 + "000bb8" + "33" * 20


@settings(max_examples=60)
@given(st.binary(min_size=20, max_size=20), st.integers(min_value=0, max_value=2**256 - 1))
def test_token_calldata_reads_back(raw: bytes, amount: int) -> None:
    who = checksum(raw)
    for made, signature in ((erc20.transfer, "transfer(address,uint256)"), (erc20.approve, "approve(address,uint256)")):
        data = made(who, amount)
        assert data[:4] == selector(signature)
        assert decode(["address", "uint256"], data[4:]) == (who.lower(), amount)
    assert weth.withdraw(amount) == selector("withdraw(uint256)") + amount.to_bytes(32, "big")


def test_known_selectors() -> None:
    assert erc20.transfer(ALICE, 0)[:4].hex() == "a9059cbb"
    assert erc20.approve(ALICE, 0)[:4].hex() == "095ea7b3"
    assert erc20.balance_of(ALICE)[:4].hex() == "70a08231"
    assert weth.deposit().hex() == "d0e30db0"
