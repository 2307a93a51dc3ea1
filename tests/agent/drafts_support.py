"""Drafts made from the real calldata builders over a small registry, for the tests of what is shown."""

from dataclasses import replace

from chain.abi import checksum
from chain.digest import draft_digest
from chain.protocols import erc20, weth
from chain.protocols.quote import Route
from chain.protocols.uniswap_v2 import UniswapV2Quote
from chain.protocols.uniswap_v3 import UniswapV3Quote
from chain.values import (
    UNLIMITED,
    Address,
    Asset,
    AssetChange,
    ChainId,
    Digest,
    Draft,
    DraftStep,
    Effect,
    EffectKind,
    FeeLimits,
    Finding,
    RawAmount,
    Step,
    StepSimulation,
    TransactionRequest,
    Verdict,
    Wei,
)
from contracts.registry import ChainEntry, ContractEntry, Registry, TokenEntry

CHAIN_ID = ChainId(31337)
ACCOUNT = checksum("0x" + "a1" * 20)
BOB = checksum("0x" + "b0" * 20)
USDC_AT = checksum("0x" + "c1" * 20)
WETH_AT = checksum("0x" + "c2" * 20)
STRANGE_AT = checksum("0x" + "c3" * 20)
V2_ROUTER = checksum("0x" + "d2" * 20)
V3_ROUTER = checksum("0x" + "d3" * 20)
CREATED = 1_800_000_000
NOW = CREATED + 7
EXPIRES = CREATED + 300
ETHER = 10**18

ETH = Asset(CHAIN_ID, None, "ETH", 18)
USDC = Asset(CHAIN_ID, USDC_AT, "USDC", 6)
WETH = Asset(CHAIN_ID, WETH_AT, "WETH", 18)
STRANGE = Asset(CHAIN_ID, STRANGE_AT, "US\u200bDC\u202e\x1b[31m", 6, listed=False)
FEES = FeeLimits(150_000, Wei(2_000_000_000), Wei(1_000_000_000))
ROUTERS = (("uniswap-v2.router", V2_ROUTER, "uniswap_v2_router"), ("uniswap-v3.router", V3_ROUTER, "uniswap_v3_router"))


def registry(*, test: bool = True) -> Registry:
    """One chain with two listed tokens and the two routers."""
    chain = ChainEntry(31337, "local", "Local chain", test, "ETH", 18, WETH_AT, BOB, True, 1, (), "test", "2026-01-01")
    tokens = (
        TokenEntry(31337, USDC_AT, "USDC", "USD Coin", 6, "test", "2026-01-01"),
        TokenEntry(31337, WETH_AT, "WETH", "Wrapped Ether", 18, "test", "2026-01-01"),
    )
    contracts = [ContractEntry(31337, n, n.split(".")[0], at, abi, "", "test", "2026-01-01") for n, at, abi in ROUTERS]
    weth_entry = ContractEntry(31337, "weth", "weth", WETH_AT, "weth", "", "test", "2026-01-01")
    return Registry((chain,), tokens, (*contracts, weth_entry), ())


def out(asset: Asset, amount: int, counterparty: Address | None = None) -> Effect:
    return Effect(EffectKind.OUT, asset, ACCOUNT, RawAmount(amount), counterparty)


def into(asset: Asset, amount: int, counterparty: Address | None = None) -> Effect:
    return Effect(EffectKind.IN, asset, ACCOUNT, RawAmount(amount), counterparty)


def arrival(asset: Asset, amount: int, account: Address = BOB) -> Effect:
    return Effect(EffectKind.IN, asset, account, RawAmount(amount), ACCOUNT)


def step(intent: str, to: Address, data: bytes, *promised: Effect, value: int = 0, gains: int = 0) -> DraftStep:
    """A step whose simulation did what was promised; `gains` is how much more of the last asset arrived."""
    request = TransactionRequest(CHAIN_ID, ACCOUNT, to, Wei(value), data)
    moved = [effect for effect in promised if effect.kind is not EffectKind.ALLOWANCE]
    changes = tuple(
        AssetChange(e.asset.address, e.account, -e.amount if e.kind is EffectKind.OUT else e.amount + gains)
        for e in moved
    )
    return DraftStep(Step(intent, request, promised), FEES, StepSimulation(True, 91_234, changes))


