"""Plans of payments, on the real local chain."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.drafting import draft, scene_of
from agent.plan import plan_actions
from agent.scene import Scene
from agent.session import Session
from chain.errors import SayDifferently, SaysoError
from chain.prices import PriceUnavailable
from chain.protocols.erc20 import transfer
from tests.agent.drafting_support import ETHER, STRANGER, act, drafter, me
from tests.conftest import LocalChain


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


@pytest.fixture
def scene(session: Session) -> Scene:
    return scene_of(session, me(session))


async def test_a_coin_and_a_token(scene: Scene, local_chain: LocalChain) -> None:
    pay = [act("transfer", amount=a, token=t, recipient=STRANGER) for a, t in (("1.5", "ETH"), ("2", "USDC"))]
    coin, token = (await plan_actions(scene, pay)).plan.steps
    assert (coin.request.to, coin.request.value, coin.request.data) == (STRANGER, 3 * ETHER // 2, b"")
    assert (token.request.to, token.request.value) == (local_chain.token("USDC"), 0)
    assert token.request.data == transfer(STRANGER, 2_000_000)


@pytest.mark.parametrize(
    ("value", "token", "raw"),
    [
        ("50 USD", "ETH", ETHER // 50),
        ("50 EUR", "USDC", 54_000_000),
        ("0.97 USD", "USDC", 970_000),
        ("1 USD", "WBTC", 1666),
        ("2500 USD", "WETH", ETHER),
    ],
)
async def test_a_sum_of_money_is_sized_by_the_price_and_rounded_down(
    scene: Scene, value: str, token: str, raw: int
) -> None:
    planning = await plan_actions(scene, [act("transfer", value=value, token=token, recipient=STRANGER)])
    assert planning.plan.steps[0].promised[0].amount == raw
    assert [price.base for price in planning.prices] == [token]


async def test_the_price_that_sized_it_is_kept_with_age_and_source(session: Session, local_chain: LocalChain) -> None:
    made = await draft(session, [act("transfer", value="50 EUR", token="USDC", recipient=STRANGER)], "words")
    symbol, text, age, source = made.prices[0]
    assert (symbol, text, source) == ("USDC", "0.92592593 EUR", "feed USDC/USD, feed EUR/USD")
    assert 0 <= age < 3600


async def test_a_stale_price_sizes_nothing(scene: Scene, local_chain: LocalChain) -> None:
    now = int(local_chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    local_chain.set_price("ETH", "2500", updated_at=now - 2 * 86400)
    with pytest.raises(PriceUnavailable):
        await plan_actions(scene, [act("transfer", value="50 USD", token="ETH", recipient=STRANGER)])


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ({"token": "ETH", "recipient": STRANGER}, "How much"),
        ({"amount": "1", "recipient": STRANGER}, "Which token"),
        ({"amount": "1", "token": "ETH"}, "To whom"),
        ({"amount": "0", "token": "ETH", "recipient": STRANGER}, "nothing to move"),
        ({"amount": "1.0000001", "token": "USDC", "recipient": STRANGER}, "has only 6"),
        ({"amount": "1", "value": "5 USD", "token": "ETH", "recipient": STRANGER}, "Both an amount and a value"),
        ({"amount": "unlimited", "token": "ETH", "recipient": STRANGER}, "not an exact amount"),
        ({"amount": "1", "token": "ETH", "recipient": "main"}, "account that would pay"),
    ],
)
async def test_what_cannot_be_paid_is_asked_or_refused(scene: Scene, slots: dict[str, str], words: str) -> None:
    with pytest.raises(SayDifferently, match=words):
        await plan_actions(scene, [act("transfer", **slots)])


@pytest.mark.parametrize(("amount", "raw"), [("50%", 5_000_000_000), ("33.333333%", 3_333_333_300), ("100%", 10**10)])
async def test_shares_of_what_is_held(scene: Scene, amount: str, raw: int) -> None:
    planning = await plan_actions(scene, [act("transfer", amount=amount, token="USDC", recipient=STRANGER)])
    assert planning.plan.steps[0].promised[0].amount == raw


async def test_all_of_it_twice_is_nothing_the_second_time(scene: Scene) -> None:
    everything = act("transfer", amount="100%", token="USDC", recipient=STRANGER)
    with pytest.raises(SaysoError, match="is nothing") as error:
        await plan_actions(scene, [everything, everything])
    assert error.value.exit_code == 5
