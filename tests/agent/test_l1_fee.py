"""A rollup's fee for data on the chain below: kept back, shown, held to; on the local chain with an oracle put there."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.drafting import draft, recheck, redraft
from agent.refusals import ChecksRefuse
from agent.session import Session
from chain.errors import Refused
from chain.values import Verdict
from tests.agent.deceit_support import MSTORE, code, push
from tests.agent.drafting_support import ETHER, STRANGER, act, blocks, drafter, found
from tests.conftest import LocalChain

ORACLE = "0x420000000000000000000000000000000000000F"
PAY = act("transfer", amount="1", token="ETH", recipient=STRANGER)
ALL = act("transfer", amount="100%", token="ETH", recipient=STRANGER)


def charge(chain: LocalChain, wei_per_byte: int) -> None:
    """The oracle answers so much for each byte of what it is asked."""
    fee = b"\x36" + push(wei_per_byte) + b"\x02"
    chain.rpc("anvil_setCode", ORACLE, code(fee, push(0, 1), MSTORE, push(32, 1), push(0, 1), b"\xf3"))


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        opened.client.entry = replace(opened.client.entry, l1_fee_oracle=ORACLE)
        yield opened


async def test_it_stands_in_the_ceiling_of_every_step(session: Session, local_chain: LocalChain) -> None:
    charge(local_chain, 10**12)
    made = await draft(session, [PAY, act("wrap", amount="1")], "words")
    for step in made.steps:
        fees = step.fees
        assert fees.l1_fee > 2 * 100 * 10**12
        assert fees.ceiling == fees.gas_limit * fees.max_fee_per_gas + fees.l1_fee
    assert found(made, "value.l1_fee").verdict is Verdict.PASS


async def test_all_of_the_coin_leaves_it_behind(session: Session, local_chain: LocalChain) -> None:
    charge(local_chain, 10**13)
    (step,) = (await draft(session, [ALL], "words")).steps
    assert step.step.request.value + step.fees.ceiling == 100 * ETHER
    assert step.fees.l1_fee >= 2 * 100 * 10**13


async def test_without_the_money_for_it_there_is_no_card(session: Session, local_chain: LocalChain) -> None:
    charge(local_chain, ETHER)
    with pytest.raises(ChecksRefuse) as error:
        await draft(session, [PAY], "words")
    assert blocks(error.value.findings) == {"value.balance"}


async def test_more_than_was_kept_back_is_never_signed_on_the_old_card(
    session: Session, local_chain: LocalChain
) -> None:
    charge(local_chain, 10**12)
    made = await draft(session, [PAY], "words")
    charge(local_chain, 19 * 10**11)
    assert (await recheck(session, made)).changes == ()
    charge(local_chain, 3 * 10**12)
    assert blocks((await recheck(session, made)).findings) == {"value.l1_fee"}
    fresh = await redraft(session, made)
    assert fresh.id != made.id
    assert fresh.steps[0].fees.l1_fee > made.steps[0].fees.l1_fee


@pytest.mark.parametrize("oracle", ["0x", "0x00", "0x60006000fd"])
async def test_where_it_cannot_be_read_nothing_is_drafted_and_nothing_signed(
    session: Session, local_chain: LocalChain, oracle: str
) -> None:
    charge(local_chain, 10**12)
    made = await draft(session, [PAY], "words")
    local_chain.rpc("anvil_setCode", ORACLE, oracle)
    with pytest.raises(Refused, match="cannot be read"):
        await draft(session, [PAY], "words")
    with pytest.raises(Refused, match="cannot be read"):
        await recheck(session, made)
