"""The portfolio: what changed and what it was worth, from what the watch kept, and what is not known said."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.answers import READS
from agent.answers.portfolio import worth_chart
from agent.answers.types import Answer, Spark
from agent.cli.main import main
from agent.points import DAY, HOUR, WEEK, Series
from agent.render.answers import answer_text
from agent.render.terminal import Look
from agent.session import Session, open_desk
from agent.settings import load_settings
from chain.errors import SayDifferently, SetupNeeded
from nlp.types import Action
from tests.agent.drafting_support import me
from tests.agent.store_support import PASSWORD, RECIPIENT, Clock, make_scrypt_cheap, payer
from tests.agent.test_charts import svg_points
from tests.agent.test_price_history import Values, said, serve
from tests.conftest import LocalChain

pytestmark = pytest.mark.anvil
NOW = 1_800_000_000
MONTH = 30 * DAY
PLAIN = Look(plain=True)
PRICES = {"ETH": 2500, "WETH": 2500, "WBTC": 60000, "USDC": 1, "USDT": 1, "DAI": 1, "LINK": 15, "FOT": 1, "GREEDY": 1}


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    make_scrypt_cheap(monkeypatch)
    async with payer(tmp_path / "home", local_chain, Clock(NOW)) as opened:
        yield opened


def keep(session: Session, series: Series, values: Values) -> None:
    with session.store.write() as connection:
        number = session.points.id_in(connection, series)
        for at, value in values.items():
            session.points.record_in(connection, number, at, Decimal(str(value)))


def keep_prices(session: Session, by_symbol: Mapping[str, Values]) -> None:
    for symbol, values in by_symbol.items():
        keep(session, Series("price", session.client.chain_id, symbol, quote="USD"), values)


def keep_balance(session: Session, subject: str, values: Values, account: str = "") -> None:
    keep(session, Series("balance", session.client.chain_id, subject, account or me(session)), values)


def keep_a_week(session: Session, local_chain: LocalChain) -> None:
    """Ten minutes apart: 100 ETH whose price rises by a fifth, and 10,000 USDC, half of them since two days ago."""
    times = [NOW - n * 600 for n in range(7 * 144, -1, -1)]
    keep_prices(session, {"ETH": {at: 2500 - (NOW - at) // 1440 for at in times}, "USDC": dict.fromkeys(times, 1)})
    keep_balance(session, "native", dict.fromkeys(times, 100 * 10**18))
    usdc = {at: 10**10 if at > NOW - 2 * DAY else 5 * 10**9 for at in times}
    keep_balance(session, local_chain.token("USDC"), usdc)


async def read(session: Session, **slots: str) -> Answer:
    found = await READS["portfolio"](session, Action("portfolio", slots))
    json.dumps(dict(found.data))
    return found


def shown(answer: Answer, look: Look = PLAIN) -> str:
    """As a person sees it, but for the address, and the age of a price by this computer's clock."""
    text = re.sub(r"0x[0-9a-fA-F]{40}", "0x<address>", answer_text(answer, look))
    return re.sub(r"the oldest is .* old", "the oldest is <age> old", text)


def row(answer: Answer, symbol: str) -> Mapping[str, object]:
    return next(found for found in answer.data["holdings"] if found["symbol"] == symbol)


@pytest.mark.model
@pytest.mark.parametrize("look", [Look(), Look(plain=True)], ids=["terminal", "plain"])
async def test_from_the_sentence_to_the_answer(
    look: Look, session: Session, local_chain: LocalChain, snapshot: SnapshotAssertion
) -> None:
    keep_a_week(session, local_chain)
    (answer,) = (await said(session, "show my portfolio")).answers
    assert shown(answer, look) == snapshot


@pytest.mark.model
async def test_the_portfolio_of_somebody_unknown_is_told(session: Session) -> None:
    reply = await said(session, "portfolio of nobody-here.eth")
    assert reply.answers == ()
    assert isinstance(reply.trouble, SayDifferently)


async def test_without_any_point_it_says_what_is_not_known_and_draws_nothing(session: Session) -> None:
    answer = await read(session)
    assert not any(isinstance(part, Spark) for part in answer.parts)
    assert answer.data["total_changes"] == {"day": None, "week": None, "month": None}
    assert answer.data["history"]["worth"] == []
    assert "How the prices changed is not known" in shown(answer)
    assert "'sayso watch' keeps the balances and prices" in shown(answer)


