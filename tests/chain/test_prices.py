"""Prices: exact, of known age and source, and none where none can be relied on."""

import time
from decimal import Decimal
from fractions import Fraction

import pytest
from eth_abi.abi import encode
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.errors import SaysoError
from chain.prices import Price, PriceUnavailable, price, prices
from chain.prices.feeds import Feeds, judge
from chain.prices.legs import from_feeds
from chain.prices.pools import spots
from chain.prices.quotation import scaled
from contracts.registry import FeedEntry

FEED = FeedEntry(1, "ETH", "USD", "0x" + "11" * 20, 3600, "test", "2026-01-01")
NOW = 1_800_000_000


def answer(value: int, updated_at: int = NOW, round_id: int = 7, answered_in: int = 7) -> tuple[bool, bytes]:
    types = ["uint80", "int256", "uint256", "uint256", "uint80"]
    return True, encode(types, [round_id, value, updated_at, updated_at, answered_in])


def places(number: int) -> tuple[bool, bytes]:
    return True, encode(["uint256"], [number])


@pytest.mark.parametrize(
    ("data", "decimals", "why"),
    [
        (answer(0), places(8), "not above zero"),
        (answer(-1), places(8), "not above zero"),
        (answer(-(2**255)), places(8), "not above zero"),
        (answer(10**38), places(8), "beyond belief"),
        (answer(2**255 - 1), places(18), "beyond belief"),
        (answer(1, NOW - 3601), places(8), "stale"),
        (answer(1, 0), places(8), "not complete"),
        (answer(1, answered_in=6), places(8), "not complete"),
        (answer(1, NOW + 86400), places(8), "future"),
        (answer(1), places(255), "decimals"),
        (answer(1), (False, b""), "decimals"),
        ((False, b""), places(8), "does not answer"),
        ((True, b"\0" * 159), places(8), "does not answer"),
        ((True, b"\xff" * 160), places(8), "does not answer"),
    ],
)
def test_a_feed_that_cannot_be_relied_on_says_why(data, decimals, why: str) -> None:
    judged = judge(FEED, NOW, data, decimals)
    assert isinstance(judged, PriceUnavailable)
    assert why in judged.why
    assert judged.exit_code == 1


def test_a_feed_is_fresh_up_to_its_heartbeat() -> None:
    judged = judge(FEED, NOW, answer(250_012_345_678, NOW - 3600), places(8))
    assert judged == Price("ETH", "USD", Decimal("2500.12345678"), NOW - 3600, "feed ETH/USD", NOW, by_feeds=True)
    assert judged.age == 3600


@settings(max_examples=100)
@given(st.integers(min_value=1, max_value=10**23 - 1), st.integers(min_value=0, max_value=36))
def test_a_price_is_the_answer_exactly(value: int, decimals: int) -> None:
    judged = judge(FEED, NOW, answer(value), places(decimals))
    if isinstance(judged, Price):
        assert Fraction(judged.value) == Fraction(value, 10**decimals)


@settings(max_examples=100)
@given(st.integers(min_value=0, max_value=2**256 - 1), st.integers(min_value=0, max_value=255))
def test_scaling_loses_nothing(raw: int, decimals: int) -> None:
    assert Fraction(scaled(raw, decimals)) == Fraction(raw, 10**decimals)


@settings(max_examples=100)
@given(st.integers(min_value=1, max_value=10**14), st.integers(min_value=1, max_value=10**14))
def test_a_price_through_usd_is_the_quotient(first: int, second: int) -> None:
    pairs = {("LINK", "USD"): first, ("EUR", "USD"): second}
    feeds = Feeds(
        NOW, {k: Price(*k, Decimal(v), NOW - i, f"feed {k[0]}", NOW) for i, (k, v) in enumerate(pairs.items())}
    )
    found = from_feeds(feeds, "LINK", "EUR", "ETH")
    assert found is not None
    assert abs(Fraction(found.value) / Fraction(first, second) - 1) < Fraction(1, 10**50)
    assert (found.updated_at, found.source) == (NOW - 1, "feed LINK, feed EUR")


def test_a_broken_feed_is_not_passed_over_for_another_way() -> None:
    good = {k: Price(*k, Decimal(2), NOW, "feed", NOW) for k in (("LINK", "ETH"), ("ETH", "USD"))}
    feeds = Feeds(NOW, good | {("LINK", "USD"): PriceUnavailable("LINK", "USD", "stale")})
    with pytest.raises(PriceUnavailable, match="stale"):
        from_feeds(feeds, "LINK", "USD", "ETH")
    assert from_feeds(Feeds(NOW, good), "LINK", "USD", "ETH").value == 4
    assert from_feeds(Feeds(NOW, good), "UNI", "USD", "ETH") is None


