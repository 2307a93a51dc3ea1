"""From actions to a stored draft, and from there to its effects, on the real local chain."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.drafting import draft, recheck, redraft
from agent.execute import confirm_draft
from agent.refusals import ChecksRefuse, FundsRefuse
from agent.session import Session
from chain.digest import draft_digest
from chain.errors import InsufficientFunds, Refused, SayDifferently, SetupNeeded
from chain.rpc import RpcError
from chain.values import EffectKind, Policy, Verdict
from nlp.types import Action
from tests.agent.drafting_support import ETHER, STRANGER, act, blocks, drafter, effects, found, me
from tests.agent.store_support import PASSWORD
from tests.conftest import LocalChain

BOB = "0x87502D8a154B903dd3Be578CDf01d46a73AB7870"
PAY = act("transfer", amount="1", token="ETH", recipient=STRANGER)


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


async def carry_out(session: Session, *actions: Action) -> None:
    made = await draft(session, actions, "words")
    carried = await confirm_draft(session, made.id, made.digest, PASSWORD)
    assert carried.exit_code == 0, carried


async def test_a_draft_is_stored_whole_and_sealed(session: Session) -> None:
    made = await draft(session, [PAY], "send 1 eth")
    assert session.drafts.load(made.id) == made
    assert made.digest == draft_digest(made)
    assert (made.words, made.expires_at - made.created_at) == ("send 1 eth", 300)
    assert made.acks == ("first",)
    assert made.prices == (("ETH", "2500 USD", made.prices[0][2], "feed ETH/USD"),)
    assert made.simulation_method == "eth_simulateV1"


async def test_a_payment_does_what_its_draft_says(session: Session, local_chain: LocalChain) -> None:
    await carry_out(session, PAY, act("transfer", amount="20.5", token="USDC", recipient="bob.eth"))
    assert local_chain.balance(STRANGER) == ETHER
    assert local_chain.erc20_balance("USDC", BOB) == 20_500_000


@pytest.mark.parametrize(
    ("slots", "token"),
    [
        ({"amount_in": "1", "token_in": "ETH", "token_out": "USDC"}, "USDC"),
        ({"amount_in": "100", "token_in": "USDT", "token_out": "DAI"}, "DAI"),
        ({"amount_out": "5", "token_in": "USDC", "token_out": "LINK", "protocol": "uniswap-v3"}, "LINK"),
        ({"amount_out": "5", "token_in": "ETH", "token_out": "LINK", "protocol": "uniswap-v2"}, "LINK"),
    ],
)
async def test_a_swap_gives_at_least_what_its_draft_says(
    session: Session, local_chain: LocalChain, slots: dict[str, str], token: str
) -> None:
    before = local_chain.erc20_balance(token, me(session))
    made = await draft(session, [act("swap", **slots)], "words")
    carried = await confirm_draft(session, made.id, made.digest, PASSWORD)
    assert carried.exit_code == 0
    got = local_chain.erc20_balance(token, me(session)) - before
    assert got >= effects(made)[EffectKind.IN].amount > 0


async def test_approvals_and_wrappings_do_what_their_draft_says(session: Session, local_chain: LocalChain) -> None:
    await carry_out(
        session,
        act("approve", amount="50", token="USDC", spender="uniswap-v2"),
        act("wrap", amount="2"),
        act("unwrap", amount="0.5"),
    )
    router = local_chain.contract("uniswap-v2.router")
    assert local_chain.allowance("USDC", me(session), router) == 50_000_000
    assert local_chain.erc20_balance("WETH", me(session)) == 23 * ETHER // 2


async def test_all_of_the_coin_leaves_exactly_the_fees(session: Session, local_chain: LocalChain) -> None:
    made = await draft(session, [act("wrap", amount="2"), replace(PAY, slots={**PAY.slots, "amount": "100%"})], "all")
    ceilings = sum(step.fees.ceiling for step in made.steps)
    sent = made.steps[1].step.request.value
    assert sent + ceilings == 98 * ETHER
    carried = await confirm_draft(session, made.id, made.digest, PASSWORD)
    assert carried.exit_code == 0
    assert local_chain.balance(STRANGER) == sent


async def test_later_shares_are_of_what_the_steps_before_leave_at_least(session: Session) -> None:
    swap = act("swap", amount_in="1", token_in="ETH", token_out="USDC")
    made = await draft(session, [swap, act("transfer", amount="50%", token="USDC", recipient=STRANGER)], "words")
    least = effects(made, 0)[EffectKind.IN].amount
    assert effects(made, 1)[EffectKind.OUT].amount == (10_000_000_000 + least) // 2


async def test_money_that_only_the_step_before_brings_may_be_spent(session: Session) -> None:
    made = await draft(session, [act("wrap", amount="20"), act("unwrap", amount="25")], "words")
    assert [step.step.intent for step in made.steps] == ["wrap", "unwrap"]
    with pytest.raises(InsufficientFunds):
        await draft(session, [act("unwrap", amount="25"), act("wrap", amount="20")], "words")


async def test_too_little_is_told_with_numbers_and_nothing_is_simulated(session: Session) -> None:
    with pytest.raises(InsufficientFunds, match="needs 101 ETH, but the account has 100 ETH") as error:
        await draft(session, [replace(PAY, slots={**PAY.slots, "amount": "101"})], "words")
    assert error.value.exit_code == 5
    assert session.drafts.recent() == ()


async def test_fees_that_cannot_be_paid_are_told(session: Session) -> None:
    with pytest.raises(FundsRefuse, match="Amounts and fees need up to"):
        await draft(session, [replace(PAY, slots={**PAY.slots, "amount": "100"})], "words")


@pytest.mark.parametrize(
    "action",
    [
        act("supply", amount="1", token="ETH"),
        replace(PAY, trigger={"after": "PT2H"}),
        act("transfer", amount="1", token="ETH", recipient=STRANGER, slippage="1%"),
    ],
    ids=["not built", "a trigger", "a slot nobody reads"],
)
async def test_what_is_not_built_is_never_drafted(session: Session, action: Action) -> None:
    with pytest.raises(SayDifferently):
        await draft(session, [action], "words")
    assert session.drafts.recent() == ()


async def test_another_chain_is_refused(session: Session) -> None:
    with pytest.raises(Refused, match="connected") as error:
        await draft(session, [replace(PAY, slots={**PAY.slots, "chain": "base"})], "words")
    assert error.value.exit_code == 5
    assert (await draft(session, [replace(PAY, slots={**PAY.slots, "chain": "local"})], "words")).steps


async def test_a_second_account_changes_nothing_of_who_pays_and_no_account_has_a_remedy(session: Session) -> None:
    first = me(session)
    session.accounts.create("savings", PASSWORD)
    assert (await draft(session, [PAY], "words")).account == first
    for file in (session.home.path / "keystore").glob("*.json"):
        file.unlink()
    with pytest.raises(SetupNeeded) as error:
        await draft(session, [PAY], "words")
    assert "account create" in error.value.remedy


async def test_every_request_is_journalled_also_one_that_is_refused(session: Session) -> None:
    with pytest.raises(SayDifferently):
        await draft(session, [act("supply", amount="1", token="ETH")], "supply 1 eth")
    assert session.journal.entries()[-1].kind == "action.asked"
    assert session.journal.entries()[-1].facts["words"] == "supply 1 eth"


# Looking again before signing


async def test_a_draft_that_still_holds_stays_the_same(session: Session, local_chain: LocalChain) -> None:
    made = await draft(session, [PAY, act("swap", amount_in="1", token_in="ETH", token_out="USDC")], "words")
    local_chain.mine(3)
    assert await redraft(session, made) is made


async def test_a_pool_that_moved_makes_a_new_draft(session: Session, local_chain: LocalChain) -> None:
    swap = act("swap", amount_in="1", token_in="ETH", token_out="USDC", protocol="uniswap-v2")
    made = await draft(session, [swap], "words")
    whale = "0x3700000000000000000000000000000000000037"
    local_chain.rpc("anvil_setBalance", whale, hex(5_000 * ETHER))
    path = [local_chain.token("WETH"), local_chain.token("USDC")]
    signature = "swapExactETHForTokens(uint256,address[],address,uint256)"
    local_chain.send_as(
        whale, local_chain.contract("uniswap-v2.router"), signature, 0, path, whale, 2**40, value=150 * ETHER
    )
    assert (await recheck(session, made)).changes
    fresh = await redraft(session, made)
    assert fresh.id != made.id
    assert effects(fresh)[EffectKind.IN].amount < effects(made)[EffectKind.IN].amount


async def test_a_name_that_changed_blocks(session: Session, local_chain: LocalChain) -> None:
    made = await draft(session, [act("transfer", amount="1", token="ETH", recipient="bob.eth")], "words")
    assert found(made, "recipient.name").facts[0] == ("name", "bob.eth")
    local_chain.set_name("bob.eth", STRANGER)
    with pytest.raises(ChecksRefuse) as error:
        await redraft(session, made)
    assert "recipient.name" in blocks(error.value.findings)
    with pytest.raises(ChecksRefuse):
        await confirm_draft(session, made.id, made.digest, PASSWORD)
    assert local_chain.balance(STRANGER) == 0


async def test_a_contacts_name_that_changed_blocks(session: Session, local_chain: LocalChain) -> None:
    session.contacts.add("bob", BOB, ens="bob.eth")
    pay = act("transfer", amount="1", token="ETH", recipient="bob")
    assert await draft(session, [pay], "words")
    local_chain.set_name("bob.eth", STRANGER)
    with pytest.raises(ChecksRefuse) as error:
        await draft(session, [pay], "words")
    assert blocks(error.value.findings) == {"recipient.name"}


async def test_money_that_went_meanwhile_is_told(session: Session, local_chain: LocalChain) -> None:
    made = await draft(session, [act("transfer", amount="10000", token="USDC", recipient=STRANGER)], "words")
    local_chain.send_as(
        me(session), local_chain.token("USDC"), "transfer(address,uint256)", local_chain.contract("weth"), 1
    )
    with pytest.raises(InsufficientFunds):
        await redraft(session, made)


# A node that cannot simulate steps


@pytest.fixture
def no_simulation(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    original = session.client.rpc

    async def rpc(method: str, params: object) -> object:
        if method == "eth_simulateV1":
            raise RpcError(-32601, "method not found")
        return await original(method, params)  # type: ignore[arg-type]

    monkeypatch.setattr(session.client, "rpc", rpc)


@pytest.mark.usefixtures("no_simulation")
async def test_unseen_effects_are_unknown_and_pass_only_small(session: Session) -> None:
    small = await draft(session, [replace(PAY, slots={**PAY.slots, "amount": "0.01"})], "words")
    assert found(small, "simulation.effects").verdict is Verdict.UNKNOWN
    with pytest.raises(ChecksRefuse, match="more than 100 USD"):
        await draft(session, [PAY], "words")


@pytest.mark.usefixtures("no_simulation")
async def test_steps_that_cannot_be_simulated_on_one_another_are_refused(session: Session) -> None:
    with pytest.raises(Refused, match="one thing at a time"):
        await draft(session, [act("wrap", amount="0.001"), act("unwrap", amount="0.001")], "words")


async def test_the_policy_is_bound(session: Session) -> None:
    before = await draft(session, [PAY], "words")
    session.policies.tighten(Policy(expiry_seconds=60))
    after = await draft(session, [PAY], "words")
    assert before.policy_hash != after.policy_hash
    assert after.expires_at - after.created_at == 60


async def test_a_draft_from_before_the_policy_changed_is_made_anew(session: Session) -> None:
    before = await draft(session, [PAY], "words")
    session.policies.tighten(Policy(expiry_seconds=60))
    after = await redraft(session, before)
    assert after.id != before.id
    assert after.expires_at - after.created_at == 60
