"""The checks on who is paid, on the real local chain."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.drafting import draft, prepare, scene_of
from agent.judge.recipient import looks_like
from agent.refusals import ChecksRefuse
from agent.session import Session
from chain.abi import checksum
from chain.values import Address, Policy, Verdict
from tests.agent.drafting_support import STRANGER, act, blocks, drafter, found, me
from tests.agent.store_support import PASSWORD
from tests.conftest import LocalChain

LIKE_FIRST = checksum(STRANGER[:6].lower() + "1" * 36)
LIKE_LAST = checksum("0x" + "1" * 36 + STRANGER[-4:].lower())


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


async def refused(session: Session, recipient: str, token: str = "ETH") -> set[str]:
    with pytest.raises(ChecksRefuse) as error:
        await draft(session, [act("transfer", amount="0.01", token=token, recipient=recipient)], "words")
    assert error.value.exit_code == 5
    return blocks(error.value.findings)


@pytest.mark.parametrize(
    "address",
    [
        "0x0000000000000000000000000000000000000000",
        "0x000000000000000000000000000000000000dead",
        "0xdead000000000000000000000000000000000000",
        "0xdead000000000000000042069420694206942069",
        "0xffffffffffffffffffffffffffffffffffffffff",
    ],
)
@pytest.mark.parametrize("token", ["ETH", "WETH"])
async def test_nobodys_addresses_are_refused(session: Session, address: str, token: str) -> None:
    assert "recipient.burn" in await refused(session, address, token)


@pytest.mark.parametrize("number", [1, 2, 9, 0x100, 0xFFFF])
async def test_parts_of_the_chain_are_blocked(session: Session, number: int) -> None:
    assert "recipient.precompile" in await refused(session, f"0x{number:040x}")


@pytest.mark.parametrize(("token", "contract"), [("USDC", "USDC"), ("USDC", "DAI"), ("ETH", "USDC"), ("ETH", "WETH")])
async def test_token_contracts_are_blocked(
    session: Session, local_chain: LocalChain, token: str, contract: str
) -> None:
    assert "recipient.contract" in await refused(session, local_chain.token(contract), token)


async def test_an_unlisted_token_is_not_sent_to_itself(session: Session, local_chain: LocalChain) -> None:
    painted = local_chain.contract("test.painted")
    local_chain.send_as(minter(local_chain), painted, "mint(address,uint256)", me(session), 10**18)
    assert "recipient.contract" in await refused(session, painted, painted)


async def test_protocol_contracts_are_blocked(session: Session, local_chain: LocalChain) -> None:
    assert "recipient.contract" in await refused(session, local_chain.contract("uniswap-v2.router"), "USDC")


def minter(local_chain: LocalChain) -> str:
    """Who may mint the recipe's tokens."""
    return checksum(local_chain.call(local_chain.contract("test.painted"), "minter()")[12:])


@pytest.mark.parametrize("like", [LIKE_FIRST, LIKE_LAST])
@pytest.mark.parametrize("anchor", ["contact", "past", "own"])
async def test_a_look_alike_of_an_anchor_is_blocked(session: Session, like: Address, anchor: str) -> None:
    scene = scene_of(session, me(session))
    if anchor == "contact":
        session.contacts.add("bob", STRANGER)
        scene = scene_of(session, me(session))
    elif anchor == "past":
        scene = replace(scene, past_recipients=frozenset({STRANGER}))
    else:
        scene = replace(scene, accounts={**scene.accounts, "savings": STRANGER})
    action = act("transfer", amount="0.01", token="ETH", recipient=like)
    with pytest.raises(ChecksRefuse, match="looks like") as error:
        await prepare(scene, [action], "words")
    assert blocks(error.value.findings) == {"recipient.lookalike"}
    lifted = replace(scene, policy=Policy(lifted_recipients=(like,)))
    made = await prepare(lifted, [action], "words")
    assert found(made, "recipient.lookalike").verdict is Verdict.WARN


@settings(deadline=None)
@given(st.binary(min_size=20, max_size=20), st.binary(min_size=20, max_size=20))
def test_looking_alike_is_symmetric_and_never_oneself(one: bytes, other: bytes) -> None:
    a, b = checksum(one), checksum(other)
    assert looks_like(a, b) == looks_like(b, a)
    assert not looks_like(a, a)
    mixed = checksum(one[:2] + other[2:])
    assert looks_like(a, mixed) == (mixed != a)


async def test_the_first_payment_takes_a_word_also_to_a_contact(session: Session) -> None:
    session.contacts.add("bob", STRANGER)
    made = await draft(session, [act("transfer", amount="1", token="ETH", recipient="bob")], "words")
    assert made.acks == ("first",)
    scene = replace(scene_of(session, me(session)), past_recipients=frozenset({STRANGER}))
    again = await prepare(scene, [act("transfer", amount="1", token="ETH", recipient="bob")], "words")
    assert again.acks == ()


async def test_an_own_account_is_no_first_time(session: Session) -> None:
    session.accounts.create("savings", PASSWORD)
    action = act("transfer", amount="1", token="ETH", recipient="savings", account="main")
    assert (await draft(session, [action], "words")).acks == ()


async def test_an_account_that_runs_code_takes_a_word(session: Session, local_chain: LocalChain) -> None:
    local_chain.rpc("anvil_setCode", STRANGER, "0xef0100" + "11" * 20)
    made = await draft(session, [act("transfer", amount="1", token="USDC", recipient=STRANGER)], "words")
    assert "delegated" in made.acks


async def test_checks_that_do_not_apply_say_so(session: Session) -> None:
    made = await draft(session, [act("wrap", amount="1")], "words")
    for check in ("recipient.burn", "recipient.name", "trade.slippage", "approval.spender", "recipient.dust"):
        assert found(made, check).verdict is Verdict.NOT_APPLICABLE
        assert found(made, check).message
