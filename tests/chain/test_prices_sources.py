"""Prices on the real local chain with price services beside it: who corroborates, who may veto, and who is only told of."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from chain.client import ChainClient
from chain.http import ServiceFailure
from chain.price_service import PastPrice
from chain.prices import PriceUnavailable, price, prices
from chain.prices.history import past_prices
from chain.prices.services import coingecko, defillama
from tests.agent.store_support import Clock
from tests.chain.price_support import NOW, PriceServer, Reply, price_server, told, with_local_ids
from tests.conftest import LocalChain

pytestmark = pytest.mark.anvil
DAY = 86_400


@pytest.fixture
def gecko() -> Iterator[PriceServer]:
    with price_server() as running:
        running.known = {"ethereum": "2510"}
        yield running


@pytest.fixture
def llama() -> Iterator[PriceServer]:
    with price_server() as running:
        running.known = {"ethereum": "2490"}
        yield running


@pytest.fixture
async def client(client: ChainClient, gecko: PriceServer, llama: PriceServer) -> AsyncIterator[ChainClient]:
    client.registry = with_local_ids(client.registry)
    clock = Clock(NOW)
    client.price_services = (coingecko(gecko.url, clock=clock), defillama(llama.url, clock=clock))
    return client


def without_feed(client: ChainClient, base: str) -> None:
    """As if the registry knew no feed of a coin."""
    client.registry = replace(client.registry, feeds=tuple(f for f in client.registry.feeds if f.base != base))


async def test_services_that_agree_are_named_and_the_feed_stays_the_answer(client, gecko, llama) -> None:
    before = client.request_count
    found = await price(client, "ETH")
    assert client.request_count == before + 1
    assert (found.value, found.source, found.by_feeds) == (2500, "feed ETH/USD", True)
    assert found.spread == Decimal("0.008")
    assert found.agreed == (f"coingecko at {gecko.url}", f"defillama at {llama.url}")
    assert found.notes == ()


async def test_the_shipped_registry_lets_no_service_be_asked_about_the_local_chain(
    client, local_chain, gecko, llama
) -> None:
    client.registry = local_chain.registry
    assert (await price(client, "ETH")).spread is None
    assert gecko.asked == llama.asked == []


@pytest.mark.parametrize(("base", "quote"), [("WETH", "USD"), ("ETH", "EUR"), ("USDC", "ETH")])
async def test_every_coin_of_a_pair_is_held_against_the_services(client, gecko, base: str, quote: str) -> None:
    gecko.known = {"ethereum": "3000", client.registry.token(31337, "WETH").address.lower(): "3000"}
    with pytest.raises(PriceUnavailable, match="disagree") as refused:
        await price(client, base, quote)
    assert "feed ETH/USD says 2500 USD" in refused.value.why
    assert f"coingecko at {gecko.url} says 3000 USD" in refused.value.why
    assert "20.0% apart where 5% are allowed" in refused.value.why


async def test_a_coin_that_is_contradicted_leaves_the_others_their_prices(client, gecko) -> None:
    gecko.known = {"ethereum": "3000"}
    found = await prices(client, ["ETH", "USDC", "LINK"])
    assert isinstance(found["ETH"], PriceUnavailable)
    assert (found["USDC"].value, found["LINK"].value) == (1, 15)


async def test_the_card_s_coins_are_asked_for_once(client, gecko, llama) -> None:
    await prices(client, ["ETH", "USDC", "LINK"])
    await prices(client, ["USDC", "ETH"])
    await price(client, "LINK")
    assert (len(gecko.asked), len(llama.asked)) == (2, 1), "ids and addresses are two requests of the one's"


@pytest.mark.parametrize(
    ("broken", "note"),
    [
        (told({}, 500), "answered with HTTP status 500"),
        (told({}, 429, retry_after="9"), "asks for fewer requests"),
        (Reply(b"<html>"), "sent something that is not JSON within bounds"),
    ],
)
async def test_a_service_that_fails_is_told_and_vetoes_nothing(client, gecko, llama, broken: Reply, note: str) -> None:
    gecko.broken = broken
    found = await price(client, "ETH")
    assert (found.value, found.agreed) == (2500, (f"defillama at {llama.url}",))
    (told_of,) = found.notes
    assert told_of.startswith(f"coingecko at {gecko.url} {note}")


async def test_a_service_whose_price_is_no_price_is_told_and_vetoes_nothing(client, gecko, llama) -> None:
    gecko.known, llama.confidence = {"ethereum": "-1"}, "0.2"
    found = await price(client, "ETH")
    assert (found.value, found.spread, found.agreed) == (2500, None, ())
    assert found.notes == (
        f"coingecko at {gecko.url}, asked for ETH, says a price that is not above zero.",
        f"defillama at {llama.url}, asked for ETH, is not sure of its price (confidence 0.20).",
    )


async def test_an_absurd_service_is_told_where_another_one_agrees(client, gecko) -> None:
    gecko.known = {"ethereum": "2500000"}
    found = await price(client, "ETH")
    assert found.value == 2500
    assert found.notes == (f"coingecko at {gecko.url} says 2500000, which is absurd beside the others.",)


async def test_no_service_stands_in_for_a_broken_feed(client, local_chain) -> None:
    local_chain.set_price("ETH", "2500", updated_at=(await client.block()).timestamp - 2 * DAY)
    with pytest.raises(PriceUnavailable, match="stale"):
        await price(client, "ETH")


async def test_no_more_coins_are_asked_for_than_the_price_needs(client, gecko, llama) -> None:
    await price(client, "LINK")
    link = client.registry.token(31337, "LINK").address
    assert [asked.partition("?")[0] for asked in llama.asked] == [f"/prices/current/local:{link}"]


async def test_what_agrees_with_the_anchor_is_not_said_to_agree_with_the_token(client, gecko, llama) -> None:
    found = await price(client, "FOT")
    assert (found.source, found.spread, found.agreed) == ("uniswap-v2 pool FOT/WETH, feed ETH/USD", None, ())


async def test_without_a_feed_the_deepest_pool_is_held_against_others_and_services(client, gecko, llama) -> None:
    without_feed(client, "LINK")
    link = client.registry.token(31337, "LINK").address.lower()
    gecko.known = {"ethereum": "2500", link: "15.3"}
    found = await price(client, "LINK")
    assert found.source == "uniswap-v3 pool 0.3% LINK/WETH, feed ETH/USD"
    assert abs(found.value - 15) < Decimal("0.01")
    assert f"coingecko at {gecko.url}" in found.agreed
    assert "uniswap-v2 pool LINK/WETH, feed ETH/USD" in found.agreed
    assert found.notes == (f"defillama at {llama.url}, asked for LINK, does not know this coin.",)


async def test_without_a_feed_a_contradicted_pool_gives_no_price(client, gecko) -> None:
    without_feed(client, "LINK")
    gecko.known = {"ethereum": "2500", client.registry.token(31337, "LINK").address.lower(): "17"}
    with pytest.raises(
        PriceUnavailable, match=r"LINK/WETH, feed ETH/USD says .* says 17 USD, .* where 10% are allowed"
    ):
        await price(client, "LINK")


async def test_a_pool_s_price_falls_with_its_anchor_s(client, gecko) -> None:
    gecko.known = {"ethereum": "3000"}
    with pytest.raises(PriceUnavailable, match="disagree: feed ETH/USD"):
        await price(client, "FOT")


async def test_a_coin_that_only_services_know_is_priced_by_the_first(client, gecko, llama) -> None:
    without_feed(client, "BTC")
    gecko.known, llama.known = {"bitcoin": "60000"}, {"bitcoin": "60600"}
    found = await price(client, "BTC")
    assert (found.value, found.source, found.spread) == (60000, f"coingecko at {gecko.url}", Decimal("0.01"))
    assert (found.updated_at, found.agreed) == (NOW, (f"defillama at {llama.url}",))
    crossed = await price(client, "BTC", "ETH")
    assert (crossed.value, crossed.by_feeds, found.by_feeds) == (24, False, False), "no limit may rest on a service"


async def test_where_only_services_could_tell_their_failure_is_the_reason(client, gecko, llama) -> None:
    without_feed(client, "BTC")
    gecko.broken = told({}, 500)
    with pytest.raises(PriceUnavailable) as refused:
        await price(client, "BTC")
    assert f"coingecko at {gecko.url} answered with HTTP status 500" in refused.value.why
    assert f"defillama at {llama.url} does not know this coin" in refused.value.why


async def test_the_past_is_told_by_the_first_service_that_can(client, gecko, llama) -> None:
    gecko.charts["ethereum"] = [(NOW - 60, "2500")]
    llama.charts["ethereum"] = [(NOW - 120, "2400")]
    start = NOW - DAY
    assert [p.value for p in await past_prices(client, "eth", "usd", start, NOW)] == [2500]
    gecko.broken = told({}, 500)
    assert await past_prices(client, "ETH", "USD", start, NOW) == (
        PastPrice(NOW - 120, Decimal(2400), f"defillama at {llama.url}"),
    )
    llama.broken = told({}, 503)
    with pytest.raises(ServiceFailure, match=f"The service at {gecko.url} answered with HTTP status 500"):
        await past_prices(client, "ETH", "USD", start, NOW)


async def test_no_past_without_a_service_or_of_a_coin_nobody_knows(client, gecko) -> None:
    assert await past_prices(client, "ETH", "USD", NOW - DAY, NOW) == ()
    assert await past_prices(client, "JPY", "USD", NOW - DAY, NOW) == ()
    asked, client.price_services = len(gecko.asked), ()
    assert await past_prices(client, "ETH", "USD", NOW - DAY, NOW) == ()
    assert len(gecko.asked) == asked


async def test_a_past_price_in_another_coin_is_the_quotient_of_the_times(client, gecko) -> None:
    gecko.charts = {
        "bitcoin": [(NOW - 30 * DAY, "1"), (NOW - 4 * DAY, "1"), (NOW - 500, "60000"), (NOW - 100, "63000")],
        "ethereum": [(NOW - 7 * DAY, "1"), (NOW - 600, "2500"), (NOW - 200, "2520")],
    }
    found = await past_prices(client, "BTC", "ETH", NOW - 40 * DAY, NOW)
    assert [(p.at, p.value) for p in found] == [(NOW - 500, 24), (NOW - 100, 25)]


async def test_a_past_price_in_euros_is_asked_for_in_euros(client, gecko) -> None:
    gecko.charts["ethereum"] = [(NOW - 60, "2300")]
    assert [p.value for p in await past_prices(client, "ETH", "EUR", NOW - DAY, NOW)] == [2300]
    assert "vs_currency=eur" in gecko.asked[-1]


async def test_a_local_chain_without_services_asks_as_before(client, local_chain: LocalChain) -> None:
    client.price_services = ()
    found = await price(client, "ETH")
    assert (found.value, found.spread, found.agreed, found.notes) == (2500, None, (), ())
