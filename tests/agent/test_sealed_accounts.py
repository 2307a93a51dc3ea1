"""Own accounts are those under the seal: another one, made or imported without its password, is a stranger to every limit."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.accounts import Accounts, Added
from agent.drafting import draft as make
from agent.drafting import scene_of
from agent.execute import confirm_draft
from agent.refusals import ChecksRefuse
from agent.session import Session
from chain.errors import Refused
from chain.values import Limit, Policy, Verdict
from tests.agent.drafting_support import ETHER, act, blocks, drafter, found, me
from tests.agent.store_support import OTHER, PASSWORD, payment, tamper, unchanged
from tests.conftest import LocalChain

OTHER_PASSWORD = "another test password"


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        parts = opened.accounts.keystore, opened.seals, opened.journal
        yield replace(opened, accounts=Accounts(*parts, "main"))


def import_second(session: Session, password: str) -> Added:
    return session.accounts.add_imported(lambda keys: keys.import_key("second", "11" * 32, password), password)


async def test_an_imported_account_lifts_no_limit(session: Session) -> None:
    session.policies.set(
        Policy(limits=(Limit(0, asset="ETH", amount=str(10**17)),), allowed_recipients=(OTHER,)),
    )
    second = import_second(session, OTHER_PASSWORD)
    assert not second.sealed
    with pytest.raises(ChecksRefuse) as caught:
        await make(session, [act("transfer", amount="50", token="ETH", recipient=second.info.address)], "w")
    assert {"limits.transaction", "limits.recipients"} <= blocks(caught.value.findings)


async def test_an_imported_account_is_paid_for_the_first_time(session: Session) -> None:
    second = import_second(session, OTHER_PASSWORD)
    draft = await make(session, [act("transfer", amount="1", token="ETH", recipient="second")], "w")
    assert found(draft, "recipient.first_time").verdict is Verdict.WARN
    main = session.accounts.find("main").name
    session.accounts.seal("second", OTHER_PASSWORD, (main, PASSWORD))
    draft = await make(session, [act("transfer", amount="1", token="ETH", recipient=second.info.address)], "w")
    assert found(draft, "recipient.first_time").verdict is Verdict.PASS


async def test_what_went_to_it_counts_into_the_window(session: Session) -> None:
    session.policies.set(Policy(limits=(Limit(86_400, asset="ETH", amount=str(ETHER)),)))
    second = import_second(session, OTHER_PASSWORD)
    whole = act("transfer", amount="1", token="ETH", recipient=second.info.address)
    draft = await make(session, [whole], "w")
    assert (await confirm_draft(session, draft.id, draft.digest, PASSWORD)).exit_code == 0
    with pytest.raises(ChecksRefuse):
        await make(session, [whole], "w")


async def test_an_account_with_the_password_of_the_seal_is_an_own_one(session: Session) -> None:
    second = import_second(session, PASSWORD)
    assert second.sealed
    assert session.seals.enrolled() == {me(session), second.info.address} == scene_of(session, me(session)).own


async def test_an_account_written_among_those_that_open_the_seal_signs_nothing(
    session: Session, local_chain: LocalChain
) -> None:
    second = import_second(session, OTHER_PASSWORD).info.address
    tamper(session, "INSERT INTO seal_keys SELECT ?, wrapped FROM seal_keys", second)
    assert second not in session.seals.enrolled()
    draft = await payment(session)
    with pytest.raises(Refused, match="accounts that open the seal"):
        await confirm_draft(session, draft.id, draft.digest, PASSWORD, redraft=unchanged)


async def test_nothing_unsealed_moves_unasked(session: Session) -> None:
    second = import_second(session, OTHER_PASSWORD)
    assert second.info.address in scene_of(session, me(session)).held


@pytest.mark.parametrize("gone", [("seals", "seal_keys", "policy"), ("seal_keys",)])
async def test_a_removed_seal_is_told_as_such_and_never_begun_anew(session: Session, gone: tuple[str, ...]) -> None:
    session.policies.set(Policy(limits=(Limit(86_400, asset="ETH", amount=str(ETHER)),)))
    for table in gone:
        tamper(session, f"DELETE FROM {table}")
    draft = await payment(session)
    with pytest.raises(Refused, match="was removed from the database"):
        await confirm_draft(session, draft.id, draft.digest, PASSWORD, redraft=unchanged)
    with pytest.raises(Refused, match="was removed from the database"):
        session.accounts.seal("main", PASSWORD)
    with pytest.raises(Refused, match="was removed from the database"):
        session.accounts.create("third", PASSWORD)
    assert [info.name for info in session.accounts.list()] == ["main"]
