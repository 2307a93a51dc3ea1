"""The one door: it signs a confirmed draft exactly, and refuses everything else without touching the ledger."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import chain.keystore
from chain.errors import DraftExpired, Locked, NotConfirmed, Refused, SaysoError, WrongDigest
from chain.fees import FeeQuote, bump
from chain.keystore import Keystore
from chain.known_keys import WELL_KNOWN
from chain.signed import decode_signed
from chain.signer import Door, is_loopback, sign_step
from chain.transaction import TxKind
from chain.values import ChainId, Draft, NonceSlot, Policy, SignedAttempt, SlotState, Unlocked, Verdict, Wei
from tests.chain.signing_support import (
    CHAIN,
    CREATED,
    EXPIRES,
    FEES,
    NODE,
    PASSWORD,
    RECIPIENT,
    TEST_KEY,
    MemoryLedger,
    confirm,
    make_door,
    make_draft,
    seal,
)
from tests.chain.test_digest import mutations


@pytest.fixture(autouse=True)
def cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain.keystore, "SCRYPT_N", 2)


class Scene:
    """A confirmed draft before the door, with every part replaceable."""

    def __init__(self, home: Path, steps: int = 1) -> None:
        self.keystore = Keystore(home / "keys")
        self.account = self.keystore.import_key("main", TEST_KEY, PASSWORD).address
        self.unlocked = self.keystore.unlock("main", PASSWORD)
        self.ledger = MemoryLedger()
        self.draft = make_draft(self.account, steps)
        self.confirmation = confirm(self.draft, self.ledger)
        self.slots = [self.ledger.reserve(self.draft, i, 5 + i) for i in range(steps)]

    def door(self, **changes: Any) -> Door:
        return replace(make_door(self.keystore, self.unlocked, self.ledger), **changes)

    def sign(self, step: int = 0, *, fees: FeeQuote = FEES, replace: bool = False, **door: Any) -> SignedAttempt:
        slot = self.ledger.slots[self.draft.id, step]
        return sign_step(self.draft, step, self.confirmation, slot, fees, self.door(**door), replace=replace)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


@pytest.fixture
def two_steps(tmp_path: Path) -> Scene:
    return Scene(tmp_path, steps=2)


def nothing_signed(scene: Scene) -> bool:
    return not any(scene.ledger.signed.values())


def test_a_confirmed_step_is_signed_as_drafted_and_recorded(scene: Scene) -> None:
    attempt = scene.sign()
    found = decode_signed(attempt.raw, chain_id=31337)
    request = scene.draft.steps[0].step.request
    assert found.sender == scene.account
    assert (found.unsigned.kind, found.unsigned.nonce) == (TxKind.DYNAMIC_FEE, 5)
    assert (found.unsigned.to, found.unsigned.value, found.unsigned.data) == (request.to, request.value, request.data)
    assert found.unsigned.gas_limit == scene.draft.steps[0].fees.gas_limit
    assert (found.unsigned.max_fee_per_gas, found.unsigned.max_priority_fee_per_gas) == (2 * 10**9, 10**9)
    assert scene.ledger.attempts("d-1", 0) == (attempt,)
    assert attempt.hash == found.hash and scene.ledger.slots["d-1", 0].state is SlotState.SIGNED


def test_a_chain_without_base_fee_gets_a_legacy_transaction_with_a_chain_id(scene: Scene) -> None:
    fees = FeeQuote(Wei(2 * 10**9), Wei(2 * 10**9), None)
    found = decode_signed(scene.sign(chain=replace(CHAIN, base_fee=False), fees=fees).raw)
    assert (found.unsigned.kind, found.unsigned.chain_id) == (TxKind.LEGACY, 31337)


def test_a_retry_is_the_same_bytes_whatever_the_fees(scene: Scene) -> None:
    first = scene.sign()
    higher = FeeQuote(Wei(3 * 10**9), Wei(2 * 10**9), None)
    assert scene.sign(fees=higher) == first
    assert scene.sign(now=EXPIRES + 10**6) == first
    assert len(scene.ledger.attempts("d-1", 0)) == 1


def test_what_cannot_be_recorded_is_not_handed_out(scene: Scene) -> None:
    scene.ledger.refuse_writes = True
    with pytest.raises(OSError, match="disk full"):
        scene.sign()
    assert nothing_signed(scene)


DRAFT_FIELDS = make_draft(RECIPIENT, 2)
CHANGED_DRAFTS = dict(mutations(DRAFT_FIELDS))


@pytest.mark.parametrize("where", CHANGED_DRAFTS)
def test_every_field_of_a_confirmed_draft_is_bound(two_steps: Scene, where: str) -> None:
    changed = dict(mutations(two_steps.draft))[where]
    slot = two_steps.slots[0]
    with pytest.raises((WrongDigest, NotConfirmed)):
        sign_step(changed, 0, two_steps.confirmation, slot, FEES, two_steps.door())
    assert nothing_signed(two_steps)


@pytest.mark.parametrize("where", [w for w in CHANGED_DRAFTS if w not in (".digest", ".id")])
def test_nor_is_a_changed_draft_signed_with_its_own_digest(two_steps: Scene, where: str) -> None:
    """Whoever changes the stored draft and its digest still lacks the person's confirmation of it."""
    changed = seal(dict(mutations(two_steps.draft))[where])
    forged = replace(two_steps.confirmation, digest=changed.digest)
    for given in (two_steps.confirmation, forged):
        with pytest.raises(WrongDigest):
            sign_step(changed, 0, given, two_steps.slots[0], FEES, two_steps.door())
    assert nothing_signed(two_steps)


