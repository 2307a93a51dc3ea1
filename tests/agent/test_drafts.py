"""Drafts as rows: stored without loss, bound by their digest, confirmed once, and refused where a byte was changed."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.drafts import new_draft_id, overall, parse_digest
from agent.session import Desk
from agent.store.codec import to_json
from chain.errors import DraftExpired, NotConfirmed, Refused, SayDifferently, WrongDigest
from chain.values import Digest, Draft, SlotState, StepOutcome
from tests.agent.store_support import Clock, desk_at, tamper
from tests.agent.test_ledger import attempt
from tests.chain.signing_support import CREATED, RECIPIENT, make_draft, seal
from tests.chain.test_digest import ACCOUNT, full_draft, mutations

FULL = seal(full_draft())


@pytest.fixture
def clock() -> Clock:
    return Clock(CREATED + 10)


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    with desk_at(tmp_path / "home", clock) as opened:
        yield opened


def saved(desk: Desk, steps: int = 1) -> Draft:
    draft = seal(replace(make_draft(ACCOUNT, steps), id=new_draft_id()))
    desk.drafts.save(draft)
    return draft


def test_a_draft_is_loaded_as_it_was_saved(desk: Desk) -> None:
    desk.drafts.save(FULL, '{"asked": "this"}')
    assert desk.drafts.load(FULL.id) == FULL
    record = desk.drafts.record(FULL.id)
    assert (record.state, record.confirmation, record.outcome, record.action) == (
        "open",
        None,
        None,
        '{"asked": "this"}',
    )


MUTATED = [(where, changed) for where, changed in mutations(FULL) if where not in (".digest",)]


@pytest.mark.parametrize("changed", [c for _, c in MUTATED], ids=[w for w, _ in MUTATED])
def test_every_field_that_is_changed_in_the_row_is_refused(desk: Desk, changed: Any) -> None:
    desk.drafts.save(FULL)
    desk.drafts.confirm(FULL.id, FULL.digest)
    tamper(desk, "UPDATE drafts SET body = ?", to_json(changed))
    with pytest.raises(Refused, match="somebody changed it"):
        desk.drafts.load(FULL.id)
    with pytest.raises(Refused):
        desk.drafts.confirm(FULL.id, FULL.digest)


@pytest.mark.parametrize("body", ["", "{}", "null", "[]", '{"id": 1}'])
def test_a_row_that_is_no_draft_is_refused(desk: Desk, body: str) -> None:
    desk.drafts.save(FULL)
    tamper(desk, "UPDATE drafts SET body = ?", body)
    with pytest.raises(Refused):
        desk.drafts.load(FULL.id)


def test_a_draft_that_is_not_its_digest_is_not_stored(desk: Desk) -> None:
    with pytest.raises(WrongDigest):
        desk.drafts.save(replace(FULL, words="other"))
    assert desk.drafts.recent() == ()


def test_an_unknown_draft_offers_the_nearest(desk: Desk) -> None:
    draft = saved(desk)
    near = draft.id[:-1] + ("a" if draft.id[-1] != "a" else "b")
    with pytest.raises(SayDifferently, match=draft.id):
        desk.drafts.load(near)


def test_a_confirmation_is_recorded_once(desk: Desk, clock: Clock) -> None:
    draft = saved(desk)
    first = desk.drafts.confirm(draft.id, draft.digest)
    clock.at += 1
    assert desk.drafts.confirm(draft.id, draft.digest) == first
    assert desk.ledger.confirmation(draft.id) == first
    assert [e.kind for e in desk.journal.entries()].count("draft.confirmed") == 1


@pytest.mark.parametrize("digest", [b"", b"x" * 31, b"x" * 32, b"x" * 33])
def test_another_digest_confirms_nothing(desk: Desk, digest: bytes) -> None:
    draft = saved(desk)
    with pytest.raises(WrongDigest):
        desk.drafts.confirm(draft.id, Digest(digest))
    assert desk.ledger.confirmation(draft.id) is None


@pytest.mark.parametrize(("after", "in_time"), [(0, True), (299, True), (300, False), (10**6, False)])
def test_a_draft_is_confirmed_before_it_runs_out(desk: Desk, clock: Clock, after: int, in_time: bool) -> None:
    draft = saved(desk)
    clock.at = CREATED + after
    if in_time:
        assert desk.drafts.confirm(draft.id, draft.digest).confirmed_at == CREATED + after
        return
    with pytest.raises(DraftExpired):
        desk.drafts.confirm(draft.id, draft.digest)
    assert desk.drafts.record(draft.id).state == "expired"


def test_a_rejected_draft_stays_rejected(desk: Desk) -> None:
    draft = saved(desk)
    desk.drafts.reject(draft.id)
    desk.drafts.reject(draft.id)
    with pytest.raises(NotConfirmed, match="rejected"):
        desk.drafts.confirm(draft.id, draft.digest)


def test_rejecting_frees_a_nonce_in_which_nothing_was_signed(desk: Desk) -> None:
    draft = saved(desk)
    desk.drafts.confirm(draft.id, draft.digest)
    desk.ledger.reserve(draft, 0, 5)
    desk.drafts.reject(draft.id)
    assert desk.ledger.slot(draft.id, 0) is None
    with pytest.raises(NotConfirmed):
        desk.drafts.confirm(draft.id, draft.digest)


def test_what_was_signed_can_no_longer_be_rejected_or_replaced(desk: Desk) -> None:
    draft, newer = saved(desk), saved(desk)
    desk.drafts.confirm(draft.id, draft.digest)
    slot = desk.ledger.reserve(draft, 0, 5)
    desk.ledger.record_signed(slot, attempt(slot))
    for give_up in (lambda: desk.drafts.reject(draft.id), lambda: desk.drafts.replace(draft.id, newer.id)):
        with pytest.raises(NotConfirmed, match="signed"):
            give_up()
    assert desk.drafts.record(draft.id).state == "confirmed"


def test_a_draft_that_was_replaced_cannot_be_confirmed(desk: Desk) -> None:
    draft = saved(desk)
    newer = seal(replace(draft, id=new_draft_id()))
    desk.drafts.save(newer, replaces=draft.id)
    with pytest.raises(NotConfirmed, match="replaced"):
        desk.drafts.confirm(draft.id, draft.digest)


def test_recent_drafts_come_newest_first(desk: Desk) -> None:
    first = saved(desk)
    second = seal(replace(first, id=new_draft_id(), created_at=first.created_at + 1))
    desk.drafts.save(second)
    assert [record.draft.id for record in desk.drafts.recent()] == [second.id, first.id]
    assert len(desk.drafts.recent(1)) == 1


def test_an_outcome_is_what_the_slots_and_receipts_say(desk: Desk) -> None:
    draft = saved(desk, steps=2)
    desk.drafts.confirm(draft.id, draft.digest)
    assert desk.drafts.outcome(draft.id).status == "not_sent"
    slot = desk.ledger.reserve(draft, 0, 5)
    desk.ledger.record_signed(slot, attempt(slot))
    assert desk.drafts.outcome(draft.id).status == "unknown"
    desk.ledger.record_state(slot, SlotState.SENT, {})
    assert desk.drafts.outcome(draft.id).status == "sent"
    desk.ledger.record_outcome(StepOutcome(0, "reverted", "0xabc", 9), draft.id)
    outcome = desk.drafts.outcome(draft.id)
    assert (outcome.status, [s.status for s in outcome.steps]) == ("reverted", ["reverted", "not_sent"])


def test_what_left_counts_for_limits_once_it_is_signed_and_not_when_it_reverted(desk: Desk) -> None:
    draft = saved(desk)
    assert desk.drafts.outflows(0) == ()
    desk.drafts.confirm(draft.id, draft.digest)
    slot = desk.ledger.reserve(draft, 0, 5)
    desk.ledger.record_signed(slot, attempt(slot))
    (outflow,) = desk.drafts.outflows(CREATED)
    assert (outflow.effect.amount, outflow.effect.counterparty, outflow.at) == (10**17, RECIPIENT, CREATED)
    assert desk.drafts.outflows(CREATED + 1) == ()
    desk.ledger.record_outcome(StepOutcome(0, "reverted", "0xabc", 9), draft.id)
    assert desk.drafts.outflows(0) == ()


def test_recipients_are_those_whose_payment_arrived(desk: Desk) -> None:
    draft = saved(desk)
    desk.drafts.confirm(draft.id, draft.digest)
    slot = desk.ledger.reserve(draft, 0, 5)
    desk.ledger.record_signed(slot, attempt(slot))
    assert desk.drafts.recipients(draft.chain_id) == frozenset()
    desk.ledger.record_outcome(StepOutcome(0, "included", "0xabc", 9), draft.id)
    assert desk.drafts.recipients(draft.chain_id) == {RECIPIENT}
    assert desk.drafts.find_by_hash(desk.ledger.attempts(draft.id, 0)[0].hash.upper()) in (draft.id, None)


@pytest.mark.parametrize("text", ["ab" * 32, "0x" + "AB" * 32, f" {'ab' * 32}\n"])
def test_a_digest_is_read_in_full(text: str) -> None:
    assert parse_digest(text) == b"\xab" * 32


@pytest.mark.parametrize("text", ["", "0x", "ab" * 31, "ab" * 33, "zz" * 32, "ａｂ" * 32, "ab" * 31 + "…"])
def test_a_digest_that_is_not_whole_is_wrong(text: str) -> None:
    with pytest.raises(WrongDigest):
        parse_digest(text)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("final", "included"), "done"),
        (("final", "not_sent"), "partly_done"),
        (("not_sent", "final"), "partly_done"),
        (("not_sent", "not_sent"), "not_sent"),
        (("reverted", "unknown"), "unknown"),
        (("reverted", "final"), "reverted"),
        (("final", "sent", "not_sent"), "sent"),
        (("reverted", "not_sent"), "reverted"),
        (("sent", "sent"), "sent"),
        (("unknown", "not_sent"), "unknown"),
    ],
)
def test_the_whole_is_its_gravest_step_or_the_first_that_is_not_through(
    statuses: tuple[Any, ...], expected: str
) -> None:
    assert overall(tuple(StepOutcome(i, status) for i, status in enumerate(statuses))) == expected


def test_ids_are_easily_told_apart() -> None:
    ids = {new_draft_id() for _ in range(200)}
    assert len(ids) == 200 and all(len(i) == 10 and not set(i) & set("0O1lIi") for i in ids)


def test_ten_thousand_pending_rows_are_no_burden_at_start(tmp_path: Path, clock: Clock) -> None:
    with desk_at(tmp_path / "home", clock) as desk:
        newest = saved(desk)
        count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
        columns = "account, chain_id, 0, expires_at, digest, words, body, action, state"
        tamper(desk, f"INSERT INTO drafts {count} SELECT 'd' || i, {columns} FROM n, drafts")
        tamper(desk, f"INSERT INTO confirmations {count} SELECT 'd' || i, zeroblob(32), 0 FROM n")
        slot = "31337, 0, 'x', i, 'sent', 0"
        tamper(desk, f"INSERT INTO slots {count} SELECT 'd' || i, 0, {slot} FROM n")
    started = time.monotonic()
    with desk_at(tmp_path / "home", clock) as desk:
        assert len(desk.ledger.unsettled(newest.chain_id)) == 10_000
        assert desk.drafts.recent(1)[0].draft == newest
    assert time.monotonic() - started < 10
