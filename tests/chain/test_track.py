"""Tracking: forged and vanishing receipts against a node of our own, and the whole way on a real local chain."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import chain.keystore
from chain.client import ChainClient, connect
from chain.errors import Refused, SaysoError
from chain.fees import FeeQuote, bump, quote_fees
from chain.node_view import node_view
from chain.send import SendStatus, broadcast
from chain.signer import NodeView
from chain.track import Finality, Timer, check_final, nonce_taken, track, wait_included
from chain.values import AssetChange, SignedAttempt, StepOutcome, Wei
from contracts.registry import ChainEntry
from tests.chain.signing_support import CHAIN, FEES, RECIPIENT, confirm, seal
from tests.chain.test_signer import Scene
from tests.conftest import LocalChain

BLOCK_HASH, OTHER_HASH = "0x" + "11" * 32, "0x" + "22" * 32


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(chain.keystore, "SCRYPT_N", 2)
    return Scene(tmp_path)


@dataclass
class FakeChain:
    """A node with one receipt and one block, and a clock that only sleeping moves."""

    receipt: Any
    block: Any
    entry: ChainEntry = CHAIN
    head: int = 9
    now: float = 0.0
    balances: dict[str, str] = field(default_factory=dict)
    fail: bool = False

    async def rpc(self, method: str, params: Sequence[object]) -> Any:
        if self.fail:
            raise SaysoError("The node is away.")
        if method == "eth_getTransactionReceipt":
            return self.receipt if self.receipt and self.receipt.get("asked", params[0]) == params[0] else None
        if method == "eth_getBlockByNumber":
            return {"number": hex(self.head)} if params[0] in ("latest", "finalized") else self.block
        if method == "eth_getTransactionCount":
            return "0x5" if params[1] == "0x8" else "0x6"
        if method == "eth_blockNumber":
            return hex(self.head)
        if method == "eth_getTransactionByHash":
            return None
        assert method == "eth_getBalance"
        return self.balances[str(params[1])]

    async def send_raw(self, raw: bytes) -> str:
        raise AssertionError("tracking sends nothing")

    def timer(self) -> Timer:
        async def sleep(seconds: float) -> None:
            self.now += seconds

        return Timer(lambda: self.now, sleep)


def receipt_of(attempt: SignedAttempt, scene: Scene, **changes: Any) -> dict[str, Any]:
    return {
        "asked": attempt.hash,
        "transactionHash": attempt.hash,
        "transactionIndex": "0x0",
        "blockHash": BLOCK_HASH,
        "blockNumber": "0x9",
        "from": scene.account.lower(),
        "to": RECIPIENT.lower(),
        "status": "0x1",
        "gasUsed": "0x5208",
        "effectiveGasPrice": "0x3b9aca00",
        "logs": [],
    } | changes


def chain_with(attempt: SignedAttempt, scene: Scene, **changes: Any) -> FakeChain:
    fee = 21_000 * 10**9
    balances = {"0x8": hex(10**18), "0x9": hex(10**18 - 10**17 - fee)}
    block = {"hash": BLOCK_HASH, "transactions": [attempt.hash]}
    return FakeChain(receipt_of(attempt, scene, **changes), block, balances=balances)


async def test_an_inclusion_is_told_with_its_effects_and_fee(scene: Scene) -> None:
    attempt = scene.sign()
    node = chain_with(attempt, scene)
    outcome = await track(node, [attempt], timer=node.timer())
    assert (outcome.status, outcome.hash, outcome.block_number) == ("final", attempt.hash, 9)
    assert (outcome.gas_used, outcome.fee_paid) == (21_000, 21_000 * 10**9)
    assert set(outcome.changes) == {
        AssetChange(None, scene.account, -(10**17)),
        AssetChange(None, RECIPIENT, 10**17),
    }


async def test_a_receipt_with_status_0_is_a_revert_without_effects(scene: Scene) -> None:
    attempt = scene.sign()
    node = chain_with(attempt, scene, status="0x0", logs=["nonsense"])
    outcome = await track(node, [attempt], timer=node.timer())
    assert (outcome.status, outcome.changes, outcome.fee_paid) == ("reverted", (), 21_000 * 10**9)


FORGED: dict[str, dict[str, Any]] = {
    "another hash": {"transactionHash": OTHER_HASH},
    "another sender": {"from": RECIPIENT},
    "another recipient": {"to": "0x" + "33" * 20},
    "a block that is not the chain's": {"blockHash": OTHER_HASH},
    "another place in the block": {"transactionIndex": "0x1"},
    "no status": {"status": None},
    "another status": {"status": "0x2"},
    "no gas": {"gasUsed": "0x0"},
    "more gas than allowed": {"gasUsed": "0xffffff"},
    "a higher price than signed": {"effectiveGasPrice": "0xffffffffff"},
    "no logs": {"logs": None},
    "broken logs": {"logs": [{"topics": "x"}]},
    "numbers that are none": {"blockNumber": 9},
}


@pytest.mark.parametrize("forgery", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_receipt_is_not_believed(scene: Scene, forgery: dict[str, Any]) -> None:
    attempt = scene.sign()
    node = chain_with(attempt, scene, **forgery)
    outcome = await track(node, [attempt], within=3, timer=node.timer())
    assert (outcome.status, outcome.hash, outcome.block_number) == ("unknown", attempt.hash, None)


@pytest.mark.parametrize("block", [None, [], {"hash": BLOCK_HASH}, {"hash": BLOCK_HASH, "transactions": []}])
async def test_nor_is_a_receipt_whose_block_does_not_hold_it(scene: Scene, block: Any) -> None:
    attempt = scene.sign()
    node = replace(chain_with(attempt, scene), block=block)
    assert (await track(node, [attempt], within=1, timer=node.timer())).status == "unknown"


async def test_unknown_is_told_after_the_time_and_not_before(scene: Scene) -> None:
    attempt = scene.sign()
    node = FakeChain(None, None)
    assert (await wait_included(node, [attempt], timer=node.timer())).status == "unknown"
    assert node.now == pytest.approx(120)
    node.fail = True
    assert (await wait_included(node, [attempt], within=5, timer=node.timer())).status == "unknown"


async def test_any_attempt_of_the_slot_may_be_the_one(scene: Scene) -> None:
    first = scene.sign()
    second = scene.sign(fees=bump(FEES, FEES, scene.draft.steps[0].fees), replace=True)
    node = chain_with(first, scene)
    assert (await track(node, [first, second], timer=node.timer())).hash == first.hash


async def test_finality_by_blocks_and_by_tag(scene: Scene) -> None:
    attempt = scene.sign()
    node = chain_with(attempt, scene)
    node.entry = replace(CHAIN, finality_blocks=3)
    outcome = await track(node, [attempt], timer=node.timer())
    assert outcome.status == "included"
    for head, wanted in ((9, Finality.OPEN), (10, Finality.OPEN), (11, Finality.FINAL)):
        node.head = head
        assert await check_final(node, outcome) is wanted
    node.entry = replace(CHAIN, finality_blocks=None)
    for head, wanted in ((8, Finality.OPEN), (9, Finality.FINAL)):
        node.head = head
        assert await check_final(node, outcome) is wanted


async def test_a_reorg_opens_it_again(scene: Scene) -> None:
    attempt = scene.sign()
    node = chain_with(attempt, scene)
    outcome = await track(node, [attempt], timer=node.timer())
    node.block = {"hash": OTHER_HASH, "transactions": [attempt.hash]}
    assert await check_final(node, outcome) is Finality.REOPENED
    node.block = None
    assert await check_final(node, outcome) is Finality.REOPENED
    assert await check_final(node, StepOutcome(0, "unknown")) is Finality.OPEN


async def test_a_nonce_is_taken_only_on_evidence(scene: Scene) -> None:
    attempt = scene.sign()
    node = FakeChain(None, None)
    assert await nonce_taken(node, [attempt])
    node.head = 8
    assert not await nonce_taken(node, [attempt])
    node.fail = True
    with pytest.raises(SaysoError):
        await nonce_taken(node, [attempt])


@pytest.fixture
async def client(local_chain: LocalChain) -> AsyncIterator[ChainClient]:
    connected = await connect([local_chain.rpc_url], local_chain.registry)
    yield connected
    await connected.close()


class LiveScene:
    """A draft of a payment, confirmed and about to be signed, on the local chain."""

    def __init__(self, scene: Scene, local_chain: LocalChain, view: NodeView) -> None:
        local_chain.fund(scene.account)
        self.scene, self.view = scene, view
        scene.draft = seal(scene.draft)
        scene.confirmation = confirm(scene.draft, scene.ledger)
        scene.ledger.slots.clear()
        scene.ledger.reserve(scene.draft, 0, view.pending_nonce)

    def sign(self, fees: FeeQuote, *, replace: bool = False) -> SignedAttempt:
        entry = replace_chain(self.view)
        return self.scene.sign(fees=fees, replace=replace, node=self.view, chain=entry)


def replace_chain(view: NodeView) -> ChainEntry:
    return replace(CHAIN, chain_id=view.chain_id)


@pytest.fixture
async def live(scene: Scene, local_chain: LocalChain, client: ChainClient) -> LiveScene:
    return LiveScene(scene, local_chain, await node_view(client, scene.account))


@pytest.mark.anvil
async def test_signed_sent_and_final_on_the_local_chain(
    live: LiveScene, local_chain: LocalChain, client: ChainClient
) -> None:
    before = local_chain.balance(RECIPIENT)
    attempt = live.sign(await quote_fees(client))
    assert (await broadcast(client, attempt)).status is SendStatus.ACCEPTED
    outcome = await track(client, [attempt], within=10)
    assert (outcome.status, outcome.gas_used) == ("final", 21_000)
    assert AssetChange(None, live.scene.account, -(10**17)) in outcome.changes
    assert local_chain.balance(RECIPIENT) - before == 10**17
    again = await broadcast(client, attempt)
    assert again.status is SendStatus.INCLUDED
    assert local_chain.balance(RECIPIENT) - before == 10**17


@pytest.mark.anvil
async def test_a_bumped_replacement_takes_the_place_of_the_first(
    live: LiveScene, local_chain: LocalChain, client: ChainClient
) -> None:
    before = local_chain.balance(RECIPIENT)
    local_chain.rpc("evm_setAutomine", False)
    try:
        fees = await quote_fees(client)
        first = live.sign(fees)
        await broadcast(client, first)
        second = live.sign(bump(fees, fees, live.scene.draft.steps[0].fees), replace=True)
        assert (await broadcast(client, second)).status is SendStatus.ACCEPTED
        late = await broadcast(client, first)
        assert late.status in (SendStatus.UNDERPRICED, SendStatus.UNKNOWN)
        local_chain.mine()
        outcome = await track(client, [first, second], within=10)
    finally:
        local_chain.rpc("evm_setAutomine", True)
    assert (outcome.status, outcome.hash) == ("final", second.hash)
    assert (await broadcast(client, first)).status is SendStatus.NONCE_TAKEN
    assert local_chain.balance(RECIPIENT) - before == 10**17


@pytest.mark.anvil
async def test_a_real_reorg_reopens_what_was_included(
    live: LiveScene, local_chain: LocalChain, client: ChainClient
) -> None:
    attempt = live.sign(await quote_fees(client))
    await broadcast(client, attempt)
    outcome = await track(client, [attempt], within=10)
    local_chain.rpc("anvil_reorg", 1, [])
    assert await check_final(client, outcome) is Finality.REOPENED


@pytest.mark.anvil
async def test_too_little_money_is_rejected_by_the_node(
    live: LiveScene, local_chain: LocalChain, client: ChainClient
) -> None:
    attempt = live.sign(await quote_fees(client))
    local_chain.rpc("anvil_setBalance", live.scene.account, "0x1")
    assert (await broadcast(client, attempt)).status is SendStatus.REJECTED


@pytest.mark.anvil
async def test_fees_over_the_confirmed_ceiling_are_refused_whatever_the_market(live: LiveScene) -> None:
    with pytest.raises(Refused):
        live.sign(FeeQuote(Wei(10**12), Wei(10**9), None))
