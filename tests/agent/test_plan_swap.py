"""Plans of trades, on the real local chain's pools."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.amounts import ceil_more, floor_less, parse_percent
from agent.drafting import draft, scene_of
from agent.plan import plan_actions
from agent.scene import Scene
from agent.session import Session
from chain.decode import decode_call
from chain.errors import InsufficientFunds, Refused, SayDifferently
from chain.protocols.erc20 import approve
from chain.protocols.swap import quote_exact_in, quote_exact_out
from chain.values import Step
from tests.agent.drafting_support import ETHER, act, drafter, me
from tests.conftest import LocalChain

HALF = parse_percent("0.5%")


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


@pytest.fixture
def scene(session: Session) -> Scene:
    return scene_of(session, me(session))


async def steps(scene: Scene, **slots: str) -> tuple[Step, ...]:
    return (await plan_actions(scene, [act("swap", **slots)])).plan.steps


async def test_the_best_quote_for_an_exact_input(scene: Scene, local_chain: LocalChain) -> None:
    usdc = local_chain.token("USDC")
    (step,) = await steps(scene, amount_in="1", token_in="ETH", token_out="USDC")
    quotes = await quote_exact_in(scene.client, None, usdc, ETHER)
    best = max(quotes, key=lambda quote: quote.amount_out)
    out, into = step.promised
    assert step.request.to == best.router
    assert (out.amount, into.amount) == (ETHER, floor_less(best.amount_out, HALF))


async def test_the_best_quote_for_an_exact_output(scene: Scene, local_chain: LocalChain) -> None:
    usdc = local_chain.token("USDC")
    (step,) = await steps(scene, amount_out="100", token_in="ETH", token_out="USDC")
    quotes = await quote_exact_out(scene.client, None, usdc, 100_000_000)
    cheapest = min(quotes, key=lambda quote: quote.amount_in)
    out, into = step.promised
    assert (step.request.value, out.amount) == (out.amount, ceil_more(cheapest.amount_in, HALF))
    assert into.amount == 100_000_000


@pytest.mark.parametrize(
    ("protocol", "router"), [("uniswap-v2", "uniswap-v2.router"), ("uniswap-v3", "uniswap-v3.router")]
)
@pytest.mark.parametrize("slots", [{"amount_in": "1"}, {"amount_out": "0.01"}])
async def test_a_protocol_that_is_named_is_used(
    scene: Scene, local_chain: LocalChain, protocol: str, router: str, slots: dict[str, str]
) -> None:
    made = await steps(scene, token_in="LINK", token_out="ETH", protocol=protocol, **slots)
    assert made[-1].request.to == local_chain.contract(router)


async def test_the_bytes_say_what_was_promised_and_when_it_ends(scene: Scene) -> None:
    for slots in ({"amount_in": "5"}, {"amount_out": "5"}):
        *_, step = await steps(scene, token_in="DAI", token_out="USDT", **slots)
        trade = decode_call(scene.client.registry, step.request).trade
        assert trade is not None
        assert (trade.amount_in, trade.amount_out) == (step.promised[0].amount, step.promised[1].amount)
        assert trade.receivers == (scene.account,)
        assert trade.deadline == scene.now + 300 + 300


async def test_an_allowance_is_exactly_what_is_needed(scene: Scene, local_chain: LocalChain) -> None:
    approval, trade = await steps(scene, amount_out="1", token_in="USDC", token_out="LINK")
    most = trade.promised[0].amount
    assert approval.request.data == approve(trade.request.to, most)
    local_chain.send_as(scene.account, local_chain.token("USDC"), "approve(address,uint256)", trade.request.to, most)
    (alone,) = await steps(scene, amount_out="1", token_in="USDC", token_out="LINK")
    assert alone.intent == "swap"


async def test_a_token_that_asks_for_zero_first_gets_it(session: Session, local_chain: LocalChain) -> None:
    scene = scene_of(session, me(session))
    router = local_chain.contract("uniswap-v3.router")
    for token, expected in (("USDT", 2), ("USDC", 1)):
        local_chain.send_as(me(session), local_chain.token(token), "approve(address,uint256)", router, 5)
        *approvals, _ = await steps(scene, amount_in="10", token_in=token, token_out="ETH", protocol="uniswap-v3")
        assert [step.promised[0].amount for step in approvals] == [0, 10_000_000][2 - expected :]
    assert await draft(
        session, [act("swap", amount_in="10", token_in="USDT", token_out="ETH", protocol="uniswap-v3")], "words"
    )


async def test_two_trades_of_one_token_each_have_their_allowance(session: Session) -> None:
    swaps = [
        act("swap", amount_out="10", token_in="USDT", token_out="DAI", protocol="uniswap-v3"),
        act("swap", amount_in="10", token_in="USDT", token_out="ETH", protocol="uniswap-v3"),
    ]
    made = await draft(session, swaps, "words")
    assert [step.step.intent for step in made.steps] == ["approve", "swap", "approve", "approve", "swap"]


@pytest.mark.parametrize("slippage", ["0%", "0.1%", "1%", "5%"])
async def test_slippage_bounds_what_arrives(scene: Scene, slippage: str) -> None:
    (step,) = await steps(scene, amount_in="1", token_in="ETH", token_out="DAI", slippage=slippage)
    (free,) = await steps(scene, amount_in="1", token_in="ETH", token_out="DAI", slippage="0%")
    assert step.promised[1].amount == floor_less(free.promised[1].amount, parse_percent(slippage))


async def test_the_persons_own_bound_is_the_stricter_one(scene: Scene) -> None:
    (step,) = await steps(scene, amount_in="1", token_in="ETH", token_out="USDC", min_out="2495")
    assert step.promised[1].amount == 2_495_000_000
    (step,) = await steps(scene, amount_in="1", token_in="ETH", token_out="USDC", min_out="5")
    assert step.promised[1].amount > 2_480_000_000
    with pytest.raises(Refused, match="less than the 2600 USDC"):
        await steps(scene, amount_in="1", token_in="ETH", token_out="USDC", min_out="2600")


async def test_a_value_is_an_exact_input(scene: Scene) -> None:
    (step,) = await steps(scene, value="250 USD", token_in="ETH", token_out="USDC")
    assert step.promised[0].amount == ETHER // 10


@pytest.mark.parametrize(
    ("slots", "intent", "value"),
    [
        ({"amount_in": "1", "token_in": "ETH", "token_out": "WETH"}, "wrap", ETHER),
        ({"amount_out": "1", "token_in": "WETH", "token_out": "ETH"}, "unwrap", 0),
    ],
)
async def test_between_the_coin_and_its_wrapped_form_nothing_is_traded(
    scene: Scene, slots: dict[str, str], intent: str, value: int
) -> None:
    (step,) = await steps(scene, **slots)
    assert (step.intent, step.request.value) == (intent, value)
    with pytest.raises(SayDifferently, match="one to one"):
        await steps(scene, **slots, protocol="uniswap")


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ({"amount_in": "1", "token_in": "USDC", "token_out": "usdc"}, "Both sides"),
        ({"amount_in": "1", "amount_out": "1"}, "Two amounts"),
        ({"value": "1 USD", "amount_in": "1"}, "Two amounts"),
        ({"amount_out": "1", "min_out": "1"}, "Two amounts"),
        ({}, "How much"),
        ({"amount_out": "50%"}, "share of what"),
        ({"amount_in": "1", "slippage": "100%"}, "allows for nothing"),
        ({"amount_in": "1", "slippage": "half"}, "not a percentage"),
        ({"amount_in": "1", "protocol": "curve"}, "not built yet"),
        ({"amount_in": "1", "token_out": "USD"}, "is a currency"),
    ],
)
async def test_what_cannot_be_traded_is_asked_or_refused(scene: Scene, slots: dict[str, str], words: str) -> None:
    with pytest.raises(SayDifferently, match=words):
        await steps(scene, **{"token_in": "ETH", "token_out": "USDC", **slots})


async def test_what_nobody_quotes_is_refused(scene: Scene) -> None:
    with pytest.raises(Refused, match="Nothing quotes"):
        await steps(scene, amount_in="1", token_in="FALSY", token_out="ETH")


async def test_more_than_is_held_is_refused_with_the_slippage_counted(scene: Scene) -> None:
    with pytest.raises(InsufficientFunds, match="but the account has 10000 USDC"):
        await steps(scene, amount_out="3.995", token_in="USDC", token_out="ETH")


async def test_dust_for_which_nothing_may_arrive_is_refused(scene: Scene) -> None:
    with pytest.raises(Refused):
        await steps(scene, amount_in="0.000000000000000001", token_in="ETH", token_out="USDC")
