"""The watch on the real local chain: what is read, what is told unasked, and that nothing is told twice or lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from agent.points import Series
from agent.watch.coins import MOST_BLOCKS
from agent.watch.news import REORG_DEPTH
from agent.watch.record import PATIENCE
from chain.client import BlockHead
from chain.devnet.build import unlocked
from chain.values import UNLIMITED
from contracts.recipe import load_recipe
from tests.agent.store_support import OTHER, PASSWORD, RECIPIENT, make_scrypt_cheap
from tests.agent.watch_support import Watched, watched
from tests.conftest import LocalChain

WHALE = load_recipe().deployer
ALERTS = ("alert",)


@pytest.fixture
async def watch(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    make_scrypt_cheap(monkeypatch)
    async with watched(tmp_path / "home", local_chain) as opened:
        yield opened


async def test_a_quiet_tick_asks_one_multicall_and_tells_nothing(watch: Watched) -> None:
    await watch.tick()
    before, calls = watch.session.client.request_count, eth_calls(watch)
    await watch.tick()
    assert len(calls) == 1, "one Multicall3 call for balances, prices and all"
    assert watch.session.client.request_count - before <= 4
    assert watch.shown == []


def eth_calls(watch: Watched) -> list[object]:
    """Every eth_call from now on."""
    made: list[object] = []
    request = watch.session.client._pool.request

    async def counted(method: str, params: list[object]) -> object:
        if method == "eth_call":
            made.append(params)
        return await request(method, params)

    watch.session.client._pool.request = counted  # type: ignore[method-assign,assignment]
    return made


async def test_points_are_kept_in_the_units_of_their_series(watch: Watched) -> None:
    chain_id, points = watch.session.client.chain_id, watch.session.points
    price = points.last(Series("price", chain_id, "ETH", "", "USD"))
    usdc = points.last(Series("balance", chain_id, watch.chain.token("USDC"), watch.account))
    coin = points.last(Series("balance", chain_id, "native", watch.account))
    gas = points.last(Series("gas", chain_id, ""))
    assert price and usdc and coin and gas
    assert (price.value, price.at) == (Decimal(2500), watch.clock.at)
    assert (usdc.value, coin.value) == (Decimal(10_000 * 10**6), Decimal(100 * 10**18))
    assert gas.value > 10**8


async def test_each_kind_is_read_at_its_own_interval(watch: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    series = Series("price", watch.session.client.chain_id, "ETH", "", "USD")
    await watch.ticks(12, seconds=10)
    start = int(watch.clock.at) - 120
    times = [point.at for point in watch.session.points.between(series, start, int(watch.clock.at))]
    assert [b - a for a, b in pairwise(times)] == [60, 60]


async def test_a_token_that_does_not_answer_writes_no_point(watch: Watched) -> None:
    series = Series("balance", watch.session.client.chain_id, watch.chain.token("LINK"), watch.account)
    before = watch.session.points.last(series)
    watch.chain.rpc("anvil_setCode", watch.chain.token("LINK"), "0xfe")
    await watch.tick()
    assert watch.session.points.last(series) == before


async def test_what_comes_in_and_goes_out_is_told_once(watch: Watched) -> None:
    usdc = watch.chain.token("USDC")
    watch.chain.send_as(WHALE, usdc, "mint(address,uint256)", RECIPIENT, 10**9)
    watch.chain.rpc("anvil_setBalance", RECIPIENT, hex(10**18))
    watch.chain.send_as(RECIPIENT, usdc, "transfer(address,uint256)", watch.account, 25 * 10**6)
    watch.chain.send_as(watch.account, usdc, "transfer(address,uint256)", OTHER, 5 * 10**6)
    await watch.ticks(3)
    assert watch.told("transfer") == [
        f"main (yours) received 25 USDC from {RECIPIENT}",
        f"5 USDC left main (yours) for {OTHER}",
    ]


async def test_plain_coins_are_told_with_who_sent_them(watch: Watched) -> None:
    watch.chain.rpc("anvil_setBalance", RECIPIENT, hex(10 * 10**18))
    with_value = watch.chain.node
    with unlocked(with_value, RECIPIENT):
        with_value.send(RECIPIENT, watch.account, b"", 2 * 10**18)
    await watch.ticks(2)
    assert watch.told() == [f"main (yours) received 2 ETH from {RECIPIENT}"]


async def test_coins_out_of_a_contract_are_told_without_a_payer(watch: Watched) -> None:
    watch.chain.send_as(watch.account, watch.chain.token("WETH"), "withdraw(uint256)", 10**18)
    await watch.ticks(2)
    assert watch.told("transfer") == ["main (yours) received 1 ETH through a contract"]


async def test_coins_that_came_while_nobody_looked_are_told_as_a_sum(watch: Watched) -> None:
    held = watch.chain.balance(watch.account)
    watch.chain.rpc("anvil_setBalance", watch.account, hex(held + 3 * 10**18))
    watch.chain.mine(MOST_BLOCKS + 1)
    await watch.ticks(2)
    (notice,) = watch.shown
    assert notice.title == "main (yours) received 3 ETH" and "was not looked up" in notice.body


async def test_a_changed_allowance_is_told(watch: Watched) -> None:
    usdc, router = watch.chain.token("USDC"), watch.chain.contract("uniswap-v2.router")
    watch.chain.send_as(watch.account, usdc, "approve(address,uint256)", router, UNLIMITED)
    await watch.tick()
    watch.chain.send_as(watch.account, usdc, "approve(address,uint256)", router, 7 * 10**6)
    await watch.tick()
    watch.chain.send_as(watch.account, usdc, "approve(address,uint256)", router, 0)
    await watch.ticks(2)
    who = f"uniswap-v2.router ({router})"
    assert watch.told("allowance") == [
        f"{who} may now spend any amount of USDC of main (yours)",
        f"{who} may now spend 7 USDC of main (yours)",
        f"{who} may no longer spend USDC of main (yours)",
    ]


async def test_an_allowance_that_grows_without_a_log_is_found_by_reading(watch: Watched) -> None:
    usdc = watch.chain.token("USDC")
    watch.chain.send_as(watch.account, usdc, "approve(address,uint256)", OTHER, 5)
    await watch.tick()
    before = watch.chain.rpc("evm_snapshot")
    receipt = watch.chain.send_as(watch.account, usdc, "approve(address,uint256)", OTHER, 10**9)
    slot = changed_slot(watch, receipt["transactionHash"], usdc)
    watch.chain.rpc("evm_revert", before)
    watch.chain.rpc("anvil_setStorageAt", usdc, slot, "0x" + (10**9).to_bytes(32, "big").hex())
    watch.chain.mine(1)
    await watch.ticks(2, seconds=700)
    (notice,) = [n for n in watch.shown if n.kind == "allowance" and "1000 USDC" in n.title]
    assert "logged nothing" in notice.body


def changed_slot(watch: Watched, tx_hash: str, token: str) -> str:
    traced = watch.chain.rpc(
        "debug_traceTransaction", tx_hash, {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}}
    )
    post = {address.lower(): state for address, state in traced["post"].items()}
    (slot,) = post[token.lower()]["storage"]
    return str(slot)


async def test_a_nonce_that_another_wallet_used_is_a_warning(watch: Watched) -> None:
    watch.chain.send_as(watch.account, watch.chain.token("USDC"), "transfer(address,uint256)", OTHER, 1)
    await watch.ticks(2)
    assert watch.told("nonce") == ["main (yours) sent a transaction that Sayso did not make"]


async def test_a_payment_of_our_own_is_told_as_such(watch: Watched) -> None:
    from agent.drafting import draft
    from agent.execute import confirm_draft
    from nlp.types import Action

    send = Action("transfer", {"amount": "5", "token": "USDC", "recipient": RECIPIENT})
    made = await draft(watch.session, (send,), "send 5 usdc")
    opened = watch.session.accounts.open(watch.account, PASSWORD)
    await confirm_draft(watch.session, made.id, made.digest, opened)
    await watch.ticks(2)
    (notice,) = watch.shown
    assert notice.title == f"5 USDC left main (yours) for {RECIPIENT}"
    assert f"By your draft {made.id}." in notice.body


async def test_tokens_that_nobody_vouches_for_are_called_by_their_address(watch: Watched) -> None:
    painted = watch.chain.contract("test.painted")
    watch.chain.send_as(WHALE, painted, "mint(address,uint256)", watch.account, 10**18)
    await watch.ticks(2)
    (notice,) = watch.shown
    assert painted in notice.title and "bait" in notice.body
    assert all(line.isprintable() for line in (notice.title + "\n" + notice.body).split("\n"))


async def test_a_transfer_of_nothing_is_marked_as_a_trick(watch: Watched) -> None:
    usdc = watch.chain.token("USDC")
    watch.chain.rpc("anvil_setBalance", RECIPIENT, hex(10**18))
    watch.chain.send_as(RECIPIENT, usdc, "transfer(address,uint256)", watch.account, 0)
    await watch.ticks(2)
    (notice,) = watch.shown
    assert "0 USDC" in notice.title and "Never copy an address" in notice.body


async def test_blocks_that_a_reorganisation_brought_are_looked_through(watch: Watched) -> None:
    usdc = watch.chain.token("USDC")
    watch.chain.mine(5)
    await watch.tick()
    watch.chain.rpc("anvil_reorg", 3, [])
    watch.chain.send_as(WHALE, usdc, "mint(address,uint256)", watch.account, 10**6)
    await watch.ticks(3)
    assert len(watch.told("transfer")) == 1


async def test_what_stood_before_the_watch_began_is_no_news_after_a_reorganisation(watch: Watched) -> None:
    watch.chain.mine(REORG_DEPTH // 2)
    await watch.tick()
    watch.chain.rpc("anvil_reorg", 3, [])
    looked = (await watch.tick()).blocks
    assert 3 <= looked < REORG_DEPTH and watch.shown == []


async def test_looking_again_tells_nothing_again(watch: Watched) -> None:
    watch.chain.send_as(WHALE, watch.chain.token("USDC"), "mint(address,uint256)", watch.account, 10**6)
    await watch.tick()
    told = watch.stored()
    number = int(watch.chain.rpc("eth_blockNumber"), 16)
    with watch.session.store.write() as connection:
        value = json.dumps([number, "0x" + "00" * 32, number - 1])
        connection.exec_driver_sql("UPDATE cursors SET value = ? WHERE name = 'blocks'", (value,))
    looked = (await watch.tick()).blocks
    assert looked == 1 and watch.stored() == told


async def test_two_watches_at_once_tell_everything_once(watch: Watched) -> None:
    await watch.say("tell me when eth drops below 2000")
    watch.chain.set_price("ETH", 1900)
    watch.chain.send_as(WHALE, watch.chain.token("USDC"), "mint(address,uint256)", watch.account, 10**6)
    watch.chain.rpc("anvil_setBalance", watch.account, hex(123 * 10**18))
    async with watched_again(watch) as other:
        await asyncio.gather(*(one.tick(0) for one in (watch, other, watch, other)))
        await asyncio.gather(watch.tick(), other.tick(0))
        titles = watch.told() + other.told()
    assert len(titles) == len(set(titles)) == len(watch.stored()) == 3


def watched_again(watch: Watched):  # type: ignore[no-untyped-def]
    """A second watch of the same home, which looks only when it is told to."""
    from contextlib import asynccontextmanager

    from tests.agent.store_support import payer

    @asynccontextmanager
    async def opened():  # type: ignore[no-untyped-def]
        async with payer(watch.session.home.path, watch.chain, watch.clock) as session:
            yield Watched(session, watch.chain, watch.clock)

    return opened()


async def test_a_price_that_stays_away_is_told_once_and_fires_nothing(watch: Watched) -> None:
    await watch.say("tell me when eth drops below 2000")
    watch.chain.set_price("ETH", 0)
    await watch.ticks(PATIENCE + 3)
    assert watch.told("finding", "alert") == ["There is no price of ETH in USD", "There is no price of WETH in USD"]
    watch.chain.set_price("ETH", 1900)
    await watch.ticks(2)
    assert watch.told("alert") == ["The price of ETH is 1,900.00 USD"]
    assert "There is a price of ETH again: 1,900.00 USD" in watch.told("finding")


async def test_gas_and_balances_are_watched(watch: Watched) -> None:
    await watch.say("warn me if my usdc balance goes below 100")
    await watch.say("tell me when gas is above 40 gwei")
    watch.chain.send_as(watch.account, watch.chain.token("USDC"), "transfer(address,uint256)", OTHER, 9950 * 10**6)
    watch.chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(60 * 10**9))
    watch.chain.mine(1)
    await watch.ticks(2)
    told = watch.told("alert")
    assert "The USDC balance of main is 50 USDC" in told and len(told) == 2


def test_no_part_of_the_watch_reaches_a_key() -> None:
    import ast

    from tests.conftest import ROOT

    for room in ("agent/watch", "agent/automation", "agent/notices"):
        for path in (ROOT / room).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            imported = {
                node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module is not None
            }
            forbidden = {"chain.signer", "chain.keystore", "chain.send", "agent.execute", "agent.passwords"}
            assert not imported & forbidden, path


async def test_a_node_that_is_some_blocks_behind_undoes_nothing(
    watch: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.chain.mine(5)
    await watch.tick()
    watch.chain.rpc("anvil_setBalance", RECIPIENT, hex(10 * 10**18))
    with unlocked(watch.chain.node, RECIPIENT):
        watch.chain.node.send(RECIPIENT, watch.account, b"", 2 * 10**18)
    watch.chain.send_as(watch.account, watch.chain.token("USDC"), "transfer(address,uint256)", OTHER, 1)
    await watch.tick()
    told = watch.stored()
    head = await watch.session.client.block()
    behind = await watch.session.client.block(head.number - 2)
    with monkeypatch.context() as lagging:

        async def block(tag: object = "latest") -> BlockHead:
            return behind

        lagging.setattr(watch.session.client, "block", block)
        await watch.ticks(2)
    watch.chain.mine()
    await watch.ticks(2)
    assert watch.stored() == told and len(told) == 3


async def test_a_chain_that_was_begun_anew_is_looked_at_anew(watch: Watched) -> None:
    with watch.session.store.write() as connection:
        value = json.dumps([10**9, "0x" + "00" * 32, 10**9])
        connection.exec_driver_sql("UPDATE cursors SET value = ? WHERE name = 'blocks'", (value,))
        connection.exec_driver_sql("UPDATE cursors SET value = '999' WHERE name LIKE 'nonce:%' OR name LIKE 'coin:%'")
    await watch.ticks(2)
    assert watch.shown == []
    watch.chain.send_as(watch.account, watch.chain.token("USDC"), "transfer(address,uint256)", OTHER, 1)
    await watch.ticks(2)
    assert len(watch.told("nonce")) == len(watch.told("transfer")) == 1
