"""A ledger in memory, a chain entry and a confirmed draft, for the tests of what stands around the key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chain.digest import draft_digest, policy_hash
from chain.fees import FeeQuote
from chain.keystore import Keystore
from chain.signer import Door, NodeView
from chain.values import (
    Address,
    Asset,
    ChainId,
    Confirmation,
    Digest,
    Draft,
    DraftStep,
    Effect,
    EffectKind,
    FeeLimits,
    Finding,
    NonceSlot,
    Policy,
    RawAmount,
    SignedAttempt,
    SlotState,
    Step,
    StepOutcome,
    StepSimulation,
    TransactionRequest,
    Unlocked,
    Verdict,
    Wei,
)
from contracts.registry import ChainEntry

TEST_KEY = "0x" + "7e57" * 16
PASSWORD = "a test password"
RECIPIENT = Address("0x00000000000000000000000000000000DeaDBeef")
CHAIN = ChainEntry(
    chain_id=31337,
    slug="local",
    name="Local",
    test=True,
    native_symbol="ETH",
    native_decimals=18,
    wrapped_native="0xDE0b847391f373dcdca83ADfE366FfEe94b0D14D",
    multicall3="0xcA11bde05977b3631167028862bE2a173976CA11",
    base_fee=True,
    finality_blocks=1,
    rpc_urls=(),
    source="test",
    date="2026-01-01",
)
NODE = NodeView(31337, ("http://127.0.0.1:8545",), latest_nonce=5, pending_nonce=5, block_gas_limit=30_000_000)
FEES = FeeQuote(Wei(2_000_000_000), Wei(1_000_000_000), Wei(500_000_000))
CREATED, NOW, EXPIRES = 1_000_000, 1_000_100, 1_000_300


@dataclass
class MemoryLedger:
    """The Ledger protocol in dictionaries."""

    confirmations: dict[str, Confirmation] = field(default_factory=dict)
    slots: dict[tuple[str, int], NonceSlot] = field(default_factory=dict)
    signed: dict[tuple[str, int], list[SignedAttempt]] = field(default_factory=dict)
    refuse_writes: bool = False

    def confirmation(self, draft_id: str) -> Confirmation | None:
        return self.confirmations.get(draft_id)

    def reserve(self, draft: Draft, step_index: int, next_nonce: int) -> NonceSlot:
        slot = NonceSlot(draft.chain_id, draft.account, next_nonce, draft.id, step_index, SlotState.RESERVED)
        return self.slots.setdefault((draft.id, step_index), slot)

    def slot(self, draft_id: str, step_index: int) -> NonceSlot | None:
        return self.slots.get((draft_id, step_index))

    def record_signed(self, slot: NonceSlot, attempt: SignedAttempt) -> None:
        if self.refuse_writes:
            raise OSError("disk full")
        key = (slot.draft_id, slot.step_index)
        self.signed.setdefault(key, []).append(attempt)
        self.slots[key] = replace(slot, state=SlotState.SIGNED)

    def attempts(self, draft_id: str, step_index: int) -> Sequence[SignedAttempt]:
        return tuple(self.signed.get((draft_id, step_index), ()))

    def record_state(self, slot: NonceSlot, state: SlotState, evidence: Mapping[str, str]) -> None:
        self.slots[slot.draft_id, slot.step_index] = replace(slot, state=state)

    def record_outcome(self, outcome: StepOutcome, draft_id: str) -> None:
        raise AssertionError("the signer records no outcome")


def ether(chain_id: int = 31337) -> Asset:
    """The native coin."""
    return Asset(ChainId(chain_id), None, "ETH", 18)


def make_step(account: Address, *, chain_id: int = 31337, value: int = 10**17, data: bytes = b"") -> DraftStep:
    """One drafted native payment with room for fees."""
    request = TransactionRequest(ChainId(chain_id), account, RECIPIENT, Wei(value), data)
    promised = (Effect(EffectKind.OUT, ether(), account, RawAmount(value), RECIPIENT),)
    fees = FeeLimits(60_000, Wei(4_000_000_000), Wei(2_000_000_000))
    return DraftStep(Step("transfer", request, promised), fees, StepSimulation(True, 21_000))


def make_draft(account: Address, steps: int = 1, policy: Policy | None = None) -> Draft:
    """A draft of payments, digest set."""
    finding = Finding("recipient.first_time", Verdict.WARN, "First payment to this address.", 0, ack="first")
    draft = Draft(
        id="d-1",
        account=account,
        chain_id=ChainId(31337),
        steps=tuple(make_step(account) for _ in range(steps)),
        findings=(finding,),
        policy_hash=policy_hash(policy or Policy()),
        block_number=17,
        block_hash="0x" + "11" * 32,
        simulation_method="eth_simulateV1",
        created_at=CREATED,
        expires_at=EXPIRES,
        words="send 0.1 eth",
        digest=Digest(b""),
    )
    return seal(draft)


def seal(draft: Draft) -> Draft:
    """The draft with the digest that it should have."""
    return replace(draft, digest=draft_digest(draft))


def confirm(draft: Draft, ledger: MemoryLedger, at: int = NOW) -> Confirmation:
    """A person's recorded yes."""
    ledger.confirmations[draft.id] = Confirmation(draft.id, draft.digest, at)
    return ledger.confirmations[draft.id]


def make_door(keystore: Keystore, unlocked: Unlocked, ledger: MemoryLedger, **changes: object) -> Door:
    """Everything around the key, in order."""
    door = Door(ledger, keystore, unlocked, Policy(), CHAIN, NODE, NOW)
    return replace(door, **changes)  # type: ignore[arg-type]
