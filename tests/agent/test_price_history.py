"""From the sentence to the rendered history of a price: from stored points, with what is missing said."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.answers import READS
from agent.answers.types import Answer
from agent.assistant import Reply, context_of, respond
from agent.points import DAY, HOUR, Series
from agent.render.answers import answer_text
from agent.render.terminal import Look
from agent.session import Session
from agent.understand import load_parser
from chain.errors import SayDifferently, SaysoError
from nlp.types import Action
from tests.agent.store_support import Clock, make_scrypt_cheap, payer
from tests.conftest import LocalChain

pytestmark = pytest.mark.anvil
NOW = 1_800_000_000
Values = Mapping[int, object]


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    make_scrypt_cheap(monkeypatch)
    async with payer(tmp_path / "home", local_chain, Clock(NOW)) as opened:
        yield opened


def keep(session: Session, symbol: str, values: Values) -> None:
    series = Series("price", session.client.chain_id, symbol, quote="USD")
    with session.store.write() as connection:
        number = session.points.id_in(connection, series)
        for at, value in values.items():
            session.points.record_in(connection, number, at, Decimal(str(value)))


def hourly(days: int) -> Values:
    """A price that falls and recovers, an hour apart, the last one now."""
    return {NOW - n * HOUR: 2500 - (n % 48) * 5 for n in range(days * 24, -1, -1)}


def every_ten_minutes(days: int) -> Values:
    return {NOW - n * 600: 2500 - (n % 288) for n in range(days * 144, -1, -1)}


async def said(session: Session, words: str) -> Reply:
    async def connect() -> Session:
        return session

    return await respond(session, connect, load_parser().parse(words, context_of(session)), words)


async def read(session: Session, **slots: str) -> Answer:
    found = await READS["price_history"](session, Action("price_history", slots))
    json.dumps(dict(found.data))
    return found


def words(answer: Answer) -> str:
    return answer_text(answer, Look(plain=True))


@pytest.mark.model
@pytest.mark.parametrize("look", [Look(), Look(plain=True)], ids=["terminal", "plain"])
@pytest.mark.parametrize("sentence", ["price of eth over the last week", "chart of eth for 30 days"])
async def test_from_the_sentence_to_the_chart(
    sentence: str, look: Look, session: Session, snapshot: SnapshotAssertion
) -> None:
    keep(session, "ETH", every_ten_minutes(7))
    session.points.thin(NOW)
    reply = await said(session, sentence)
    assert reply.trouble is None
    (answer,) = reply.answers
    assert answer_text(answer, look) == snapshot


@pytest.mark.model
async def test_with_no_points_at_all_it_says_what_to_do(session: Session, snapshot: SnapshotAssertion) -> None:
    (answer,) = (await said(session, "show me the price history of eth")).answers
    assert (answer.data["known_points"], answer.data["points"], answer.data["first"]) == (0, [], None)
    assert words(answer) == snapshot


@pytest.mark.model
@pytest.mark.parametrize("sentence", ["chart of pepe for 30 days", "price history of doge"])
async def test_a_coin_that_is_not_there_is_told(sentence: str, session: Session) -> None:
    reply = await said(session, sentence)
    assert reply.answers == ()
    assert isinstance(reply.trouble, SayDifferently)
    assert "There is no token" in reply.trouble.happened


async def test_what_it_comes_to_is_of_exactly_the_period(session: Session) -> None:
    keep(session, "ETH", {NOW - 25 * HOUR: 9999, NOW - DAY: 2000, NOW - HOUR: 1500, NOW - 60: 2200, NOW + 60: 1})
    data = (await read(session, token="eth", period="PT24H")).data
    assert (data["first"]["price"], data["last"]["price"]) == ("2000", "2200")
    assert (data["lowest"], data["highest"], data["change"]) == ("1500", "2200", "0.1")
    assert (data["from"], data["to"], data["period"]) == (NOW - DAY, NOW, "PT24H")
    assert data["sources"] == ["the points that 'sayso watch' kept"]


async def test_an_extreme_between_two_kept_hours_is_told(session: Session) -> None:
    old = NOW - 20 * DAY
    keep(session, "ETH", hourly(25) | {old + 60: 9000, old + 120: 10})
    session.points.thin(NOW)
    data = (await read(session, token="ETH", period="P1M")).data
    assert (data["lowest"], data["highest"]) == ("10", "9000")


async def test_a_gap_is_told_and_not_drawn_over(session: Session) -> None:
    values = {at: value for at, value in every_ten_minutes(1).items() if not NOW - 8 * HOUR < at < NOW - 4 * HOUR}
    keep(session, "ETH", values)
    answer = await read(session, token="ETH", period="P1D")
    assert answer.data["gaps"] == [{"from": NOW - 8 * HOUR, "to": NOW - 4 * HOUR}]
    assert "Nothing is known from 2027-01-15 00:00:00 UTC to 2027-01-15 04:00:00 UTC." in words(answer)


async def test_many_gaps_are_counted(session: Session) -> None:
    keep(session, "ETH", {NOW - n * 5 * HOUR: 2500 for n in range(10)})
    answer = await read(session, token="ETH", period="P1W")
    assert len(answer.data["gaps"]) == 10
    assert "and 7 shorter times" in words(answer)


@pytest.mark.model
async def test_in_another_currency_by_its_own_past(session: Session) -> None:
    keep(session, "ETH", {NOW - DAY: 2200, NOW: 2400})
    keep(session, "EUR", {NOW - DAY - HOUR: "1.1", NOW - HOUR: "1.2"})
    (answer,) = (await said(session, "eth price in eur over the past month")).answers
    assert [point["price"] for point in answer.data["points"]] == ["2000", "2000"]
    assert answer.data["quote"] == "EUR"
    assert answer.data["notes"] == []


async def test_in_another_currency_by_the_present_rate_where_its_past_is_not_known(
    session: Session, local_chain: LocalChain
) -> None:
    local_chain.set_price("EUR", "1.25")
    keep(session, "ETH", {NOW - DAY: 2500, NOW: 2000})
    answer = await read(session, token="ETH", quote="EUR")
    assert [point["price"] for point in answer.data["points"]] == ["2000", "1600"]
    assert "counted at the present one (1 EUR = 1.25 USD" in words(answer)


async def test_in_another_currency_of_which_nothing_is_known(session: Session, local_chain: LocalChain) -> None:
    local_chain.set_price("EUR", "1.25", updated_at=1_000_000)
    keep(session, "ETH", {NOW - DAY: 2500, NOW: 2000})
    answer = await read(session, token="ETH", quote="EUR")
    assert answer.data["points"] == []
    assert "cannot be counted in EUR" in words(answer)


async def test_points_without_a_rate_near_their_time_are_left_out_and_counted(session: Session) -> None:
    keep(session, "ETH", {NOW - 6 * DAY: 1000, NOW - 3 * DAY: 2200, NOW: 2400})
    keep(session, "EUR", {NOW - 3 * DAY: "1.1", NOW - HOUR: "1.2"})
    answer = await read(session, token="ETH", quote="EUR")
    assert [point["price"] for point in answer.data["points"]] == ["2000", "2000"]
    assert "1 point is left out: no price of EUR" in words(answer)


async def test_in_another_coin_only_by_points_of_the_same_time(session: Session) -> None:
    keep(session, "LINK", {NOW - DAY: 20, NOW - 60: 30})
    answer = await read(session, token="LINK", quote="ETH")
    assert answer.data["points"] == []
    assert "kept no points of ETH" in words(answer)
    keep(session, "ETH", {NOW - DAY: 2000, NOW - 120: 3000})
    assert [p["price"] for p in (await read(session, token="LINK", quote="ETH")).data["points"]] == ["0.01", "0.01"]


@pytest.mark.model
@pytest.mark.parametrize(("named", "kept"), [("weth", "ETH"), ("eth", "WETH"), ("btc", "WBTC"), ("wbtc", "BTC")])
async def test_what_was_kept_of_a_coin_that_is_worth_the_same_is_used_and_told(
    named: str, kept: str, session: Session
) -> None:
    keep(session, kept, {NOW - DAY: 2000, NOW: 2500})
    (answer,) = (await said(session, f"chart of {named}")).answers
    assert (answer.data["base"], answer.data["known_points"]) == (named.upper(), 2)
    assert f"By the points that 'sayso watch' kept of {kept}." in words(answer)
    keep(session, named.upper(), {NOW - DAY: 1})
    assert (await read(session, token=named)).data["sources"] == ["the points that 'sayso watch' kept"]


async def test_a_coin_in_itself_and_a_period_that_is_none_are_told(session: Session) -> None:
    with pytest.raises(SayDifferently, match="same coin"):
        await read(session, token="USDC", quote="usdc")
    with pytest.raises(SayDifferently, match="no length of time"):
        await read(session, token="ETH", period="yesterday")


async def test_an_unlisted_token_does_not_take_the_history_of_the_coin_that_it_calls_itself(
    session: Session, local_chain: LocalChain
) -> None:
    keep(session, "USDC", every_ten_minutes(1))
    assert (await read(session, token=local_chain.token("USDC"))).data["known_points"] == 145
    with pytest.raises(SayDifferently, match="is not listed"):
        await read(session, token=local_chain.contract("test.forged-usdc"))


async def test_the_data_holds_few_points_and_every_extreme_of_many(session: Session) -> None:
    keep(session, "ETH", {NOW - n * 60: 2000 + n % 997 for n in range(10_000)})
    data = (await read(session, token="ETH")).data
    assert data["known_points"] == 10_000
    assert len(data["points"]) <= 500
    assert max(Decimal(point["high"]) for point in data["points"]) == 2996


@dataclass(frozen=True)
class Served:
    at: int
    value: Decimal
    source: str


def serve(monkeypatch: pytest.MonkeyPatch, values: Values | SaysoError) -> None:
    """A price service that knows the past, behind the chain's own door for it."""

    async def past_prices(client: object, base: str, quote: str, start: int, end: int) -> tuple[Served, ...]:
        if isinstance(values, SaysoError):
            raise values
        return tuple(Served(at, Decimal(str(value)), "a service") for at, value in values.items())

    monkeypatch.setattr("agent.answers.past.past_prices", past_prices)


