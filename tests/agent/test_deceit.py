"""For each of the five writes: the simulation does other than was asked, and no card appears."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from agent import drafting
from agent.drafting import draft
from agent.refusals import SimulationRefuses
from agent.session import Session
from chain.abi import checksum, encode_call
from chain.errors import SaysoError, SetupNeeded, SimulationReverts
from chain.values import Simulation
from nlp.types import Action
from tests.agent.deceit_support import answer, call, code, fake_token, log_approval, pay, store_amount
from tests.agent.drafting_support import ETHER, STRANGER, act, blocks, drafter, me
from tests.conftest import LocalChain

THIEF = checksum("0x7411ef00000000000000000000000000000000a1")
SWAP = {"amount_in": "1", "token_in": "ETH", "token_out": "USDC"}


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


async def no_card(session: Session, *actions: Action) -> SaysoError:
    """The error that comes instead of a card; nothing was stored."""
    with pytest.raises(SaysoError) as error:
        await draft(session, actions, "words")
    assert session.drafts.recent() == ()
    return error.value


def before_simulation(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Let the world change between the plan's quotes and its simulation."""
    original = drafting.simulate

    async def changed(*args: object, **kwargs: object) -> Simulation:
        change()
        return await original(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(drafting, "simulate", changed)


# Transfer


async def test_a_token_that_takes_a_fee_is_not_paid_with(session: Session) -> None:
    error = await no_card(session, act("transfer", amount="1", token="FOT", recipient=STRANGER))
    assert isinstance(error, SimulationReverts)
    assert error.exit_code == 5
    assert "1 FOT should arrive" in str(error)
    assert "0.99 FOT would arrive" in str(error)


async def test_a_token_that_takes_more_is_not_paid_with(session: Session) -> None:
    error = await no_card(session, act("transfer", amount="1", token="GREEDY", recipient=STRANGER))
    assert isinstance(error, SimulationRefuses)
    assert blocks(error.findings) == {"simulation.effects"}
    assert "At most 1 GREEDY should leave" in str(error)


async def test_a_token_that_answers_false_is_not_paid_with(session: Session) -> None:
    error = await no_card(session, act("transfer", amount="1", token="FALSY", recipient=STRANGER))
    assert isinstance(error, SimulationReverts)


async def test_a_coin_that_is_sent_on_elsewhere_has_not_arrived(session: Session, local_chain: LocalChain) -> None:
    forwarder = "0x3600000000000000000000000000000000000136"
    local_chain.rpc("anvil_setCode", forwarder, code(pay(THIEF), stop=True))
    error = await no_card(session, act("transfer", amount="1", token="ETH", recipient=forwarder))
    assert isinstance(error, SimulationReverts)
    assert "At least 1 ETH should arrive" in str(error)


async def test_a_contract_that_refuses_the_coin_is_not_paid(session: Session, local_chain: LocalChain) -> None:
    refuses = "0x3600000000000000000000000000000000000236"
    local_chain.rpc("anvil_setCode", refuses, "0x60006000fd")
    error = await no_card(session, act("transfer", amount="1", token="ETH", recipient=refuses))
    assert error.exit_code == 5
    assert "does not take this payment" in str(error)


# Swap


async def test_a_pool_that_moved_after_its_quote_gives_no_card(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    whale = "0x3700000000000000000000000000000000000037"
    local_chain.rpc("anvil_setBalance", whale, hex(50_000 * ETHER))

    def move_pools() -> None:
        path = [local_chain.token("WETH"), local_chain.token("USDC")]
        router = local_chain.contract("uniswap-v2.router")
        signature = "swapExactETHForTokens(uint256,address[],address,uint256)"
        local_chain.send_as(whale, router, signature, 0, path, whale, 2**40, value=5_000 * ETHER)

    before_simulation(monkeypatch, move_pools)
    error = await no_card(session, act("swap", **SWAP, protocol="uniswap-v2"))
    assert isinstance(error, SimulationReverts)
    assert "It would fail" in str(error)


async def test_a_swap_into_a_token_with_a_fee_gives_no_card(session: Session) -> None:
    error = await no_card(session, act("swap", amount_in="0.01", token_in="ETH", token_out="FOT"))
    assert isinstance(error, SimulationReverts)
    assert "should arrive at your account" in str(error)


@pytest.mark.parametrize("token", ["FOT", "GREEDY"])
async def test_a_swap_out_of_a_token_that_cheats_gives_no_card(session: Session, token: str) -> None:
    error = await no_card(session, act("swap", amount_in="1", token_in=token, token_out="ETH"))
    assert isinstance(error, SimulationReverts)


async def test_a_router_that_keeps_the_money_gives_no_card(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = local_chain.contract("uniswap-v3.router")
    before_simulation(monkeypatch, lambda: local_chain.rpc("anvil_setCode", router, code(answer(1))))
    error = await no_card(session, act("swap", **SWAP, protocol="uniswap-v3"))
    assert isinstance(error, SimulationReverts)
    assert "but 0 USDC would arrive" in str(error)


async def test_a_router_that_takes_another_token_too_gives_no_card(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    router, account, link = local_chain.contract("uniswap-v3.router"), me(session), local_chain.token("LINK")
    local_chain.send_as(account, link, "approve(address,uint256)", router, 2**255)
    steals = encode_call("transferFrom(address,address,uint256)", account, THIEF, ETHER)
    router_code = code(call(link, steals), answer(1))
    before_simulation(monkeypatch, lambda: local_chain.rpc("anvil_setCode", router, router_code))
    error = await no_card(session, act("swap", **SWAP, protocol="uniswap-v3"))
    assert isinstance(error, SimulationReverts)
    assert f"raw units of the token {link} would leave" in str(error)


# Approve


async def test_a_token_that_allows_more_than_asked_gives_no_card(session: Session, local_chain: LocalChain) -> None:
    token = fake_token(approve=store_amount(plus=1))
    local_chain.rpc("anvil_setCode", local_chain.token("DAI"), token)
    error = await no_card(session, act("approve", amount="5", token="DAI", spender="uniswap-v2"))
    assert isinstance(error, SimulationRefuses)
    assert blocks(error.findings) == {"simulation.approvals"}
    assert f"would be allowed {5 * ETHER + 1} raw units" in str(error)


async def test_a_token_that_allows_nothing_gives_no_card(session: Session, local_chain: LocalChain) -> None:
    local_chain.rpc("anvil_setCode", local_chain.token("DAI"), fake_token(approve=b""))
    error = await no_card(session, act("approve", amount="5", token="DAI", spender="uniswap-v2"))
    assert isinstance(error, SimulationReverts)
    assert "should be allowed 5 DAI, but is not" in str(error)


async def test_a_token_that_allows_somebody_else_too_gives_no_card(session: Session, local_chain: LocalChain) -> None:
    token = fake_token(approve=store_amount(plus=0) + log_approval(THIEF))
    local_chain.rpc("anvil_setCode", local_chain.token("DAI"), token)
    error = await no_card(session, act("approve", amount="5", token="DAI", spender="uniswap-v2"))
    assert isinstance(error, SimulationReverts)
    assert f"{THIEF} would be allowed" in str(error)


async def test_an_approval_that_takes_tokens_gives_no_card(session: Session, local_chain: LocalChain) -> None:
    account, dai, link = me(session), local_chain.token("DAI"), local_chain.token("LINK")
    local_chain.send_as(account, link, "approve(address,uint256)", dai, 2**255)
    steals = call(link, encode_call("transferFrom(address,address,uint256)", account, THIEF, ETHER))
    local_chain.rpc("anvil_setCode", dai, fake_token(approve=steals + store_amount(plus=0)))
    error = await no_card(session, act("approve", amount="5", token="DAI", spender="uniswap-v2"))
    assert isinstance(error, SimulationReverts)
    assert f"the token {link} would leave" in str(error)


# Wrap and unwrap


@pytest.mark.parametrize("intent", ["wrap", "unwrap"])
async def test_weth_with_other_code_is_not_used(session: Session, local_chain: LocalChain, intent: str) -> None:
    local_chain.rpc("anvil_setCode", local_chain.contract("weth"), code(answer(1)))
    error = await no_card(session, act(intent, amount="1"))
    assert isinstance(error, SetupNeeded)


@pytest.mark.parametrize(("intent", "arrives"), [("wrap", "WETH"), ("unwrap", "ETH")])
async def test_weth_that_changed_after_the_plan_gives_no_card(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch, intent: str, arrives: str
) -> None:
    weth = local_chain.contract("weth")
    before_simulation(monkeypatch, lambda: local_chain.rpc("anvil_setCode", weth, code(answer(1))))
    error = await no_card(session, act(intent, amount="1"))
    assert isinstance(error, SimulationReverts)
    assert f"At least 1 {arrives} should arrive" in str(error)


async def test_one_bad_step_leaves_no_card_for_the_good_ones(session: Session) -> None:
    error = await no_card(
        session, act("wrap", amount="1"), act("transfer", amount="1", token="GREEDY", recipient=STRANGER)
    )
    assert isinstance(error, SimulationReverts)
