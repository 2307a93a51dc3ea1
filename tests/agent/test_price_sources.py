"""From the sentence to the price with its sources: age, spread, who agrees, who did not answer; and the settings behind them."""

import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.answers import READS
from agent.assistant import Reply, context_of, respond
from agent.drafting import draft
from agent.render.answers import answer_text
from agent.render.terminal import Look
from agent.services import outside_connections, price_services
from agent.session import Session, open_session
from agent.settings import Settings, load_settings
from agent.understand import load_parser
from chain.errors import SayDifferently, SetupNeeded
from chain.price_service import Coin
from chain.prices import PriceUnavailable
from contracts.registry import load_registry
from nlp.types import Action
from tests.agent.commands_support import make_person
from tests.agent.drafting_support import act
from tests.agent.store_support import Clock, make_scrypt_cheap, payer
from tests.chain.price_support import NOW, PriceServer, price_server, told, with_local_ids
from tests.conftest import LocalChain

PLAIN = Look(plain=True)
ETHER = Coin("ETH", by_id=load_registry().price_id(1, "ETH"))


@pytest.fixture
def server() -> Iterator[PriceServer]:
    with price_server() as running:
        running.known = {"ethereum": "2510"}
        yield running


@pytest.fixture
async def session(
    tmp_path: Path, local_chain: LocalChain, server: PriceServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Session]:
    make_scrypt_cheap(monkeypatch)
    async with payer(tmp_path / "home", local_chain, Clock(NOW)) as opened:
        opened.client.registry = with_local_ids(opened.client.registry)
        opened.client.price_services = price_services(settings_of(tmp_path, both(server)), Clock(NOW))
        yield opened


def settings_of(home: Path, values: dict[str, str]) -> Settings:
    return load_settings({}, {"SAYSO_HOME": str(home / "other")} | {f"SAYSO_{k.upper()}": v for k, v in values.items()})


def both(server: PriceServer) -> dict[str, str]:
    return {"coingecko_url": server.url, "defillama_url": server.url}


async def said(session: Session, words: str) -> Reply:
    async def connect() -> Session:
        return session

    return await respond(session, connect, load_parser().parse(words, context_of(session)), words)


def shown(reply: Reply) -> str:
    """The answers' text, without what differs from run to run: the port of the test's service and ages."""
    text = "\n".join(answer_text(answer, PLAIN) for answer in reply.answers)
    return re.sub(r"\(\S+( \S+)? (\S+ \S+ )?old", "(AGE old", re.sub(r"127\.0\.0\.1:\d+", "prices.test", text))


@pytest.mark.anvil
@pytest.mark.model
@pytest.mark.parametrize("sentence", ["price of eth", "price of eth in euros", "price of link"])
async def test_from_the_sentence_to_the_price_and_its_sources(
    sentence: str, session: Session, server: PriceServer, snapshot: SnapshotAssertion
) -> None:
    server.known[session.client.registry.token(31337, "LINK").address.lower()] = "15.0001"
    reply = await said(session, sentence)
    assert reply.trouble is None
    assert shown(reply) == snapshot


@pytest.mark.anvil
@pytest.mark.model
async def test_a_service_that_does_not_answer_is_told(
    session: Session, server: PriceServer, snapshot: SnapshotAssertion
) -> None:
    server.broken = told({}, 503)
    reply = await said(session, "price of eth")
    assert shown(reply) == snapshot


@pytest.mark.anvil
@pytest.mark.model
async def test_sources_that_disagree_give_no_price_but_say_how_far(session: Session, server: PriceServer) -> None:
    server.known = {"ethereum": "3000"}
    reply = await said(session, "price of eth")
    assert reply.answers == ()
    assert isinstance(reply.trouble, PriceUnavailable)
    assert f"feed ETH/USD says 2500 USD, coingecko at {server.url} says 3000 USD" in reply.trouble.happened


@pytest.mark.anvil
async def test_the_price_as_data_has_them_too(session: Session, server: PriceServer) -> None:
    answer = await READS["price"](session, Action("price", {"token": "eth"}))
    data = json.loads(json.dumps(dict(answer.data)))
    assert (data["price"], data["source"], data["spread"], data["notes"]) == ("2500", "feed ETH/USD", "0.004", [])
    assert data["agreed"] == [f"coingecko at {server.url}", f"defillama at {server.url}"]


@pytest.mark.anvil
@pytest.mark.parametrize(
    ("intent", "slots"),
    [("price", {}), ("quote", {"token_out": "USD"}), ("quote", {"token_out": "ETH", "value": "5 USD"})],
)
async def test_an_unlisted_token_has_not_the_price_of_the_symbol_it_bears(
    intent: str, slots: dict[str, str], session: Session, local_chain: LocalChain
) -> None:
    forged = local_chain.contract("test.forged-usdc")
    named = {"price": "token", "quote": "token_in"}[intent]
    with pytest.raises(SayDifferently, match="no price of the unlisted token"):
        await READS[intent](session, Action(intent, {named: forged, **slots}))


@pytest.mark.anvil
async def test_a_card_asks_the_node_no_more_often_with_services_and_each_service_once(
    session: Session, server: PriceServer
) -> None:
    services, session.client.price_services = session.client.price_services, ()
    swap = act("swap", token_in="ETH", token_out="USDC", value="500 USD")
    counts = []
    for configured in ((), (), services):
        session.client.price_services = configured
        before = session.client.request_count
        await draft(session, [swap], "a test")
        counts.append(session.client.request_count - before)
    assert counts[1] == counts[2], "beside what is looked up once by the first"
    assert len(server.asked) == len(set(server.asked)), "nothing is asked for twice"


