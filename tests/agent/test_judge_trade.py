"""The checks on form, trades and approvals: a step that was tampered with does not pass them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from agent import drafting
from agent.drafting import draft, prepare, recheck, redraft, scene_of
from agent.judge import Case, judge
from agent.refusals import ChecksRefuse
from agent.scene import Scene
from agent.session import Session
from chain.decode import decode_call
from chain.decode_trade import Trade
from chain.prices import Price
from chain.protocols.erc20 import approve, transfer
from chain.values import UNLIMITED, ChainId, RawAmount, Verdict, Wei
from nlp.types import Action
from tests.agent.drafting_support import ETHER, STRANGER, act, blocks, drafter, found, me
from tests.conftest import LocalChain

SWAP = act("swap", amount_in="1", token_in="ETH", token_out="USDC", protocol="uniswap-v2")


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


@pytest.fixture
def scene(session: Session) -> Scene:
    return scene_of(session, me(session))


@pytest.fixture
def cases(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """The cases that were judged, to be changed and judged again."""
    seen: list[Case] = []

    def watching(case: Case) -> object:
        seen.append(case)
        return judge(case)

    monkeypatch.setattr(drafting, "judge", watching)
    return seen


async def case_of(scene: Scene, cases: list[Case], action: Action) -> Case:
    await prepare(scene, [action], "words")
    assert not blocks(judge(cases[-1]))
    return cases[-1]


def tampered(case: Case, **request: object) -> set[str]:
    """What blocks once the last step's transaction says something else than was promised."""
    step = case.steps[-1]
    changed = replace(step.drafted.step.request, **request)  # type: ignore[arg-type]
    decoded = decode_call(case.scene.client.registry, changed)
    drafted = replace(step.drafted, step=replace(step.drafted.step, request=changed))
    return blocks(judge(replace(case, steps=(*case.steps[:-1], replace(step, drafted=drafted, decoded=decoded)))))


async def test_a_payments_bytes_are_bound_to_its_promise(
    scene: Scene, cases: list[Case], local_chain: LocalChain
) -> None:
    case = await case_of(scene, cases, act("transfer", amount="1", token="USDC", recipient=STRANGER))
    bob = "0x87502D8a154B903dd3Be578CDf01d46a73AB7870"
    data = case.steps[0].drafted.step.request.data
    assert "form.calldata" in tampered(case, data=transfer(STRANGER, 1_000_001))
    assert "form.calldata" in tampered(case, data=transfer(bob, 1_000_000))
    assert "form.calldata" in tampered(case, data=approve(STRANGER, 1_000_000))
    assert "form.calldata" in tampered(case, data=data + b"\0")
    assert "form.calldata" in tampered(case, data=data[:4] + b"\1" + data[5:])
    assert "form.calldata" in tampered(case, data=b"")
    assert "form.calldata" in tampered(case, to=local_chain.token("DAI"))
    assert "form.calldata" in tampered(case, value=Wei(1))
    assert "form.chain_id" in tampered(case, chain_id=ChainId(1))
    assert "form.transaction" in tampered(case, sender=STRANGER)


async def test_a_trade_pays_nobody_else(scene: Scene, cases: list[Case]) -> None:
    case = await case_of(scene, cases, SWAP)
    data = case.steps[0].drafted.step.request.data
    mine, theirs = bytes.fromhex(me_hex(case)), bytes.fromhex(STRANGER[2:])
    assert data.count(mine) == 1
    assert "form.receiver" in tampered(case, data=data.replace(mine, theirs))


def me_hex(case: Case) -> str:
    return case.scene.account[2:].lower()


async def test_gas_fees_and_the_node_are_checked(scene: Scene, cases: list[Case]) -> None:
    case = await case_of(scene, cases, SWAP)
    step = case.steps[0]

    def with_fees(**fees: int) -> set[str]:
        drafted = replace(step.drafted, fees=replace(step.drafted.fees, **fees))  # type: ignore[arg-type]
        return blocks(judge(replace(case, steps=(replace(step, drafted=drafted),))))

    assert "form.transaction" in with_fees(gas_limit=21_000)
    assert "form.transaction" in with_fees(gas_limit=case.evidence.head.gas_limit + 1)
    assert "form.transaction" in with_fees(max_priority_fee_per_gas=step.drafted.fees.max_fee_per_gas + 1)
    assert "value.balance" in with_fees(max_fee_per_gas=10**15)
    assert blocks(judge(replace(case, evidence=replace(case.evidence, node_chain_id=1)))) == {"form.chain_id"}
    assert blocks(judge(replace(case, evidence=replace(case.evidence, native=None)))) == {"value.balance"}


@pytest.mark.parametrize(
    ("slippage", "verdict", "ack"),
    [
        ("0.5%", Verdict.PASS, ""),
        ("1%", Verdict.PASS, ""),
        ("1.01%", Verdict.WARN, "slippage"),
        ("10%", Verdict.WARN, "slippage"),
    ],
)
@pytest.mark.parametrize("side", ["amount_in", "amount_out"])
async def test_slippage_is_told_by_the_bytes(
    scene: Scene, slippage: str, verdict: Verdict, ack: str, side: str
) -> None:
    action = act("swap", token_in="ETH", token_out="LINK", slippage=slippage, **{side: "1"})
    told = found(await prepare(scene, [action], "words"), "trade.slippage")
    assert (told.verdict, told.ack) == (verdict, ack)


