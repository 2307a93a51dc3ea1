"""From a draft to its effects on the real local chain, and what is told when it goes otherwise."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.execute import confirm_draft
from agent.session import Session
from chain.values import Digest
from tests.agent.store_support import PASSWORD, RECIPIENT, make_scrypt_cheap, payer, payment, unchanged
from tests.conftest import LocalChain


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    make_scrypt_cheap(monkeypatch)
    async with payer(tmp_path / "home", local_chain) as opened:
        yield opened


async def test_a_payment_goes_from_draft_to_final(session: Session, local_chain: LocalChain) -> None:
    draft = await payment(session)
    carried = await confirm_draft(session, draft.id, draft.digest, PASSWORD, redraft=unchanged)
    assert carried.exit_code == 0
    assert [step.status for step in carried.outcome.steps] == ["final"]
    assert local_chain.balance(RECIPIENT) == 10**17
    assert session.drafts.outcome(draft.id) == carried.outcome
