"""What an account did and got: from the sentence, by the shipped model, to the words, on the real local chain."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.answers import READS
from agent.answers.types import Answer
from agent.execute import confirm_draft
from agent.session import Session
from chain.errors import OutcomeUnknown, Refused, SayDifferently
from chain.rpc import RpcError
from contracts.recipe import load_recipe
from nlp.types import Action
from tests.agent.drafting_support import STRANGER, me
from tests.agent.reads_support import say, told
from tests.agent.store_support import PASSWORD, RECIPIENT, Clock, make_scrypt_cheap, payer, payment, unchanged
from tests.conftest import LocalChain

pytestmark = pytest.mark.anvil
DAY = 86400
SEND = "transfer(address,uint256)"
PULL = "transferFrom(address,address,uint256)"


@pytest.fixture
def clock(local_chain: LocalChain) -> Clock:
    return Clock(int(local_chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16))


@pytest.fixture
async def session(
    tmp_path: Path, local_chain: LocalChain, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Session]:
    make_scrypt_cheap(monkeypatch)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    async with payer(tmp_path / "home", local_chain, clock) as opened:
        yield opened


def still(text: str) -> str:
    """Without what differs at each run."""
    text = re.sub(r"20\d\d-\d\d-\d\d \d\d:\d\d [A-Z]{3,4}", "<time>", text)
    text = re.sub(r"block \d+, 0x[0-9a-f]{64}", "<block and hash>", text)
    return re.sub(r"draft [a-z0-9]{10}", "<draft>", text)


async def read(session: Session, **slots: str) -> Answer:
    found = await READS["history"](session, Action("history", slots))
    json.dumps(dict(found.data))
    return found


async def test_the_past_of_a_name_with_its_bait(session: Session, snapshot: SnapshotAssertion) -> None:
    text = await told(session, "last 20 transactions of alice.eth")
    assert still(text) == snapshot
    assert "2023-11-1" in text and "CET" in text


async def test_what_came_in_this_week(session: Session, local_chain: LocalChain, snapshot: SnapshotAssertion) -> None:
    session.contacts.add("bob", RECIPIENT)
    local_chain.fund(RECIPIENT)
    local_chain.send_as(RECIPIENT, local_chain.token("USDC"), SEND, me(session), 50 * 10**6)
    text = await told(session, "what did i receive this week")
    assert "received 50 USDC from bob (contact)" in text.splitlines()[1]
    local_chain.send_as(me(session), local_chain.token("USDC"), SEND, me(session), 1)
    assert "sent 0.000001 USDC to itself" in await told(session, "my usdc history")
    assert still(await told(session, "my usdc history")) == snapshot


async def test_own_transactions_say_what_they_did(session: Session, snapshot: SnapshotAssertion) -> None:
    made = await payment(session, [10**17])
    await confirm_draft(session, made.id, made.digest, PASSWORD, redraft=unchanged)
    text = await told(session, "show my last 2 transactions")
    assert still(text) == snapshot
    data = (await read(session, limit="1")).data
    (entry,) = data["entries"]
    assert (entry["intent"], entry["draft"], entry["status"]) == ("transfer", made.id, "final")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", entry["time"])


async def test_one_coin_leaves_the_others_out(session: Session) -> None:
    text = await told(session, "my usdc history")
    assert "received 10000 USDC, newly made" in text and "DAI" not in text
    eth = await told(session, "my eth history")
    assert "No transaction of ETH of main" in eth and "leaves no logs" in eth


async def test_the_nfts_of_one_collection(session: Session, local_chain: LocalChain) -> None:
    (otters,) = local_chain.registry.collections_on(31337)
    for named in ("OTTER", otters.address):
        answer = await read(session, token=named, account="alice.eth", limit="9")
        words = [line for entry in answer.data["entries"] for line in entry["words"]]
        assert len(words) == 4 and all("Moonlit Otters" in line for line in words)


async def test_a_transaction_that_is_in_no_block_comes_first(session: Session, local_chain: LocalChain) -> None:
    made = await payment(session, [10**17])
    local_chain.rpc("evm_setAutomine", False)
    try:
        with pytest.raises(OutcomeUnknown):
            carried = await confirm_draft(session, made.id, made.digest, PASSWORD, redraft=unchanged, within=0.5)
            raise carried.problem or AssertionError("it was mined")
        text = await told(session, "show my last 2 transactions")
    finally:
        local_chain.rpc("evm_setAutomine", True)
    assert "was to give 0.1 ETH to" in text.splitlines()[1]
    assert "in no block yet, 0x" in text.splitlines()[2]


async def test_a_period_ends_where_it_says(session: Session, clock: Clock) -> None:
    assert "No transaction of alice.eth on Local chain was found in the last 30 days." in await told(
        session, "history of alice.eth"
    )
    assert (await read(session, account="alice.eth", period="P10Y", limit="100")).data["entries"]
    clock.at += 8 * DAY
    assert "was found in the last week" in await told(session, "what did i receive this week")
    assert "received 10000 USDC" in await told(session, "history of main")


async def test_so_many_and_then_more_is_offered(session: Session) -> None:
    text = await told(session, "show my last 2 transactions")
    assert text.count("block ") == 2
    assert "There may be more. Ask for them, such as: my last 4 transactions." in text


async def test_a_forged_coin_is_marked_and_not_hidden(session: Session, local_chain: LocalChain) -> None:
    forged, painted = local_chain.contract("test.forged-usdc"), local_chain.contract("test.painted")
    for token in (forged, painted):
        local_chain.send_as(load_recipe().deployer, token, "mint(address,uint256)", me(session), 999)
    text = await told(session, "show my last 2 transactions")
    assert f"received 999 raw units of the unlisted token {forged}" in text
    assert "It is NOT USDC." in text
    assert "\x1b" not in text and "\u202e" not in text and "\\u{202e}" in text
    data = (await read(session, limit="2")).data["entries"]
    assert all(not move["listed"] for entry in data for move in entry["transfers"])


async def test_a_transfer_of_nothing_is_marked(session: Session, local_chain: LocalChain) -> None:
    local_chain.rpc("anvil_setBalance", STRANGER, hex(10**18))
    local_chain.send_as(STRANGER, local_chain.token("USDC"), PULL, me(session), STRANGER, 0)
    text = await told(session, "show my last 1 transactions")
    assert f"sent 0 USDC to {STRANGER}" in text and "Never copy an address from there" in text


async def test_what_was_not_searched_is_said(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chain.logs.MOST_REQUESTS", 1)
    monkeypatch.setattr("chain.logs.Width.__init__.__defaults__", (2, 0, None, 0, 5))
    text = await told(session, "my usdc history")
    assert "Older ones are missing here" in text
    assert (await read(session)).data["searched"]["complete"] is False


async def test_a_node_without_logs_is_no_empty_history(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = session.client.rpc

    async def without_logs(method: str, params: list[object]) -> object:
        if method == "eth_getLogs":
            raise RpcError(-32601, "method not found")
        return await asked(method, params)

    monkeypatch.setattr(session.client, "rpc", without_logs)
    reply = await say(session, "show my transaction history")
    assert isinstance(reply.trouble, RpcError) and not reply.answers


async def test_what_cannot_be_meant_is_asked_for(session: Session) -> None:
    with pytest.raises(SayDifferently, match="There is no token 'USDCC'"):
        await read(session, token="USDCC")
    with pytest.raises(SayDifferently, match="no length of time"):
        await read(session, period="soon")
    with pytest.raises(Refused, match="You asked about base"):
        await read(session, chain="base")
