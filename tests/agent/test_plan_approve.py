"""Plans of approvals, wrappings and unwrappings, on the real local chain."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.drafting import draft, recheck, redraft, scene_of
from agent.plan import BUILT_WRITES, plan_actions
from agent.refusals import ChecksRefuse
from agent.scene import Scene
from agent.session import Session
from chain.errors import SayDifferently
from chain.protocols.erc20 import approve
from chain.values import UNLIMITED, Address, Step, Verdict
from tests.agent.drafting_support import ETHER, STRANGER, act, blocks, drafter, found, me
from tests.conftest import LocalChain


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


@pytest.fixture
def scene(session: Session) -> Scene:
    return scene_of(session, me(session))


async def steps(scene: Scene, intent: str, **slots: str) -> tuple[Step, ...]:
    return (await plan_actions(scene, [act(intent, **slots)])).plan.steps


def test_five_writes_are_built() -> None:
    assert {"transfer", "swap", "approve", "wrap", "unwrap"} == BUILT_WRITES


@pytest.mark.parametrize(
    ("spender", "contract"), [("uniswap-v2", "uniswap-v2.router"), ("uniswap-v3", "uniswap-v3.router")]
)
async def test_a_protocol_stands_for_its_router(
    scene: Scene, local_chain: LocalChain, spender: str, contract: str
) -> None:
    (step,) = await steps(scene, "approve", amount="5", token="USDC", spender=spender)
    router = local_chain.contract(contract)
    assert (step.request.to, step.request.data) == (local_chain.token("USDC"), approve(router, 5_000_000))
    assert (step.promised[0].amount, step.promised[0].counterparty) == (5_000_000, router)


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ({"token": "USDC", "spender": "uniswap-v2"}, "How much USDC may be spent"),
        ({"amount": "5", "token": "USDC", "spender": "uniswap"}, "two contracts"),
        ({"amount": "5", "token": "USDC", "spender": "aave"}, "No spender 'aave' is known"),
        ({"amount": "5", "token": "USDC"}, "Who shall be allowed"),
        ({"amount": "5", "token": "ETH", "spender": "uniswap-v2"}, "needs no approval"),
    ],
)
async def test_what_cannot_be_approved_is_asked(scene: Scene, slots: dict[str, str], words: str) -> None:
    with pytest.raises(SayDifferently, match=words):
        await steps(scene, "approve", **slots)


async def test_unlimited_only_in_words_and_then_acknowledged(session: Session) -> None:
    made = await draft(session, [act("approve", amount="unlimited", token="USDC", spender="uniswap-v2")], "words")
    assert made.steps[0].step.promised[0].amount == UNLIMITED
    assert made.acks == ("unlimited",)
    exact = await draft(session, [act("approve", amount="5", token="USDC", spender="uniswap-v2")], "words")
    assert exact.acks == ()


async def test_zero_takes_an_allowance_back(session: Session, local_chain: LocalChain) -> None:
    router = local_chain.contract("uniswap-v2.router")
    local_chain.send_as(me(session), local_chain.token("USDT"), "approve(address,uint256)", router, 7)
    made = await draft(session, [act("approve", amount="0", token="USDT", spender="uniswap-v2")], "words")
    assert [step.step.promised[0].amount for step in made.steps] == [0]


async def test_an_allowance_that_stands_is_zeroed_first_where_the_token_asks(
    scene: Scene, local_chain: LocalChain
) -> None:
    router = local_chain.contract("uniswap-v2.router")
    for token in ("USDT", "USDC"):
        local_chain.send_as(scene.account, local_chain.token(token), "approve(address,uint256)", router, 7)
    tether = await steps(scene, "approve", amount="5", token="USDT", spender="uniswap-v2")
    assert [step.promised[0].amount for step in tether] == [0, 5_000_000]
    usdc = await steps(scene, "approve", amount="5", token="USDC", spender="uniswap-v2")
    assert [step.promised[0].amount for step in usdc] == [5_000_000]


async def test_an_account_is_no_spender(session: Session) -> None:
    session.contacts.add("bob", STRANGER)
    for spender in ("bob", STRANGER, "alice.eth"):
        with pytest.raises(ChecksRefuse) as error:
            await draft(session, [act("approve", amount="5", token="USDC", spender=spender)], "words")
        assert blocks(error.value.findings) == {"approval.spender"}


async def test_a_contract_that_is_not_known_takes_an_acknowledgement(session: Session, local_chain: LocalChain) -> None:
    local_chain.rpc("anvil_setCode", STRANGER, "0x00")
    made = await draft(session, [act("approve", amount="5", token="USDC", spender=STRANGER)], "words")
    assert found(made, "approval.spender").ack == "spender"


async def test_an_account_that_delegates_is_an_account_and_no_spender(
    session: Session, local_chain: LocalChain
) -> None:
    local_chain.rpc("anvil_setCode", STRANGER, "0xef0100" + "12" * 20)
    with pytest.raises(ChecksRefuse) as error:
        await draft(session, [act("approve", amount="5", token="USDC", spender=STRANGER)], "words")
    assert blocks(error.value.findings) == {"approval.spender"}
    made = await draft(session, [act("approve", amount="0", token="USDC", spender=STRANGER)], "words")
    assert found(made, "approval.spender").verdict is Verdict.PASS


async def test_all_there_is_counts_as_unlimited(session: Session, local_chain: LocalChain) -> None:
    supply = int.from_bytes(local_chain.call(local_chain.token("USDC"), "totalSupply()"), "big")
    for raw, acks in (
        (supply - 1, ()),
        (supply, ("unlimited",)),
        (2**96 - 1, ("unlimited",)),
        (2**256 - 2, ("unlimited",)),
    ):
        amount = f"{raw // 10**6}.{raw % 10**6:06}"
        made = await draft(session, [act("approve", amount=amount, token="USDC", spender="uniswap-v2")], "words")
        assert made.acks == acks, raw
        assert (await recheck(session, made)).changes == ()


async def test_a_token_that_does_not_say_how_much_there_is_leaves_it_unknown(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(client: object, tokens: list[Address], block: object) -> dict[Address, int | None]:
        return dict.fromkeys(tokens)

    monkeypatch.setattr("agent.judge.evidence.total_supplies", silent)
    made = await draft(session, [act("approve", amount="5", token="USDC", spender="uniswap-v2")], "words")
    assert found(made, "approval.amount").verdict is Verdict.UNKNOWN


async def test_a_spenders_name_is_looked_up_again(session: Session, local_chain: LocalChain) -> None:
    local_chain.rpc("anvil_setCode", STRANGER, "0x00")
    local_chain.set_name("bob.eth", STRANGER)
    made = await draft(session, [act("approve", amount="5", token="USDC", spender="bob.eth")], "words")
    assert found(made, "recipient.name").verdict is Verdict.PASS
    local_chain.set_name("bob.eth", local_chain.contract("weth"))
    with pytest.raises(ChecksRefuse, match=r"bob\.eth stands for"):
        await redraft(session, made)


async def test_a_known_contract_that_spends_nothing_is_no_spender(session: Session, local_chain: LocalChain) -> None:
    for contract in ("multicall3", "weth", "uniswap-v2.factory"):
        spender = local_chain.contract(contract)
        with pytest.raises(ChecksRefuse) as error:
            await draft(session, [act("approve", amount="5", token="USDC", spender=spender)], "words")
        assert "approval.spender" in blocks(error.value.findings)


async def test_wrapping_and_unwrapping(scene: Scene, local_chain: LocalChain) -> None:
    (wrap,) = await steps(scene, "wrap", amount="1.5", token="ETH")
    assert (wrap.request.to, wrap.request.value) == (local_chain.contract("weth"), 3 * ETHER // 2)
    (unwrap,) = await steps(scene, "unwrap", amount="100%", token="WETH")
    assert (unwrap.request.value, unwrap.promised[0].amount) == (0, 10 * ETHER)
    with pytest.raises(SayDifferently, match="Only ETH can be wrapped"):
        await steps(scene, "wrap", amount="1", token="USDC")
