"""Drafts of several steps: what is signed after the first, what is looked at before, and what is told of each."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import agent.execute
import agent.follow
from agent.accounts import Accounts
from agent.carried import Carried
from agent.cli.drafts import _data, _line
from agent.drafting import draft as make
from agent.execute import DraftChanged, confirm_draft, pursue
from agent.render.outcome import differences, outcome_text, still_unsigned
from agent.session import Session
from chain.client import ChainClient
from chain.errors import DraftExpired, NotConfirmed, OutcomeUnknown, Refused, SaysoError
from chain.http import TransportFailure
from chain.track import Finality
from chain.values import Draft, Limit, Policy, SlotState, StepOutcome
from tests.agent.drafting_support import ETHER, STRANGER, act, drafter
from tests.agent.store_support import OTHER, PASSWORD, RECIPIENT, payment, unchanged
from tests.conftest import LocalChain


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


@pytest.fixture
def no_automine(session: Session, local_chain: LocalChain) -> Iterator[None]:
    local_chain.rpc("evm_setAutomine", False)
    yield
    local_chain.rpc("evm_setAutomine", True)


async def confirm(session: Session, draft: Draft, **options: Any) -> Carried:
    options = {"redraft": unchanged, "within": 1.0, **options}
    return await confirm_draft(session, draft.id, draft.digest, PASSWORD, **options)


def statuses(carried: Carried) -> list[str]:
    return [step.status for step in carried.outcome.steps]


def once_first_is_sent(monkeypatch: pytest.MonkeyPatch, then: Any) -> None:
    """Let `then` happen between the first step and the second."""
    real = agent.follow.Follower.send

    async def send(self: agent.follow.Follower, index: int, *, wait: bool) -> StepOutcome:
        outcome = await real(self, index, wait=wait)
        if index == 0:
            then()
        return outcome

    monkeypatch.setattr(agent.follow.Follower, "send", send)


# What was signed is told, whatever became of the step before


@pytest.mark.usefixtures("no_automine")
async def test_a_step_that_happened_is_never_told_as_not_sent(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await payment(session, (1, 2))
    with monkeypatch.context() as patch:  # Both signed and sent, as where the first was seen and then reorganised away.
        patch.setattr(agent.follow.Follower, "look", _included)
        patch.setattr(agent.execute._Run, "_check_still_works", _nothing)
        await confirm(session, draft, wait=False)
    assert len(session.ledger.attempts(draft.id, 1)) == 1
    local_chain.mine()
    real = agent.follow.look_once

    async def blind_to_the_first(client: Any, attempts: Any) -> StepOutcome:
        if attempts[-1].step_index == 0:
            return StepOutcome(0, "unknown", attempts[-1].hash)
        return await real(client, attempts)

    async def unseen(client: Any, attempts: Any, **_: Any) -> StepOutcome:
        return await blind_to_the_first(client, attempts)

    monkeypatch.setattr(agent.follow, "look_once", blind_to_the_first)
    monkeypatch.setattr(agent.follow, "wait_included", unseen)
    carried = await pursue(session, draft.id, wait=True, within=0.1)
    assert (statuses(carried), carried.exit_code) == (["unknown", "final"], 7)
    assert isinstance(carried.problem, OutcomeUnknown) and "Included: step 2." in str(carried.problem)
    assert "Not sent" not in str(carried.problem)


async def _included(self: agent.follow.Follower, index: int) -> StepOutcome:
    return StepOutcome(index, "included", self.ledger.attempts(self.draft.id, index)[-1].hash)


async def _nothing(*_: Any) -> None:
    """Nothing is found."""


async def test_partly_done_is_told_step_by_step(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await payment(session, (1, 2))

    async def away(*_: Any) -> None:
        raise SaysoError("The node is away.")

    monkeypatch.setattr(agent.execute._Run, "_check_still_works", away)
    carried = await confirm(session, draft)
    assert (carried.outcome.status, carried.exit_code) == ("partly_done", 1)
    told = "partly done: step 1 of 2; not sent: step 2"
    assert told in outcome_text(session.registry, draft, carried.outcome)
    record = session.drafts.record(draft.id)
    assert told in _line(record)
    assert _data(session.registry, record)["step_outcomes"] == ["final", "not_sent"]


async def test_what_is_confirmed_and_still_in_time_is_not_told_as_run_out(session: Session) -> None:
    draft = await payment(session)
    session.drafts.confirm(draft.id, draft.digest)
    carried = await pursue(session, draft.id)
    assert isinstance(carried.problem, NotConfirmed) and not isinstance(carried.problem, DraftExpired)
    assert "not signed yet" in str(carried.problem) and "again to go on" in str(carried.problem)


async def test_what_nobody_confirmed_is_not_pursued(session: Session) -> None:
    draft = await payment(session)
    with pytest.raises(NotConfirmed, match="never confirmed"):
        await pursue(session, draft.id)
    session.drafts.confirm(draft.id, draft.digest)
    session.drafts.reject(draft.id)
    with pytest.raises(NotConfirmed, match="rejected"):
        await pursue(session, draft.id)


# What is signed after the first step, and when


@pytest.mark.usefixtures("no_automine")
async def test_without_waiting_the_second_step_waits_for_the_first(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session, (1, 2))
    carried = await confirm(session, draft, wait=False)
    assert (statuses(carried), carried.outcome.status, carried.exit_code) == (["sent", "not_sent"], "sent", 0)
    assert draft.digest.hex() in still_unsigned(draft, carried.outcome)
    assert session.ledger.slot(draft.id, 1) is None
    local_chain.mine()
    again = await confirm(session, draft, wait=False)
    assert statuses(again) == ["final", "sent"] and still_unsigned(draft, again.outcome) == ""
    local_chain.mine()
    assert statuses(await pursue(session, draft.id)) == ["final", "final"]
    assert local_chain.balance(RECIPIENT) == 3


async def test_without_waiting_steps_that_are_included_at_once_are_all_signed(
    session: Session, local_chain: LocalChain
) -> None:
    carried = await confirm(session, await payment(session, (1, 2)), wait=False)
    assert statuses(carried) == ["final", "sent"]
    assert local_chain.balance(RECIPIENT) == 3


@pytest.mark.usefixtures("no_automine")
async def test_without_waiting_a_failed_first_step_lets_nothing_follow(
    session: Session, local_chain: LocalChain
) -> None:
    swap = act("swap", amount_in="1", token_in="ETH", token_out="USDC")
    pay = act("transfer", amount="100", token="USDC", recipient=STRANGER)
    draft = await make(session, [swap, pay], "w")
    await confirm(session, draft, wait=False)
    local_chain.rpc("evm_setNextBlockTimestamp", draft.expires_at + 1000)
    local_chain.mine()
    carried = await confirm(session, draft, wait=False)
    assert (statuses(carried), carried.exit_code) == (["reverted", "not_sent"], 6)
    assert local_chain.erc20_balance("USDC", STRANGER) == 0


# What is looked at before each later step


async def test_a_name_that_changed_between_two_steps_is_not_paid(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    pays = [act("transfer", amount="1", token="ETH", recipient=to) for to in (STRANGER, "alice.eth")]
    draft = await make(session, pays, "w")
    named = draft.steps[1].step.request.to
    before = local_chain.balance(named)
    once_first_is_sent(monkeypatch, lambda: local_chain.set_name("alice.eth", OTHER))
    carried = await confirm(session, draft)
    assert (statuses(carried), carried.exit_code) == (["final", "not_sent"], 5)
    assert "alice.eth" in str(carried.problem) and "Step 2 was not signed." in str(carried.problem)
    assert local_chain.balance(named) == before


async def test_what_was_spent_meanwhile_counts_before_a_later_step(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.policies.set(Policy(limits=(Limit(86_400, asset="ETH", amount=str(ETHER)),)))
    half = act("transfer", amount="0.5", token="ETH", recipient=STRANGER)
    both = await make(session, [half, half], "w")

    async def away(*_: Any) -> None:
        raise SaysoError("The node is away.")

    with monkeypatch.context() as patch:
        patch.setattr(agent.execute._Run, "_check_still_works", away)
        assert statuses(await confirm(session, both)) == ["final", "not_sent"]
    assert (await confirm(session, await make(session, [half], "w"))).exit_code == 0
    for wait in (True, False):
        again = await confirm(session, both, wait=wait)
        assert (statuses(again), again.exit_code) == (["final", "not_sent"], 5)
        assert "more than your limit" in str(again.problem)
    assert local_chain.balance(STRANGER) == ETHER


async def test_two_steps_within_the_limit_are_both_done(session: Session, local_chain: LocalChain) -> None:
    session.policies.set(Policy(limits=(Limit(86_400, asset="ETH", amount=str(ETHER)),)))
    half = act("transfer", amount="0.5", token="ETH", recipient=STRANGER)
    draft = await make(session, [half, half], "w")
    assert statuses(await confirm(session, draft)) == ["final", "final"]


async def test_an_allowance_and_the_trade_that_uses_it_count_once(session: Session, local_chain: LocalChain) -> None:
    session.policies.set(Policy(limits=(Limit(86_400, asset="USDC", amount=str(100 * 10**6)),)))
    draft = await make(session, [act("swap", amount_in="100", token_in="USDC", token_out="ETH")], "w")
    assert [step.step.intent for step in draft.steps] == ["approve", "swap"]
    assert statuses(await confirm(session, draft)) == ["final", "final"]


async def test_a_new_warning_before_a_later_step_stops_it(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    pays = [act("transfer", amount="1", token="ETH", recipient=to) for to in (RECIPIENT, STRANGER)]
    draft = await make(session, pays, "w")
    code = "0xef0100" + "12" * 20
    once_first_is_sent(monkeypatch, lambda: local_chain.rpc("anvil_setCode", STRANGER, code))
    carried = await confirm(session, draft)
    assert (statuses(carried), carried.exit_code) == (["final", "not_sent"], 3)
    assert "lets a contract act for it" in str(carried.problem)


# A fee above the ceiling would be signed and then wait


async def test_a_fee_that_rose_above_the_ceiling_brings_a_new_card(session: Session, local_chain: LocalChain) -> None:
    draft = await make(session, [act("transfer", amount="1", token="ETH", recipient=STRANGER)], "w")
    dear = draft.steps[0].fees.max_fee_per_gas * 10
    local_chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(dear))
    local_chain.mine(1)
    with pytest.raises(DraftChanged) as caught:
        await confirm_draft(session, draft.id, draft.digest, PASSWORD)
    assert session.ledger.slot(draft.id, 0) is None
    newer = caught.value.draft
    assert newer.steps[0].fees.max_fee_per_gas > dear
    assert (await confirm_draft(session, newer.id, newer.digest, PASSWORD)).exit_code == 0


async def test_even_after_the_second_look_a_fee_above_the_ceiling_takes_no_nonce(
    session: Session, local_chain: LocalChain
) -> None:
    draft = await payment(session)
    local_chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(draft.steps[0].fees.max_fee_per_gas * 10))
    local_chain.mine(1)
    with pytest.raises(NotConfirmed, match="fee rose"):
        await confirm(session, draft)
    assert session.ledger.slot(draft.id, 0) is None and session.ledger.attempts(draft.id, 0) == ()


# A draft that was thrown away, and who pays


async def test_a_draft_rejected_while_it_is_confirmed_is_not_signed(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, real = await payment(session), agent.execute.node_view

    async def rejected_meanwhile(*args: Any) -> Any:
        session.drafts.reject(draft.id)
        return await real(*args)

    monkeypatch.setattr(agent.execute, "node_view", rejected_meanwhile)
    with pytest.raises(NotConfirmed, match="rejected"):
        await confirm(session, draft)
    assert session.ledger.attempts(draft.id, 0) == () and local_chain.balance(RECIPIENT) == 0


async def test_a_new_draft_is_paid_by_the_account_of_the_old(session: Session, local_chain: LocalChain) -> None:
    second = session.accounts.create("second", PASSWORD).info.address
    local_chain.fund(second)

    def choosing(name: str) -> Session:
        parts = session.accounts.keystore, session.seals, session.journal
        return replace(session, accounts=Accounts(*parts, name))

    swap = act("swap", amount_in="1", token_in="ETH", token_out="USDC")
    draft = await make(choosing("second"), [swap], "w")
    local_chain.set_price("ETH", "2600")
    with pytest.raises(DraftChanged) as caught:
        await confirm_draft(choosing("main"), draft.id, draft.digest, PASSWORD)
    assert (draft.account, caught.value.draft.account) == (second, second)


# Taken back by a reorg


async def test_after_a_reorg_the_store_does_not_keep_what_was_seen(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def still_open(*_: Any) -> Finality:
        return Finality.OPEN

    monkeypatch.setattr(agent.follow, "check_final", still_open)
    before = local_chain.rpc("evm_snapshot")
    draft = await payment(session)
    assert statuses(await confirm(session, draft)) == ["included"]
    local_chain.rpc("evm_revert", before)
    local_chain.rpc("evm_setAutomine", False)
    try:
        assert (await pursue(session, draft.id)).outcome.status == "sent"
    finally:
        local_chain.rpc("evm_setAutomine", True)
    slot = session.ledger.slot(draft.id, 0)
    assert slot is not None and slot.state is SlotState.SENT
    assert session.drafts.outcome(draft.id).status == "sent"


async def test_a_broken_answer_about_an_earlier_step_tells_what_is_stored(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await payment(session, (1, 2))

    async def lost(*_: Any) -> str:
        raise TransportFailure("timeout", "http://127.0.0.1:1", "did not answer")

    monkeypatch.setattr(ChainClient, "send_raw", lost)
    carried = await confirm(session, draft, within=0.1)
    assert (statuses(carried), carried.exit_code) == (["unknown", "not_sent"], 7)
    assert "Not sent: step 2." in str(carried.problem)


async def test_a_policy_tightened_between_two_steps_stops_the_second(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await payment(session, (1, 2))
    once_first_is_sent(monkeypatch, lambda: session.policies.set(Policy(expiry_seconds=100)))
    carried = await confirm(session, draft)
    assert carried.outcome.status == "partly_done" and isinstance(carried.problem, Refused)


# Two transactions of one account in a block


async def test_what_the_native_coin_did_is_not_called_otherwise_where_two_share_a_block(
    session: Session, local_chain: LocalChain
) -> None:
    wrap = await make(session, [act("wrap", amount="2")], "w")
    await confirm(session, wrap)
    unwrap = await make(session, [act("unwrap", amount="1")], "w")
    pay = await make(session, [act("transfer", amount="0.1", token="ETH", recipient=STRANGER)], "w")
    local_chain.rpc("evm_setAutomine", False)
    try:
        for draft in (unwrap, pay):
            assert (await confirm(session, draft, wait=False)).outcome.status == "sent"
    finally:
        local_chain.rpc("evm_setAutomine", True)
    local_chain.mine()
    (unwrapped,) = (await pursue(session, unwrap.id)).outcome.steps
    (paid,) = (await pursue(session, pay.id)).outcome.steps
    assert unwrapped.block_hash == paid.block_hash
    assert (unwrapped.native_seen, paid.native_seen) == (False, True)
    assert differences(unwrap, unwrapped) == differences(pay, paid) == ()
    assert [change.asset for change in unwrapped.changes if change.account == unwrap.account] == [
        unwrap.steps[0].step.request.to
    ]
    assert "not seen  what ETH moved" in outcome_text(
        session.registry, unwrap, (await pursue(session, unwrap.id)).outcome
    )


async def test_alone_in_its_block_what_the_native_coin_did_is_seen(session: Session) -> None:
    wrap = await make(session, [act("wrap", amount="2")], "w")
    (step,) = (await confirm(session, wrap)).outcome.steps
    assert step.native_seen and {c.delta for c in step.changes if c.asset is None} == {-2 * ETHER}
    forged = replace(step, changes=tuple(c for c in step.changes if c.asset is None))
    assert differences(wrap, forged)