def draft(*steps: DraftStep, findings: tuple[Finding, ...] = (), prices: bool = True) -> Draft:
    """The steps as a whole draft with its digest."""
    made = Draft(
        id="d-7f3a",
        account=ACCOUNT,
        chain_id=CHAIN_ID,
        steps=steps,
        findings=findings,
        policy_hash=b"\x01" * 32,
        block_number=42,
        block_hash="0x" + "42" * 32,
        simulation_method="eth_simulateV1",
        created_at=CREATED,
        expires_at=EXPIRES,
        words="what the person typed",
        digest=Digest(b""),
        prices=(("ETH", "2000 USD", 12, "feed ETH/USD"), ("USDC", "0.9998 USD", 40, "feed USDC/USD")) if prices else (),
    )
    return replace(made, digest=draft_digest(made))


def native_transfer(amount: int = 3 * ETHER // 2) -> DraftStep:
    return step("transfer", BOB, b"", out(ETH, amount, BOB), arrival(ETH, amount), value=amount)


def token_transfer(amount: int = 20_500_000, asset: Asset = USDC) -> DraftStep:
    assert asset.address
    return step("transfer", asset.address, erc20.transfer(BOB, amount), out(asset, amount, BOB), arrival(asset, amount))


def approval(amount: int = 100_000_000, spender: Address = V2_ROUTER) -> DraftStep:
    allowed = Effect(EffectKind.ALLOWANCE, USDC, ACCOUNT, RawAmount(amount), spender)
    return step("approve", USDC_AT, erc20.approve(spender, amount), allowed)


def unlimited_approval() -> DraftStep:
    return approval(UNLIMITED)


def wrapping(amount: int = ETHER) -> DraftStep:
    return step("wrap", WETH_AT, weth.deposit(), out(ETH, amount, WETH_AT), into(WETH, amount), value=amount)


def unwrapping(amount: int = ETHER) -> DraftStep:
    return step("unwrap", WETH_AT, weth.withdraw(amount), out(WETH, amount, WETH_AT), into(ETH, amount))


def swap_v2_in(receiver: Address = ACCOUNT) -> DraftStep:
    """1 ETH for at least 1,990 USDC; 2,000 arrived in the simulation."""
    route = Route(V2_ROUTER, None, USDC_AT, (WETH_AT, USDC_AT), "in")
    quote = UniswapV2Quote("uniswap-v2", route, ETHER, 2_000_000_000)
    to, value, data = quote.calldata(receiver, 1_990_000_000, EXPIRES + 300)
    promised = (out(ETH, ETHER, V2_ROUTER), into(USDC, 1_990_000_000, V2_ROUTER))
    return step("swap", to, data, *promised, value=value, gains=10_000_000)


def swap_v3_out() -> DraftStep:
    """At most 100.5 USDC for exactly 0.05 ETH."""
    route = Route(V3_ROUTER, USDC_AT, None, (USDC_AT, WETH_AT), "out", (500,))
    quote = UniswapV3Quote("uniswap-v3", route, 100_000_000, ETHER // 20)
    to, value, data = quote.calldata(ACCOUNT, 100_500_000, EXPIRES + 300)
    return step("swap", to, data, out(USDC, 100_500_000, V3_ROUTER), into(ETH, ETHER // 20, V3_ROUTER), value=value)


FINDINGS = (
    Finding("recipient.burn", Verdict.PASS, "It is no burn address."),
    Finding("form.chain", Verdict.PASS, "The chain id agrees everywhere."),
    Finding("recipient.ens", Verdict.NOT_APPLICABLE, "No name was given."),
    Finding("recipient.blocklist", Verdict.UNKNOWN, "There is no blocklist to look at.", 0),
    Finding("recipient.first_time", Verdict.WARN, "You have never sent to this address before.", 0, ack="new"),
)
LOOK_ALIKE = Finding("recipient.look_alike", Verdict.BLOCK, "It looks like bob and is not.", 0, refuse=True)
