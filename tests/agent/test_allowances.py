"""Who may take what: from the sentence, by the shipped model, to the words of the answer, on the real local chain."""

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
from chain.values import UNLIMITED
from contracts.recipe import load_recipe
from nlp.types import Action
from tests.agent.drafting_support import STRANGER, drafter, me
from tests.agent.reads_support import say, told
from tests.conftest import LocalChain

pytestmark = pytest.mark.anvil
APPROVE = "approve(address,uint256)"


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


@pytest.fixture
def allowing(session: Session, local_chain: LocalChain) -> Session:
    """An account that lets Uniswap take USDC without a limit and 5 DAI, a stranger 3 LINK, and nobody USDT any more."""
    v2, v3 = (local_chain.contract(f"uniswap-{v}.router") for v in ("v2", "v3"))
    for symbol, spender, raw in (
        ("USDC", v3, UNLIMITED),
        ("DAI", v2, 5 * 10**18),
        ("LINK", STRANGER, 3 * 10**18),
        ("USDT", v2, 7),
        ("USDT", v2, 0),
    ):
        local_chain.send_as(me(session), local_chain.token(symbol), APPROVE, spender, raw)
    return session


async def read(session: Session, **slots: str) -> Answer:
    found = await READS["allowances"](session, Action("allowances", slots))
    json.dumps(dict(found.data))
    return found


def shown(answer: Answer) -> list[tuple[str, str | None]]:
    return [(row["token"]["name"], row["spender"]["name"]) for row in answer.data["allowances"]]


async def test_all_that_stands(allowing: Session, snapshot: SnapshotAssertion) -> None:
    assert await told(allowing, "show my allowances") == snapshot


async def test_of_one_coin(allowing: Session, snapshot: SnapshotAssertion) -> None:
    assert await told(allowing, "who can spend my usdc") == snapshot


async def test_by_a_protocol_is_by_all_its_contracts(allowing: Session, snapshot: SnapshotAssertion) -> None:
    assert await told(allowing, "what can uniswap spend of mine") == snapshot


async def test_of_a_name_with_its_nfts(session: Session, snapshot: SnapshotAssertion) -> None:
    assert await told(session, "show allowances of alice.eth") == snapshot


async def test_nothing_is_allowed(session: Session) -> None:
    assert await told(session, "show my allowances") == "Others may take nothing from main on Local chain."
    assert "nothing of DAI from main" in await told(session, "who can spend my dai")


async def test_the_data_says_what_is_at_risk(allowing: Session) -> None:
    answer = await read(allowing)
    usdc = next(row for row in answer.data["allowances"] if row["token"]["name"] == "USDC")
    assert (usdc["unlimited"], usdc["at_risk"]["amount"], usdc["worth_at_risk"]) == (True, str(10**10), "10000")
    link = next(row for row in answer.data["allowances"] if row["token"]["name"] == "LINK")
    assert (link["spender"], link["worth_at_risk"]) == (
        {"address": STRANGER, "name": None, "kind": "plain account"},
        "45",
    )
    assert answer.data["worth_at_risk"] == "10050"
    assert answer.data["searched"]["complete"] is True


async def test_a_coin_is_at_risk_once_whoever_takes_it(session: Session, local_chain: LocalChain) -> None:
    for version in ("v2", "v3"):
        spender = local_chain.contract(f"uniswap-{version}.router")
        local_chain.send_as(me(session), local_chain.token("USDC"), APPROVE, spender, UNLIMITED)
    answer = await read(session)
    assert len(answer.data["allowances"]) == 2
    assert answer.data["worth_at_risk"] == "10000"


async def test_a_contract_that_nobody_knows_is_told_from_an_account(session: Session, local_chain: LocalChain) -> None:
    local_chain.rpc("anvil_setCode", STRANGER, "0x00")
    local_chain.send_as(me(session), local_chain.token("DAI"), APPROVE, STRANGER, 1)
    assert f"{STRANGER} (unknown contract)" in await told(session, "show my allowances")
    session.contacts.add("bob", STRANGER)
    assert "bob (contact)" in await told(session, "show my allowances")


