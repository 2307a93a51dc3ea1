"""The nonce ledger's invariants: one step, one nonce; an error frees nothing; evidence does."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy.exc import IntegrityError

from agent.drafts import new_draft_id
from agent.ledger import StoreLedger
from agent.session import Desk
from chain.errors import ChainWasReset, NotConfirmed, Refused, SaysoError
from chain.values import ChainId, Draft, NonceSlot, SignedAttempt, SlotState, StepOutcome, Wei
from tests.agent.store_support import Clock, desk_at, tamper
from tests.chain.signing_support import CREATED, make_draft, seal
from tests.chain.test_digest import ACCOUNT

CHAIN = ChainId(31337)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path / "home", Clock(CREATED + 10)) as opened:
        yield opened


def confirmed(desk: Desk, steps: int = 1, chain_id: int = 31337) -> Draft:
    """A confirmed draft with an id of its own."""
    draft = replace(make_draft(ACCOUNT, steps), id=new_draft_id(), chain_id=ChainId(chain_id))
    draft = seal(draft)
    desk.drafts.save(draft)
    desk.drafts.confirm(draft.id, draft.digest)
    return draft


def attempt(slot: NonceSlot, fee: int = 10) -> SignedAttempt:
    name = f"0x{slot.draft_id}{slot.step_index}{slot.nonce}{fee}"
    return SignedAttempt(slot.draft_id, slot.step_index, slot.nonce, name, b"raw", Wei(fee), Wei(1), CREATED)


def signed(desk: Desk, draft: Draft, nonce: int, step: int = 0) -> NonceSlot:
    slot = desk.ledger.reserve(draft, step, nonce)
    desk.ledger.record_signed(slot, attempt(slot))
    return replace(slot, state=SlotState.SIGNED)


def test_a_step_keeps_the_nonce_it_has(desk: Desk) -> None:
    draft = confirmed(desk)
    slot = signed(desk, draft, 5)
    assert desk.ledger.reserve(draft, 0, 6) == slot
    assert desk.ledger.slot(draft.id, 0) == slot


def test_a_nonce_in_which_nothing_was_signed_moves_with_the_chain(desk: Desk) -> None:
    draft = confirmed(desk)
    desk.ledger.reserve(draft, 0, 5)
    assert desk.ledger.reserve(draft, 0, 8).nonce == 8


def test_a_signed_nonce_belongs_to_nobody_else(desk: Desk) -> None:
    signed(desk, confirmed(desk), 5)
    with pytest.raises(Refused, match="not settled yet"):
        desk.ledger.reserve(confirmed(desk), 0, 5)


def test_a_nonce_that_was_only_reserved_goes_to_who_needs_it(desk: Desk) -> None:
    first, second = confirmed(desk), confirmed(desk)
    held = desk.ledger.reserve(first, 0, 5)
    assert desk.ledger.reserve(second, 0, 5).draft_id == second.id
    with pytest.raises(Refused, match="given up"):
        desk.ledger.record_signed(held, attempt(held))
    assert desk.ledger.attempts(first.id, 0) == ()


def test_nothing_is_reserved_without_a_confirmation(desk: Desk) -> None:
    draft = seal(replace(make_draft(ACCOUNT), id=new_draft_id()))
    desk.drafts.save(draft)
    with pytest.raises(Refused, match="not confirmed"):
        desk.ledger.reserve(draft, 0, 5)


def test_the_database_itself_forbids_a_second_owner(desk: Desk) -> None:
    first, second = confirmed(desk), confirmed(desk)
    signed(desk, first, 5)
    row = "INSERT INTO slots SELECT ?, 0, chain_id, life, account, nonce, state, 0 FROM slots"
    with pytest.raises(IntegrityError), desk.store.write() as connection:
        connection.exec_driver_sql(row, (second.id,))


def test_an_error_frees_no_nonce(desk: Desk) -> None:
    slot = signed(desk, confirmed(desk), 5)
    for state in (SlotState.UNKNOWN, SlotState.SENT, SlotState.INCLUDED):
        desk.ledger.record_state(slot, state, {"error": "FATAL"})
        with pytest.raises(Refused):
            desk.ledger.release(slot, "an error")
        with pytest.raises(Refused):
            desk.ledger.reserve(confirmed(desk), 0, 5)


@pytest.mark.parametrize("state", [SlotState.FINAL, SlotState.REVERTED, SlotState.CANCELLED])
@pytest.mark.parametrize("next_nonce", [0, 4, 5])
def test_a_chain_behind_a_settled_nonce_was_reset(desk: Desk, state: SlotState, next_nonce: int) -> None:
    slot = signed(desk, confirmed(desk), 5)
    desk.ledger.record_state(slot, state, {})
    with pytest.raises(ChainWasReset, match="This local chain was reset"):
        desk.ledger.reserve(confirmed(desk), 0, next_nonce)
    assert desk.ledger.reserve(confirmed(desk), 0, 6).nonce == 6


def test_a_chain_behind_a_signed_nonce_was_reset_too(desk: Desk) -> None:
    signed(desk, confirmed(desk), 5)
    with pytest.raises(ChainWasReset):
        desk.ledger.check_not_reset(CHAIN, ACCOUNT, 2)
    desk.ledger.check_not_reset(CHAIN, ACCOUNT, 5)


def test_a_real_chain_that_stands_behind_is_not_called_reset(desk: Desk) -> None:
    slot = signed(desk, confirmed(desk, chain_id=1), 5)
    desk.ledger.record_state(slot, SlotState.FINAL, {})
    with pytest.raises(ChainWasReset, match="It may lag"):
        desk.ledger.check_not_reset(ChainId(1), ACCOUNT, 5)
    with pytest.raises(Refused, match="no test chain"):
        desk.ledger.forget_chain(ChainId(1))


def test_forgetting_a_test_chain_keeps_its_history(desk: Desk) -> None:
    old, open_one = confirmed(desk), confirmed(desk)
    slot = signed(desk, old, 5)
    desk.ledger.record_seen(slot, SlotState.FINAL, {}, StepOutcome(0, "final", "0xabc", 9))
    assert desk.ledger.forget_chain(CHAIN) == 1
    assert desk.drafts.outcome(old.id).status == "done"
    with pytest.raises(NotConfirmed):
        desk.drafts.confirm(open_one.id, open_one.digest)
    assert desk.ledger.reserve(confirmed(desk), 0, 0).nonce == 0
    assert desk.ledger.unsettled(CHAIN) == ()


def test_what_was_unsettled_on_a_forgotten_chain_did_not_happen(desk: Desk) -> None:
    draft = confirmed(desk)
    signed(desk, draft, 5)
    desk.ledger.forget_chain(CHAIN)
    assert desk.drafts.outcome(draft.id).status == "not_sent"


def test_the_same_payment_on_a_chain_begun_anew_has_the_same_hash_and_its_own_draft(desk: Desk) -> None:
    old = desk.ledger.reserve(confirmed(desk), 0, 0)
    same = attempt(old)
    desk.ledger.record_signed(old, same)
    desk.ledger.forget_chain(CHAIN)
    new = desk.ledger.reserve(confirmed(desk), 0, 0)
    desk.ledger.record_signed(new, replace(same, draft_id=new.draft_id))
    assert [a.hash for a in desk.ledger.attempts(new.draft_id, 0)] == [same.hash]
    assert desk.drafts.find_by_hash(same.hash) == new.draft_id


def test_a_replacement_stands_beside_what_it_replaces(desk: Desk) -> None:
    slot = signed(desk, confirmed(desk), 5)
    desk.ledger.record_signed(slot, attempt(slot, fee=20))
    assert [a.max_fee_per_gas for a in desk.ledger.attempts(slot.draft_id, 0)] == [10, 20]


def test_a_settled_slot_takes_no_more_bytes(desk: Desk) -> None:
    slot = signed(desk, confirmed(desk), 5)
    desk.ledger.record_state(slot, SlotState.FINAL, {})
    with pytest.raises(Refused):
        desk.ledger.record_signed(replace(slot, state=SlotState.FINAL), attempt(slot, fee=20))


def test_the_same_state_and_outcome_again_are_no_entry(desk: Desk) -> None:
    slot = signed(desk, confirmed(desk), 5)
    outcome = StepOutcome(0, "final", "0xabc", 9)
    desk.ledger.record_seen(slot, SlotState.FINAL, {"hash": "0xabc"}, outcome)
    before = desk.journal.head()
    desk.ledger.record_seen(slot, SlotState.FINAL, {"hash": "0xabc"}, outcome)
    assert desk.journal.head() == before
    assert desk.ledger.outcome(slot.draft_id, 0) == outcome


class NonceMachine(RuleBasedStateMachine):
    """Any order of reserving, signing, settling and rejecting: no nonce ever serves two drafts that were signed."""

    @initialize()
    def begin(self) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.context = desk_at(Path(self.folder.name) / "home", Clock(CREATED + 10))
        self.desk = self.context.__enter__()
        self.drafts = [confirmed(self.desk) for _ in range(3)]
        self.next = 0

    @rule(which=st.integers(0, 2), ahead=st.integers(0, 1))
    def reserve(self, which: int, ahead: int) -> None:
        self.attempt(lambda ledger: ledger.reserve(self.drafts[which], 0, self.next + ahead))

    @rule(which=st.integers(0, 2))
    def sign(self, which: int) -> None:
        slot = self.desk.ledger.slot(self.drafts[which].id, 0)
        if slot is not None and slot.state is SlotState.RESERVED:
            self.desk.ledger.record_signed(slot, attempt(slot))

    @rule(which=st.integers(0, 2))
    def settle(self, which: int) -> None:
        slot = self.desk.ledger.slot(self.drafts[which].id, 0)
        if slot is not None and slot.state is SlotState.SIGNED:
            self.desk.ledger.record_state(slot, SlotState.FINAL, {})
            self.next = max(self.next, slot.nonce + 1)

    @rule(which=st.integers(0, 2))
    def reject(self, which: int) -> None:
        self.attempt(lambda _: self.desk.drafts.reject(self.drafts[which].id))

    def attempt(self, do: Callable[[StoreLedger], object]) -> None:
        with suppress(SaysoError):
            do(self.desk.ledger)

    @invariant()
    def no_nonce_serves_two(self) -> None:
        if not hasattr(self, "desk"):
            return
        owners = [self.desk.ledger.slot(draft.id, 0) for draft in self.drafts]
        nonces = [slot.nonce for slot in owners if slot is not None]
        assert len(nonces) == len(set(nonces))
        used = [a.nonce for draft in self.drafts for a in self.desk.ledger.attempts(draft.id, 0)]
        assert len(used) == len(set(used))
        assert self.desk.journal.verify().broken_at is None

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)
            self.folder.cleanup()


TestNonces = NonceMachine.TestCase
TestNonces.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)


def test_it_is_the_ledger_that_the_signer_knows(desk: Desk) -> None:
    from chain.values import Ledger

    ledger: Ledger = desk.ledger
    assert isinstance(ledger, StoreLedger)


def test_a_draft_that_was_rejected_takes_no_nonce(desk: Desk) -> None:
    draft = confirmed(desk)
    desk.drafts.reject(draft.id)
    with pytest.raises(NotConfirmed, match="rejected"):
        desk.ledger.reserve(draft, 0, 5)
    assert desk.ledger.slot(draft.id, 0) is None


def test_a_draft_thrown_away_behind_its_slot_keeps_no_first_bytes(desk: Desk) -> None:
    draft = confirmed(desk, 2)
    signed(desk, draft, 5)
    later = desk.ledger.reserve(draft, 1, 6)
    tamper(desk, "UPDATE drafts SET state = 'forgotten'")
    with pytest.raises(NotConfirmed, match="forgotten"):
        desk.ledger.record_signed(later, attempt(later))
    assert desk.ledger.attempts(draft.id, 1) == ()
