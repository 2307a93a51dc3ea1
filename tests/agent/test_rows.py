"""Limits and known recipients rest on rows: each that another program changed, added or took away is noticed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.actions import actions_to_json
from agent.drafting import draft as make
from agent.drafting import recheck
from agent.execute import confirm_draft
from agent.rows import check_rows
from agent.session import Session
from chain.errors import Refused
from chain.values import ChainId, Limit, Policy
from tests.agent.drafting_support import ETHER, STRANGER, act, drafter
from tests.agent.store_support import OTHER, PASSWORD, tamper
from tests.conftest import LocalChain

ONE = act("transfer", amount="1", token="ETH", recipient=STRANGER)


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


async def paid(session: Session) -> None:
    draft = await make(session, [ONE], "w")
    assert (await confirm_draft(session, draft.id, draft.digest, PASSWORD)).exit_code == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attempts SET signed_at = 1",
        "UPDATE attempts SET draft_id = draft_id, step = 0, signed_at = signed_at - 1",
        "DELETE FROM attempts",
        "UPDATE outcomes SET status = 'reverted'",
        "UPDATE outcomes SET body = replace(body, 'final', 'reverted')",
        "INSERT INTO outcomes SELECT id, 7, 'final', '0x1', '{}', 0 FROM drafts",
        "UPDATE slots SET life = 3",
        "UPDATE slots SET chain_id = 1",
        "INSERT INTO chains VALUES (31337, 1)",
        "UPDATE journal SET at = 1 WHERE kind = 'step.signed'",
        "DELETE FROM journal WHERE kind = 'step.signed'",
        "DELETE FROM journal",
        "UPDATE drafts SET digest = zeroblob(32)",
    ],
)
async def test_a_changed_row_empties_no_window(session: Session, local_chain: LocalChain, statement: str) -> None:
    session.policies.set(Policy(limits=(Limit(86_400, asset="ETH", amount=str(ETHER)),)))
    await paid(session)
    check_rows(session.store)
    tamper(session, statement)
    with pytest.raises(Refused, match=r"behind sayso's back|somebody changed it"):
        await make(session, [ONE], "w")
    assert local_chain.balance(STRANGER) == ETHER


async def test_a_rejected_draft_is_not_opened_again_by_a_row(session: Session, local_chain: LocalChain) -> None:
    draft = await make(session, [ONE], "w")
    session.drafts.reject(draft.id)
    tamper(session, "UPDATE drafts SET state = 'open'")
    with pytest.raises(Refused, match="behind sayso's back"):
        await confirm_draft(session, draft.id, draft.digest, PASSWORD)
    assert local_chain.balance(STRANGER) == 0


async def test_a_row_that_is_changed_after_drafting_is_met_before_signing(
    session: Session, local_chain: LocalChain
) -> None:
    session.policies.set(Policy(limits=(Limit(86_400, asset="ETH", amount=str(ETHER)),)))
    waiting = await make(session, [ONE], "w")
    await paid(session)
    tamper(session, "UPDATE attempts SET signed_at = 1")
    with pytest.raises(Refused):
        await confirm_draft(session, waiting.id, waiting.digest, PASSWORD)
    assert local_chain.balance(STRANGER) == ETHER


async def test_what_was_asked_cannot_be_changed_for_a_new_draft(session: Session, local_chain: LocalChain) -> None:
    draft = await make(session, [act("swap", amount_in="1", token_in="ETH", token_out="USDC")], "w")
    rows = actions_to_json([act("transfer", amount="9", token="ETH", recipient=OTHER)])
    tamper(session, "UPDATE drafts SET action = ?", rows)
    local_chain.set_price("ETH", "2600")
    assert (await recheck(session, draft)).changes
    with pytest.raises(Refused, match="somebody changed it"):
        await confirm_draft(session, draft.id, draft.digest, PASSWORD)
    assert local_chain.balance(OTHER) == 0


async def test_whom_a_test_chain_paid_is_known_there_alone_and_only_in_this_life(session: Session) -> None:
    await paid(session)
    here = session.client.chain_id
    assert session.drafts.recipients(here) == {STRANGER}
    assert session.drafts.recipients(ChainId(1)) == frozenset()
    session.ledger.forget_chain(here)
    assert session.drafts.recipients(here) == frozenset()
    check_rows(session.store)