def test_without_a_recorded_confirmation_nothing_is_signed(scene: Scene) -> None:
    scene.ledger.confirmations.clear()
    with pytest.raises(NotConfirmed):
        scene.sign()


@pytest.mark.parametrize("at", [CREATED - 1, EXPIRES, EXPIRES + 86_400])
def test_a_confirmation_outside_the_drafts_time_is_none(scene: Scene, at: int) -> None:
    scene.confirmation = confirm(scene.draft, scene.ledger, at)
    with pytest.raises(DraftExpired):
        scene.sign()


def test_confirmed_but_unsigned_at_expiry_is_not_signed(scene: Scene) -> None:
    with pytest.raises(DraftExpired):
        scene.sign(now=EXPIRES)
    assert nothing_signed(scene)
    assert scene.sign(now=EXPIRES - 1)


def test_a_clock_before_the_draft_is_not_trusted(scene: Scene) -> None:
    with pytest.raises(Refused):
        scene.sign(now=CREATED - 86_400)


def reconfirmed(scene: Scene, draft: Draft) -> None:
    """Put another draft in place, confirmed by the person."""
    scene.draft = seal(draft)
    scene.confirmation = confirm(scene.draft, scene.ledger)


def with_request(draft: Draft, **changes: Any) -> Draft:
    first = draft.steps[0]
    request = replace(first.step.request, **changes)
    return replace(draft, steps=(replace(first, step=replace(first.step, request=request)), *draft.steps[1:]))


def with_fees(draft: Draft, **changes: Any) -> Draft:
    first = draft.steps[0]
    return replace(draft, steps=(replace(first, fees=replace(first.fees, **changes)),))


BAD_DRAFTS: dict[str, Callable[[Draft], Draft]] = {
    "a finding blocks": lambda d: replace(d, findings=(replace(d.findings[0], verdict=Verdict.BLOCK),)),
    "a blocking finding that could be lifted": lambda d: replace(
        d, findings=(*d.findings, replace(d.findings[0], verdict=Verdict.BLOCK, refuse=False))
    ),
    "the simulation failed": lambda d: replace(
        d, steps=(replace(d.steps[0], simulated=replace(d.steps[0].simulated, succeeded=False)),)
    ),
    "another policy": lambda d: replace(d, policy_hash=b"\0" * 32),
    "an empty policy hash": lambda d: replace(d, policy_hash=b""),
    "another sender": lambda d: with_request(d, sender=RECIPIENT),
    "another chain in the step": lambda d: with_request(d, chain_id=ChainId(1)),
    "another chain in the draft": lambda d: replace(d, chain_id=ChainId(1)),
    "no recipient": lambda d: with_request(d, to=""),
    "a recipient without checksum": lambda d: with_request(d, to=RECIPIENT.lower()),
    "a value of 257 bits": lambda d: with_request(d, value=Wei(2**256)),
    "gas below intrinsic": lambda d: with_fees(d, gas_limit=20_999),
    "gas over the block": lambda d: with_fees(d, gas_limit=30_000_001),
    "a fee ceiling below the fee": lambda d: with_fees(d, max_fee_per_gas=Wei(2 * 10**9 - 1)),
    "a tip ceiling below the tip": lambda d: with_fees(d, max_priority_fee_per_gas=Wei(10**9 - 1)),
    "no steps": lambda d: replace(d, steps=()),
}


@pytest.mark.parametrize("change", BAD_DRAFTS.values(), ids=BAD_DRAFTS.keys())
def test_even_a_confirmed_draft_is_refused_when_it_is_bad(scene: Scene, change: Callable[[Draft], Draft]) -> None:
    reconfirmed(scene, change(scene.draft))
    with pytest.raises(Refused):
        scene.sign()
    assert nothing_signed(scene)