async def test_a_service_fills_what_the_watch_has_not_kept_and_the_own_points_stand(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(monkeypatch, {NOW - n * HOUR: 1 for n in range(24 * 9, -1, -1)})
    keep(session, "ETH", every_ten_minutes(1))
    answer = await read(session, token="ETH")
    assert answer.data["sources"] == ["the points that 'sayso watch' kept", "a service"]
    assert answer.data["gaps"] == []
    assert answer.data["first"]["at"] == NOW - 7 * DAY
    recent = [point for point in answer.data["points"] if point["at"] > NOW - DAY]
    assert all(Decimal(point["low"]) > 1 for point in recent)


async def test_a_service_alone_is_named_and_its_resolution_is_no_gap(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(monkeypatch, {NOW - n * 6 * HOUR: 2000 for n in range(28, -1, -1)})
    answer = await read(session, token="ETH")
    assert (answer.data["sources"], answer.data["gaps"]) == (["a service"], [])
    assert "By a service." in words(answer)


async def test_a_service_that_fails_is_told_and_the_own_points_are_shown(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(monkeypatch, SaysoError("The service is out of order."))
    keep(session, "ETH", every_ten_minutes(1))
    answer = await read(session, token="ETH")
    assert answer.data["known_points"] == 145
    assert "The service is out of order." in words(answer)
