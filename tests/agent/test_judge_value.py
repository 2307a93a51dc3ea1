"""Limits, allowed recipients, forged tokens, and what unknown means for large sums; on the real local chain."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.drafting import draft, prepare, scene_of
from agent.execute import confirm_draft
from agent.refusals import ChecksRefuse
from agent.scene import Scene, Spending
from agent.session import Session
from chain.abi import checksum
from chain.values import Effect, EffectKind, Limit, Policy, RawAmount, Verdict
from nlp.types import Action
from tests.agent.drafting_support import ETHER, STRANGER, act, blocks, drafter, found, me
from tests.agent.store_support import PASSWORD
from tests.conftest import LocalChain

DAY = 86_400


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


@pytest.fixture
def scene(session: Session) -> Scene:
    return scene_of(session, me(session))


def pay(amount: str, token: str = "ETH", recipient: str = STRANGER) -> Action:
    return act("transfer", amount=amount, token=token, recipient=recipient)


def under(scene: Scene, *limits: Limit, **rules: object) -> Scene:
    return replace(scene, policy=Policy(limits=limits, **rules))  # type: ignore[arg-type]


async def refused(scene: Scene, *actions: Action) -> set[str]:
    with pytest.raises(ChecksRefuse) as error:
        await prepare(scene, actions, "words")
    return blocks(error.value.findings)


async def test_a_token_limit_holds_to_the_unit(scene: Scene) -> None:
    limited = under(scene, Limit(0, asset="USDC", amount="5000000"))
    made = await prepare(limited, [pay("5", "USDC"), pay("1", "ETH")], "words")
    assert found(made, "limits.transaction").verdict is Verdict.PASS
    assert await refused(limited, pay("5.000001", "USDC")) == {"limits.transaction"}


async def test_a_limit_is_not_passed_by_splitting(scene: Scene) -> None:
    limited = under(scene, Limit(0, asset="USDC", amount="5000000"))
    assert await refused(limited, pay("3", "USDC"), pay("3", "USDC")) == {"limits.transaction"}


async def test_a_fiat_limit_counts_all_assets(scene: Scene) -> None:
    limited = under(scene, Limit(0, fiat="200 USD"))
    assert (await prepare(limited, [pay("0.04"), pay("100", "USDC")], "words")).steps
    assert await refused(limited, pay("0.04"), pay("100.01", "USDC")) == {"limits.transaction"}
    assert await refused(limited, act("swap", amount_in="0.1", token_in="ETH", token_out="USDC")) == {
        "limits.transaction"
    }


async def test_a_fiat_limit_in_another_currency(scene: Scene) -> None:
    limited = under(scene, Limit(0, fiat="100 EUR"))
    assert (await prepare(limited, [pay("108", "USDC")], "words")).steps
    assert await refused(limited, pay("108.01", "USDC")) == {"limits.transaction"}


async def test_a_fiat_limit_without_a_price_is_not_passed(scene: Scene, local_chain: LocalChain) -> None:
    limited = under(scene, Limit(0, fiat="200 USD"))
    now = int(local_chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    local_chain.set_price("LINK", "15", updated_at=now - 2 * DAY)
    assert await refused(limited, pay("0.001", "LINK")) == {"limits.transaction"}
    assert await refused(under(scene, Limit(0, fiat="200 XYZ")), pay("0.001")) == {"limits.transaction"}


async def test_a_window_counts_what_left_within_it(scene: Scene) -> None:
    day = Limit(DAY, asset="ETH", amount=str(ETHER))
    gone = Effect(EffectKind.OUT, scene.native, scene.account, RawAmount(6 * ETHER // 10), STRANGER)
    before = Spending(scene.now - 3600, gone)
    limited = replace(under(scene, day), spent=(before,))
    assert (await prepare(limited, [pay("0.4")], "words")).steps
    assert await refused(limited, pay("0.41")) == {"limits.window"}
    old = replace(limited, spent=(replace(before, at=scene.now - DAY - 1),))
    assert (await prepare(old, [pay("1")], "words")).steps


async def test_what_was_signed_counts_and_what_was_wrapped_does_not(session: Session) -> None:
    session.policies.tighten(Policy(limits=(Limit(DAY, asset="ETH", amount=str(ETHER)),)))
    for action in (act("wrap", amount="5"), pay("0.7")):
        made = await draft(session, [action], "words")
        assert (await confirm_draft(session, made.id, made.digest, PASSWORD)).exit_code == 0
    with pytest.raises(ChecksRefuse, match=r"1\.1 ETH within 24 hours is more than your limit of 1 ETH"):
        await draft(session, [pay("0.4")], "words")
    assert await draft(session, [pay("0.3")], "words")


async def test_wrapping_and_own_accounts_are_no_spending(session: Session) -> None:
    savings = session.accounts.create("savings", PASSWORD).info.address
    scene = under(scene_of(session, session.accounts.find("main").address), Limit(0, fiat="1 USD"))
    made = await prepare(scene, [act("wrap", amount="1"), pay("1", recipient=savings)], "words")
    assert found(made, "limits.transaction").verdict is Verdict.PASS


async def test_an_allowance_counts_as_what_it_lets_leave(scene: Scene) -> None:
    limited = under(scene, Limit(0, asset="USDC", amount="5000000"))
    approve = act("approve", amount="6", token="USDC", spender="uniswap-v2")
    assert await refused(limited, approve) == {"limits.transaction"}
    unlimited = act("approve", amount="unlimited", token="USDC", spender="uniswap-v2")
    assert await refused(limited, unlimited) == {"limits.transaction"}
    trade = act("swap", amount_in="5", token_in="USDC", token_out="ETH")
    assert (await prepare(limited, [trade], "words")).steps


@pytest.mark.parametrize("symbol", ["ETH", "WETH"])
async def test_wrapping_is_no_way_around_a_limit(scene: Scene, symbol: str) -> None:
    limited = under(scene, Limit(0, asset=symbol, amount=str(ETHER)))
    wrap = act("wrap", amount="20")
    assert (await prepare(limited, [wrap, pay("0.4", "WETH"), pay("0.6", "ETH")], "words")).steps
    assert await refused(limited, wrap, pay("1.1", "WETH")) == {"limits.transaction"}
    assert await refused(limited, pay("1.1", "ETH")) == {"limits.transaction"}
    with pytest.raises(ChecksRefuse, match=rf"1\.1 {symbol} in one transaction.*ETH and WETH count as one"):
        await prepare(limited, [wrap, pay("0.5", "WETH"), pay("0.6", "ETH")], "words")
    router = act("approve", amount="1.1", token="WETH", spender="uniswap-v2")
    assert await refused(limited, router) == {"limits.transaction"}


async def confirmed(session: Session, *actions: Action) -> None:
    made = await draft(session, actions, "words")
    assert (await confirm_draft(session, made.id, made.digest, PASSWORD)).exit_code == 0


def usdc_a_day(session: Session, whole: int) -> None:
    session.policies.set(Policy(limits=(Limit(DAY, asset="USDC", amount=str(whole * 10**6)),)))


def allow(amount: str, spender: str = "uniswap-v2") -> Action:
    return act("approve", amount=amount, token="USDC", spender=spender)


def sell(amount: str) -> Action:
    return act("swap", amount_in=amount, token_in="USDC", token_out="ETH", protocol="uniswap-v2")


async def test_allowances_are_not_split_over_a_window(session: Session) -> None:
    usdc_a_day(session, 100)
    await confirmed(session, allow("60"))
    with pytest.raises(ChecksRefuse, match=r"120 USDC within 24 hours is more than your limit"):
        await draft(session, [allow("60", "uniswap-v3")], "words")
    with pytest.raises(ChecksRefuse, match=r"100\.5 USDC within 24 hours"):
        await draft(session, [pay("40.5", "USDC")], "words")
    await confirmed(session, pay("40", "USDC"))


async def test_an_allowance_that_was_spent_counts_once_and_its_renewal_again(session: Session) -> None:
    usdc_a_day(session, 100)
    await confirmed(session, allow("100"))
    await confirmed(session, sell("100"))
    for action in (allow("1"), pay("1", "USDC"), sell("1")):
        with pytest.raises(ChecksRefuse, match=r"101 USDC within 24 hours is more than your limit"):
            await draft(session, [action], "words")


async def test_an_allowance_to_a_router_that_was_taken_back_counts_no_more(session: Session) -> None:
    usdc_a_day(session, 100)
    for amount in ("100", "0", "90"):
        await confirmed(session, allow(amount))
    await confirmed(session, pay("10", "USDC"))


async def test_an_allowance_to_a_stranger_counts_after_it_was_replaced(
    session: Session, local_chain: LocalChain
) -> None:
    usdc_a_day(session, 100)
    local_chain.rpc("anvil_setCode", STRANGER, "0x00")
    await confirmed(session, allow("60", STRANGER))
    await confirmed(session, allow("0", STRANGER))
    with pytest.raises(ChecksRefuse, match=r"120 USDC within 24 hours"):
        await draft(session, [allow("60", STRANGER)], "words")
    await confirmed(session, allow("40", STRANGER))


async def test_what_is_spent_of_one_allowance_covers_no_other_one(scene: Scene) -> None:
    limited = under(scene, Limit(0, asset="USDC", amount="10000000"))
    assert await refused(limited, allow("6"), sell("6"), allow("6")) == {"limits.transaction"}
    assert (await prepare(limited, [allow("6"), sell("6"), allow("4")], "words")).steps


async def test_only_those_who_are_allowed_are_paid(scene: Scene, local_chain: LocalChain) -> None:
    other = checksum("0x" + "77" * 20)
    limited = under(scene, allowed_recipients=(STRANGER,))
    assert (await prepare(limited, [pay("1")], "words")).steps
    assert (await prepare(limited, [act("swap", amount_in="1", token_in="ETH", token_out="USDC")], "words")).steps
    assert await refused(limited, pay("1", recipient=other)) == {"limits.recipients"}
    local_chain.rpc("anvil_setCode", other, "0x00")
    approve = act("approve", amount="6", token="USDC", spender=other)
    assert await refused(limited, approve) == {"limits.recipients"}


async def test_a_forged_token_is_blocked(scene: Scene, local_chain: LocalChain) -> None:
    forged = local_chain.contract("test.forged-usdc")
    local_chain.send_as(minter(local_chain, forged), forged, "mint(address,uint256)", scene.account, 10**9)
    assert await refused(scene, pay("1", forged)) == {"value.token"}


async def test_a_token_nobody_vouches_for_takes_a_word_and_its_symbol_is_quoted(
    scene: Scene, local_chain: LocalChain
) -> None:
    painted = local_chain.contract("test.painted")
    local_chain.send_as(minter(local_chain, painted), painted, "mint(address,uint256)", scene.account, 10**18)
    made = await prepare(scene, [pay("1", painted)], "words")
    told = found(made, "value.token")
    assert (told.verdict, told.ack) == (Verdict.WARN, "unlisted")
    assert told.message.isprintable()
    assert r"\u202e" in told.message


async def test_unknown_blocks_above_what_the_policy_sets(scene: Scene) -> None:
    small = act("swap", amount_in="0.01", token_in="ETH", token_out="FOT", slippage="3%")
    made = await prepare(scene, [small], "words")
    assert found(made, "trade.impact").verdict is Verdict.UNKNOWN
    assert "trade.impact" in found(made, "policy.unknown").message
    large = act("swap", amount_in="0.05", token_in="ETH", token_out="FOT", slippage="3%")
    assert await refused(scene, large) == {"policy.unknown"}
    strict = under(scene, unknown_blocks_above="10 USD")
    assert await refused(strict, small) == {"policy.unknown"}


def minter(local_chain: LocalChain, token: str) -> str:
    """Who may mint a token of the recipe."""
    return checksum(local_chain.call(token, "minter()")[12:])