BAD_DOORS: dict[str, dict[str, Any]] = {
    "the policy was tightened": {"policy": Policy(allowed_recipients=(RECIPIENT,))},
    "the node reports another chain": {"node": replace(NODE, chain_id=1)},
    "the configuration is another chain's": {"chain": replace(CHAIN, chain_id=1337)},
    "the nonce is used": {"node": replace(NODE, latest_nonce=6, pending_nonce=6)},
    "something else waits at the nonce": {"node": replace(NODE, pending_nonce=6)},
    "the nonce leaves a gap": {"node": replace(NODE, latest_nonce=4, pending_nonce=4)},
}


@pytest.mark.parametrize("change", BAD_DOORS.values(), ids=BAD_DOORS.keys())
def test_what_stands_around_the_draft_must_agree(scene: Scene, change: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        scene.sign(**change)
    assert nothing_signed(scene)


@pytest.mark.parametrize("index", [-1, 1, 99])
def test_a_step_that_is_not_there_is_refused(scene: Scene, index: int) -> None:
    slot = replace(scene.slots[0], step_index=index)
    with pytest.raises(Refused):
        sign_step(scene.draft, index, scene.confirmation, slot, FEES, scene.door())


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": 6},
        {"draft_id": "d-2"},
        {"step_index": 1},
        {"account": RECIPIENT},
        {"chain_id": 1},
        {"state": SlotState.SENT},
    ],
)
def test_a_slot_that_the_ledger_does_not_hold_so_is_refused(scene: Scene, change: dict[str, Any]) -> None:
    slot: NonceSlot = replace(scene.slots[0], **change)
    with pytest.raises(Refused):
        sign_step(scene.draft, 0, scene.confirmation, slot, FEES, scene.door())
    assert nothing_signed(scene)


@pytest.mark.parametrize("state", [s for s in SlotState if s is not SlotState.RESERVED])
def test_a_slot_past_reserved_without_bytes_is_never_signed_anew(scene: Scene, state: SlotState) -> None:
    scene.ledger.slots["d-1", 0] = replace(scene.slots[0], state=state)
    with pytest.raises(Refused):
        scene.sign()
    assert nothing_signed(scene)


def test_steps_are_signed_in_order_on_one_view_of_the_node(two_steps: Scene) -> None:
    with pytest.raises(Refused, match="earlier step"):
        two_steps.sign(1)
    first, second = two_steps.sign(0), two_steps.sign(1)
    assert (first.nonce, second.nonce) == (5, 6)


def test_later_steps_follow_what_the_node_has_seen(two_steps: Scene) -> None:
    two_steps.sign(0)
    seen = replace(NODE, latest_nonce=6, pending_nonce=6)
    assert two_steps.sign(1, node=seen).nonce == 6


RAISED = FeeQuote(Wei(2_250_000_000), Wei(1_125_000_000), None)


def test_a_replacement_does_the_same_in_the_same_slot(scene: Scene) -> None:
    first = scene.sign()
    second = scene.sign(fees=RAISED, replace=True, now=EXPIRES + 60)
    old, new = decode_signed(first.raw).unsigned, decode_signed(second.raw).unsigned
    assert new == replace(old, max_fee_per_gas=2_250_000_000, max_priority_fee_per_gas=1_125_000_000)
    assert scene.ledger.attempts("d-1", 0) == (first, second)
    assert scene.sign() == second


@pytest.mark.parametrize(
    ("fee", "tip"),
    [
        (2_249_999_999, 1_125_000_000),
        (2_250_000_000, 1_124_999_999),
        (2 * 10**9, 10**9),
        (4 * 10**9 + 1, 1_125_000_000),
    ],
)
def test_a_replacement_that_is_too_low_or_over_the_ceiling_is_refused(scene: Scene, fee: int, tip: int) -> None:
    scene.sign()
    with pytest.raises(Refused):
        scene.sign(fees=FeeQuote(Wei(fee), Wei(tip), None), replace=True)
    assert len(scene.ledger.attempts("d-1", 0)) == 1


def test_bumps_end_at_the_ceiling(scene: Scene) -> None:
    fees, made = FEES, 1
    scene.sign()
    with pytest.raises(Refused):
        while made < 20:
            fees = bump(fees, fees, scene.draft.steps[0].fees)
            scene.sign(fees=fees, replace=True)
            made += 1
    assert made == len(scene.ledger.attempts("d-1", 0)) == 6