async def test_each_change_is_against_the_price_of_then(session: Session) -> None:
    then = {NOW - DAY: 2000, NOW - WEEK: 1250, NOW - MONTH: 5000}
    keep_prices(session, {"ETH": then})
    assert row(await read(session), "ETH")["price_changes"] == {"day": "0.25", "week": "1", "month": "-0.5"}


async def test_a_price_is_only_of_then_where_it_is_near_enough(session: Session) -> None:
    keep_prices(
        session, {"ETH": {NOW - DAY - HOUR: 2000, NOW - WEEK + 7 * HOUR + 1: 2000, NOW - MONTH + 30 * HOUR: 2000}}
    )
    answer = await read(session)
    assert row(answer, "ETH")["price_changes"] == {"day": "0.25", "week": None, "month": "0.25"}
    assert "no price is known near enough" in shown(answer)


async def test_the_total_changes_only_where_every_price_of_then_is_known(session: Session) -> None:
    day_ago = {symbol: {NOW - DAY: value} for symbol, value in PRICES.items()}
    keep_prices(session, day_ago | {"ETH": {NOW - DAY: 2000}})
    answer = await read(session)
    total = Decimal(answer.data["total"])
    expected = 50_000 / (total - 50_000)
    assert abs(Decimal(answer.data["total_changes"]["day"]) - expected) < Decimal("1e-20")
    assert answer.data["total_changes"]["week"] is None


async def test_what_has_no_price_has_no_change_and_stays_listed(session: Session) -> None:
    keep_prices(session, {"FALSY": {NOW - DAY: 2}})
    answer = await read(session)
    assert row(answer, "FALSY")["price_changes"] == {"day": None, "week": None, "month": None}
    assert "1000 FALSY: no price" in shown(answer)


