"""Reads on the real local chain: each answer against what plain JSON-RPC says, and failures that are told as such."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agent.answers import AT_HOME, READS
from agent.answers.types import Answer
from agent.render.answers import answer_text
from agent.render.terminal import Look
from agent.session import Session
from chain.errors import Refused, SayDifferently, SetupNeeded
from chain.prices import PriceUnavailable
from chain.rpc import RpcError
from nlp.types import Action
from tests.agent.drafting_support import drafter, me
from tests.agent.store_support import RECIPIENT, make_scrypt_cheap
from tests.conftest import LocalChain

pytestmark = pytest.mark.anvil
PLAIN = Look(plain=True)


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


async def read(session: Session, intent: str, **slots: str) -> Answer:
    found = await READS[intent](session, Action(intent, slots))
    json.dumps(dict(found.data))
    return found


def words(answer: Answer) -> str:
    return answer_text(answer, PLAIN)


async def test_one_balance_is_what_the_chain_says(session: Session, local_chain: LocalChain) -> None:
    answer = await read(session, "balance", token="USDC")
    (row,) = answer.data["balances"]
    assert int(row["amount"]) == local_chain.erc20_balance("USDC", me(session)) == 10_000 * 10**6
    assert (row["decimals"], row["symbol"], row["status"]) == (6, "USDC", "known")
    assert words(answer) == "main holds 10000 USDC on Local chain."


async def test_all_balances_leave_out_what_is_nothing(session: Session, local_chain: LocalChain) -> None:
    rows = {row["symbol"]: row for row in (await read(session, "balance")).data["balances"]}
    assert int(rows["ETH"]["amount"]) == local_chain.balance(me(session))
    assert all(int(row["amount"]) > 0 for row in rows.values())
    empty = await read(session, "balance", account=RECIPIENT)
    assert empty.data["balances"] == []
    assert "Nothing of any listed coin." in words(empty)


async def test_the_balance_of_a_name(session: Session) -> None:
    assert (await read(session, "balance", account="bob.eth", token="ETH")).data["account"]["name"] == "bob.eth"


async def test_a_token_that_does_not_answer_is_unknown_and_not_nothing(
    session: Session, local_chain: LocalChain
) -> None:
    local_chain.rpc("anvil_setCode", local_chain.token("LINK"), "0x60006000fd")
    answer = await read(session, "balance")
    row = next(row for row in answer.data["balances"] if row["symbol"] == "LINK")
    assert (row["amount"], row["status"]) == (None, "unknown")
    assert "unknown" in words(answer)
    portfolio = await read(session, "portfolio")
    assert portfolio.data["complete"] is False
    assert "LINK: the balance is unknown" in words(portfolio)


@pytest.mark.parametrize("intent", ["balance", "portfolio", "quote", "gas", "receive_address"])
async def test_another_chain_is_refused(intent: str, session: Session) -> None:
    with pytest.raises(Refused, match="You asked about base"):
        await read(session, intent, chain="base", token_in="ETH", token_out="USDC")
    await read(session, intent, chain="local", token_in="ETH", token_out="USDC")


@pytest.mark.parametrize("name", ["UDSC", "PEPE", "0x1234", "0x00000000000000000000000000000000deadbeeF"])
async def test_an_unknown_token_is_not_guessed(name: str, session: Session) -> None:
    for intent in ("balance", "price"):
        with pytest.raises(SayDifferently):
            await read(session, intent, token=name)


async def test_the_nearest_token_is_offered(session: Session) -> None:
    with pytest.raises(SayDifferently, match="Did you mean USDC"):
        await read(session, "balance", token="UDSC")


async def test_the_portfolio_adds_up_and_hides_nothing(session: Session) -> None:
    data = (await read(session, "portfolio")).data
    valued = [row for row in data["holdings"] if row["worth"] is not None]
    assert Decimal(data["total"]) == sum(Decimal(row["worth"]) for row in valued)
    assert [Decimal(r["worth"]) for r in valued] == sorted((Decimal(r["worth"]) for r in valued), reverse=True)
    assert abs(sum(Decimal(row["share"]) for row in valued) - 1) < Decimal("0.001")
    unpriced = [row["symbol"] for row in data["holdings"] if row["worth"] is None]
    assert unpriced == ["FALSY"]
    assert "What has no price is not in the total." in words(await read(session, "portfolio"))


async def test_a_stale_price_is_not_counted(session: Session, local_chain: LocalChain) -> None:
    local_chain.set_price("ETH", "2500", updated_at=1_000_000)
    with pytest.raises(PriceUnavailable, match="stale"):
        await read(session, "price", token="ETH")
    rows = {row["symbol"]: row for row in (await read(session, "portfolio")).data["holdings"]}
    assert rows["ETH"]["worth"] is None
    assert "stale" in rows["ETH"]["why_unpriced"]


async def test_a_price_has_its_age_and_source(session: Session, local_chain: LocalChain) -> None:
    local_chain.set_price("ETH", "1234.5")
    answer = await read(session, "price", token="ETH")
    assert (answer.data["price"], answer.data["quote"], answer.data["source"]) == ("1234.5", "USD", "feed ETH/USD")
    assert "1 ETH is 1,234.50 USD (" in words(answer)
    assert "old, by feed ETH/USD" in words(answer)


async def test_a_quote_shows_both_and_names_the_better(session: Session) -> None:
    data = (await read(session, "quote", token_in="ETH", token_out="USDC", amount_in="3")).data
    quotes = {row["protocol"]: int(row["out"]["amount"]) for row in data["quotes"]}
    assert set(quotes) == {"uniswap-v2", "uniswap-v3"}
    assert data["best"] == max(quotes, key=lambda name: quotes[name])


async def test_an_exact_output_is_quoted_by_what_it_costs(session: Session) -> None:
    data = (await read(session, "quote", token_in="USDC", token_out="ETH", amount_out="1")).data
    costs = {row["protocol"]: int(row["in"]["amount"]) for row in data["quotes"]}
    assert data["best"] == min(costs, key=lambda name: costs[name])
    assert all(row["out"]["amount"] == str(10**18) for row in data["quotes"])


async def test_one_protocol_may_be_asked_alone(session: Session) -> None:
    data = (await read(session, "quote", token_in="ETH", token_out="USDC", protocol="uniswap-v2")).data
    assert [row["protocol"] for row in data["quotes"]] == ["uniswap-v2"]
    with pytest.raises(SayDifferently, match="not built yet"):
        await read(session, "quote", token_in="ETH", token_out="USDC", protocol="curve")


async def test_a_quote_in_money_in_shares_and_by_worth(session: Session) -> None:
    assert (await read(session, "quote", token_in="ETH", token_out="USD", amount_in="2")).data["worth"] == "5000"
    half = await read(session, "quote", token_in="USDC", token_out="ETH", amount_in="50%")
    assert half.data["quotes"][0]["in"]["amount"] == str(5_000 * 10**6)
    worth = await read(session, "quote", token_in="ETH", token_out="USDC", value="100 USD")
    assert worth.data["quotes"][0]["in"]["amount"] == str(4 * 10**16)


@pytest.mark.parametrize(
    "slots",
    [
        {"token_in": "ETH", "token_out": "ETH"},
        {"token_in": "ETH", "token_out": "USDC", "amount_in": "0"},
        {"token_in": "USDC", "token_out": "ETH", "amount_in": "0.0000001"},
    ],
)
async def test_a_quote_that_means_nothing(slots: dict[str, str], session: Session) -> None:
    with pytest.raises(SayDifferently):
        await read(session, "quote", **slots)


async def test_wrapping_needs_no_market(session: Session) -> None:
    answer = await read(session, "quote", token_in="ETH", token_out="WETH", amount_in="2")
    assert answer.data["in"]["amount"] == answer.data["out"]["amount"] == str(2 * 10**18)


async def test_gas_is_what_the_chain_says(session: Session, local_chain: LocalChain) -> None:
    data = (await read(session, "gas")).data
    assert int(data["gas_price_wei"]) == int(data["base_fee_wei"]) + int(data["tip_wei"])
    assert int(data["plain_payment"]["amount"]) == 21_000 * int(data["gas_price_wei"])


async def test_transactions_included_failed_unknown_and_none(session: Session, local_chain: LocalChain) -> None:
    with pytest.raises(SayDifferently, match="no transaction"):
        await read(session, "tx_status")
    receipt = local_chain.send_as(me(session), local_chain.token("USDC"), "transfer(address,uint256)", RECIPIENT, 1)
    found = (await read(session, "tx_status", tx_hash=receipt["transactionHash"])).data
    assert (found["status"], found["block"]) == ("included", int(receipt["blockNumber"], 16))
    unknown = await read(session, "tx_status", tx_hash="0x" + "11" * 32)
    assert unknown.data["status"] == "unknown"
    assert "cannot be said" in words(unknown)


async def test_names_forward_and_back(session: Session, local_chain: LocalChain) -> None:
    address = (await read(session, "resolve_name", name="bob.eth")).data["address"]
    assert words(await read(session, "resolve_name", name="Bob.eth")).startswith(f"bob.eth is {address}")
    back = await read(session, "resolve_name", name=str(address))
    assert str(address) in words(back)
    assert "main (yours)" in words(await read(session, "resolve_name", name=me(session)))
    with pytest.raises(SayDifferently):
        await read(session, "resolve_name", name="nobody-here.eth")


async def test_the_address_to_be_paid_at(session: Session) -> None:
    answer = await read(session, "receive_address")
    assert answer.data["uri"] == f"ethereum:{me(session)}@31337"
    assert words(answer).split("\n")[1] == me(session)
    assert "▄" in answer_text(answer, Look())
    assert "▄" not in words(answer)


async def test_what_is_one_s_own_needs_an_account_and_prices_do_not(
    tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent.session import session as open_
    from agent.settings import load_settings

    make_scrypt_cheap(monkeypatch)
    settings = load_settings({"rpc_url": local_chain.rpc_url}, {"SAYSO_HOME": str(tmp_path / "empty")})
    async with open_(settings) as opened:
        for intent in ("balance", "portfolio", "receive_address"):
            with pytest.raises(SetupNeeded, match="no account"):
                await read(opened, intent)
        assert (await read(opened, "price", token="ETH")).data["price"] == "2500"
        assert (await read(opened, "balance", account="bob.eth", token="ETH")).data["balances"][0]["amount"] == "0"


async def test_a_node_that_fails_is_no_answer(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuses(method: str, params: Any) -> Any:
        raise RpcError(-32000, "out of order")

    monkeypatch.setattr(session.client._pool, "request", refuses)
    for intent, slots in (("balance", {"token": "ETH"}), ("gas", {}), ("price", {"token": "ETH"})):
        with pytest.raises(RpcError):
            await read(session, intent, **slots)


async def test_at_home(session: Session) -> None:
    assert "no contacts yet" in words(AT_HOME["contacts"](session))
    session.contacts.add("bob", RECIPIENT)
    assert AT_HOME["contacts"](session).data["contacts"] == [{"name": "bob", "address": RECIPIENT, "ens": ""}]
    assert RECIPIENT in words(AT_HOME["contacts"](session))
    assert "swap half my eth" in words(AT_HOME["help"](session))
