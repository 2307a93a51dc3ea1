"""CoinGecko- and DefiLlama-compatible services over real HTTP: what they say, and how they fail."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from email.utils import formatdate
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.http import ServiceFailure, WebService, retry_seconds
from chain.price_service import Coin, NoQuote, PriceService, Quote
from chain.prices.asking import PatientService
from chain.prices.coingecko import DEMO_KEY, PRO_KEY, CoinGecko, key_header
from chain.prices.defillama import DefiLlama
from chain.prices.kept import KeptService
from chain.prices.outside import judged
from chain.prices.past import MOST_POINTS
from chain.prices.services import coingecko, defillama
from contracts.registry import load_registry
from tests.agent.store_support import Clock
from tests.chain.price_support import HUGE, NOW, PriceServer, Reply, price_server, told

REGISTRY = load_registry()
ETH = Coin("ETH", by_id=REGISTRY.price_id(8453, "ETH"))
USDC = Coin("USDC", platform=REGISTRY.price_platform(8453), address=REGISTRY.token(8453, "USDC").address)
KINDS = {"coingecko": coingecko, "defillama": defillama}
DAY = 86_400


@pytest.fixture
def server() -> Iterator[PriceServer]:
    with price_server() as running:
        running.known = {"ethereum": "2500.123456789012345678", USDC.address.lower(): "0.9998"}
        yield running


@asynccontextmanager
async def service(kind: str, server: PriceServer, clock: Clock | None = None) -> AsyncIterator[PriceService]:
    made = KINDS[kind](server.url, clock=clock or Clock(NOW))
    try:
        yield made
    finally:
        await made.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_coins_are_asked_by_id_or_address_and_answered_exactly(kind: str, server: PriceServer) -> None:
    async with service(kind, server) as made:
        said = await made.quotes([ETH, USDC])
    assert said == {
        ETH: Quote(Decimal("2500.123456789012345678"), NOW),
        USDC: Quote(Decimal("0.9998"), NOW),
    }
    assert made.name == f"{kind} at {server.url}"
    expected = {
        "coingecko": [
            "/simple/price?ids=ethereum&",
            f"/simple/token_price/base?contract_addresses={USDC.address.lower()}&",
        ],
        "defillama": [f"/prices/current/coingecko:ethereum,base:{USDC.address}?"],
    }[kind]
    assert len(server.asked) == len(expected)
    assert all(any(asked.startswith(start) for asked in server.asked) for start in expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("0", "not above zero"),
        ("-2500", "not above zero"),
        ('"2500"', "not a number"),
        ("true", "not a number"),
        ("[2500]", "not a number"),
        ("1e16", "beyond belief"),
        ("1e-31", "beyond belief"),
        ("1e400000000", "beyond belief"),
        ("-1e400000000", "not above zero"),
        ("NaN", "not JSON"),
        ("1e99999999999999999999", "not JSON"),
        ("null", "does not know"),
    ],
)
async def test_what_is_no_price_is_a_reason(kind: str, value: str, why: str, server: PriceServer) -> None:
    server.known["ethereum"] = value
    async with service(kind, server) as made:
        said = (await made.quotes([ETH]))[ETH]
    assert isinstance(said, NoQuote)
    assert why in said.why


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("at", "why"),
    [(NOW - 3601, "old"), (NOW + 121, "future"), (0, "of when"), (-5, "of when"), (10**300, "of when")],
)
async def test_a_price_of_another_time_is_no_price(kind: str, at: int, why: str, server: PriceServer) -> None:
    server.at = at
    async with service(kind, server) as made:
        said = (await made.quotes([ETH]))[ETH]
    assert isinstance(said, NoQuote)
    assert why in said.why


@pytest.mark.parametrize("at", [NOW - 3600, NOW + 120])
def test_a_price_holds_for_an_hour_and_clocks_may_differ_a_little(at: int) -> None:
    assert judged(1, at, NOW) == Quote(Decimal(1), at)


@pytest.mark.parametrize(
    ("confidence", "why"), [("0.89", "not sure"), ("null", "how sure"), ("1.5", "how sure"), ('"0.99"', "how sure")]
)
async def test_a_service_that_is_not_sure_has_no_price(confidence: str, why: str, server: PriceServer) -> None:
    server.confidence = confidence
    async with service("defillama", server) as made:
        said = (await made.quotes([ETH]))[ETH]
    assert isinstance(said, NoQuote)
    assert why in said.why


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (told({"status": {"error_code": 500}}, 500), "HTTP status 500"),
        (told({"error": "coin not found"}, 404), "HTTP status 404"),
        (told({"status": {"error_code": 10002}}, 401), "refused the request, or the key"),
        (Reply(b"<html>busy</html>", 200, {"content-type": "text/html"}), "not JSON"),
        (Reply(b"[" * 100_000), "not JSON"),
        (Reply(b"1" * HUGE), "more than"),
        (Reply(b"", 302, {"location": "http://127.0.0.1:1/"}), "redirects elsewhere"),
        (Reply(b"\x1f\x8b", 200, {"content-encoding": "gzip"}), "compressed"),
        (told([1, 2]), "not a list of prices"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_broken_service_says_why_and_raises_nothing(
    kind: str, broken: Reply, why: str, server: PriceServer
) -> None:
    server.broken = broken
    async with service(kind, server) as made:
        said = await made.quotes([ETH, USDC])
    for quote in said.values():
        assert isinstance(quote, NoQuote)
        assert quote.silent
        assert why in quote.why


@pytest.mark.parametrize(
    "body",
    [
        {"status": {"error_code": 10002, "error_message": "API Key Missing"}},
        {"error": {"status": {"error_code": 10002, "error_message": "API Key Missing"}}},
        {"error_code": 10002},
    ],
)
async def test_an_error_that_comes_as_an_answer_is_one(body: object, server: PriceServer) -> None:
    server.broken = told(body)
    async with service("coingecko", server) as made:
        said = (await made.quotes([ETH]))[ETH]
    assert said == NoQuote("reports an error (code 10002)", silent=True)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_service_that_is_not_there(kind: str) -> None:
    made = KINDS[kind]("http://127.0.0.1:1", clock=Clock(NOW))
    said = (await made.quotes([ETH]))[ETH]
    await made.close()
    assert isinstance(said, NoQuote)
    assert "could not be reached" in said.why


@pytest.mark.parametrize("kind", KINDS)
async def test_a_slow_service_is_not_waited_for(kind: str, server: PriceServer) -> None:
    server.broken = Reply(b"{}", after=server.stopped)
    patient = PatientService(WebService(server.url), Clock(NOW))
    inner = CoinGecko(patient) if kind == "coingecko" else DefiLlama(patient)
    made = KeptService(inner, Clock(NOW), within=0.05)
    assert (await made.quotes([ETH]))[ETH] == NoQuote("did not answer within 0.05 seconds", silent=True)
    await made.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("header", "wait"), [("120", 120), ("", 60)])
async def test_a_service_is_left_alone_for_as_long_as_it_asks(
    kind: str, header: str, wait: int, server: PriceServer
) -> None:
    clock = Clock(NOW)
    server.broken = told({"status": {"error_code": 429}}, 429, **({"retry_after": header} if header else {}))
    async with service(kind, server, clock) as made:
        assert "fewer requests" in _why(await made.quotes([ETH]))
        server.broken, server.at = None, NOW + wait
        clock.at = NOW + wait - 1
        assert "left alone for another 1 s" in _why(await made.quotes([ETH]))
        with pytest.raises(ServiceFailure, match="left alone"):
            await made.past(ETH, "USD", NOW - DAY, NOW)
        assert len(server.asked) == 1
        clock.at = NOW + wait + 30
        assert isinstance((await made.quotes([ETH]))[ETH], Quote)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_clock_that_was_set_back_far_leaves_no_service_alone_for_ever(kind: str, server: PriceServer) -> None:
    clock = Clock(NOW)
    server.broken = told({}, 429, retry_after="60")
    async with service(kind, server, clock) as made:
        await made.quotes([ETH])
        server.broken, server.at, clock.at = None, NOW - 30 * DAY, NOW - 30 * DAY
        assert isinstance((await made.quotes([ETH]))[ETH], Quote)


def _why(said: object) -> str:
    assert isinstance(said, dict)
    (quote,) = said.values()
    assert isinstance(quote, NoQuote)
    return quote.why


def test_the_time_to_wait_is_a_number_or_a_date() -> None:
    assert retry_seconds(" 30 ", NOW) == 30
    assert retry_seconds(formatdate(NOW + 90, usegmt=True), NOW) == 90
    assert retry_seconds(formatdate(NOW - 90, usegmt=True), NOW) == 0
    assert retry_seconds("9" * 5000, NOW) == 999_999_999
    assert [retry_seconds(text, NOW) for text in ("", "soon", "-5", "１２", "Fri, 99 Jan 2027 00:00:00 GMT")] == [
        None
    ] * 5


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_said_serves_for_half_a_minute(kind: str, server: PriceServer) -> None:
    clock = Clock(NOW)
    async with service(kind, server, clock) as made:
        first = await made.quotes([ETH])
        server.known["ethereum"] = "9999"
        clock.at = NOW + 29
        assert await made.quotes([ETH]) == first
        assert len(server.asked) == 1
        await made.quotes([ETH, USDC])
        assert len(server.asked) == 2
        assert "ethereum" not in server.asked[-1], "what is known is not asked for again"
        clock.at = NOW + 30
        assert (await made.quotes([ETH]))[ETH] == Quote(Decimal(9999), NOW)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_failure_is_not_waited_for_twice_and_a_clock_set_back_keeps_nothing(
    kind: str, server: PriceServer
) -> None:
    clock = Clock(NOW)
    server.broken = told({}, 500)
    async with service(kind, server, clock) as made:
        await made.quotes([ETH])
        await made.quotes([ETH])
        assert len(server.asked) == 1
        clock.at = NOW - 5
        await made.quotes([ETH])
        assert len(server.asked) == 2


@pytest.mark.parametrize(("url", "header"), [("https://api.example", DEMO_KEY), ("https://pro-api.example", PRO_KEY)])
def test_each_kind_of_key_has_its_header(url: str, header: str) -> None:
    assert key_header(url) == header


async def test_the_key_is_sent_in_its_header_and_stands_in_no_text(server: PriceServer) -> None:
    server.broken = told({}, 401)
    made = coingecko(server.url, "cg-secret", clock=Clock(NOW))
    said = (await made.quotes([ETH]))[ETH]
    await made.close()
    assert server.keys == [{DEMO_KEY: "cg-secret"}]
    assert "cg-secret" not in f"{said} {made.name} {server.asked}"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_chart_is_what_the_service_has_between_two_times(kind: str, server: PriceServer) -> None:
    server.charts["ethereum"] = [(NOW - DAY - 1, "1"), (NOW - DAY, "2500.5"), (NOW - 60, "2600"), (NOW + 1, "3")]
    async with service(kind, server) as made:
        found = await made.past(ETH, "USD", NOW - DAY, NOW)
    assert [(p.at, p.value, p.source) for p in found] == [
        (NOW - DAY, Decimal("2500.5"), made.name),
        (NOW - 60, Decimal(2600), made.name),
    ]


@pytest.mark.parametrize("kind", KINDS)
async def test_points_that_are_no_prices_are_left_out_of_a_chart(kind: str, server: PriceServer) -> None:
    values = ["0", "-1", "null", '"2"', "1e30", "7"]
    server.charts["ethereum"] = [(NOW - 100 + i, value) for i, value in enumerate(values)]
    async with service(kind, server) as made:
        found = await made.past(ETH, "USD", NOW - DAY, NOW)
    assert [p.value for p in found] == [7]


@pytest.mark.parametrize("kind", KINDS)
async def test_no_chart_of_a_coin_that_is_not_known(kind: str, server: PriceServer) -> None:
    async with service(kind, server) as made:
        assert await made.past(USDC, "USD", NOW - DAY, NOW) == ()
        assert (await made.past(ETH, "XAU", NOW - DAY, NOW)) == ()


async def test_a_long_chart_is_thinned_evenly_and_keeps_its_ends(server: PriceServer) -> None:
    server.charts["ethereum"] = [(NOW - 10_000 + i, str(i + 1)) for i in range(10_000)]
    async with service("coingecko", server) as made:
        found = await made.past(ETH, "USD", NOW - DAY, NOW)
    assert len(found) == MOST_POINTS
    assert (found[0].value, found[-1].value) == (1, 10_000)
    steps = {later.at - earlier.at for earlier, later in pairwise(found)}
    assert steps <= {10, 11}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [{"prices": 5}, {"prices": [[1]]}, {"coins": {"coingecko:ethereum": {"prices": [1]}}}])
async def test_what_is_no_chart_is_a_failure(kind: str, body: object, server: PriceServer) -> None:
    server.broken = told(body)
    async with service(kind, server) as made:
        with pytest.raises(ServiceFailure):
            await made.past(ETH, "USD", NOW - DAY, NOW)


@settings(max_examples=200)
@given(st.decimals(allow_nan=True, allow_infinity=True) | st.integers() | st.floats() | st.text() | st.none())
def test_no_value_whatever_makes_a_price_that_is_not_one(value: object) -> None:
    said = judged(value, NOW, NOW)
    if isinstance(said, Quote):
        assert isinstance(value, int | Decimal)
        assert 0 < said.value < 10**15


KEYS = st.sampled_from(
    [
        "ethereum",
        "coingecko:ethereum",
        "coins",
        "usd",
        "price",
        "prices",
        "timestamp",
        "last_updated_at",
        "confidence",
        "status",
        "error",
        "error_code",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", KINDS)
def test_no_document_whatever_raises_anything_but_a_service_s_failure(kind: str) -> None:
    with price_server() as server:

        async def ask(document: object) -> None:
            server.broken = told(document)
            async with service(kind, server) as made:
                said = await made.quotes([ETH, USDC])
                assert said.keys() == {ETH, USDC}
                with suppress(ServiceFailure):
                    for point in await made.past(ETH, "USD", 0, NOW):
                        assert point.value > 0

        @settings(max_examples=80, deadline=None)
        @given(JSON)
        def holds(document: object) -> None:
            asyncio.run(ask(document))

        holds()
