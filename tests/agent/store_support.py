"""A home, a session and drafts of native payments, for the tests of what is stored, signed and sent."""

import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from agent.drafts import new_draft_id
from agent.session import Desk, Session, open_desk, open_session
from agent.settings import load_settings
from chain.client import ChainClient
from chain.digest import draft_digest, policy_hash
from chain.fees import fee_limits, quote_fees
from chain.values import (
    Address,
    Asset,
    AssetChange,
    Digest,
    Draft,
    DraftStep,
    Effect,
    EffectKind,
    FeeLimits,
    RawAmount,
    Step,
    StepSimulation,
    TransactionRequest,
    Wei,
)
from tests.conftest import LocalChain

PASSWORD = "a test password"
RECIPIENT = Address("0x1111111111111111111111111111111111111111")
OTHER = Address("0x2222222222222222222222222222222222222222")
CHEAP = 2**4


def make_scrypt_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are tried at a cost that tests can afford; one test in test_accounts keeps the real one."""
    monkeypatch.setattr("chain.keystore.SCRYPT_N", CHEAP)
    monkeypatch.setattr("agent.store.sealed.SCRYPT_N", CHEAP)


@asynccontextmanager
async def payer(home: Path, chain: LocalChain, clock: Callable[[], float] = time.time) -> AsyncIterator[Session]:
    """A session on the local chain with one funded account, 'main', under PASSWORD."""
    settings = load_settings({"rpc_url": chain.rpc_url}, {"SAYSO_HOME": str(home)})
    session = await open_session(settings, clock=clock)
    try:
        if not session.accounts.list():
            chain.fund(session.accounts.create("main", PASSWORD).info.address)
        yield session
    finally:
        await session.close()


@contextmanager
def desk_at(home: Path, clock: Callable[[], float] = time.time) -> Iterator[Desk]:
    """A desk without a chain."""
    with open_desk(load_settings({}, {"SAYSO_HOME": str(home)}), clock=clock) as desk:
        yield desk


@dataclass
class Clock:
    """A clock that stands where a test puts it."""

    at: float = 1_800_000_000

    def __call__(self) -> float:
        return self.at


def tamper(desk: Desk, statement: str, *values: object) -> None:
    """Change the database as another program could."""
    with sqlite3.connect(desk.store.path) as connection:
        connection.execute(statement, values)
    connection.close()


async def payment(
    session: Session, values: Sequence[int] = (10**17,), *, to: Address = RECIPIENT, data: bytes = b"", ttl: int = 300
) -> Draft:
    """A stored draft of native payments, one step each."""
    fees = fee_limits(await quote_fees(session.client), 60_000 if data else 21_000)
    draft = sealed(session, session.client, [_step(session, value, to, data, fees) for value in values], ttl)
    session.drafts.save(draft)
    return draft


def sealed(desk: Desk, client: ChainClient, steps: Sequence[DraftStep], ttl: int = 300) -> Draft:
    """The draft of these steps, its digest set."""
    now = desk.now()
    draft = Draft(
        id=new_draft_id(),
        account=steps[0].step.request.sender,
        chain_id=client.chain_id,
        steps=tuple(steps),
        findings=(),
        policy_hash=policy_hash(desk.policies.current()),
        block_number=1,
        block_hash="0x" + "11" * 32,
        simulation_method="eth_simulateV1",
        created_at=now,
        expires_at=now + ttl,
        words="send some eth",
        digest=Digest(b""),
    )
    return replace(draft, digest=draft_digest(draft))


def _step(session: Session, value: int, to: Address, data: bytes, fees: FeeLimits) -> DraftStep:
    account, chain_id = session.accounts.default().address, session.client.chain_id
    ether = Asset(chain_id, None, "ETH", 18)
    promised = (Effect(EffectKind.OUT, ether, account, RawAmount(value), to),)
    request = TransactionRequest(chain_id, account, to, Wei(value), data)
    changes = (AssetChange(None, account, -value), AssetChange(None, to, value))
    return DraftStep(Step("transfer", request, promised), fees, StepSimulation(True, fees.gas_limit, changes))


async def unchanged(session: Session, draft: Draft) -> Draft:
    """A second look that finds nothing new."""
    return draft
