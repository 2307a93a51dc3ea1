"""What everybody does first, on two nodes of different making: from the sentence to what the chain says afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.execute import confirm_draft
from agent.render.draft import draft_text
from agent.session import Session
from chain.devnet.ganache import CHAIN_ID as GANACHE
from chain.errors import InsufficientFunds, Refused
from contracts.recipe import load_recipe
from tests.agent.reads_support import say, told
from tests.agent.store_support import OTHER, PASSWORD, RECIPIENT, Clock, make_scrypt_cheap, payer
from tests.agent.watch_support import Watched, watched
from tests.conftest import LocalChain

WHALE = load_recipe().deployer


@pytest.fixture
async def session(tmp_path: Path, basic_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    make_scrypt_cheap(monkeypatch)
    async with payer(tmp_path / "home", basic_chain) as opened:
        yield opened


async def done(session: Session, sentence: str) -> str:
    """Draft, look at the card, confirm; the card's text. Every step is included."""
    reply = await say(session, sentence)
    assert reply.trouble is None and reply.draft is not None, reply.trouble
    card = draft_text(session, reply.draft, plain=True)
    opened = session.accounts.open(session.accounts.default().address, PASSWORD)
    carried = await confirm_draft(session, reply.draft.id, reply.draft.digest, opened)
    assert carried.problem is None, carried.problem
    assert {step.status for step in carried.outcome.steps} <= {"included", "final"}
    return card


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("what is my usdc balance?", "main holds 10000 USDC on"),
        ("how much eth do i have?", "main holds 100 ETH on"),
        ("price of eth", "1 ETH is 2,500.00 USD"),
        ("show my portfolio", "374,500.00 USD"),
        ("what does gas cost?", "gwei now"),
        ("which network am i on", "TEST CHAIN"),
        ("who is bob.eth?", "0x87502D8a154B903dd3Be578CDf01d46a73AB7870"),
        ("show my allowances", "main"),
    ],
)
async def test_questions(sentence: str, words: str, session: Session) -> None:
    assert words in await told(session, sentence)


async def test_coins_and_tokens_are_sent(session: Session, basic_chain: LocalChain) -> None:
    before = basic_chain.balance(RECIPIENT)
    await done(session, f"send 0.02 eth to {RECIPIENT}")
    await done(session, f"send 25 usdc to {RECIPIENT}")
    assert basic_chain.balance(RECIPIENT) - before == 2 * 10**16
    assert basic_chain.erc20_balance("USDC", RECIPIENT) == 25 * 10**6


async def test_more_than_there_is_is_refused(session: Session, basic_chain: LocalChain) -> None:
    reply = await say(session, f"send 10001 usdc to {RECIPIENT}")
    assert isinstance(reply.trouble, InsufficientFunds) and reply.draft is None


async def test_what_a_node_cannot_show_before_is_not_done_for_more_than_a_little(
    session: Session, basic_chain: LocalChain
) -> None:
    """Ganache lacks eth_simulateV1: movements are not seen before they happen, and not checked is not safe."""
    reply = await say(session, f"send 1.5 eth to {RECIPIENT}")
    if basic_chain.chain_id == GANACHE:
        assert isinstance(reply.trouble, Refused) and "Not everything could be checked" in reply.trouble.happened
    else:
        assert reply.trouble is None and reply.draft is not None


async def test_an_allowance_is_given_and_listed(session: Session, basic_chain: LocalChain) -> None:
    router = basic_chain.contract("uniswap-v2.router")
    await done(session, "approve uniswap v2 to spend 100 usdc")
    assert basic_chain.allowance("USDC", session.accounts.default().address, router) == 100 * 10**6


async def test_a_trade_on_uniswap_v2_gives_at_least_what_the_card_said(
    session: Session, basic_chain: LocalChain
) -> None:
    account = session.accounts.default().address
    card = await done(session, "swap 0.02 eth for usdc on uniswap v2")
    got = basic_chain.erc20_balance("USDC", account) - 10_000 * 10**6
    assert "uniswap-v2.router" in card and "at least" in card
    assert 49 * 10**6 < got < 50 * 10**6


async def test_the_watch_tells_of_a_price_and_of_what_comes_in(
    tmp_path: Path, basic_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_scrypt_cheap(monkeypatch)
    async with watched(tmp_path / "home", basic_chain, Clock()) as watch:
        await watch.say("tell me when eth drops below 2000")
        basic_chain.set_price("ETH", 1950)
        usdc = basic_chain.token("USDC")
        basic_chain.send_as(WHALE, usdc, "mint(address,uint256)", watch.account, 7 * 10**6)
        basic_chain.send_as(watch.account, usdc, "approve(address,uint256)", OTHER, 5)
        await watch.ticks(3)
        _check(watch)


def _check(watch: Watched) -> None:
    assert watch.told("alert") == ["The price of ETH is 1,950.00 USD"]
    assert watch.told("transfer") == ["main (yours) received 7 USDC from 0x0000000000000000000000000000000000000000"]
    assert watch.told("allowance") == [f"{OTHER} may now spend 0.000005 USDC of main (yours)"]
    assert watch.told("nonce") == ["main (yours) sent a transaction that Sayso did not make"]
    assert len(watch.stored()) == len(watch.shown) == 4
