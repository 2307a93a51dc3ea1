"""A limit is the person's, not an account's: two accounts that confirm at once stay within it together."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.drafting import draft as make
from agent.execute import confirm_draft
from agent.session import Session
from chain.errors import SaysoError
from chain.values import Draft, Limit, Policy
from tests.agent.drafting_support import ETHER, STRANGER, act, drafter
from tests.agent.store_support import PASSWORD
from tests.conftest import LocalChain


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


async def draft_from(session: Session, account: str) -> Draft:
    pay = act("transfer", amount="0.6", token="ETH", recipient=STRANGER, account=account)
    return await make(session, [pay], "w")


async def test_two_accounts_at_once_stay_within_one_limit(session: Session, local_chain: LocalChain) -> None:
    first = session.accounts.default().name
    local_chain.fund(session.accounts.create("second", PASSWORD).info.address)
    session.policies.set(Policy(limits=(Limit(86_400, asset="ETH", amount=str(ETHER)),)))
    drafts = [await draft_from(session, name) for name in (first, "second")]

    async def confirmed(draft: Draft) -> int:
        try:
            return (await confirm_draft(session, draft.id, draft.digest, PASSWORD)).exit_code
        except SaysoError as error:
            return error.exit_code

    codes = await asyncio.gather(*map(confirmed, drafts))
    assert sorted(codes) == [0, 5]
    assert local_chain.balance(STRANGER) == 6 * 10**17
