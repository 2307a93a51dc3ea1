"""Ten minutes of a moving market, a look every five seconds: what is told is compared with what was reckoned apart from it."""

import random
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.recipe import load_recipe
from tests.agent.automation_support import timed_order
from tests.agent.store_support import OTHER, make_scrypt_cheap
from tests.agent.watch_support import Watched, watched
from tests.conftest import LocalChain

WHALE = load_recipe().deployer
STEP, MINUTES = 5, 10
LEVELS = ((2400, "below"), (2450, "below"), (2600, "above"), (2550, "above"))
SWAP_AT = 2380


@pytest.fixture
async def watch(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    make_scrypt_cheap(monkeypatch)
    async with watched(tmp_path / "home", local_chain) as opened:
        opened.session.settings.values.update({"watch_prices_every": str(STEP)})  # type: ignore[attr-defined]
        yield opened


def market(seed: int) -> list[Decimal]:
    """A price every five seconds: swings around its start, in cents."""
    source, price, found = random.Random(seed), 250_000, []
    for _ in range(MINUTES * 60 // STEP):
        price += source.randint(-2_500, 2_500) + (250_000 - price) // 12
        found.append(Decimal(price).scaleb(-2))
    return found


def crossings(prices: list[Decimal], level: int, direction: str) -> list[Decimal]:
    """The values at which an alert must be told: reached, and not again before the price was 1% of the level beyond it."""
    told, armed = [], True
    for price in prices:
        gone = price - level if direction == "below" else level - price
        if gone <= 0 and armed:
            told.append(price)
        armed = gone >= Decimal(level) / 100 or (armed and gone > 0)
    return told


@pytest.mark.parametrize("seed", [2, 11])
async def test_ten_minutes_lose_nothing_and_repeat_nothing(seed: int, watch: Watched) -> None:
    prices = market(seed)
    for level, direction in LEVELS:
        await watch.say(f"tell me when eth {'drops below' if direction == 'below' else 'goes above'} {level}")
    await watch.say(f"swap 100 usdc for eth if eth falls under {SWAP_AT}")
    timed_order(watch.session, {"after": "PT4M"})
    sent = await _run(watch, prices)

    expected = [f"The price of ETH is {p:,.2f} USD" for level, way in LEVELS for p in crossings(prices, level, way)]
    assert len(expected) >= 4, "the market must move"
    assert sorted(watch.told("alert")) == sorted(expected)
    assert watch.told("transfer") == sent
    swaps = 1 if min(prices) <= SWAP_AT else 0
    assert watch.drafts() == len(watch.told("order")) == 1 + swaps
    keys = watch.stored()
    assert len(keys) == len(set(keys)) == len(watch.shown)


async def _run(watch: Watched, prices: list[Decimal]) -> list[str]:
    """Move the market, and now and then some coins; what must be told of those."""
    usdc, sent = watch.chain.token("USDC"), []
    for number, price in enumerate(prices):
        watch.chain.set_price("ETH", price)
        if number % 20 == 7:
            watch.chain.send_as(WHALE, usdc, "mint(address,uint256)", watch.account, (number + 1) * 10**6)
            sent.append(f"main (yours) received {number + 1} USDC from 0x0000000000000000000000000000000000000000")
        if number % 30 == 13:
            watch.chain.send_as(watch.account, usdc, "transfer(address,uint256)", OTHER, 10**6)
            sent.append(f"1 USDC left main (yours) for {OTHER}")
        await watch.tick(STEP)
    return sent