@pytest.mark.anvil
@pytest.mark.parametrize(
    ("base", "quote", "value"),
    [
        ("ETH", "USD", "2500"),
        ("eth", "usd", "2500"),
        ("WETH", "USD", "2500"),
        ("WBTC", "ETH", "24"),
        ("USD", "ETH", "0.0004"),
        ("USDC", "USD", "1"),
        ("ETH", "WETH", "1"),
        ("LINK", "DAI", "15"),
    ],
)
async def test_prices_by_the_feeds_take_one_request(client, base: str, quote: str, value: str) -> None:
    before, begun = client.request_count, int(time.time())
    found = await price(client, base, quote)
    assert client.request_count == before + 1
    assert found.value == Decimal(value)
    assert (found.base, found.quote) == (base.upper(), quote.upper())
    assert found.seen_at >= begun
    assert found.age == found.seen_at - found.updated_at >= 0


@pytest.mark.anvil
async def test_a_node_that_stands_still_makes_no_price_look_fresh(
    client, local_chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = (await client.block()).timestamp
    monkeypatch.setattr("chain.prices.ages.time", lambda: head + 7200.5)
    seen = await price(client, "ETH")
    assert seen.age == head + 7200 - seen.updated_at
    (spot, *_) = await spots(client, local_chain.registry.token(local_chain.chain_id, "LINK"))
    assert spot.price.age >= 7200
    monkeypatch.setattr("chain.prices.ages.time", lambda: head + 90_000)
    with pytest.raises(PriceUnavailable, match="stale"):
        await price(client, "ETH")


@pytest.mark.anvil
async def test_a_slow_clock_makes_no_price_look_fresh(client, local_chain, monkeypatch: pytest.MonkeyPatch) -> None:
    now = (await client.block()).timestamp
    local_chain.set_price("ETH", "2500", updated_at=now - 3600)
    monkeypatch.setattr("chain.prices.ages.time", lambda: 1_000_000)
    assert (await price(client, "ETH")).age >= 3600


@pytest.mark.anvil
async def test_a_fiat_quote_goes_through_its_feed(client) -> None:
    found = await price(client, "ETH", "EUR")
    assert found.value.quantize(Decimal("0.0001")) == Decimal("2314.8148")
    assert found.source == "feed ETH/USD, feed EUR/USD"
    assert found.by_feeds


@pytest.mark.anvil
@pytest.mark.parametrize(
    ("value", "age", "why"), [("2500", 90_000, "stale"), ("0", 0, "not above zero"), ("-1", 0, "not above zero")]
)
async def test_a_feed_gone_bad_gives_no_price(client, local_chain, value: str, age: int, why: str) -> None:
    now = (await client.block()).timestamp
    local_chain.set_price("ETH", value, updated_at=now - age)
    with pytest.raises(PriceUnavailable, match=why):
        await price(client, "WETH")
    many = await prices(client, ["ETH", "USDC", "USDC", "JPY"])
    assert isinstance(many["ETH"], PriceUnavailable)
    assert isinstance(many["JPY"], PriceUnavailable)
    assert many["USDC"].value == 1


@pytest.mark.anvil
async def test_a_coin_without_a_feed_is_priced_by_its_deepest_pool(client) -> None:
    found = await price(client, "FOT")
    assert abs(found.value - 1) < Decimal("0.01")
    assert found.source == "uniswap-v2 pool FOT/WETH, feed ETH/USD"
    assert not found.by_feeds
    with pytest.raises(PriceUnavailable, match="no pool that is deep enough"):
        await price(client, "FALSY")


@pytest.mark.anvil
async def test_every_pool_of_a_coin_agrees_with_its_feed(client, local_chain) -> None:
    worth = {"WETH": Decimal(2500), "USDC": Decimal(1)}
    seen = set()
    for symbol, feed in (("LINK", Decimal(15)), ("WBTC", Decimal(60_000)), ("DAI", Decimal(1)), ("USDT", Decimal(1))):
        for spot in await spots(client, local_chain.registry.token(local_chain.chain_id, symbol)):
            assert abs(spot.price.value * worth[spot.pool.anchor.symbol] / feed - 1) < Decimal("0.01"), spot
            assert spot.depth > 0
            seen.add((symbol, spot.pool.anchor.symbol, spot.pool.fee))
    assert {("LINK", "WETH", None), ("LINK", "WETH", 3000), ("WBTC", "WETH", 500), ("DAI", "USDC", 500)} <= seen


@pytest.mark.anvil
async def test_what_nothing_prices_is_said(client) -> None:
    with pytest.raises(SaysoError, match="no usable price of JPY"):
        await price(client, "ETH", "JPY")
