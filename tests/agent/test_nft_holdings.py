"""NFTs that are held: from the sentence, by the shipped model, to the words of the answer, on the real local chain."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.answers import READS
from agent.answers.types import Answer
from agent.session import Session
from chain.errors import Refused, SayDifferently
from chain.rpc import RpcError
from contracts.recipe import load_recipe
from nlp.types import Action
from tests.agent.drafting_support import STRANGER, drafter, me
from tests.agent.reads_support import say, told
from tests.conftest import LocalChain

pytestmark = pytest.mark.anvil
MINT = "mint(address,uint256)"
MOVE = "transferFrom(address,address,uint256)"


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


@pytest.fixture
def otters(local_chain: LocalChain) -> str:
    (entry,) = local_chain.registry.collections_on(31337)
    return entry.address


def mint(chain: LocalChain, collection: str, to: str, *numbers: int) -> None:
    for number in numbers:
        chain.send_as(load_recipe().deployer, collection, MINT, to, number)


async def read(session: Session, **slots: str) -> Answer:
    found = await READS["nft_holdings"](session, Action("nft_holdings", slots))
    json.dumps(dict(found.data))
    return found


async def test_those_of_a_name_with_the_bait_marked(session: Session, snapshot: SnapshotAssertion) -> None:
    text = await told(session, "what nfts does alice.eth hold")
    assert text == snapshot
    assert "\x1b" not in text and "\u202e" not in text


async def test_none_is_said(session: Session) -> None:
    assert await told(session, "what nfts do i have") == "main holds no NFT on Local chain (ERC-721)."


async def test_one_collection_alone(session: Session, local_chain: LocalChain, otters: str) -> None:
    painted = local_chain.contract("test.painted-nft")
    mint(local_chain, otters, me(session), 11, 12)
    mint(local_chain, painted, me(session), 13)
    for sentence in ("show my nfts from moonlit otters", "show my otters nfts", f"show my nfts from {otters}"):
        text = await told(session, sentence)
        assert "Moonlit Otters (OTTER): 11, 12" in text and painted not in text
    text = await told(session, f"show my nfts from {painted}")
    assert f"the unlisted collection {painted}: 13" in text and "Nobody vouches" in text
    assert "main holds no NFT of Moonlit Otters (OTTER)" not in text


async def test_a_collection_that_is_not_there_is_asked_for(session: Session) -> None:
    reply = await say(session, "show my nfts from bored ape")
    assert isinstance(reply.trouble, SayDifferently)
    assert "'bored ape'" in reply.trouble.happened and "Moonlit Otters (OTTER)" in reply.trouble.remedy


async def test_what_was_moved_on_is_not_held(session: Session, local_chain: LocalChain, otters: str) -> None:
    mint(local_chain, otters, me(session), 21, 22)
    local_chain.send_as(me(session), otters, MOVE, me(session), STRANGER, 21)
    assert "Moonlit Otters (OTTER): 22" in await told(session, "what nfts do i have")


async def test_a_log_alone_is_no_token(session: Session, local_chain: LocalChain) -> None:
    """A contract may log that it gave an NFT; who holds it is what it answers to the call."""
    liar, topic = "0x" + "ad" * 20, "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
    receiver = me(session)[2:].lower().rjust(64, "0")
    # Reverts without ether; with it, logs Transfer(0, receiver, 9).
    code = "0x34600857600080fd5b6009" + f"7f{receiver}" + "6000" + f"7f{topic}" + "60006000a400"
    local_chain.rpc("anvil_setCode", liar, code)
    receipt = local_chain.send_as(me(session), liar, "anything()", value=1)
    assert len(receipt["logs"][0]["topics"]) == 4
    assert (await read(session)).data["collections"] == []


async def test_many_are_counted_and_not_all_named(session: Session, local_chain: LocalChain, otters: str) -> None:
    mint(local_chain, otters, me(session), *range(100, 125), 2**255)
    text = await told(session, "what nfts do i have")
    assert "118, 119 and 6 more" in text
    assert (await read(session)).data["collections"][0]["count"] == 26


async def test_more_than_is_asked_for_at_once_is_said(
    session: Session, local_chain: LocalChain, otters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.answers.nft_holdings.MOST_READ", 1)
    mint(local_chain, otters, me(session), 31, 32)
    mint(local_chain, local_chain.contract("test.painted-nft"), me(session), 33)
    text = await told(session, "what nfts do i have")
    assert "Moonlit Otters (OTTER): 32" in text, "what is listed is asked for first, the newest before the rest"
    assert "2 more tokens that were sent to it were not asked for." in text


async def test_a_node_without_logs_is_no_empty_answer(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = session.client.rpc

    async def without_logs(method: str, params: list[object]) -> object:
        if method == "eth_getLogs":
            raise RpcError(-32601, "method not found")
        return await asked(method, params)

    monkeypatch.setattr(session.client, "rpc", without_logs)
    reply = await say(session, "what nfts do i have")
    assert isinstance(reply.trouble, RpcError) and not reply.answers


async def test_what_cannot_be_meant_is_refused(session: Session) -> None:
    with pytest.raises(SayDifferently, match="Nobody is known"):
        await read(session, account="nobody")
    with pytest.raises(SayDifferently, match="No single NFT collection"):
        await read(session, collection="s")
    with pytest.raises(Refused, match="You asked about base"):
        await read(session, chain="base")
