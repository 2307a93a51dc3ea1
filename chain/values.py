"""The frozen values that flow through the house: Plan, Draft, Confirmation, Policy, Outcome, and the Ledger that remembers them.

Amounts are raw token units in `int`, the asset's decimals beside them. Times are Unix seconds. Addresses are EIP-55 checksummed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NewType, Protocol

ChainId = NewType("ChainId", int)
Address = NewType("Address", str)
Wei = NewType("Wei", int)
RawAmount = NewType("RawAmount", int)
Digest = NewType("Digest", bytes)

UNLIMITED = RawAmount(2**256 - 1)


@dataclass(frozen=True, slots=True)
class Asset:
    """A coin of a chain: `address` is None for the native coin. `listed` says whether the registry vouches for it."""

    chain_id: ChainId
    address: Address | None
    symbol: str
    decimals: int
    listed: bool = True


@dataclass(frozen=True, slots=True)
class TransactionRequest:
    """The closed transaction type before fees and nonce: a call, never a create, blob or delegation."""

    chain_id: ChainId
    sender: Address
    to: Address
    value: Wei
    data: bytes


class EffectKind(StrEnum):
    """What a step does to somebody's holdings."""

    OUT = "out"
    IN = "in"
    ALLOWANCE = "allowance"


@dataclass(frozen=True, slots=True)
class Effect:
    """One promised effect. OUT: at most `amount` leaves `account`; IN: at least `amount` arrives at `account`;
    ALLOWANCE: afterwards `counterparty` may spend exactly `amount` of `account`'s asset.

    `counterparty` of an OUT is who gets it (or the contract it goes through), of an IN who it comes from, if known.
    """

    kind: EffectKind
    asset: Asset
    account: Address
    amount: RawAmount
    counterparty: Address | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction of a plan, with everything it may do and nothing else. `intent` is the parse contract's name."""

    intent: str
    request: TransactionRequest
    promised: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The ordered steps that carry out what was asked."""

    account: Address
    chain_id: ChainId
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class FeeLimits:
    """What a step may burn. The ceiling in wei is gas_limit × max_fee_per_gas (+ `l1_fee` on rollups that charge one)."""

    gas_limit: int
    max_fee_per_gas: Wei
    max_priority_fee_per_gas: Wei
    l1_fee: Wei = Wei(0)

    @property
    def ceiling(self) -> Wei:
        """The most that the step can cost, in wei."""
        return Wei(self.gas_limit * self.max_fee_per_gas + self.l1_fee)


@dataclass(frozen=True, slots=True)
class AssetChange:
    """A balance that moved in a simulation or a receipt: `asset` None is the native coin, gas costs left out."""

    asset: Address | None
    account: Address
    delta: int


@dataclass(frozen=True, slots=True)
class AllowanceChange:
    """An allowance that an event set: Approval(owner, spender, value). `everything` marks ApprovalForAll.

    `previous` is what it was before, where that was read: spending an allowance lowers it, and some tokens log that.
    """

    token: Address
    owner: Address
    spender: Address
    amount: int
    everything: bool = False
    previous: int | None = None


@dataclass(frozen=True, slots=True)
class StepSimulation:
    """What one step did in the simulation. `revert_reason` is untrusted text, raw."""

    succeeded: bool
    gas_used: int
    changes: tuple[AssetChange, ...] = ()
    allowances: tuple[AllowanceChange, ...] = ()
    ownership_changes: tuple[Address, ...] = ()
    revert_reason: str = ""


@dataclass(frozen=True, slots=True)
class Simulation:
    """All steps on one state. `method` says how much it could see ('eth_simulateV1' sees native transfers too)."""

    method: str
    block_number: int
    block_hash: str
    steps: tuple[StepSimulation, ...]


class Verdict(StrEnum):
    """What a risk check answers. UNKNOWN applies and could not be made; NOT_APPLICABLE does not apply."""

    PASS = "pass"
    WARN = "warn"
    BLOCK = "block"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "n/a"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check. `refuse`: no policy lifts the block. `ack`: the word to type before confirming, or ''.

    `check` is a dotted slug ('recipient.first_time'), `step` its step's index or None for the whole draft.
    `facts` are (name, value) pairs that the check saw, in words.
    """

    check: str
    verdict: Verdict
    message: str
    step: int | None = None
    refuse: bool = False
    ack: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DraftStep:
    """A step with the fees it may burn and what the simulation saw."""

    step: Step
    fees: FeeLimits
    simulated: StepSimulation


