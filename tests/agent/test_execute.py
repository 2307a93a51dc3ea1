"""From a draft to its effects on the real local chain, and what is told when it goes otherwise."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import agent.execute
from agent.execute import Carried, DraftChanged, confirm_draft, pursue
from agent.session import Session
from agent.store.codec import to_json
from chain.client import ChainClient
from chain.digest import draft_digest
from chain.errors import (
    ChainWasReset,
    DraftExpired,
    Locked,
    NotConfirmed,
    OutcomeUnknown,
    Refused,
    Reverted,
    SaysoError,
    SimulationReverts,
    WrongDigest,
)
from chain.http import TransportFailure
from chain.values import Address, ChainId, Digest, Draft, Policy, SlotState
from tests.agent.store_support import (
    OTHER,
    PASSWORD,
    RECIPIENT,
    Clock,
    make_scrypt_cheap,
    payer,
    payment,
    tamper,
    unchanged,
)
from tests.conftest import LocalChain

ETHER = 10**18
Send = Callable[[ChainClient, bytes], Awaitable[str]]


@pytest.fixture
def clock(local_chain: LocalChain) -> Clock:
    """A clock that a test can put forward."""
    return Clock(int(local_chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16))


@pytest.fixture
async def session(
    tmp_path: Path, local_chain: LocalChain, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Session]:
    make_scrypt_cheap(monkeypatch)
    async with payer(tmp_path / "home", local_chain, clock) as opened:
        yield opened


async def confirm(session: Session, draft: Draft, **options: Any) -> Carried:
    """Confirm with the right digest and password, nothing having changed."""
    options = {"redraft": unchanged, "within": 1.0, **options}
    return await confirm_draft(session, draft.id, draft.digest, PASSWORD, **options)


def no_password() -> str:
    raise AssertionError("a password was asked for")


def sending(monkeypatch: pytest.MonkeyPatch, send: Callable[[Send, ChainClient, bytes], Awaitable[str]]) -> None:
    """Let `send` stand in for the broadcast; it is given the real one."""
    real = ChainClient.send_raw

    async def send_raw(self: ChainClient, raw: bytes) -> str:
        return await send(real, self, raw)

    monkeypatch.setattr(ChainClient, "send_raw", send_raw)


def lost() -> TransportFailure:
    return TransportFailure("timeout", "http://127.0.0.1:1", "did not answer")


def nonce(chain: LocalChain, account: str) -> int:
    return int(chain.rpc("eth_getTransactionCount", account, "pending"), 16)


# What should happen


async def test_a_payment_goes_from_draft_to_final(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session)
    carried = await confirm(session, draft)
    assert (carried.exit_code, carried.problem, carried.outcome.status) == (0, None, "done")
    (step,) = carried.outcome.steps
    receipt = local_chain.rpc("eth_getTransactionReceipt", step.hash)
    assert (step.status, step.block_hash) == ("final", receipt["blockHash"])
    assert local_chain.balance(RECIPIENT) == 10**17
    assert session.drafts.outcome(draft.id) == carried.outcome
    slot = session.ledger.slot(draft.id, 0)
    assert slot is not None and slot.state is SlotState.FINAL


async def test_the_outcome_shows_what_moved(session: Session) -> None:
    draft = await payment(session)
    (step,) = (await confirm(session, draft)).outcome.steps
    assert {(c.account, c.asset, c.delta) for c in step.changes} == {
        (draft.account, None, -(10**17)),
        (RECIPIENT, None, 10**17),
    }


async def test_steps_are_carried_out_in_order(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session, (1, 2, 3))
    carried = await confirm(session, draft)
    assert [step.status for step in carried.outcome.steps] == ["final"] * 3
    blocks = [step.block_number or 0 for step in carried.outcome.steps]
    assert blocks == sorted(blocks) and local_chain.balance(RECIPIENT) == 6


async def test_the_same_confirmation_again_reports_the_one_outcome(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session)
    first = await confirm(session, draft)
    again = await confirm_draft(session, draft.id, draft.digest, no_password)
    assert again == first
    assert nonce(local_chain, draft.account) == 1


async def test_an_opened_key_is_used_and_stays_open(session: Session) -> None:
    opened = session.accounts.open("main", PASSWORD)
    for _ in range(2):
        draft = await payment(session)
        carried = await confirm_draft(session, draft.id, draft.digest, opened, redraft=unchanged)
        assert carried.exit_code == 0
    session.accounts.lock(opened)


async def test_a_password_given_as_text_leaves_nothing_unlocked(session: Session) -> None:
    await confirm(session, await payment(session))
    assert session.accounts.keystore._keys_in_memory == {}


async def test_at_the_same_time_in_one_process_it_happens_once(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session)
    first, second = await asyncio.gather(confirm(session, draft), confirm(session, draft))
    assert first.outcome == second.outcome
    assert local_chain.balance(RECIPIENT) == 10**17


async def test_even_without_the_lock_the_store_lets_it_happen_once(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def unheld(*_: object, **__: object) -> AsyncIterator[None]:
        yield

    monkeypatch.setattr(agent.execute, "holding", unheld)
    draft = await payment(session)
    await asyncio.gather(*(confirm(session, draft) for _ in range(4)), return_exceptions=True)
    assert local_chain.balance(RECIPIENT) == 10**17
    assert nonce(local_chain, draft.account) == 1


# What must not be signed


async def refused(
    session: Session, local_chain: LocalChain, draft: Draft, error: type[SaysoError], **options: Any
) -> None:
    """Confirming raises this error, and nothing was signed, sent, or left reserved."""
    with pytest.raises(error):
        await confirm(session, draft, **options)
    assert session.ledger.slot(draft.id, 0) is None
    assert session.ledger.attempts(draft.id, 0) == ()
    assert nonce(local_chain, draft.account) == 0


@pytest.mark.parametrize("bit", [0, 100, 255])
async def test_a_digest_that_differs_in_one_bit_is_wrong(session: Session, local_chain: LocalChain, bit: int) -> None:
    draft = await payment(session)
    wrong = Digest((int.from_bytes(draft.digest) ^ 1 << bit).to_bytes(32))
    with pytest.raises(WrongDigest):
        await confirm_draft(session, draft.id, wrong, no_password)
    assert session.ledger.confirmation(draft.id) is None


async def test_a_wrong_digest_is_wrong_after_confirming_too(session: Session) -> None:
    draft = await payment(session)
    await confirm(session, draft)
    with pytest.raises(WrongDigest):
        await confirm_draft(session, draft.id, Digest(b"x" * 32), PASSWORD)


async def test_a_wrong_password_confirms_nothing(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session)
    with pytest.raises(Locked):
        await confirm_draft(session, draft.id, draft.digest, "wrong", redraft=unchanged)
    assert session.ledger.confirmation(draft.id) is None
    assert (await confirm(session, draft)).exit_code == 0


async def test_what_ran_out_is_not_signed(session: Session, local_chain: LocalChain, clock: Clock) -> None:
    draft = await payment(session)
    clock.at += 300
    await refused(session, local_chain, draft, DraftExpired)
    assert session.ledger.confirmation(draft.id) is None


async def test_a_second_before_it_runs_out_it_is_signed(session: Session, clock: Clock) -> None:
    draft = await payment(session)
    clock.at += 299
    assert (await confirm(session, draft)).exit_code == 0


async def test_a_clock_put_back_signs_nothing(session: Session, local_chain: LocalChain, clock: Clock) -> None:
    draft = await payment(session)
    clock.at -= 86_400
    await refused(session, local_chain, draft, NotConfirmed)


async def test_confirmed_and_unsigned_at_expiry_is_told_as_not_sent(
    session: Session, local_chain: LocalChain, clock: Clock
) -> None:
    draft = await payment(session)
    session.drafts.confirm(draft.id, draft.digest)
    clock.at += 301
    for _ in range(2):
        carried = await confirm_draft(session, draft.id, draft.digest, no_password)
        assert (carried.exit_code, carried.outcome.status) == (3, "not_sent")
        assert isinstance(carried.problem, DraftExpired)
    assert nonce(local_chain, draft.account) == 0


async def test_a_rejected_draft_is_never_signed(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session)
    session.drafts.reject(draft.id)
    await refused(session, local_chain, draft, NotConfirmed)


async def test_a_draft_confirmed_and_then_rejected_is_never_signed(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session)
    session.drafts.confirm(draft.id, draft.digest)
    session.drafts.reject(draft.id)
    await refused(session, local_chain, draft, NotConfirmed)


async def test_what_would_happen_changed_makes_a_new_draft(session: Session, local_chain: LocalChain) -> None:
    draft, newer = await payment(session), await payment(session)

    async def changed(_: Session, __: Draft) -> Draft:
        return newer

    with pytest.raises(DraftChanged) as caught:
        await confirm(session, draft, redraft=changed)
    assert (caught.value.exit_code, caught.value.draft) == (3, newer)
    assert newer.digest.hex() in str(caught.value)
    await refused(session, local_chain, draft, NotConfirmed)
    assert (await confirm(session, newer)).exit_code == 0


async def test_a_second_look_that_refuses_signs_nothing(session: Session, local_chain: LocalChain) -> None:
    async def reverts(_: Session, __: Draft) -> Draft:
        raise SimulationReverts("It would fail now.")

    await refused(session, local_chain, await payment(session), SimulationReverts, redraft=reverts)


async def test_a_policy_that_changed_since_refuses(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session)
    session.policies.set(Policy(slippage="0.1%"))
    await refused(session, local_chain, draft, Refused)


async def test_a_policy_widened_behind_the_seal_refuses(session: Session, local_chain: LocalChain) -> None:
    session.policies.set(Policy(slippage="0.1%"))
    session.seals.renew(session.accounts.open("main", PASSWORD).seal)
    tamper(session, "UPDATE policy SET body = ?", to_json(Policy()))
    await refused(session, local_chain, await payment(session), Refused)


async def test_a_contact_changed_behind_the_seal_refuses(session: Session, local_chain: LocalChain) -> None:
    session.contacts.add("bob", RECIPIENT)
    assert (await confirm(session, await payment(session, to=OTHER))).exit_code == 0
    tamper(session, "UPDATE contacts SET address = ?", OTHER)
    draft = await payment(session)
    with pytest.raises(Refused, match="contact"):
        await confirm(session, draft)
    assert nonce(local_chain, draft.account) == 1


async def test_a_confirmed_draft_rewritten_with_its_digest_is_refused(
    session: Session, local_chain: LocalChain
) -> None:
    draft = await payment(session)
    session.drafts.confirm(draft.id, draft.digest)
    unsealed = replace(draft, words="send everything")
    forged = replace(unsealed, digest=draft_digest(unsealed))
    tamper(session, "UPDATE drafts SET body = ?, digest = ?", to_json(forged), bytes(forged.digest))
    await refused(session, local_chain, forged, WrongDigest)


async def test_a_node_of_another_chain_is_not_asked(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await payment(session)
    monkeypatch.setattr(ChainClient, "chain_id", ChainId(1337))
    with pytest.raises(SaysoError, match="This draft is for Local chain"):
        await confirm(session, draft)


async def test_another_account_without_the_seal_cannot_confirm(session: Session, local_chain: LocalChain) -> None:
    added = session.accounts.create("second", "another password")
    assert not added.sealed
    with pytest.raises(SaysoError, match="does not open the seal"):
        session.accounts.open("second", "another password")
    session.accounts.seal("second", "another password", ("main", PASSWORD))
    session.accounts.lock(session.accounts.open("second", "another password"))


# What goes wrong on the way


async def test_a_failure_on_chain_is_told_and_the_rest_is_not_sent(session: Session, local_chain: LocalChain) -> None:
    usdc = Address(local_chain.token("USDC"))
    draft = await payment(session, (1, 2), to=usdc, data=b"\x12\x34\x56\x78")
    for _ in range(2):
        carried = await confirm(session, draft)
        assert (carried.exit_code, carried.outcome.status) == (6, "reverted")
        assert isinstance(carried.problem, Reverted) and "Not sent: step 2." in str(carried.problem)
        assert [step.status for step in carried.outcome.steps] == ["reverted", "not_sent"]
    assert nonce(local_chain, draft.account) == 1


async def test_accepted_but_the_answer_was_lost(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(real: Send, client: ChainClient, raw: bytes) -> str:
        await real(client, raw)
        raise lost()

    sending(monkeypatch, send)
    assert (await confirm(session, await payment(session))).exit_code == 0
    assert local_chain.balance(RECIPIENT) == 10**17


async def test_a_hash_was_returned_and_the_transaction_dropped(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chain.signed import transaction_hash

    async def send(_: Send, __: ChainClient, raw: bytes) -> str:
        return transaction_hash(raw)

    draft = await payment(session)
    with monkeypatch.context() as patch:
        sending(patch, send)
        carried = await confirm(session, draft, within=0.2)
        assert (carried.exit_code, carried.outcome.status) == (7, "unknown")
        assert isinstance(carried.problem, OutcomeUnknown) and "may still happen" in str(carried.problem)
    again = await confirm_draft(session, draft.id, draft.digest, no_password)
    assert (again.exit_code, local_chain.balance(RECIPIENT)) == (0, 10**17)
    assert len(session.ledger.attempts(draft.id, 0)) == 1


async def test_what_was_signed_is_pursued_after_expiry(
    session: Session, local_chain: LocalChain, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(_: Send, __: ChainClient, raw: bytes) -> str:
        raise lost()

    draft = await payment(session)
    with monkeypatch.context() as patch:
        sending(patch, send)
        assert (await confirm(session, draft, within=0.1)).exit_code == 7
    clock.at += 10_000
    assert (await pursue(session, draft.id, wait=True)).exit_code == 0
    assert local_chain.balance(RECIPIENT) == 10**17


async def test_a_signed_nonce_is_not_used_for_another_draft(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(_: Send, __: ChainClient, raw: bytes) -> str:
        raise lost()

    first, second = await payment(session), await payment(session, to=OTHER)
    with monkeypatch.context() as patch:
        sending(patch, send)
        assert (await confirm(session, first, within=0.1)).exit_code == 7
        with pytest.raises(Refused, match="not settled yet"):
            await confirm(session, second)
    assert (await confirm(session, first)).exit_code == 0
    assert (await confirm(session, second)).exit_code == 0
    assert (local_chain.balance(RECIPIENT), local_chain.balance(OTHER)) == (10**17, 10**17)


async def test_another_wallet_took_the_nonce(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await payment(session)

    async def send(real: Send, client: ChainClient, raw: bytes) -> str:
        local_chain.rpc("anvil_impersonateAccount", draft.account)
        local_chain.rpc("eth_sendTransaction", {"from": draft.account, "to": OTHER, "value": "0x5"})
        return await real(client, raw)

    with monkeypatch.context() as patch:
        sending(patch, send)
        carried = await confirm(session, draft)
    local_chain.rpc("anvil_stopImpersonatingAccount", draft.account)
    assert (carried.exit_code, carried.outcome.status) == (3, "not_sent")
    assert local_chain.balance(RECIPIENT) == 0
    slot = session.ledger.slot(draft.id, 0)
    assert slot is not None and slot.state is SlotState.CANCELLED
    assert (await confirm(session, await payment(session))).exit_code == 0


async def test_the_account_cannot_pay_any_more(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session)
    local_chain.rpc("anvil_setBalance", draft.account, "0x1")
    carried = await confirm(session, draft, within=0.2)
    assert (carried.exit_code, carried.outcome.status) == (7, "unknown")
    local_chain.fund(draft.account)
    assert (await confirm(session, draft)).exit_code == 0
    assert local_chain.balance(RECIPIENT) == 10**17


async def test_a_step_that_would_fail_after_the_first_is_not_signed(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session, (99 * ETHER, 99 * ETHER))
    carried = await confirm(session, draft)
    assert [step.status for step in carried.outcome.steps] == ["final", "not_sent"]
    assert carried.exit_code == 5
    assert session.ledger.slot(draft.id, 1) is None


async def test_a_reset_chain_is_told_and_never_signed_on(session: Session, local_chain: LocalChain) -> None:
    before = local_chain.rpc("evm_snapshot")
    kept = await payment(session)
    first = await confirm(session, kept)
    assert local_chain.rpc("evm_revert", before)
    draft = await payment(session)
    with pytest.raises(ChainWasReset, match="This local chain was reset") as caught:
        await confirm(session, draft)
    assert "forget-chain local" in caught.value.remedy
    assert session.ledger.slot(draft.id, 0) is None

    session.ledger.forget_chain(ChainId(31337))
    assert (await confirm_draft(session, kept.id, kept.digest, no_password)).outcome == first.outcome
    with pytest.raises(NotConfirmed):
        await confirm(session, draft)
    assert (await confirm(session, await payment(session))).exit_code == 0


async def test_looking_again_at_what_is_pending_changes_nothing(session: Session, local_chain: LocalChain) -> None:
    local_chain.rpc("evm_setAutomine", False)
    try:
        draft = await payment(session)
        assert (await confirm(session, draft, wait=False)).outcome.status == "sent"
        for _ in range(2):
            assert (await pursue(session, draft.id)).outcome.status == "sent"
    finally:
        local_chain.rpc("evm_setAutomine", True)
    local_chain.mine()
    assert (await pursue(session, draft.id)).outcome.status == "done"
    assert local_chain.balance(RECIPIENT) == 10**17


async def test_a_reorg_opens_it_again_and_it_happens_once(session: Session, local_chain: LocalChain) -> None:
    session.client.entry = replace(session.client.entry, finality_blocks=3)
    draft = await payment(session)
    first = await confirm(session, draft)
    assert [step.status for step in first.outcome.steps] == ["included"]
    local_chain.rpc("anvil_reorg", 1, [])
    again = await pursue(session, draft.id, wait=True)
    assert [step.status for step in again.outcome.steps] == ["included"]
    assert again.outcome.steps[0].block_hash != first.outcome.steps[0].block_hash
    assert (local_chain.balance(RECIPIENT), nonce(local_chain, draft.account)) == (10**17, 1)
    local_chain.mine(3)
    assert [step.status for step in (await pursue(session, draft.id)).outcome.steps] == ["final"]
    assert session.ledger.unsettled(draft.chain_id) == ()


async def test_everything_is_in_the_journal_and_under_the_seal(session: Session) -> None:
    draft = await payment(session)
    await confirm(session, draft)
    kinds = [entry.kind for entry in session.journal.entries() if entry.facts.get("draft") == draft.id]
    steps = ["nonce.reserved", "step.signed", "step.state", "step.state", "step.outcome"]
    assert kinds == ["draft.made", "draft.confirmed", *steps]
    report = session.seals.report(session.accounts.open("main", PASSWORD).seal)
    assert (report.through, report.problems) == (session.journal.head().number, ())