def claim_approval(session: Session, chain: LocalChain, token: str, otherwise: str) -> None:
    """Has a contract at `token` log an approval of STRANGER by the account; what else it is asked it answers by that code."""
    topic = "8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925"
    owner, spender = (word[2:].lower().rjust(64, "0") for word in (me(session), STRANGER))
    log = f"60016000527f{spender}7f{owner}7f{topic}60206000a300"
    # With ether it goes on at byte 9, else at byte 4.
    chain.rpc("anvil_setCode", token, f"0x34600957{otherwise.ljust(10, '0')}5b{log}")
    chain.send_as(me(session), token, "anything()", value=1)


async def test_a_log_alone_is_no_allowance(session: Session, local_chain: LocalChain) -> None:
    """A token may log an approval of anybody; what it answers to the call counts, and where it answers nothing that is said."""
    claim_approval(session, local_chain, "0x" + "ad" * 20, "600080fd00")
    (row,) = (await read(session)).data["allowances"]
    assert (row["token"]["listed"], row["status"], row["at_risk"]) == (False, "unknown", None)
    assert f"the unlisted token {row['token']['address']}" in await told(session, "show my allowances")


async def test_a_token_that_burns_all_gas_hides_no_other(session: Session, local_chain: LocalChain) -> None:
    claim_approval(session, local_chain, "0x" + "ad" * 20, "5b600456")
    local_chain.send_as(me(session), local_chain.token("LINK"), APPROVE, STRANGER, 5)
    link, burner = (await read(session)).data["allowances"]
    assert (link["token"]["name"], link["allowance"]["amount"]) == ("LINK", "5")
    assert burner["status"] == "unknown"


async def test_an_nft_that_was_given_away_is_not_allowed_any_more(session: Session, local_chain: LocalChain) -> None:
    (otters,) = local_chain.registry.collections_on(31337)
    local_chain.send_as(load_recipe().deployer, otters.address, "mint(address,uint256)", me(session), 50)
    local_chain.send_as(me(session), otters.address, APPROVE, STRANGER, 50)
    assert "NFT 50" in await told(session, "show my allowances")
    local_chain.send_as(me(session), otters.address, "transferFrom(address,address,uint256)", me(session), STRANGER, 50)
    local_chain.rpc("anvil_setBalance", STRANGER, hex(10**18))
    local_chain.send_as(STRANGER, otters.address, APPROVE, STRANGER, 50)
    assert shown(await read(session)) == []


async def test_the_native_coin_has_no_allowances(session: Session) -> None:
    assert "ETH itself cannot be allowed" in await told(session, "who can spend my eth")


async def test_logs_that_the_node_does_not_give_are_no_empty_answer(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = session.client.rpc

    async def without_logs(method: str, params: object) -> object:
        if method == "eth_getLogs":
            raise RpcError(-32601, "method not found")
        return await asked(method, params)  # type: ignore[arg-type]

    monkeypatch.setattr(session.client, "rpc", without_logs)
    reply = await say(session, "show my allowances")
    assert isinstance(reply.trouble, RpcError) and not reply.answers


async def test_what_was_not_searched_is_said(allowing: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chain.logs.MOST_REQUESTS", 1)
    monkeypatch.setattr("chain.logs.Width.__init__.__defaults__", (1, 0, None, 0, 5))
    text = await told(allowing, "show my allowances")
    assert "Older ones are missing here" in text
    assert "uniswap-v3.router" in text, "what the known contracts may take is read without the logs"
    assert (await read(allowing)).data["searched"]["complete"] is False


async def test_whom_nobody_knows_is_asked_for(session: Session) -> None:
    with pytest.raises(SayDifferently, match="Nobody is known"):
        await read(session, spender="aavve")
    with pytest.raises(Refused, match="You asked about base"):
        await read(session, chain="base")