async def test_a_service_knows_the_prices_that_the_watch_does_not(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_prices(session, {"ETH": {NOW - DAY: 2000}})
    serve(monkeypatch, {NOW - DAY: 1, NOW - WEEK: 1250, NOW - MONTH: 5000})
    assert row(await read(session), "ETH")["price_changes"] == {"day": "0.25", "week": "1", "month": "-0.5"}


async def test_the_worth_over_time_is_balance_times_price_of_then(session: Session) -> None:
    times = [NOW - n * 600 for n in range(144, -1, -1)]
    keep_prices(session, {"ETH": {at: 2000 if at < NOW - 12 * HOUR else 3000 for at in times}})
    keep_balance(session, "native", {at: 10**18 if at < NOW - 6 * HOUR else 2 * 10**18 for at in times})
    history = (await read(session, period="P1D")).data["history"]
    values = [Decimal(point["worth"]) for point in history["worth"]]
    assert (values[0], values[-1], history["change"]) == (2000, 6000, "2")
    assert set(values) == {Decimal(2000), Decimal(3000), Decimal(6000)}
    assert values == sorted(values)
    assert (history["period"], history["from"], history["to"]) == ("P1D", NOW - DAY, NOW)


async def test_a_time_of_which_a_balance_or_a_price_is_not_known_is_a_blank(session: Session) -> None:
    times = [NOW - n * 600 for n in range(144, -1, -1)]
    hidden = [at for at in times if not NOW - 12 * HOUR <= at <= NOW - 6 * HOUR]
    for keep_price, keep_amount in ((times, hidden), (hidden, times)):
        with session.store.write() as connection:
            connection.exec_driver_sql("DELETE FROM points")
        keep_prices(session, {"ETH": dict.fromkeys(keep_price, 2000)})
        keep_balance(session, "native", dict.fromkeys(keep_amount, 10**18))
        answer = await read(session, period="P1D")
        (spark,) = (part for part in answer.parts if isinstance(part, Spark))
        assert 12 <= spark.values.count(None) <= 16
        assert len(answer.data["history"]["worth"]) == 60 - spark.values.count(None)
        chart = await worth_chart(session, Action("portfolio", {"period": "P1D"}))
        assert len(chart.gaps) == 1
        assert chart.gaps[0].end - chart.gaps[0].start > 5 * HOUR


async def test_what_is_left_out_of_the_worth_over_time_is_named(session: Session, local_chain: LocalChain) -> None:
    times = [NOW - n * 600 for n in range(144, -1, -1)]
    keep_prices(session, {"ETH": dict.fromkeys(times, 2000)})
    keep_balance(session, "native", dict.fromkeys(times, 10**18))
    keep_balance(session, local_chain.token("FALSY"), dict.fromkeys(times, 10**18))
    keep_balance(session, local_chain.token("LINK"), dict.fromkeys(times, 0))
    keep_balance(session, RECIPIENT, dict.fromkeys(times, 10**18))
    keep_balance(session, "native", dict.fromkeys(times, 10**20), RECIPIENT)
    answer = await read(session, period="P1D")
    assert {point["worth"] for point in answer.data["history"]["worth"]} == {"2000"}
    assert answer.data["history"]["notes"] == [
        "Without FALSY, of which no prices were kept.",
        "Without WBTC, WETH, USDC, USDT, DAI, FOT, GREEDY, of which no balances were kept.",
    ]


async def test_a_clock_that_was_set_forward_does_not_change_what_is_told(
    session: Session, local_chain: LocalChain
) -> None:
    keep_a_week(session, local_chain)
    before = shown(await read(session))
    keep_prices(session, {"ETH": {NOW + DAY: 1}})
    keep_balance(session, "native", {NOW + DAY: 1})
    assert shown(await read(session)) == before


async def test_what_was_thinned_is_still_told(session: Session) -> None:
    times = [NOW - n * 600 for n in range(20 * 144, -1, -1)]
    keep_prices(session, {"ETH": {at: 2000 + (at // 600) % 7 for at in times}})
    keep_balance(session, "native", dict.fromkeys(times, 10**18))
    before = (await read(session, period="P30D")).data["history"]["worth"]
    assert session.points.thin(NOW) > 0
    after = (await read(session, period="P30D")).data["history"]["worth"]
    assert [point["at"] for point in after] == [point["at"] for point in before][-len(after) :]
    assert len(before) - len(after) <= 1
    assert after[-14:] == before[-14:]


async def test_a_picture_of_nothing_is_refused(session: Session) -> None:
    with pytest.raises(SetupNeeded, match="Nothing is known of what main was worth"):
        await worth_chart(session, Action("portfolio", {}))


@pytest.fixture
def person(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> str:
    """One with a home, whose watch kept a week by the clock of this computer; the account's address."""
    make_scrypt_cheap(monkeypatch)
    monkeypatch.setenv("SAYSO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SAYSO_RPC_URL", local_chain.rpc_url)
    with open_desk(load_settings()) as desk:
        address = str(desk.accounts.create("main", PASSWORD).info.address)
        times = [desk.now() - n * 600 for n in range(7 * 144 + 1)]
        for series, value in (
            (Series("price", local_chain.chain_id, "ETH", quote="USD"), 2000),
            (Series("balance", local_chain.chain_id, "native", address), 10**18),
        ):
            with desk.store.write() as connection:
                number = desk.points.id_in(connection, series)
                for at in times:
                    desk.points.record_in(connection, number, at, Decimal(value))
    local_chain.fund(address)
    return address


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_command_draws_a_file(ending: str, person: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / f"worth.{ending}"
    assert main(["portfolio", "--plot", str(file), "--period", "PT24H", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert (data["plot"], data["history"]["period"]) == (str(file), "PT24H")
    assert file.read_bytes().startswith(b"\x89PNG" if ending == "png" else b"<?xml")
    assert ending == "png" or svg_points(file, "line-0") >= 230
    assert main(["portfolio", "--plot", str(file)]) == 0
    assert f"The picture is in {file}." in capsys.readouterr().out


def test_the_command_refuses_a_file_before_it_asks_anything(
    person: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAYSO_RPC_URL", "http://127.0.0.1:1")
    for name in ("worth.pdf", "nowhere/worth.png", "."):
        assert main(["portfolio", "--plot", str(tmp_path / name)]) == 2
        assert "No picture was written." in capsys.readouterr().err


def test_the_command_tells_what_it_cannot_draw_and_what_is_no_period(
    person: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "worth.png"
    assert main(["portfolio", RECIPIENT, "--plot", str(file)]) == 4
    assert "Run 'sayso watch'" in capsys.readouterr().err
    assert main(["portfolio", "--period", "a while"]) == 2
    assert "no length of time" in capsys.readouterr().err
    assert not file.exists()