@pytest.mark.parametrize("state", [SlotState.INCLUDED, SlotState.FINAL, SlotState.REVERTED, SlotState.CANCELLED])
def test_what_is_in_a_block_is_not_replaced(scene: Scene, state: SlotState) -> None:
    scene.sign()
    scene.ledger.slots["d-1", 0] = replace(scene.slots[0], state=state)
    with pytest.raises(Refused):
        scene.sign(fees=RAISED, replace=True)


def test_there_is_no_replacement_of_nothing(scene: Scene) -> None:
    with pytest.raises(Refused):
        scene.sign(fees=RAISED, replace=True)


def test_stored_bytes_that_are_not_this_steps_are_not_given_out(scene: Scene) -> None:
    attempt = scene.sign()
    scene.ledger.signed["d-1", 0] = [replace(attempt, hash="0x" + "00" * 32)]
    with pytest.raises(Refused):
        scene.sign()
    scene.ledger.signed["d-1", 0] = [replace(attempt, raw=attempt.raw[:-1])]
    with pytest.raises(Refused):
        scene.sign()


def test_a_locked_or_forged_session_signs_nothing(scene: Scene) -> None:
    with pytest.raises(Locked):
        scene.sign(unlocked=Unlocked(scene.account, 12345))
    scene.keystore.lock(scene.unlocked)
    with pytest.raises(Locked):
        scene.sign()
    assert nothing_signed(scene)


def test_another_accounts_session_signs_nothing(scene: Scene) -> None:
    scene.keystore.create("other", PASSWORD)
    with pytest.raises(Refused):
        scene.sign(unlocked=scene.keystore.unlock("other", PASSWORD))


def test_a_key_that_signs_something_else_is_caught(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Keystore.sign_behind_the_door

    def thief(self: Keystore, unlocked: Unlocked, transaction: Any) -> bytes:
        return honest(self, unlocked, replace(transaction, value=transaction.value + 1))

    monkeypatch.setattr(Keystore, "sign_behind_the_door", thief)
    with pytest.raises(Refused, match="not what was to be signed"):
        scene.sign()
    assert nothing_signed(scene)


REAL_CHAIN = replace(CHAIN, test=False)
FAR_NODE = replace(NODE, rpc_urls=("http://127.0.0.1:8545", "https://rpc.invalid"))


class DemoScene(Scene):
    """The same with an account that only a test chain may use."""

    def __init__(self, home: Path, key: str | None) -> None:
        self.keystore = Keystore(home / "keys")
        if key is None:
            self.keystore.create("main", PASSWORD, demo=True)
        else:
            self.keystore.import_key("main", key, PASSWORD)
        self.account = self.keystore.find("main").address
        self.unlocked = self.keystore.unlock("main", PASSWORD)
        self.ledger = MemoryLedger()
        self.draft = make_draft(self.account)
        self.confirmation = confirm(self.draft, self.ledger)
        self.slots = [self.ledger.reserve(self.draft, 0, 5)]


ANVIL_FIRST_KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"


@pytest.mark.parametrize("key", [None, ANVIL_FIRST_KEY, "0" * 63 + "1"], ids=["demo", "anvil", "key 1"])
def test_demo_and_published_keys_sign_only_on_a_test_chain_on_this_machine(tmp_path: Path, key: str | None) -> None:
    scene = DemoScene(tmp_path, key)
    for change in ({"chain": REAL_CHAIN}, {"node": FAR_NODE}, {"node": replace(NODE, rpc_urls=())}):
        with pytest.raises(Refused, match="test chain on this machine"):
            scene.sign(**change)
    assert nothing_signed(scene)
    assert scene.sign()


def test_ones_own_key_signs_on_a_real_chain(scene: Scene) -> None:
    assert scene.sign(chain=REAL_CHAIN, node=FAR_NODE)


def test_the_published_keys_are_listed() -> None:
    assert len(WELL_KNOWN) >= 40 and "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266" in WELL_KNOWN


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8545", True),
        ("http://127.9.9.9", True),
        ("http://localhost:8545/x", True),
        ("http://[::1]:8545", True),
        ("http://localhost.evil.invalid", False),
        ("http://127.0.0.1.evil.invalid", False),
        ("http://127.0.0.1@evil.invalid", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
        ("", False),
        ("http://[::1", False),
    ],
)
def test_what_is_this_machine(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_no_refusal_shows_the_key_or_the_password(scene: Scene) -> None:
    for change in BAD_DOORS.values():
        with pytest.raises(SaysoError) as caught:
            scene.sign(**change)
        assert TEST_KEY[2:] not in str(caught.value) and PASSWORD not in str(caught.value)