@pytest.mark.parametrize("side", ["amount_in", "amount_out"])
async def test_too_much_slippage_is_blocked(scene: Scene, side: str) -> None:
    action = act("swap", token_in="ETH", token_out="LINK", slippage="10.01%", **{side: "1"})
    with pytest.raises(ChecksRefuse) as error:
        await prepare(scene, [action], "words")
    assert blocks(error.value.findings) == {"trade.slippage"}


@pytest.mark.parametrize(
    ("price", "verdict", "ack"),
    [
        ("2500", Verdict.PASS, ""),
        ("2540", Verdict.WARN, ""),
        ("2600", Verdict.WARN, "impact"),
        ("1000", Verdict.PASS, ""),
    ],
)
async def test_a_trade_is_held_against_the_price_feeds(
    scene: Scene, local_chain: LocalChain, price: str, verdict: Verdict, ack: str
) -> None:
    local_chain.set_price("ETH", price)
    told = found(await prepare(scene, [SWAP], "words"), "trade.impact")
    assert (told.verdict, told.ack) == (verdict, ack)


async def test_a_loss_that_grew_by_a_percent_is_a_new_finding(session: Session, local_chain: LocalChain) -> None:
    local_chain.set_price("ETH", "2600")
    made = await draft(session, [SWAP], "words")
    assert dict(found(made, "trade.impact").facts)["band"] == "5"
    for price, told in (("2605", False), ("2500", False), ("2660", True), ("2740", True)):
        local_chain.set_price("ETH", price)
        assert bool((await recheck(session, made)).changes) is told, price
    assert (await redraft(session, made)).id != made.id


async def test_a_trade_far_from_the_price_feeds_is_blocked(scene: Scene, local_chain: LocalChain) -> None:
    local_chain.set_price("ETH", "2800")
    with pytest.raises(ChecksRefuse) as error:
        await prepare(scene, [SWAP], "words")
    assert blocks(error.value.findings) == {"trade.impact"}


async def test_a_stale_feed_makes_the_impact_unknown(scene: Scene, local_chain: LocalChain) -> None:
    now = int(local_chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    local_chain.set_price("ETH", "2500", updated_at=now - 2 * 86_400)
    with pytest.raises(ChecksRefuse, match=r"trade\.impact"):
        await prepare(scene, [SWAP], "words")


@pytest.mark.parametrize("source", ["Uniswap V2 pool WETH/FOT", "coingecko at https://feed.example"])
async def test_a_price_that_does_not_rest_on_feeds_makes_nothing_small(
    source: str, scene: Scene, cases: list[Case]
) -> None:
    unpriced = act("swap", amount_in="0.01", token_in="ETH", token_out="FOT", slippage="3%")
    case = await case_of(scene, cases, unpriced)
    price = case.evidence.prices["ETH"]
    assert isinstance(price, Price)
    movable = {**case.evidence.prices, "ETH": replace(price, source=source, by_feeds=False)}
    assert blocks(judge(replace(case, evidence=replace(case.evidence, prices=movable)))) == {"policy.unknown"}


async def test_a_deadline_is_near_and_ahead(scene: Scene, cases: list[Case]) -> None:
    case = await case_of(scene, cases, SWAP)
    assert blocks(judge(replace(case, expires_at=case.expires_at - 1))) == {"trade.deadline"}
    late = replace(case.evidence.head, timestamp=case.expires_at + 300)
    assert blocks(judge(replace(case, evidence=replace(case.evidence, head=late)))) == {"trade.deadline"}
    trade = case.steps[0].decoded.trade
    assert trade is not None
    assert blocks_with_trade(case, replace(trade, deadline=None)) == {"trade.deadline"}
    assert "trade.least_output" in blocks_with_trade(case, replace(trade, amount_out=0))


async def test_a_deadline_is_near_by_the_chains_clock_too(scene: Scene, cases: list[Case]) -> None:
    case = await case_of(scene, cases, SWAP)

    def at(timestamp: int) -> set[str]:
        head = replace(case.evidence.head, timestamp=timestamp)
        return blocks(judge(replace(case, evidence=replace(case.evidence, head=head))))

    assert at(scene.now - 86_400) == set()
    scene.client.entry = replace(scene.client.entry, test=False)
    assert at(scene.now) == at(scene.now - 120) == set()
    assert at(scene.now - 121) == at(scene.now - 86_400) == {"trade.deadline"}


def blocks_with_trade(case: Case, trade: Trade) -> set[str]:
    step = case.steps[0]
    changed = replace(step, decoded=replace(step.decoded, trade=trade))
    return blocks(judge(replace(case, steps=(changed,))))


async def test_an_unlimited_allowance_that_was_not_said_is_refused(scene: Scene, cases: list[Case]) -> None:
    case = await case_of(scene, cases, act("approve", amount="unlimited", token="USDC", spender="uniswap-v2"))
    assert case.steps[0].promised[0].amount == RawAmount(UNLIMITED)
    unsaid = replace(case, steps=(replace(case.steps[0], unlimited_said=False),))
    assert blocks(judge(unsaid)) == {"approval.amount"}


async def test_worth_is_exact(scene: Scene, cases: list[Case]) -> None:
    case = await case_of(scene, cases, SWAP)
    assert case.usd(scene.native, ETHER) == Fraction(2500)
    assert case.usd(replace(scene.native, listed=False), ETHER) is None
    assert case.outgoing() == ((scene.native, ETHER),)