@pytest.mark.anvil
async def test_a_card_knows_no_price_that_is_contradicted(session: Session, server: PriceServer) -> None:
    server.known = {"ethereum": "3000"}
    with pytest.raises(PriceUnavailable, match="sources disagree"):
        await draft(session, [act("swap", token_in="ETH", token_out="USDC", value="50 USD")], "a test")


@pytest.mark.anvil
async def test_a_card_is_drawn_while_every_service_fails(session: Session, server: PriceServer) -> None:
    server.broken = told({}, 500)
    made = await draft(session, [act("swap", token_in="ETH", token_out="USDC", value="50 USD")], "a test")
    assert ("ETH", "2500 USD") in {(symbol, text) for symbol, text, _, _ in made.prices}


@pytest.mark.anvil
@pytest.mark.model
async def test_a_past_that_was_not_kept_is_told_by_the_service_and_named(session: Session, server: PriceServer) -> None:
    server.charts["ethereum"] = [(NOW - n * 3600, str(2500 - n)) for n in range(24 * 8, -1, -1)]
    (answer,) = (await said(session, "price of eth over the last week")).answers
    assert answer.data["sources"] == [f"coingecko at {server.url}"]
    assert (answer.data["first"]["price"], answer.data["last"]["price"]) == ("2332", "2500")
    server.broken = told({}, 503)
    (answer,) = (await said(session, "price of eth over the last week")).answers
    assert f"The service at {server.url} answered with HTTP status 503" in answer_text(answer, PLAIN)


def test_every_configured_service_is_listed_by_its_host_alone(tmp_path: Path) -> None:
    values = {
        "coingecko_url": "https://gecko.example/api/v3",
        "defillama_url": "https://llama.example/secret",
        "sourcify_url": "https://sourcify.example",
        "etherscan_url": "https://etherscan.example/api?apikey=secret",
        "webhook_url": "https://hook.example/secret",
        "ntfy_url": "https://ntfy.example/secret-topic",
        "ws_url": "wss://node.example/secret",
    }
    rows = outside_connections(settings_of(tmp_path, values))
    assert {row["to"] for row in rows} == {
        "https://gecko.example",
        "https://llama.example",
        "https://sourcify.example",
        "https://etherscan.example",
        "https://hook.example",
        "https://ntfy.example",
        "wss://node.example",
    }
    assert all(row["for"] and row["source"] == "environment" for row in rows)
    assert outside_connections(settings_of(tmp_path, {})) == [], "a default that lacks its token is not used"
    with_token = settings_of(tmp_path, {"telegram_token_file": "/nowhere"})
    assert [row["to"] for row in outside_connections(with_token)] == ["https://api.telegram.org"]


def test_the_connections_name_the_services_and_what_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = make_person(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("SAYSO_COINGECKO_URL", "https://gecko.example/api/v3")
    (row,) = person.run("config", "connections").data["connections"]
    assert (row["to"], row["what"], row["source"]) == ("https://gecko.example", "price service", "environment")
    told_of = person.read("config", "connections")[1]
    assert "https://gecko.example  price service (environment): prices of the coins you ask about" in told_of
    assert "Prices are read from the chain" not in told_of


def test_nothing_is_asked_where_nothing_is_configured(tmp_path: Path) -> None:
    assert price_services(settings_of(tmp_path, {}), Clock(NOW)) == ()


async def test_the_key_comes_from_a_file_of_one_s_own(tmp_path: Path, server: PriceServer) -> None:
    file = tmp_path / "key"
    file.write_text("cg-secret\n")
    file.chmod(0o600)
    settings = settings_of(tmp_path, {"coingecko_url": server.url, "coingecko_key_file": str(file)})
    (service,) = price_services(settings, Clock(NOW))
    await service.past(ETHER, "USD", NOW - 60, NOW)
    await service.close()
    assert server.keys == [{"x-cg-demo-api-key": "cg-secret"}]


@pytest.mark.parametrize(("text", "mode"), [("", 0o600), ("two words", 0o600), ("a\nb", 0o600), ("key", 0o644)])
def test_a_key_file_that_cannot_be_used_is_an_error(text: str, mode: int, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    os.chmod(file, mode)
    values = {"coingecko_url": "https://gecko.example", "coingecko_key_file": str(file)}
    with pytest.raises(SetupNeeded) as refused:
        price_services(settings_of(tmp_path, values), Clock(NOW))
    assert "words" not in str(refused.value)
    file.unlink()
    with pytest.raises(SetupNeeded, match="no key file"):
        price_services(settings_of(tmp_path, values), Clock(NOW))


@pytest.mark.anvil
async def test_a_session_has_the_services_of_its_settings(
    tmp_path: Path, local_chain: LocalChain, server: PriceServer
) -> None:
    settings = settings_of(tmp_path, both(server) | {"rpc_url": local_chain.rpc_url})
    opened = await open_session(settings)
    names = [service.name for service in opened.client.price_services]
    await opened.close()
    assert names == [f"coingecko at {server.url}", f"defillama at {server.url}"]
