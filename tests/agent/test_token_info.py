"""What a token is: from the sentence, by the shipped model, to the words of the answer, on the real local chain."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.answers import READS
from agent.answers.types import Answer
from agent.session import Session
from chain.contract_abi.proxies import IMPLEMENTATION_SLOT
from chain.errors import Refused, SayDifferently
from nlp.types import Action
from tests.agent.drafting_support import STRANGER, drafter
from tests.agent.reads_support import say, told
from tests.conftest import LocalChain

pytestmark = pytest.mark.anvil


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


async def read(session: Session, **slots: str) -> Answer:
    found = await READS["token_info"](session, Action("token_info", slots))
    json.dumps(dict(found.data))
    return found


def still(text: str) -> str:
    """Without what differs at each run."""
    return re.sub(r"\([\w ]+ old, by", "(<age> old, by", text)


@pytest.mark.parametrize("sentence", ["token info for link", "total supply of LINK"])
async def test_a_listed_token(session: Session, sentence: str, snapshot: SnapshotAssertion) -> None:
    assert still(await told(session, sentence)) == snapshot


async def test_the_own_coin_of_the_chain(session: Session, snapshot: SnapshotAssertion) -> None:
    assert still(await told(session, "token info for eth")) == snapshot


async def test_a_token_that_is_not_listed_is_warned_of(
    session: Session, local_chain: LocalChain, snapshot: SnapshotAssertion
) -> None:
    forged = await told(session, f"token info for {local_chain.contract('test.forged-usdc')}")
    assert f"It is NOT the listed USDC, which is at {local_chain.token('USDC')}." in forged
    assert forged == snapshot
    painted = await told(session, f"token info for {local_chain.contract('test.painted')}")
    assert "\x1b" not in painted and "\u202e" not in painted and "NOT LISTED" in painted
    assert (await read(session, token=local_chain.contract("test.painted"))).data["symbol"] is None


async def test_a_proxy_is_told(session: Session, local_chain: LocalChain) -> None:
    place, behind = local_chain.token("DAI"), local_chain.token("USDC")
    local_chain.rpc("anvil_setStorageAt", place, IMPLEMENTATION_SLOT, "0x" + "00" * 12 + behind[2:])
    assert f"it is a proxy (ERC-1967) for {behind}." in await told(session, "token info for dai")
    assert (await read(session, token="DAI")).data["implementation"] == behind


async def test_without_a_price_the_reason_is_said(session: Session, local_chain: LocalChain) -> None:
    local_chain.set_price("LINK", "15", updated_at=1_700_000_000)
    found = await read(session, token="FALSY")
    assert found.data["price"] is None and found.data["why_unpriced"]
    assert any(str(part).startswith("No price: ") for part in found.parts)


async def test_a_token_that_does_not_say_its_supply_is_unknown(session: Session, local_chain: LocalChain) -> None:
    # Answers 18 to decimals() (0x313ce567), and reverts otherwise.
    code = "0x60003560e01c63313ce5671460145760006000fd5b601260005260206000f3"
    local_chain.rpc("anvil_setCode", STRANGER, code)
    text = await told(session, f"token info for {STRANGER}")
    assert "Total supply: unknown, the token did not answer." in text
    assert (await read(session, token=STRANGER)).data["total_supply"] is None


async def test_what_is_no_token_is_said(session: Session) -> None:
    reply = await say(session, f"token info for {STRANGER}")
    assert isinstance(reply.trouble, Refused) and "does not say its decimals" in reply.trouble.happened
    with pytest.raises(SayDifferently, match="There is no token 'LINKK'"):
        await read(session, token="LINKK")
    with pytest.raises(Refused, match="You asked about base"):
        await read(session, token="LINK", chain="base")
