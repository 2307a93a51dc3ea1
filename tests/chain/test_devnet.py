"""The local chain behaves as the real protocols do, starts quickly, and stops with its owner."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from eth_abi.abi import decode
from eth_utils.address import to_checksum_address

from chain.devnet import Node, NodeError, devnet_summary, set_price, start_devnet
from chain.devnet.anvil import start_anvil
from chain.devnet.build import build, namehash
from chain.devnet.check import check_built, code_hash
from chain.devnet.jsonrpc import argument_types, calldata
from chain.devnet.packages import Artifacts, anvil_binary
from chain.devnet.units import raw_units
from chain.errors import SaysoError, SetupNeeded
from contracts.recipe import load_recipe
from contracts.registry import load_registry

pytestmark = pytest.mark.anvil

ALICE = "0x1111111111111111111111111111111111111111"
BOB = "0x2222222222222222222222222222222222222222"
STRANGER = "0x5A0b54D5dc17e0AadC383d2db43B0a0D3E029c4c"
ETHER = 10**18
SOON = 2**40


@pytest.fixture
def alice(local_chain):
    local_chain.fund(ALICE)
    return ALICE


def text(answer: bytes) -> str:
    return decode(["string"], answer)[0]


def test_funding_gives_what_the_recipe_says(local_chain, alice) -> None:
    assert local_chain.balance(alice) == 100 * ETHER
    for symbol, amount in load_recipe().funding[1:]:
        decimals = local_chain.registry.token(31337, symbol).decimals
        assert local_chain.erc20_balance(symbol, alice) == raw_units(amount, decimals)


def test_tokens_say_on_chain_what_the_registry_says(local_chain) -> None:
    for token in local_chain.registry.tokens_on(31337):
        assert text(local_chain.call(token.address, "symbol()")) == token.symbol
        assert int.from_bytes(local_chain.call(token.address, "decimals()")) == token.decimals
    decimals = {t.symbol: t.decimals for t in local_chain.registry.tokens_on(31337)}
    assert [decimals[s] for s in ("USDC", "USDT", "DAI", "WBTC", "LINK")] == [6, 6, 18, 8, 18]


def test_pinned_code_is_what_stands_there(local_chain) -> None:
    contracts = local_chain.registry.contracts_on(31337)
    assert contracts
    for contract in contracts:
        assert code_hash(local_chain.node, contract.address) == contract.code_hash, contract.name


def test_the_same_recipe_stands_at_the_same_addresses_on_ganaches_chain_id() -> None:
    recipe, registry = load_recipe(), load_registry()
    anvil = start_anvil(None, ["--chain-id", "1337"])
    try:
        check_built(build(anvil.node, recipe, Artifacts()), registry, 1337)
        assert all(code_hash(anvil.node, c.address) == c.code_hash for c in registry.contracts_on(1337))
    finally:
        anvil.stop()


def test_a_recipe_that_left_the_registry_behind_is_noticed(local_chain) -> None:
    recipe = load_recipe()
    anvil = start_anvil(None, ["--chain-id", "31337"])
    try:
        moved = replace(recipe, contracts=recipe.contracts[:1] + recipe.contracts)
        with pytest.raises(SaysoError, match=r"chain\.devnet\.pin"):
            check_built(build(anvil.node, moved, Artifacts()), load_registry(), 31337)
    finally:
        anvil.stop()


def test_weth_wraps_and_unwraps(local_chain, alice) -> None:
    weth = local_chain.token("WETH")
    held = local_chain.erc20_balance("WETH", alice)
    local_chain.send_as(alice, weth, "deposit()", value=2 * ETHER)
    local_chain.send_as(alice, weth, "withdraw(uint256)", ETHER)
    assert local_chain.erc20_balance("WETH", alice) == held + ETHER


def test_a_v2_swap_gets_what_the_router_quotes(local_chain, alice) -> None:
    router, path = local_chain.contract("uniswap-v2.router"), [local_chain.token("WETH"), local_chain.token("USDC")]
    quote = decode(["uint256[]"], local_chain.call(router, "getAmountsOut(uint256,address[])", ETHER, path))[0][1]
    before = local_chain.erc20_balance("USDC", alice)
    swap = "swapExactETHForTokens(uint256,address[],address,uint256)"
    local_chain.send_as(alice, router, swap, quote, path, alice, SOON, value=ETHER)
    assert local_chain.erc20_balance("USDC", alice) - before == quote
    assert 2490 * 10**6 < quote < 2500 * 10**6


@pytest.mark.parametrize("fee", [500, 3000])
def test_a_v3_swap_gets_what_the_quoter_quotes(local_chain, alice, fee) -> None:
    quoter, router = local_chain.contract("uniswap-v3.quoter"), local_chain.contract("uniswap-v3.router")
    weth, usdc = local_chain.token("WETH"), local_chain.token("USDC")
    ask = "quoteExactInputSingle((address,address,uint256,uint24,uint160))"
    quote = int.from_bytes(local_chain.call(quoter, ask, (weth, usdc, ETHER, fee, 0))[:32])
    before = local_chain.erc20_balance("USDC", alice)
    swap = "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"
    local_chain.send_as(alice, router, swap, (weth, usdc, fee, alice, ETHER, quote, 0), value=ETHER)
    assert local_chain.erc20_balance("USDC", alice) - before == quote
    # Fee and impact of one ether together stay within two hundredths of a percent of the fee.
    least = 2500 * 10**6 * (1_000_000 - fee - 200) // 1_000_000
    assert least < quote < 2500 * 10**6


def test_pools_and_feeds_agree_on_prices(local_chain) -> None:
    recipe = load_recipe()
    usd = {feed.base: float(feed.answer) for feed in recipe.feeds}
    usd |= {"WETH": usd["ETH"], "WBTC": usd["BTC"], "FOT": 1.0, "GREEDY": 1.0}
    for pool in (*recipe.pools_v2, *recipe.pools_v3):
        worth = [float(amount) * usd[token] for token, amount in zip(pool.tokens, pool.amounts, strict=True)]
        assert worth[0] == pytest.approx(worth[1], rel=1e-9), pool.tokens


def test_there_are_pools_at_two_fee_tiers(local_chain) -> None:
    factory, weth = local_chain.contract("uniswap-v3.factory"), local_chain.token("WETH")
    for symbol in ("USDC", "USDT", "DAI", "WBTC", "LINK"):
        for fee in (500, 3000):
            ask = "getPool(address,address,uint24)"
            pool = decode(["address"], local_chain.call(factory, ask, weth, local_chain.token(symbol), fee))[0]
            assert int.from_bytes(local_chain.call(to_checksum_address(pool), "liquidity()")) > 0


def test_usdt_returns_nothing_and_refuses_to_change_a_standing_allowance(local_chain, alice) -> None:
    usdt, router = local_chain.token("USDT"), local_chain.contract("uniswap-v2.router")
    assert local_chain.node.call(usdt, calldata("transfer(address,uint256)", (BOB, 5)), alice) == b""
    local_chain.send_as(alice, usdt, "transfer(address,uint256)", BOB, 5)
    assert local_chain.erc20_balance("USDT", BOB) == 5
    local_chain.send_as(alice, usdt, "approve(address,uint256)", router, 10)
    with pytest.raises(NodeError, match="allowance is not zero"):
        local_chain.node.call(usdt, calldata("approve(address,uint256)", (router, 11)), alice)
    with pytest.raises(NodeError, match="failed"):
        local_chain.send_as(alice, usdt, "approve(address,uint256)", router, 11)
    local_chain.send_as(alice, usdt, "approve(address,uint256)", router, 0)
    local_chain.send_as(alice, usdt, "approve(address,uint256)", router, 11)
    assert local_chain.allowance("USDT", alice, router) == 11


def test_the_misbehaving_tokens_misbehave(local_chain, alice) -> None:
    for symbol, left, arrived in (("FOT", 100, 99), ("GREEDY", 110, 100), ("FALSY", 0, 0)):
        before = local_chain.erc20_balance(symbol, alice)
        local_chain.send_as(alice, local_chain.token(symbol), "transfer(address,uint256)", BOB, 100)
        moved = before - local_chain.erc20_balance(symbol, alice), local_chain.erc20_balance(symbol, BOB)
        assert moved == (left, arrived), symbol
    transfer = calldata("transfer(address,uint256)", (BOB, 1))
    answer = local_chain.node.call(local_chain.token("FALSY"), transfer, alice)
    assert int.from_bytes(answer) == 0


def test_a_forged_symbol_stands_at_an_address_that_nobody_vouches_for(local_chain) -> None:
    forged = local_chain.contract("test.forged-usdc")
    assert text(local_chain.call(forged, "symbol()")) == "USDC"
    assert local_chain.registry.token_at(31337, forged) is None
    painted = text(local_chain.call(local_chain.contract("test.painted"), "symbol()"))
    assert "\u202e" in painted and "\x1b" in painted


def test_multicall_answers_many_calls_and_survives_one_that_fails(local_chain, alice) -> None:
    usdc, multicall = local_chain.token("USDC"), "0xcA11bde05977b3631167028862bE2a173976CA11"
    good = bytes.fromhex("70a08231") + bytes(12) + bytes.fromhex(alice[2:])
    calls = [(usdc, True, good), (usdc, True, b"\xde\xad\xbe\xef")]
    answer = local_chain.call(multicall, "aggregate3((address,bool,bytes)[])", calls)
    (balance, failed) = decode(["(bool,bytes)[]"], answer)[0]
    assert balance == (True, (10_000 * 10**6).to_bytes(32))
    assert failed[0] is False


def test_feeds_are_fresh_and_can_be_moved_and_made_stale(local_chain) -> None:
    feed = next(f for f in local_chain.registry.feeds_on(31337) if f.base == "ETH")
    assert _round(local_chain.node, feed.address)[0] == 2500 * 10**8
    assert abs(_round(local_chain.node, feed.address)[1] - time.time()) < 10
    local_chain.set_price("ETH/USD", "1999.5")
    assert _round(local_chain.node, feed.address)[0] == 199950000000
    local_chain.set_price("ETH", "-1", updated_at=1_700_000_000)
    assert _round(local_chain.node, feed.address) == (-(10**8), 1_700_000_000)


def test_names_resolve_forward_and_back(local_chain) -> None:
    names = {entry.name: entry.address for entry in load_recipe().names if entry.forward}
    for name, address in names.items():
        assert _resolve(local_chain, name) == address
    liar = next(entry for entry in load_recipe().names if not entry.forward)
    for address in (names["alice.eth"], liar.address):
        node = namehash(f"{address[2:].lower()}.addr.reverse")
        assert text(local_chain.call(_resolver(local_chain, node), "name(bytes32)", node)) == "alice.eth"
    local_chain.set_name("bob.eth", ALICE)
    assert _resolve(local_chain, "bob.eth") == ALICE


def test_the_recipes_past_has_happened(local_chain) -> None:
    names = {entry.name: entry.address for entry in load_recipe().names if entry.forward}
    alice, carol = names["alice.eth"], names["carol.eth"]
    held = {symbol: local_chain.erc20_balance(symbol, alice) for symbol in ("USDC", "DAI", "LINK")}
    assert held == {"USDC": 3795 * 10**5, "DAI": 250 * ETHER, "LINK": 725 * 10**16}
    assert local_chain.erc20_balance("USDC", carol) == 1005 * 10**5
    assert local_chain.allowance("USDC", alice, local_chain.contract("uniswap-v3.router")) == 2**256 - 1
    assert local_chain.allowance("DAI", alice, local_chain.contract("uniswap-v2.router")) == 100 * ETHER
    assert local_chain.allowance("LINK", alice, STRANGER) == 5 * ETHER
    assert local_chain.allowance("USDT", alice, local_chain.contract("uniswap-v2.router")) == 0
    assert [local_chain.balance(address) for address in (alice, carol, STRANGER)] == [0, 0, 0]


def test_the_collections_hold_what_the_past_gave(local_chain) -> None:
    (otters,) = local_chain.registry.collections_on(31337)
    names = {entry.name: entry.address for entry in load_recipe().names if entry.forward}
    owners = {number: _owner(local_chain, otters.address, number) for number in (1, 2, 3, 7)}
    assert [owners[n] for n in (1, 2, 3, 7)] == [names[n] for n in ("alice.eth", "carol.eth", "carol.eth", "alice.eth")]
    assert (text(local_chain.call(otters.address, "name()")), text(local_chain.call(otters.address, "symbol()"))) == (
        otters.name,
        otters.symbol,
    )
    with pytest.raises(NodeError, match="no such token"):
        _owner(local_chain, otters.address, 4)
    with pytest.raises(NodeError, match="not the owner"):
        move = calldata("transferFrom(address,address,uint256)", (names["alice.eth"], BOB, 3))
        local_chain.node.call(otters.address, move, names["alice.eth"])
    painted = local_chain.contract("test.painted-nft")
    assert _owner(local_chain, painted, 666) == names["alice.eth"]
    assert local_chain.registry.collection_at(31337, painted) is None
    assert "\x1b" in text(local_chain.call(painted, "name()"))


def test_each_test_finds_the_chain_as_it_was(local_chain) -> None:
    assert local_chain.balance(ALICE) == 0
    assert local_chain.erc20_balance("USDC", ALICE) == 0


def test_time_is_now_and_the_base_fee_is_realistic(local_chain) -> None:
    block = local_chain.rpc("eth_getBlockByNumber", "latest", False)
    assert abs(int(block["timestamp"], 16) - time.time()) < 10
    assert int(block["baseFeePerGas"], 16) == 10**9


def test_simulation_sees_native_transfers(local_chain, alice) -> None:
    call = {"from": alice, "to": BOB, "value": hex(ETHER)}
    options = {"blockStateCalls": [{"calls": [call]}], "traceTransfers": True, "validation": False}
    result = local_chain.rpc("eth_simulateV1", options, "latest")[0]["calls"][0]
    assert result["status"] == "0x1"
    assert int(result["logs"][0]["data"], 16) == ETHER


def test_a_start_from_the_snapshot_takes_less_than_two_seconds(devnet) -> None:
    begun = time.monotonic()
    with start_devnet(fund=[BOB]) as second:
        assert time.monotonic() - begun < 2
        assert second.rpc_url != devnet.rpc_url
        assert int(second.process.node.rpc("eth_getBalance", BOB, "latest"), 16) == 100 * ETHER
    assert not second.process.running


def test_a_kept_chain_remembers_what_happened(tmp_path) -> None:
    state = tmp_path / "kept" / "chain.json"
    with start_devnet(state=state, fund=[BOB]):
        pass
    with start_devnet(state=state) as again:
        assert int(again.process.node.rpc("eth_getBalance", BOB, "latest"), 16) == 100 * ETHER
    with start_devnet() as pristine:
        assert int(pristine.process.node.rpc("eth_getBalance", BOB, "latest"), 16) == 0


def test_a_kept_chain_of_another_make_is_refused(tmp_path) -> None:
    state = tmp_path / "other.json"
    other = start_anvil(None, ["--chain-id", "31337", "--dump-state", str(state)])
    other.node.mine()
    other.stop()
    assert state.is_file(), "Anvil was to write its state"
    with pytest.raises(SetupNeeded, match="kept chain"):
        start_devnet(state=state)


def test_a_state_that_cannot_be_kept_or_read_is_said(tmp_path) -> None:
    damaged = tmp_path / "damaged.json"
    damaged.write_text("{")
    with pytest.raises(SaysoError, match="did not start"):
        start_devnet(state=damaged)
    with pytest.raises(SetupNeeded, match="cannot be kept"):
        start_devnet(state=damaged / "below.json")


def test_a_port_in_use_is_said(devnet) -> None:
    with pytest.raises(SetupNeeded, match="in use"):
        start_devnet(port=int(devnet.rpc_url.rpartition(":")[2]))


def test_missing_packages_are_said_with_the_remedy(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("SAYSO_NODE_MODULES", str(tmp_path))
    with pytest.raises(SetupNeeded, match="make install"):
        anvil_binary()


def test_a_missing_node_is_said_with_the_remedy(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("SAYSO_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupNeeded, match="Node 18"):
        Artifacts().load("own:Multicall3")


def test_anvil_ends_when_its_owner_is_killed() -> None:
    code = "from chain.devnet import start_devnet; n = start_devnet(); print(n.pid, flush=True); n.wait()"
    root = Path(__file__).resolve().parents[2]
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root)
    assert owner.stdout is not None
    with owner.stdout:
        pid = int(owner.stdout.readline())
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    deadline = time.monotonic() + 10
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)


def test_waiting_keeps_the_feeds_fresh_until_the_chain_ends() -> None:
    with start_devnet() as running:
        set_price(running.rpc_url, "ETH", "2600", updated_at=1_700_000_000)
        feed = next(f for f in load_registry().feeds_on(31337) if f.base == "ETH").address
        waiter = threading.Thread(target=running.wait, args=(0.1,))
        waiter.start()
        deadline = time.monotonic() + 10
        while (seen := _round(running.process.node, feed))[1] == 1_700_000_000 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert seen[0] == 2600 * 10**8
        assert abs(seen[1] - time.time()) < 20
        os.kill(running.pid, signal.SIGTERM)
        waiter.join(10)
        assert not waiter.is_alive()


def test_the_summary_holds_what_the_command_prints(devnet) -> None:
    summary = devnet_summary(devnet.rpc_url)
    assert summary["rpc_url"] == devnet.rpc_url
    assert summary["chain_id"] == 31337
    assert summary["tokens"]["USDC"]["decimals"] == 6
    assert summary["contracts"]["multicall3"] == "0xcA11bde05977b3631167028862bE2a173976CA11"


def test_amounts_of_the_recipe_are_exact() -> None:
    assert raw_units("1.08", 8) == 108000000
    assert raw_units("1000000000", 18) == 10**27
    for text_ in ("1.123", "-1", "NaN"):
        with pytest.raises(SaysoError):
            raw_units(text_, 2)


def test_argument_types_keep_tuples_whole() -> None:
    assert argument_types("f()") == []
    assert argument_types("f(address,(uint256,bytes)[],bool)") == ["address", "(uint256,bytes)[]", "bool"]


def _round(node: Node, feed: str) -> tuple[int, int]:
    answer = node.call(feed, calldata("latestRoundData()"))
    _, price, _, updated_at, _ = decode(["uint80", "int256", "uint256", "uint256", "uint80"], answer)
    return price, updated_at


def _owner(local_chain, collection: str, number: int) -> str:
    return to_checksum_address(local_chain.call(collection, "ownerOf(uint256)", number)[12:].hex())


def _resolver(local_chain, node: bytes) -> str:
    answer = local_chain.call(local_chain.contract("ens.registry"), "resolver(bytes32)", node)
    return to_checksum_address(decode(["address"], answer)[0])


def _resolve(local_chain, name: str) -> str:
    node = namehash(name)
    answer = local_chain.call(_resolver(local_chain, node), "addr(bytes32)", node)
    return to_checksum_address(decode(["address"], answer)[0])


def _runs(pid: int) -> bool:
    """Whether the process is there and not a zombie that waits for whoever inherited it."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
