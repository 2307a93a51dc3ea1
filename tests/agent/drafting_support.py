"""A session with a funded account on the real local chain, and actions as a parse would give them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.session import Session
from chain.abi import checksum
from chain.values import Address, Draft, Effect, EffectKind, Finding, Verdict
from nlp.types import Action
from tests.agent.store_support import make_scrypt_cheap, payer
from tests.conftest import LocalChain

STRANGER = checksum("0x0f4fe8ad1fbf6f55ab5171d42a4a7b5b0bd10a33")
ETHER = 10**18


@asynccontextmanager
async def drafter(tmp_path: Path, chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    """A session whose account 'main' holds what the local chain's recipe gives."""
    make_scrypt_cheap(monkeypatch)
    async with payer(tmp_path / "home", chain) as session:
        yield session


def act(intent: str, **slots: str) -> Action:
    """An action with text slots."""
    return Action(intent, slots)


def me(session: Session) -> Address:
    """The paying account."""
    return session.accounts.default().address


def effects(draft: Draft, step: int = -1) -> Mapping[EffectKind, Effect]:
    """The payer's promised effects of a step, by kind."""
    return {e.kind: e for e in draft.steps[step].step.promised if e.account == draft.account}


def found(draft: Draft, check: str) -> Finding:
    """The first finding of a check."""
    return next(finding for finding in draft.findings if finding.check == check)


def blocks(findings: tuple[Finding, ...]) -> set[str]:
    """The checks that block."""
    return {finding.check for finding in findings if finding.verdict is Verdict.BLOCK}