@dataclass(frozen=True, slots=True)
class Draft:
    """A simulated plan, as shown on the card and bound by its digest. `prices` are (symbol, what one whole coin of it
    is worth as fiat text, '2000.5 USD', age in seconds, source)."""

    id: str
    account: Address
    chain_id: ChainId
    steps: tuple[DraftStep, ...]
    findings: tuple[Finding, ...]
    policy_hash: bytes
    block_number: int
    block_hash: str
    simulation_method: str
    created_at: int
    expires_at: int
    words: str
    digest: Digest
    prices: tuple[tuple[str, str, int, str], ...] = ()

    @property
    def acks(self) -> tuple[str, ...]:
        """The words to be typed before this may be confirmed, each once, in order."""
        return tuple(dict.fromkeys(f.ack for f in self.findings if f.ack))


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A person's yes to exactly these bytes. Single use."""

    draft_id: str
    digest: Digest
    confirmed_at: int


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` raw units of `asset` (a symbol) or `fiat` text ('200 USD') per `window` seconds; window 0 is per transaction."""

    window: int
    asset: str = ""
    amount: str = ""
    fiat: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the person allows. Defaults as in the design; `allowed_recipients` empty means anyone."""

    limits: tuple[Limit, ...] = ()
    allowed_recipients: tuple[Address, ...] = ()
    lifted_recipients: tuple[Address, ...] = ()
    unknown_blocks_above: str = "100 USD"
    slippage: str = "0.5%"
    expiry_seconds: int = 300


class SlotState(StrEnum):
    """Where a nonce slot stands. FINAL, REVERTED and CANCELLED are settled; a reorg opens INCLUDED again."""

    RESERVED = "reserved"
    SIGNED = "signed"
    SENT = "sent"
    INCLUDED = "included"
    FINAL = "final"
    REVERTED = "reverted"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NonceSlot:
    """The one nonce that one step of one draft owns: unique by (chain, account, nonce) and by (draft, step)."""

    chain_id: ChainId
    account: Address
    nonce: int
    draft_id: str
    step_index: int
    state: SlotState


@dataclass(frozen=True, slots=True)
class SignedAttempt:
    """Signed bytes in a slot, stored before they are ever sent. `raw` is public once sent and holds no secret."""

    draft_id: str
    step_index: int
    nonce: int
    hash: str
    raw: bytes
    max_fee_per_gas: Wei
    max_priority_fee_per_gas: Wei
    signed_at: int


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What became of one step: `changes` are those seen in its receipt. `native_seen` is False where what the native coin
    did to the sender cannot be told apart from other transactions of its own in the same block, or not be asked."""

    step_index: int
    status: Literal["not_sent", "sent", "included", "final", "reverted", "unknown"]
    hash: str = ""
    block_number: int | None = None
    block_hash: str = ""
    gas_used: int | None = None
    fee_paid: Wei | None = None
    changes: tuple[AssetChange, ...] = ()
    allowances: tuple[AllowanceChange, ...] = ()
    native_seen: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to a confirmed draft, step by step. 'partly_done': a step was not sent, and another was."""

    draft_id: str
    status: Literal["done", "partly_done", "not_sent", "reverted", "unknown", "sent"]
    steps: tuple[StepOutcome, ...]


class Ledger(Protocol):
    """What must be a row before it is an effect. Each method that writes is durable when it returns (fsync).

    Implemented over the store by `agent`; the signer and the sender see only this.
    """

    def confirmation(self, draft_id: str) -> Confirmation | None:
        """The recorded confirmation of a draft, or None."""
        ...

    def reserve(self, draft: Draft, step_index: int, next_nonce: int) -> NonceSlot:
        """The slot of this step: the one it owns already, or else a new one at `next_nonce`.

        Raises ChainWasReset where the chain stands behind our own settled slots, Refused where another live slot holds
        that nonce.
        """
        ...

    def slot(self, draft_id: str, step_index: int) -> NonceSlot | None:
        """The slot that a step owns, or None."""
        ...

    def record_signed(self, slot: NonceSlot, attempt: SignedAttempt) -> None:
        """Store signed bytes and their hash, and move the slot to SIGNED, in one transaction."""
        ...

    def attempts(self, draft_id: str, step_index: int) -> Sequence[SignedAttempt]:
        """All signed bytes of a slot, oldest first."""
        ...

    def record_state(self, slot: NonceSlot, state: SlotState, evidence: Mapping[str, str]) -> None:
        """Move a slot on evidence (a hash, a block hash, an error class); journalled."""
        ...

    def record_outcome(self, outcome: StepOutcome, draft_id: str) -> None:
        """Store what a receipt showed of a step."""
        ...


@dataclass(frozen=True, slots=True)
class Unlocked:
    """Proof that the person unlocked `account` in this process; made by the keystore, holds no key material itself."""

    account: Address
    handle: int = field(repr=False)
