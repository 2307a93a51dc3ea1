"""Time-weighted prices on the real local chain: the exact mean, no history where there is none, and no moving by one trade."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.abi import decode_answer
from chain.client import ChainClient
from chain.prices import PriceUnavailable, price
from chain.prices.market import read_pools
from chain.prices.pools import Pool, Spot
from chain.prices.twap import WINDOW, mean_tick, pool_address, tick_value
from chain.values import Address
from contracts.registry import TokenEntry
from tests.conftest import LocalChain

TRADER = "0x1111111111111111111111111111111111111111"
MOST_TICK = 887_272
LOW, HIGH = "0x" + "11" * 20, "0x" + "22" * 20


def pool_of(decimals: tuple[int, int], *, token_first: bool) -> Pool:
    first, second = (LOW, HIGH) if token_first else (HIGH, LOW)
    token = TokenEntry(1, first, "TOK", "", decimals[0], "", "")
    anchor = TokenEntry(1, second, "ANC", "", decimals[1], "", "")
    return Pool(Address(LOW), token, anchor, 500)


@settings(max_examples=50, deadline=None)
@given(st.integers(-5000, 5000), st.integers(0, 36), st.integers(0, 36), st.booleans())
def test_a_tick_is_its_price_to_fifty_digits(tick: int, token: int, anchor: int, first: bool) -> None:
    raw = Fraction(10001, 10000) ** (tick if first else -tick)
    exact = raw * Fraction(10) ** (token - anchor)
    found = Fraction(tick_value(pool_of((token, anchor), token_first=first), tick))
    assert abs(found / exact - 1) < Fraction(1, 10**50)


@settings(max_examples=100)
@given(st.integers(-MOST_TICK, MOST_TICK - 1))
def test_a_tick_more_is_a_ten_thousandth_more_over_the_whole_range(tick: int) -> None:
    pool = pool_of((18, 6), token_first=True)
    step = Fraction(tick_value(pool, tick + 1)) / Fraction(tick_value(pool, tick))
    assert abs(step / Fraction(10001, 10000) - 1) < Fraction(1, 10**50)


@given(st.integers(-MOST_TICK, MOST_TICK), st.integers(-MOST_TICK, MOST_TICK), st.integers(1, WINDOW - 1))
def test_the_mean_is_rounded_down(before: int, after: int, seconds: int) -> None:
    moved = before * (WINDOW - seconds) + after * seconds
    found = mean_tick(7, 7 + moved, WINDOW)
    assert Fraction(moved, WINDOW) - 1 < found <= Fraction(moved, WINDOW)


def test_a_pool_stands_where_the_factory_puts_it() -> None:
    factory = Address("0x1F98431c8aD98523631AE4a59f267346ea31F984")
    usdc, weth = (
        Address("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"),
        Address("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"),
    )
    published = "0x88e6A0c2dDD26FEEb64F039a2c41296FcB3f5640"
    assert pool_address(factory, usdc, weth, 500) == pool_address(factory, weth, usdc, 500) == published


@pytest.mark.anvil
def test_the_local_factory_puts_them_there_too(local_chain: LocalChain) -> None:
    factory, link, weth = (Address(local_chain.contract("uniswap-v3.factory")), *_pair(local_chain))
    asked = local_chain.call(factory, "getPool(address,address,uint24)", link, weth, 3000)
    assert pool_address(factory, link, weth, 3000).lower() == "0x" + asked[12:].hex()


def _pair(chain: LocalChain) -> tuple[Address, Address]:
    return Address(chain.token("LINK")), Address(chain.token("WETH"))


class LinkPool:
    """One of the local chain's LINK/WETH pools, in the hands of a trader with much WETH and LINK."""

    def __init__(self, chain: LocalChain, fee: int = 3000) -> None:
        self.chain, self.fee = chain, fee
        self.link, self.weth = _pair(chain)
        self.address = pool_address(Address(chain.contract("uniswap-v3.factory")), self.link, self.weth, fee)
        chain.rpc("anvil_setBalance", TRADER, hex(10**24))
        chain.send_as(TRADER, self.weth, "deposit()", value=10**23)
        chain.send_as(TRADER, self.weth, "approve(address,uint256)", chain.contract("uniswap-v3.router"), 10**30)

    def keep_history(self) -> None:
        self.chain.send_as(TRADER, self.address, "increaseObservationCardinalityNext(uint16)", 50)

    def buy_link(self, wei: int) -> None:
        """Spends WETH in this pool, whatever it gives."""
        order = (self.weth, self.link, self.fee, TRADER, wei, 0, 0)
        signature = "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"
        self.chain.send_as(TRADER, self.chain.contract("uniswap-v3.router"), signature, order)

    def wait(self, seconds: int) -> None:
        self.chain.rpc("evm_increaseTime", hex(seconds))
        self.chain.mine()

    def tick(self) -> int:
        return int(decode_answer(["uint160", "int24"], self.chain.call(self.address, "slot0()"))[1])

    def now(self) -> int:
        return int(self.chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def own(self, spots: tuple[Spot, ...]) -> Spot:
        (found,) = (spot for spot in spots if spot.pool.address == self.address)
        return found


@pytest.fixture
def pool(local_chain: LocalChain) -> LinkPool:
    return LinkPool(local_chain)


async def means(client: ChainClient, chain: LocalChain, symbol: str = "LINK") -> tuple[Spot, ...]:
    return (await read_pools(client, chain.registry.token(chain.chain_id, symbol), "latest")).means


@pytest.mark.anvil
async def test_a_pool_of_one_observation_has_no_history_even_where_it_answers(client, local_chain, pool) -> None:
    pool.wait(WINDOW + 60)
    assert local_chain.call(pool.address, "observe(uint32[])", [WINDOW, 0]), "an idle pool would answer"
    assert await means(client, local_chain) == ()


@pytest.mark.anvil
async def test_a_pool_that_has_kept_less_than_the_window_has_no_history(client, local_chain, pool) -> None:
    pool.buy_link(10**19)
    pool.keep_history()
    pool.wait(30)
    pool.buy_link(10**19)
    pool.wait(WINDOW - 60)
    assert await means(client, local_chain) == ()
    pool.wait(120)
    assert len(await means(client, local_chain)) == 1


@pytest.mark.anvil
async def test_the_price_is_the_exact_mean_over_the_window(client, local_chain, pool) -> None:
    pool.keep_history()
    pool.buy_link(10**18)
    pool.wait(WINDOW + 100)
    before = pool.tick()
    pool.buy_link(300 * 10**18)
    traded, after = pool.now(), pool.tick()
    pool.wait(200)
    since = pool.now() - traded
    found = pool.own(await means(client, local_chain))
    expected = (before * (WINDOW - since) + after * since) // WINDOW
    assert before != after
    assert found.price.value == tick_value(found.pool, expected)
    assert found.price.updated_at == pool.now()
    assert found.price.source == "uniswap-v3 pool 0.3% LINK/WETH, mean of 10 minutes"
    held = Decimal(local_chain.erc20_balance("WETH", pool.address)).scaleb(-18)
    assert held * Decimal("0.9") < found.depth <= held


@pytest.mark.anvil
async def test_one_trade_moves_the_spot_and_not_the_mean(client, local_chain, pool) -> None:
    pool.keep_history()
    pool.buy_link(10**18)
    pool.wait(WINDOW + 100)
    token = local_chain.registry.token(local_chain.chain_id, "LINK")
    honest = pool.own((await read_pools(client, token, "latest")).means).price.value
    pool.buy_link(20_000 * 10**18)
    pools = await read_pools(client, token, "latest")
    mean, spot = pool.own(pools.means).price.value, pool.own(pools.spots).price.value
    assert spot > honest * 2
    assert abs(mean / honest - 1) < Decimal("0.05")


@pytest.mark.anvil
async def test_a_moved_spot_says_nothing_against_a_feed(client, pool) -> None:
    pool.keep_history()
    pool.buy_link(10**18)
    pool.wait(WINDOW + 100)
    pool.buy_link(20_000 * 10**18)
    found = await price(client, "LINK")
    assert found.value == 15
    assert found.agreed == ("uniswap-v3 pool 0.3% LINK/WETH, mean of 10 minutes, feed ETH/USD",)
    assert found.spread is not None
    assert found.spread < Decimal("0.05")


@pytest.mark.anvil
async def test_a_mean_that_holds_speaks_against_a_feed_that_lies_in_one_request(client, local_chain, pool) -> None:
    pool.keep_history()
    pool.buy_link(10**18)
    pool.wait(WINDOW + 100)
    local_chain.set_price("LINK", "15")
    before = client.request_count
    assert (await price(client, "LINK")).spread < Decimal("0.02")
    assert client.request_count == before + 1
    local_chain.set_price("LINK", "30")
    with pytest.raises(PriceUnavailable) as refused:
        await price(client, "LINK")
    assert "feed LINK/USD says 30 USD, uniswap-v3 pool 0.3% LINK/WETH, mean of 10 minutes" in refused.value.why
    assert "where 5% are allowed" in refused.value.why


@pytest.mark.anvil
async def test_a_mean_that_lags_behind_its_own_pool_is_told_and_vetoes_nothing(client, local_chain, pool) -> None:
    pool.keep_history()
    pool.buy_link(10**18)
    pool.wait(WINDOW + 100)
    pool.buy_link(3_000 * 10**18)
    moved = pool.own((await read_pools(client, local_chain.registry.token(31337, "LINK"), "latest")).spots)
    local_chain.set_price("LINK", (moved.price.value * 2500).quantize(Decimal("0.01")))
    pool.wait(10)
    found = await price(client, "LINK")
    assert found.value > 20
    assert (found.spread, found.agreed) == (None, ())
    (note,) = found.notes
    assert note.startswith("uniswap-v3 pool 0.3% LINK/WETH, mean of 10 minutes, feed ETH/USD says 15.")
    assert "and lags: the pool itself says 23." in note


@pytest.mark.anvil
async def test_a_shallow_pool_says_nothing_against_a_feed(client, local_chain, pool, monkeypatch) -> None:
    pool.keep_history()
    pool.buy_link(10**18)
    pool.wait(WINDOW + 100)
    local_chain.set_price("LINK", "30")
    held = Decimal(local_chain.erc20_balance("WETH", pool.address)).scaleb(-18) * 2500
    monkeypatch.setattr("chain.prices.lookup.WITNESS_DEPTH_USD", held + 1)
    found = await price(client, "LINK")
    assert (found.value, found.spread) == (30, None)


@pytest.mark.anvil
async def test_a_pool_whose_anchor_has_no_price_says_nothing_against_a_feed(client, local_chain, pool) -> None:
    pool.keep_history()
    pool.buy_link(10**18)
    pool.wait(WINDOW + 100)
    local_chain.set_price("LINK", "15")
    local_chain.set_price("ETH", "0")
    found = await price(client, "LINK")
    assert (found.value, found.agreed) == (15, ())


@pytest.mark.anvil
async def test_without_a_feed_the_mean_comes_first_and_a_moved_spot_is_a_finding(client, local_chain, pool) -> None:
    client.registry = replace(client.registry, feeds=tuple(f for f in client.registry.feeds if f.base != "LINK"))
    pool.keep_history()
    pool.buy_link(10**18)
    pool.wait(WINDOW + 100)
    local_chain.set_price("ETH", "2500")
    found = await price(client, "LINK")
    assert found.source == "uniswap-v3 pool 0.3% LINK/WETH, mean of 10 minutes, feed ETH/USD"
    assert "uniswap-v3 pool 0.3% LINK/WETH, feed ETH/USD" in found.agreed
    pool.buy_link(3_000 * 10**18)
    with pytest.raises(PriceUnavailable, match=r"mean of 10 minutes, .* says 15\.\d+ USD, .* where 10% are allowed"):
        await price(client, "LINK")


@pytest.mark.anvil
async def test_a_pool_that_holds_little_prices_nothing(client, local_chain, pool, monkeypatch) -> None:
    monkeypatch.setattr("chain.prices.lookup.MIN_DEPTH_USD", Decimal(10**12))
    with pytest.raises(PriceUnavailable, match="no pool that is deep enough"):
        await price(client, "FOT")


@pytest.mark.anvil
async def test_of_several_means_the_deepest_pool_s_speaks(client, local_chain, pool) -> None:
    shallow = LinkPool(local_chain, fee=500)
    for each in (pool, shallow):
        each.keep_history()
        each.buy_link(10**18)
    pool.wait(WINDOW + 100)
    local_chain.set_price("LINK", "15")
    assert len(await means(client, local_chain)) == 2
    assert (await price(client, "LINK")).agreed == ("uniswap-v3 pool 0.3% LINK/WETH, mean of 10 minutes, feed ETH/USD",)


@pytest.mark.anvil
async def test_a_pool_far_less_deep_than_the_deepest_is_not_asked(client, local_chain, pool, monkeypatch) -> None:
    client.registry = replace(client.registry, feeds=tuple(f for f in client.registry.feeds if f.base != "LINK"))
    shallow = LinkPool(local_chain, fee=500)
    shallow.buy_link(300 * 10**18)
    with pytest.raises(PriceUnavailable, match=r"uniswap-v3 pool 0\.05% LINK/WETH, feed ETH/USD says 18"):
        await price(client, "LINK")
    monkeypatch.setattr("chain.prices.lookup.COUNTED_SHARE", 2)
    assert (await price(client, "LINK")).agreed == ("uniswap-v2 pool LINK/WETH, feed ETH/USD",)
