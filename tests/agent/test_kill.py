"""The process is killed at every moment between a yes and its outcome: exactly one effect, and the truth is told."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.execute import confirm_draft
from agent.session import Session
from chain.values import Draft
from tests.agent.killed_support import MOMENTS
from tests.agent.store_support import PASSWORD, RECIPIENT, make_scrypt_cheap, payer, payment, unchanged
from tests.conftest import ROOT, LocalChain

UNSIGNED = ("after_confirm", "after_nonce", "after_signing")
ON_CHAIN = ("after_acceptance", "before_receipt", "in_receipt_handling", "before_commit")


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    make_scrypt_cheap(monkeypatch)
    async with payer(tmp_path / "home", local_chain) as opened:
        yield opened


def start(session: Session, chain: LocalChain, draft: Draft, moment: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.agent.killed_support", str(session.home.path), chain.rpc_url]
    return subprocess.Popen([*command, draft.id, draft.digest.hex(), moment], cwd=ROOT)


@pytest.mark.parametrize("moment", [moment for moment in MOMENTS if moment != "never"])
async def test_a_kill_leaves_one_effect_and_the_truth(session: Session, local_chain: LocalChain, moment: str) -> None:
    draft = await payment(session)
    assert start(session, local_chain, draft, moment).wait(60) == -9
    assert local_chain.balance(RECIPIENT) == (10**17 if moment in ON_CHAIN else 0)
    assert session.drafts.outcome(draft.id).status == told_after(moment)

    carried = await confirm_draft(session, draft.id, draft.digest, PASSWORD, redraft=unchanged)

    assert (carried.exit_code, carried.outcome.status) == (0, "done")
    assert local_chain.balance(RECIPIENT) == 10**17
    assert int(local_chain.rpc("eth_getTransactionCount", draft.account, "pending"), 16) == 1
    assert session.journal.verify().broken_at is None


def told_after(moment: str) -> str:
    """What the store alone can say truthfully: once the node took it, it is sent; signed and no more, it is unknown."""
    if moment in UNSIGNED:
        return "not_sent"
    return "sent" if moment in ON_CHAIN[1:] else "unknown"


async def test_a_kill_between_two_steps_goes_on_with_the_second(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session, (10**17, 2 * 10**17))
    assert start(session, local_chain, draft, "before_commit").wait(60) == -9
    carried = await confirm_draft(session, draft.id, draft.digest, PASSWORD, redraft=unchanged)
    assert [step.status for step in carried.outcome.steps] == ["final", "final"]
    assert local_chain.balance(RECIPIENT) == 3 * 10**17


async def test_two_processes_confirm_the_same_draft_and_it_happens_once(
    session: Session, local_chain: LocalChain
) -> None:
    draft = await payment(session)
    both = [start(session, local_chain, draft, "never") for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert local_chain.balance(RECIPIENT) == 10**17
    assert int(local_chain.rpc("eth_getTransactionCount", draft.account, "latest"), 16) == 1
    assert len(session.ledger.attempts(draft.id, 0)) == 1


async def test_two_processes_confirm_two_drafts_and_each_happens_once(
    session: Session, local_chain: LocalChain
) -> None:
    drafts = [await payment(session, (10**17,)), await payment(session, (2 * 10**17,))]
    both = [start(session, local_chain, draft, "never") for draft in drafts]
    assert [process.wait(60) for process in both] == [0, 0]
    assert local_chain.balance(RECIPIENT) == 3 * 10**17
